"""The forms of the day: what was tapped and typed stays when one is refused; nothing dangerous is chosen beforehand."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from allocation import closing, handover
from allocation.handover import Sheet, SheetLine
from allocation.tables import DistributionSession
from common.clock import Clock
from common.database import Database
from households.register import set_equipment, set_exclusions
from households.tables import Household
from network.roles import Role
from stock.redating import correct_date
from stock.tables import Lot
from tests import a_day
from tests.api.conftest import Browser
from tests.small_town import Town


@pytest.fixture
def volunteer(open_browser: Callable[[], Browser]) -> Browser:
    return open_browser().sign_in(Role.DISTRIBUTION)


def field(browser: Browser, name: str, value: str | None = None) -> dict[str, str]:
    """The attributes of the field of this name, of the choice with this value."""
    for tag in re.findall(r"<(?:input|option)\b[^>]*>", browser.page.text):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) | dict.fromkeys(
            re.findall(r"\s(checked|selected)\b", tag), ""
        )
        if found.get("name") == name and value in (None, found.get("value")):
            return found
    raise AssertionError(f"no field {name} with {value} on the page")


def chosen(browser: Browser, name: str) -> list[str]:
    """Of several choices of this name, the values of those that are chosen."""
    radios = re.findall(rf'<input type="\w+" name="{re.escape(name)}" value="([^"]*)"( checked)?', browser.page.text)
    return [value for value, checked in radios if checked]


def with_cold_and_dry(sheets: list[Sheet]) -> tuple[Sheet, SheetLine, SheetLine]:
    """A basket with something chilled and something dry in it."""
    sheet = next(s for s in sheets if {line.storage for line in s.lines} >= {"chilled", "dry"})
    return sheet, *(next(x for x in sheet.lines if x.storage == storage) for storage in ("chilled", "dry"))


def test_nobody_has_said_beforehand_that_chilled_food_stayed_in_the_cold(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    sheet, cold, dry = with_cold_and_dry(a_day.confirm_baskets(database, town, clock))

    volunteer.get(f"/sessions/{town.session_id}", visit=sheet.visit_id)

    assert chosen(volunteer, f"exit-{cold.id}") == []
    assert field(volunteer, f"exit-{cold.id}", "restock_cold")
    exits = volunteer.page.text.split(f'name="exit-{dry.id}"')[1].split("</select>")[0]
    assert '<option value="restock" selected>' in exits


def test_what_is_not_for_them_any_more_is_marked_where_it_would_go_out(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    """Set aside before anybody knew: an exclusion, a fridge that broke, a date that was misread."""
    sheets = a_day.confirm_baskets(database, town, clock)
    sheet, chilled, _ = with_cold_and_dry(sheets)
    volunteer.get(f"/sessions/{town.session_id}", visit=sheet.visit_id)
    before = against(volunteer)
    with database.writing() as session:
        set_exclusions(session, sheet.household_id, ["milk"], clock.stamp())
        set_equipment(session, sheet.household_id, ["fridge"], clock.stamp())
        lot = session.scalars(select(Lot).where(Lot.code == chilled.lot)).one()
        correct_date(session, lot.id, dt.date(2026, 11, 22), "", clock.stamp(), may_raise=False)

    volunteer.get(f"/sessions/{town.session_id}", visit=sheet.visit_id)

    assert set(before) == {""}
    assert against(volunteer)[0] == "exclu : lait pas de réfrigérateur dernier jour passé"
    kit = volunteer.client.get(f"/api/v1/sessions/{town.session_id}/counter-kit").json()["visits"]
    told = {line["id"]: line for visit in kit for line in visit["lines"]}[chilled.id]
    assert (told["excluded"], told["lacking"]) == (["milk"], ["fridge"])


def against(browser: Browser) -> list[str]:
    """What stands against each line of the basket, in its order."""
    found = re.findall(r'(?s)data-against>(.*?)</span> <span class="small"', browser.page.text)
    return [re.sub(r" +", " ", re.sub(r"<[^>]+>", " ", marks)).strip() for marks in found]


def test_a_basket_with_something_chilled_left_behind_waits_until_it_is_said_where_that_goes(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    """All that was tapped stays on the page."""
    sheet, cold, dry = with_cold_and_dry(a_day.confirm_baskets(database, town, clock))
    path = f"/sessions/{town.session_id}/visits/{sheet.visit_id}/served"
    said: dict[str, Any] = {f"left-{x.id}": "taste" for x in (cold, dry)} | {f"units-{x.id}": 1 for x in (cold, dry)}
    said |= {f"exit-{dry.id}": "partner", "need": ["housing"], "day": "2"}

    volunteer.post(path, **said)

    assert volunteer.page.status_code == 400
    assert "dites s’il est resté au froid" in volunteer.words
    assert [chosen(volunteer, f"left-{line.id}") for line in (cold, dry)] == [["taste"], ["taste"]]
    assert chosen(volunteer, "need") == ["housing"]
    assert '<option value="partner" selected>' in volunteer.page.text
    assert '<option value="2" selected>' in volunteer.page.text
    with database.reading() as session:
        assert handover.sheet(session, sheet.visit_id).state == "expected"
    volunteer.post(path, **said, **{f"exit-{cold.id}": "restock_cold"})
    with database.reading() as session:
        given = handover.sheet(session, sheet.visit_id)
    assert (given.state, sum(line.left for line in given.lines)) == ("served", 2)


def test_what_was_counted_in_the_till_and_a_card_nobody_has_stay_in_their_fields(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    first, *_ = a_day.confirm_baskets(database, town, clock)
    with database.writing() as session:
        session.get_one(DistributionSession, town.session_id).channel = "shop"
        session.get_one(Household, first.household_id).channel = "shop"
        handover.hand_over(session, first.visit_id, [], clock.stamp())
    page = f"/sessions/{town.session_id}/closing"

    for typed in ("41,5O", "-3"):
        manager.post(f"{page}/cash", counted=typed)

        assert manager.page.status_code == 400
        assert field(manager, "counted")["value"] == typed
        assert field(manager, "counted")["aria-invalid"] == "true"
    manager.post(f"{page}/cash", counted="41,50")
    assert "41,50" in manager.words
    assert manager.get(f"/sessions/{town.session_id}/spares", card="nobody’s").status_code >= 400
    assert field(manager, "card")["value"] == "nobody’s"
    assert field(manager, "card")["aria-invalid"] == "true"


def test_a_closed_session_is_opened_again_only_for_a_reason_and_the_page_says_so_beside_it(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    a_day.live(database, town, clock)

    manager.post(f"/sessions/{town.session_id}/closing/reopening", reason="")

    assert manager.page.status_code == 400
    assert '<details class="fold" open>' in manager.page.text
    with database.reading() as session:
        assert closing.closing(session, town.session_id, clock.today()).state == "closed"


def test_what_was_typed_at_picking_stays_when_it_is_refused(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    sheet, _, dry = with_cold_and_dry(a_day.confirm_baskets(database, town, clock))
    page = f"/sessions/{town.session_id}/picking"

    volunteer.post(f"{page}/scan", code="LOT-NONSENSE")
    assert volunteer.page.status_code == 400
    assert field(volunteer, "code")["value"] == "LOT-NONSENSE"

    volunteer.post(f"{page}/lines/{dry.id}/missing", missing="99", measure=dry.measure, visit=sheet.visit_id)
    assert volunteer.page.status_code == 400
    assert field(volunteer, "missing")["value"] == "99"
    assert f"{page}/lines/{dry.id}/missing" in volunteer.page.text


def test_the_picking_page_has_what_comes_next_on_top_and_folds_the_shelves(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    a_day.confirm_baskets(database, town, clock)
    page = f"/sessions/{town.session_id}/picking"
    walk = volunteer.get(f"/api/v1{page}").json()
    last = [line for line in walk if line["place"] == walk[-1]["place"]]

    volunteer.get(page)

    shelves = re.findall(r'<details class="fold card shelf">.*?</details>', volunteer.page.text, re.DOTALL)
    assert len(shelves) == len({line["place"] for line in walk})
    assert walk[0]["product"] in volunteer.words.split("Scanner l’étiquette du lot")[0]
    assert f"0 sur {len(last)}" in shelves[-1]
    for line in last:
        volunteer.post(f"{page}/scan", code=f"LOT-{line['lot']}", key=f"pick {line['line_id']}")
    shelves = re.findall(r'<details class="fold card shelf">.*?</details>', volunteer.page.text, re.DOTALL)
    assert f"{len(last)} sur {len(last)}" in shelves[-1]


def test_how_much_is_lost_stays_as_it_was_typed_when_it_is_refused(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    sheets = a_day.confirm_baskets(database, town, clock)
    line = next(line for sheet in sheets for line in sheet.lines if line.measure == "unit" and line.quantity > 1)

    volunteer.post(f"/sessions/{town.session_id}/lines/{line.id}/lost", quantity="9999", cause="breakage")

    assert volunteer.page.status_code == 400
    assert field(volunteer, "quantity")["value"] == "9999"


def test_an_opening_and_a_day_shut_keep_what_was_typed(manager: Browser, town: Town) -> None:
    manager.post("/sessions/calendar", site=town.site_id, channel="free", weekday=3, every=0, capacity=12)

    assert manager.page.status_code == 400
    assert field(manager, "capacity")["value"] == "12"
    assert field(manager, "every")["value"] == "0"
    manager.post("/sessions/calendar/closed-days", site=town.site_id, on="no day")
    assert field(manager, "on")["value"] == "no day"


def test_who_was_given_another_kind_of_help_since_still_pays_nothing_where_baskets_are_free(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    """What a visit costs is its session's to say; a receipt that was never written is not looked for."""
    sheet, *_ = a_day.confirm_baskets(database, town, clock)
    with database.writing() as session:
        household = session.get_one(Household, sheet.household_id)
        household.channel, household.monthly_cents = "shop", 2000
    page = f"/sessions/{town.session_id}"

    volunteer.get(page, visit=sheet.visit_id)
    assert "à payer" not in volunteer.words
    volunteer.post(f"{page}/visits/{sheet.visit_id}/served")

    assert f"Remis à la carte {sheet.card}." in volunteer.words
    assert volunteer.page.url.path == page


def test_an_absence_is_undone_at_once_or_when_the_card_is_scanned_after_all(
    volunteer: Browser, database: Database, clock: Clock, town: Town
) -> None:
    sheet, *_ = a_day.confirm_baskets(database, town, clock)
    page = f"/sessions/{town.session_id}"
    came = f"{page}/visits/{sheet.visit_id}/came"

    for leads_back in (None, sheet.card):
        volunteer.post(f"{page}/visits/{sheet.visit_id}/absent", key=f"away-{leads_back}")
        if leads_back:
            volunteer.get(page, card=leads_back)
            assert "La personne est venue : réserver de nouveau son panier" in volunteer.words
        assert f'action="{came}"' in volunteer.page.text
        volunteer.post(came)
        assert "De nouveau attendu, avec tout son panier." in volunteer.words
        assert "Remis, personne suivante" in volunteer.words
