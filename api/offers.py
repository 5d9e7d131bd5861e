"""Transfers worth proposing, one for each pair of sites, as the pages show them."""

from typing import Any

from allocation.rescue import Rescue


def offers_of(worth: list[Rescue]) -> list[dict[str, Any]]:
    """One proposal for each pair of sites, with what it would save."""
    pairs: dict[tuple[int, int], list[Rescue]] = {}
    for each in worth:
        pairs.setdefault((each.lot.site_id, each.to_site_id), []).append(each)
    return [
        {
            "from": found[0].lot.site,
            "from_id": origin,
            "to": found[0].to_site,
            "on": found[0].on,
            "grams": sum(r.lot.free * r.lot.grams_each for r in found),
            "names": [r.lot.product for r in found],
            "href": f"/transfers/new?site={origin}&to={target}&worth=1",
        }
        for (origin, target), found in pairs.items()
    ]
