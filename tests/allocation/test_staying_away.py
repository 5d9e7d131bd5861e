"""How many stay away: a share of a site's visits, drawn towards the usual."""

from allocation.propose import problem_for
from allocation.staying_away import STRENGTH, USUAL, staying_away
from common.clock import Clock
from common.database import Database
from tests.a_day import live
from tests.small_town import FRIDAY, build, stock_up


def test_a_site_learns_from_its_own_sessions_and_plans_with_it(database: Database, clock: Clock) -> None:
    town = build(database, clock)
    with database.reading() as session:
        assert staying_away(session, town.site_id, clock.today()) == USUAL

    visits = len(live(database, town, clock))

    with database.reading() as session:
        assert staying_away(session, town.site_id, FRIDAY) == (1 + STRENGTH * USUAL) / (visits + STRENGTH)
        assert staying_away(session, town.site_id + 1, FRIDAY) == USUAL


def test_a_proposal_knows_it(database: Database, clock: Clock) -> None:
    town = build(database, clock)
    stock_up(database, town, clock)
    with database.reading() as session:
        assert problem_for(session, town.session_id, clock.today()).away == USUAL
