"""Goods between two sites of the demo: one transfer received the day before, a tin short, and one on its way."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.demo.past import at
from network.tables import Site
from stock.shelf import StockFilter, stock_list
from stock.transfers.register import Arrived, Difference, send, settle, transfer

FROM, TO = "BERLINE", "TERRIL"
LINES = 3


def move_goods(session: Session, today: dt.date) -> None:
    """Dry goods that keep, so that nothing the demo shows as urgent is hidden on the road."""
    known = {site.code: site.id for site in session.scalars(select(Site))}
    rows = stock_list(session, today, site_id=known[FROM], show=StockFilter(storage="dry")).rows
    there = [row for row in rows if row.measure == "unit" and row.free >= 6 and row.days_left > 60]
    yesterday = today - dt.timedelta(days=1)
    for day, lots in ((yesterday, there[:LINES]), (today, there[LINES : 2 * LINES])):
        if lots:
            number = send(session, known[FROM], known[TO], {row.lot_id: 4 for row in lots}, at(day, 8))
            if day == yesterday:
                first = transfer(session, number).lines[0]
                settle(session, number, {first.id: Arrived(3, Difference.BROKEN)}, at(day, 15))
