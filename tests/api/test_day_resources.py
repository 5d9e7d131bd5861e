"""The day around the counter for programs: calendar, walk, round, and what a session still waits for."""

from collections.abc import Callable

from common.clock import Clock
from common.database import Database
from households import pickup
from network.roles import Role
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
    assert [(stop["rank"], stop["card"]) for stop in manager.get(f"{base}/deliveries").json()] == [(3, sheets[1].card)]
    waiting = manager.get(f"{base}/closing").json()["waiting"]
    assert [(w["card"], w["persons"], w["grams"]) for w in waiting] == [(s.card, s.persons, s.grams) for s in sheets]
    driver = open_browser().sign_in(Role.SOCIAL_WORKER)
    assert driver.client.get(f"{base}/picking").status_code == 403
