"""The calendar of sessions."""

import datetime as dt
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from allocation.sessions import list_sessions
from api.here import Here
from api.security import May
from network.roles import Right

BEHIND, AHEAD = dt.timedelta(days=28), dt.timedelta(days=28)


@get("/sessions", guards=[May(Right.SEE_CARDS)], sync_to_thread=True)
def sessions_page(here: NamedDependency[Here]) -> Response[Any]:
    today = here.clock.today()
    with here.database.reading() as session:
        rows = list_sessions(session, today - BEHIND, today + AHEAD)
    return here.page(
        "pages/sessions.html",
        coming=[row for row in rows if row.state != "closed" and row.on >= today],
        late=[row for row in rows if row.state != "closed" and row.on < today and row.expected],
        past=[row for row in reversed(rows) if row.state == "closed"],
    )


ROUTES = [sessions_page]
