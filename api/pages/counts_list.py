"""The list of counts: what each is called on its page, and the list as a file."""

from collections.abc import Mapping
from typing import Any

from litestar import Response

from api.here import Here
from api.list_files import Columns, list_file
from common.words import N_
from stock.catalogue import families
from stock.counts import register
from stock.counts.register import CountRow


def told(here: Here, row: CountRow, family_names: Mapping[str, str]) -> dict[str, Any]:
    family = family_names.get(row.family_code or "", "")
    what = ", ".join(filter(None, (row.place or here.words.text(N_("All places")), family)))
    return {
        "id": row.id,
        "href": f"/counts/{row.id}",
        "site_id": row.site_id,
        "site": row.site,
        "what": what,
        "opened_at": row.opened_at,
        "by": row.opened_by,
        "closed_at": row.closed_at,
        "dropped": row.dropped,
        "differences": row.differences,
    }


def counts_file(here: Here, shape: str) -> Response[Any]:
    """The counts under way, then those closed, as on their page."""
    with here.database.reading() as session:
        known = register.counts(session, here.me.site_id)
        names = {family.code: here.name_of(family) for family in families(session)}
    rows = [told(here, row, names) for row in sorted(known, key=lambda row: row.closed_at is not None)]
    return list_file(here, shape, "counts", N_("Counts"), _columns(here), rows)


def _columns(here: Here) -> Columns[dict[str, Any]]:
    zone, dropped = here.clock.zone, here.words.text(N_("Nothing booked"))
    return {
        N_("What is counted"): lambda row: row["what"],
        N_("Site"): lambda row: row["site"],
        N_("Begun on"): lambda row: row["opened_at"].astimezone(zone).date(),
        N_("Count closed on"): lambda row: row["closed_at"].astimezone(zone).date() if row["closed_at"] else None,
        N_("Lines booked"): lambda row: row["differences"] if row["closed_at"] and not row["dropped"] else None,
        N_("To know"): lambda row: dropped if row["dropped"] else "",
    }
