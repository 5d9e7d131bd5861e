from allocation.small_cells import withheld

BANDS = ("young", "grown", "old")
SUMS = [("all", BANDS)]


def counted(young: int, grown: int, old: int) -> dict[str, int]:
    return {"young": young, "grown": grown, "old": old, "all": young + grown + old}


def test_a_small_count_takes_its_smallest_neighbour_along() -> None:
    assert withheld(counted(3, 20, 40), SUMS) == {"young", "grown"}


def test_counts_from_five_and_zeros_are_told() -> None:
    assert withheld(counted(5, 0, 40), SUMS) == set()


def test_two_small_counts_whose_sum_would_tell_both_take_a_third_along() -> None:
    assert withheld(counted(1, 1, 40), SUMS) == {"young", "grown", "old"}
    assert withheld(counted(2, 4, 40), SUMS) == {"young", "grown"}


def test_a_total_that_says_the_same_as_its_one_part_is_withheld_with_it() -> None:
    assert withheld(counted(3, 0, 0), SUMS) == {"young", "all"}


def test_what_another_sum_would_tell_is_withheld_too() -> None:
    counts = counted(3, 20, 40) | {"same": 63, "under_five": 3, "from_five": 60}

    hidden = withheld(counts, [*SUMS, ("same", ("all",)), ("all", ("under_five", "from_five"))])

    assert hidden == {"young", "grown", "under_five", "from_five"}


def test_a_total_withheld_for_its_one_part_is_not_told_by_other_parts() -> None:
    counts = {"all": 3, "x": 3, "a": 2, "b": 1}

    assert withheld(counts, [("all", ("x",)), ("all", ("a", "b"))]) == {"all", "x", "a", "b"}
