"""The counter: a card, its basket, what is left behind and why, the next person."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody

from allocation import handover, proposals
from allocation.arrivals import Arrived, arrived
from allocation.came_after_all import come_after_all
from allocation.exits import Exit, Reason
from allocation.handover import CardRow, LeftLine, Sheet, SheetLine
from allocation.rounds import on_round
from allocation.sessions import SessionRow, get_session
from api.counter_entries import Served, note_absent, serve
from api.counter_words import COLD, cold_exits, counter_words, exits_of, reason_tiles
from api.here import Here
from api.marks import Mark, marks, marks_against
from api.pages.calendar import weekdays
from api.pages.plan import session_row
from api.security import May
from api.typed import whole_typed
from api.writing import write_once
from common.codes import read_code
from common.errors import Invalid, Refusal
from common.words import N_, Term
from households.reference import needs
from households.workshops import list_workshops
from network.roles import Right

NOTHING_TYPED: Mapping[str, Any] = {}
SEE, RUN = May(Right.SEE_CARDS), May(Right.RUN_SESSIONS)
MOST_WORKSHOPS = 4
"""Workshops offered at the counter: the next ones with a place left."""


class WhereTo(Refusal):
    """Chilled food was left behind, and nobody said whether the cold chain held."""

    field = "exit"
    message = N_("Something chilled is left behind: say whether it stayed in the cold, and so where it goes.")


@get("/sessions/{session_id:int}", guards=[SEE], sync_to_thread=True)
def counter_page(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    card: FromQuery[str] = "",
    visit: FromQuery[int | None] = None,
) -> Response[Any]:
    """The session; with a card or a basket code, the person who is here."""
    refusal = None
    try:
        if card:
            with here.database.reading() as session:
                visit = handover.find_visit(session, session_id, read_code(card))
    except Refusal as error:
        refusal = error
    return show_counter(here, session_id, visit, refusal)


def show_counter(
    here: Here,
    session_id: int,
    visit: int | None,
    refusal: Refusal | None = None,
    typed: Mapping[str, Any] = NOTHING_TYPED,
) -> Response[Any]:
    """The page; where a form of it was refused, with everything that was tapped and typed."""
    with here.database.reading() as session:
        row = session_row(session, session_id)
        everybody = handover.cards(session, session_id)
        proposed = proposals.is_proposed(session, session_id)
        known = next((one.visit_id for one in everybody if one.visit_id == visit), None)
        chosen = handover.sheet(session, known) if known else None
        who = arrived(session, chosen.household_id, row.on) if chosen else None
        brought = bool(on_round(session, get_session(session, session_id)))
        coming = [w for w in list_workshops(session, here.clock.today()) if w.taken < w.places][:MOST_WORKSHOPS]
    return here.page(
        "pages/session.html",
        status=refusal.kind.value if refusal and typed else 200,
        session=row,
        visit=chosen and who and _visitor(here, chosen, who, typed),
        reasons=reason_tiles(here.words),
        exits=exits_of(here.words),
        cold_exits=cold_exits(here.words),
        needs=_needs(here),
        needed=_several(typed, "need"),
        code=str(typed.get("code", "")),
        said=counter_words(here.words),
        keeps=_keeps(here, row),
        brought=brought,
        workshops=coming,
        waiting=[_waiting(one, session_id) for one in everybody if one.state == "expected"],
        plan="confirmed" if row.state != "planned" else "draft" if proposed else None,
        refusal=refusal and refusal.say(here.words),
    )


@get("/sessions/offline", guards=[RUN], sync_to_thread=True)
def counter_away(here: NamedDependency[Here]) -> Response[Any]:
    """The page a tablet keeps for when there is no network: it says nothing of anybody."""
    line = {
        "id": "",
        "lot": "",
        "name": "",
        "pictogram": "box",
        "quantity": 2,
        "measure": "unit",
        "place": "",
        "left": "",
        "against": [],
    }
    cents = {"price_cents": 0, "usual_cents": 0, "prices_taken": ()}
    empty = line | cents | {"left_quantity": 0, "cold": True, "exit": None}
    return here.page(
        "pages/session_offline.html",
        line=empty,
        reasons=reason_tiles(here.words),
        exits=exits_of(here.words),
        cold_exits=cold_exits(here.words),
        needs=_needs(here),
        days=weekdays(here),
        said=counter_words(here.words),
    )


@post("/sessions/{session_id:int}/visits/{visit_id:int}/served", guards=[RUN], sync_to_thread=True)
def hand_over_basket(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    visit_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
    back: FromQuery[str] = "",
) -> Response[Any]:
    base = f"/sessions/{session_id}"
    try:
        day = str(data["day"]) if "day" in data else None
        served = Served(_left(data), _several(data, "need"), sorted(_several(data, "lot")), day=day)
        key = str(data.get("key", ""))
        write_once(here, key, served, lambda session: serve(session, visit_id, served, here.stamp()), int)
        with here.database.reading() as session:
            sheet = handover.sheet(session, visit_id)
    except Refusal as refusal:
        return show_counter(here, session_id, visit_id, refusal, data)
    paid = f"{base}/visits/{visit_id}/receipt" if sheet.channel == "shop" else _back(base, back)
    return here.go(paid, N_("Handed over to card %(card)s."), card=sheet.card)


@post("/sessions/{session_id:int}/visits/{visit_id:int}/absent", guards=[RUN], sync_to_thread=True)
def note_absence(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    visit_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
    back: FromQuery[str] = "",
) -> Response[Any]:
    base = f"/sessions/{session_id}"
    try:
        key = str(data.get("key", ""))
        write_once(here, key, None, lambda session: note_absent(session, visit_id, here.stamp()), int)
        with here.database.reading() as session:
            sheet = handover.sheet(session, visit_id)
    except Refusal as refusal:
        return here.refused(f"{base}?visit={visit_id}", refusal)
    undo = f"{base}/visits/{visit_id}/came"
    said = N_("Card %(card)s did not come: the basket is free again.")
    return here.go(_back(base, back), said, undo=undo, card=sheet.card)


@post("/sessions/{session_id:int}/visits/{visit_id:int}/came", guards=[RUN], sync_to_thread=True)
def note_arrival(here: NamedDependency[Here], session_id: FromPath[int], visit_id: FromPath[int]) -> Response[Any]:
    """Who was noted absent is there after all, or was never away."""
    path = f"/sessions/{session_id}?visit={visit_id}"
    try:
        with here.database.writing() as session:
            gone = come_after_all(session, visit_id, here.stamp())
    except Refusal as refusal:
        return here.refused(path, refusal)
    if gone:
        return here.go(path, N_("Expected again, but no longer on the shelves: %(products)s."), products=gone)
    return here.go(path, N_("Expected again, with the whole basket."))


def _back(base: str, back: str) -> str:
    """The page a button was on, where that was not the counter."""
    return f"{base}/{back}" if back in ("closing", "deliveries") else base


def _keeps(here: Here, row: SessionRow) -> bool:
    """Whether a tablet takes this session along: the day's and the site's own, once its baskets are ready."""
    own = Right.RUN_SESSIONS in here.me.rights and here.works_at(row.site_id)
    return own and row.on == here.clock.today() and row.state == "confirmed"


def _needs(here: Here) -> list[dict[str, str]]:
    return [{"value": need.code, "label": here.name_of(need)} for need in needs()]


def _waiting(one: CardRow, session_id: int) -> dict[str, Any]:
    href = f"/sessions/{session_id}?visit={one.visit_id}"
    return {"card": one.card, "name": None, "people": one.persons, "href": href, "basket": one.basket}


def _visitor(here: Here, sheet: Sheet, who: Arrived, typed: Mapping[str, Any]) -> dict[str, Any]:
    shop = sheet.channel == "shop"
    return {
        "id": sheet.visit_id,
        "card": sheet.card,
        "basket": sheet.basket,
        "name": None,
        "people": sheet.persons,
        "marks": marks(here.words, sheet.exclusions, sheet.lacks),
        "state": sheet.state,
        "lines": [_line(here, line, typed) for line in sheet.lines],
        "proxies": who.proxies,
        "brought": who.brought,
        "first_time": who.first_time,
        "days": weekdays(here),
        "day": typed.get("day", who.weekday),
        "due_cents": sum(line.price_cents for line in sheet.lines) if shop else None,
        "usual_cents": sum(line.usual_cents for line in sheet.lines),
        "allowance_cents": who.month.left_cents,
        "month": who.month,
    }


def _line(here: Here, line: SheetLine, typed: Mapping[str, Any]) -> dict[str, Any]:
    """A line that goes out whole, or as it was tapped; where chilled food goes, nobody says beforehand."""
    cold = line.storage != "dry"
    return {
        "id": line.id,
        "lot": line.lot,
        "name": line.product,
        "pictogram": line.pictogram,
        "quantity": line.quantity,
        "measure": line.measure,
        "place": line.place,
        "against": _against(here, line),
        "cold": cold,
        "exit": typed.get(f"exit-{line.id}", None if cold else Exit.RESTOCK.value),
        "left": typed.get(f"left-{line.id}", ""),
        "left_quantity": typed.get(f"units-{line.id}", line.left),
        "usual_cents": line.usual_cents,
        "price_cents": line.price_cents,
        "prices_taken": line.prices_taken,
    }


def _against(here: Here, line: SheetLine) -> list[Mark]:
    """Why it should not go out, though it was set aside: the household, the product or the day is another by now."""
    past = Mark("clock", here.words.text(N_("past its last day"))) if line.last_day < here.clock.today() else None
    return [*marks_against(here.words, line.excluded, line.lacking), *([past] if past else [])]


def _left(data: Mapping[str, Any]) -> list[LeftLine]:
    """What the form says was left behind, by line; raises Invalid where a field cannot be read."""
    named = (whole_typed(name[5:]) for name in data if name.startswith("left-") and data[name])
    return [_left_line(line_id, data) for line_id in sorted(number for number in named if number is not None)]


def _left_line(line_id: int, data: Mapping[str, Any]) -> LeftLine:
    reason, exit_, units = (str(data.get(f"{name}-{line_id}", "")) for name in ("left", "exit", "units"))
    if not exit_:
        raise WhereTo()
    cold = exit_.endswith(COLD)
    try:
        where = Exit(exit_.removesuffix(COLD))
        return LeftLine(line_id, int(units), Reason(reason), where, stayed_cold=cold)
    except ValueError:
        what, expected = Term(N_("What is left behind")), Term(N_("a number, a reason and where it goes"))
        raise Invalid(what=what, expected=expected, got=f"{units}, {reason}, {exit_}") from None


def _several(data: Mapping[str, Any], name: str) -> list[str]:
    """A field that may be ticked several times."""
    value = data.get(name, [])
    return [value] if isinstance(value, str) else list(value)


ROUTES = [
    counter_page,
    counter_away,
    hand_over_basket,
    note_absence,
    note_arrival,
]
