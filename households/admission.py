"""Around a decision: what was granted, when it ends, how it is looked at again, and what a committee reads."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from households.composition import Composition
from households.files import file_of
from households.listing import composition_now, latest_decision
from households.register import AllowanceMismatch, get_household, on_list
from households.tables import AmountLine, Appeal, Decision, File, Household
from households.vocabulary import ANSWERS, CHANNELS, END_REASONS
from network import audit

REMINDER = dt.timedelta(days=15)
"""How long before an admission ends its household is called: time enough for papers, too short to be forgotten."""
STILL_CALLED = dt.timedelta(days=60)
"""How long after its end an admission that nobody renewed stays in sight."""
USUAL_ALLOWANCE = {1: 2000, 2: 3000, 3: 3500, 4: 4000, 5: 4500}
"""Cents a month in the shop by number of persons, 50 € beyond: what an épicerie of a CCAS publishes (fredo.re)."""
MOST_VISITS = 31


class BadRhythm(Refusal):
    field = "visits"
    message = N_("Visits a month: expected 1 to %(most)s, got %(got)s.")


class BadRate(Refusal):
    """The State asks for at most a fifth of the price of what it pays for, food banks for a tenth."""

    field = "price"
    message = N_("Share of the price: expected 0 to 30 in the shop and nothing elsewhere, got %(got)s.")


class NothingToAppeal(Refusal):
    kind = Kind.CONFLICT
    message = N_("There is no decision yet that could be looked at again.")


class AlreadyAsked(Refusal):
    kind = Kind.CONFLICT
    message = N_("This decision is being looked at again already, since %(on)s.")


class Renewal(Struct, frozen=True):
    """An admission that ends soon, or has ended with nobody deciding."""

    household_id: int
    card: str
    until: dt.date


class CommitteeSheet(Struct, frozen=True):
    """A situation as a committee may read it: nothing in it leads to anybody."""

    case_number: str
    composition: Composition
    decision: Decision
    lines: Sequence[AmountLine]


def usual_allowance(persons: int) -> int:
    """Cents a month."""
    return USUAL_ALLOWANCE.get(persons, 5000)


def renewals(session: Session, today: dt.date, holder_id: int) -> list[Renewal]:
    """Whose admission ends within a fortnight, or has ended lately; the first to end first."""
    query = (
        select(Household.id, Household.card, Household.admitted_until)
        .outerjoin(File, File.household_id == Household.id)
        .where(
            Household.ended_on.is_(None),
            Household.admitted_until.between(today - STILL_CALLED, today + REMINDER),
            func.coalesce(File.organisation_id, Household.organisation_id) == holder_id,
        )
        .order_by(Household.admitted_until, Household.card)
    )
    return [Renewal(household_id, card, until) for household_id, card, until in session.execute(query) if until]


def entitle(
    session: Session,
    household_id: int,
    *,
    channel: str,
    visits_per_month: int | None,
    monthly_cents: int | None,
    price_percent: int | None,
    stamp: Stamp,
) -> None:
    """What they may come for from now on. In the shop an allowance left open is the usual one for their number."""
    on_list("channel", [channel], CHANNELS)
    if visits_per_month is not None and not 1 <= visits_per_month <= MOST_VISITS:
        raise BadRhythm(most=MOST_VISITS, got=visits_per_month)
    if price_percent is not None and (channel != "shop" or not 0 <= price_percent <= 30):
        raise BadRate(got=price_percent)
    household = get_household(session, household_id, to_change=True)
    if channel == "shop" and monthly_cents is None:
        monthly_cents = usual_allowance(len(household.members))
    if (channel == "shop") != (monthly_cents is not None and monthly_cents >= 0):
        raise AllowanceMismatch()
    household.channel, household.monthly_cents = channel, monthly_cents
    household.visits_per_month, household.price_percent = visits_per_month, price_percent
    session.flush()
    audit.record(session, "household.entitle", f"household:{household_id}", stamp, channel=channel)


def end(session: Session, household_id: int, reason: str, stamp: Stamp) -> None:
    """They are no longer expected; a new decision opens the door again."""
    on_list("end_reason", [reason], END_REASONS)
    household = get_household(session, household_id, to_change=True)
    household.ended_on, household.end_reason = stamp.on, reason
    session.flush()
    audit.record(session, "household.end", f"household:{household_id}", stamp, reason=reason)


def appeal(session: Session, household_id: int, stamp: Stamp) -> Appeal:
    """The household asks for the last decision to be looked at again; raises NothingToAppeal or AlreadyAsked."""
    decision = latest_decision(session, household_id)
    if decision is None or stamp.by is None:
        raise NothingToAppeal()
    for asked in appeals_of(session, household_id):
        if asked.answered_on is None:
            raise AlreadyAsked(on=asked.on)
    asked = Appeal(decision_id=decision.id, on=stamp.on, by_id=stamp.by)
    session.add(asked)
    session.flush()
    audit.record(session, "household.appeal", f"household:{household_id}", stamp)
    return asked


def answer_appeal(session: Session, household_id: int, appeal_id: int, answer: str, stamp: Stamp) -> None:
    """How it ended; an answer stands. Raises NotFound."""
    on_list("answer", [answer], ANSWERS)
    asked = next((a for a in appeals_of(session, household_id) if a.id == appeal_id), None)
    if asked is None:
        raise NotFound(what=Term(N_("appeal")), id=appeal_id)
    if asked.answered_on is None:
        asked.answered_on, asked.answer = stamp.on, answer
        session.flush()
        audit.record(session, "household.appeal-answered", f"household:{household_id}", stamp, answer=answer)


def appeals_of(session: Session, household_id: int) -> Sequence[Appeal]:
    """Every appeal of a household, the last one first."""
    query = select(Appeal).join(Decision, Decision.id == Appeal.decision_id)
    return session.scalars(query.where(Decision.household_id == household_id).order_by(Appeal.id.desc())).all()


def committee_sheet(session: Session, household_id: int, today: dt.date) -> CommitteeSheet | None:
    """What a committee reads of the last decision's figures; None where there are none yet."""
    file, decision = file_of(session, household_id), latest_decision(session, household_id)
    if file is None or decision is None:
        return None
    return CommitteeSheet(file.case_number, composition_now(session, household_id, today), decision, decision.lines)
