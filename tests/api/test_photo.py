"""A photo of a code, from the form to the card of its product."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from api.photo import NoCode, NoPhoto, code_on
from network.roles import Role
from tests.api.conftest import Browser
from tests.small_town import MILK, Town

Open = Callable[[], Browser]


def photo(text: str, kind: zxingcpp.BarcodeFormat, turned: int = 0) -> bytes:
    """A code as a phone sees it: somewhere on a grey pack, a little blurred, perhaps lying on its side."""
    code = Image.fromarray(np.array(zxingcpp.create_barcode(text, kind).to_image(scale=4)))
    pack = Image.new("L", (1200, 900), 200)
    pack.paste(code, (380, 300))
    taken = BytesIO()
    pack.filter(ImageFilter.GaussianBlur(1)).rotate(turned, expand=True).save(taken, "JPEG", quality=80)
    return taken.getvalue()


@pytest.mark.parametrize("turned", [0, 90])
def test_a_code_is_read_from_a_photo(turned: int) -> None:
    assert code_on(photo(MILK, zxingcpp.BarcodeFormat.EAN13, turned)) == f"]E0{MILK}"


def test_what_is_no_photo_or_shows_no_code_is_told_so() -> None:
    blank = BytesIO()
    Image.new("L", (400, 300), 200).save(blank, "PNG")

    with pytest.raises(NoCode):
        code_on(blank.getvalue())
    for other in (b"", b"GIF89a", b"%PDF-1.7 no picture"):
        with pytest.raises(NoPhoto):
            code_on(other)


def test_what_only_pretends_to_be_a_photo_is_told_so() -> None:
    small, junk, drawing, vast = BytesIO(), BytesIO(), BytesIO(), BytesIO()
    Image.new("L", (40, 30)).save(small, "PNG")
    Image.new("L", (40, 30)).save(junk, "PNG", exif=b"no such thing" * 9)
    Image.new("L", (40, 30)).save(drawing, "EPS")
    Image.new("1", (9_000, 9_000)).save(vast, "PNG")

    for other in (small.getvalue()[:40], junk.getvalue(), drawing.getvalue(), vast.getvalue()):
        with pytest.raises(NoPhoto):
            code_on(other)


def test_a_photo_leads_to_the_card_of_its_product(open_browser: Open, town: Town) -> None:
    volunteer = open_browser().sign_in(Role.VOLUNTEER)
    volunteer.post("/intake/reception", donor=town.donor_id)
    token = {"_csrf_token": volunteer.client.cookies["panier-forms"]}

    found, none = (
        volunteer.client.post("/intake/photo", data=token, files={"photo": ("code.jpg", content, "image/jpeg")})
        for content in (photo(MILK, zxingcpp.BarcodeFormat.EAN13), b"no photo")
    )

    assert "Lait demi-écrémé UHT" in found.text
    assert (none.status_code, "Ce n’est pas une photo lisible" in none.text) == (200, True)
