"""The day around the counter for programs: calendar, walk, round, and what a session still waits for."""

import datetime as dt
from collections import Counter
from collections.abc import Callable

from sqlalchemy import select

from allocation import choice
from common.clock import Clock
from common.database import Database
from households import pickup
from network.roles import Role
from stock.proof import faults
from stock.tables import Lot, Movement
from tests import a_day
from tests.api.conftest import Browser
from tests.small_town import FRIDAY, Town


def test_programs_read_the_calendar_walk_the_shelves_and_see_what_waits(
    open_browser: Callable[[], Browser], manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    sheets = a_day.confirm_baskets(database, town, clock)
    with database.writing() as session:
        pickup.bring(session, sheets[1].household_id, 3, FRIDAY, clock.stamp())
    base = f"/api/v1/sessions/{town.session_id}"
    manager.post("/sessions/calendar", site=town.site_id, channel="free", weekday=4, every=1)

    calendar = manager.get("/api/v1/sessions/calendar").json()
    assert [(row["channel"], row["weekday"]) for row in calendar["openings"]] == [("free", 4)]
    walk = manager.get(f"{base}/picking", basket=sheets[0].basket).json()
    assert sorted(row["line_id"] for row in walk) == sorted(line.id for line in sheets[0].lines)
    scanned = {"code": "LOT-" + walk[0]["lot"], "baskets": [sheets[0].basket]}
    headers = {"idempotency-key": "picked-once"}
    first, again = (manager.client.post(f"{base}/picking", json=scanned, headers=headers).json() for _ in range(2))
    assert first == again == walk[0] | {"picked": True}
    left = Counter(row["lot"] for row in manager.get(f"{base}/picking").json() if not row["picked"])
    (several, _), (another, _) = left.most_common(2)
    for code in (several, several, another):
        manager.post(f"/sessions/{town.session_id}/picking/scan", code=code, key="one page shown")
    now_left = Counter(row["lot"] for row in manager.get(f"{base}/picking").json() if not row["picked"])
    assert left - now_left == Counter([several, another])
    assert now_left[several]
    assert [(stop["rank"], stop["card"]) for stop in manager.get(f"{base}/deliveries").json()] == [(3, sheets[1].card)]
    waiting = manager.get(f"{base}/closing").json()["waiting"]
    assert [(w["card"], w["persons"], w["grams"]) for w in waiting] == [(s.card, s.persons, s.grams) for s in sheets]
    driver = open_browser().sign_in(Role.SOCIAL_WORKER)
    assert driver.client.get(f"{base}/picking").status_code == 403


def test_what_waits_is_answered_for_several_at_once_and_given_to_who_is_still_here(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    sheets = a_day.confirm_baskets(database, town, clock)
    first, second, third, fourth = sorted(sheets, key=lambda sheet: sheet.visit_id)
    base, closing_page = f"/api/v1/sessions/{town.session_id}", f"/sessions/{town.session_id}/closing"
    with database.writing() as session:
        for line in third.lines:
            choice.take_out(session, third.visit_id, line.id, clock.stamp())

    manager.post(f"{closing_page}/settled", all="came")
    assert "Cochez d’abord les paniers" in manager.words
    manager.get(f"/sessions/{town.session_id}/spares", card=third.card)
    assert f"dans le panier de la carte {first.card}" in manager.words
    spare = manager.get(f"/api/v1/visits/{third.visit_id}/spares").json()[0]
    to = f"/sessions/{town.session_id}/visits/{third.visit_id}/spares"
    for _ in range(2):
        manager.post(to, only=spare["line_id"], key="given-only-once")
        assert f"carte {third.card} : 1" in manager.words
    other = manager.get(f"/api/v1/visits/{third.visit_id}/spares").json()[0]
    given = manager.client.post(f"/api/v1/visits/{third.visit_id}/spares", json={"lines": [other["line_id"]]}).json()
    assert sum(line["quantity"] for line in given["lines"]) == spare["quantity"] + other["quantity"]
    apples = next(
        x for w in manager.get(f"{base}/closing").json()["waiting"] for x in w["lines"] if x["measure"] == "gram"
    )
    lost_apples = f"/sessions/{town.session_id}/lines/{apples['line_id']}/lost"
    manager.post(lost_apples, quantity="90", measure="gram", cause="quality")
    assert f"contient {apples['quantity'] // 1000} kg" in manager.words
    manager.post(lost_apples, quantity="0,15", measure="gram", cause="quality")
    assert "Passé en perte" in manager.words
    manager.post(f"{closing_page}/settled", visit=[first.visit_id, second.visit_id], all="came", key="both-at-once")
    assert "Paniers remis : 2." in manager.words
    manager.post(f"{closing_page}/settled", came=first.visit_id)
    assert "Attendent encore" in manager.words
    waiting = next(x for x in manager.get(f"{base}/closing").json()["waiting"] if x["visit_id"] == fourth.visit_id)
    line = next(x for x in waiting["lines"] if x["quantity"] > 1 and x["measure"] == "unit")
    lost = f"/sessions/{town.session_id}/lines/{line['line_id']}/lost"
    assert lost in manager.get(closing_page).text
    manager.get(lost)
    assert line["product"] in manager.words
    for _ in range(2):
        manager.post(lost, quantity="1", cause="breakage", key="broken-only-once")
    assert "Passé en perte" in manager.words
    manager.post(lost, quantity=str(line["quantity"]), cause="cold", key="more-than-is-there")
    assert f"contient {line['quantity'] - 1}" in manager.words
    rest = {"quantity": line["quantity"] - 1, "cause": "cold"}
    after = manager.client.post(f"/api/v1{lost}", json=rest).json()
    assert line["line_id"] not in {x["line_id"] for one in after["waiting"] for x in one["lines"]}
    with database.reading() as session:
        by_cause = {
            m.reason: m.quantity for m in session.scalars(select(Movement).where(Movement.to_account == "biowaste"))
        }
        assert by_cause == {"breakage": 1, "cold": line["quantity"] - 1, "quality": 150}
        assert faults(session) == []
    answer = {"visits": [third.visit_id, fourth.visit_id], "came": False}
    assert manager.client.post(f"{base}/settlement", json=answer).json() == {"done": 2, "kept_back": []}
    assert manager.get(f"{base}/closing").json()["waiting"] == []


def test_an_absence_is_undone_once_and_says_what_is_no_longer_there(
    open_browser: Callable[[], Browser], manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    sheet = max(a_day.confirm_baskets(database, town, clock), key=lambda each: len(each.lines))
    gone, *kept = sheet.lines
    absence = f"/api/v1/visits/{sheet.visit_id}/absence"
    assert open_browser().sign_in(Role.SOCIAL_WORKER).client.post(f"{absence}/undo", json={}).status_code == 403
    early = manager.client.post(f"{absence}/undo", json={})
    assert (early.status_code, early.json()["code"]) == (409, "NotAbsent")
    assert manager.client.post(absence, json={}).json()["state"] == "absent"
    with database.writing() as session:
        lot = session.scalars(select(Lot).where(Lot.code == gone.lot)).one()
        lot.last_day = clock.today() - dt.timedelta(days=1)

    headers = {"idempotency-key": "came-once"}
    first, again = (manager.client.post(f"{absence}/undo", json={}, headers=headers).json() for _ in range(2))

    assert first == again
    assert (first["sheet"]["state"], first["left_out"]) == ("expected", [gone.product])
    assert {line["id"] for line in first["sheet"]["lines"]} == {line.id for line in kept}
    with database.reading() as session:
        assert faults(session) == []
