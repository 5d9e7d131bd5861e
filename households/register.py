"""The register: who is enrolled, what may be given to them, and what was decided on their admission.

Everything here works with numbers, cards and codes. Who people are is sealed elsewhere and never passes through.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from common.clock import Stamp
from common.codes import new_code, read_code
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from households.composition import Composition, Person, compose
from households.living_remainder import Line, Proposal, living_remainder
from households.scale import Scale
from households.sentences import Sentence
from households.tables import AmountLine, Decision, Exclusion, Household, Lack, Member
from households.vocabulary import CHANNELS, CONTENTS, EQUIPMENT, OUTCOMES, REASONS
from network import audit

LONGEST_ADMISSION = dt.timedelta(days=366)
AS_PROPOSED = {
    Proposal.URGENT: "admitted",
    Proposal.ADMIT: "admitted",
    Proposal.COMMITTEE: "deferred",
    Proposal.REFUSE: "refused",
}
"""The one outcome that follows the scale: until the committee has said its opinion, a decision waits."""


class NotOnTheList(Refusal):
    """A word that is not among those to tick."""

    message = N_("“%(got)s” cannot be chosen here: expected one of %(expected)s.")


class AllowanceMismatch(Refusal):
    """A monthly allowance belongs to the shop and only there."""

    field = "monthly_cents"
    message = N_("A household of the shop has a monthly allowance of €0 or more, others have none.")


class CannotCarry(Refusal):
    """A basket that could not be carried at all would never be planned."""

    field = "carry_grams"
    message = N_("What they can carry: expected more than 0 g, got %(got)s g.")


class UnknownCard(Refusal):
    """No household has this card: it was replaced, or it comes from another network."""

    kind = Kind.NOT_FOUND
    field = "card"
    message = N_("The card %(card)s is not in use here.")


class NotAsTheScale(Refusal):
    """What is printed and may be appealed against must not call upon a scale that says something else."""

    kind = Kind.CONFLICT
    field = "reason"
    message = N_("The scale does not propose that here: choose the reason why you decide so.")


class NobodySigned(Refusal):
    """An admission is decided by a person, never by the software alone (GDPR, article 22)."""

    kind = Kind.FORBIDDEN
    message = N_("A decision is signed by a person: nobody is signed in.")


class BadAdmissionPeriod(Refusal):
    """An admission without an end, or one that has ended before it begins."""

    field = "valid_until"
    message = N_("An admission lasts from %(first)s to %(last)s at most: got %(got)s.")


class EndWithoutAdmission(Refusal):
    """A date until which nothing was granted."""

    field = "valid_until"
    message = N_("Only an admission has a last day: leave %(got)s out, or admit the household.")


class Card(Struct, frozen=True):
    """What a volunteer may see of a household: never a name, an address or an amount of their means."""

    card: str
    persons: int
    by_band: dict[str, int]
    """How many people in each age band."""
    infant: bool
    exclusions: tuple[str, ...]
    lacks: tuple[str, ...]
    channel: str
    monthly_cents: int | None
    visits_per_month: int | None
    """None as often as the site opens."""
    price_percent: int | None
    """What the shop asks of the usual price at most; None what each programme allows."""
    expected: bool
    """Whether they are enrolled and still admitted."""


class Planned(Struct, frozen=True):
    """What the planner needs of a household."""

    id: int
    card: str
    composition: Composition
    excludes: tuple[str, ...]
    lacks: tuple[str, ...]
    channel: str
    carry_grams: int
    monthly_cents: int | None
    visits_per_month: int | None
    price_percent: int | None


def enrol(
    session: Session,
    *,
    organisation_id: int,
    site_id: int,
    people: Sequence[Person],
    channel: str,
    carry_grams: int,
    stamp: Stamp,
    monthly_cents: int | None = None,
    excludes: Iterable[str] = (),
    lacks: Iterable[str] = (),
) -> Household:
    """A new household with a card of its own; whether it is admitted is decided by `decide`."""
    compose(people, stamp.on)
    on_list("channel", [channel], CHANNELS)
    if (channel == "shop") != (monthly_cents is not None and monthly_cents >= 0):
        raise AllowanceMismatch()
    if carry_grams <= 0:
        raise CannotCarry(got=carry_grams)
    household = Household(
        card=new_code(),
        organisation_id=organisation_id,
        site_id=site_id,
        channel=channel,
        carry_grams=carry_grams,
        monthly_cents=monthly_cents,
        first_request_on=stamp.on,
        last_contact_on=stamp.on,
        members=[Member(birth_year=p.birth_year, birth_month=p.birth_month) for p in people],
        exclusions=[Exclusion(content=c) for c in on_list("exclusions", excludes, CONTENTS)],
        lacks=[Lack(equipment=e) for e in on_list("equipment", lacks, EQUIPMENT)],
    )
    session.add(household)
    session.flush()
    audit.record(session, "household.enrol", f"household:{household.id}", stamp, persons=len(people))
    return household


def get_household(session: Session, household_id: int, *, to_change: bool = False) -> Household:
    """The household, locked where it is about to be changed; raises NotFound."""
    found = session.get(Household, household_id, with_for_update=to_change, populate_existing=to_change)
    if found is None:
        raise NotFound(what=Term(N_("household")), id=household_id)
    return found


def members_of(session: Session, household_id: int) -> list[Person]:
    """The people of a household, eldest first."""
    query = select(Member).where(Member.household_id == household_id)
    people = (Person(m.birth_year, m.birth_month) for m in session.scalars(query))
    return sorted(people, key=lambda person: (person.birth_year, person.birth_month or 0))


def set_exclusions(session: Session, household_id: int, contents: Iterable[str], stamp: Stamp) -> None:
    """From now on exactly these contents are not proposed."""
    chosen = on_list("exclusions", contents, CONTENTS)
    household = get_household(session, household_id, to_change=True)
    kept = {e.content: e for e in household.exclusions}
    household.exclusions = [kept.get(content, Exclusion(content=content)) for content in chosen]
    session.flush()
    audit.record(session, "household.exclusions", f"household:{household_id}", stamp)


def set_equipment(session: Session, household_id: int, lacks: Iterable[str], stamp: Stamp) -> None:
    """From now on exactly this equipment is missing."""
    chosen = on_list("equipment", lacks, EQUIPMENT)
    household = get_household(session, household_id, to_change=True)
    kept = {lack.equipment: lack for lack in household.lacks}
    household.lacks = [kept.get(equipment, Lack(equipment=equipment)) for equipment in chosen]
    session.flush()
    audit.record(session, "household.equipment", f"household:{household_id}", stamp)


def card(session: Session, code: str, today: dt.date) -> Card:
    """What the card of this code opens to a volunteer; raises WrongCode or UnknownCard."""
    code = read_code(code)
    household = session.scalar(_whole().where(Household.card == code))
    if household is None:
        raise UnknownCard(card=code)
    composition = composition_of(household, today)
    return Card(
        card=household.card,
        persons=composition.persons,
        by_band=composition.by_band,
        infant=composition.infant,
        exclusions=_contents(household),
        lacks=_equipment(household),
        channel=household.channel,
        monthly_cents=household.monthly_cents,
        visits_per_month=household.visits_per_month,
        price_percent=household.price_percent,
        expected=_is_expected(household, today),
    )


def decide(
    session: Session,
    household_id: int,
    *,
    scale: Scale,
    lines: Sequence[Line],
    outcome: str,
    reason: str,
    stamp: Stamp,
    valid_until: dt.date | None = None,
) -> Decision:
    """Keep what a person decided, with the figures it was decided on and every step in words.

    An admission opens the door until `valid_until`. A refusal shuts no door that an earlier admission still
    holds open; where there is none, the household is no longer expected. Raises NotAsTheScale where the scale is
    the reason and proposes something else.
    """
    on_list("outcome", [outcome], OUTCOMES)
    on_list("reason", [reason], REASONS)
    if stamp.by is None:
        raise NobodySigned()
    household = get_household(session, household_id, to_change=True)
    remainder = living_remainder(lines, composition_of(household, stamp.on), scale)
    if reason == "scale" and AS_PROPOSED[remainder.proposal] != outcome:
        raise NotAsTheScale()
    decision = Decision(
        household_id=household_id,
        on=stamp.on,
        scale=scale.version,
        remainder_cents=remainder.cents,
        proposal=remainder.proposal,
        outcome=outcome,
        reason=reason,
        steps=[step.kept() for step in remainder.steps],
        valid_until=_period(outcome, valid_until, stamp.on),
        by_id=stamp.by,
        lines=[_amount_line(line, scale) for line in lines],
    )
    session.add(decision)
    _open_or_shut(household, decision)
    session.flush()
    audit.record(session, "household.decide", f"household:{household_id}", stamp, outcome=outcome)
    return decision


def steps_of(decision: Decision) -> tuple[Sentence, ...]:
    """The calculation that was printed on a decision, to be said again in any language."""
    return tuple(Sentence.read(step) for step in decision.steps)


def households_for_planning(session: Session, household_ids: Iterable[int], today: dt.date) -> list[Planned]:
    """These households as the planner sees them on that day, in the order of their numbers."""
    households = session.scalars(_whole().where(Household.id.in_(set(household_ids))).order_by(Household.id))
    return [
        Planned(
            id=h.id,
            card=h.card,
            composition=composition_of(h, today),
            excludes=_contents(h),
            lacks=_equipment(h),
            channel=h.channel,
            carry_grams=h.carry_grams,
            monthly_cents=h.monthly_cents,
            visits_per_month=h.visits_per_month,
            price_percent=h.price_percent,
        )
        for h in households
    ]


def composition_of(household: Household, today: dt.date) -> Composition:
    """What the household's members make on that day; a day in the past does not count who was born since."""
    born = [m for m in household.members if (m.birth_year, m.birth_month or 1) <= (today.year, today.month)]
    return compose([Person(m.birth_year, m.birth_month) for m in born], today)


def _whole() -> Select[Household]:
    return select(Household).options(
        selectinload(Household.members), selectinload(Household.exclusions), selectinload(Household.lacks)
    )


def _contents(household: Household) -> tuple[str, ...]:
    return tuple(sorted(exclusion.content for exclusion in household.exclusions))


def _equipment(household: Household) -> tuple[str, ...]:
    return tuple(sorted(lack.equipment for lack in household.lacks))


def on_list(field: str, chosen: Iterable[str], allowed: dict[str, str]) -> list[str]:
    """The chosen words, each once; raises NotOnTheList."""
    words = list(dict.fromkeys(chosen))
    for word in words:
        if word not in allowed:
            raise NotOnTheList(field=field, got=word[:40], expected=[Term(name) for name in allowed.values()])
    return words


def _is_expected(household: Household, today: dt.date) -> bool:
    """Enrolled, and admitted on that very day still; before any decision a household may come."""
    return household.ended_on is None and (household.admitted_until is None or today <= household.admitted_until)


def _period(outcome: str, valid_until: dt.date | None, on: dt.date) -> dt.date | None:
    if outcome != "admitted":
        if valid_until is not None:
            raise EndWithoutAdmission(got=valid_until)
        return None
    last = on + LONGEST_ADMISSION
    if valid_until is None or not on <= valid_until <= last:
        raise BadAdmissionPeriod(first=on, last=last, got=valid_until or "–")
    return valid_until


def _open_or_shut(household: Household, decision: Decision) -> None:
    household.last_contact_on = max(household.last_contact_on, decision.on)
    if decision.outcome == "admitted":
        household.admitted_until, household.ended_on = decision.valid_until, None
    elif decision.outcome == "refused" and not (household.admitted_until and household.admitted_until >= decision.on):
        household.ended_on = decision.on


def _amount_line(line: Line, scale: Scale) -> AmountLine:
    side = scale.rules[line.kind].side
    return AmountLine(side=side, kind=line.kind, cents=line.cents, proof_seen=line.proof_seen)
