"""The only place that looks at the clock. Rules take `today` as an argument."""

import datetime as dt
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
