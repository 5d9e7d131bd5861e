"""Papers printed from what the house knows: each link of the page opens a PDF that says it."""

import datetime as dt
import re
from collections.abc import Callable

from sqlalchemy import select

from api.house import House
from common.clock import PARIS, Clock
from common.database import Database
from households.files import keep_identity
from households.register import get_household
from households.sealing import Identity, Named
from network.roles import Role
from network.tables import AuditEntry
from stock.receptions import open_reception, refuse_goods
from stock.tables import Donor
from stock.thermometer import note_temperatures
from tests.api.conftest import Browser
from tests.api.test_household_pages import sign
from tests.labels.reading import text_of
from tests.small_town import FRIDAY, Town, stock_up


def paper(browser: Browser, path: str) -> str:
    """What the PDF at this address says, without the spaces that cannot be told apart."""
    answer = browser.client.get(path)
    assert answer.headers["content-type"] == "application/pdf", answer.text
    return " ".join(text_of(answer.content)).replace("\u202f", " ")


def test_every_paper_of_the_page_opens_and_says_what_is_known(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    stock_up(database, town, clock)
    with database.writing() as session:
        came = open_reception(session, town.site_id, session.get_one(Donor, town.donor_id), clock.stamp())
        note_temperatures(session, came.id, {"chilled": 35}, clock.stamp())
        refuse_goods(session, came.id, "use_by_passed", 1200, clock.stamp())
        cards = [get_household(session, number).card for number in town.household_ids]
    manager.get("/labels/papers")
    links = re.findall(r'href="([^"]+\.pdf[^"]*)"', manager.page.text)

    said = {link.split("?")[0].rsplit("/", 1)[1]: paper(manager, link) for link in links}
    asked = {"donor": town.donor_id, "site": town.site_id}
    pickup = paper(manager, f"/labels/pickup.pdf?donor={asked['donor']}&site={asked['site']}")
    printed_cards = paper(manager, "/households/cards.pdf?start=3")
    count = paper(manager, f"/labels/count.pdf?site={asked['site']}")

    assert "Lait demi-écrémé UHT DDM 31/03/2027 12 12 kg" in said["note.pdf"]
    assert "Produits frais 8 °C 3,5 °C" in said["note.pdf"]
    assert "1,2 kg" in said["note.pdf"]
    assert all(card in said["attendance.pdf"] for card in cards)
    assert all(card[:3] in printed_cards for card in cards)
    assert "Centre social" in said["privacy.pdf"]
    assert "Supermarché du Bois" in pickup
    assert "Étagère A Coquillettes" in count
    # How much is there is not said; the code of the lot may hold these figures, too.
    assert not re.search(r"(?<!\w)12(?!\w)", count.split("Lait demi-écrémé UHT")[1].split("Aussi")[0])


def test_the_list_of_the_day_names_people_for_who_stands_at_the_door_and_each_printing_is_written_down(
    open_browser: Callable[[], Browser], house: House, database: Database, clock: Clock, town: Town
) -> None:
    named = town.household_ids[1]
    with database.writing() as session:
        amina = Identity((Named("Amina", "Ben Saïd", "1985", "self"),))
        keep_identity(session, house.seal, named, amina, clock.today())
        cards = [get_household(session, number).card for number in town.household_ids]
    page = f"/sessions/{town.session_id}/attendance"
    with_names = f"{page}.pdf?names=1"

    def printed(role: Role) -> tuple[bool, str]:
        browser = open_browser().sign_in(role)
        offered = {with_names in browser.get(path).text for path in (page, "/labels/papers")}
        assert "Amina" not in browser.page.text
        return offered == {True}, paper(browser, with_names)

    early = printed(Role.DISTRIBUTION)
    house.clock = Clock(at=dt.datetime.combine(FRIDAY - dt.timedelta(days=1), dt.time(18), PARIS))
    offered, said = printed(Role.DISTRIBUTION)
    others = [printed(role) for role in (Role.MANAGER, Role.COORDINATOR)]

    assert offered
    assert "Amina Ben Saïd" in said
    assert all(card in said for card in cards)
    for offered_too, text in (early, *others):
        assert not offered_too
        assert "Amina" not in text
        assert all(card in text for card in cards)
    with database.reading() as session:
        looks = session.scalars(select(AuditEntry).where(AuditEntry.action == "identity.read")).all()
    assert [look.subject for look in looks] == [f"household:{named}"]


def test_a_decision_is_printed_with_its_steps_for_those_who_open_files(
    open_browser: Callable[[], Browser], town: Town
) -> None:
    browser = open_browser().sign_in(Role.SOCIAL_WORKER)
    path = f"/households/{town.household_ids[1]}"
    assert browser.client.get(f"{path}/decision.pdf").status_code == 404
    sign(browser, path)
    assert f'href="{path}/decision.pdf"' in browser.page.text

    text = paper(browser, f"{path}/decision.pdf")

    assert "635,70 €" in text
    assert "5,00 €" in text
    assert "Centre social" in text
