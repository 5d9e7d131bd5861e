"""How intake says a date back to who typed it."""

import datetime as dt

from api.intake_card import COUNTED, said
from common.words import words

TODAY = dt.date(2026, 11, 23)


def test_days_are_counted_as_far_as_people_count_them() -> None:
    near, last, far = (said(TODAY + dt.timedelta(days=n), TODAY, words("fr")) for n in (5, COUNTED, COUNTED + 1))

    assert near.endswith(", dans 5 jours")
    assert last.endswith(f", dans {COUNTED} jours")
    assert "dans " not in far
