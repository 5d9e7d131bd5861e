"""Labels and lists, each as a PDF that opens in the browser at its true size."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from allocation.sessions import list_sessions
from api.documents import article_labels_for, lot_labels_for, picking_for, recent_lots
from api.here import Here
from api.paper import pdf
from api.security import May
from common.errors import Kind, Refusal
from common.words import N_, Words
from labels.baskets import basket_labels
from labels.lots import lot_labels
from labels.media import Media, all_media, media
from labels.picking import pick_list, pick_list_by_basket
from labels.shelf import article_labels
from network.roles import Right
from stock import catalogue

MAY = May(Right.PRINT_LABELS)
COOKIE, USUAL = "label-media", "L7160"
MOST_COPIES, MOST_LOTS = 100, 500


class TooManyLabels(Refusal):
    message = N_("At most %(lots)s lots and %(copies)s copies at once: got %(asked)s lots and %(got)s copies.")


class NothingTicked(Refusal):
    kind = Kind.INVALID
    message = N_("No lot is ticked: tick those whose labels you need.")


@get("/labels", guards=[MAY], sync_to_thread=True)
def labels_page(here: NamedDependency[Here], session: FromQuery[int | None] = None) -> Response[Any]:
    today = here.clock.today()
    with here.database.reading() as db:
        rows = [row for row in list_sessions(db, today, today + dt.timedelta(days=60)) if row.state == "confirmed"]
        lots = recent_lots(db, here.person.site_id if here.person else None)
        articles = len(catalogue.articles(db))
    first = [row for row in rows if row.id == session]
    return here.page(
        "pages/labels.html",
        media=[(code, _media_name(stock, here.words)) for code, stock in all_media().items()],
        chosen=here.request.cookies.get(COOKIE, USUAL),
        sessions=[
            {"id": row.id, "on": row.on, "site": row.site, "baskets": row.expected}
            for row in (*first, *(row for row in rows if row.id != session))
        ],
        lots=lots,
        articles=articles,
    )


@get("/labels/lots.pdf", guards=[MAY], sync_to_thread=True)
def lots_pdf(
    here: NamedDependency[Here],
    lot: Annotated[list[int] | None, QueryParameter()] = None,
    stock: Annotated[str, QueryParameter(name="media")] = USUAL,
    start: FromQuery[int] = 1,
    copies: FromQuery[int] = 1,
) -> Response[Any]:
    """The labels of these lots; already used labels of the first sheet are skipped from `start`."""
    if not lot:
        raise NothingTicked()
    if len(lot) > MOST_LOTS or not 1 <= copies <= MOST_COPIES:
        raise TooManyLabels(lots=MOST_LOTS, copies=MOST_COPIES, asked=len(lot), got=copies)
    with here.database.reading() as session:
        values = lot_labels_for(session, lot, here.clock.today(), copies)
    return _on_stock(stock, "lots.pdf", lambda on: lot_labels(values, on, here.words, start=start))


@get("/labels/articles.pdf", guards=[MAY], sync_to_thread=True)
def articles_pdf(
    here: NamedDependency[Here], stock: Annotated[str, QueryParameter(name="media")] = USUAL
) -> Response[Any]:
    with here.database.reading() as session:
        values = article_labels_for(catalogue.articles(session), here.words)
    return _on_stock(stock, "articles.pdf", lambda on: article_labels(values, on, here.words))


@get("/sessions/{session_id:int}/baskets.pdf", guards=[MAY], sync_to_thread=True)
def baskets_pdf(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    stock: Annotated[str, QueryParameter(name="media")] = USUAL,
    start: FromQuery[int] = 1,
) -> Response[Any]:
    with here.database.reading() as session:
        picking = picking_for(session, session_id)
    return _on_stock(stock, "baskets.pdf", lambda on: basket_labels(picking, on, here.words, start=start))


@get("/sessions/{session_id:int}/picking.pdf", guards=[MAY], sync_to_thread=True)
def picking_pdf(here: NamedDependency[Here], session_id: FromPath[int], by: FromQuery[str] = "shelf") -> Response[Any]:
    """For one picker in the order of the shelves, or basket by basket (`by=basket`)."""
    with here.database.reading() as session:
        picking = picking_for(session, session_id)
    draw = pick_list_by_basket if by == "basket" else pick_list
    return pdf("picking.pdf", lambda: draw(picking, here.words))


def _on_stock(stock: str, name: str, draw: Callable[[Media], bytes]) -> Response[Any]:
    """Labels on this stock, which is remembered for the next time."""
    answer = pdf(name, lambda: draw(media(stock)))
    answer.cookies.append(Cookie(key=COOKIE, value=stock, max_age=365 * 24 * 3600, samesite="lax", httponly=True))
    return answer


def _media_name(stock: Media, words: Words) -> str:
    size = f"{words.number(stock.width)} × {words.number(stock.height)} mm"
    if stock.kind == "sheet":
        return words.text(N_("%(code)s: A4 sheet of %(n)s, %(size)s"), code=stock.code, n=stock.per_page, size=size)
    return words.text(N_("%(code)s: roll, %(size)s"), code=stock.code, size=size)


ROUTES = [labels_page, lots_pdf, articles_pdf, baskets_pdf, picking_pdf]
