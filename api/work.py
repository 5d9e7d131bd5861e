"""The kinds of long work, and the worker that does them."""

import threading

from allocation.proposals import make_proposal
from api.house import House
from common.jobs import Handler

HANDLERS: dict[str, Handler] = {"propose": make_proposal}


def work(house: House, stop: threading.Event) -> None:
    """Do what is asked for in any network of this house, by the transport its settings choose, until told to stop."""
    house.transport.work(HANDLERS, house.clock, stop)
