"""What a report is asked about, as it stands in an address: a period, a site or partner, a donor, a family."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct, structs
from sqlalchemy.orm import Session

from allocation.scope import Scope, scope
from api.here import Here
from api.periods import last_month, period, this_month, this_year
from common.words import N_
from network.partners import organisations, sites
from stock.donors import donors
from stock.reference import families


class Asked(Struct, frozen=True):
    """A report's choice; what is empty is not held to."""

    since: dt.date
    until: dt.date
    site: int | None = None
    partner: int | None = None
    donor: int | None = None
    family: str = ""

    def address(self, path: str, **changes: Any) -> str:
        """The path with this choice, some of it chosen otherwise, and what else the page takes."""
        values = structs.asdict(self) | changes
        return f"{path}?{urlencode({k: v for k, v in values.items() if v not in (None, '')})}"

    def scope(self, session: Session) -> Scope:
        """Raises NotFound for a site, partner, donor or family that is not there."""
        return scope(
            session,
            self.since,
            self.until,
            site_id=self.site,
            partner_id=self.partner,
            donor_id=self.donor,
            family=self.family or None,
        )


def asked(here: Here) -> Asked:
    """The choice in the address of a page; what cannot be read there counts as not chosen. Raises BadPeriod."""
    given = here.request.query_params
    since, until = period(_day(given.get("since", "")), _day(given.get("until", "")), here.clock.today())
    return Asked(
        since,
        until,
        site=_number(given.get("site", "")),
        partner=_number(given.get("partner", "")),
        donor=_number(given.get("donor", "")),
        family=given.get("family", ""),
    )


def choices(here: Here, session: Session) -> dict[str, list[tuple[Any, str]]]:
    """What the fields of a report's form offer."""
    return {
        "sites": [(s.id, s.name) for s in sites(session)],
        "partners": [(o.id, o.name) for o in organisations(session)],
        "donors": [(d.id, d.name) for d in donors(session)],
        "families": here.choices(families()),
    }


def periods(here: Here, chosen: Asked, path: str) -> list[dict[str, Any]]:
    """Quick choices of a period, with the present one marked."""
    today = here.clock.today()
    quick = (
        (N_("Last four weeks"), period(None, None, today)),
        (N_("This month"), this_month(today)),
        (N_("Last month"), last_month(today)),
        (N_("This year"), this_year(today)),
    )
    return [
        {
            "label": here.words.text(label),
            "href": chosen.address(path, since=begins, until=ends),
            "current": (begins, ends) == (chosen.since, chosen.until),
        }
        for label, (begins, ends) in quick
    ]


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
