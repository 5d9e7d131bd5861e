"""Photos of damage as people meet them: with a line, with a refusal, on a lot; and the reception read back."""

import re
from base64 import b64encode
from collections.abc import Callable
from io import BytesIO

from PIL import Image
from sqlalchemy import select

from common.clock import Clock
from common.database import Database
from network.roles import Role
from stock.photos import MOST, add_photo, cleaned
from stock.tables import DamagePhoto, Lot, Movement, Reception, RefusedGoods
from tests.api.conftest import Browser
from tests.api.test_entries import entry, send
from tests.small_town import MILK, YOGHURT, Town

Open = Callable[[], Browser]


def photo(colour: str = "brown") -> bytes:
    sent = BytesIO()
    Image.new("RGB", (40, 30), colour).save(sent, "JPEG")
    return sent.getvalue()


def written(colour: str = "brown") -> str:
    return b64encode(photo(colour)).decode()


def upload(browser: Browser, path: str, content: bytes, key: str) -> None:
    form = {"_csrf_token": browser.client.cookies["panier-forms"], "key": key}
    browser.page = browser.client.post(path, data=form, files={"photo": ("crate.jpg", content, "image/jpeg")})


def kept(database: Database) -> list[tuple[int | None, int | None]]:
    with database.reading() as session:
        rows = session.execute(select(DamagePhoto.lot_id, DamagePhoto.refused_id).order_by(DamagePhoto.id))
        return [(lot, refused) for lot, refused in rows]


def test_a_photo_goes_along_with_a_line_and_with_a_refusal_and_stays_where_something_is_wrong(
    open_browser: Open, town: Town, database: Database
) -> None:
    volunteer = open_browser().sign_in(Role.VOLUNTEER)
    volunteer.post("/intake/reception", donor=town.donor_id)

    first = written()
    past = volunteer.post("/intake/lines", scan=YOGHURT, typed="20/11", units="8", photo=first, key="past-line")
    wrong = volunteer.post("/intake/lines", scan=YOGHURT, typed="04/12", units="8", photo="no photo", key="no-photo")
    assert (past.status_code, wrong.status_code, kept(database)) == (409, 400, [])
    assert first in past.text  # the card holds it still
    assert "Ce n’est pas une photo" in wrong.text
    assert 'value="04/12"' in wrong.text  # nothing typed is lost

    for _ in range(2):
        volunteer.post("/intake/lines", scan=YOGHURT, typed="04/12", units="8", photo=written("red"), key="right-line")
        volunteer.post(
            "/intake/refusals", scan=MILK, amount="2", reason="pack_open", photo=written(), key="pack-refused"
        )

    with database.reading() as session:
        lot, refused = session.scalars(select(Lot)).one(), session.scalars(select(RefusedGoods)).one()
        came = session.scalars(select(Reception)).one().id
    assert kept(database) == [(lot.id, None), (None, refused.id)]
    (of_lot,) = re.findall(r'<img src="(/photos/\d+)"', volunteer.get(f"/stock/lots/{lot.code}").text)
    assert f"/receptions/{came}" in volunteer.page.text
    assert len(re.findall(r'<img src="/photos/', volunteer.get(f"/receptions/{came}").text)) == 2
    assert "Emballage ouvert ou abîmé" in volunteer.words
    picture = volunteer.get(of_lot)
    assert (picture.headers["content-type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")
    note = volunteer.get(f"/labels/receptions/{came}/note.pdf").content
    assert note.count(b"/Subtype /Image") == 2

    volunteer.post(f"{of_lot}/removed")
    assert volunteer.get(of_lot).status_code == 404
    assert kept(database) == [(None, refused.id)]


def test_a_photo_is_added_to_a_lot_and_to_what_was_turned_away_and_a_bad_one_is_told_so(
    open_browser: Open, town: Town, database: Database
) -> None:
    volunteer = open_browser().sign_in(Role.VOLUNTEER)
    volunteer.post("/intake/reception", donor=town.donor_id)
    volunteer.post("/intake/lines", scan=MILK, typed="31/03/2027", units="8", key="line-of-milk")
    volunteer.post("/intake/refusals", scan="", amount="4", reason="pests_mould", key="pack-refused")
    with database.reading() as session:
        code, came = session.scalars(select(Lot.code)).one(), session.scalars(select(Reception.id)).one()
        refused = session.scalars(select(RefusedGoods.id)).one()
    of_refused = f"/receptions/{came}/refused/{refused}/photos"

    for _ in range(2):
        upload(volunteer, f"/stock/lots/{code}/photos", photo(), "photo-of-lot")
        upload(volunteer, of_refused, photo(), "photo-of-refusal")
    assert [bool(lot) for lot, _ in kept(database)] == [True, False]

    for content, said in ((photo()[:200], "Ce n’est pas une photo"), (bytes(16_000_000), "au plus 15")):
        upload(volunteer, of_refused, content, f"bad-photo-{len(content)}")
        assert said in volunteer.words
    upload(volunteer, f"/receptions/{came + 1}/refused/{refused}/photos", photo(), "another-reception")
    assert volunteer.page.status_code == 404
    assert len(kept(database)) == 2


def test_a_photo_waits_in_the_queue_of_a_phone(
    open_browser: Open, town: Town, database: Database, clock: Clock
) -> None:
    volunteer = open_browser().sign_in(Role.VOLUNTEER)
    line = {"scan": MILK, "units": 1, "date": "31/03/2027"}
    entries = [
        entry("line", town, clock, line=line, photo=written()),
        entry("refusal", town, clock, refusal={"scan": MILK, "reason": "pack_open"}, photo=written("red")),
        entry("bad", town, clock, line=line, photo="?"),
    ]

    first, again = send(volunteer, *entries), send(volunteer, *entries)

    assert [(outcome["done"], outcome["code"]) for outcome in first] == [(True, ""), (True, ""), (False, "NotAPhoto")]
    assert again == first
    assert len(kept(database)) == 2


def test_programs_keep_a_photo_of_one_lot_or_of_one_refusal(open_browser: Open, town: Town, database: Database) -> None:
    program = open_browser().sign_in(Role.VOLUNTEER).client
    came = program.post("/api/v1/receptions", json={"site_id": town.site_id, "donor_id": town.donor_id}).json()["id"]
    line = {"scan": MILK, "units": 8, "date": "31/03/2027"}
    lot = program.post(f"/api/v1/receptions/{came}/lines", json=line).json()["lot_code"]
    turned = {"reason": "pack_open", "grams": 300}
    refused = program.post(f"/api/v1/receptions/{came}/refusals", json=turned).json()["id"]
    of_lot, of_refused = f"/api/v1/stock/lots/{lot}/photos", f"/api/v1/receptions/{came}/refusals/{refused}/photos"

    for path, key in ((of_lot, "photo-of-lot"), (of_refused, "photo-of-refusal")):
        sent = [program.post(path, json={"photo": written()}, headers={"Idempotency-Key": key}) for _ in range(2)]
        assert [answer.status_code for answer in sent] == [201, 201]
    bad = [program.post(of_lot, json={"photo": text}).json()["code"] for text in ("", "no photo", written()[:80])]
    nowhere = program.post(f"/api/v1/receptions/{came}/refusals/{refused + 1}/photos", json={"photo": written()})
    listed = program.get(f"/api/v1/receptions/{came}/photos").json()

    assert bad == ["NotAPhoto"] * 3
    assert nowhere.status_code == 404
    assert [(bool(lot_id), refused_id) for lot_id, refused_id in kept(database)] == [(True, None), (False, refused)]
    assert [(one["lot"], one["refused_id"]) for one in listed] == [(lot, None), ("", refused)]


def test_the_thirteenth_photo_is_left_out_and_the_line_it_came_with_is_booked(
    open_browser: Open, town: Town, database: Database, clock: Clock
) -> None:
    volunteer = open_browser().sign_in(Role.VOLUNTEER)
    volunteer.post("/intake/reception", donor=town.donor_id)
    volunteer.post("/intake/lines", scan=MILK, typed="31/03/2027", units="8", key="line-of-milk")
    with database.writing() as session:
        lot_id = session.scalars(select(Lot.id)).one()
        for _ in range(MOST):
            add_photo(session, cleaned(photo()), clock.stamp(), lot_id=lot_id)

    volunteer.post("/intake/lines", scan=MILK, typed="31/03/2027", units="3", photo=written(), key="one-too-many")
    (kept_by_phone,) = send(
        volunteer,
        entry("two-too-many", town, clock, line={"scan": MILK, "units": 1, "date": "31/03/2027"}, photo=written()),
    )

    left_out = "La photo n’a pas été gardée\u202f: ce lot en a déjà douze"
    assert left_out.replace("\u202f", " ") in volunteer.words
    assert (kept_by_phone["done"], kept_by_phone["note"]) == (True, left_out)
    with database.reading() as session:
        assert session.scalars(select(Movement.quantity).order_by(Movement.id)).all() == [8, 3, 1]
    assert len(kept(database)) == MOST
