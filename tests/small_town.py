"""A town small enough to hold in one's head: one site, three shelves, four households, one session on Friday.

Today is Monday 23 November 2026, as on the `clock` fixture.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher, profiles
from sqlalchemy.orm import Session

from allocation.sessions import expect_usual, plan_session
from common.clock import Clock, Stamp
from common.database import Database
from households.composition import Person
from households.register import enrol
from network.partners import add_organisation, add_site
from network.roles import Role
from network.tables import Account as Login
from stock import catalogue, ledger
from stock.donors import add_donor
from stock.intake import Arrival, Booking, open_reception, take_in
from stock.ledger import Account, Where, standings
from stock.places import Storage, add_place
from stock.tables import Donor

__all__ = ["Arrival", "Town", "build", "receive", "receive_pears", "standings", "stock_up", "take_from_shelf"]

PASSWORD = "bonne volonté"
FRIDAY = dt.date(2026, 11, 27)
MILK, YOGHURT, PASTA, BEANS = "3017620422003", "3228857000166", "3038350013804", "3083680085304"
"""Real-looking numbers with valid check digits."""


@dataclass(frozen=True)
class Town:
    """The numbers a test needs to speak of it."""

    organisation_id: int
    site_id: int
    donor_id: int
    session_id: int
    household_ids: tuple[int, ...]


def build(database: Database, clock: Clock, session_on: dt.date = FRIDAY) -> Town:
    """The town, with empty shelves."""
    stamp = clock.stamp()
    with database.writing() as session:
        organisation = add_organisation(session, "Centre social", "municipal_social_centre")
        site = add_site(session, organisation.id, "CENTRE", "Centre social")
        for name, storage in (("Étagère A", Storage.DRY), ("Frigo", Storage.CHILLED), ("Congélateur", Storage.FROZEN)):
            add_place(session, site.id, name, storage)
        _accounts(session, organisation.id, site.id)
        catalogue.load_reference(session)
        donor = _donor(session)
        _products(session)
        households = _households(session, organisation.id, site.id, stamp)
        planned = plan_session(session, site.id, session_on, "free")
        expect_usual(session, planned)
        return Town(organisation.id, site.id, donor.id, planned.id, households)


def receive(database: Database, town: Town, clock: Clock, *arrivals: Arrival) -> list[Booking]:
    """Book these lines under today's reception of the town's donor."""
    with database.writing() as session:
        donor = session.get_one(Donor, town.donor_id)
        reception = open_reception(session, town.site_id, donor, clock.stamp())
        return [take_in(session, arrival, reception, clock.stamp()) for arrival in arrivals]


def stock_up(database: Database, town: Town, clock: Clock) -> list[Booking]:
    """A little of everything, with dates before and after Friday's session."""
    return receive(
        database,
        town,
        clock,
        Arrival(MILK, units=12, date="31/03/2027"),
        Arrival(YOGHURT, units=8, date="28/11/2026"),
        Arrival(PASTA, units=20, date="06/2027"),
        Arrival(BEANS, units=10, date="2028"),
        Arrival("ART-POMME", grams=6000),
    )


def receive_pears(database: Database, town: Town, clock: Clock, contains: Sequence[str] = (), grams: int = 5000) -> str:
    """Something else of the group of apples comes in; returns the code of its lot."""
    with database.writing() as session:
        catalogue.add_product(
            session,
            name="Poires",
            family_code="fruit",
            grams_each=1,
            measure="gram",
            portion=500,
            article="POIRE",
            shelf_life_days=10,
            contains=contains,
            source="typed for tests",
        )
    return receive(database, town, clock, Arrival("ART-POIRE", grams=grams))[0].lot_code


def _accounts(session: Session, organisation_id: int, site_id: int) -> None:
    """One account for each role. Hashing is slow on purpose: tests share one hash, the cheapest to verify."""
    for role in Role:
        account = Login(
            organisation_id=organisation_id,
            site_id=site_id,
            login=role.value,
            name=f"Une personne ({role.value})",
            role=role,
            password_hash=_hash(),
            language="fr",
            active=True,
        )
        session.add(account)
    session.flush()


@cache
def _hash() -> str:
    return PasswordHasher.from_parameters(profiles.CHEAPEST).hash(PASSWORD)


def _donor(session: Session) -> Donor:
    return add_donor(session, code="SUPER", name="Supermarché du Bois", kind="shop", source="donation")


def _products(session: Session) -> None:
    for gtin, name, family, grams in (
        (MILK, "Lait demi-écrémé UHT", "milk", 1000),
        (YOGHURT, "Yaourt nature 4 × 125 g", "yoghurt", 500),
        (PASTA, "Coquillettes", "pasta_rice", 500),
        (BEANS, "Haricots verts", "tinned_produce", 400),
    ):
        catalogue.add_product(
            session, name=name, family_code=family, grams_each=grams, gtins=[gtin], source="typed for tests"
        )
    catalogue.add_product(
        session,
        name="Pommes",
        family_code="fruit",
        grams_each=1,
        measure="gram",
        portion=500,
        article="POMME",
        shelf_life_days=10,
        source="typed for tests",
    )


def _households(session: Session, organisation_id: int, site_id: int, stamp: Stamp) -> tuple[int, ...]:
    return tuple(
        enrol(
            session,
            organisation_id=organisation_id,
            site_id=site_id,
            people=people,
            channel="free",
            carry_grams=15_000,
            stamp=stamp,
            excludes=excludes,
            lacks=lacks,
        ).id
        for people, excludes, lacks in (
            ([Person(1958)], (), ()),
            ([Person(1990), Person(2018)], ("pork",), ()),
            ([Person(1985), Person(1987), Person(2012), Person(2016)], (), ()),
            ([Person(2001)], (), ("fridge",)),
        )
    )


def take_from_shelf(session: Session, booked: Booking, clock: Clock) -> None:
    """Somebody gives it all to a partner."""
    there = ledger.shelf(booked.place_id)
    ledger.move(session, booked.lot_id, booked.quantity, there, Where(Account.PARTNER), clock.stamp())
