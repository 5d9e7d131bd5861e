"""What the server imports: the application of the settings in the environment."""

import gc

from litestar import Litestar

from api import log
from api.app import create_app
from api.house import House
from common.settings import Settings


def application() -> Litestar:
    settings = Settings.read()
    log.configure(settings.log_level)
    made = create_app(House.of(settings))
    # What stands for good is not looked through again each time a long list leaves rubbish behind.
    gc.collect()
    gc.freeze()
    return made
