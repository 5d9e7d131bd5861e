"""The kinds of long work, and the worker that does them."""

import threading
import time

import structlog

from allocation.proposals import make_proposal
from api.house import House
from common.jobs import Handler, run_next

HANDLERS: dict[str, Handler] = {"propose": make_proposal}
LOOK = 0.2
"""Seconds between two looks at the table of jobs."""
log = structlog.get_logger()


def work(house: House, stop: threading.Event) -> None:
    """Do what is asked for in any network of this house until told to stop."""
    while not stop.is_set():
        done = [_work_in(house, host) for host in house.registry.addresses]
        if not any(done):
            stop.wait(LOOK)


def _work_in(house: House, host: str) -> bool:
    try:
        return run_next(house.registry.database(host), HANDLERS, house.clock)
    except Exception as error:
        # A network whose database is away for a moment must not stop the work of the others.
        log.error("worker could not look for work", exc_info=error)
        time.sleep(1)
        return False
