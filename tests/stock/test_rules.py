"""The rules partners set: in force from their day on, and never milder than the law."""

import datetime as dt
from dataclasses import replace

import pytest

from common.database import Database
from network import figures
from stock import rules
from stock.dates import DateKind, Plausibility, read_date
from stock.rules import Tare
from tests.stock.stockroom import MONDAY, STAMP, Stockroom

FIGURES = {figure.name: figure for figure in rules.FIGURES}
TUESDAY = MONDAY + dt.timedelta(days=1)


def test_a_figure_holds_from_its_day_on(database: Database) -> None:
    with database.writing() as session:
        figures.set_figure(session, FIGURES["min_use_by_hours"], 72, TUESDAY, "Conseil du 23 novembre", STAMP)

        hours = [rules.figure(session, "min_use_by_hours", day) for day in (MONDAY, TUESDAY)]

    assert hours == [48, 72]


@pytest.mark.parametrize("value", [47, 241, None])
def test_a_figure_of_the_law_is_only_made_stricter(database: Database, value: int | None) -> None:
    with pytest.raises(figures.OutOfBounds), database.writing() as session:
        figures.set_figure(session, FIGURES["min_use_by_hours"], value, TUESDAY, "", STAMP)


def test_how_far_ahead_a_date_may_lie_unasked_is_set_by_the_partners(database: Database, room: Stockroom) -> None:
    """On the last day nobody asks, on the day after somebody does; what was not set keeps the usual days."""
    with database.writing() as session:
        figures.set_figure(session, FIGURES["use_by_ahead"], 30, TUESDAY, "Conseil du 23 novembre", STAMP)
        before, after = (rules.intake_rules(session, room.site, day).plausible for day in (MONDAY, TUESDAY))

    def asked(days: int, plausible: Plausibility) -> bool:
        typed = f"{TUESDAY + dt.timedelta(days):%d/%m/%Y}"
        return read_date(typed, today=TUESDAY, kind=DateKind.USE_BY, plausible=plausible).doubt is not None

    assert [asked(days, after) for days in (30, 31)] == [False, True]
    assert [asked(days, before) for days in (31, 90, 91)] == [False, False, True]
    assert after.best_before_ahead == before.best_before_ahead == 1830


def test_the_past_keeps_its_rules(database: Database) -> None:
    with pytest.raises(figures.TooLate), database.writing() as session:
        figures.set_figure(session, FIGURES["undated_days"], 3, MONDAY - dt.timedelta(days=1), "", STAMP)


def test_the_short_circuit_and_the_crates_are_of_one_site(database: Database, room: Stockroom) -> None:
    crates = [Tare("Caisse verte", 1800)]
    with database.writing() as session:
        rules.set_short_circuit(session, room.site, True, "Plan du 3 novembre", STAMP)
        rules.set_tares(session, room.site, crates, STAMP)

        here = replace(rules.intake_rules(session, room.site, MONDAY), sessions=(TUESDAY,))
        there = replace(rules.intake_rules(session, room.site + 1, MONDAY), sessions=(TUESDAY,))

        assert (rules.tares(session, room.site, MONDAY), rules.tares(session, room.site + 1, MONDAY)) == (crates, [])
    assert here.sessions_until(TUESDAY) == (TUESDAY,)
    assert here.sessions_until(MONDAY) == there.sessions_until(TUESDAY) == ()
