"""What the worker does once a day without being asked: forget whom nobody has seen for two years, erase old looks at
identities, old photos and forms nobody finished."""

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


def look_after(house: House, stop: threading.Event) -> None:
    """Every network of the house, at once and then once a day, until told to stop."""
    while True:
        for host in house.registry.addresses:
            try:
                forget_where_due(house.registry.database(host), house.clock)
                erase_where_due(house.registry.database(host), house.clock)
                take_out_where_due(house.registry.database(host), house.clock)
                throw_away_where_due(house.registry.database(host), house.clock)
            except SQLAlchemyError as error:
                # A database that is away for an hour must not keep the others' people on file.
                log.warning("not forgotten today", exc_info=error)
        if stop.wait(A_DAY):
            return
