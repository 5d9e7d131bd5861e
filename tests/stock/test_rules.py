"""The rules partners set: in force from their day on, and never milder than the law."""

import datetime as dt
from dataclasses import replace

import pytest

from common.database import Database
from network import figures
from stock import rules
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
