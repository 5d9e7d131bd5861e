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


def this_month(today: dt.date) -> tuple[dt.date, dt.date]:
    """From the first of the month to today."""
    return today.replace(day=1), today


def last_month(today: dt.date) -> tuple[dt.date, dt.date]:
    """The whole month before.

    >>> last_month(dt.date(2026, 1, 15))
    (datetime.date(2025, 12, 1), datetime.date(2025, 12, 31))
    """
    ends = today.replace(day=1) - dt.timedelta(days=1)
    return ends.replace(day=1), ends


def this_year(today: dt.date) -> tuple[dt.date, dt.date]:
    """From the first of January to today."""
    return today.replace(month=1, day=1), today
