"""What concerns all partners together: the scale, households helped twice, parcels before any file."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from common.clock import Clock
from common.database import Database
from households.composition import Shares
from households.files import begin_file, keep_identity
from households.living_remainder import Line
from households.reference import scales
from households.register import decide, get_household
from households.scale import Rounding
from households.scales import scale_named, scales_of
from households.sealing import Identity, Seal
from network.partners import add_organisation
from network.roles import Role
from tests.api.conftest import Browser
from tests.households.people import AMINA, situation
from tests.small_town import Town


def test_another_scale_is_tried_on_todays_households_and_adopted_once(
    open_browser: Callable[[], Browser], database: Database, clock: Clock, town: Town
) -> None:
    with database.writing() as session:
        for household_id, cents in zip(town.household_ids[:2], (25_000, 60_000), strict=True):
            decide(
                session,
                household_id,
                scale=scales()[0],
                lines=[Line("wages", cents)],
                outcome="deferred",
                reason="committee",
                stamp=clock.stamp(1),
            )
    council = open_browser().sign_in(Role.COORDINATOR)
    stricter = {
        "version": "essai", "valid_from": "2026-12-01", "denominator": "persons", "days": "30",
        "urgent": "3", "admit": "8,50", "committee": "9", "count-wages": "1",
    }  # fmt: skip

    council.post("/scales", **stricter, do="compare")
    assert 'name="one"' not in council.page.text
    assert (
        "aide immédiate sous 3,00 €, admission jusqu’à 9,00 €, avis de la commission jusqu’à 11,00 €" in council.words
    )
    assert "commission → pas d’admission · 1 foyer" in council.words.replace("\u202f", " ")
    assert 'value="8,50"' in council.page.text

    for wrong in ({"admit": "many"}, {"urgent": "10"}, {"version": "2026"}, {"valid_from": "2026-11-22"}):
        assert council.post("/scales", **{**stricter, **wrong}, do="adopt").status_code in (400, 409)
    for _ in range(2):
        council.post("/scales", **stricter, do="adopt", key="the key of this form")
    with database.reading() as session:
        adopted = scales_of(session)
    assert [(s.version, s.thresholds.admit_cents) for s in adopted] == [("2026", 900), ("essai", 850)]

    council.get("/scales", one="essai", other="2026")
    assert "pas d’admission → commission · 1 foyer" in council.words.replace("\u202f", " ")
    assert council.page.text.count('<option value="essai" selected>') == 1
    assert council.get("/scales", one="essai", other="autre").status_code == 404
    assert "autre" in council.words


def test_a_scale_shares_by_parts_of_the_networks_own(
    open_browser: Callable[[], Browser], database: Database, clock: Clock, town: Town
) -> None:
    couple_with_two = town.household_ids[2]
    wages = [Line("wages", 100_000)]
    with database.writing() as session:
        decide(
            session,
            couple_with_two,
            scale=scales()[0],
            lines=wages,
            outcome="admitted",
            reason="committee",
            valid_until=dt.date(2027, 5, 1),
            stamp=clock.stamp(1),
        )
    council = open_browser().sign_in(Role.COORDINATOR)
    parts = {"part-first": "1", "part-next": "0,7", "part-child": "0,5", "part-until": "18"}
    own = {
        "version": "parts", "valid_from": "2026-11-24", "denominator": "parts", "days": "30,4", "rounding": "down",
        "urgent": "3", "admit": "9", "committee": "11", "count-wages": "1", **parts,
    }  # fmt: skip

    assert 'value="parts"' in council.get("/scales").text
    for wrong in (
        dict.fromkeys(parts, ""), {"part-child": ""}, {"part-next": "-1"}, {"part-first": "0"}, {"part-until": "30"},
        {"part-until": "1,5"}, {"part-child": "a half"}, {"days": "NaN"},
    ):  # fmt: skip
        assert council.post("/scales", **{**own, **wrong}, do="adopt").status_code == 400
        assert all(f'value="{typed}"' in council.page.text for typed in wrong.values())
    council.post("/scales", **own, do="compare")
    assert "admission → pas d’admission · 1 foyer" in council.words.replace("\u202f", " ")
    council.post("/scales", **own, do="adopt")
    with database.reading() as session:
        adopted = scale_named(session, "parts")

    assert adopted.rounding is Rounding.DOWN
    assert adopted.parts == Shares(Decimal(1), Decimal("0.7"), Decimal("0.5"), 18)
    assert "parts propres (1, puis 0,7, 0,5 avant 18 ans)" in council.get("/scales").text
    council.get("/scales", one="parts", other="2026")
    assert "pas d’admission → admission · 1 foyer" in council.words.replace("\u202f", " ")


def test_the_coordinator_sees_cards_helped_twice_and_no_name(
    open_browser: Callable[[], Browser], database: Database, clock: Clock, town: Town, seal: Seal
) -> None:
    with database.writing() as session:
        other = add_organisation(session, "Comité", "committee").id
        for household_id, partner in zip(town.household_ids[:2], (town.organisation_id, other), strict=True):
            begin_file(session, household_id, situation(partner), partner)
            keep_identity(session, seal, household_id, Identity((AMINA,)), clock.today())
        get_household(session, town.household_ids[1], to_change=True).organisation_id = other
    council = open_browser().sign_in(Role.COORDINATOR)

    council.get("/multiple-aid")

    assert "même nom et même naissance" in council.words
    assert "Amina" not in council.page.text


def test_a_parcel_is_given_by_a_volunteer_and_settled_by_a_social_worker(
    open_browser: Callable[[], Browser], town: Town
) -> None:
    volunteer, worker = open_browser().sign_in(Role.DISTRIBUTION), open_browser().sign_in(Role.SOCIAL_WORKER)
    parcel = {"site": str(town.site_id), "persons": "3", "infants": "1", "name": "Marie"}

    volunteer.post("/emergency", **parcel)
    assert "Marie" not in volunteer.page.text
    assert volunteer.post("/emergency", **{**parcel, "infants": "4"}).status_code == 400
    assert 'value="Marie"' in volunteer.page.text
    worker.get("/emergency")
    assert "Marie" in worker.words
    assert worker.post("/emergency/1/settled", card="nonsense").status_code == 400
    assert "Marie" in worker.words
    assert 'name="card" value="nonsense" aria-invalid="true"' in worker.page.text
    worker.post("/emergency/1/settled", card="")
    assert "Marie" not in worker.words
