"""What the figures warn of, and what was learnt from food left behind."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from allocation.alerts import alerts
from allocation.exits import REASON_NAMES
from allocation.lessons import ENOUGH_LINES, lessons
from api.here import Here
from api.security import May
from network.roles import Right

MAY = May(Right.SEE_REPORTS)


@get("/waste/alerts", guards=[MAY], sync_to_thread=True)
def alerts_page(here: NamedDependency[Here]) -> Response[Any]:
    """Food to save in time, donors to speak with, homes to look after; cards only for those who may see them."""
    with here.database.reading() as session:
        found = alerts(session, here.clock.today())
    return here.page("pages/alerts.html", alerts=found)


@get("/waste/lessons", guards=[MAY], sync_to_thread=True)
def lessons_page(here: NamedDependency[Here]) -> Response[Any]:
    with here.database.reading() as session:
        told = lessons(session, here.clock.today())
    reasons = {reason.value: here.words.text(name) for reason, name in REASON_NAMES.items()}
    return here.page("pages/lessons.html", lessons=told, reasons=reasons, fewest=ENOUGH_LINES)


ROUTES = [alerts_page, lessons_page]
