"""Receipts for donors: numbered without a gap, never for the same gift twice, exact to the gram and the cent."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import Session

from common.clock import Clock
from common.database import Database
from common.errors import NotFound, Refusal
from network.partners import add_organisation
from stock import ledger
from stock.intake import Arrival
from stock.tables import TaxReceipt
from stock.tax_receipts import (
    AlreadyCancelled,
    BadValue,
    Company,
    Gift,
    GivenTwice,
    Issuer,
    NotDescribed,
    NotEntitled,
    NothingGiven,
    OutsideOneYear,
    cancel,
    content_of,
    entitle,
    get_receipt,
    gifts_of,
    grams_by_donor,
    make_out,
    months_of,
    numbered,
    receipts_of,
)
from tests import small_town
from tests.databases import Furnish
from tests.small_town import Town, receive, stock_up

ISSUER = Issuer("Centre social", "W622001234", "3 rue de la Gare", "Aide alimentaire", "free_help")
SHOP = Company("Supermarché du Bois", "SAS", "732829320", "Zone du Bois")
MONDAY = dt.date(2026, 11, 23)
GRAMS = 12 * 1000 + 8 * 500 + 20 * 500 + 10 * 400 + 6000


def _entitled(database: Database, clock: Clock) -> Town:
    town = small_town.build(database, clock)
    stock_up(database, town, clock)
    with database.writing() as session:
        entitle(session, town.organisation_id, ISSUER, dt.date(2026, 1, 1), clock.stamp())
    return town


@pytest.fixture
def standing() -> Furnish:
    return _entitled


def made(session: Session, town: Town, clock: Clock, first: dt.date = MONDAY, last: dt.date = MONDAY) -> TaxReceipt:
    return make_out(session, town.organisation_id, town.donor_id, SHOP, first, last, 123_480, clock.stamp())


def test_gifts_are_what_the_ledger_says_but_for_what_was_taken_back(
    database: Database, town: Town, clock: Clock
) -> None:
    (milk,) = receive(database, town, clock, Arrival(small_town.MILK, units=3, date="31/03/2027"))
    with database.writing() as session:
        ledger.undo(session, milk.movement_id, clock.stamp())

    with database.reading() as session:
        gifts = gifts_of(session, town.donor_id, town.organisation_id, MONDAY, MONDAY)
        by_donor = grams_by_donor(session, town.organisation_id, MONDAY, MONDAY)
        months = months_of(session, town.donor_id, town.organisation_id, 2026)

    assert gifts[:2] == [
        Gift(MONDAY, "Coquillettes", 20, "unit", 10_000),
        Gift(MONDAY, "Haricots verts", 10, "unit", 4000),
    ]
    assert sum(gift.grams for gift in gifts) == GRAMS
    assert by_donor == {town.donor_id: GRAMS}
    assert [(m.first.month, m.receptions, m.received) for m in months if m.receptions] == [(11, 1, GRAMS)]


def test_numbers_have_no_gap_and_a_cancelled_receipt_keeps_its_own(
    database: Database, town: Town, clock: Clock
) -> None:
    with database.writing() as session:
        cancel(session, made(session, town, clock).id, town.organisation_id, "mauvais montant", clock.stamp())
        with pytest.raises(NothingGiven, match="gave nothing"):
            made(session, town, clock, dt.date(2026, 1, 1), dt.date(2026, 1, 2))
        again = made(session, town, clock)
        receipts = receipts_of(session, town.organisation_id)

    assert [numbered(receipt) for receipt in receipts] == ["2026-0002", "2026-0001"]
    assert [receipt.cancelled_because for receipt in receipts] == ["", "mauvais montant"]
    assert (again.cents, again.grams, content_of(again).company) == (123_480, GRAMS, SHOP)


def test_two_people_at_once_make_out_one_receipt_for_the_same_gifts(
    database: Database, town: Town, clock: Clock
) -> None:
    def one() -> str:
        try:
            with database.writing() as session:
                return numbered(made(session, town, clock))
        except GivenTwice as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as people:
        answers = [answer.result() for answer in [people.submit(one) for _ in range(2)]]

    assert sorted(answers) == ["2026-0001", "GivenTwice"]


def test_a_receipt_that_cannot_be_is_refused_and_takes_no_number(database: Database, town: Town, clock: Clock) -> None:
    def ask(first: dt.date, last: dt.date, cents: int, name: str = "Magasin", organisation: int = 0) -> str:
        with database.writing() as session:
            company, mine = Company(name), organisation or town.organisation_id
            try:
                make_out(session, mine, town.donor_id, company, first, last, cents, clock.stamp())
            except Refusal as refusal:
                return refusal.code
            return "made out"

    with database.writing() as session:
        other = add_organisation(session, "Une autre", "association").id
    tomorrow, last_year = MONDAY + dt.timedelta(1), dt.date(2025, 12, 31)

    answers = [
        ask(MONDAY, tomorrow, 100),
        ask(last_year, MONDAY, 100),
        ask(MONDAY, MONDAY, 0),
        ask(MONDAY, MONDAY, 100, name=" "),
        ask(MONDAY, MONDAY, 100, organisation=other),
    ]

    expected = [OutsideOneYear, OutsideOneYear, BadValue, NotDescribed, NotEntitled]
    assert answers == [refusal.__name__ for refusal in expected]
    with database.writing() as session:
        assert made(session, town, clock).number == 1


def test_a_receipt_is_cancelled_once_with_a_reason_and_only_by_its_partner(
    database: Database, town: Town, clock: Clock
) -> None:
    with database.writing() as session:
        receipt = made(session, town, clock)
        with pytest.raises(NotDescribed):
            cancel(session, receipt.id, town.organisation_id, "  ", clock.stamp())
        with pytest.raises(NotFound):
            get_receipt(session, receipt.id, town.organisation_id + 1)
        cancel(session, receipt.id, town.organisation_id, "doublon", clock.stamp())
        with pytest.raises(AlreadyCancelled, match="2026-0001"):
            cancel(session, receipt.id, town.organisation_id, "encore", clock.stamp())
