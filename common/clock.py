"""The only place that looks at the clock. Rules take `today` as an argument."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


class Clock:
    """Now and today where the network lives; fixed in tests and in replays.

    >>> Clock(at=dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.timezone.utc)).today()
    datetime.date(2026, 11, 24)
    """

    def __init__(self, zone: ZoneInfo = PARIS, at: dt.datetime | None = None) -> None:
        self.zone = zone
        self._at = at

    def now(self) -> dt.datetime:
        """The current instant, with the network's time zone."""
        return (self._at or dt.datetime.now(dt.UTC)).astimezone(self.zone)

    def today(self) -> dt.date:
        """The current day where the network lives: a use-by date ends at its midnight."""
        return self.now().date()

    def stamp(self, by: int | None = None, site: int | None = None) -> "Stamp":
        """Now, signed."""
        now = self.now()
        return Stamp(at=now, on=now.date(), by=by, site=site)


@dataclass(frozen=True)
class Stamp:
    """When something was done, on which day where the network lives, and by whom."""

    at: dt.datetime
    on: dt.date
    by: int | None = None
    """The account that did it; None for the software itself."""
    site: int | None = None
    """The one site that account works at; None where it works for all of them."""
