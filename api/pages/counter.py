"""The counter: a card, its basket, what is left behind and why, the next person."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody

from allocation import handover, proposals
from allocation.arrivals import Arrived, arrived
from allocation.calendar import prefer
from allocation.exits import EXIT_NAMES, REASON_NAMES, SAVED, Exit, Reason
from allocation.handover import LeftLine, Sheet, SheetLine
from api.here import Here
from api.marks import marks
from api.pages.calendar import weekdays
from api.pages.plan import session_row
from api.security import May
from common.codes import read_code
from common.errors import Invalid, Refusal
from common.words import N_, Term
from households.needs import express
from households.reference import needs
from network.roles import Right

SEE, RUN = May(Right.SEE_CARDS), May(Right.RUN_SESSIONS)

REASON_ICONS = {
    Reason.TASTE: "dislike",
    Reason.ENOUGH: "enough",
    Reason.DIET: "ban",
    Reason.NO_EQUIPMENT: "plug",
    Reason.CANNOT_COOK: "pot",
    Reason.SHORT_DATE: "clock",
    Reason.LOOKS: "look",
    Reason.TOO_HEAVY: "too-heavy",
    Reason.OTHER: "info",
}
"""Reasons one can tap at the counter: `absent` and `surplus` are noted otherwise."""

COLD = "_cold"
"""Ends the exits of chilled food towards people: choosing one says that the cold chain held."""


@get("/sessions/{session_id:int}", guards=[SEE], sync_to_thread=True)
def counter_page(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    card: FromQuery[str] = "",
    visit: FromQuery[int | None] = None,
) -> Response[Any]:
    """The session; with a card or a basket code, the person who is here."""
    refusal = None
    with here.database.reading() as session:
        row = session_row(session, session_id)
        everybody = handover.sheets(session, session_id)
        plan = proposals.latest(session, session_id)
        try:
            if card:
                visit = handover.find_visit(session, session_id, read_code(card))
        except Refusal as error:
            refusal = error.say(here.words)
        chosen = next((s for s in everybody if s.visit_id == visit), None)
        who = arrived(session, chosen.household_id, row.on) if chosen else None
    return here.page(
        "pages/session.html",
        session=row,
        visit=chosen and who and _visitor(here, chosen, who),
        reasons=[
            {"value": r.value, "label": here.words.text(REASON_NAMES[r]), "icon": i} for r, i in REASON_ICONS.items()
        ],
        needs=[{"value": need.code, "label": here.name_of(need), "icon": "heart"} for need in needs()],
        waiting=[
            {
                "card": s.card,
                "name": None,
                "people": s.persons,
                "href": f"/sessions/{session_id}?visit={s.visit_id}",
                "basket": s.basket,
            }
            for s in everybody
            if s.state == "expected"
        ],
        plan=("confirmed" if row.state != "planned" else plan and "draft"),
        refusal=refusal,
    )


@post("/sessions/{session_id:int}/visits/{visit_id:int}/served", guards=[RUN], sync_to_thread=True)
def hand_over_basket(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    visit_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    base = f"/sessions/{session_id}"
    try:
        with here.database.writing() as session:
            sheet = handover.sheet(session, visit_id)
            handover.hand_over(session, visit_id, _left(sheet, data), here.stamp())
            if "day" in data:
                prefer(session, sheet.household_id, _weekday(data))
            for code in _several(data, "need"):
                express(session, sheet.household_id, code, here.stamp())
    except Refusal as refusal:
        return here.refused(f"{base}?visit={visit_id}", refusal)
    paid = f"{base}/visits/{visit_id}/receipt" if sheet.channel == "shop" else base
    return here.go(paid, N_("Handed over to card %(card)s."), card=sheet.card)


@post("/sessions/{session_id:int}/visits/{visit_id:int}/absent", guards=[RUN], sync_to_thread=True)
def note_absence(
    here: NamedDependency[Here], session_id: FromPath[int], visit_id: FromPath[int], back: FromQuery[str] = ""
) -> Response[Any]:
    base = f"/sessions/{session_id}/closing" if back == "closing" else f"/sessions/{session_id}"
    try:
        with here.database.writing() as session:
            sheet = handover.note_absent(session, visit_id, here.stamp())
    except Refusal as refusal:
        return here.refused(f"{base}?visit={visit_id}", refusal)
    return here.go(base, N_("Card %(card)s did not come: the basket is free again."), card=sheet.card)


def _visitor(here: Here, sheet: Sheet, who: Arrived) -> dict[str, Any]:
    shop = sheet.channel == "shop"
    return {
        "id": sheet.visit_id,
        "card": sheet.card,
        "name": None,
        "people": sheet.persons,
        "marks": marks(here.words, sheet.exclusions, sheet.lacks),
        "state": sheet.state,
        "lines": [_line(here, line) for line in sheet.lines],
        "first_time": who.first_time,
        "days": weekdays(here),
        "day": who.weekday,
        "due_cents": sum(line.price_cents for line in sheet.lines) if shop else None,
        "usual_cents": sum(line.usual_cents for line in sheet.lines),
        "allowance_cents": who.allowance_cents,
    }


def _line(here: Here, line: SheetLine) -> dict[str, Any]:
    exits = _exits(here, line)
    return {
        "id": line.id,
        "name": line.product,
        "pictogram": line.pictogram,
        "quantity": line.quantity,
        "measure": line.measure,
        "place": line.place,
        "last_day": line.last_day,
        "exits": exits,
        "exit": exits[0][0],
        "left": "",
        "left_quantity": line.left,
        "usual_cents": line.usual_cents,
        "price_cents": line.price_cents,
    }


def _exits(here: Here, line: SheetLine) -> list[tuple[str, str]]:
    """Best use first; chilled food goes back, or on to people, only as food that stayed in the cold."""
    named = [(e, here.words.text(EXIT_NAMES[e])) for e in Exit if e is not Exit.OTHER_HOUSEHOLD]
    if line.storage == "dry":
        return [(e.value, name) for e, name in named]
    cold = N_("%(exit)s: it never left the cold")
    return [
        (f"{e.value}{COLD}", here.words.text(cold, exit=name)) if e in SAVED else (e.value, name) for e, name in named
    ]


def _left(sheet: Sheet, data: Mapping[str, Any]) -> list[LeftLine]:
    """What the form says was left behind; raises Invalid where a field cannot be read."""
    return [_left_line(line, data) for line in sheet.lines if data.get(f"left-{line.id}")]


def _left_line(line: SheetLine, data: Mapping[str, Any]) -> LeftLine:
    reason, exit_ = str(data[f"left-{line.id}"]), str(data.get(f"exit-{line.id}", ""))
    units = str(data.get(f"units-{line.id}", line.quantity))
    cold = exit_.endswith(COLD)
    try:
        where = Exit(exit_.removesuffix(COLD))
        return LeftLine(line.id, int(units), Reason(reason), where, stayed_cold=cold)
    except ValueError:
        what, expected = Term(N_("What is left behind")), Term(N_("a number, a reason and where it goes"))
        raise Invalid(what=what, expected=expected, got=f"{units}, {reason}, {exit_}") from None


def _weekday(data: Mapping[str, Any]) -> int | None:
    """0 for Monday; None for no matter which."""
    chosen = str(data["day"])
    return int(chosen) if chosen in set("0123456") and chosen else None


def _several(data: Mapping[str, Any], name: str) -> list[str]:
    """A field that may be ticked several times."""
    value = data.get(name, [])
    return [value] if isinstance(value, str) else list(value)


ROUTES = [
    counter_page,
    hand_over_basket,
    note_absence,
]
