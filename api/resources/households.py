"""One household for programs: the fields the access matrix opens to who asks, and no others."""

from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.here import Here
from api.security import May
from households.seen import Look, seen
from network.roles import Right

SEE = May(Right.SEE_CARDS)


@get("/households/{household_id:int}", guards=[SEE], sync_to_thread=True)
def show_household(here: NamedDependency[Here], household_id: FromPath[int]) -> dict[str, Any]:
    """What the person who asks may see of a household; that an identity was read is written down."""
    with here.database.writing() as session:
        look = Look(session, lambda: here.house.seal, household_id, here.stamp())
        return seen(look, here.me.rights, here.me.organisation_id)


ROUTES = [show_household]
