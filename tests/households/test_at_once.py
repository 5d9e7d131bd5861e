"""Two people at the same moment: the last place of a workshop, one need, and one referral."""

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.orm import Session

from common.clock import Clock
from common.database import Database
from common.errors import Refusal
from households import needs, referrals, workshops
from households.sealing import Identity, Named, Seal
from tests.households.test_files import Two


def at_once(database: Database, *works: Callable[[Session], None]) -> list[type[Refusal] | None]:
    """What each of them was refused with, None where it was done."""
    start = threading.Barrier(len(works))

    def do(work: Callable[[Session], None]) -> type[Refusal] | None:
        start.wait()
        try:
            with database.writing() as session:
                work(session)
        except Refusal as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(do, works))


def test_the_last_place_of_a_workshop_is_given_once(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        other = two.register(Identity((Named("Nadia", "Caron", "1990", "self"),)), two.here)
        cards, stamp = (two.family.card, other.card), two.stamp
        planned = workshops.plan(
            session,
            organisation_id=two.here,
            kind="cooking",
            title="Céleri",
            on=stamp.on,
            begins="14:00",
            where="Cuisine",
            places=1,
            stamp=stamp,
        ).id

    refused = at_once(
        database, *(lambda session, card=card: workshops.sign_up(session, planned, card, stamp) for card in cards * 2)
    )

    with database.reading() as session:
        assert len(workshops.seats_of(session, planned)) == 1
    assert refused.count(workshops.Full) == 2
    assert refused.count(None) == 2


def test_a_need_two_people_speak_of_at_once_is_noted_once(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        family, stamp = two.family.id, two.stamp

    refused = at_once(database, *[lambda session: needs.express(session, family, "housing", stamp)] * 4)

    with database.reading() as session:
        assert [need.code for need in needs.open_needs(session, family)] == ["housing"]
    assert refused == [None] * 4


def test_consent_withdrawn_while_the_partner_answers_stays_withdrawn(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        family, there, stamp = two.family.id, two.there, two.stamp
        until = stamp.on + dt.timedelta(days=30)
        handed = referrals.refer(
            session, family, need="budget", partner_id=there, consent_until=until, shares=("names",), stamp=stamp
        ).id

    withdrawn, answered = at_once(
        database,
        lambda session: referrals.withdraw(session, family, handed, stamp),
        lambda session: referrals.move(session, handed, there, "accepted", stamp),
    )

    with database.reading() as session:
        assert referrals.handed_to(session, seal, there, stamp) == []
    assert withdrawn is None
    assert answered in (None, referrals.ConsentEnded)
