"""Picking on screen: the walk along the shelves, each lot checked by its scan; what is missing is noted at once."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from msgspec import Struct
from sqlalchemy.orm import Session

from allocation import picking
from allocation.picking import PickRow
from api.amounts import kilograms_typed, pieces_typed
from api.here import Here
from api.pages.plan import session_row
from api.security import May
from api.writing import key_of, write_once
from common.errors import Refusal
from common.words import N_
from labels.batches import SLOTS, batched
from network.roles import Right

RUN = May(Right.RUN_SESSIONS)
NOTHING_TYPED: Mapping[str, Any] = {}
PICKING = "/sessions/{session_id:int}/picking"


class LotToTake(Struct, frozen=True):
    """One lot of a shelf, with the baskets it goes into."""

    lines: list[PickRow]

    @property
    def first(self) -> PickRow:
        return self.lines[0]

    @property
    def left(self) -> int:
        """Pieces, or grams, still to be taken from the shelf."""
        return sum(line.quantity for line in self.lines if not line.picked)


class Shelf(Struct, frozen=True):
    """A shelf of the walk."""

    place: str
    lots: list[LotToTake]

    @property
    def lines(self) -> int:
        return sum(len(lot.lines) for lot in self.lots)

    @property
    def picked(self) -> int:
        return sum(line.picked for lot in self.lots for line in lot.lines)


def shelves_of(walk: Iterable[PickRow]) -> list[Shelf]:
    """The walk shelf by shelf, lot by lot, in its order."""
    return [
        Shelf(place, [LotToTake(list(lines)) for _, lines in groupby(there, attrgetter("lot"))])
        for place, there in groupby(walk, attrgetter("place"))
    ]


@get(PICKING, guards=[RUN], sync_to_thread=True)
def picking_page(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    basket: FromQuery[list[str] | None] = None,
    line: FromQuery[int | None] = None,
) -> Response[Any]:
    """All baskets, or those that are named: several may be filled in one walk; of `line` something is missing."""
    return _show(here, session_id, basket or [], line)


def _show(
    here: Here,
    session_id: int,
    chosen: list[str],
    line_id: int | None = None,
    refused: Refusal | None = None,
    typed: Mapping[str, Any] = NOTHING_TYPED,
) -> Response[Any]:
    """The walk with what comes next on top; where a form of it was refused, with what was typed."""
    with here.database.reading() as session:
        row = session_row(session, session_id)
        everything = picking.walk(session, session_id)
    shown = [line for line in everything if not chosen or line.basket in chosen]
    open_lines = [line for line in shown if not line.picked]
    lacking = next((line for line in open_lines if line.line_id == line_id), None)
    baskets = sorted({(line.card, line.basket) for line in everything})
    return here.page(
        "pages/picking.html",
        status=refused.kind.value if refused else 200,
        session=row,
        lines=len(shown),
        picked=len(shown) - len(open_lines),
        next=lacking or next(iter(open_lines), None),
        lacking=lacking is not None,
        shelves=shelves_of(shown),
        chosen=chosen,
        baskets=baskets,
        batches=[[basket for _, basket in batch] for batch in batched(baskets)],
        slots={basket: slot for (_, basket), slot in zip(on_trolley(baskets, chosen), SLOTS, strict=False)},
        why=refused and refused.say(here.words),
        typed=typed,
    )


@post(f"{PICKING}/scan", guards=[RUN], sync_to_thread=True)
def scan_pick(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
    basket: FromQuery[list[str] | None] = None,
) -> Response[Any]:
    back, code = _back(here, session_id), str(data.get("code", "")).strip()

    def work(session: Session) -> PickRow:
        return picking.pick(session, session_id, code, here.stamp(), basket or [])

    try:
        # A scanner may be faster than the next page: another code from the same page is another pick.
        row = write_once(here, key_of(data, code), basket, work, PickRow)
    except Refusal as refusal:
        return _show(here, session_id, basket or [], None, refusal, data)
    return here.go(back, N_("“%(product)s” into the basket of card %(card)s."), product=row.product, card=row.card)


@post(f"{PICKING}/lines/{{line_id:int}}/missing", guards=[RUN], sync_to_thread=True)
def note_missing(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    line_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
    basket: FromQuery[list[str] | None] = None,
) -> Response[Any]:
    back, typed = _back(here, session_id), str(data.get("missing", ""))

    def work(session: Session) -> None:
        read = kilograms_typed if data.get("measure") == "gram" else pieces_typed
        picking.note_missing(session, session_id, line_id, read(typed) or 0, here.stamp())

    said = {name: value for name, value in data.items() if name != "_csrf_token"}
    try:
        write_once(here, str(data.get("key", "")), said, work, type(None))
    except Refusal as refusal:
        return _show(here, session_id, basket or [], line_id, refusal, data)
    visit = str(data.get("visit", ""))
    instead = f"/sessions/{session_id}/visits/{visit}/choice" if visit.isdigit() else back
    return here.go(instead, N_("Noted as missing. Choose something else for this basket, if it suits."))


def on_trolley(baskets: list[tuple[str, str]], chosen: list[str]) -> list[tuple[str, str]]:
    """The baskets of this walk, where they are few enough for one trolley."""
    mine = [(card, basket) for card, basket in baskets if basket in chosen]
    return mine if len(mine) <= len(SLOTS) else []


def _back(here: Here, session_id: int) -> str:
    query = here.request.url.query
    return f"/sessions/{session_id}/picking" + (f"?{query}" if query else "")


ROUTES = [picking_page, scan_pick, note_missing]
