"""The kinds of long work, and the worker that does them."""

import threading
from functools import partial

from allocation.proposals import make_proposal
from api.house import House
from common.jobs import Handler


def handlers(house: House) -> dict[str, Handler]:
    """What does each kind of work, as the settings of this house want it."""
    return {"propose": partial(make_proposal, effort=house.settings.plan_effort)}


def work(house: House, stop: threading.Event) -> None:
    """Do what is asked for in any network of this house, by the transport its settings choose, until told to stop."""
    house.transport.work(handlers(house), house.clock, stop)
