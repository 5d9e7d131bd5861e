"""What the server imports: the application of the settings in the environment."""

from litestar import Litestar

from api import log
from api.app import create_app
from api.house import House
from common.settings import Settings


def application() -> Litestar:
    settings = Settings.read()
    log.configure(settings.log_level)
    return create_app(House.of(settings))
