"""A proposal from beginning to end: read the problem, close; solve with no transaction open; keep the plan.

Beside its figures stand what no plan can better and what first-expired-first-out would have done with the same
shelves and the same people, so that the manager sees what the planner is worth today.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from allocation.baselines import fefo_to_cap
from allocation.check import Broken, check
from allocation.figures import figures
from allocation.problem import Ban, Bounds, Instance, Pin, Plan
from allocation.propose import problem_for
from allocation.solve import Progress, solve
from allocation.tables import PlanRecord
from common.clock import Stamp
from common.database import Database
from common.errors import Kind, NotFound, Refusal
from common.jobs import Work
from common.words import N_, Term, Words


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


def propose(
    database: Database,
    session_id: int,
    stamp: Stamp,
    *,
    pins: Sequence[Pin] = (),
    bans: Sequence[Ban] = (),
    effort: float = 1.0,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> int:
    """Make and keep a proposal for this session and return its number.

    Raises NothingToShare, PinsBreakRule, or PlanBreaksRules where the independent check finds a fault.
    """
    with database.reading() as session:
        instance = problem_for(session, session_id, stamp.on, pins, bans)
    plan = solve(instance, effort=effort, progress=progress, stop=stop)
    refuse_broken(check(instance, plan))
    measured = measure(instance, plan)
    with database.writing() as session:
        return keep(session, session_id, instance, plan, measured, stamp)


def make_proposal(work: Work, effort: float = 1.0) -> dict[str, Any]:
    """The job behind the button: its payload names the session and the manager's pins and bans."""
    plan_id = propose(
        work.database,
        work.payload["session_id"],
        work.stamp(),
        pins=msgspec.convert(work.payload.get("pins", []), tuple[Pin, ...]),
        bans=msgspec.convert(work.payload.get("bans", []), tuple[Ban, ...]),
        effort=effort,
        progress=lambda p: work.tell(**msgspec.to_builtins(p)),
        stop=work.cancelled,
    )
    return {"plan_id": plan_id}


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


def get_proposal(session: Session, plan_id: int) -> PlanRecord:
    """The proposal; raises NotFound."""
    found = session.get(PlanRecord, plan_id)
    if found is None:
        raise NotFound(what=Term(N_("proposal")), id=plan_id)
    return found


def keep(session: Session, session_id: int, instance: Instance, plan: Plan, measured: PlanFigures, stamp: Stamp) -> int:
    """Keep a plan as the session's draft, in the place of an older one, and return its number."""
    older = update(PlanRecord).where(PlanRecord.session_id == session_id, PlanRecord.state == "draft")
    session.execute(older.values(state="dropped"))
    kept = PlanRecord(
        session_id=session_id,
        made_at=stamp.at,
        made_by=stamp.by,
        state="draft",
        instance=msgspec.to_builtins(instance),
        plan=msgspec.to_builtins(plan),
        figures=msgspec.to_builtins(measured),
    )
    session.add(kept)
    session.flush()
    return kept.id
