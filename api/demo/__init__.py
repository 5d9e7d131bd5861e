"""The demo network: an invented town with real products, loaded through the same verbs as a real one."""

from api.demo.facts import network
from api.demo.loading import PASSWORD, load_demo
from network.roles import ROLE_NAMES

__all__ = ["PASSWORD", "load_demo", "logins", "network"]


def logins() -> list[tuple[str, str, str]]:
    """Login, password and the role's name (to be translated) of each account of the demo."""
    return [(account.login, PASSWORD, ROLE_NAMES[account.role]) for account in network().accounts]
