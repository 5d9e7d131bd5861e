"""The first scale and the list of needs."""

from households.living_remainder import Line, Proposal, living_remainder
from households.reference import needs, scales, social_rights
from tests.households.cases import household


def test_a_lone_parent_of_two_has_what_the_worked_example_says() -> None:
    lines = [Line("wages", 145_000), Line("rent", 83_000)]

    left = living_remainder(lines, household(40, 15, 8), scales()[0])

    assert (left.cents, left.proposal) == (689, Proposal.ADMIT)


def test_a_phone_counts_up_to_forty_euros() -> None:
    lines = [Line("wages", 100_000), Line("phone_internet", 9_000)]

    assert living_remainder(lines, household(40), scales()[0]).charge_cents == 4_000


def test_help_for_a_disabled_child_is_not_counted_as_income() -> None:
    lines = [Line("wages", 100_000), Line("child_disability", 20_000)]

    assert living_remainder(lines, household(40, 8), scales()[0]).income_cents == 100_000


def test_a_kind_of_money_is_either_an_income_or_a_charge_and_named_once() -> None:
    scale = scales()[0]

    assert len({line.label for line in scale.lines}) == len({line.kind for line in scale.lines}) == len(scale.lines)


def test_a_need_is_listed_once() -> None:
    listed = needs()

    assert len({need.code for need in listed}) == len({need.name_fr for need in listed}) == len(listed) == 12


def test_a_right_is_listed_once_with_the_text_it_stands_in() -> None:
    listed = social_rights()

    assert len({right.code for right in listed}) == len({right.name_fr for right in listed}) == len(listed) == 10
    assert all(right.source for right in listed)
