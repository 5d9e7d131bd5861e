"""What the worker does once a day without being asked: forget whom nobody has seen for two years, erase old looks at
identities, old photos and forms nobody finished."""

import datetime as dt
import threading

import structlog
from sqlalchemy.exc import SQLAlchemyError

from allocation.forgetting import forget
from api.house import House
from common.clock import Clock
from common.database import Database
from households.drafts import throw_away_old
from households.privacy import long_gone
from network import audit
from stock.photos import forget_old_photos

A_DAY = 24 * 3600
LOOKED_AFTER = "network.look-after"
NOT_TODAY = dt.timedelta(hours=20)
LONG = dt.timedelta(days=60)
"""A clock that is that much later than when it was looked at last is first shown to people for a day."""
log = structlog.get_logger()


def forget_where_due(database: Database, clock: Clock) -> int:
    """How many households of this network were forgotten; nothing is planned or kept ready for them any more."""
    stamp = clock.stamp()
    with database.reading() as session:
        gone = long_gone(session, stamp.on)
    done = 0
    for household_id in gone:
        # Each by itself: what was kept of their baskets is looked for everywhere, and others want to write meanwhile.
        with database.writing() as session:
            if household_id in long_gone(session, stamp.on):
                forget(session, household_id, stamp)
                done += 1
    return done


def erase_where_due(database: Database, clock: Clock) -> int:
    """How many looks at an identity were taken out of the audit trail of this network."""
    with database.writing() as session:
        return audit.erase_old_readings(session, clock.stamp())


def throw_away_where_due(database: Database, clock: Clock) -> int:
    """How many forms and sheets that nobody finished were thrown away in this network."""
    with database.writing() as session:
        return throw_away_old(session, clock.now())


def take_out_where_due(database: Database, clock: Clock) -> int:
    """How many photos of damage were taken out of this network."""
    with database.writing() as session:
        return forget_old_photos(session, clock.stamp())


def look_after_one(database: Database, clock: Clock) -> None:
    """All that is due in this network, unless its clock may have leapt: nothing that is taken out comes back."""
    if not believed(database, clock):
        log.warning("nothing forgotten: the clock says that much time has passed; it is believed tomorrow")
        return
    for due in (forget_where_due, erase_where_due, take_out_where_due, throw_away_where_due):
        due(database, clock)


def believed(database: Database, clock: Clock) -> bool:
    """Whether somebody was here to look at the date lately; that this was asked is written down."""
    stamp = clock.stamp()
    with database.writing() as session:
        before = audit.last_time(session, LOOKED_AFTER, "network", stamp.at - NOT_TODAY, stamp.at)
        audit.record(session, LOOKED_AFTER, "network", stamp)
    return before is None or stamp.at - before < LONG


def look_after(house: House, stop: threading.Event) -> None:
    """Every network of the house, at once and then once a day, until told to stop."""
    while True:
        for host in house.registry.addresses:
            try:
                look_after_one(house.registry.database(host), house.clock)
            except SQLAlchemyError as error:
                # A database that is away for an hour must not keep the others' people on file.
                log.warning("not forgotten today", exc_info=error)
        if stop.wait(A_DAY):
            return
