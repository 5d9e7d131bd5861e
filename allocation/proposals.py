"""A proposal from beginning to end: read the problem, close; solve with no transaction open; keep the plan.

Beside its figures stand what no plan can better and what first-expired-first-out would have done with the same
shelves and the same people, so that the manager sees what the planner is worth today.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from allocation.again import Before, plan_again
from allocation.announced import what_comes
from allocation.baselines import fefo_to_cap
from allocation.check import Broken, PinsBreakRule, check, refuse_bad_pins
from allocation.coming import Announced, IfItComes
from allocation.figures import figures
from allocation.hand import Hand
from allocation.names import in_names
from allocation.problem import Bounds, Instance, Plan
from allocation.propose import NOTHING_DECIDED, problem_for
from allocation.sessions import get_session, locked
from allocation.solve import Progress
from allocation.tables import PlanRecord
from common.clock import Stamp
from common.database import Database
from common.errors import Kind, NotFound, Refusal
from common.jobs import Work
from common.tables import Job
from common.words import N_, Term, Words
from network.audit import record
from network.parameters import in_force_since

COUNTING = ("waiting", "running", "done")
"""States of a job whose proposal counts, or will."""


class BasketsConfirmed(Refusal):
    """What is set aside for people is not swapped for an older proposal."""

    kind = Kind.CONFLICT
    message = N_("The baskets of this session are confirmed: take the confirmation back first.")


class ProposalReplaced(Refusal):
    """Somebody else decided something, or chose another proposal, after this one was asked for or looked at."""

    kind = Kind.CONFLICT
    message = N_("This proposal no longer counts: another one was made or chosen meanwhile. Look at that one first.")


class PlanBreaksRules(Refusal):
    """The checker, which shares no code with the planner, found a rule broken: the plan is not shown to anybody."""

    kind = Kind.CONFLICT
    message = N_("The proposal broke a rule and was not kept. %(rule)s Please report this.")

    def __init__(self, broken: Broken) -> None:
        super().__init__(rule=str(broken))
        self.broken = broken

    def say(self, words: Words) -> str:
        return words.text(self.message, rule=self.broken.say(words))


class Measured(Struct, frozen=True):
    """The figures of a plan: kilograms lost, relative coverage of the worst-off, mean coverage, lines to pack."""

    waste_kg: float
    floor: float
    mean: float
    lines: int
    p5: float
    gini: float


class PlanFigures(Struct, frozen=True):
    """A plan's figures beside their bounds and beside FEFO."""

    ours: Measured
    usual: Measured
    bounds: Bounds
    status: str
    seconds: float
    relative: dict[str, float]
    """Relative coverage of each household, by card number."""
    if_it_comes: IfItComes | None = None
    """What it is worth with what it counts on; None where nothing is announced."""


class Proposal(Struct, frozen=True):
    """A plan with all that is kept of how it came about."""

    instance: Instance
    plan: Plan
    figures: PlanFigures
    hand: Hand = NOTHING_DECIDED
    moved: tuple[str, ...] = ()
    policy_from: dt.date | None = None
    announced: tuple[Announced, ...] = ()
    """What it counted on that was not there yet."""


def propose(
    database: Database,
    session_id: int,
    stamp: Stamp,
    *,
    hand: Hand = NOTHING_DECIDED,
    moved: Sequence[str] = (),
    anew: bool = False,
    effort: float = 1.0,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    replaced: Callable[[Session], bool] = lambda _: False,
) -> int:
    """Make and keep a proposal for this session and return its number.

    A proposal made earlier the same day is the start, unless it is to be made anew: what people have seen changes
    only where it must. `moved` names the lots that moved since; `replaced` tells whether another proposal was asked
    for meanwhile; who goes back to an older one meanwhile has decided last.

    Raises NothingToShare, PinsBreakRule in the names people know, PlanBreaksRules where the independent check finds a
    fault, ProposalReplaced, and what `keep` raises.
    """
    with database.reading() as session:
        instance = decided(session, session_id, stamp.on, hand)
        before = None if anew else start_for(session, session_id, instance)
        previous_id = previous.id if (previous := latest(session, session_id)) else None
        newest_id = session.scalar(select(func.max(PlanRecord.id)).where(PlanRecord.session_id == session_id)) or 0
        policy_from = in_force_since(session, "policy", stamp.on)
        coming = what_comes(session, get_session(session, session_id), instance)
    again = plan_again(before, instance, hand, coming=coming, effort=effort, progress=progress, stop=stop)
    refuse_broken(check(instance, again.plan))
    worth = replace(measure(instance, again.plan), if_it_comes=again.if_it_comes)
    made = Proposal(instance, again.plan, worth, hand, tuple(moved), policy_from, coming.announced)
    with database.writing() as session:
        counts = latest(session, session_id)
        went_back = counts is not None and counts.id != previous_id and counts.id <= newest_id
        if replaced(session) or went_back:
            raise ProposalReplaced()
        return keep(session, session_id, made, previous_id, stamp)


def make_proposal(work: Work, effort: float = 1.0) -> dict[str, Any]:
    """The job behind the button: its payload names the session, the manager's hand, and why it is made again."""
    plan_id = propose(
        work.database,
        work.payload["session_id"],
        work.stamp(),
        hand=msgspec.convert(work.payload.get("hand", {}), Hand),
        moved=work.payload.get("moved", []),
        anew=work.payload.get("anew", False),
        effort=effort,
        progress=lambda p: work.tell(**msgspec.to_builtins(p)),
        stop=work.cancelled,
        replaced=lambda session: _asked_since(session, work),
    )
    return {"plan_id": plan_id}


def _asked_since(session: Session, work: Work) -> bool:
    """Whether a later job proposes, or has proposed, for the same session: what was decided last counts."""
    later = select(Job.payload).where(Job.kind == "propose", Job.id > work.job_id, Job.state.in_(COUNTING))
    return any(payload["session_id"] == work.payload["session_id"] for payload in session.scalars(later))


def decided(session: Session, session_id: int, today: dt.date, hand: Hand) -> Instance:
    """The problem with lines fixed by hand that can hold together, or a refusal that names goods and cards."""
    try:
        instance = problem_for(session, session_id, today, hand)
        refuse_bad_pins(instance)
    except PinsBreakRule as refusal:
        raise in_names(session, refusal) from None
    return instance


def start_for(session: Session, session_id: int, instance: Instance) -> Before | None:
    """The proposal that counts now, where it was made the same day."""
    kept = latest(session, session_id)
    if kept is None:
        return None
    instance_then, plan = msgspec.convert(kept.instance, Instance), msgspec.convert(kept.plan, Plan)
    worth = msgspec.convert(kept.figures, PlanFigures)
    before = Before(instance_then, plan, hand_of(kept), counted_on(kept), worth.if_it_comes)
    # Baskets of a series are no start for freer ones: they would be kept as people have seen them.
    few = before.instance.most_baskets in (None, instance.most_baskets)
    return before if before.instance.today == instance.today and few else None


def refuse_broken(broken: Sequence[Broken]) -> None:
    """Raise PlanBreaksRules for the first rule that does not hold."""
    if broken:
        raise PlanBreaksRules(broken[0])


def measure(instance: Instance, plan: Plan, usual: Plan | None = None) -> PlanFigures:
    """The plan's figures beside their bounds and beside FEFO (`usual`, where it is at hand) on the same problem."""
    ours = figures(instance, plan)
    return PlanFigures(
        ours=msgspec.convert(ours, Measured, from_attributes=True),
        usual=msgspec.convert(figures(instance, usual or fefo_to_cap(instance)), Measured, from_attributes=True),
        bounds=plan.bounds,
        status=plan.solver.status,
        seconds=plan.seconds,
        relative={household: round(share, 4) for household, share in ours.relative.items()},
    )


def latest(session: Session, session_id: int) -> PlanRecord | None:
    """The proposal that counts for this session: the confirmed one, else the newest draft."""
    query = (
        select(PlanRecord)
        .where(PlanRecord.session_id == session_id, PlanRecord.state != "dropped")
        .order_by(PlanRecord.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def is_proposed(session: Session, session_id: int) -> bool:
    """Whether baskets wait to be looked at, without reading them."""
    query = select(PlanRecord.id).where(PlanRecord.session_id == session_id, PlanRecord.state == "draft")
    return session.scalar(query.limit(1)) is not None


def made_for(session: Session, session_id: int) -> Sequence[PlanRecord]:
    """Every proposal made for this session, newest first."""
    query = select(PlanRecord).where(PlanRecord.session_id == session_id)
    return session.scalars(query.order_by(PlanRecord.id.desc())).all()


def get_proposal(session: Session, plan_id: int) -> PlanRecord:
    """The proposal; raises NotFound."""
    found = session.get(PlanRecord, plan_id)
    if found is None:
        raise NotFound(what=Term(N_("proposal")), id=plan_id)
    return found


def keep(session: Session, session_id: int, made: Proposal, previous_id: int | None, stamp: Stamp) -> int:
    """Keep a proposal as the session's draft, in the place of an older one, and return its number.

    Raises BasketsConfirmed where somebody confirmed the session's baskets while this was made.
    """
    if locked(session, session_id).state != "planned":
        raise BasketsConfirmed()
    _drop_draft(session, session_id)
    kept = PlanRecord(
        session_id=session_id,
        made_at=stamp.at,
        made_by=stamp.by,
        state="draft",
        instance=msgspec.to_builtins(made.instance),
        plan=msgspec.to_builtins(made.plan),
        figures=msgspec.to_builtins(made.figures),
        hand=msgspec.to_builtins(made.hand),
        moved=list(made.moved),
        previous_id=previous_id,
        policy_from=made.policy_from,
        announced=msgspec.to_builtins(made.announced),
    )
    session.add(kept)
    session.flush()
    return kept.id


def restore(session: Session, plan_id: int, stamp: Stamp) -> PlanRecord:
    """An older proposal counts again, as it was, with the hand that made it; the draft steps back into history.

    Raises NotFound, or BasketsConfirmed once the session's baskets are confirmed.
    """
    wanted = get_proposal(session, plan_id)
    if locked(session, wanted.session_id).state != "planned":
        raise BasketsConfirmed()
    _drop_draft(session, wanted.session_id)
    wanted.state = "draft"
    record(session, "proposal restored", f"session:{wanted.session_id}", stamp, plan=plan_id)
    session.flush()
    return wanted


def _drop_draft(session: Session, session_id: int) -> None:
    older = update(PlanRecord).where(PlanRecord.session_id == session_id, PlanRecord.state == "draft")
    session.execute(older.values(state="dropped"))


def hand_of(kept: PlanRecord | None) -> Hand:
    """What the manager had decided when this proposal was made."""
    if kept is None:
        return NOTHING_DECIDED
    # Proposals from before the manager's hand was kept by itself have it in their problem.
    return msgspec.convert(kept.hand or {k: kept.instance.get(k, []) for k in ("pins", "bans")}, Hand)


def counted_on(kept: PlanRecord) -> tuple[Announced, ...]:
    """What was announced when this proposal was made, and entered it."""
    return msgspec.convert(kept.announced or (), tuple[Announced, ...])
