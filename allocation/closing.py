"""A session closes only when every reserved unit is accounted for: given, left behind, lost or back.

On an open day somebody also looks at the dates on the shelves (`check_dates`), and a shop counts its till. To open
a closed session again is an act of its own, with a reason from a list, that stands in the audit trail.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from allocation.day_tables import DateCheck
from allocation.entitled import left_at
from allocation.handover import ABSENT, SessionOver, settle
from allocation.sessions import begun, get_session, locked
from allocation.tables import BasketLine, DistributionSession, LineOutcome, Visit
from allocation.till import Cash, cash, prices
from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_
from households.tables import Household, Member
from network.audit import record
from stock.ledger import Account
from stock.losses import Expired, expired, write_off_expired
from stock.tables import Lot, Product


class NotSettled(Refusal):
    """Some baskets were neither handed over nor noted as absent."""

    kind = Kind.CONFLICT
    message = N_("Baskets still waiting: %(n)s. Hand them over or note who did not come.")


class NotAccountedFor(Refusal):
    """A line of a settled basket of which not every unit has an outcome."""

    kind = Kind.CONFLICT
    message = N_("Lines without a full answer: %(n)s. Every unit is given, left behind, lost or back.")


class NotConfirmed(Refusal):
    kind = Kind.CONFLICT
    message = N_("The baskets of this session were not confirmed yet.")


class DatesNotChecked(Refusal):
    """The end-of-day check of an open day is an obligation, not a habit."""

    kind = Kind.CONFLICT
    message = N_("Look at the dates on the shelves first, then say so.")


class CashNotCounted(Refusal):
    kind = Kind.CONFLICT
    message = N_("Count the till first. Payments taken: %(payments)s.")


class StillOpen(Refusal):
    kind = Kind.CONFLICT
    message = N_("This session is not closed.")


class Reopening(StrEnum):
    """Why a closed session is opened again."""

    FORGOTTEN = "forgotten"
    MISTAKE = "mistake"
    CAME_LATE = "came_late"


REOPENING_NAMES = {
    Reopening.FORGOTTEN: N_("A basket was forgotten"),
    Reopening.MISTAKE: N_("Something was noted wrongly"),
    Reopening.CAME_LATE: N_("Somebody came after all"),
}


class WaitingLine(Struct, frozen=True):
    """Something in a basket that waits."""

    line_id: int
    product: str
    quantity: int
    measure: str
    last_day: dt.date


class Waiting(Struct, frozen=True):
    """A basket nobody has fetched yet, with every unit in it, what must go first, first."""

    visit_id: int
    card: str
    basket: str
    persons: int
    grams: int
    lines: list[WaitingLine]
    due_cents: int | None = None
    """What it costs in the shop; None for free baskets."""
    left_cents: int | None = None
    """What is left of the household's month; None where nothing is asked of it."""


class Settled(NamedTuple):
    """What became of several baskets answered for at once."""

    done: int
    refused: dict[str, Refusal]
    """By card, why a basket was not settled so: the allowance does not reach, or somebody settled it meanwhile."""


class Closing(Struct, frozen=True):
    """A session with what remains to settle, and its day's figures in grams."""

    session_id: int
    site: str
    on: dt.date
    state: str
    begun: bool
    """There is something to close: baskets were confirmed, or somebody came without."""
    channel: str
    waiting: list[Waiting]
    unanswered: int
    """Lines of settled baskets of which not every unit has an outcome: none, unless something went wrong."""
    dates_checked: bool
    expired: tuple[Expired, ...]
    """Free or blocked goods of the site past their last day."""
    cash: Cash
    served: int
    absent: int
    given_grams: int
    left_grams: int


def closing(session: Session, session_id: int, today: dt.date) -> Closing:
    """What remains to be settled, and the day's figures."""
    planned = get_session(session, session_id)
    counted = {row.state: row.n for row in session.execute(_STATES, {"session": session_id})}
    grams = {taken: int(total) for taken, total in session.execute(_OUTCOMES, {"session": session_id})}
    return Closing(
        session_id=session_id,
        site=planned.site.name,
        on=planned.on,
        state=planned.state,
        begun=planned.state != "planned" or begun(session, [session_id]),
        channel=planned.channel,
        waiting=_waiting_baskets(session, planned),
        unanswered=_unanswered(session, session_id),
        dates_checked=_checked(session, planned, today),
        expired=_past(session, planned.site_id, today),
        cash=cash(session, session_id),
        served=counted.get("served", 0),
        absent=counted.get("absent", 0),
        given_grams=grams.get(True, 0),
        left_grams=grams.get(False, 0),
    )


def note_the_rest_absent(session: Session, session_id: int, stamp: Stamp) -> int:
    """One tap at the end of the day: everyone still expected did not come. Returns how many."""
    waiting = session.scalars(_waiting(session_id)).all()
    settle(session, dict.fromkeys(waiting, ABSENT), stamp)
    return len(waiting)


def settle_several(session: Session, session_id: int, visit_ids: Iterable[int], came: bool, stamp: Stamp) -> Settled:
    """Note the same of several baskets: handed over whole, or not fetched. Each is settled or waits on by itself.

    In the shop nobody is sold more than what is left of the month.
    """
    query = select(Household.card, Visit.id).join(Visit, Visit.household_id == Household.id)
    query = query.where(Visit.session_id == session_id, Visit.id.in_(set(visit_ids))).order_by(Visit.id)
    wanted = session.execute(query).all()
    refused: dict[str, Refusal] = {}
    for card, visit_id in wanted:
        try:
            with session.begin_nested():
                settle(session, {visit_id: [] if came else ABSENT}, stamp, within_allowance=True)
        except Refusal as refusal:
            refused[card] = refusal
    return Settled(len(wanted) - len(refused), refused)


def check_dates(session: Session, site_id: int, stamp: Stamp) -> int:
    """Somebody looked: what has passed its last day leaves the shelves for compost. Returns how many lots did."""
    gone = write_off_expired(session, stamp, site_id)
    there = session.scalar(select(DateCheck.id).where(DateCheck.site_id == site_id, DateCheck.on == stamp.on))
    if there is None:
        session.add(DateCheck(site_id=site_id, on=stamp.on, at=stamp.at, by_id=stamp.by))
        session.flush()
    return gone.lots


def close(session: Session, session_id: int, stamp: Stamp) -> DistributionSession:
    """Close the session.

    Raises NotConfirmed, SessionOver, NotSettled, NotAccountedFor, DatesNotChecked or CashNotCounted.
    """
    planned = locked(session, session_id)
    if planned.state == "planned" and not begun(session, [session_id]):
        raise NotConfirmed()
    if planned.state == "closed":
        raise SessionOver(on=planned.on)
    _refuse_unsettled(session, session_id)
    if not _checked(session, planned, stamp.on):
        raise DatesNotChecked()
    till = cash(session, session_id)
    if till.payments and till.counted_cents is None:
        raise CashNotCounted(payments=till.payments)
    planned.state, planned.closed_at, planned.closed_by = "closed", stamp.at, stamp.by
    record(session, "session closed", f"session:{session_id}", stamp)
    session.flush()
    return planned


def reopen(session: Session, session_id: int, reason: Reopening, stamp: Stamp) -> DistributionSession:
    """Open a closed session again, for a reason the audit trail keeps; raises StillOpen."""
    planned = locked(session, session_id)
    if planned.state != "closed":
        raise StillOpen()
    planned.state, planned.closed_at, planned.closed_by = "confirmed", None, None
    record(session, "session reopened", f"session:{session_id}", stamp, reason=reason.value)
    session.flush()
    return planned


_OF_SESSION = Visit.session_id == bindparam("session")
_STATES = select(Visit.state, func.count().label("n")).where(_OF_SESSION).group_by(Visit.state)
_OUTCOMES = (
    select(LineOutcome.taken, func.sum(LineOutcome.quantity * Lot.grams_each))
    .join(BasketLine, BasketLine.id == LineOutcome.line_id)
    .join(Visit, Visit.id == BasketLine.visit_id)
    .join(Lot, Lot.id == BasketLine.lot_id)
    .where(_OF_SESSION)
    .group_by(LineOutcome.taken)
)
_PEOPLE = select(func.count()).where(Member.household_id == Visit.household_id).correlate(Visit).scalar_subquery()
_WEIGHT = (
    select(func.coalesce(func.sum(BasketLine.quantity * Lot.grams_each), 0))
    .join(Lot, Lot.id == BasketLine.lot_id)
    .where(BasketLine.visit_id == Visit.id)
    .correlate(Visit)
    .scalar_subquery()
)
_BASKETS = (
    select(Visit.id, Household.card, Visit.basket, _PEOPLE, _WEIGHT)
    .join(Household, Household.id == Visit.household_id)
    .where(_OF_SESSION, Visit.state == "expected")
    .order_by(Household.card)
)
_LINES = (
    select(BasketLine.visit_id, BasketLine.id, Product.name, BasketLine.quantity, Lot.measure, Lot.last_day)
    .join(Visit, Visit.id == BasketLine.visit_id)
    .join(Lot, Lot.id == BasketLine.lot_id)
    .join(Product, Product.id == Lot.product_id)
    .where(_OF_SESSION, Visit.state == "expected")
    .order_by(Lot.last_day, Product.name, BasketLine.id)
)
"""Weights are added up where they stand: of a large session, loading every line whole took most of the page's time."""


def _waiting_baskets(session: Session, planned: DistributionSession) -> list[Waiting]:
    lines: dict[int, list[WaitingLine]] = defaultdict(list)
    for visit_id, line_id, product, quantity, measure, last_day in session.execute(_LINES, {"session": planned.id}):
        lines[visit_id].append(WaitingLine(line_id, product, quantity, measure, last_day))
    money = _money(session, planned) if planned.channel == "shop" else {}
    return [
        Waiting(visit_id, card, basket, persons, int(weight), lines[visit_id], *money.get(visit_id, (None, None)))
        for visit_id, card, basket, persons, weight in session.execute(_BASKETS, {"session": planned.id})
    ]


def _money(session: Session, planned: DistributionSession) -> dict[int, tuple[int, int | None]]:
    """By visit, what its basket costs and what is left of its household's month."""
    query = (
        select(Visit)
        .where(Visit.session_id == planned.id, Visit.state == "expected")
        .options(joinedload(Visit.household), selectinload(Visit.lines).joinedload(BasketLine.lot))
    )
    return {
        visit.id: (
            sum(prices(line.lot, line.quantity, visit.household.price_percent)[1] for line in visit.lines),
            left_at(session, visit),
        )
        for visit in session.scalars(query)
    }


def _refuse_unsettled(session: Session, session_id: int) -> None:
    if waiting := len(session.scalars(_waiting(session_id)).all()):
        raise NotSettled(n=waiting)
    if unanswered := _unanswered(session, session_id):
        raise NotAccountedFor(n=unanswered)


def _waiting(session_id: int) -> Select[int]:
    return select(Visit.id).where(Visit.session_id == session_id, Visit.state == "expected").order_by(Visit.id)


def _unanswered(session: Session, session_id: int) -> int:
    """Lines of settled baskets whose outcomes do not add up to what was reserved."""
    answered = func.coalesce(func.sum(LineOutcome.quantity), 0)
    lines = (
        select(BasketLine.id)
        .join(Visit, Visit.id == BasketLine.visit_id)
        .outerjoin(LineOutcome, LineOutcome.line_id == BasketLine.id)
        .where(Visit.session_id == session_id, Visit.state != "expected")
        .group_by(BasketLine.id, BasketLine.quantity)
        .having(answered != BasketLine.quantity)
    )
    return session.scalar(select(func.count()).select_from(lines.subquery())) or 0


def _checked(session: Session, planned: DistributionSession, today: dt.date) -> bool:
    """Whether the dates were looked at on the session's own day, or since."""
    days = DateCheck.on.between(planned.on, max(planned.on, today)) | (DateCheck.on == today)
    return session.scalar(select(DateCheck.id).where(DateCheck.site_id == planned.site_id, days).limit(1)) is not None


def _past(session: Session, site_id: int, today: dt.date) -> tuple[Expired, ...]:
    return tuple(e for e in expired(session, today, site_id) if e.account is not Account.RESERVED)
