"""A site is set up by the people who work there: its shelves and fridges, their names, the order pickers walk."""

import re
from collections.abc import Callable

from common.clock import Clock
from common.database import Database
from network.roles import Role
from stock.intake import Arrival
from stock.lots import shift
from stock.place_log import note_reading
from stock.places import places_in_use
from stock.tables import Lot, Place
from tests.api.conftest import Browser, has_been_done
from tests.small_town import YOGHURT, Town, receive, stock_up


def walk(database: Database, town: Town) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(place.name, place.storage) for place in places_in_use(session, town.site_id)]


def numbers(database: Database, town: Town) -> dict[str, int]:
    with database.reading() as session:
        return {place.name: place.id for place in places_in_use(session, town.site_id)}


def test_a_manager_adds_a_fridge_and_says_when_pickers_come_to_it(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    manager.post("/places", site=town.site_id, name="  Frigo\t2 ", storage="chilled", key="a-new-fridge")
    manager.post("/places", site=town.site_id, name="  Frigo\t2 ", storage="chilled", key="a-new-fridge")
    added = numbers(database, town)["Frigo 2"]
    manager.post(f"/places/{added}", name="Frigo du fond", position="1")

    assert walk(database, town)[0] == ("Frigo du fond", "chilled")
    assert len(walk(database, town)) == 4
    assert "Frigo du fond" in manager.words
    with database.reading() as session:
        assert has_been_done(session, "place.add", f"place:{added}")
        assert has_been_done(session, "place.change", f"place:{added}")
    manager.post("/intake/reception", donor=town.donor_id)
    assert "Frigo du fond" in manager.get("/intake", scan=YOGHURT).text


def test_what_was_typed_stays_where_a_place_is_refused(manager: Browser, database: Database, town: Town) -> None:
    before = walk(database, town)
    fridge = numbers(database, town)["Frigo"]

    manager.post("/places", site=town.site_id, name="Frigo", storage="frozen")
    assert "a déjà un emplacement" in manager.words
    assert 'value="Frigo"' in manager.page.text
    assert re.search(r'value="frozen" selected', manager.page.text)
    for name, position in (("Congélateur", "2"), ("", "2"), ("F" * 41, "2"), ("Frigo du haut", "²")):
        manager.post(f"/places/{fridge}", name=name, position=position)
        assert manager.page.status_code in (400, 409, 422)
        assert f'value="{name}"' in manager.page.text
    manager.post("/places", site=town.site_id, name="Cave", storage="damp")
    assert manager.page.status_code >= 400

    assert walk(database, town) == before


def test_a_place_is_retired_once_it_is_empty_and_one_that_never_served_is_gone(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    stock_up(database, town, clock)
    here = numbers(database, town)

    manager.post(f"/places/{here['Frigo']}/retired")
    assert "se trouvent des denrées" in manager.words
    manager.post(f"/places/{here['Congélateur']}/retired")
    assert "rien ne s’y est jamais trouvé" in manager.words

    assert set(numbers(database, town)) == {"Étagère A", "Frigo"}
    with database.reading() as session:
        assert not session.get_one(Place, here["Frigo"]).retired_on


def test_a_retired_place_is_offered_nowhere_and_its_past_can_still_be_read(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    manager.post("/places", site=town.site_id, name="Vieux frigo", storage="chilled")
    old = numbers(database, town)["Vieux frigo"]
    lot = receive(database, town, clock, Arrival(YOGHURT, units=4, date="27/11", place_id=old))[0].lot_id
    with database.writing() as session:
        note_reading(session, old, 90, clock.stamp())
        shift(session, lot, 4, old, numbers(database, town)["Frigo"], clock.stamp())

    assert "Vieux frigo · " in manager.get("/counts").text
    assert "Vieux frigo" in manager.get("/temperatures").text
    manager.post(f"/places/{old}/retired")
    assert "hors service" in manager.words

    offered = [
        manager.get(path, **asked).text
        for path, asked in (
            ("/intake", {"scan": YOGHURT}),
            ("/counts", {}),
            ("/temperatures", {}),
            ("/stock", {}),
            ("/search", {"q": "Vieux"}),
        )
    ]
    assert [page.count("Vieux frigo</option>") + page.count("Vieux frigo · ") for page in offered] == [0] * len(offered)
    with database.reading() as session:
        code = session.get_one(Lot, lot).code
    assert "Vieux frigo" not in manager.get(f"/stock/lots/{code}/shelf").text
    assert "Vieux frigo" in manager.get(f"/stock/lots/{code}").text
    assert re.search(r">\s*9(,0)?\s°C", manager.get(f"/temperatures/{old}").text)
    assert "1 emplacement hors service" in manager.get("/places").text

    manager.post("/places", site=town.site_id, name="Vieux frigo", storage="dry")
    assert "Un emplacement hors service" in manager.words
    manager.post(f"/places/{old}/used-again")
    assert walk(database, town)[-1] == ("Vieux frigo", "chilled")
    assert "Vieux frigo</option>" in manager.get("/intake", scan=YOGHURT).text


def test_who_may_not_set_places_up_is_told_who_does(open_browser: Callable[[], Browser], town: Town) -> None:
    volunteer = open_browser().sign_in(Role.VOLUNTEER)
    administrator = open_browser().sign_in(Role.ADMINISTRATOR)

    assert "C’est le responsable du site" in volunteer.get("/places").text
    assert "Comptes</a></p>" not in volunteer.page.text
    assert '<a href="/accounts">Comptes</a></p>' in administrator.get("/places").text
