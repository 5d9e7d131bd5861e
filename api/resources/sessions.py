"""Sessions, proposals, baskets, hand-over and closing for programs."""

import datetime as dt
from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED
from msgspec import Struct
from sqlalchemy.orm import Session

from allocation import baskets, choice, closing, handover, lost_lines, spares
from allocation.board import Board, board
from allocation.came_after_all import come_after_all
from allocation.choice import Offer
from allocation.closing import Closing
from allocation.counter_kit import CounterKit, counter_kit
from allocation.counter_offers import CounterOffers, counter_offers
from allocation.hand import Hand
from allocation.handover import LeftLine, Sheet
from allocation.proposals import get_proposal
from allocation.sessions import SessionRow, get_session, list_sessions
from allocation.spares import Spare
from allocation.till import Receipt, receipt
from allocation.till_kit import TillKit, till_kit
from api.counter_entries import CounterEntry, do_counter
from api.entries import NotYours, Outcome
from api.here import Here
from api.pages.plan import session_row
from api.resources.keys import IdempotencyKey
from api.security import May
from api.settling import Answered, answer_for
from api.writing import write_once
from common import jobs
from common.jobs import JobState
from network.roles import Right

SEE, RUN, PLAN = May(Right.SEE_CARDS), May(Right.RUN_SESSIONS), May(Right.MAKE_PLANS)
SPAN = dt.timedelta(days=28)


class JobOut(Struct, frozen=True):
    """Long work: look again until its state is `done`, `failed` or `cancelled`."""

    id: int
    state: str
    progress: dict[str, Any]
    result: Any


class HandOver(Struct, frozen=True):
    left: list[LeftLine] = []


class Choice(Struct, frozen=True):
    """A lot by its code, and the line it takes the place of, if any."""

    lot: str
    instead_of: int | None = None


class ExpectedAgain(Struct, frozen=True):
    """A visit that was noted absent, with what is set aside for it again."""

    sheet: Sheet
    left_out: list[str]
    """Products of the lines whose food has gone on or is too old."""


class SameAnswer(Struct, frozen=True):
    """Visits that are answered alike."""

    visits: list[int]
    came: bool


class Lines(Struct, frozen=True):
    lines: list[int]


@get("/sessions", guards=[SEE], sync_to_thread=True)
def show_sessions(
    here: NamedDependency[Here], since: FromQuery[dt.date | None] = None, until: FromQuery[dt.date | None] = None
) -> list[SessionRow]:
    """The calendar; four weeks either side of today unless told otherwise."""
    today = here.clock.today()
    with here.database.reading() as session:
        return list_sessions(session, since or today - SPAN, until or today + SPAN)


@post("/sessions/{session_id:int}/proposals", guards=[PLAN], sync_to_thread=True, status_code=HTTP_202_ACCEPTED)
def ask_proposal(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    data: JSONBody[Hand],
    idempotency_key: IdempotencyKey = "",
) -> JobOut:
    """Ask for a proposal; its result names the proposal."""

    def work(session: Session) -> int:
        get_session(session, session_id)
        payload = {"session_id": session_id, "hand": msgspec.to_builtins(data)}
        return jobs.ask(session, "propose", payload, here.stamp())

    job_id = write_once(here, idempotency_key, [session_id, data], work, int)
    here.house.transport.wake(here.database, job_id)
    with here.database.reading() as session:
        return _job(jobs.state_of(session, job_id))


@get("/jobs/{job_id:int}", guards=[PLAN], sync_to_thread=True)
def show_job(here: NamedDependency[Here], job_id: FromPath[int]) -> JobOut:
    """How far long work has come."""
    with here.database.reading() as session:
        return _job(jobs.state_of(session, job_id))


@get("/proposals/{plan_id:int}", guards=[PLAN], sync_to_thread=True)
def show_proposal(here: NamedDependency[Here], plan_id: FromPath[int]) -> Board:
    """A proposal: figures against bounds and against FEFO, baskets with their lines and reasons, what is left over."""
    with here.database.reading() as session:
        return board(session, get_proposal(session, plan_id), here.clock.today())


@post("/proposals/{plan_id:int}/confirmation", guards=[PLAN], sync_to_thread=True)
def confirm_proposal(
    here: NamedDependency[Here], plan_id: FromPath[int], idempotency_key: IdempotencyKey = ""
) -> SessionRow:
    """Reserve the baskets of the proposal's own session, all or none."""

    def work(session: Session) -> SessionRow:
        planned = baskets.confirm(session, plan_id, here.stamp())
        return session_row(session, planned.id)

    return write_once(here, idempotency_key, plan_id, work, SessionRow)


@get("/sessions/{session_id:int}/visits", guards=[SEE], sync_to_thread=True)
def show_visits(here: NamedDependency[Here], session_id: FromPath[int]) -> list[Sheet]:
    """Everybody expected, by card number, with their baskets."""
    with here.database.reading() as session:
        get_session(session, session_id)
        return handover.sheets(session, session_id)


@post("/visits/{visit_id:int}/hand-over", guards=[RUN], sync_to_thread=True)
def hand_over(
    here: NamedDependency[Here],
    visit_id: FromPath[int],
    data: JSONBody[HandOver],
    idempotency_key: IdempotencyKey = "",
) -> Sheet:
    """Hand a basket over but for what is left behind, which goes to its exit at once."""
    return write_once(
        here,
        idempotency_key,
        [visit_id, data],
        lambda session: handover.hand_over(session, visit_id, data.left, here.stamp()),
        Sheet,
    )


@get("/visits/{visit_id:int}/offers", guards=[RUN], sync_to_thread=True)
def show_offers(
    here: NamedDependency[Here], visit_id: FromPath[int], line_id: FromQuery[int | None] = None
) -> list[Offer]:
    """What suits this household: in a line's place, or on top."""
    with here.database.reading() as session:
        return choice.offers(session, visit_id, here.clock.today(), line_id)


@post("/visits/{visit_id:int}/lines", guards=[RUN], sync_to_thread=True)
def choose(
    here: NamedDependency[Here], visit_id: FromPath[int], data: JSONBody[Choice], idempotency_key: IdempotencyKey = ""
) -> Sheet:
    """Put one portion of a lot into a basket, or a lot in a line's place; every rule is checked."""

    def work(session: Session) -> Sheet:
        if data.instead_of is None:
            choice.add(session, visit_id, data.lot, here.stamp())
        else:
            choice.swap(session, visit_id, data.instead_of, data.lot, here.stamp())
        return handover.sheet(session, visit_id)

    return write_once(here, idempotency_key, [visit_id, data], work, Sheet)


@get("/visits/{visit_id:int}/receipt", guards=[RUN], sync_to_thread=True)
def show_receipt(here: NamedDependency[Here], visit_id: FromPath[int]) -> Receipt:
    """What a household of the shop paid, line by line."""
    with here.database.reading() as session:
        return receipt(session, visit_id)


@post("/visits/{visit_id:int}/absence", guards=[RUN], sync_to_thread=True)
def note_absence(here: NamedDependency[Here], visit_id: FromPath[int], idempotency_key: IdempotencyKey = "") -> Sheet:
    """They did not come: the basket is free again."""
    return write_once(here, idempotency_key, visit_id, lambda s: handover.note_absent(s, visit_id, here.stamp()), Sheet)


@post("/visits/{visit_id:int}/absence/undo", guards=[RUN], sync_to_thread=True)
def note_arrival(
    here: NamedDependency[Here], visit_id: FromPath[int], idempotency_key: IdempotencyKey = ""
) -> ExpectedAgain:
    """They came after all, or were never away: what is still there of the basket is set aside for them again."""

    def work(session: Session) -> ExpectedAgain:
        left_out = come_after_all(session, visit_id, here.stamp())
        return ExpectedAgain(handover.sheet(session, visit_id), left_out)

    return write_once(here, idempotency_key, visit_id, work, ExpectedAgain)


@get("/sessions/{session_id:int}/closing", guards=[SEE], sync_to_thread=True)
def show_closing(here: NamedDependency[Here], session_id: FromPath[int]) -> Closing:
    """What remains to be settled."""
    with here.database.reading() as session:
        return closing.closing(session, session_id, here.clock.today())


@post("/sessions/{session_id:int}/settlement", guards=[RUN], sync_to_thread=True)
def settle_several(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    data: JSONBody[SameAnswer],
    idempotency_key: IdempotencyKey = "",
) -> Answered:
    """The same answer for several baskets: handed over whole, or not fetched; each is settled or kept back alone."""
    return write_once(
        here,
        idempotency_key,
        [session_id, data],
        lambda session: answer_for(here, session, session_id, data.visits, came=data.came),
        Answered,
    )


class LostLine(Struct, frozen=True):
    """How much of a line is lost, and why."""

    quantity: int
    cause: str


@post("/sessions/{session_id:int}/lines/{line_id:int}/lost", guards=[RUN], sync_to_thread=True)
def note_lost(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    line_id: FromPath[int],
    data: JSONBody[LostLine],
    idempotency_key: IdempotencyKey = "",
) -> Closing:
    """Something in a basket that waits was broken, got warm or passed its day; the rest of the basket waits on."""

    def work(session: Session) -> Closing:
        lost_lines.lose_line(session, session_id, line_id, data.quantity, data.cause, here.stamp())
        return closing.closing(session, session_id, here.clock.today())

    return write_once(here, idempotency_key, [line_id, data], work, Closing)


@get("/visits/{visit_id:int}/spares", guards=[RUN], sync_to_thread=True)
def show_spares(here: NamedDependency[Here], visit_id: FromPath[int]) -> list[Spare]:
    """What suits this household out of the baskets of its session that nobody has fetched."""
    with here.database.reading() as session:
        return spares.spares(session, visit_id, here.clock.today())


@post("/visits/{visit_id:int}/spares", guards=[RUN], sync_to_thread=True)
def give_spares(
    here: NamedDependency[Here], visit_id: FromPath[int], data: JSONBody[Lines], idempotency_key: IdempotencyKey = ""
) -> Sheet:
    """Give these lines of other baskets to this household, all or none; every rule is checked."""

    def work(session: Session) -> Sheet:
        spares.give_spares(session, visit_id, data.lines, here.stamp())
        return handover.sheet(session, visit_id)

    return write_once(here, idempotency_key, [visit_id, data], work, Sheet)


@post("/sessions/{session_id:int}/date-check", guards=[RUN], sync_to_thread=True)
def check_dates(
    here: NamedDependency[Here], session_id: FromPath[int], idempotency_key: IdempotencyKey = ""
) -> Closing:
    """Somebody looked at the dates on the site's shelves; what has passed its last day leaves them."""

    def work(session: Session) -> Closing:
        closing.check_dates(session, get_session(session, session_id).site_id, here.stamp())
        return closing.closing(session, session_id, here.clock.today())

    return write_once(here, idempotency_key, session_id, work, Closing)


@post("/sessions/{session_id:int}/closing", guards=[RUN], sync_to_thread=True)
def close_session(
    here: NamedDependency[Here], session_id: FromPath[int], idempotency_key: IdempotencyKey = ""
) -> SessionRow:
    """Close a session of which every unit is accounted for."""

    def work(session: Session) -> SessionRow:
        closing.close(session, session_id, here.stamp())
        return session_row(session, session_id)

    return write_once(here, idempotency_key, session_id, work, SessionRow)


class CounterEntries(Struct, frozen=True):
    """What a tablet kept at the counter, oldest first."""

    account_id: int
    """Who entered them: a shared tablet never sends them under another name."""
    entries: list[CounterEntry]


@get("/sessions/{session_id:int}/counter-kit", guards=[RUN], sync_to_thread=True)
def show_counter_kit(here: NamedDependency[Here], session_id: FromPath[int]) -> CounterKit:
    """What a tablet takes along to hand this session's baskets over without network: never a name."""
    with here.database.reading() as session:
        return counter_kit(session, session_id)


@get("/sessions/{session_id:int}/counter-offers", guards=[RUN], sync_to_thread=True)
def show_counter_offers(here: NamedDependency[Here], session_id: FromPath[int]) -> CounterOffers:
    """What a tablet may propose without network to everybody still expected, in a line's place or on top."""
    with here.database.reading() as session:
        return counter_offers(session, session_id)


@get("/sessions/{session_id:int}/counter-till", guards=[RUN], sync_to_thread=True)
def show_counter_till(here: NamedDependency[Here], session_id: FromPath[int]) -> TillKit:
    """What a tablet takes along to keep the shop's till without network: shelves, prices, what each may be sold."""
    with here.database.reading() as session:
        return till_kit(session, session_id)


@post("/sessions/entries", guards=[RUN], sync_to_thread=True, status_code=200)
def send_counter_entries(here: NamedDependency[Here], data: JSONBody[CounterEntries]) -> list[Outcome]:
    """Do what a tablet kept, each entry once however often it comes; each is done whole or refused with its reason."""
    if data.account_id != here.me.id:
        raise NotYours()
    with here.database.writing() as session:
        return do_counter(here, session, data.entries)


def _job(job: JobState) -> JobOut:
    return JobOut(job.id, job.state, job.progress, job.result)


ROUTES = [
    show_sessions,
    ask_proposal,
    show_job,
    show_proposal,
    confirm_proposal,
    show_visits,
    hand_over,
    show_offers,
    choose,
    show_receipt,
    note_absence,
    note_arrival,
    show_closing,
    settle_several,
    note_lost,
    show_spares,
    give_spares,
    check_dates,
    close_session,
    show_counter_kit,
    show_counter_offers,
    show_counter_till,
    send_counter_entries,
]
