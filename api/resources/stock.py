"""Stock, lots, what is at risk, and cards for programs: the same figures as the pages."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from api.here import Here
from api.pages.lot import named
from api.security import May
from households.register import Card, card
from network.roles import Right
from stock.catalogue import product
from stock.outflow import Forecast, forecast
from stock.promise import ProductStock, product_stock
from stock.shelf import AtRisk, Sort, StockFilter, StockList, at_risk, stock_list
from stock.story import LotStory, lot_story
from stock.urgency import Urgency

SEE = May(Right.SEE_STOCK)


@get("/stock", guards=[SEE], sync_to_thread=True)
def show_stock(
    here: NamedDependency[Here],
    q: FromQuery[str] = "",
    site_id: FromQuery[int | None] = None,
    family: FromQuery[str] = "",
    group: FromQuery[str] = "",
    storage: FromQuery[str] = "",
    source: FromQuery[str] = "",
    urgency: FromQuery[Urgency | None] = None,
    days_left: FromQuery[int | None] = None,
    sort: FromQuery[Sort] = "last_day",
    first: Annotated[int, QueryParameter(ge=0, le=10**9)] = 0,
    most: Annotated[int | None, QueryParameter(ge=1, le=10_000)] = None,
) -> StockList:
    """The lots that are there, in pieces or grams, first the one that must go first; a slice of them or all."""
    show = StockFilter(q, family, group, storage, source, urgency, days_left)
    with here.database.reading() as session:
        today = here.clock.today()
        return stock_list(session, today, site_id=site_id, show=show, sort=sort, first=first, most=most)


@get("/stock/products/{product_id:int}", guards=[SEE], sync_to_thread=True)
def show_product(here: NamedDependency[Here], product_id: FromPath[int]) -> ProductStock:
    """What there is of a product: on hand, set aside, blocked and free to promise, in all and by site."""
    with here.database.reading() as session:
        return product_stock(session, product(session, product_id).id, here.clock.today())


@get("/stock/lots/{lot:str}", guards=[SEE], sync_to_thread=True)
def show_lot(here: NamedDependency[Here], lot: FromPath[str]) -> LotStory:
    """A lot's whole story, by its number or the code of its label."""
    with here.database.reading() as session:
        return lot_story(session, named(lot))


@get("/at-risk", guards=[SEE], sync_to_thread=True)
def show_at_risk(here: NamedDependency[Here], site_id: FromQuery[int | None] = None) -> AtRisk:
    """What is lost within a week unless it is given, by last day."""
    with here.database.reading() as session:
        return at_risk(session, here.clock.today(), site_id=site_id)


@get("/at-risk/forecast", guards=[SEE], sync_to_thread=True)
def show_forecast(here: NamedDependency[Here], site_id: FromQuery[int | None] = None) -> Forecast:
    """What will be lost within four weeks at the usual outflow, by site and food group."""
    with here.database.reading() as session:
        return forecast(session, here.clock.today(), site_id)


@get("/cards/{code:str}", guards=[May(Right.SEE_CARDS)], sync_to_thread=True)
def show_card(here: NamedDependency[Here], code: FromPath[str]) -> Card:
    """What a card opens to a volunteer: people by age, what not to give, the allowance; never a name."""
    with here.database.reading() as session:
        return card(session, code, here.clock.today())


ROUTES = [show_stock, show_product, show_lot, show_at_risk, show_forecast, show_card]
