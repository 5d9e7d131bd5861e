"""Reports for programs: the same figures as the pages and the papers."""

import datetime as dt

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from msgspec.structs import replace

from allocation.alerts import Alerts, alerts
from allocation.chain import Chain, Figure, Question, chain, without_cards
from allocation.impact import Factors
from allocation.lessons import Lessons, lessons
from allocation.returned import Return
from allocation.returns import make_return, told_outside
from allocation.waste import WasteReport, waste_report
from api.here import Here
from api.periods import period
from api.scopes import Asked
from api.security import May
from network.roles import Right

MAY = May(Right.SEE_REPORTS)


@get("/reports/waste", guards=[MAY], sync_to_thread=True)
def show_waste(
    here: NamedDependency[Here],
    since: FromQuery[dt.date | None] = None,
    until: FromQuery[dt.date | None] = None,
    site_id: FromQuery[int | None] = None,
    partner_id: FromQuery[int | None] = None,
    donor_id: FromQuery[int | None] = None,
    family: FromQuery[str] = "",
) -> WasteReport:
    """What came in, was eaten, left behind and lost; in grams, the last four weeks unless told otherwise."""
    first, last = period(since, until, here.clock.today())
    with here.database.reading() as session:
        seen = Asked(first, last, site_id, partner_id, donor_id, family).scope(session)
        return waste_report(session, seen, Factors())


@get("/reports/waste/chain", guards=[MAY], sync_to_thread=True)
def show_chain(
    here: NamedDependency[Here],
    figure: FromQuery[Figure],
    since: FromQuery[dt.date | None] = None,
    until: FromQuery[dt.date | None] = None,
    site_id: FromQuery[int | None] = None,
    partner_id: FromQuery[int | None] = None,
    donor_id: FromQuery[int | None] = None,
    family: FromQuery[str] = "",
    reason: FromQuery[str | None] = None,
    exit: FromQuery[str | None] = None,  # noqa: A002 - the field's word for where food goes
    lot: FromQuery[str | None] = None,
) -> Chain:
    """The parts of one figure by donor, site and lot; with a lot, its movements and their visits."""
    first, last = period(since, until, here.clock.today())
    with here.database.reading() as session:
        seen = Asked(first, last, site_id, partner_id, donor_id, family).scope(session)
        found = chain(session, seen, Question(figure, reason, exit, lot))
    return found if Right.SEE_CARDS in here.me.rights else without_cards(found)


@get("/reports/alerts", guards=[MAY], sync_to_thread=True)
def show_alerts(here: NamedDependency[Here]) -> Alerts:
    """Food to save in time, donors whose dates shorten; households without fresh food for those who may see cards."""
    with here.database.reading() as session:
        found = alerts(session, here.clock.today())
    return found if Right.SEE_CARDS in here.me.rights else replace(found, households=[])


@get("/reports/acceptance", guards=[MAY], sync_to_thread=True)
def show_lessons(here: NamedDependency[Here]) -> Lessons:
    """How gladly products and food groups are taken, with how many lines that rests on."""
    with here.database.reading() as session:
        return lessons(session, here.clock.today())


@get("/reports/returns", guards=[MAY], sync_to_thread=True)
def show_return(
    here: NamedDependency[Here],
    since: FromQuery[dt.date | None] = None,
    until: FromQuery[dt.date | None] = None,
    partner_id: FromQuery[int | None] = None,
) -> Return:
    """The figures the State and the European Union ask for, as the books stand now; few people are withheld."""
    first, last = period(since, until, here.clock.today())
    with here.database.reading() as session:
        made = make_return(session, Asked(first, last, partner=partner_id).scope(session), partner_id)
    return told_outside(made)


ROUTES = [show_waste, show_chain, show_alerts, show_lessons, show_return]
