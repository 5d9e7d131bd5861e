import ast
import inspect
import typing
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.words import THIN, Words
from households import composition, living_remainder, scale, sentences
from households.composition import Shares
from households.living_remainder import (
    BadAmount,
    Line,
    Proposal,
    Remainder,
    UnknownLine,
    propose,
)
from households.living_remainder import living_remainder as compute
from households.reference import scales
from households.scale import Denominator, Rounding, Scale
from tests.households.cases import SCALE, household, lines, rule

ENGLISH = Words("en")


def by(denominator: Denominator, **more: object) -> Scale:
    return msgspec.structs.replace(SCALE, denominator=denominator, **more)


def said(remainder: Remainder) -> list[str]:
    return [step.say(ENGLISH) for step in remainder.steps]


def doubts(remainder: Remainder) -> list[tuple[str, str]]:
    return [(doubt.code, doubt.field) for doubt in remainder.doubts]


@pytest.mark.parametrize(
    ("ages", "income", "charges", "per_person", "per_unit", "proposal"),
    [
        ((38, 8, 15), "1450", "830", 689, 1148, Proposal.ADMIT),
        ((70, 68), "1700", "900", 1333, 1778, Proposal.REFUSE),
        ((35,), "1426", "1010", 1387, 1387, Proposal.REFUSE),
        ((35,), "652.33", "420", 774, 774, Proposal.ADMIT),
        ((40, 38, 12, 7), "2350", "1280", 892, 1698, Proposal.ADMIT),
        ((40, 38, 16, 12, 7), "2350", "1280", 713, 1372, Proposal.ADMIT),
        ((40, 38, 13, 12, 7), "2350", "1280", 713, 1486, Proposal.ADMIT),
    ],
)
def test_the_published_examples_come_out_to_the_cent(
    ages: tuple[int, ...], income: str, charges: str, per_person: int, per_unit: int, proposal: Proposal
) -> None:
    typed, people = lines(wage=income, rent=charges), household(*ages)

    by_person = compute(typed, people, SCALE)

    assert (by_person.cents, by_person.proposal) == (per_person, proposal)
    assert compute(typed, people, by(Denominator.CONSUMPTION_UNITS)).cents == per_unit


def test_the_steps_tell_the_whole_calculation() -> None:
    typed = [*lines(wage="1250", benefit="200", rent="800", phone="55.50", tobacco="90")]

    remainder = compute(typed, household(38, 8, 15), SCALE)

    assert said(remainder) == [
        "By scale “test-2026”, in force since Thursday 1 January 2026.",
        "Wage: €1,250.00 a month.",
        "Benefit: €200.00 a month.",
        "Rent: €800.00 a month.",
        "Phone: €55.50 a month, of which €40.00 count.",
        "Tobacco: €90.00 a month, which do not count.",
        "€1,450.00 of income less €840.00 of charges leave €610.00 a month.",
        "Shared between the people of the household: 3.",
        "€610.00 ÷ 3 ÷ 30 days = €6.78 per person and day.",
        "At most €9.00: admission is proposed. A person decides.",
    ]
    assert (remainder.income_cents, remainder.charge_cents) == (145_000, 84_000)
    assert remainder.scale == "test-2026"
    assert remainder.doubts == ()


def test_consumption_units_and_parts_are_spelt_out() -> None:
    own = Shares(Decimal(2), Decimal(1), Decimal("0.5"), child_until=18)
    typed, people = lines(wage="1450", rent="830"), household(38, 8, 15)

    units = compute(typed, people, by(Denominator.CONSUMPTION_UNITS))
    parts = compute(typed, people, by(Denominator.PARTS, parts=own, days=Decimal("30.4")))

    assert said(units)[4:6] == [
        "The first person counts for 1, each other for 0.5, or 0.3 under 14 years: 1.8 together.",
        "€620.00 ÷ 1.8 ÷ 30 days = €11.48 per consumption unit and day.",
    ]
    assert said(parts)[4:6] == [
        "The first person counts for 2, each other for 1, or 0.5 under 18 years: 3 together.",
        "€620.00 ÷ 3 ÷ 30.4 days = €6.80 per part and day.",
    ]


def test_a_limit_holds_for_all_lines_of_a_kind_together() -> None:
    phones = [Line("phone", 3000), Line("phone", 2000)]

    assert compute([*lines(wage="500"), *phones], household(30), SCALE).charge_cents == 4000


@pytest.mark.parametrize(
    ("cents", "proposal"),
    [
        (-1, Proposal.URGENT),
        (299, Proposal.URGENT),
        (300, Proposal.ADMIT),
        (900, Proposal.ADMIT),
        (901, Proposal.COMMITTEE),
        (1100, Proposal.COMMITTEE),
        (1101, Proposal.REFUSE),
    ],
)
def test_thresholds_hold_to_the_cent(cents: int, proposal: Proposal) -> None:
    assert propose(cents, SCALE) is proposal


@pytest.mark.parametrize(
    ("proposal", "sentence"),
    [
        (0, "Less than €3.00: help at once is proposed. A person decides."),
        (900, "At most €9.00: admission is proposed. A person decides."),
        (1000, "Between €9.00 and €11.00: the committee is asked for its opinion."),
        (2000, "More than €11.00: admission is not proposed. A person decides."),
    ],
)
def test_the_last_step_says_what_is_proposed(proposal: int, sentence: str) -> None:
    remainder = compute([Line("wage", proposal * 30)], household(30), SCALE)

    assert said(remainder)[-1] == sentence


@pytest.mark.parametrize(("month_cents", "cents"), [(44, 1), (45, 2), (46, 2), (-44, -1), (-45, -2), (-46, -2)])
def test_halves_of_a_cent_are_rounded_away_from_zero(month_cents: int, cents: int) -> None:
    typed = [Line("wage", max(0, month_cents)), Line("rent", max(0, -month_cents))]

    assert compute(typed, household(30), SCALE).cents == cents


@pytest.mark.parametrize(("month_cents", "cents"), [(59, 1), (60, 2), (-1, -1), (-30, -1), (-31, -2)])
def test_a_scale_may_round_down_in_favour_of_the_household_and_says_so(month_cents: int, cents: int) -> None:
    typed = [Line("wage", max(0, month_cents)), Line("rent", max(0, -month_cents))]

    remainder = compute(typed, household(30), msgspec.structs.replace(SCALE, rounding=Rounding.DOWN))

    assert remainder.cents == cents
    assert "Rounded down to the cent, in favour of the household." in said(remainder)


def test_a_negative_remainder_is_kept_and_shown() -> None:
    remainder = compute(lines(benefit="300", rent="450"), household(30), SCALE)

    assert remainder.cents == -500
    assert remainder.proposal is Proposal.URGENT
    assert "−€5.00 per person" in said(remainder)[-2].replace("-", "−")


@pytest.mark.parametrize("cents", [-1, 100_000_001])
def test_a_negative_or_impossible_amount_is_refused_with_its_line(cents: int) -> None:
    with pytest.raises(BadAmount) as refused:
        Line("rent", cents)

    assert refused.value.field == "rent"


@pytest.mark.parametrize("cents", [0, 100_000_000])
def test_the_least_and_the_highest_amount_are_taken(cents: int) -> None:
    assert Line("rent", cents).cents == cents


def test_a_line_the_scale_does_not_know_is_refused_rather_than_left_out() -> None:
    with pytest.raises(UnknownLine) as refused:
        compute(lines(wage="1000", lottery="30"), household(30), SCALE)

    assert refused.value.field == "lottery"
    assert "lottery" in refused.value.say(ENGLISH)


def test_the_same_charge_twice_is_asked_about_and_counted_as_typed() -> None:
    typed = [*lines(wage="1500"), Line("rent", 50_000), Line("rent", 52_000)]

    remainder = compute(typed, household(30), SCALE)

    assert remainder.charge_cents == 102_000
    assert doubts(remainder) == [("line_again", "rent")]
    assert remainder.doubts[0].say(ENGLISH) == (
        "Rent was given 2 times. Are these different charges, or one typed again?"
    )


def test_two_wages_are_usual_unless_they_are_the_same() -> None:
    people = household(40, 38)

    different = compute([Line("wage", 120_000), Line("wage", 90_000)], people, SCALE)
    same = compute([Line("wage", 120_000), Line("wage", 120_000)], people, SCALE)

    assert doubts(different) == []
    assert doubts(same) == [("line_again", "wage")]
    assert same.doubts[0].say(ENGLISH).startswith("Wage: €1,200.00 was given 2 times.")


@pytest.mark.parametrize(("cents", "asked"), [(999_999, []), (1_000_000, [("unusual_amount", "rent")])])
def test_an_amount_that_looks_like_a_slip_is_asked_about(cents: int, asked: list[tuple[str, str]]) -> None:
    remainder = compute([*lines(wage="9000"), Line("rent", cents)], household(30), SCALE)

    assert doubts(remainder) == asked


@pytest.mark.parametrize("typed", [[], [Line("rent", 40_000)], [Line("wage", 0)]])
def test_no_income_at_all_is_asked_about(typed: list[Line]) -> None:
    assert doubts(compute(typed, household(30), SCALE)) == [("no_income", "")]


def test_questions_about_the_people_come_with_those_about_the_money() -> None:
    remainder = compute([], household(*[9] * 12), SCALE)

    assert [code for code, _ in doubts(remainder)] == ["no_adult", "no_income"]


def test_the_calculation_is_said_in_french() -> None:
    remainder = compute(lines(wage="1450", rent="830"), household(38, 8, 15), SCALE)

    assert remainder.steps[1].say(Words("fr")).startswith("wage (fr)")
    assert f"1{THIN}450,00{THIN}€" in remainder.steps[1].say(Words("fr"))


amounts = st.integers(0, 300_000)
incomes = st.sampled_from([r.kind for r in SCALE.lines if r.side == "income" and r.counted])
ages = st.lists(st.integers(1, 100), min_size=1, max_size=8)


@given(amounts, amounts, ages, st.lists(incomes, min_size=1, max_size=3), st.sampled_from(Denominator))
def test_the_same_means_give_the_same_right_wherever_they_come_from(
    income: int, rent: int, ages: list[int], sources: list[str], denominator: Denominator
) -> None:
    """A wage, a pension or a benefit: who earns and who cannot are treated alike."""
    one_part = income // len(sources)
    first = Line(sources[0], income - one_part * (len(sources) - 1))
    typed = [first, *(Line(source, one_part) for source in sources[1:])]
    own = by(denominator, parts=Shares(Decimal(1), Decimal("0.7"), Decimal("0.4"), 18))

    from_here = compute([*typed, Line("rent", rent)], household(*ages), own)
    from_there = compute([Line("wage", income), Line("rent", rent)], household(*ages), own)

    assert (from_here.cents, from_here.proposal) == (from_there.cents, from_there.proposal)


@given(amounts, amounts, amounts, ages)
def test_more_income_never_lowers_and_more_charges_never_raise_it(
    income: int, rent: int, more: int, ages: list[int]
) -> None:
    people = household(*ages)
    here = compute([Line("wage", income), Line("rent", rent)], people, SCALE).cents

    assert compute([Line("wage", income + more), Line("rent", rent)], people, SCALE).cents >= here
    assert compute([Line("wage", income), Line("rent", rent + more)], people, SCALE).cents <= here


@given(amounts, amounts, ages)
def test_the_remainder_times_its_divisor_gives_back_the_money(income: int, rent: int, ages: list[int]) -> None:
    remainder = compute([Line("wage", income), Line("rent", rent)], household(*ages), SCALE)

    assert abs(remainder.cents * 30 * len(ages) - (income - rent)) * 2 <= 30 * len(ages)


COMES_WITH_IT = scales()[0]
incomes_of_the_first_scale = st.sampled_from([r.kind for r in COMES_WITH_IT.lines if r.side == "income" and r.counted])


@given(amounts, amounts, ages, incomes_of_the_first_scale, incomes_of_the_first_scale)
def test_the_scale_the_software_comes_with_treats_every_income_alike(
    income: int, rent: int, ages: list[int], here: str, there: str
) -> None:
    people, charge = household(*ages), Line("rent", rent)

    from_here = compute([Line(here, income), charge], people, COMES_WITH_IT)
    from_there = compute([Line(there, income), charge], people, COMES_WITH_IT)

    assert (from_here.cents, from_here.proposal) == (from_there.cents, from_there.proposal)


def fields_reached_from(kind: object) -> set[str]:
    """Every field of every value that an argument of this type brings along."""
    reached: set[str] = set()
    for part in typing.get_args(kind):
        reached |= fields_reached_from(part)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for name, inner in typing.get_type_hints(kind).items():
            reached |= {f"{kind.__name__}.{name}"} | fields_reached_from(inner)
    return reached


def test_no_status_can_be_told_to_the_calculation() -> None:
    """Everything its arguments can carry, field by field: who adds one meets this list."""
    arguments = typing.get_type_hints(compute)
    assert list(inspect.signature(compute).parameters) == ["lines", "composition", "scale"]

    assert set().union(*(fields_reached_from(arguments[a]) for a in ("lines", "composition", "scale"))) == {
        *(f"Line.{f}" for f in ("kind", "cents", "proof_seen")),
        *(f"Composition.{f}" for f in ("ages", "by_band", "adult_equivalents", "infant", "doubts")),
        *(f"Scale.{f}" for f in ("version", "valid_from", "lines", "thresholds", "denominator", "parts")),
        *(f"Thresholds.{f}" for f in ("urgent_cents", "admit_cents", "committee_cents")),
        *(f"LineRule.{f}" for f in ("kind", "side", "label", "counted", "cap_cents")),
        *(f"Shares.{f}" for f in ("first", "next", "child", "child_until")),
        *(f"Doubt.{f}" for f in ("code", "question", "field")),
        *(f"Sentence.{f}" for f in ("message", "values")),
        *(f"Label.{f}" for f in ("fr", "en")),
        *(f"Scale.{f}" for f in ("days", "rounding")),
    }


@pytest.mark.parametrize("module", [living_remainder, scale, composition, sentences])
def test_the_calculation_knows_nothing_but_what_it_is_told(module: ModuleType) -> None:
    """No table, no session, no clock and no file: its imports are its arguments' types and pure tools."""
    tree = ast.parse(Path(str(inspect.getsourcefile(module))).read_text("utf-8"))
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    imported |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}

    assert imported <= {
        *("collections", "collections.abc", "datetime", "decimal", "enum", "fractions", "functools", "typing"),
        *("msgspec", "common.errors", "common.words"),
        *("households.composition", "households.scale", "households.sentences"),
    }


@pytest.mark.parametrize("module", [living_remainder, scale, composition])
def test_the_word_status_is_nowhere_in_the_calculation(module: ModuleType) -> None:
    tree = ast.parse(Path(str(inspect.getsourcefile(module))).read_text("utf-8"))
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    names |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    names |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    names |= {str(n.value) for n in ast.walk(tree) if isinstance(n, ast.Constant) and " " not in str(n.value)}

    words = ("status", "occupation", "employed", "retired", "student", "nationality")
    assert {name for name in names if any(word in name.lower() for word in words)} == set()


def test_a_line_rule_that_leaves_out_income_says_so() -> None:
    own = msgspec.structs.replace(SCALE, lines=(rule("wage", "income", counted=False),))

    remainder = compute(lines(wage="1000"), household(30), own)

    assert remainder.income_cents == 0
    assert said(remainder)[1] == "Wage: €1,000.00 a month, which do not count."
