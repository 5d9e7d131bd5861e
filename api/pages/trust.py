"""How a phone comes to trust this server where it speaks https under an authority of its own (`panier serve --tls`)."""

import base64
from typing import Any

import zxingcpp
from litestar import Response, get
from litestar.di import NamedDependency

from api.here import Here
from api.security import ANYONE
from common.errors import NotFound
from common.words import N_, Term

FILE = "panier-juste.crt"


@get("/trust", guards=[ANYONE], sync_to_thread=True)
def trust_page(here: NamedDependency[Here]) -> Response[Any]:
    """The steps, and a code that brings a phone here."""
    address = f"{here.request.url.scheme}://{here.request.url.netloc}/trust"
    return here.page("pages/trust.html", address=address, code=_code(address))


@get("/trust/authority", guards=[ANYONE], sync_to_thread=True)
def authority_file(here: NamedDependency[Here]) -> Response[bytes]:
    """The certificate of the authority, public by nature: its key stays with the server."""
    path = here.house.settings.authority
    if path is None or not path.is_file():
        raise NotFound(what=Term(N_("certificate")), id=FILE)
    return Response(
        path.read_bytes(),
        media_type="application/x-x509-ca-cert",
        headers={"content-disposition": f'attachment; filename="{FILE}"'},
    )


def _code(address: str) -> str:
    """The address as a QR code, as an image the page holds."""
    drawn = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode).to_svg(scale=6, add_quiet_zones=True)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


ROUTES = [trust_page, authority_file]
