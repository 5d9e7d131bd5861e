"""The small town's session as one of the shop, its baskets empty: what is sold is scanned."""

import datetime as dt

from allocation import handover
from allocation.handover import Sheet
from allocation.tables import DistributionSession
from common.database import Database
from households.tables import Household
from stock.tables import Lot
from tests.small_town import Town


def open_shop(database: Database, town: Town, monthly_cents: int = 2000, on: dt.date | None = None) -> list[Sheet]:
    """Every household pays, and everything costs a euro a piece or a kilogram before its programme's share."""
    with database.writing() as session:
        planned = session.get_one(DistributionSession, town.session_id)
        planned.channel, planned.state = "shop", "confirmed"
        planned.on = on or planned.on
        for household in session.query(Household):
            household.channel, household.monthly_cents = "shop", monthly_cents
        for lot in session.query(Lot):
            lot.value_cents = 100
    with database.reading() as session:
        return handover.sheets(session, town.session_id)
