"""What this week's alert proposes: the site whose session comes in time, or that none does."""

import datetime as dt

from allocation.alerts import rescues
from allocation.sessions import plan_session
from common.clock import Clock
from common.database import Database
from network.partners import add_site
from tests import small_town
from tests.small_town import FRIDAY


def test_food_its_own_site_gives_too_late_names_the_site_a_transfer_goes_to(database: Database, clock: Clock) -> None:
    town = small_town.build(database, clock, session_on=FRIDAY + dt.timedelta(days=7))
    small_town.stock_up(database, town, clock)
    with database.writing() as session:
        (alone,) = rescues(session, clock.today())
        other = add_site(session, town.organisation_id, "ANNEXE", "Annexe")
        plan_session(session, other.id, FRIDAY, "free")
        (found,) = rescues(session, clock.today())

        assert (alone.to, alone.to_id, alone.to_on) == ("", None, None)
        assert (found.site_id, found.to, found.to_id, found.to_on) == (town.site_id, "Annexe", other.id, FRIDAY)
        assert [row.product for row in found.lots] == ["Yaourt nature 4 × 125 g"]
