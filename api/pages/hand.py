"""The manager's hand on the plan board: each decision is one button, and leads to a new proposal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import proposals
from allocation.board import BoardLine, board, cards
from allocation.hand import Hand
from allocation.problem import Ban, Instance, Pin, Plan
from allocation.swaps import Addition, Swap, additions, swaps
from allocation.tables import PlanRecord
from api.here import Here
from api.replan import decide, propose_again
from api.security import May
from api.typed import whole_typed
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Share, Term
from network.roles import Right
from stock.tables import Lot

MAY = May(Right.MAKE_PLANS)
LINE = "/sessions/{session_id:int}/plan/baskets/{visit:str}/{lot:str}"
VISIT = "/sessions/{session_id:int}/plan/visits/{visit:str}"
OFFERED = 20
"""Lots shown to choose from in the place of a line."""


NO_WISH: dict[str, dict[str, Any]] = {
    "reserve": {"reserve_percent": 0},
    "lines": {"max_lines": None},
    "seconds": {"max_seconds": None},
}
"""Each wish of the form, as it is where nothing is wished."""


class NotAWish(Refusal):
    """Numbers the form would not have sent."""

    kind = Kind.INVALID
    message = N_(
        "Keep back 0 to 50 %, pack 1 to 99 lots a basket at most, and look for 1 to 3,600 seconds at most, "
        "or leave that empty."
    )


@dataclass
class Units:
    units: str = ""


@dataclass
class Choice:
    lot: str = ""
    units: int = 0


KEPT = 20
"""Signs of each wish that are shown again where they were refused."""


@dataclass
class Wishes:
    """As typed."""

    reserve: str = ""
    lines: str = ""
    seconds: str = ""


@post(f"{LINE}/pin", guards=[MAY], sync_to_thread=True)
def fix_line(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    visit: FromPath[str],
    lot: FromPath[str],
    data: URLEncodedBody[Units],
) -> Response[Any]:
    """This line stays as it is, or with as many units as typed, in every later proposal for the session."""
    with here.database.reading() as session:
        kept = proposals.latest(session, session_id)
        given = _units(kept, visit, lot)
    typed = whole_typed(data.units)
    pin = Pin(visit, lot, given if typed is None else typed)
    return decide(here, session_id, lambda hand: hand.fix(pin), visit)


@post(f"{LINE}/ban", guards=[MAY], sync_to_thread=True)
def leave_out_line(
    here: NamedDependency[Here], session_id: FromPath[int], visit: FromPath[str], lot: FromPath[str]
) -> Response[Any]:
    """This lot is left out of this basket in every later proposal for the session."""
    return decide(here, session_id, lambda hand: hand.leave_out(Ban(visit, lot)), visit)


@post(f"{LINE}/lift", guards=[MAY], sync_to_thread=True)
def lift_line(
    here: NamedDependency[Here], session_id: FromPath[int], visit: FromPath[str], lot: FromPath[str]
) -> Response[Any]:
    """The planner decides about this line again."""
    return decide(here, session_id, lambda hand: hand.lift(visit, lot), visit)


@get(f"{LINE}/swap", guards=[MAY], sync_to_thread=True)
def swap_page(
    here: NamedDependency[Here], session_id: FromPath[int], visit: FromPath[str], lot: FromPath[str]
) -> Response[Any]:
    """What could stand in the basket instead of this line."""
    with here.database.reading() as session:
        shown, line, card = _line(session, here, session_id, visit, lot)
        instance, plan = msgspec.convert(shown.instance, Instance), msgspec.convert(shown.plan, Plan)
        found = swaps(instance, plan, visit, lot)[:OFFERED]
        rows = _offered(session, found)
    base = f"/sessions/{session_id}/plan"
    return here.page(
        "pages/plan_swap.html",
        card=card,
        line={"name": line.product, "pictogram": line.pictogram, "quantity": amount(line), "measure": line.measure},
        choices=rows,
        units=line.units,
        fix=f"{base}/baskets/{visit}/{lot}/pin",
        to=f"{base}/baskets/{visit}/{lot}/swap",
        back=f"{base}?visit={visit}#basket",
    )


@get("/sessions/{session_id:int}/plan/baskets/{visit:str}/add", guards=[MAY], sync_to_thread=True)
def add_page(here: NamedDependency[Here], session_id: FromPath[int], visit: FromPath[str]) -> Response[Any]:
    """What could come into the basket beside what is there."""
    base = f"/sessions/{session_id}/plan"
    with here.database.reading() as session:
        kept = proposals.latest(session, session_id)
        card = cards(session, session_id).get(visit)
        instance = msgspec.convert(kept.instance, Instance) if kept else None
        if kept is None or card is None or instance is None or visit not in instance.visit_by_id:
            raise NotFound(what=Term(N_("basket")), id=visit)
        found = additions(instance, msgspec.convert(kept.plan, Plan), visit)[:OFFERED]
        rows = [
            {**row, "filled": one.filled, "fix": f"{base}/baskets/{visit}/{one.lot}/pin"}
            for one, row in zip(found, _offered(session, found), strict=True)
        ]
    return here.page("pages/plan_add.html", card=card, choices=rows, back=f"{base}?visit={visit}#basket")


@post(f"{LINE}/swap", guards=[MAY], sync_to_thread=True)
def swap_line(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    visit: FromPath[str],
    lot: FromPath[str],
    data: URLEncodedBody[Choice],
) -> Response[Any]:
    """The other lot is fixed in the basket, this one left out of it."""

    def swapped(hand: Hand) -> Hand:
        return hand.leave_out(Ban(visit, lot)).fix(Pin(visit, data.lot, max(0, data.units)))

    return decide(here, session_id, swapped, visit)


@post(f"{VISIT}/absent", guards=[MAY], sync_to_thread=True)
def will_not_come(here: NamedDependency[Here], session_id: FromPath[int], visit: FromPath[str]) -> Response[Any]:
    """The household told that it will not come: its food goes to the others."""
    return decide(here, session_id, lambda hand: hand.expect(visit, comes=False))


@post(f"{VISIT}/present", guards=[MAY], sync_to_thread=True)
def will_come(here: NamedDependency[Here], session_id: FromPath[int], visit: FromPath[str]) -> Response[Any]:
    return decide(here, session_id, lambda hand: hand.expect(visit, comes=True), visit)


@post("/sessions/{session_id:int}/plan/lots/{lot:str}/first", guards=[MAY], sync_to_thread=True)
def use_first(here: NamedDependency[Here], session_id: FromPath[int], lot: FromPath[str]) -> Response[Any]:
    """This lot goes out before others."""
    return decide(here, session_id, lambda hand: hand.use_first(lot, wanted=True))


@post("/sessions/{session_id:int}/plan/lots/{lot:str}/usual", guards=[MAY], sync_to_thread=True)
def use_as_usual(here: NamedDependency[Here], session_id: FromPath[int], lot: FromPath[str]) -> Response[Any]:
    return decide(here, session_id, lambda hand: hand.use_first(lot, wanted=False))


@post("/sessions/{session_id:int}/plan/wishes", guards=[MAY], sync_to_thread=True)
def wish(here: NamedDependency[Here], session_id: FromPath[int], data: URLEncodedBody[Wishes]) -> Response[Any]:
    """How much is kept back for emergencies, how many lots a basket may have, and how long to look."""
    wanted = {
        "reserve_percent": data.reserve.strip() or "0",
        "max_lines": data.lines.strip() or None,
        "max_seconds": data.seconds.strip() or None,
    }
    try:
        # Converted through the values' own limits: what is typed is never trusted.
        checked = msgspec.convert(wanted, Hand, strict=False)
    except msgspec.ValidationError:
        typed = {"reserve": data.reserve[:KEPT], "lines": data.lines[:KEPT], "seconds": data.seconds[:KEPT]}
        return here.refused(f"/sessions/{session_id}/plan?{urlencode(typed)}#wishes", NotAWish())
    return decide(
        here,
        session_id,
        lambda hand: replace(
            hand,
            reserve_percent=checked.reserve_percent,
            max_lines=checked.max_lines,
            max_seconds=checked.max_seconds,
        ),
    )


@post("/sessions/{session_id:int}/plan/wishes/{wish:str}/lift", guards=[MAY], sync_to_thread=True)
def lift_wish(here: NamedDependency[Here], session_id: FromPath[int], wish: FromPath[str]) -> Response[Any]:
    """The proposals to come are made without this wish."""
    if wish not in NO_WISH:
        raise NotFound(what=Term(N_("wish")), id=wish)
    return decide(here, session_id, lambda hand: replace(hand, **NO_WISH[wish]))


@post("/sessions/{session_id:int}/plan/anew", guards=[MAY], sync_to_thread=True)
def propose_anew(here: NamedDependency[Here], session_id: FromPath[int]) -> Response[Any]:
    """Not from the proposal before: everything may change, but for what was decided by hand."""
    return propose_again(here, session_id, anew=True)


def hand_rows(session: Session, hand: Hand, cards: dict[str, str], base: str, here: Here) -> list[dict[str, Any]]:
    """What the manager decided, in words, each with the address that undoes it."""
    codes = {*hand.first, *(p.lot for p in hand.pins), *(b.lot for b in hand.bans)}
    query = select(Lot).where(Lot.code.in_(codes))
    known = {lot.code: lot for lot in session.scalars(query)}

    def row(icon: str, message: str, undo: str, **values: object) -> dict[str, Any]:
        return {"icon": icon, "text": here.words.text(message, **values), "undo": f"{base}/{undo}"}

    def named(lot: str) -> str:
        return known[lot].product.name if lot in known else lot

    def much(pin: Pin) -> str:
        lot = known.get(pin.lot)
        return here.words.quantity(pin.units * (lot.portion if lot else 1), lot.measure if lot else "unit")

    wishes = (
        ("box", N_("Kept back for emergencies: %(wished)s."), "reserve", Share(hand.reserve_percent / 100)),
        ("basket", N_("Lots in a basket, at most: %(wished)s."), "lines", hand.max_lines),
        ("clock", N_("Seconds to look, at most: %(wished)s."), "seconds", hand.max_seconds),
    )
    return [
        *(row(icon, said, f"wishes/{wish}/lift", wished=wished) for icon, said, wish, wished in wishes if wished),
        *(
            row("person", N_("Card %(card)s will not come."), f"visits/{v}/present", card=cards.get(v, v))
            for v in hand.absent
        ),
        *(
            row("basket", N_("Kinds of baskets, at most: %(kinds)s."), "standard/choose", kinds=kinds)
            for kinds in filter(None, [hand.most_baskets])
        ),
        *(row("up", N_("First: %(name)s."), f"lots/{x}/usual", name=named(x)) for x in hand.first),
        *(
            row(
                "pin",
                N_("Fixed for card %(card)s: %(name)s, %(quantity)s."),
                f"baskets/{p.visit}/{p.lot}/lift",
                card=cards.get(p.visit, p.visit),
                name=named(p.lot),
                quantity=much(p),
            )
            for p in hand.pins
        ),
        *(
            row(
                "ban",
                N_("Left out for card %(card)s: %(name)s."),
                f"baskets/{b.visit}/{b.lot}/lift",
                card=cards.get(b.visit, b.visit),
                name=named(b.lot),
            )
            for b in hand.bans
        ),
    ]


def amount(line: BoardLine) -> int:
    """As it is counted: pieces, or grams where it is weighed."""
    return line.grams if line.measure == "gram" else line.units


def _units(kept: PlanRecord | None, visit: str, lot: str) -> int:
    plan = msgspec.convert(kept.plan, Plan) if kept else None
    return next((g.units for g in (plan.give if plan else ()) if (g.visit, g.lot) == (visit, lot)), 0)


def _line(session: Session, here: Here, session_id: int, visit: str, lot: str) -> tuple[PlanRecord, BoardLine, str]:
    """The proposal that counts, the line of it that is spoken of, and whose it is; raises NotFound."""
    kept = proposals.latest(session, session_id)
    shown = board(session, kept, here.clock.today()) if kept else None
    for basket in shown.baskets if shown else ():
        for line in basket.lines:
            if kept and (basket.basket, line.lot) == (visit, lot):
                return kept, line, basket.card
    raise NotFound(what=Term(N_("lot")), id=lot)


def _offered(session: Session, found: Sequence[Swap | Addition]) -> list[dict[str, Any]]:
    lots = {lot.code: lot for lot in session.scalars(select(Lot).where(Lot.code.in_([s.lot for s in found])))}
    return [
        {
            "lot": s.lot,
            "units": s.units,
            "name": lots[s.lot].product.name,
            "pictogram": lots[s.lot].product.pictogram,
            "quantity": s.units * lots[s.lot].portion,
            "left": s.left * lots[s.lot].portion,
            "measure": lots[s.lot].measure,
            "last_day": lots[s.lot].last_day,
            "same_group": not isinstance(s, Swap) or s.same_group,
        }
        for s in found
    ]


ROUTES = [
    fix_line,
    leave_out_line,
    lift_line,
    swap_page,
    add_page,
    swap_line,
    will_not_come,
    will_come,
    use_first,
    use_as_usual,
    wish,
    lift_wish,
    propose_anew,
]
