"""A reception in full: how goods came, how cold, what the programme decides, and short dates for a planned session."""

import re
from collections.abc import Callable

import pytest
from biip.checksums import gs1_standard_check_digit
from sqlalchemy import select

from allocation.sessions import plan_session
from api.documents import lot_labels_for
from common.clock import Clock
from common.database import Database
from labels.marks import Urgency as Mark
from network.roles import Role
from stock.catalogue import add_code
from stock.donors import add_donor
from stock.rules import Tare, set_short_circuit, set_tares
from stock.tables import Donor, Lot, Movement, ProductCode, Reception, RefusedGoods, TemperatureReading
from tests.api.conftest import Browser
from tests.api.test_damage_photos import written
from tests.small_town import MILK, YOGHURT, Town, receive_pears, stock_up

Open = Callable[[], Browser]


@pytest.fixture
def volunteer(open_browser: Open) -> Browser:
    return open_browser().sign_in(Role.VOLUNTEER)


def test_a_case_is_counted_as_cases_and_booked_as_what_is_in_it(
    volunteer: Browser, town: Town, database: Database
) -> None:
    case = "1" + MILK[:-1]
    case += str(gs1_standard_check_digit(case))
    with database.writing() as session:
        add_code(session, session.get_one(ProductCode, MILK.zfill(14)).product_id, case, units=6)
    volunteer.post("/intake/reception", donor=town.donor_id)

    assert "Combien de cartons de 6" in volunteer.get("/intake", scan=case).text
    assert "Combien de cartons" not in volunteer.get("/intake", scan=MILK).text
    volunteer.post("/intake/lines", scan=case, typed="fin 03/27", units="2", key="line-of-cases")
    assert "12 pièces" in volunteer.get("/intake").text


def test_a_line_just_booked_shows_the_date_that_was_typed(volunteer: Browser, town: Town) -> None:
    volunteer.post("/intake/reception", donor=town.donor_id)
    volunteer.post("/intake/lines", scan=MILK, typed="fin 03/27", units="2", key="line-of-milk")

    booked = volunteer.get("/intake").text.partition("recent-title")[2]
    assert "DDM 31/03/2027" in booked


def test_where_nobody_gives_yet_intake_leads_to_who_registers_a_donor(
    volunteer: Browser, manager: Browser, town: Town, database: Database
) -> None:
    with database.writing() as session:
        for donor in session.scalars(select(Donor)):
            donor.active = False

    page = volunteer.get("/intake").text
    assert "Le responsable du site inscrit les donateurs" in page
    assert 'name="donor"' not in page
    page = manager.get("/intake").text
    assert '<a href="/donors">Inscrire un donateur</a>' in page
    assert re.search(r"<details[^>]* open>\s*<summary>.*Inscrire un donateur", manager.get("/donors").text)


def test_a_reception_says_how_it_came_and_what_its_programme_decides(
    volunteer: Browser, town: Town, database: Database
) -> None:
    assert "FSE+ — donné gratuitement seulement" in volunteer.get("/intake").text

    volunteer.post(
        "/intake/reception",
        donor=town.donor_id,
        kind="programme",
        source="esf_plus",
        vehicle="Camion frigo",
        key="reception",
    )

    assert "Programme européen ou de l’État · Camion frigo" in volunteer.words
    assert re.search(r'<div id="camera"[^>]* hx-preserve>', volunteer.page.text), "the camera outlives a booking"
    card = volunteer.get("/intake", scan=YOGHURT).text
    assert 'aria-labelledby="scanned"' in card
    assert 'aria-describedby="scanned reading"' in card, "the field says what was scanned, and how its date is read"
    with database.reading() as session:
        came = session.scalars(select(Reception)).one()
        assert (came.kind, came.source, came.vehicle) == ("programme", "esf_plus", "Camion frigo")


def test_temperatures_are_taken_twice_and_one_that_is_too_high_is_refused_in_two_taps(
    volunteer: Browser, town: Town, database: Database
) -> None:
    volunteer.post("/intake/reception", donor=town.donor_id)
    volunteer.post("/intake/temperatures", moment="takeover", chilled="6", key="cold-one")
    volunteer.post("/intake/temperatures", moment="arrival", family="yoghurt", of_family="12", key="cold-two")

    volunteer.post("/intake/lines", scan=YOGHURT, typed="04/12", units="8", key="warm-line")
    assert "Refuser : Chaîne du froid rompue" in volunteer.words
    assert "Au plus selon l’étiquette" in volunteer.words
    volunteer.post("/intake/refusals", scan=YOGHURT, amount="8", reason="cold_chain_broken", key="warm-refused")

    with database.reading() as session:
        assert session.scalars(select(RefusedGoods.grams)).all() == [4000]
        told = session.execute(select(TemperatureReading.moment, TemperatureReading.tenths)).all()
    assert [tuple(row) for row in told] == [("takeover", 60), ("arrival", 120)]


def test_what_a_passed_date_says_is_told_once_and_refused_in_one_tap(volunteer: Browser, town: Town) -> None:
    volunteer.post("/intake/reception", donor=town.donor_id)

    volunteer.post("/intake/lines", scan=YOGHURT, typed="22/11", units="8", key="past-line")

    assert volunteer.words.count("ce produit ne peut pas être accepté.") == 1
    assert volunteer.words.count("Refuser : DLC dépassée") == 1
    assert "Refuser pour un autre motif" in volunteer.words


def test_what_the_last_time_was_is_said_of_the_date_that_stands_there_and_not_of_another_one(
    volunteer: Browser, town: Town, database: Database, clock: Clock
) -> None:
    """It stands in what is read anew as a date is typed."""
    stock_up(database, town, clock)
    volunteer.post("/intake/reception", donor=town.donor_id)

    card = volunteer.get("/intake", scan=YOGHURT).text
    assert "comme la dernière fois" in re.findall(r'<div class="reading".*?</div>', card, re.DOTALL)[0]
    assert "comme la dernière fois" not in volunteer.get("/intake/date", scan=YOGHURT, typed="04/12").text


def test_the_donor_is_chosen_and_nobody_is_taken_for_granted_where_several_give(
    volunteer: Browser, town: Town, database: Database
) -> None:
    assert "Choisir le donateur" not in volunteer.get("/intake").text
    with database.writing() as session:
        add_donor(session, code="SECOND", name="Aux deux moulins", kind="bakery", source="donation")

    assert '<option value="">Choisir le donateur</option>' in volunteer.get("/intake").text


def test_what_a_donor_mostly_brings_is_at_hand_and_the_other_pictures_one_tap_away(
    volunteer: Browser, town: Town, database: Database, clock: Clock
) -> None:
    receive_pears(database, town, clock)
    volunteer.post("/intake/reception", donor=town.donor_id)

    tiles = volunteer.get("/intake").text.split("Pas de code-barres")[1]

    at_hand, others = tiles.split("1 autre image")
    assert re.findall("scan=([A-Z]+)", at_hand) == ["POIRE", "POIRE"], "its link, with and without a script"
    assert set(re.findall("scan=([A-Z]+)", others)) == {"POMME"}


def test_families_stand_as_a_dictionary_orders_them(volunteer: Browser, town: Town) -> None:
    volunteer.post("/intake/reception", donor=town.donor_id)

    volunteer.get("/intake", scan="3560071000011")

    order = [
        volunteer.words.index(name) for name in ("Céréales complètes", "Crème longue", "Eaux", "Œufs", "Pain frais")
    ]
    assert order == sorted(order)


def test_a_short_use_by_date_comes_in_for_the_session_chosen_on_the_page(
    volunteer: Browser, town: Town, database: Database, clock: Clock
) -> None:
    tomorrow = {"scan": YOGHURT, "typed": "24/11", "units": "8"}
    volunteer.post("/intake/reception", donor=town.donor_id)
    assert "moins de 48 heures" in volunteer.get("/intake/date", scan=YOGHURT, typed="24/11").text
    with database.writing() as session:
        plan_session(session, town.site_id, clock.today(), "free")
        set_short_circuit(session, town.site_id, True, "Plan de maîtrise sanitaire", clock.stamp())

    asked = volunteer.get("/intake/date", scan=YOGHURT, typed="24/11").text
    refused = volunteer.post("/intake/lines", **tomorrow, key="short-without")
    booked = volunteer.post("/intake/lines", **tomorrow, session_on=clock.today().isoformat(), key="short-with")

    assert 'name="session_on" value="2026-11-23"' in asked
    assert (refused.status_code, booked.status_code) == (409, 200)
    with database.reading() as session:
        lot = session.scalars(select(Lot)).one()
    assert lot.session_on == clock.today()
    assert "Entré par le circuit court" in volunteer.get(f"/stock/lots/{lot.code}").text


def test_the_crate_is_taken_off_what_the_scale_shows(
    volunteer: Browser, town: Town, database: Database, clock: Clock
) -> None:
    with database.writing() as session:
        set_tares(session, town.site_id, [Tare("Caisse verte", 1800)], clock.stamp())
    volunteer.post("/intake/reception", donor=town.donor_id)
    assert "Caisse verte" in volunteer.get("/intake", scan="ART-POMME").text

    volunteer.post("/intake/lines", scan="ART-POMME", weight="12", tare="1800", key="crate-one")
    heavy = volunteer.post("/intake/lines", scan="ART-POMME", weight="1,8", tare="1800", key="crate-two")

    assert heavy.status_code == 400
    with database.reading() as session:
        assert session.scalars(select(Movement.quantity)).all() == [10_200]


def test_the_administrator_sets_the_rules_and_keeps_what_was_typed(
    open_browser: Open, town: Town, clock: Clock
) -> None:
    administrator = open_browser().sign_in(Role.ADMINISTRATOR)
    assert "/rules" in administrator.get("/accounts").text

    milder = administrator.post(
        "/rules/figures/min_use_by_hours", value="24", valid_from="2026-11-23", key="milder-hours"
    )
    assert (milder.status_code, 'value="24"' in milder.text) == (400, True)
    unproven = administrator.post(f"/rules/sites/{town.site_id}/short-circuit", allowed="yes", key="unproven-site")
    assert unproven.status_code == 400
    stricter = {"value": "72", "valid_from": "2026-11-23", "source": "Conseil"}
    administrator.post("/rules/figures/min_use_by_hours", **stricter, key="stricter-hours")
    administrator.post(f"/rules/sites/{town.site_id}/tares", written="Caisse verte 1,8\nBac 0,95 kg", key="two-crates")

    assert "72 heures" in administrator.words
    assert "Caisse verte 1,8\nBac 0,95" in administrator.page.text


def test_the_steps_of_urgency_hold_on_pages_labels_and_phones_from_their_day_on(
    open_browser: Open, town: Town, clock: Clock, database: Database
) -> None:
    yoghurt = stock_up(database, town, clock)[1].lot_id  # its last day is the 28th, in five days
    administrator, volunteer = open_browser().sign_in(Role.ADMINISTRATOR), open_browser().sign_in(Role.VOLUNTEER)

    def marked() -> tuple[list[str], str, Mark]:
        with database.reading() as session:
            [label] = lot_labels_for(session, [yoghurt], clock.today())
        steps = volunteer.get("/api/v1/intake/kit").json()["steps"]
        page = volunteer.get("/stock", q="Yaourt").text
        return re.findall(r'mark (\w+)"><svg.*?</svg><time', page), str(steps), label.urgency

    usual = marked()
    said = {"now": "2", "soon": "5", "watch": "3", "valid_from": "2026-11-23", "source": "Conseil"}
    refused = administrator.post("/rules/urgency", **said, key="steps-that-fall")
    administrator.post("/rules/urgency", **(said | {"watch": "9"}), key="steps-that-grow")

    assert (refused.status_code, 'value="5"' in refused.text) == (400, True)
    assert usual == (["watch"], "{'now': 1, 'soon': 3, 'watch': 7}", Mark.WEEK)
    assert marked() == (["soon"], "{'now': 2, 'soon': 5, 'watch': 9}", Mark.SOON)
    assert "à donner d’ici 9 jours" in volunteer.get("/stock").text


def test_the_same_again_is_one_tap_and_a_line_that_was_wrong_is_corrected_in_its_place(
    volunteer: Browser, town: Town, database: Database
) -> None:
    volunteer.post("/intake/reception", donor=town.donor_id)
    volunteer.post("/intake/lines", scan=YOGHURT, typed="04/12", units="8", lot="L1", key="line-first")
    [label] = set(re.findall(r'name="scan" value="(LOT-[^"]+)"', volunteer.page.text))
    volunteer.post("/intake/lines", scan=label, units="8", place="2", key="line-again")

    card = volunteer.get("/intake", edit="2").text
    assert [value in card for value in ('name="replaces" value="2"', 'value="04/12/2026"', 'value="8"')] == [True] * 3
    refused = volunteer.post("/intake/lines", scan=YOGHURT, typed="20/11", units="6", replaces="2", key="line-wrong")
    volunteer.post("/intake/lines", scan=YOGHURT, typed="05/12", units="6", replaces="2", key="line-right")

    assert refused.status_code == 409
    with database.reading() as session:
        moved = [tuple(row) for row in session.execute(select(Movement.quantity, Movement.undoes_id))]
    assert moved == [(8, None), (8, None), (8, 2), (6, None)]


def test_a_reception_is_finished_with_what_it_lacks_said_and_reopened(
    open_browser: Open, volunteer: Browser, town: Town
) -> None:
    colleague, program = open_browser().sign_in(Role.MANAGER), volunteer.client
    volunteer.post("/intake/reception", donor=town.donor_id)
    volunteer.post("/intake/lines", scan=YOGHURT, typed="04/12", units="8", key="line-of-it")
    assert 'href="/receptions/1"' in volunteer.get("/intake").text
    volunteer.get("/receptions/1")
    assert "Aucune température n’a été relevée pour : Yaourts" in volunteer.words

    colleague.post("/receptions/1/finish", key="end-of-it")
    late = volunteer.post("/intake/lines", scan=YOGHURT, typed="04/12", units="2", key="line-late")
    asked_again = volunteer.get("/intake").text
    told = volunteer.words
    line = {"scan": YOGHURT, "units": 2, "date": "04/12/2026"}
    refused = program.post("/api/v1/receptions/1/lines", json=line)
    [whole] = program.get("/api/v1/receptions", params={"on": "2026-11-23", "site_id": town.site_id}).json()

    assert (late.status_code, refused.json()["code"]) == (409, "ReceptionFinished")
    assert "Qui apporte les produits" in asked_again
    assert "Une personne (manager) a terminé la réception 1" in told
    assert [row["quantity"] for row in whole["received"]] == [8]
    assert whole["missing"] == {"lines": False, "temperatures": ["yoghurt"]}
    assert whole["reception"]["finished_at"]
    assert program.get("/api/v1/receptions", params={"on": "2026-11-22"}).json() == []

    colleague.post("/receptions/1/reopen", key="not-the-end")
    again = program.post("/api/v1/receptions/1/lines", json=line)
    ended = program.post("/api/v1/receptions/1/finish", json={}).json()
    assert (again.status_code, ended["lines"], ended["finished_at"] is None) == (201, 2, False)
    assert program.post("/api/v1/receptions/1/reopen", json={}).json()["finished_at"] is None


@pytest.fixture
def finished(open_browser: Open, volunteer: Browser, town: Town) -> Browser:
    """A reception that a colleague finishes while the volunteer types a line under it; the colleague."""
    volunteer.post("/intake/reception", donor=town.donor_id, vehicle="Camion frigo")
    colleague = open_browser().sign_in(Role.MANAGER)
    colleague.post("/receptions/1/finish", key="end-of-it")
    return colleague


LINE = {"scan": YOGHURT, "typed": "04/12", "units": "8", "lot": "L7", "reception": "1"}


def lines(database: Database) -> list[tuple[int, int, str]]:
    with database.reading() as session:
        rows = session.execute(
            select(Lot.reception_id, Movement.quantity, Lot.lot_number).join(Movement).order_by(Movement.id)
        )
        return [(reception, quantity, lot) for reception, quantity, lot in rows]


@pytest.mark.usefixtures("finished")
def test_a_line_typed_while_a_colleague_finishes_is_kept_and_goes_where_the_person_chooses(
    volunteer: Browser, database: Database
) -> None:
    late = volunteer.post("/intake/lines", **LINE, photo=written(), key="line-late")
    kept = [value in late.text for value in ('value="04/12"', 'value="8"', 'value="L7"', f'value="{written()}"')]
    said = volunteer.words
    volunteer.post("/intake/lines", **LINE | {"typed": "20/11"}, then="another", key="line-passed")
    still_offered = 'name="then" value="reopen"' in volunteer.page.text
    volunteer.post("/intake/lines", **LINE, then="reopen", photo=written(), key="line-reopened")
    volunteer.post("/intake/lines", **LINE | {"units": "2"}, key="line-after")

    assert (late.status_code, kept) == (409, [True] * 4)
    assert "Une personne (manager) a terminé la réception 1, Supermarché du Bois, le" in said
    assert "Ce que vous avez saisi est gardé" in said
    assert still_offered
    assert lines(database) == [(1, 8, "L7"), (1, 2, "L7")]


def test_it_goes_under_another_reception_of_the_same_donor_and_so_does_what_follows(
    volunteer: Browser, finished: Browser, database: Database, town: Town
) -> None:
    volunteer.post("/intake/lines", **LINE, then="another", key="line-another")
    volunteer.post("/intake/lines", scan=YOGHURT, typed="04/12", units="2", lot="L7", key="line-next")
    finished.post("/intake/reception", donor=town.donor_id)
    refused = finished.post("/intake/lines", **LINE | {"units": "1"}, key="line-of-colleague")

    assert lines(database) == [(2, 8, "L7"), (2, 2, "L7")]
    with database.reading() as session:
        assert session.get_one(Reception, 2).vehicle == "Camion frigo"
    assert "Enregistrer sous la réception 2, ouverte entre-temps" in finished.words
    assert 'name="then" value="reopen"' not in refused.text


@pytest.mark.usefixtures("finished")
def test_a_refusal_noted_while_a_colleague_finishes_keeps_its_weight_and_is_noted_where_chosen(
    volunteer: Browser, database: Database
) -> None:
    turned = {"scan": YOGHURT, "reason": "pack_open", "amount": "7", "reception": "1"}

    late = volunteer.post("/intake/refusals", **turned, key="refusal-late")
    volunteer.post("/intake/refusals", **turned, then="another", key="refusal-another")

    assert (late.status_code, 'name="amount" type="text" value="7"' in late.text) == (409, True)
    with database.reading() as session:
        noted = session.execute(select(RefusedGoods.reception_id, RefusedGoods.grams)).all()
    assert [tuple(row) for row in noted] == [(2, 3500)]


@pytest.mark.usefixtures("finished")
def test_temperatures_typed_while_a_colleague_finishes_are_kept_and_noted_where_chosen(
    volunteer: Browser, database: Database
) -> None:
    taken = {"moment": "takeover", "chilled": "3,5", "family": "yoghurt", "of_family": "4", "reception": "1"}

    late = volunteer.post("/intake/temperatures", **taken, key="cold-late")
    said = volunteer.words
    volunteer.post("/intake/temperatures", **taken | {"chilled": "tiède"}, then="another", key="cold-typo")
    still_offered = 'name="then" value="another"' in volunteer.page.text
    volunteer.post("/intake/temperatures", **taken, then="another", key="cold-another")
    volunteer.post("/intake/lines", scan=YOGHURT, typed="04/12", units="2", lot="L7", key="line-next")

    typed = (
        'name="chilled" type="text" value="3,5"',
        'value="takeover" selected',
        'value="yoghurt" selected',
        'value="4"',
    )
    assert (late.status_code, [value in late.text for value in typed]) == (409, [True] * 4)
    assert "Une personne (manager) a terminé la réception 1, Supermarché du Bois, le" in said
    assert "Ce que vous avez saisi est gardé" in said
    assert still_offered
    with database.reading() as session:
        other = session.scalars(select(Reception.id).where(Reception.closed_at.is_(None))).one()
        noted = session.execute(select(TemperatureReading.reception_id, TemperatureReading.tenths)).all()
    assert sorted(tuple(row) for row in noted) == [(other, 35), (other, 40)]
    assert lines(database) == [(other, 2, "L7")]


def test_a_line_goes_under_the_reception_its_page_was_shown_for_not_the_last_one_that_is_open(
    open_browser: Open, volunteer: Browser, finished: Browser, database: Database, town: Town
) -> None:
    with database.writing() as session:
        other = add_donor(session, code="BOUL", name="Boulangerie", kind="bakery", source="donation")
    finished.post("/intake/reception", donor=other.id)

    somebody_else = open_browser().sign_in(Role.VOLUNTEER)  # has chosen no donor on this device
    answer = somebody_else.post("/intake/lines", **LINE, key="line-of-page")

    assert (answer.status_code, lines(database)) == (409, [])
