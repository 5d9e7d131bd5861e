"""The kinds of long work, and the worker that does them."""

import datetime as dt
import threading
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from allocation.habit import REPLAY
from allocation.past import compare_on_past
from allocation.proposals import make_proposal
from allocation.recalled import read_recalls
from allocation.replayed import compare_with_habit
from allocation.standard_choice import compare_kinds
from api.house import House
from api.upkeep import look_after
from common import jobs
from common.database import Database
from common.jobs import Handler
from common.tables import Job

RECALLS = "recalls"
MINUTE = 60.0
log = structlog.get_logger()


def handlers(house: House) -> dict[str, Handler]:
    """What does each kind of work, as the settings of this house want it."""
    return {
        "propose": partial(make_proposal, effort=house.settings.plan_effort),
        "simulate": compare_on_past,
        REPLAY: compare_with_habit,
        "standard": partial(compare_kinds, effort=house.settings.plan_effort),
        RECALLS: partial(read_recalls, address=house.settings.recalls_address),
    }


def work(house: House, stop: threading.Event) -> None:
    """Do what is asked for in any network of this house, by the transport its settings choose, until told to stop."""
    if house.settings.recalls_hours:
        threading.Thread(target=_keep_asking, args=(house, stop), daemon=True).start()
    threading.Thread(target=look_after, args=(house, stop), daemon=True).start()
    house.transport.work(handlers(house), house.clock, stop)


def ask_for_recalls_if_due(house: House, database: Database) -> bool:
    """Ask for a reading of the recalls where the last one was asked for too long ago; tells whether it did."""
    due = house.clock.now() - dt.timedelta(hours=house.settings.recalls_hours)
    with database.writing() as session:
        last = select(Job.id).where(Job.kind == RECALLS, Job.asked_at > due)
        if session.scalar(last.limit(1)) is not None:
            return False
        job_id = jobs.ask(session, RECALLS, {}, house.clock.stamp())
    house.transport.wake(database, job_id)
    return True


def _keep_asking(house: House, stop: threading.Event) -> None:
    while not stop.wait(MINUTE):
        for name in house.registry.addresses:
            try:
                ask_for_recalls_if_due(house, house.registry.database(name))
            except SQLAlchemyError as error:
                # A network whose database is away for a moment must not end the work of the others.
                log.error("could not ask for the recalls", exc_info=error)
