"""What is announced at a site: written down, struck out, and counted on by the proposals of the sessions there."""

import datetime as dt
from collections import Counter

import pytest

from allocation import proposals
from allocation.announced import (
    LONGEST,
    MOST_GRAMS,
    NOTE_LENGTH,
    BadAnnouncedDay,
    BadAnnouncedWeight,
    NoteTooLong,
    UnknownGroup,
    announce,
    announced_deliveries,
    put_back,
    strike_out,
    what_comes,
)
from allocation.coming import Announced
from allocation.propose import NothingToShare, problem_for
from allocation.sessions import expect, get_session, plan_session
from common.clock import Clock
from common.database import Database
from common.errors import NotFound
from network.audit import acts_on
from tests import small_town
from tests.small_town import FRIDAY, MILK, Arrival, Town

SATURDAY = FRIDAY + dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
LITTLE = 0.2


def say(
    database: Database, town: Town, clock: Clock, on: dt.date, grams: int = 60_000, group: str = "milk", note: str = ""
) -> int:
    with database.writing() as session:
        return announce(
            session, site_id=town.site_id, on=on, food_group=group, grams=grams, note=note, stamp=clock.stamp()
        )


def next_week(database: Database, town: Town) -> None:
    """The same site opens again a week later."""
    with database.writing() as session:
        planned = plan_session(session, town.site_id, FRIDAY + WEEK, "free")
        expect(session, planned.id, town.household_ids)


def milk_on(database: Database, plan_id: int) -> Counter[dt.date]:
    """Packs of milk by the day they are given."""
    with database.reading() as session:
        kept = proposals.get_proposal(session, plan_id)
        days = {v["id"]: dt.date.fromisoformat(v["date"]) for v in kept.instance["visits"]}
        milk = {lot["id"] for lot in kept.instance["lots"] if lot["group"] == "milk"}
        given: Counter[dt.date] = Counter()
        for line in kept.plan["give"]:
            given[days[line["visit"]]] += line["units"] * (line["lot"] in milk)
        return given


def test_what_is_announced_is_listed_until_its_day_unless_it_is_struck_out(
    database: Database, clock: Clock, town: Town, today: dt.date
) -> None:
    friday = say(database, town, clock, FRIDAY, note="  " + "x" * NOTE_LENGTH + " ")
    tomorrow = say(database, town, clock, today + dt.timedelta(days=1), group="bread")

    with database.writing() as session:
        listed = [row.id for row in announced_deliveries(session, today)]
        on_the_day = [row.id for row in announced_deliveries(session, today + dt.timedelta(days=1))]
        strike_out(session, friday, clock.stamp())
        struck = [row.id for row in announced_deliveries(session, today)]
        put_back(session, friday, clock.stamp())
        (kept,) = [row for row in announced_deliveries(session, today) if row.id == friday]
        done = {"delivery announced", "announcement struck out", "announcement put back"}
        told = acts_on(session, [f"announced:{friday}"], done)[f"announced:{friday}"]

    assert listed == [tomorrow, friday]
    assert (on_the_day, struck) == ([friday], [tomorrow])
    assert (kept.on, kept.food_group, kept.grams, len(kept.note)) == (FRIDAY, "milk", 60_000, NOTE_LENGTH)
    assert [act.action for act in told] == ["delivery announced", "announcement struck out", "announcement put back"]


def test_what_cannot_be_counted_on_is_refused(database: Database, clock: Clock, town: Town, today: dt.date) -> None:
    last = today + dt.timedelta(days=LONGEST)
    for wrong in (today, today - dt.timedelta(days=1), last + dt.timedelta(days=1)):
        with pytest.raises(BadAnnouncedDay):
            say(database, town, clock, wrong)
    for grams in (0, -1, MOST_GRAMS + 1):
        with pytest.raises(BadAnnouncedWeight):
            say(database, town, clock, FRIDAY, grams)
    with pytest.raises(NoteTooLong):
        say(database, town, clock, FRIDAY, note="x" * (NOTE_LENGTH + 1))
    with pytest.raises(UnknownGroup):
        say(database, town, clock, FRIDAY, group="stardust")
    with database.writing() as session, pytest.raises(NotFound):
        strike_out(session, 999, clock.stamp())
    assert say(database, town, clock, last, MOST_GRAMS)


def test_what_comes_is_seen_like_what_came_to_the_site_before(database: Database, clock: Clock, town: Town) -> None:
    small_town.receive(database, town, clock, Arrival(MILK, units=12, date="31/03/2027"))
    next_week(database, town)
    milk = say(database, town, clock, SATURDAY)
    say(database, town, clock, FRIDAY + 8 * WEEK)
    say(database, town, clock, SATURDAY, group="bread", grams=1600)
    say(database, town, clock, FRIDAY, group="bread")

    with database.reading() as session:
        problem = problem_for(session, town.session_id, clock.today())
        coming = what_comes(session, get_session(session, town.session_id), problem)

    assert coming.announced[0] == Announced(milk, SATURDAY, "milk", 60_000)
    assert [(lot.group, lot.unit_grams, lot.units) for lot in coming.lots] == [("milk", 1000, 60), ("bread", 500, 3)]
    assert coming.lots[0].contains == problem.lots[0].contains
    assert all(lot.available_from == SATURDAY and lot.last_day > problem.ends for lot in coming.lots)


def test_scarce_milk_is_given_out_on_friday_where_plenty_is_announced_before_the_next_session(
    database: Database, clock: Clock, town: Town
) -> None:
    small_town.receive(database, town, clock, Arrival(MILK, units=4, date="31/03/2027"))
    first, second, third, fourth = town.household_ids
    with database.writing() as session:
        planned = plan_session(session, town.site_id, FRIDAY + WEEK, "free")
        for visit in get_session(session, town.session_id).visits:
            if visit.household_id in (third, fourth):
                session.delete(visit)
        expect(session, planned.id, (third, fourth))

    alone = proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)
    say(database, town, clock, SATURDAY)
    counting = proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)

    assert milk_on(database, alone)[FRIDAY] < 4
    assert milk_on(database, counting) == {FRIDAY: 4}
    with database.reading() as session:
        kept = proposals.get_proposal(session, counting)
        assert [one.on for one in proposals.counted_on(kept)] == [SATURDAY]
        assert {lot["product"] for lot in kept.instance["lots"]} == {kept.instance["lots"][0]["product"]}
        assert proposals.counted_on(proposals.get_proposal(session, alone)) == ()
        assert {first, second} == {visit.household_id for visit in get_session(session, town.session_id).visits}


def test_what_a_proposal_counted_on_is_kept_with_it_whatever_is_said_later(
    database: Database, clock: Clock, town: Town
) -> None:
    small_town.stock_up(database, town, clock)
    next_week(database, town)
    said = say(database, town, clock, SATURDAY)

    first = proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)
    with database.writing() as session:
        strike_out(session, said, clock.stamp())
    second = proposals.propose(database, town.session_id, clock.stamp(), effort=LITTLE)

    with database.reading() as session:
        counted = [proposals.counted_on(proposals.get_proposal(session, plan_id)) for plan_id in (first, second)]
        given = {line["lot"] for line in proposals.get_proposal(session, first).plan["give"]}
    assert counted == [(Announced(said, SATURDAY, "milk", 60_000),), ()]
    assert not any(lot.startswith("announced") for lot in given)


def test_empty_shelves_are_nothing_to_share_whatever_is_announced(database: Database, clock: Clock, town: Town) -> None:
    say(database, town, clock, SATURDAY)

    with pytest.raises(NothingToShare):
        proposals.propose(database, town.session_id, clock.stamp())
