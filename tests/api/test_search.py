"""Search everywhere: by words, by code, and only among what the person may see."""

import re
from collections.abc import Callable

from common.clock import Clock
from common.database import Database
from households.tables import Household
from network.roles import Role
from tests import small_town
from tests.api.conftest import Browser
from tests.api.test_registration import FAMILY
from tests.small_town import MILK, Town

Open = Callable[[], Browser]


def found(browser: Browser, typed: str) -> list[str]:
    """Where the answers lead, in order."""
    browser.post("/search", q=typed)
    return re.findall(r'<li data-row><a class="row-link" href="([^"]+)"', browser.page.text)


def test_one_word_finds_lots_products_donors_places_and_sessions(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    lot = small_town.stock_up(database, town, clock)[0].lot_code

    assert found(manager, "LAIT")[0] == f"/stock/lots/{lot}"
    assert found(manager, "demi lait")[1].startswith("/catalogue/")
    assert f"/donors/{town.donor_id}" in found(manager, "marche bois")
    assert found(manager, "frigo") == [f"/stock?site={town.site_id}&amp;storage=chilled"]
    assert found(manager, "27 novembre") == [f"/sessions/{town.session_id}"]
    assert found(manager, "nowhere at all") == []
    assert manager.page.url.query == b""


def test_a_code_leads_straight_to_what_it_names_for_those_who_may_see_it(
    open_browser: Open, database: Database, town: Town, clock: Clock
) -> None:
    lot = small_town.stock_up(database, town, clock)[0].lot_code
    with database.writing() as session:
        # The first letters of one card in 37 are a whole code themselves, and lead straight to it.
        session.get_one(Household, town.household_ids[0]).card = card = "7K3M9QX30"
    manager, volunteer = open_browser().sign_in(Role.MANAGER), open_browser().sign_in(Role.VOLUNTEER)

    assert manager.post("/search", q=lot.lower()).url.path == f"/stock/lots/{lot}"
    assert manager.post("/search", q=MILK).url.path.startswith("/catalogue/")
    assert manager.post("/search", q=card).url.path == f"/households/{town.household_ids[0]}"
    assert found(manager, card[:4]) == [f"/households/{town.household_ids[0]}"]
    assert volunteer.post("/search", q=card).url.path == "/search"
    assert found(volunteer, card[:4]) == []


def test_a_name_or_a_phone_number_leads_to_a_card_for_social_workers_alone(open_browser: Open, town: Town) -> None:
    worker, manager = open_browser().sign_in(Role.SOCIAL_WORKER), open_browser().sign_in(Role.MANAGER)
    worker.post("/households/new", **FAMILY, site=str(town.site_id), key="the key of this form")
    household = worker.page.url.path.removesuffix("/file")

    for typed in ("amina ben said", "Saïd", "06 39 98 12 34", "0639981234"):
        assert found(worker, typed) == [household]
        assert found(manager, typed) == []
    assert found(worker, "Amina Dupont") == []
