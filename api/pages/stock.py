"""The stock by date: what is there, as a person or a table wants to see it."""

from collections.abc import Mapping
from typing import Any, get_args
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from sqlalchemy.orm import Session

from api.filters import Filters
from api.here import Here
from api.list_files import SHAPES, Shape, file_links, list_file
from api.pages.stock_table import STOCK
from api.pages.temperatures import alarm_rows
from api.paging import page_number, pages_of
from api.security import May
from api.sorting import order_of
from api.typed import whole_typed
from common.codes import WrongCode, read_code
from common.errors import NotFound
from common.words import N_, Words
from network.partners import sites
from network.roles import Right
from stock.catalogue import families
from stock.reference import food_groups, sources
from stock.shelf import Sort, StockFilter, StockList, StockRow, stock_list
from stock.story import lot_story
from stock.urgency import Urgency

SEE = May(Right.SEE_STOCK)
PAGE = 30

NEAR = {0: N_("Today"), 1: N_("Today or tomorrow"), 7: N_("Within a week")}
"""What at most so many days left are called; other numbers are said as they are."""
SORTS = {
    "last_day": N_("To give by"),
    "product": N_("Product"),
    "-grams": N_("Weight"),
    "place": N_("Place"),
}
"""What the head of each column first asks for."""
FILTERS = Filters("stock", ("site", "storage", "group", "family", "source", "days"))


@get("/stock", guards=[SEE], sync_to_thread=True)
def stock_page(
    here: NamedDependency[Here],
    q: FromQuery[str] = "",
    site: FromQuery[str] = "",
    storage: FromQuery[str] = "",
    group: FromQuery[str] = "",
    family: FromQuery[str] = "",
    days: FromQuery[str] = "",
    risk: FromQuery[str] = "",
    source: FromQuery[str] = "",
    page: FromQuery[str] = "",
    shape: Shape = "",
) -> Response[Any]:
    """The lots that are there; the code of one lot leads straight to its story."""
    if again := FILTERS.again(here):
        return again
    order = order_of(here, "stock", SORTS, "last_day")
    chosen = {
        "q": q.strip(),
        "site": site if whole_typed(site) is not None else "",
        "storage": storage,
        "group": group,
        "family": family,
        "days": days if days.isascii() and days.isdigit() and len(days) < 5 else "",
        "risk": risk if risk in (Urgency.NOW, Urgency.SOON, Urgency.WATCH) else "",
        "source": source,
        "sort": order.value,
    }
    with here.database.reading() as session:
        if code := _lot_named(session, chosen["q"]):
            return here.go(f"/stock/lots/{code}")
        if shape in SHAPES:
            return list_file(here, shape, "stock", N_("Stock"), STOCK, _chosen_list(session, here, chosen).rows)
        found = _chosen_list(session, here, chosen, page_number(page), PAGE)
        alarms = alarm_rows(session, here)
        every_site = [(s.id, s.name) for s in sites(session)]
        every_family = here.choices(families(session))
    _, pages = pages_of(range(found.lots), page, PAGE, lambda n: _stock_href(chosen, page=str(n)))
    answer = here.page(
        "pages/stock.html",
        lots=[stock_row(row) for row in found.rows],
        total=found,
        chosen=chosen,
        sites=every_site,
        groups=[(g.id, here.name_of(g)) for g in food_groups()],
        families=every_family,
        sources=[(known.code, here.name_of(known)) for known in sources()],
        sorts=order.choices(SORTS, here.words),
        order=order,
        steps=_steps(here, chosen, found),
        watched=here.steps.watch,
        alarms=alarms,
        pages=pages,
        files=file_links(here, "/stock"),
    )
    return FILTERS.remember(here, order.remember(answer))


def _lot_named(session: Session, typed: str) -> str | None:
    """The code of the lot whose whole code was scanned or typed into the search."""
    try:
        return lot_story(session, read_code(typed)).code
    except (WrongCode, NotFound):
        return None


def _chosen_list(
    session: Session, here: Here, chosen: Mapping[str, str], page: int = 1, most: int | None = None
) -> StockList:
    show = StockFilter(
        text=chosen["q"],
        group=chosen["group"],
        storage=chosen["storage"],
        source=chosen["source"],
        family=chosen["family"],
        days_left=int(chosen["days"]) if chosen["days"] else None,
        urgency=Urgency(chosen["risk"]) if chosen["risk"] else None,
    )
    site_id = int(chosen["site"]) if chosen["site"] else None
    sort: Sort = next(s for s in get_args(Sort) if s == chosen["sort"])
    first = (page - 1) * (most or 0)
    return stock_list(session, here.clock.today(), site_id=site_id, show=show, sort=sort, first=first, most=most)


def _stock_href(chosen: Mapping[str, str], **other: str) -> str:
    return f"/stock?{urlencode({name: text for name, text in {**chosen, **other}.items() if text})}"


def _steps(here: Here, chosen: Mapping[str, str], found: StockList) -> list[dict[str, Any]]:
    every = {
        "value": "",
        "label": here.words.text(N_("Everything")),
        "lots": sum(found.by_urgency.values()),
        "href": _stock_href(chosen, risk=""),
    }
    return [every] + [
        {
            "value": value.value,
            "label": _within(days, here.words),
            "lots": found.by_urgency[value],
            "href": _stock_href(chosen, risk=value.value),
        }
        for value, days in (
            (Urgency.NOW, here.steps.now),
            (Urgency.SOON, here.steps.soon),
            (Urgency.WATCH, here.steps.watch),
        )
    ]


def _within(days: int, words: Words) -> str:
    return words.text(NEAR[days]) if days in NEAR else words.text(N_("Within %(days)s days"), days=days)


def stock_row(row: StockRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "href": f"/stock/lots/{row.code}",
        "name": row.product,
        "brand": row.brand,
        "pictogram": row.pictogram,
        "quantity": row.quantity,
        "measure": row.measure,
        "grams": row.grams,
        "reserved": row.reserved,
        "blocked": row.quarantined,
        "free": row.free,
        "date": row.date,
        "date_kind": row.date_kind.value,
        "last_day": row.last_day,
        "place": ", ".join(row.places),
        "storage": row.storage,
        "site": row.site,
        "donor": row.donor,
    }


ROUTES = [stock_page]
