"""Partners, their sites, and the figures they set."""

import datetime as dt

import pytest

from common.clock import Clock
from common.database import Database
from common.errors import NotFound
from network.parameters import parameter, set_parameter
from network.partners import add_organisation, add_site, network_name, site, site_by_code, sites

MONDAY = dt.date(2026, 11, 23)
A_DAY = dt.timedelta(days=1)


@pytest.fixture
def two_sites(database: Database) -> list[int]:
    with database.writing() as session:
        organisation = add_organisation(session, "Centre social", "municipal_social_centre")
        return [add_site(session, organisation.id, code, name).id for code, name in (("RUE", "Rue"), ("BOIS", "Bois"))]


def test_sites_are_listed_by_name(database: Database, two_sites: list[int]) -> None:
    with database.reading() as session:
        assert [row.name for row in sites(session)] == ["Bois", "Rue"]


def test_a_site_is_found_by_number_and_by_code(database: Database, two_sites: list[int]) -> None:
    with database.reading() as session:
        assert site(session, two_sites[0]).code == "RUE"
        assert site_by_code(session, "BOIS").id == two_sites[1]


def test_a_site_that_is_not_there_is_refused(database: Database) -> None:
    with database.reading() as session:
        with pytest.raises(NotFound, match="7"):
            site(session, 7)
        with pytest.raises(NotFound, match="LUNE"):
            site_by_code(session, "LUNE")


def test_a_figure_counts_from_its_day_until_the_next_one(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        set_parameter(session, "threshold", MONDAY, 10, "council of May", clock.stamp())
        set_parameter(session, "threshold", MONDAY + 7 * A_DAY, 12, "council of June", clock.stamp())

    with database.reading() as session:
        days = [MONDAY - A_DAY, MONDAY, MONDAY + 6 * A_DAY, MONDAY + 7 * A_DAY]
        assert [parameter(session, "threshold", day, 9) for day in days] == [9, 10, 10, 12]


def test_a_figure_set_again_for_the_same_day_replaces_the_first(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        set_parameter(session, "threshold", MONDAY, 10, "a slip", clock.stamp())
        set_parameter(session, "threshold", MONDAY, None, "set to nothing on purpose", clock.stamp())

    with database.reading() as session:
        assert parameter(session, "threshold", MONDAY, 9) is None


def test_a_network_is_called_after_the_program_until_it_has_a_name(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        before = network_name(session, MONDAY)
        set_parameter(session, "network_name", MONDAY, "Le Panier de Valmont", "council", clock.stamp())

    with database.reading() as session:
        assert (before, network_name(session, MONDAY)) == ("Panier juste", "Le Panier de Valmont")
