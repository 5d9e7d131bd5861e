"""What a household agreed to share, and until when; workshops and who came; who asked to be called."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from common.clock import Clock, Stamp
from common.database import Database
from common.errors import NotFound
from households import first_contacts, needs, referrals, workshops
from households.register import get_household
from households.sealing import Identity, Named, Seal
from network.directory import FOOD, describe_partner
from tests.households.test_files import Two


def hand(two: Two, shares: tuple[str, ...] = ("names",), **other: Any) -> int:
    asked = {"need": "budget", "partner_id": two.there, "consent_until": two.stamp.on + dt.timedelta(days=30)} | other
    return referrals.refer(two.session, two.family.id, shares=shares, stamp=two.stamp, **asked).id


def later(stamp: Stamp, days: int) -> Stamp:
    return replace(stamp, on=stamp.on + dt.timedelta(days=days), at=stamp.at + dt.timedelta(days=days))


def test_the_partner_reads_what_was_agreed_on_until_the_day_it_was_agreed_to(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        hand(two, ("names", "composition"))

        (handed,) = referrals.handed_to(session, seal, two.there, two.stamp)
        assert handed.shared == {"names": ["Amina Ben Saïd"], "composition": [43, 41, 14]}
        assert handed.by == "Centre social"
        assert referrals.handed_to(session, seal, two.here, two.stamp) == []
        assert referrals.handed_to(session, seal, two.there, later(two.stamp, 30)) != []
        assert referrals.handed_to(session, seal, two.there, later(two.stamp, 31)) == []


def test_withdrawn_consent_closes_the_view_at_once(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        referral = hand(two)

        referrals.withdraw(session, two.family.id, referral, two.stamp)

        assert referrals.handed_to(session, seal, two.there, two.stamp) == []
        with pytest.raises(referrals.ConsentEnded):
            referrals.move(session, referral, two.there, "accepted", two.stamp)


WRONG: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"shares": ()}, referrals.NothingShared),
    ({"consent_until": None}, referrals.ConsentMissing),
    ({"consent_until": dt.date(2026, 11, 22)}, referrals.ConsentMissing),
    ({"consent_until": dt.date(2027, 12, 31)}, referrals.ConsentMissing),
    ({"partner_id": 999}, NotFound),
]


def test_nothing_is_handed_over_without_a_word_and_an_end(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)

        for wrong, refusal in WRONG:
            with pytest.raises(refusal):
                hand(two, **wrong)
        with pytest.raises(referrals.ToThemselves):
            hand(two, partner_id=two.here)
        assert referrals.of_household(session, two.family.id) == []


def test_a_referral_goes_to_its_outcome_and_one_that_stands_still_comes_up(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        needs.express(session, two.family.id, "budget", two.stamp)
        referral = hand(two)
        family = [(two.family.id, two.family.card)]

        assert referrals.overdue(session, later(two.stamp, 13).on, two.here) == []
        assert referrals.overdue(session, later(two.stamp, 14).on, two.here) == family
        with pytest.raises(referrals.NoDay):
            referrals.move(session, referral, two.there, "appointment", two.stamp)
        with pytest.raises(NotFound):
            referrals.move(session, referral, two.here, "accepted", two.stamp)
        day = later(two.stamp, 20).on
        referrals.move(session, referral, two.there, "appointment", two.stamp, day)
        assert referrals.overdue(session, day, two.here) == []
        assert referrals.overdue(session, later(two.stamp, 21).on, two.here) == family
        referrals.move(session, referral, two.there, "achieved", two.stamp)
        assert referrals.overdue(session, later(two.stamp, 60).on, two.here) == []
        assert needs.open_needs(session, two.family.id) == []


def test_a_workshop_has_so_many_places_and_who_came_was_seen(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        other = two.register(Identity((Named("Nadia", "Caron", "1990", "self"),)), two.here)
        on = later(two.stamp, 3)
        workshop = workshops.plan(
            session,
            organisation_id=two.here,
            kind="cooking",
            title="Céleri",
            on=on.on,
            begins="14:00",
            where="Cuisine",
            places=1,
            stamp=two.stamp,
        )

        workshops.sign_up(session, workshop.id, two.family.card, two.stamp)
        workshops.sign_up(session, workshop.id, two.family.card, two.stamp)
        with pytest.raises(workshops.Full):
            workshops.sign_up(session, workshop.id, other.card, two.stamp)
        with pytest.raises(workshops.NotYet):
            workshops.note_attendance(session, workshop.id, [two.family.id], two.stamp)
        workshops.note_attendance(session, workshop.id, [two.family.id, other.id], on)

        assert workshops.seats_of(session, workshop.id) == [(two.family.id, two.family.card, True)]
        assert get_household(session, two.family.id).last_contact_on == on.on
        assert [(row.taken, row.places) for row in workshops.list_workshops(session, clock.today())] == [(1, 1)]


def test_who_asks_to_be_called_reaches_the_partner_that_helps_and_is_forgotten_once_called(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        for partner, services in ((two.here, ["budget"]), (two.there, [FOOD])):
            describe_partner(
                session,
                partner,
                phone="",
                services=services,
                known_services=[FOOD, "budget"],
                charter_signed_on=None,
                accredited_until=None,
                stamp=two.stamp,
            )

        def ask(service: str, partner: int | None = None, phone: str = "06 39 98 00 00") -> int:
            return first_contacts.ask(
                session, seal, name="L.", phone=phone, service=service, partner_id=partner, at=clock.stamp()
            )

        assert [ask("budget"), ask(FOOD), ask("mobility"), ask("budget", two.there)] == [
            two.here, two.there, two.there, two.there,
        ]  # fmt: skip
        with pytest.raises(first_contacts.NoWayBack):
            ask(FOOD, phone="call me")
        (first, *others) = first_contacts.waiting(session, seal, two.here)
        assert (first.who.phone, first.service, len(others)) == ("06 39 98 00 00", "budget", 3)
        first_contacts.answered(session, first.id, two.here, two.stamp)
        assert len(first_contacts.waiting(session, seal, two.here)) == 3
        for _ in range(first_contacts.MOST_AN_HOUR - 4):
            ask(FOOD)
        with pytest.raises(first_contacts.TooManyRequests):
            ask(FOOD)
