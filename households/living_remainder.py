"""Reste à vivre: what is left to live on, per person and day, with every step in words.

    (income that counts − charges that count) ÷ shares of the household ÷ days, rounded to the cent

What somebody is (employed, retired, a student…) cannot be told to this function: the same means give the
same right. Its answer is a proposal; a person decides and signs.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from common.errors import Refusal
from common.words import N_, Cents
from households.composition import Composition
from households.scale import Denominator, LineRule, Rounding, Scale
from households.sentences import Doubt, Sentence

MOST_CENTS = 100_000_000
UNUSUAL_CENTS = 1_000_000


class BadAmount(Refusal):
    """A monthly amount below nothing, or beyond any household's."""

    message = N_("An amount is typed without a sign, up to %(most)s a month: got %(got)s.")


class UnknownLine(Refusal):
    """A kind of income or charge that the scale says nothing about: it is not left out in silence."""

    message = N_("The scale “%(version)s” does not say how “%(kind)s” counts.")


class Line(Struct, frozen=True):
    """One monthly income or charge; the proof was seen or not, no copy is kept."""

    kind: str
    cents: int
    proof_seen: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.cents <= MOST_CENTS:
            raise BadAmount(field=self.kind, most=Cents(MOST_CENTS), got=Cents(self.cents))


class Proposal(StrEnum):
    """What the scale proposes; never more than that."""

    URGENT = "urgent"
    ADMIT = "admit"
    COMMITTEE = "committee"
    REFUSE = "refuse"


class Remainder(Struct, frozen=True):
    """What is left to live on, and how it was found."""

    scale: str
    income_cents: int
    """Monthly income that counts."""
    charge_cents: int
    """Monthly charges that count."""
    shares: Decimal
    cents: int
    """Per share and day; below 0 where charges are higher than income."""
    proposal: Proposal
    steps: tuple[Sentence, ...]
    """The calculation in words, as it is shown while typing and printed on the decision."""
    doubts: tuple[Doubt, ...]


class _Counted(Struct, frozen=True):
    """All lines of one kind together."""

    rule: LineRule
    typed: int
    counts: int


def living_remainder(lines: Sequence[Line], composition: Composition, scale: Scale) -> Remainder:
    """What is left to live on by this scale, what it proposes, and what should be asked again."""
    counted = _by_kind(lines, scale)
    income = sum(c.counts for c in counted if c.rule.side == "income")
    charges = sum(c.counts for c in counted if c.rule.side == "charge")
    shares = scale.weights.of(composition.ages)
    cents = _rounded(Fraction(income - charges) / Fraction(shares) / Fraction(scale.days), scale.rounding)
    return Remainder(
        scale=scale.version,
        income_cents=income,
        charge_cents=charges,
        shares=shares,
        cents=cents,
        proposal=propose(cents, scale),
        steps=(
            Sentence(BY_SCALE, {"version": scale.version, "date": scale.valid_from}),
            *(_line_step(c) for c in counted),
            *_sum_steps(income, charges, shares, cents, scale),
            _proposal_step(cents, scale),
        ),
        doubts=(*composition.doubts, *_doubts(lines, counted, scale)),
    )


def propose(cents: int, scale: Scale) -> Proposal:
    """What the scale proposes for so many cents per share and day."""
    if cents < scale.thresholds.urgent_cents:
        return Proposal.URGENT
    if cents <= scale.thresholds.admit_cents:
        return Proposal.ADMIT
    if cents <= scale.thresholds.committee_cents:
        return Proposal.COMMITTEE
    return Proposal.REFUSE


def _by_kind(lines: Iterable[Line], scale: Scale) -> list[_Counted]:
    """Typed and counted cents of each kind, in the order of the scale."""
    typed: Counter[str] = Counter()
    for line in lines:
        if line.kind not in scale.rules:
            raise UnknownLine(field=line.kind, version=scale.version, kind=line.kind)
        typed[line.kind] += line.cents
    return [
        _Counted(rule, typed[rule.kind], _counts(rule, typed[rule.kind])) for rule in scale.lines if rule.kind in typed
    ]


def _counts(rule: LineRule, cents: int) -> int:
    if not rule.counted:
        return 0
    return cents if rule.cap_cents is None else min(cents, rule.cap_cents)


def _rounded(amount: Fraction, rounding: Rounding) -> int:
    """Whole cents."""
    if rounding is Rounding.DOWN:
        return int(amount // 1)
    whole, rest = divmod(abs(amount), 1)
    rounded = int(whole) + (rest >= Fraction(1, 2))
    return rounded if amount >= 0 else -rounded


BY_SCALE = N_("By scale “%(version)s”, in force since %(date)s.")
COUNTS = N_("%(line)s: %(amount)s a month.")
COUNTS_IN_PART = N_("%(line)s: %(amount)s a month, of which %(counts)s count.")
LEFT_OUT = N_("%(line)s: %(amount)s a month, which do not count.")
LEFT = N_("%(income)s of income less %(charges)s of charges leave %(left)s a month.")
BY_WEIGHT = N_(
    "The first person counts for %(first)s, each other for %(next)s, or %(child)s under %(age)s years:"
    " %(shares)s together."
)
BY_PERSON = N_("Shared between the people of the household: %(shares)s.")
PER_PERSON = N_("%(left)s ÷ %(shares)s ÷ %(days)s days = %(amount)s per person and day.")
PER_PART = N_("%(left)s ÷ %(shares)s ÷ %(days)s days = %(amount)s per part and day.")
PER_UNIT = N_("%(left)s ÷ %(shares)s ÷ %(days)s days = %(amount)s per consumption unit and day.")

ROUNDED_DOWN = N_("Rounded down to the cent, in favour of the household.")

RESULT = {
    Denominator.PERSONS: PER_PERSON,
    Denominator.PARTS: PER_PART,
    Denominator.CONSUMPTION_UNITS: PER_UNIT,
}

PROPOSALS = {
    Proposal.URGENT: N_("Less than %(urgent)s: help at once is proposed. A person decides."),
    Proposal.ADMIT: N_("At most %(admit)s: admission is proposed. A person decides."),
    Proposal.COMMITTEE: N_("Between %(admit)s and %(committee)s: the committee is asked for its opinion."),
    Proposal.REFUSE: N_("More than %(committee)s: admission is not proposed. A person decides."),
}


def _line_step(counted: _Counted) -> Sentence:
    values = {"line": counted.rule.label, "amount": Cents(counted.typed)}
    if counted.counts == counted.typed:
        return Sentence(COUNTS, values)
    if not counted.rule.counted:
        return Sentence(LEFT_OUT, values)
    return Sentence(COUNTS_IN_PART, {**values, "counts": Cents(counted.counts)})


def _sum_steps(income: int, charges: int, shares: Decimal, cents: int, scale: Scale) -> list[Sentence]:
    left = Cents(income - charges)
    return [
        Sentence(LEFT, {"income": Cents(income), "charges": Cents(charges), "left": left}),
        _shares_step(shares, scale),
        Sentence(
            RESULT[scale.denominator],
            {"left": left, "shares": shares, "days": scale.days, "amount": Cents(cents)},
        ),
        *([Sentence(ROUNDED_DOWN)] if scale.rounding is Rounding.DOWN else []),
    ]


def _shares_step(shares: Decimal, scale: Scale) -> Sentence:
    if scale.denominator is Denominator.PERSONS:
        return Sentence(BY_PERSON, {"shares": shares})
    weights = scale.weights
    return Sentence(
        BY_WEIGHT,
        {
            "first": weights.first,
            "next": weights.next,
            "child": weights.child,
            "age": weights.child_until,
            "shares": shares,
        },
    )


def _proposal_step(cents: int, scale: Scale) -> Sentence:
    limits = {
        "urgent": Cents(scale.thresholds.urgent_cents),
        "admit": Cents(scale.thresholds.admit_cents),
        "committee": Cents(scale.thresholds.committee_cents),
    }
    return Sentence(PROPOSALS[propose(cents, scale)], limits)


NO_INCOME = N_("No income was given. Is there none, or is it still to be asked?")
CHARGE_AGAIN = N_("%(line)s was given %(times)s times. Are these different charges, or one typed again?")
INCOME_AGAIN = N_("%(line)s: %(amount)s was given %(times)s times. Two people, or one typed again?")
UNUSUAL = N_("%(line)s: %(amount)s is a lot for one month. Is it for a year, or is the decimal point missing?")


def _doubts(lines: Sequence[Line], counted: Sequence[_Counted], scale: Scale) -> list[Doubt]:
    """Questions about the amounts; every line still counts as it was typed."""
    doubts = []
    if not any(c.rule.side == "income" and c.typed for c in counted):
        doubts.append(Doubt("no_income", Sentence(NO_INCOME)))
    doubts += _repetitions(lines, scale)
    for line in lines:
        if line.cents >= UNUSUAL_CENTS:
            values = {"line": scale.rules[line.kind].label, "amount": Cents(line.cents)}
            doubts.append(Doubt("unusual_amount", Sentence(UNUSUAL, values), line.kind))
    return doubts


def _repetitions(lines: Sequence[Line], scale: Scale) -> Iterable[Doubt]:
    """A charge given twice, or an income given twice with the same amount: two wages are usual."""
    same = Counter((line.kind, line.cents if scale.rules[line.kind].side == "income" else 0) for line in lines)
    for (kind, cents), times in same.items():
        if times > 1:
            rule = scale.rules[kind]
            message = INCOME_AGAIN if rule.side == "income" else CHARGE_AGAIN
            values = {"line": rule.label, "amount": Cents(cents), "times": times}
            yield Doubt("line_again", Sentence(message, values), kind)
