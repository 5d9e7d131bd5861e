from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st

from allocation.small_cells import LEAST, Sums, withheld

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


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 12) | st.just(40), min_size=3, max_size=3), min_size=1, max_size=4),
)
def test_who_holds_every_partners_table_and_the_one_of_all_works_out_no_small_count(tables: list[list[int]]) -> None:
    everyone = [sum(column) for column in zip(*tables, strict=True)]
    held = {str(n): counted(*row) for n, row in enumerate([everyone, *tables])}
    counts = {f"{who}/{code}": n for who, table in held.items() for code, n in table.items()}
    sums: list[tuple[str, list[str]]] = [(f"{who}/all", [f"{who}/{code}" for code in BANDS]) for who in held]
    sums += [(f"0/{code}", [f"{n + 1}/{code}" for n in range(len(tables))]) for code in (*BANDS, "all")]

    hidden = withheld(counts, sums)

    small = {code for code, n in counts.items() if 0 < n < LEAST}
    assert small <= hidden
    assert not small & worked_out(hidden, sums)


CELLS = st.lists(st.lists(st.integers(0, 9) | st.just(40), min_size=2, max_size=2), min_size=3, max_size=3)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(CELLS, min_size=1, max_size=3), st.sets(st.sampled_from(["0/all", "0/young", "0/women", "1/young-men"]))
)
@example([[[0, 1], [0, 1], [6, 0]], [[6, 0], [1, 6], [0, 0]]], {"0/women", "0/all"})
def test_who_holds_ages_crossed_with_sexes_of_every_partner_works_out_no_small_count(
    tables: list[list[list[int]]], told_before: set[str]
) -> None:
    sexes = ("women", "men")
    everyone = [[sum(cell) for cell in zip(*rows, strict=True)] for rows in zip(*tables, strict=True)]
    counts: dict[str, int] = {}
    sums: list[tuple[str, list[str]]] = []
    for who, table in enumerate([everyone, *tables]):
        cells = {
            (band, sex): n for band, row in zip(BANDS, table, strict=True) for sex, n in zip(sexes, row, strict=True)
        }
        counts |= {f"{who}/{band}-{sex}": n for (band, sex), n in cells.items()}
        counts |= {f"{who}/{band}": sum(cells[band, sex] for sex in sexes) for band in BANDS}
        counts |= {f"{who}/{sex}": sum(cells[band, sex] for band in BANDS) for sex in sexes}
        counts[f"{who}/all"] = sum(cells.values())
        sums += [(f"{who}/{band}", [f"{who}/{band}-{sex}" for sex in sexes]) for band in BANDS]
        sums += [(f"{who}/{sex}", [f"{who}/{band}-{sex}" for band in BANDS]) for sex in sexes]
        sums += [(f"{who}/all", [f"{who}/{x}" for x in kinds]) for kinds in (BANDS, sexes)]
    parts = {code.removeprefix("0/") for code in counts if code.startswith("0/")}
    sums += [(f"0/{code}", [f"{n + 1}/{code}" for n in range(len(tables))]) for code in sorted(parts)]

    hidden = withheld(counts, sums, told_before & counts.keys())

    small = {code for code, n in counts.items() if 0 < n < LEAST}
    assert small | told_before <= hidden
    assert not small & worked_out(hidden, sums)


def worked_out(hidden: frozenset[str], sums: Sums) -> set[str]:
    """Exactly, by elimination: the unknowns that stand alone in a row in the end."""
    rows = [
        {code: Fraction(1 if code == total else -1) for code in (total, *parts) if code in hidden}
        for total, parts in sums
    ]
    used: list[int] = []
    for code in hidden:
        at = next((n for n, row in enumerate(rows) if row.get(code) and n not in used), None)
        if at is None:
            continue
        used.append(at)
        for n, row in enumerate(rows):
            if n != at and (times := row.get(code, Fraction()) / rows[at][code]):
                for x, by in rows[at].items():
                    row[x] = row.get(x, Fraction()) - times * by
    alone = [[x for x, n in row.items() if n] for row in rows]
    return {codes[0] for codes in alone if len(codes) == 1}
