"""Everything held on a household is told to it, whatever table somebody adds."""

from collections.abc import Iterable
from typing import Any, cast

import msgspec
from sqlalchemy import Table

from allocation.held import Given
from api import held
from common.database import Base
from common.words import Words
from households.held import Held
from households.sealing import Identity

BY_SUBJECT = {"audit"}
"""Tables that lead to a household without a key, by what they say they are about."""


class Read:
    """All that is held, noting which of its fields somebody asks for."""

    def __init__(self, whole: Held | Given, fields: set[str]) -> None:
        self.whole, self.fields = whole, fields

    def __getattr__(self, name: str) -> Any:
        self.fields.add(name)
        return getattr(self.whole, name)


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

    assert told | held.UNTOLD.keys() == leading_to("households") | BY_SUBJECT
    assert not told & held.UNTOLD.keys()
    assert all(len(reason) > 20 for reason in held.UNTOLD.values())


def test_a_table_that_leads_to_a_household_over_another_one_is_found() -> None:
    assert {"members", "amount_lines", "line_outcomes"} <= leading_to("households")
    assert leading_to("line_outcomes") == {"line_outcomes"}


def test_every_field_of_the_file_for_programs_is_told_in_words() -> None:
    granted = ("channel", "monthly_cents", "visits_per_month", "price_percent", "carry_grams")
    dates = ("first_request_on", "last_contact_on", "admitted_until", "ended_on")
    whole = Held(
        card="", identity=Identity(), members=[], exclusions=[], lacks=[], entitlement=dict.fromkeys(granted, 0),
        situation={}, contacts=dict.fromkeys(dates), decisions=[], needs=[], rights=[], referrals=[], seats=[],
        parcels=[], moves=[], proxies=[], delivery={}, looks=[], looks_kept_months=12,
    )  # fmt: skip
    nothing = Given(visits=[], foods=[], payments=[], preferred_weekday=None)
    read: set[str] = set()
    told = held.Told(
        cast(Held, Read(whole, read)), cast(Given, Read(nothing, read)), held.Codes({}, {}, {}), Words("en")
    )

    for source in held.SOURCES:
        list(source.say(told))

    assert read == {*msgspec.to_builtins(whole), *msgspec.to_builtins(nothing)}


def test_each_part_has_a_heading_of_its_own() -> None:
    titles = [source.title for source in held.SOURCES]

    assert len(set(titles)) == len(titles)
    assert len(Held.__struct_fields__) >= len(titles)


def _table(one: type[Base]) -> Table:
    table = one.__table__
    assert isinstance(table, Table)
    return table
