"""`panier rule`: figures and rules the partners set, each valid from a day."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

import click
import msgspec

from allocation import council
from allocation.problem import Policy
from api.cli.base import databases, house, name_of, say
from api.pages.rules import FIGURES
from common.database import Database
from common.errors import Kind, Refusal
from common.words import N_
from network.figures import leave_the_past
from network.parameters import set_parameter
from network.partners import sites
from stock import freezing, place_log, urgency
from stock.freezing import FreezingRules
from stock.place_log import Limits
from stock.urgency import Steps

KNOWN: dict[str, Any] = {
    council.NAME: Policy,
    freezing.NAME: FreezingRules,
    place_log.NAME: dict[str, Limits],
    urgency.NAME: Steps,
    **{each.name: Annotated[int, msgspec.Meta(ge=each.least, le=each.most)] for each in FIGURES},
}
"""What each rule must look like: nonsense never gets into a database."""
EXAMPLES = {
    council.NAME: '{"levels": [{"goal": "waste", "slack": 0.01}, {"goal": "floor", "slack": 0.02}, {"goal": "mean"}]}',
    freezing.NAME: '{"sites": ["CENTRE"], "families": {"fish": {"family": "frozen_fish", "days": 90}}}',
    place_log.NAME: '{"chilled": {"low": 0, "high": 40}}',
    urgency.NAME: '{"now": 1, "soon": 3, "watch": 7}',
}
"""Of what is more than a number: shown where a value cannot be one."""


class NoSuchRule(Refusal):
    kind = Kind.NOT_FOUND
    message = N_("There is no rule “%(name)s”: there are %(known)s.")


class BadRule(Refusal):
    message = N_("This is not a value of the rule “%(name)s”: expected %(expected)s, got “%(got)s”.")


class UnreadRule(Refusal):
    message = N_("The value of the rule “%(name)s” is not JSON: “%(got)s”. Expected %(expected)s.")


@click.command("rule")
@click.argument("name")
@click.argument("value")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day it holds; today where it is not said, and at the earliest.",
)
@click.option("--source", required=True, help="Who decided it, and when: it is kept with the rule.")
def set_rule(name: str, value: str, since: dt.datetime | None, source: str) -> None:
    """Set the rule NAME to VALUE (JSON) from a day on: the past keeps the rules of its own time."""
    said = checked(name, value)
    with house() as opened:
        day = first_day(since, opened.clock.today())
        if name == freezing.NAME:
            refuse_unknown([database for _, database in databases(opened)], said)
        for host, database in databases(opened):
            with database.writing() as session:
                set_parameter(session, name, day, said, source, opened.clock.stamp())
            say(N_("“%(name)s” holds in %(network)s from %(day)s."), name=name, network=name_of(host), day=day)


def refuse_unknown(networks: Sequence[Database], said: Any) -> None:
    """A site of one town is none of another's: what no town knows is a slip. Raises UnknownInRule."""
    known: set[str] = set()
    for database in networks:
        with database.reading() as session:
            known |= {site.code for site in sites(session)}
    for database in networks:
        with database.reading() as session:
            freezing.refuse_unknown(session, msgspec.convert(said, FreezingRules), known)


def first_day(since: dt.datetime | None, today: dt.date) -> dt.date:
    """From when the rule holds; raises TooLate.

    >>> first_day(None, dt.date(2026, 11, 23)), first_day(dt.datetime(2026, 12, 1), dt.date(2026, 11, 23))
    (datetime.date(2026, 11, 23), datetime.date(2026, 12, 1))
    """
    day = since.date() if since else today
    leave_the_past(day, today)
    return day


def checked(name: str, value: str) -> Any:
    """The value as it is kept; raises NoSuchRule, UnreadRule or BadRule.

    >>> checked("place_limits", '{"chilled": {"low": 0, "high": 40}}')
    {'chilled': {'low': 0, 'high': 40}}
    """
    if name not in KNOWN:
        raise NoSuchRule(name=name, known=", ".join(sorted(KNOWN)))
    said = {"name": name, "expected": _expected(name), "got": value[:80]}
    try:
        return msgspec.json.decode(msgspec.json.encode(msgspec.json.decode(value, type=KNOWN[name])))
    except msgspec.ValidationError:
        raise BadRule(**said) from None
    except (msgspec.DecodeError, RecursionError):
        raise UnreadRule(**said) from None


def _expected(name: str) -> str:
    """What the rule looks like, by an example, or the limits of its figure."""
    return EXAMPLES.get(name) or next(f"{each.least}–{each.most}" for each in FIGURES if each.name == name)
