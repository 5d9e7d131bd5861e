"""The log of temperatures as an inspection asks for it: place by place, what was read, by whom, what was done."""

import datetime as dt
from dataclasses import dataclass

from labels.fonts import BOLD, NARROW_BOLD
from labels.paper import FAINT
from labels.parts import WIDTH, paragraph, section, signatures, space
from labels.tables import Column, Flow, head_row, row
from labels.words import N_, Words


@dataclass(frozen=True)
class Read:
    """One reading of one place, in tenths of a degree."""

    at: dt.datetime
    tenths: int
    low: int | None = None
    high: int | None = None
    by: str = ""
    action: str = ""

    @property
    def in_range(self) -> bool:
        return (self.low is None or self.tenths >= self.low) and (self.high is None or self.tenths <= self.high)


@dataclass(frozen=True)
class Log:
    """The readings of one place, the oldest first."""

    place: str
    reads: tuple[Read, ...]


def temperature_log(
    site: str, since: dt.date, until: dt.date, logs: tuple[Log, ...], words: Words, network: str = ""
) -> bytes:
    """A4: every reading with its limits; what was out of range says so in words, not by a colour."""
    columns = [
        Column(words.text(N_("When")), 3.2),
        Column(words.text(N_("Read")), 1.6, "right", face=(BOLD, NARROW_BOLD)),
        Column(words.text(N_("Allowed")), 2.6, "right"),
        Column(words.text(N_("Result")), 2.2),
        Column(words.text(N_("What was done")), 4.4),
        Column(words.text(N_("Read by")), 2.8),
    ]
    said = words.text(
        N_("%(site)s · %(first)s to %(last)s"),
        site=site,
        first=words.numeric_date(since),
        last=words.numeric_date(until),
    )
    flow = Flow(words.text(N_("Temperature log")), said, words, head_row(columns), author=network)
    for log in logs:
        flow.add([section(log.place)])
        flow.add(row(columns, _cells(read, words), WIDTH) for read in log.reads)
    if not logs:
        flow.add([paragraph(words.text(N_("Nothing was read in this time.")), colour=FAINT)])
    flow.add(
        [space(4), signatures([words.text(N_("In charge of the stock")), words.text(N_("Seen by the inspector"))])]
    )
    return flow.pdf()


def _cells(read: Read, words: Words) -> list[str]:
    result = words.text(N_("as it should be")) if read.in_range else words.text(N_("OUT OF RANGE"))
    return [
        words.moment(read.at),
        degrees(read.tenths, words),
        allowed(read.low, read.high, words),
        result,
        read.action,
        read.by,
    ]


def degrees(tenths: int, words: Words) -> str:
    """A temperature as it is read aloud: `−18,5 °C`."""
    return words.text(N_("%(degrees)s\u202f°C"), degrees=words.number(tenths / 10, 1).replace("-", "−"))


def allowed(low: int | None, high: int | None, words: Words) -> str:
    """What a place may have, in words."""
    if low is None and high is None:
        return ""
    if low is None:
        return words.text(N_("at most %(high)s"), high=degrees(high or 0, words))
    if high is None:
        return words.text(N_("at least %(low)s"), low=degrees(low, words))
    return words.text(N_("%(low)s to %(high)s"), low=degrees(low, words), high=degrees(high, words))
