"""What a tablet kept at the counter: done once however often it comes, or refused with the reason."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from allocation import handover
from allocation.handover import Sheet
from allocation.recalled import check_recalls
from allocation.tables import LineOutcome
from common.clock import Clock
from common.database import Database
from households.tables import IdentifiedNeed
from network.roles import Role
from stock.proof import faults
from stock.recalls.tables import RecallHit
from stock.tables import Lot
from tests import a_day, small_town
from tests.api.conftest import Browser
from tests.small_town import YOGHURT, Town
from tests.stock.recalls.rows import row

Open = Callable[[], Browser]


@pytest.fixture
def volunteer(open_browser: Open) -> Browser:
    return open_browser().sign_in(Role.DISTRIBUTION)


def entry(key: str, sheet: Sheet, clock: Clock, **work: Any) -> dict[str, Any]:
    who = {"session_id": sheet.session_id, "visit_id": sheet.visit_id}
    return {"key": f"entry-of-{key}", "at": clock.now().isoformat(), **who, **work}


def send(browser: Browser, *entries: dict[str, Any]) -> list[dict[str, Any]]:
    account = browser.client.get("/api/v1/me").json()["id"]
    answer = browser.client.post("/api/v1/sessions/entries", json={"account_id": account, "entries": list(entries)})
    assert answer.status_code == 200, answer.text
    outcomes: list[dict[str, Any]] = answer.json()
    return outcomes


def test_baskets_noted_without_network_are_settled_once_and_what_moved_meanwhile_is_explained(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    first, second, third, _ = a_day.confirm_baskets(database, town, clock)
    line = first.lines[0]
    left = {"line_id": line.id, "quantity": 1, "reason": "taste", "exit": "animals", "stayed_cold": False}
    with database.writing() as session:
        handover.note_absent(session, third.visit_id, clock.stamp())
    kept = [
        entry("first", first, clock, served={"left": [left], "needs": ["housing"], "day": None}),
        entry("second", second, clock, absent=True),
        entry("third", third, clock, served={"left": [], "needs": [], "day": None}),
        entry("wrong", second, clock),
    ]

    outcomes, again = send(volunteer, *kept), send(volunteer, *kept)

    assert again == outcomes
    assert [outcome["code"] for outcome in outcomes] == ["", "", "AlreadySettled", "NothingToDo"]
    assert "noté absent" in outcomes[2]["sentence"]
    with database.reading() as session:
        states = {sheet.visit_id: sheet.state for sheet in handover.sheets(session, town.session_id)}
        outcome = session.scalars(select(LineOutcome).where(LineOutcome.exit == "animals")).one()
        need = session.scalars(select(IdentifiedNeed)).one()
        assert faults(session) == []
    assert [states[sheet.visit_id] for sheet in (first, second, third)] == ["served", "absent", "absent"]
    assert (outcome.line_id, outcome.quantity) == (line.id, 1)
    assert (need.household_id, need.code) == (first.household_id, "housing")


def test_what_was_chosen_without_network_is_given_once_and_what_went_meanwhile_is_explained(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    """The last pears twice, a basket out of which a recall took something, and pears under recall."""
    sheets = a_day.confirm_baskets(database, town, clock)
    pears = small_town.receive_pears(database, town, clock, grams=1000)
    first, apples = next((s, line) for s in sheets for line in s.lines if line.product == "Pommes")
    third, yoghurt = next((s, x) for s in sheets if s != first for x in s.lines if x.product.startswith("Yaourt"))
    second, fourth = (sheet for sheet in sheets if sheet not in (first, third))
    swapped = {"lot": pears, "quantity": 1000, "instead_of": apples.id}
    of_first, of_third = ([line.lot for line in sheet.lines] for sheet in (first, third))
    kept = [
        entry("swap", first, clock, served={"lots": of_first, "chosen": [swapped]}),
        entry("gone", second, clock, served={"chosen": [{"lot": pears, "quantity": 500}]}),
        entry("recalled", third, clock, served={"lots": of_third}),
        entry("pears", fourth, clock, served={"chosen": [{"lot": pears, "quantity": 500}]}),
    ]
    before = send(volunteer, *kept[:2])
    named = f"{YOGHURT}$$date limite de consommation$2026-11-26$2026-11-28"
    check_recalls(database, [row(identification_produits=named)], "file", clock.stamp())
    with database.writing() as session:
        number = session.scalars(select(Lot.id).where(Lot.code == pears)).one()
        alike = {"notice_id": 1, "level": "certain", "version": 1, "state": "open", "found_at": clock.now()}
        session.add(RecallHit(lot_id=number, **alike))

    after = send(volunteer, *kept)

    assert [outcome["code"] for outcome in before] == ["", "GoneMeanwhile"]
    assert [outcome["code"] for outcome in after] == ["", *["RecalledMeanwhile"] * 3]
    assert yoghurt.product in after[2]["sentence"]
    with database.reading() as session:
        now = {sheet.visit_id: sheet for sheet in handover.sheets(session, town.session_id)}
        assert faults(session) == []
    given = {line.product: line.taken for line in now[first.visit_id].lines}
    assert given == {line.product: line.quantity for line in first.lines if line != apples} | {"Poires": 1000}
    assert [now[sheet.visit_id].state for sheet in (second, third, fourth)] == ["expected"] * 3


def test_a_form_whose_answer_was_lost_and_that_was_queued_hands_over_once(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    first, second, *_ = a_day.confirm_baskets(database, town, clock)
    line = first.lines[-1]
    form = {f"left-{line.id}": "enough", f"units-{line.id}": "1", f"exit-{line.id}": "biowaste"}
    visits = f"/sessions/{town.session_id}/visits"
    volunteer.post(f"{visits}/{first.visit_id}/served", **form, need="housing", day="2", key="entry-of-form")
    volunteer.post(f"{visits}/{second.visit_id}/absent", key="entry-of-absence")

    left = {"line_id": line.id, "quantity": 1, "reason": "enough", "exit": "biowaste", "stayed_cold": False}
    outcomes = send(
        volunteer,
        entry("form", first, clock, served={"left": [left], "needs": ["housing"], "day": "2"}),
        entry("absence", second, clock, absent=True),
    )

    assert [outcome["done"] for outcome in outcomes] == [True, True]
    stranger = volunteer.client.post("/api/v1/sessions/entries", json={"account_id": 999, "entries": []})
    assert stranger.json()["code"] == "NotYours"


def test_a_tablet_takes_card_numbers_and_baskets_along_and_no_name(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    sheets = a_day.confirm_baskets(database, town, clock)

    kit = volunteer.client.get(f"/api/v1/sessions/{town.session_id}/counter-kit")

    known = {visit["card"]: visit for visit in kit.json()["visits"]}
    assert [known[sheet.card]["basket"] for sheet in sheets] == [sheet.basket for sheet in sheets]
    assert [line["id"] for line in known[sheets[0].card]["lines"]] == [line.id for line in sheets[0].lines]
    assert set(known[sheets[0].card]) == {
        "id",
        "card",
        "basket",
        "people",
        "exclusions",
        "lacks",
        "state",
        "allowance_cents",
        "proxies",
        "lines",
    }
