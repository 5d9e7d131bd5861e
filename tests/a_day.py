"""A day of the small town, lived in a second: baskets confirmed, someone absent, something left, something lost."""

import datetime as dt
from collections.abc import Sequence

from msgspec.structs import replace

from allocation import baskets, closing, handover, proposals
from allocation.alerts import FEWEST_LOTS, WINDOW, WINDOWS
from allocation.baselines import fefo_to_cap
from allocation.exits import Exit, Reason
from allocation.handover import LeftLine, Sheet
from allocation.proposals import Proposal
from allocation.propose import problem_for
from common.clock import Clock
from common.database import Database
from stock import ledger, losses
from tests import small_town
from tests.small_town import YOGHURT, Arrival, Town


def confirm_baskets(database: Database, town: Town, clock: Clock, sparing: bool = False) -> list[Sheet]:
    """Fill the shelves, share them out by rule of thumb and reserve the baskets."""
    small_town.stock_up(database, town, clock)
    return share_out(database, town, clock, sparing)


def share_out(database: Database, town: Town, clock: Clock, sparing: bool = False) -> list[Sheet]:
    """Reserve the baskets of the town's session out of what is on the shelves; `sparing`, one unit of each line."""
    stamp = clock.stamp()
    with database.writing() as session:
        problem = problem_for(session, town.session_id, stamp.on)
        whole = fefo_to_cap(problem)
        plan = replace(whole, give=tuple(replace(g, units=1) for g in whole.give)) if sparing else whole
        made = Proposal(problem, plan, proposals.measure(problem, plan, usual=whole))
        baskets.confirm(session, proposals.keep(session, town.session_id, made, None, stamp), stamp)
        return handover.sheets(session, town.session_id)


def live(database: Database, town: Town, clock: Clock, sparing: bool = False) -> list[Sheet]:
    """The whole day: the first household leaves a line to animals, the second does not come, milk is broken."""
    first, second, *others = confirm_baskets(database, town, clock, sparing)
    stamp = clock.stamp()
    line = first.lines[0]
    left = LeftLine(line.id, line.quantity, Reason.TASTE, Exit.ANIMALS)
    with database.writing() as session:
        handover.settle(session, {first.visit_id: [left], second.visit_id: handover.ABSENT}, stamp)
        handover.settle(session, {sheet.visit_id: [] for sheet in others}, stamp)
        closing.check_dates(session, town.site_id, stamp)
        closing.close(session, town.session_id, stamp)
        free = ledger.standings(session, accounts=[ledger.Account.SHELF])[0]
        losses.lose(session, free.lot_id, 1, "breakage", ledger.Account.BIOWASTE, stamp)
        return handover.sheets(session, town.session_id)


def lived(database: Database, clock: Clock) -> Town:
    """The small town at the end of that day."""
    town = small_town.build(database, clock)
    live(database, town, clock)
    return town


def give_in_each_window(
    database: Database, town: Town, clock: Clock, days_left: Sequence[int], lots: int = FEWEST_LOTS
) -> None:
    """In each window an alert looks at, from the first on, lots that come with so many days left; 0 days: none."""
    for n, days in enumerate(days_left):
        then = Clock(at=clock.now() - WINDOW * (WINDOWS - n) + dt.timedelta(days=1))
        date = (then.today() + dt.timedelta(days=days)).isoformat()
        numbers = [f"{days}-{lots}-{k}" for k in range(lots if days else 0)]
        if numbers:
            given = [Arrival(YOGHURT, units=1, date=date, lot_number=number) for number in numbers]
            small_town.receive(database, town, then, *given)
