"""The pages anybody may read, and what reaches social workers from there."""

import re
from collections.abc import Callable

from sqlalchemy import select

from common.clock import Clock
from common.database import Database
from households.tables import FirstContact
from network.directory import FOOD, describe_partner, describe_site
from network.roles import Role
from tests.api.conftest import Browser
from tests.small_town import Town


def describe(database: Database, clock: Clock, town: Town) -> None:
    stamp = clock.stamp(1)
    with database.writing() as session:
        describe_partner(
            session,
            town.organisation_id,
            phone="03 53 01 62 10",
            services=[FOOD],
            known_services=[FOOD],
            charter_signed_on=None,
            accredited_until=None,
            stamp=stamp,
        )
        describe_site(
            session, town.site_id, address="1 rue Haute", hours={4: "14h-17h"}, closed="24/12/2026", stamp=stamp
        )


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_anybody_reads_who_helps_where_and_when_in_both_languages(
    open_browser: Callable[[], Browser], database: Database, clock: Clock, town: Town
) -> None:
    describe(database, clock, town)
    nobody = open_browser()

    nobody.get("/open-door")
    for said in ("1 rue Haute", "vendredi", "14:00–17:00", "03 53 01 62 10", "Ce qu’il faut apporter"):
        assert said in nobody.words
    nobody.post("/language/en?next=/open-door")
    for said in ("1 rue Haute", "Friday", "What to bring"):
        assert said in nobody.words


def test_the_check_says_what_is_left_and_never_no_and_keeps_nothing(
    open_browser: Callable[[], Browser], database: Database, town: Town
) -> None:
    nobody = open_browser()
    before = row_counts(database)

    nobody.post("/open-door/check", adults="1", children="2", **{"amount-wages": "1 450", "amount-rent": "830"})
    assert "6,89 €" in plain(nobody.words)
    assert "Venez nous voir" in nobody.words
    nobody.post("/open-door/check", adults="1", **{"amount-wages": "5000"})
    assert "Venez nous voir" in nobody.words
    assert "admission" not in nobody.words
    for wrong in ({"adults": "many"}, {"adults": "0"}, {"adults": "000099"}, {"adults": "1", "amount-rent": "-5"}):
        assert nobody.post("/open-door/check", **wrong).status_code == 400

    assert row_counts(database) == before


def row_counts(database: Database) -> list[int]:
    from sqlalchemy import func

    from api.migrations import METADATA

    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in METADATA.sorted_tables]


def test_a_request_reaches_a_social_worker_and_its_name_goes_once_they_were_called(
    open_browser: Callable[[], Browser], database: Database, clock: Clock, town: Town
) -> None:
    describe(database, clock, town)
    nobody, worker = open_browser(), open_browser().sign_in(Role.SOCIAL_WORKER)
    asked = {"name": "Marie L.", "phone": "06 39 98 44 55", "service": FOOD}

    nobody.post("/open-door/contact", **{**asked, "phone": "soon"})
    assert 'value="Marie L."' in nobody.page.text
    nobody.post("/open-door/contact", **asked, website="spam.example")
    shown = re.findall(r'name="key" value="([^"]+)"', nobody.page.text)
    for _ in range(2):
        nobody.post("/open-door/contact", **asked, key=shown)
        assert "Merci" in nobody.words
    worker.get("/first-contacts")
    assert worker.page.text.count("Marie L.") == 1
    with database.reading() as session:
        contact = session.scalars(select(FirstContact)).one()
        assert b"Marie" not in (contact.sealed or b"")
    worker.post(f"/first-contacts/{contact.id}/answered")
    assert "Marie L." not in worker.page.text


def test_the_coordinator_keeps_the_directory_and_typing_is_never_lost(
    open_browser: Callable[[], Browser], clock: Clock, town: Town
) -> None:
    council = open_browser().sign_in(Role.COORDINATOR)
    partner, site = f"/partners/{town.organisation_id}", f"/partners/sites/{town.site_id}"

    council.post(partner, phone="03 53 01 62 10", service=["food", "budget"], accredited="2027-01-15", charter="")
    council.post(site, address="1 rue Haute", closed="24/12/2026", **{"hours-4": "9h-12h, 14h-17h30"})
    assert "09:00–12:00, 14:00–17:30" in council.words
    assert "agrément" in council.words or "habilitation" in council.words
    for wrong in ({"hours-1": "in the morning"}, {"closed": "Christmas"}, {"address": "x" * 201}):
        page = council.post(site, **{"address": "2 rue Basse", **wrong})
        assert page.status_code == 400
        assert next(iter(wrong.values())) in page.text


def test_a_need_is_handed_to_a_partner_who_answers_and_consent_is_taken_back(
    open_browser: Callable[[], Browser], database: Database, town: Town, clock: Clock
) -> None:
    from network.partners import add_organisation
    from network.tables import Account

    with database.writing() as session:
        helper = add_organisation(session, "Point budget", "association").id
        account = session.scalars(select(Account).where(Account.role == Role.PARTNER)).one()
        account.organisation_id = helper
    worker, partner = open_browser().sign_in(Role.SOCIAL_WORKER), open_browser().sign_in(Role.PARTNER)
    path = f"/households/{town.household_ids[2]}"

    worker.post(f"{path}/referrals", need="budget", partner=str(helper), until="2027-01-31", share=["composition"])
    assert "Point budget" in worker.words
    partner.get("/referrals")
    assert "4 personnes" in plain(partner.words)
    partner.post("/referrals/1", state="appointment", appointment="2026-12-01")
    assert "01/12/2026" in worker.get(f"{path}/file").text
    worker.post(f"{path}/referrals/1/withdrawn")
    assert "4 personnes" not in plain(partner.get("/referrals").text)
    assert partner.get("/households").status_code == 403


def test_a_workshop_is_planned_filled_and_attended(
    open_browser: Callable[[], Browser], database: Database, town: Town
) -> None:
    from households.register import get_household

    with database.reading() as session:
        card = get_household(session, town.household_ids[0]).card
    worker = open_browser().sign_in(Role.SOCIAL_WORKER)
    planned = {"kind": "cooking", "title": "Céleri", "on": "2026-11-23", "begins": "14:00", "where": "Cuisine"}

    assert worker.post("/workshops", **planned, places="0").status_code == 400
    assert 'value="Céleri"' in worker.page.text
    worker.post("/workshops", **planned, places="1")
    workshop = worker.page.url.path
    assert worker.post(f"{workshop}/seats", card="no card").status_code == 400
    assert 'name="card" value="no card" aria-invalid="true"' in worker.page.text
    worker.post(f"{workshop}/seats", card=card)
    assert card in worker.words
    assert "1 sur 1 place" in worker.words
    assert "1 sur 1 places" not in worker.words
    worker.post(f"{workshop}/attendance", came=str(town.household_ids[0]))
    assert "checked" in worker.page.text
