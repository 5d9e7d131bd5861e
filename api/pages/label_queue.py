"""Labels phones ask for: they wait here for the computer beside the printer."""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter, URLEncodedBody
from sqlalchemy.orm import Session

from api.amounts import pieces_typed
from api.documents import labels_wished
from api.here import Here
from api.label_stock import choices
from api.pages.labels import COOKIE, USUAL, on_stock
from api.security import May
from api.writing import write_once
from common.errors import Kind, Refusal
from common.words import N_
from labels.lots import lot_labels
from network.partners import sites
from network.roles import Right
from stock import label_queue
from stock.story import lot_story

MAY = May(Right.PRINT_LABELS)


class NothingWaits(Refusal):
    kind = Kind.CONFLICT
    message = N_("None of these labels waits any more: somebody has printed or cleared them.")


@dataclass
class AskForm:
    lot: str = ""
    """The code of its label."""
    copies: str = ""
    key: str = ""


@dataclass
class PrintedForm:
    wishes: str = ""
    """Their numbers, as the page that was printed from listed them."""
    key: str = ""


@get("/labels/queue", guards=[MAY], sync_to_thread=True)
def queue_page(here: NamedDependency[Here]) -> Response[Any]:
    """What waits for the printer of the person's own site."""
    with here.database.reading() as session:
        waiting = label_queue.wishes(session, _site_of(here, session))
        return here.page(
            "pages/label_queue.html",
            wishes=[
                {
                    "id": wish.id,
                    "name": wish.lot.product.name,
                    "pictogram": wish.lot.product.pictogram,
                    "code": wish.lot.code,
                    "copies": wish.copies,
                    "asked_at": wish.asked_at,
                }
                for wish in waiting
            ],
            media=choices(session, here.me.site_id, here.words),
            chosen=here.request.cookies.get(COOKIE, USUAL),
        )


@get("/labels/queue/newer", guards=[MAY], sync_to_thread=True)
def newer_wishes(here: NamedDependency[Here], after: FromQuery[int] = 0) -> Response[Any]:
    """The part of the page that says that more has been asked for since it was opened."""
    with here.database.reading() as session:
        waiting = label_queue.wishes(session, _site_of(here, session))
    return here.page("parts/newer_wishes.html", after=after, newer=sum(wish.id > after for wish in waiting))


@get("/labels/queue.pdf", guards=[MAY], sync_to_thread=True)
def queue_pdf(
    here: NamedDependency[Here],
    wish: Annotated[list[int] | None, QueryParameter()] = None,
    stock: Annotated[str, QueryParameter(name="media")] = USUAL,
    start: FromQuery[int] = 1,
) -> Response[Any]:
    """The labels of these wishes; they wait until somebody says that they came out well."""
    with here.database.reading() as session:
        asked = set(wish or ())
        waiting = [one for one in label_queue.wishes(session, _site_of(here, session)) if one.id in asked]
        values = labels_wished(session, waiting, here.clock.today())
    if not values:
        raise NothingWaits()
    return on_stock(here, stock, "queue.pdf", lot_labels, values, start)


@post("/labels/queue", guards=[MAY], sync_to_thread=True)
def ask_for_labels(here: NamedDependency[Here], data: URLEncodedBody[AskForm]) -> Response[Any]:
    """Ask the printer of one's own site for labels of a lot."""

    def work(session: Session) -> int:
        copies = pieces_typed(data.copies, "copies") or 1
        lot_id = lot_story(session, data.lot).lot_id
        return label_queue.ask_for_labels(session, _site_of(here, session), lot_id, copies, here.stamp()).copies

    back = f"/stock/lots/{data.lot}"
    try:
        copies = write_once(here, data.key, [data.lot, data.copies], work, int)
    except Refusal as refusal:
        if refusal.kind is Kind.NOT_FOUND:
            raise
        return here.refused(back, refusal)
    return here.go(
        back,
        here.words.plural("%(n)s label waits at the printer.", "%(n)s labels wait at the printer.", copies),
    )


@post("/labels/queue/printed", guards=[MAY], sync_to_thread=True)
def printed(here: NamedDependency[Here], data: URLEncodedBody[PrintedForm]) -> Response[Any]:
    """These came out well, or are not wanted: they leave the queue."""
    numbers = [int(part) for part in data.wishes.split() if part.isascii() and part.isdigit() and len(part) < 10]

    def work(session: Session) -> int:
        return label_queue.granted(session, _site_of(here, session), numbers)

    if not write_once(here, data.key, data.wishes, work, int):
        return here.refused("/labels/queue", NothingWaits())
    return here.go("/labels/queue", N_("These labels are out of the queue."))


def _site_of(here: Here, session: Session) -> int:
    """The person's own site, or the first one for those who have none."""
    return here.me.site_id or sites(session)[0].id


ROUTES = [queue_page, newer_wishes, queue_pdf, ask_for_labels, printed]
