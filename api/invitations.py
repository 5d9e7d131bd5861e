"""What became of a household's invitations, in a sentence after what was done."""

import datetime as dt
from collections.abc import Sequence

from allocation.invitations import Revised
from api.here import Here
from common.words import N_

SENTENCES = {
    "ended": N_("No longer invited on %(days)s."),
    "made": N_("Invited on %(days)s."),
    "freed": N_("No longer helped on %(days)s: the basket set aside is on the shelves again."),
    "kept": N_("The basket set aside for %(days)s stays theirs."),
}


def told(here: Here, done: str, revised: Revised) -> str:
    """What was done, and the days on which somebody has to be told something."""
    days = {"ended": revised.ended, "made": revised.made, "freed": revised.freed, "kept": revised.kept}
    found = [here.words.text(SENTENCES[what], days=_listed(here, on)) for what, on in days.items() if on]
    return " ".join([here.words.text(done), *found])


def _listed(here: Here, days: Sequence[dt.date]) -> str:
    return here.words.listing(here.words.short_date(day) for day in days)
