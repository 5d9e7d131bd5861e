"""The scales of a network: the one it starts from, and those its council adopted; two of them compared."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from households import reference
from households.living_remainder import Line, Proposal, living_remainder
from households.register import composition_of
from households.scale import Scale, in_force
from households.tables import Decision, Household
from network import audit
from network.parameters import set_parameter
from network.tables import Parameter

NAME = "scale"


class VersionTaken(Refusal):
    """A decision names the version it was made with: two scales of one name could not be told apart."""

    kind = Kind.CONFLICT
    field = "version"
    message = N_("There is a scale “%(version)s” already, in force since %(date)s.")


class VersionNotNamed(Refusal):
    field = "version"
    message = N_("A scale needs a name of 1 to %(most)s signs.")


class TooLateToAdopt(Refusal):
    """Decisions already made would have been made otherwise."""

    field = "valid_from"
    message = N_("A scale holds from today or a later day: got %(got)s.")


LONGEST_VERSION = 40


@dataclass
class Comparison:
    """What two scales propose for the households of today. Numbers only: nobody is named, no file is opened."""

    households: int = 0
    moves: Counter[tuple[Proposal, Proposal]] = field(default_factory=Counter)
    """How many go from one proposal to another, or stay."""
    cannot: int = 0
    """Households whose lines one of the two says nothing about."""

    def to(self, proposal: Proposal, side: int) -> int:
        """How many one of the scales (0 or 1) would propose this for."""
        return sum(n for pair, n in self.moves.items() if pair[side] == proposal)


def scales_of(session: Session) -> tuple[Scale, ...]:
    """Every scale of this network, the first to begin first."""
    kept = session.scalars(select(Parameter).where(Parameter.name == NAME))
    own = [msgspec.convert(row.value, Scale, strict=False) for row in kept]
    return tuple(sorted((*reference.scales(), *own), key=lambda scale: scale.valid_from))


def scale_on(session: Session, on: dt.date) -> Scale:
    """The scale in force; raises NoScale."""
    return in_force(scales_of(session), on)


def scale_named(session: Session, version: str) -> Scale:
    """The scale of this version, whether it holds, held or will; raises NotFound."""
    for scale in scales_of(session):
        if scale.version == version:
            return scale
    raise NotFound(what=Term(N_("scale")), id=version[:LONGEST_VERSION])


def adopt(session: Session, scale: Scale, source: str, stamp: Stamp) -> None:
    """The network's scale from its first day on; raises VersionTaken, VersionNotNamed or TooLateToAdopt."""
    if not 1 <= len(scale.version) <= LONGEST_VERSION:
        raise VersionNotNamed(most=LONGEST_VERSION)
    for there in scales_of(session):
        if there.version == scale.version:
            raise VersionTaken(version=scale.version, date=there.valid_from)
    if scale.valid_from < stamp.on:
        raise TooLateToAdopt(got=scale.valid_from)
    set_parameter(session, NAME, scale.valid_from, msgspec.to_builtins(scale), source, stamp)
    audit.record(session, "scale.adopt", "network", stamp)


def compare(session: Session, one: Scale, other: Scale, today: dt.date) -> Comparison:
    """Both scales on the last decision's lines of every household that is still helped."""
    found = Comparison()
    for household, decision in _current(session):
        lines = [Line(line.kind, line.cents) for line in decision.lines]
        composition = composition_of(household, today)
        found.households += 1
        try:
            before, after = (living_remainder(lines, composition, scale) for scale in (one, other))
        except Refusal:
            found.cannot += 1
            continue
        found.moves[(before.proposal, after.proposal)] += 1
    return found


def _current(session: Session) -> Sequence[tuple[Household, Decision]]:
    """Households still helped, with their last decision where it has amounts."""
    query = (
        select(Household, Decision)
        .join(Decision, Decision.household_id == Household.id)
        .options(selectinload(Household.members), selectinload(Decision.lines))
        .where(Household.ended_on.is_(None))
        .order_by(Decision.id)
    )
    last: dict[int, tuple[Household, Decision]] = {}
    for household, decision in session.execute(query):
        last[household.id] = (household, decision)
    return [pair for pair in last.values() if pair[1].lines]
