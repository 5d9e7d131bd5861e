"""The rules of the stockroom in force: the partners' figures, each valid from a day, over the project's own.

A figure of the law may only be made stricter: that is what its limits say.
"""

import datetime as dt
from dataclasses import replace

from msgspec import Struct, convert, to_builtins
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.words import N_
from network import figures
from network.figures import Figure
from network.parameters import in_force_since, parameter, parameters, set_parameter
from stock import urgency
from stock.dating import IntakeRules
from stock.urgency import steps_of

SHORT_CIRCUIT, TARES = "short_circuit:{site}", "tares:{site}"


FIGURES = (
    Figure(
        "min_use_by_hours",
        N_("Left of a use-by date at take-over"),
        N_("hours"),
        48,
        48,
        240,
        N_("The law asks for 48 hours (art. D541-310 of the Environment Code): a network may ask for more."),
    ),
    Figure(
        "undated_days",
        N_("How long goods without a date keep"),
        N_("days"),
        5,
        1,
        30,
        N_("Where the catalogue says nothing of the product itself."),
    ),
    Figure(
        "use_by_ahead",
        N_("How far ahead a use-by date may lie unasked"),
        N_("days"),
        90,
        7,
        365,
        N_("About the longest life of chilled goods: a date farther ahead is asked about before it is kept."),
    ),
    Figure(
        "best_before_ahead",
        N_("How far ahead a best-before date may lie unasked"),
        N_("days"),
        1830,
        30,
        3660,
        N_("Tins are dated four or five years ahead: a date farther ahead is asked about before it is kept."),
    ),
    Figure(
        "recall_home_days",
        N_("How long goods may still be at people’s homes"),
        N_("days"),
        30,
        0,
        365,
        N_("After the last day they may be given: until then a recall speaks of them."),
    ),
    Figure(
        "recall_stale_hours",
        N_("After how long recalls must be read again"),
        N_("hours"),
        24,
        1,
        168,
        N_("From then on the page of recalls says that it no longer knows."),
    ),
    Figure(
        "photo_days",
        N_("How long photos of damaged goods are kept"),
        N_("days"),
        90,
        7,
        400,
        N_("Long enough to talk with the donor; then the worker takes them out. Assumed, to be confirmed."),
    ),
)


class Tare(Struct, frozen=True):
    """A crate or box of a site, whose weight is taken off what the scale shows."""

    name: str
    grams: int


def figure(session: Session, name: str, on: dt.date) -> int:
    """The figure in force on that day."""
    return figures.in_force(session, _known(name), on)


def intake_rules(session: Session, site_id: int, on: dt.date) -> IntakeRules:
    """What is in force at a site on that day; which sessions goods are given out at is not known here."""
    usual, short_circuit = IntakeRules(), SHORT_CIRCUIT.format(site=site_id)
    ahead = ["use_by_ahead", "best_before_ahead"]
    said = parameters(session, ["min_use_by_hours", "undated_days", short_circuit, urgency.NAME, *ahead], on)
    return IntakeRules(
        dates=replace(usual.dates, min_use_by_hours=int(said.get("min_use_by_hours", usual.dates.min_use_by_hours))),
        short_circuit_allowed=bool(said.get(short_circuit, False)),
        undated_days=int(said.get("undated_days", usual.undated_days)),
        plausible=replace(usual.plausible, **{name: int(said[name]) for name in ahead if name in said}),
        steps=steps_of(said.get(urgency.NAME, {})),
    )


def may_short_circuit(session: Session, site_id: int, on: dt.date) -> bool:
    """Whether a site may take goods in within the 48 hours of the law, for a planned session (R-DATE-01)."""
    return bool(parameter(session, SHORT_CIRCUIT.format(site=site_id), on, False))


def short_circuit_since(session: Session, site_id: int, on: dt.date) -> dt.date | None:
    """Since when a site may, or may not any more; None where nobody ever said."""
    return in_force_since(session, SHORT_CIRCUIT.format(site=site_id), on)


def tares(session: Session, site_id: int, on: dt.date) -> list[Tare]:
    """The crates and boxes of a site."""
    return convert(parameter(session, TARES.format(site=site_id), on, []), list[Tare])


def set_short_circuit(session: Session, site_id: int, allowed: bool, source: str, stamp: Stamp) -> None:
    """From today on; `source` says what proves that the site gives such goods out in time."""
    set_parameter(session, SHORT_CIRCUIT.format(site=site_id), stamp.on, allowed, source, stamp)


def set_tares(session: Session, site_id: int, known: list[Tare], stamp: Stamp) -> None:
    """The crates and boxes of a site from today on."""
    set_parameter(session, TARES.format(site=site_id), stamp.on, to_builtins(known), "", stamp)


def _known(name: str) -> Figure:
    return next(figure for figure in FIGURES if figure.name == name)
