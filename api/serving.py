"""What the server imports: the application of the settings in the environment."""

import gc

from litestar import Litestar

from api import log
from api.app import create_app
from api.house import House
from common.settings import Settings

RUBBISH = (50_000, 20, 20)
"""New objects after which the youngest are looked through, and how often the older ones with them: a page of hundreds
of rows makes tens of thousands, nearly all of which go without that."""


def application() -> Litestar:
    settings = Settings.read()
    log.configure(settings.log_level)
    made = create_app(House.of(settings))
    # What stands for good is not looked through again each time a long list leaves rubbish behind.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RUBBISH)
    return made
