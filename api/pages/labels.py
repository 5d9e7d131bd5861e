"""Labels and lists, each as a PDF that opens in the browser at its true size."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, QueryParameter

from allocation.sessions import list_sessions
from api.documents import (
    article_labels_for,
    held_by,
    lot_labels_for,
    packed_in_series,
    picking_for,
    price_labels_for,
    recent_lots,
)
from api.here import Here
from api.label_stock import choices, loaded
from api.paper import pdf
from api.security import May
from common.errors import Kind, Refusal
from common.words import N_
from labels.baskets import basket_labels
from labels.batches import pick_list_in_batches
from labels.crates import crate_labels, crates_of
from labels.lots import lot_labels
from labels.picking import pick_list, pick_list_by_basket
from labels.prices import price_labels
from labels.series import pick_list_in_series
from labels.shelf import article_labels
from network.roles import Right
from stock import catalogue

MAY = May(Right.PRINT_LABELS)
COOKIE, USUAL = "label-media", "L7160"
MOST_COPIES, MOST_LOTS = 100, 500


class TooManyLabels(Refusal):
    message = N_("At most %(lots)s lots and %(copies)s copies at once. Lots asked for: %(asked)s; copies: %(got)s.")


class NothingTicked(Refusal):
    kind = Kind.INVALID
    message = N_("No lot is ticked: tick those whose labels you need.")


class NothingForSale(Refusal):
    kind = Kind.INVALID
    message = N_("None of these lots may be sold: their programmes are for free help only.")


@dataclass(frozen=True)
class Ticked:
    """Lots whose labels are asked for, on a sheet whose first labels before `start` are used."""

    lots: list[int]
    copies: int
    start: int


def ticked_lots(
    lot: Annotated[list[int] | None, QueryParameter()] = None, copies: FromQuery[int] = 1, start: FromQuery[int] = 1
) -> Ticked:
    """What the form of the labels page says; raises NothingTicked or TooManyLabels."""
    if not lot:
        raise NothingTicked()
    if len(lot) > MOST_LOTS or not 1 <= copies <= MOST_COPIES:
        raise TooManyLabels(lots=MOST_LOTS, copies=MOST_COPIES, asked=len(lot), got=copies)
    return Ticked(lot, copies, start)


def chosen_stock(media: FromQuery[str] = USUAL) -> str:
    """The label stock, or `printer:` and its number, that a form of labels names."""
    return media


STOCK = {"stock": Provide(chosen_stock, sync_to_thread=False)}
ASKED = {**STOCK, "ticked": Provide(ticked_lots, sync_to_thread=False)}


@get("/labels", guards=[MAY], sync_to_thread=True)
def labels_page(here: NamedDependency[Here], session: FromQuery[int | None] = None) -> Response[Any]:
    today = here.clock.today()
    with here.database.reading() as db:
        rows = [row for row in list_sessions(db, today, today + dt.timedelta(days=60)) if row.state == "confirmed"]
        lots = recent_lots(db, here.person.site_id if here.person else None)
        alike = packed_in_series(db, [row.id for row in rows])
        articles = len(catalogue.articles(db))
        stocks = choices(db, here.me.site_id, here.words)
    first = [row for row in rows if row.id == session]
    return here.page(
        "pages/labels.html",
        media=stocks,
        chosen=here.request.cookies.get(COOKIE, USUAL),
        sessions=[
            {"id": row.id, "on": row.on, "site": row.site, "baskets": row.expected, "alike": row.id in alike}
            for row in (*first, *(row for row in rows if row.id != session))
        ],
        lots=lots,
        articles=articles,
    )


@get("/labels/lots.pdf", guards=[MAY], dependencies=ASKED, sync_to_thread=True)
def lots_pdf(
    here: NamedDependency[Here],
    ticked: NamedDependency[Ticked],
    stock: NamedDependency[str],
    repacked: FromQuery[bool] = False,
) -> Response[Any]:
    """The labels of these lots; with their allergens where goods were `repacked` and the pack no longer says them."""
    with here.database.reading() as session:
        values = lot_labels_for(
            session, ticked.lots, here.clock.today(), ticked.copies, here.words if repacked else None
        )
    return on_stock(here, stock, "lots.pdf", lot_labels, values, ticked.start)


@get("/labels/crates.pdf", guards=[MAY], dependencies=ASKED, sync_to_thread=True)
def crates_pdf(
    here: NamedDependency[Here], ticked: NamedDependency[Ticked], stock: NamedDependency[str]
) -> Response[Any]:
    """As many crates of each lot as there are copies, each with its turn and what they hold together."""
    with here.database.reading() as session:
        values = lot_labels_for(session, ticked.lots, here.clock.today())
        held = held_by(session, ticked.lots, here.words)
    crates = [crate for label in values for crate in crates_of(label, ticked.copies, held.get(label.code, ""))]
    return on_stock(here, stock, "crates.pdf", crate_labels, crates, ticked.start)


@get("/labels/prices.pdf", guards=[MAY], dependencies=ASKED, sync_to_thread=True)
def prices_pdf(
    here: NamedDependency[Here], ticked: NamedDependency[Ticked], stock: NamedDependency[str]
) -> Response[Any]:
    """What the shop may ask for these lots at most, beside what they cost elsewhere."""
    with here.database.reading() as session:
        values = [label for label in price_labels_for(session, ticked.lots) for _ in range(ticked.copies)]
    if not values:
        raise NothingForSale()
    return on_stock(here, stock, "prices.pdf", price_labels, values, ticked.start)


@get("/labels/articles.pdf", guards=[MAY], dependencies=STOCK, sync_to_thread=True)
def articles_pdf(here: NamedDependency[Here], stock: NamedDependency[str], start: FromQuery[int] = 1) -> Response[Any]:
    with here.database.reading() as session:
        values = article_labels_for(catalogue.articles(session), here.words)
    return on_stock(here, stock, "articles.pdf", article_labels, values, start)


@get("/sessions/{session_id:int}/baskets.pdf", guards=[MAY], dependencies=STOCK, sync_to_thread=True)
def baskets_pdf(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    stock: NamedDependency[str],
    start: FromQuery[int] = 1,
) -> Response[Any]:
    with here.database.reading() as session:
        picking = picking_for(session, session_id)
    return on_stock(here, stock, "baskets.pdf", basket_labels, picking, start)


@get("/sessions/{session_id:int}/picking.pdf", guards=[MAY], sync_to_thread=True)
def picking_pdf(here: NamedDependency[Here], session_id: FromPath[int], by: FromQuery[str] = "shelf") -> Response[Any]:
    """For one picker in the order of the shelves, basket by basket (`by=basket`), or several baskets to a trolley
    (`by=batch`)."""
    with here.database.reading() as session:
        picking = picking_for(session, session_id)
    draw = {
        "basket": pick_list_by_basket,
        "batch": pick_list_in_batches,
        "series": pick_list_in_series,
    }.get(by, pick_list)
    return pdf("picking.pdf", lambda: draw(picking, here.words))


def on_stock(here: Here, chosen: str, name: str, make: Callable[..., bytes], values: Any, start: int) -> Response[Any]:
    """Labels on this stock, or on what is in this printer; remembered for the next time."""
    with here.database.reading() as session:
        on = loaded(session, chosen)
    answer = pdf(
        name,
        lambda: make(values, on.media, here.words, start=start, offset=on.offset, outlines=on.outlines),
    )
    answer.cookies.append(Cookie(key=COOKIE, value=chosen, max_age=365 * 24 * 3600, samesite="lax", httponly=True))
    return answer


ROUTES = [labels_page, lots_pdf, crates_pdf, prices_pdf, articles_pdf, baskets_pdf, picking_pdf]
