"""Periods of reports."""

import datetime as dt

from common.errors import Refusal
from common.words import N_

LONGEST = dt.timedelta(days=3 * 366)
USUAL = dt.timedelta(days=27)


class BadPeriod(Refusal):
    """A period that ends before it begins, or longer than three years."""

    message = N_("The period from %(since)s to %(until)s cannot be reported on: at most three years, first day first.")


def period(since: dt.date | None, until: dt.date | None, today: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day, both included; the last four weeks where nothing is said. Raises BadPeriod."""
    last = until or today
    first = since or last - USUAL
    if not first <= last <= first + LONGEST:
        raise BadPeriod(since=first, until=last)
    return first, last
