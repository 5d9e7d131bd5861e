"""A site is set up by the people who work there: its shelves and fridges, their names, the order pickers walk."""

import re

from common.clock import Clock
from common.database import Database
from stock.places import places
from tests.api.conftest import Browser, has_been_done
from tests.small_town import YOGHURT, Town, stock_up


def walk(database: Database, town: Town) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(place.name, place.storage) for place in places(session, town.site_id)]


def numbers(database: Database, town: Town) -> dict[str, int]:
    with database.reading() as session:
        return {place.name: place.id for place in places(session, town.site_id)}


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


def test_only_a_place_that_never_held_anything_is_removed(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    stock_up(database, town, clock)
    here = numbers(database, town)

    manager.post(f"/places/{here['Frigo']}/removed")
    assert "a une histoire" in manager.words
    manager.post(f"/places/{here['Congélateur']}/removed")

    assert set(numbers(database, town)) == {"Étagère A", "Frigo"}
