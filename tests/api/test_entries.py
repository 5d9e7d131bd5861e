"""What a phone kept without network: done once however often it comes, or refused, and signed by its person."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from common.clock import Clock
from common.database import Database
from network.roles import Role
from stock.tables import Movement, Product, Reception, RefusedGoods, TemperatureReading
from tests.api.conftest import Browser
from tests.small_town import MILK, PASTA, YOGHURT, Town

Open = Callable[[], Browser]
NEW = "3250390000020"


@pytest.fixture
def volunteer(open_browser: Open) -> Browser:
    return open_browser().sign_in(Role.VOLUNTEER)


def entry(key: str, town: Town, clock: Clock, ago: dt.timedelta = dt.timedelta(), **work: Any) -> dict[str, Any]:
    return {"key": f"entry-of-{key}", "at": (clock.now() - ago).isoformat(), "donor_id": town.donor_id, **work}


def milk(units: int = 1, date: str = "31/03/2027") -> dict[str, Any]:
    return {"scan": MILK, "units": units, "date": date}


def send(browser: Browser, *entries: dict[str, Any]) -> list[dict[str, Any]]:
    account = browser.client.get("/api/v1/me").json()["id"]
    answer = browser.client.post("/api/v1/intake/entries", json={"account_id": account, "entries": list(entries)})
    assert answer.status_code == 200, answer.text
    outcomes: list[dict[str, Any]] = answer.json()
    return outcomes


def count(database: Database, what: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def test_entries_are_done_once_however_often_they_come(
    volunteer: Browser, database: Database, town: Town, clock: Clock
) -> None:
    entries = [entry(str(n), town, clock, line=milk(n + 1)) for n in range(3)]

    first, again = send(volunteer, *entries), send(volunteer, *entries)

    assert [outcome["booking"]["quantity"] for outcome in first] == [1, 2, 3]
    assert again == first
    assert count(database, Movement) == 3


def test_what_is_refused_says_why_and_keeps_nothing_back(
    volunteer: Browser, database: Database, town: Town, clock: Clock
) -> None:
    outcomes = send(
        volunteer,
        entry("one", town, clock, line=milk()),
        entry("two", town, clock, line={"scan": YOGHURT, "date": "20/11"}),
        entry("three", town, clock, line={"scan": "1234"}),
        entry("four", town, clock, line={"scan": PASTA, "date": "2028"}),
    )

    assert [(outcome["done"], outcome["code"]) for outcome in outcomes] == [
        (True, ""),
        (False, "UseByPassed"),
        (False, "UnreadableCode"),
        (True, ""),
    ]
    assert "20 novembre" in outcomes[1]["sentence"]
    assert count(database, Movement) == 2


def test_an_entry_that_was_refused_is_done_once_it_is_put_right(
    volunteer: Browser, database: Database, town: Town, clock: Clock
) -> None:
    (refused,) = send(volunteer, entry("same", town, clock, line=milk(date="31/03/2020")))
    (mended,) = send(volunteer, entry("same", town, clock, line=milk()))

    assert (refused["done"], mended["done"]) == (False, True)
    assert count(database, Movement) == 1


def test_a_form_whose_answer_was_lost_and_that_was_queued_is_booked_once(
    volunteer: Browser, database: Database, town: Town, clock: Clock
) -> None:
    volunteer.post("/intake/reception", donor=town.donor_id)
    volunteer.post("/intake/lines", scan=MILK, typed="31/03/2027", units="2", lot="L1", key="entry-of-form")

    line = {"scan": MILK, "units": 2, "date": "31/03/2027", "lot_number": "L1", "checked": False, "place_id": None}
    (outcome,) = send(volunteer, entry("form", town, clock, line={**line, "grams": None}))

    assert outcome["booking"]["quantity"] == 2
    assert count(database, Movement) == 1


def test_everything_a_reception_needs_can_be_entered_without_network(
    volunteer: Browser, database: Database, town: Town, clock: Clock
) -> None:
    facts = {"code": NEW, "name": "Soupe de légumes", "family": "tinned_produce", "grams": "500"}
    outcomes = send(
        volunteer,
        entry("cold", town, clock, temperatures={"chilled": "3,5"}),
        entry("soup", town, clock, product=facts),
        entry("line", town, clock, line={"scan": NEW, "units": 4, "date": "2028"}),
        entry("crate", town, clock, refusal={"scan": MILK, "reason": "pack_open", "amount": "2"}),
    )

    with database.reading() as session:
        refused = session.scalars(select(RefusedGoods)).one()
        reading = session.scalars(select(TemperatureReading)).one()
        soup = session.scalars(select(Product).where(Product.name == "Soupe de légumes")).one()
        receptions = session.scalars(select(Reception.id)).all()
    assert [outcome["sentence"] for outcome in outcomes] == [""] * 4
    assert outcomes[2]["booking"]["product_id"] == soup.id
    assert (refused.grams, reading.tenths) == (2000, 35)
    assert [refused.reception_id, reading.reception_id] == list(receptions) * 2


def test_a_booking_is_taken_back_once(volunteer: Browser, database: Database, town: Town, clock: Clock) -> None:
    (booked,) = send(volunteer, entry("line", town, clock, line=milk()))
    back = entry("back", town, clock, undo=booked["booking"]["movement_id"])

    outcomes = [*send(volunteer, back), *send(volunteer, back)]

    assert [outcome["done"] for outcome in outcomes] == [True, True]
    assert count(database, Movement) == 2


def test_goods_of_yesterday_stand_under_yesterdays_reception_and_in_todays_ledger(
    volunteer: Browser, database: Database, town: Town, clock: Clock
) -> None:
    yesterday = dt.timedelta(days=1)

    send(volunteer, entry("late", town, clock, yesterday, line=milk()), entry("now", town, clock, line=milk()))

    with database.reading() as session:
        days = session.scalars(select(Reception.on).order_by(Reception.on)).all()
        booked = session.scalars(select(Movement.on)).all()
    assert list(days) == [clock.today() - yesterday, clock.today()]
    assert list(booked) == [clock.today()] * 2


def test_what_was_kept_while_a_reception_was_finished_is_added_to_it_and_said(
    volunteer: Browser, database: Database, town: Town, clock: Clock
) -> None:
    volunteer.post("/intake/reception", donor=town.donor_id)
    volunteer.post("/receptions/1/finish", key="end-of-it")

    (kept,) = send(volunteer, entry("late", town, clock, dt.timedelta(hours=1), line=milk(3)))

    assert (kept["done"], kept["note"]) == (
        True,
        "La réception 1 a été terminée entre-temps : ce qui était gardé ici y est ajouté.",
    )
    assert count(database, Reception) == 1
    volunteer.get("/receptions/1")
    assert "imprimez de nouveau son bon de livraison" in volunteer.words


def test_a_phone_put_away_for_weeks_or_with_a_fast_clock_is_not_simply_believed(
    volunteer: Browser, database: Database, town: Town, clock: Clock
) -> None:
    old, early = send(
        volunteer,
        entry("old", town, clock, dt.timedelta(days=15), line=milk()),
        entry("early", town, clock, dt.timedelta(days=-2), line=milk()),
    )

    with database.reading() as session:
        at = session.scalars(select(Movement.at)).one()
    assert (old["code"], early["done"]) == ("TooLongAgo", True)
    assert at == clock.now()


def test_what_one_person_entered_is_sent_under_no_other_name(volunteer: Browser, town: Town, clock: Clock) -> None:
    mine = entry("mine", town, clock, line=milk())

    answer = volunteer.client.post("/api/v1/intake/entries", json={"account_id": 999, "entries": [mine]})

    assert (answer.status_code, answer.json()["code"]) == (409, "NotYours")


def test_two_phones_fill_one_reception(open_browser: Open, database: Database, town: Town, clock: Clock) -> None:
    phones = [open_browser().sign_in(role) for role in (Role.VOLUNTEER, Role.MANAGER)]

    for phone in phones:
        send(phone, entry("same-key", town, clock, line=milk(3)))

    assert (count(database, Movement), count(database, Reception)) == (2, 1)


def test_the_kit_is_sent_again_only_when_something_changed(volunteer: Browser, town: Town, clock: Clock) -> None:
    first = volunteer.client.get("/api/v1/intake/kit")
    same = volunteer.client.get("/api/v1/intake/kit", headers={"if-none-match": first.headers["etag"]})
    send(volunteer, entry("line", town, clock, line=milk()))
    changed = volunteer.client.get("/api/v1/intake/kit", headers={"if-none-match": first.headers["etag"]})

    assert [answer.status_code for answer in (first, same, changed)] == [200, 304, 200]
    assert first.json()["last"] == []
    assert [last["date"] for last in changed.json()["last"]] == ["2027-03-31"]


def test_the_kit_speaks_of_no_person(volunteer: Browser) -> None:
    kit = volunteer.client.get("/api/v1/intake/kit").text

    assert "Une personne" not in kit
    assert "account" not in kit
