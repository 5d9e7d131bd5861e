"""Everything held on a household is told to it, whatever table somebody adds."""

from collections.abc import Iterable

from sqlalchemy import Table

from api import held
from common.database import Base
from households.held import Held


def leading_to(start: str) -> set[str]:
    """The tables whose rows lead to one of this table, over as many others as it takes."""
    found = {start}
    while more := set(_referring(found)) - found:
        found |= more
    return found


def _referring(names: set[str]) -> Iterable[str]:
    for table in Base.metadata.tables.values():
        if any(key.column.table.name in names for key in table.foreign_keys):
            yield table.name


def test_every_table_that_leads_to_a_household_is_told_or_has_a_reason_not_to_be() -> None:
    told = {_table(one).name for source in held.SOURCES for one in source.tables}

    assert told | held.UNTOLD.keys() == leading_to("households")
    assert not told & held.UNTOLD.keys()
    assert all(len(reason) > 20 for reason in held.UNTOLD.values())


def test_a_table_that_leads_to_a_household_over_another_one_is_found() -> None:
    assert {"members", "amount_lines", "line_outcomes"} <= leading_to("households")
    assert leading_to("line_outcomes") == {"line_outcomes"}


def test_each_part_has_a_heading_of_its_own() -> None:
    titles = [source.title for source in held.SOURCES]

    assert len(set(titles)) == len(titles)
    assert len(Held.__struct_fields__) >= len(titles)


def _table(one: type[Base]) -> Table:
    table = one.__table__
    assert isinstance(table, Table)
    return table
