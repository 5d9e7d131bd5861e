"""Households by card, what changes on a card, and the file that only social workers open."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from httpx import Response
from sqlalchemy import select

from allocation.sessions import expect_usual, plan_session
from common.database import Database
from households.register import get_household
from households.tables import Decision
from network.roles import RIGHTS, Right, Role
from tests.api.conftest import Browser
from tests.small_town import FRIDAY, Town


@pytest.fixture
def social_worker(open_browser: Callable[[], Browser]) -> Browser:
    return open_browser().sign_in(Role.SOCIAL_WORKER)


@pytest.fixture
def couple(database: Database, town: Town) -> str:
    """The page of the household of two without pork."""
    return f"/households/{town.household_ids[1]}"


def card_of(database: Database, path: str) -> str:
    with database.reading() as session:
        return get_household(session, int(path.rsplit("/", 1)[1])).card


def decisions(database: Database) -> list[Decision]:
    with database.reading() as session:
        return list(session.scalars(select(Decision)))


@pytest.mark.parametrize("role", list(Role))
def test_cards_are_for_those_who_may_see_cards(open_browser: Callable[[], Browser], couple: str, role: Role) -> None:
    browser = open_browser().sign_in(role)
    expected = 200 if Right.SEE_CARDS in RIGHTS[role] else 403

    assert browser.get("/households").status_code == expected
    assert browser.get(couple).status_code == expected


def test_the_list_shows_cards_sizes_and_marks(manager: Browser, database: Database, couple: str) -> None:
    manager.get("/households")

    assert card_of(database, couple) in manager.words
    assert "sans porc" in manager.words.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_card_is_found_by_part_of_its_number(manager: Browser, database: Database, couple: str) -> None:
    card = card_of(database, couple)

    manager.get("/households", q=f" {card[:4].lower()}-{card[4:].lower()} ")

    assert re.findall(r'href="(/households/\d+)"', manager.page.text) == [couple]


def test_an_unknown_card_says_so_and_keeps_what_was_typed(manager: Browser, couple: str) -> None:
    page = manager.get("/households", q="NOBODY")

    assert page.status_code == 200
    assert 'value="NOBODY"' in page.text
    assert not re.findall(r"/households/\d+", page.text)


def test_an_unknown_household_is_not_found(manager: Browser, couple: str) -> None:
    assert manager.get("/households/999").status_code == 404


def test_a_visit_leads_to_its_session(manager: Browser, town: Town, couple: str) -> None:
    assert f'href="/sessions/{town.session_id}"' in manager.get(couple).text


def test_a_social_worker_reads_three_visits_then_the_admission(
    social_worker: Browser, database: Database, town: Town, couple: str
) -> None:
    with database.writing() as session:
        for week in (1, 2, 3):
            expect_usual(session, plan_session(session, town.site_id, FRIDAY + dt.timedelta(weeks=week), "free"))
    page = social_worker.get(couple).text
    folded = page.index('class="fold rest"')
    assert page[:folded].count("row-link") == 3
    assert folded < page.index('id="admission-title"')


@pytest.mark.parametrize(
    "role", [r for r in Role if Right.SEE_CARDS in RIGHTS[r] and Right.OPEN_FILES not in RIGHTS[r]]
)
def test_who_opens_no_files_never_sees_means(
    open_browser: Callable[[], Browser], social_worker: Browser, couple: str, role: Role
) -> None:
    sign(social_worker, couple)
    browser = open_browser().sign_in(role)

    page = browser.get(couple)

    assert "635,70" in social_worker.get(couple).text
    assert "amount-" not in page.text
    assert "635,70" not in browser.words
    assert "€" not in browser.words
    assert browser.post(f"{couple}/decision", do="show").status_code == 403
    assert browser.post(f"{couple}/needs", need="housing").status_code == 403
    assert browser.post(f"{couple}/card", exclude="eggs").status_code == 403


def test_exclusions_and_equipment_become_what_is_ticked(
    social_worker: Browser, database: Database, couple: str
) -> None:
    page = social_worker.post(f"{couple}/card", exclude=["eggs", "milk"], lack="oven")

    card = social_worker.client.get(f"/api/v1/cards/{card_of(database, couple)}").json()
    assert page.status_code == 200
    assert (card["exclusions"], card["lacks"]) == (["eggs", "milk"], ["oven"])


def test_nothing_ticked_clears_the_card(social_worker: Browser, database: Database, couple: str) -> None:
    social_worker.post(f"{couple}/card")

    assert social_worker.client.get(f"/api/v1/cards/{card_of(database, couple)}").json()["exclusions"] == []


def test_a_word_that_is_not_on_the_list_is_refused_and_changes_nothing(
    social_worker: Browser, database: Database, couple: str
) -> None:
    social_worker.post(f"{couple}/card", exclude="religion")

    assert "religion" in social_worker.words
    assert social_worker.client.get(f"/api/v1/cards/{card_of(database, couple)}").json()["exclusions"] == ["pork"]


def test_what_is_left_to_live_on_is_worked_out_in_words_and_nothing_is_kept(
    social_worker: Browser, database: Database, couple: str
) -> None:
    page = social_worker.post(
        f"{couple}/decision", do="show", **{"amount-minimum_income": "635,70", "amount-rent": "335,70"}
    )

    assert page.status_code == 200
    assert "5,00 €" in social_worker.words
    assert 'value="635,70"' in page.text
    assert decisions(database) == []


def test_a_script_gets_only_the_calculation(social_worker: Browser, couple: str) -> None:
    social_worker.client.headers["hx-request"] = "true"

    page = social_worker.post(f"{couple}/decision", **{"amount-minimum_income": "635,70", "amount-rent": "335,70"})

    assert "5,00 €" in social_worker.words
    assert "<html" not in page.text


def test_a_decision_is_signed_and_kept_with_its_figures(
    social_worker: Browser, database: Database, couple: str
) -> None:
    sign(social_worker, couple)

    (decision,) = decisions(database)
    assert (decision.outcome, decision.remainder_cents, decision.valid_until.isoformat()) == (
        "admitted",
        500,
        "2027-05-22",
    )
    assert "5,00 €" in social_worker.words
    assert "2026" in social_worker.words


def test_a_decision_sent_twice_is_kept_once(social_worker: Browser, database: Database, couple: str) -> None:
    for _ in range(2):
        sign(social_worker, couple, key="the key of this form")

    assert len(decisions(database)) == 1


@pytest.mark.parametrize(
    "typed",
    [
        {"amount-rent": "beaucoup"},
        {"amount-rent": "-5"},
        {"amount-rent": "12,345"},
        {"until": "2028-01-01"},
        {"until": "demain"},
        {"until": ""},
        {"outcome": "perhaps"},
        {"reason": "religion"},
    ],
)
def test_a_decision_that_cannot_be_keeps_what_was_typed(
    social_worker: Browser, database: Database, couple: str, typed: dict[str, str]
) -> None:
    page = sign(social_worker, couple, **typed)

    assert page.status_code == 400
    assert 'value="635,70"' in page.text
    for value in typed.values():
        assert value in page.text
    assert decisions(database) == []


def test_a_need_is_noted_and_settled(social_worker: Browser, couple: str) -> None:
    social_worker.post(f"{couple}/needs", need="housing", key="spoken of once")
    (settle,) = re.findall(rf'action="({couple}/needs/\d+/settled)"', social_worker.page.text)

    social_worker.post(settle)
    social_worker.post(f"{couple}/needs", need="housing", key="spoken of once")

    assert "Logement" in social_worker.words
    assert not re.findall(r"/settled", social_worker.page.text)


def test_a_need_of_another_household_is_not_found(social_worker: Browser, town: Town, couple: str) -> None:
    social_worker.post(f"{couple}/needs", need="housing")
    (settle,) = re.findall(rf'action="({couple}/needs/\d+/settled)"', social_worker.page.text)

    page = social_worker.post(settle.replace(couple, f"/households/{town.household_ids[0]}"))

    assert page.status_code == 404


def test_a_need_outside_the_list_is_refused(social_worker: Browser, couple: str) -> None:
    social_worker.post(f"{couple}/needs", need="religion")

    assert "religion" in social_worker.words
    assert "/settled" not in social_worker.page.text


def test_a_program_reads_a_card_and_no_name(manager: Browser, database: Database, couple: str) -> None:
    card = manager.client.get(f"/api/v1/cards/{card_of(database, couple).lower()}").json()

    assert (card["persons"], card["exclusions"]) == (2, ["pork"])
    assert "remainder" not in str(card)


def test_a_card_is_not_for_stockroom_volunteers(
    open_browser: Callable[[], Browser], database: Database, couple: str
) -> None:
    volunteer = open_browser().sign_in(Role.VOLUNTEER)

    assert volunteer.client.get(f"/api/v1/cards/{card_of(database, couple)}").status_code == 403


def sign(browser: Browser, path: str, **typed: str) -> Response:
    """Sign an admission of a household with 635,70 € and 335,70 € of rent a month."""
    form = {
        "amount-minimum_income": "635,70",
        "proof-minimum_income": "1",
        "amount-rent": "335,70",
        "outcome": "admitted",
        "reason": "committee",
        "until": "2027-05-22",
        "do": "sign",
    }
    return browser.post(f"{path}/decision", **{**form, **typed})
