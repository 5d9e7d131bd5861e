"""What each role is told to do first when it arrives: a sentence with its figure, and a button that leads there."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace

from allocation import baskets, proposals
from allocation.recalled import check_recalls
from allocation.sessions import expect_usual, plan_session
from common.clock import Clock
from common.database import Database
from network.roles import Role
from stock.place_log import note_reading
from tests import small_town
from tests.api.conftest import Browser
from tests.small_town import YOGHURT, Arrival, Town
from tests.stock.recalls.rows import row

Open = Callable[[], Browser]


def waiting(browser: Browser) -> list[tuple[str, str]]:
    """The sentences of the first page, each with where its button leads, in order."""
    listed = re.findall(r'<p id="todo-\d">(.*?)</p><a class="button[^"]*" href="([^"]*)"', browser.get("/").text)
    return [(text.replace("\u202f", " ").replace("\xa0", " "), href) for text, href in listed]


def test_where_nothing_waits_nothing_is_asked(open_browser: Open, town: Town) -> None:
    browser = open_browser().sign_in(Role.VOLUNTEER)

    assert waiting(browser) == []
    assert "Rien n’est urgent" in browser.words


def test_the_manager_reads_what_will_be_lost_then_what_to_decide_then_what_to_close(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    small_town.receive(database, town, clock, Arrival(YOGHURT, units=8, date="25/11/2026"))
    check_recalls(database, [], "exemple.jsonl", clock.stamp())
    with database.writing() as session:
        late = plan_session(session, town.site_id, dt.date(2026, 11, 20), "free").id

    first = waiting(manager)
    plan_id = proposals.propose(database, town.session_id, clock.stamp(), effort=0.02)
    proposed = waiting(manager)
    with database.writing() as session:
        baskets.confirm(session, plan_id, clock.stamp())
    confirmed = waiting(manager)

    plan = f"/sessions/{town.session_id}/plan"
    close = ("1 séance est passée sans être clôturée : il reste à dire où est allée sa nourriture.", late)
    late_line = (close[0], f"/sessions/{late}/closing")
    lost = ("4 kg doivent partir d’ici 3 jours et ne sont dans aucun panier confirmé.", "/at-risk")
    assert first == [
        lost,
        ("4 foyers sont attendus vendredi, et aucun panier n’est encore proposé.", plan),
        late_line,
    ]
    assert proposed[1] == ("Les paniers proposés pour vendredi attendent votre accord.", plan)
    assert late_line in confirmed
    assert plan not in [href for _, href in confirmed]


def test_recalls_that_were_not_read_for_too_long_are_among_the_three_however_much_waits(
    open_browser: Open, database: Database, town: Town, clock: Clock
) -> None:
    long_ago = clock.now() - dt.timedelta(days=9)
    [booked] = small_town.receive(database, town, clock, Arrival(YOGHURT, units=8, date="25/11/2026"))
    check_recalls(database, [row(gtin=YOGHURT)], "exemple.jsonl", replace(clock.stamp(), at=long_ago))
    with database.writing() as session:
        note_reading(session, booked.place_id, 95, clock.stamp())
        plan_session(session, town.site_id, dt.date(2026, 11, 20), "free")

    for role in (Role.MANAGER, Role.COORDINATOR):
        told = waiting(open_browser().sign_in(role))
        assert [href.split("/")[1] for _, href in told] == ["recalls", "temperatures", "recalls"]
        assert told[2][0] == "Les rappels de produits n’ont plus été relus depuis le samedi 14 novembre."


def test_at_the_counter_one_reads_who_is_still_expected(
    open_browser: Open, database: Database, town: Town, clock: Clock, today: dt.date
) -> None:
    small_town.stock_up(database, town, clock)
    with database.writing() as session:
        planned = plan_session(session, town.site_id, today, "free")
        expect_usual(session, planned)
        session_id = planned.id
    plan_id = proposals.propose(database, session_id, clock.stamp(), effort=0.02)
    with database.writing() as session:
        baskets.confirm(session, plan_id, clock.stamp())

    told = waiting(open_browser().sign_in(Role.DISTRIBUTION))

    assert told[0] == ("Aujourd’hui, Centre social : 4 foyers sont encore attendus.", f"/sessions/{session_id}")
    assert told[1][1] == f"/sessions/{session_id}/picking"
