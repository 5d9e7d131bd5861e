"""The waste report for programs: the same figures as the page and the paper."""

import datetime as dt

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from allocation.impact import Factors
from allocation.waste import WasteReport, waste_report
from api.here import Here
from api.periods import period
from api.security import May
from network.roles import Right


@get("/reports/waste", guards=[May(Right.SEE_REPORTS)], sync_to_thread=True)
def show_waste(
    here: NamedDependency[Here],
    since: FromQuery[dt.date | None] = None,
    until: FromQuery[dt.date | None] = None,
    site_id: FromQuery[int | None] = None,
) -> WasteReport:
    """What came in, was eaten, left behind and lost; in grams, the last four weeks unless told otherwise."""
    first, last = period(since, until, here.clock.today())
    with here.database.reading() as session:
        return waste_report(session, first, last, Factors(), site_id)


ROUTES = [show_waste]
