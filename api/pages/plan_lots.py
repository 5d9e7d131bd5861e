"""A proposal lot by lot: what is at risk and where it goes, and why what nobody gets stays on the shelf."""

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from allocation import proposals
from allocation.board import cards, lots_of
from allocation.problem import Instance, Plan
from allocation.where_it_goes import Goes, where_it_goes
from allocation.why_not import HINDRANCES
from api.here import Here
from api.pages.plan import said_of, session_row
from api.security import May
from common.words import N_
from network.roles import Right
from stock.tables import Lot

MAY = May(Right.MAKE_PLANS)
REASONS = 3
"""Of what stands in the way of a lot, those that concern most households."""
SHOWN: dict[str, tuple[str, Callable[[Goes], bool]]] = {
    "risk": (N_("At risk"), lambda goes: goes.perishes),
    "left": (N_("Left over"), lambda goes: goes.left > 0),
    "all": (N_("Everything"), lambda goes: goes.units > 0),
}
"""What may be looked at: its name, and which lots are of it."""


@get("/sessions/{session_id:int}/plan/lots", guards=[MAY], sync_to_thread=True)
def plan_lots_page(
    here: NamedDependency[Here], session_id: FromPath[int], show: FromQuery[str] = "risk"
) -> Response[Any]:
    base = f"/sessions/{session_id}/plan"
    with here.database.reading() as session:
        row = session_row(session, session_id)
        kept = proposals.latest(session, session_id)
        if kept is None:
            return here.go(base)
        instance, plan = msgspec.convert(kept.instance, Instance), msgspec.convert(kept.plan, Plan)
        by_card = cards(session, session_id)
        lots = lots_of(session, instance)
        every = where_it_goes(instance, plan, by_card.keys())
        first = {lot.id for lot in instance.lots if lot.first}
        chosen = show if show in SHOWN else "risk"
        rows = [
            _row(here, goes, lots[goes.lot], by_card, base, goes.lot in first, kept.state == "draft")
            for goes in every
            if SHOWN[chosen][1](goes)
        ]
    return here.page(
        "pages/plan_lots.html",
        session=row,
        rows=rows,
        chosen=chosen,
        shown=[
            (name, here.words.text(label), sum(1 for goes in every if of_it(goes)))
            for name, (label, of_it) in SHOWN.items()
        ],
        ends=instance.ends,
    )


def _row(
    here: Here, goes: Goes, lot: Lot, by_card: dict[str, str], base: str, first: bool, open_still: bool
) -> dict[str, Any]:
    comes = any(households for _, households in goes.hindrances)
    return {
        "name": lot.product.name,
        "pictogram": lot.product.pictogram,
        "href": f"/stock/lots/{lot.code}",
        "last_day": lot.last_day,
        "measure": lot.measure,
        "there": goes.units * lot.portion,
        "here": sum(goes.here.values()) * lot.portion,
        "baskets": sorted(
            (by_card[visit], units * lot.portion, f"{base}?visit={visit}#basket") for visit, units in goes.here.items()
        ),
        "later": goes.later * lot.portion,
        "left": goes.left * lot.portion,
        "why": [said_of(here, HINDRANCES[code], households) for code, households in goes.hindrances[:REASONS]],
        "is_first": first,
        "first": f"{base}/lots/{lot.code}/first" if open_still and comes and not first else None,
    }


ROUTES = [plan_lots_page]
