"""The main job through the pages, as people do it: from a scan to the waste figure."""

from allocation import handover, proposals
from allocation.sessions import get_session
from api.house import House
from common.clock import Clock
from common.database import Database
from common.jobs import run_next
from tests import small_town
from tests.api.conftest import Browser
from tests.small_town import MILK, YOGHURT, Town


def _propose(manager: Browser, database: Database, clock: Clock, town: Town) -> int:
    """Ask on the page; the worker does the work; the number of the proposal."""
    manager.post(f"/sessions/{town.session_id}/plan")
    run_next(database, {"propose": proposals.make_proposal}, clock)
    with database.reading() as session:
        kept = proposals.latest(session, town.session_id)
        assert kept is not None
        return kept.id


def test_a_scanned_pack_is_booked_with_the_date_as_it_was_typed(manager: Browser, town: Town) -> None:
    manager.post("/intake/reception", donor=town.donor_id)
    manager.get("/intake", scan=YOGHURT)

    manager.post("/intake/lines", scan=YOGHURT, typed="2811", units="6")

    assert "Yaourt nature" in manager.words
    assert "Rangé dans Frigo : Yaourt nature 4 × 125 g, quantité 6." in manager.words


def test_an_impossible_date_is_refused_in_words_and_the_typing_is_kept(manager: Browser, town: Town) -> None:
    manager.post("/intake/reception", donor=town.donor_id)

    manager.post("/intake/lines", scan=YOGHURT, typed="31/02", units="6")

    assert manager.page.status_code == 400
    assert "31/02" in manager.words
    assert 'value="31/02"' in manager.page.text
    assert 'value="6"' in manager.page.text


def test_the_same_form_sent_twice_books_once(manager: Browser, database: Database, town: Town) -> None:
    manager.post("/intake/reception", donor=town.donor_id)
    form = {"scan": MILK, "typed": "03/2027", "units": "12", "key": "a form's own key"}

    manager.post("/intake/lines", **form)
    manager.post("/intake/lines", **form)

    with database.reading() as session:
        assert [s.quantity for s in small_town.standings(session)] == [12]


def test_a_booking_is_undone_by_one_tap(manager: Browser, database: Database, town: Town, clock: Clock) -> None:
    (booked,) = small_town.receive(database, town, clock, small_town.Arrival(MILK, units=12, date="03/2027"))

    manager.post(f"/intake/lines/{booked.movement_id}/undo")

    with database.reading() as session:
        assert small_town.standings(session) == []


def test_baskets_are_proposed_confirmed_handed_over_and_accounted_for(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    small_town.stock_up(database, town, clock)
    base = f"/sessions/{town.session_id}"

    plan_id = _propose(manager, database, clock, town)
    manager.get(f"{base}/plan")
    assert manager.page.status_code == 200
    manager.post(f"{base}/plan/confirm", plan=plan_id)
    with database.reading() as session:
        first, second, *others = handover.sheets(session, town.session_id)
    line = first.lines[0]
    left = {f"left-{line.id}": "taste", f"units-{line.id}": "1", f"exit-{line.id}": "biowaste"}
    manager.post(f"{base}/visits/{first.visit_id}/served", **left)
    manager.get(base)
    assert "1 servi sur 4" in manager.words
    manager.post(f"{base}/visits/{second.visit_id}/absent")
    for sheet in others:
        manager.post(f"{base}/visits/{sheet.visit_id}/served")
    manager.post(f"{base}/closing/dates")
    manager.post(f"{base}/closing")

    report = manager.get("/api/v1/reports/waste").json()
    went = report["eaten"] + report["lost"] + report["on_hand"]
    assert report["before"] + report["received"] == went
    assert report["left_behind"] == second.grams + line.grams // line.quantity
    assert report["lost"] == line.grams // line.quantity


def test_a_session_does_not_close_while_a_basket_waits(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    small_town.stock_up(database, town, clock)
    plan_id = _propose(manager, database, clock, town)
    manager.post(f"/sessions/{town.session_id}/plan/confirm", plan=plan_id)

    manager.post(f"/sessions/{town.session_id}/closing")

    with database.reading() as session:
        assert handover.sheets(session, town.session_id)[0].state == "expected"
        assert proposals.latest(session, town.session_id) is not None
    assert "4" in manager.words


def test_a_session_somebody_came_to_before_its_baskets_were_confirmed_can_be_closed(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    page = f"/sessions/{town.session_id}/closing"
    nothing_yet = manager.get(page)
    manager.post(f"{page}/absent")
    manager.post(f"{page}/dates")

    manager.post(page)

    assert "button main big" not in nothing_yet.text
    with database.reading() as session:
        assert get_session(session, town.session_id).state == "closed"


def test_a_proposal_is_refused_once_its_food_went_elsewhere(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    bookings = small_town.stock_up(database, town, clock)
    plan_id = _propose(manager, database, clock, town)
    milk = bookings[0]
    with database.writing() as session:
        small_town.take_from_shelf(session, milk, clock)

    manager.post(f"/sessions/{town.session_id}/plan/confirm", plan=plan_id)

    assert milk.lot_code in manager.words
    with database.reading() as session:
        assert all(not sheet.lines for sheet in handover.sheets(session, town.session_id))


def test_a_confirmation_can_be_taken_back_until_the_first_basket_is_handed_over(
    manager: Browser, database: Database, clock: Clock, town: Town
) -> None:
    small_town.stock_up(database, town, clock)
    plan_id = _propose(manager, database, clock, town)
    manager.post(f"/sessions/{town.session_id}/plan/confirm", plan=plan_id)

    manager.post(f"/sessions/{town.session_id}/plan/take-back")

    with database.reading() as session:
        assert {s.where.account.value for s in small_town.standings(session)} == {"shelf"}


def test_what_the_manager_leaves_out_stays_out_of_the_next_proposal(
    manager: Browser, database: Database, clock: Clock, town: Town, house: House
) -> None:
    small_town.stock_up(database, town, clock)
    plan_id = _propose(manager, database, clock, town)
    with database.reading() as session:
        give = proposals.get_proposal(session, plan_id).plan["give"][0]

    manager.post(f"/sessions/{town.session_id}/plan/baskets/{give['visit']}/{give['lot']}/ban")
    run_next(database, {"propose": proposals.make_proposal}, clock)

    with database.reading() as session:
        newest = proposals.latest(session, town.session_id)
        assert newest is not None
        assert newest.id != plan_id
        assert (give["visit"], give["lot"]) not in {(g["visit"], g["lot"]) for g in newest.plan["give"]}
