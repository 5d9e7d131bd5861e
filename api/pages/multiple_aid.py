"""Households helped by two partners: a fact the coordinator sees by card, without a name and without blame."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from api.here import Here
from api.security import May
from households.duplicates import multiple_aid
from network.roles import Right


@get("/multiple-aid", guards=[May(Right.COORDINATE)], sync_to_thread=True)
def multiple_aid_page(here: NamedDependency[Here]) -> Response[Any]:
    with here.database.reading() as session:
        pairs = multiple_aid(session)
    return here.page("pages/multiple_aid.html", pairs=pairs)


ROUTES = [multiple_aid_page]
