"""What a report looks at: a period, and the whole network or some of its sites, one donor, one family."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeVarTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, select
from sqlalchemy.orm import Session

from common.errors import NotFound
from common.words import N_, Term
from network.partners import site as get_site
from network.tables import Organisation, Site
from stock.tables import Donor, Family, Lot, Place, Product

Columns = TypeVarTuple("Columns")


class Scope(Struct, frozen=True):
    """A period, both days included, and what of the network is looked at."""

    since: dt.date
    until: dt.date
    sites: frozenset[int] | None = None
    """None for the whole network; otherwise one site, or the sites of one partner."""
    donor_id: int | None = None
    family: str | None = None
    names_fr: tuple[str, ...] = ()
    """What was chosen, as one reads it; empty for the whole network."""
    names_en: tuple[str, ...] = ()

    @property
    def of_all_goods(self) -> bool:
        """Whether no donor or family is singled out: what households need is covered by all goods together."""
        return self.donor_id is None and self.family is None

    @property
    def before(self) -> tuple[dt.date, dt.date]:
        """The period of the same length that ends the day before this one begins."""
        length = self.until - self.since
        last = self.since - dt.timedelta(days=1)
        return last - length, last

    def goods(self) -> list[ColumnElement[bool]]:
        """What a query over lots and products must fulfil."""
        chosen: list[ColumnElement[bool]] = []
        if self.donor_id is not None:
            chosen.append(Lot.donor_id == self.donor_id)
        if self.family is not None:
            chosen.append(Product.family_code == self.family)
        return chosen

    def at_place(self, query: Select[*Columns], place: SQLColumnExpression[int | None]) -> Select[*Columns]:
        """The query held to the sites looked at, by the place of a movement."""
        if self.sites is None:
            return query
        return query.join(Place, Place.id == place).where(Place.site_id.in_(self.sites))


def scope(
    session: Session,
    since: dt.date,
    until: dt.date,
    *,
    site_id: int | None = None,
    partner_id: int | None = None,
    donor_id: int | None = None,
    family: str | None = None,
) -> Scope:
    """A scope with the names of what was chosen; a site goes before its partner. Raises NotFound."""
    places = _places(session, site_id, partner_id)
    donor = _named(session, Donor, donor_id, N_("donor"))
    kind = _named(session, Family, family or None, N_("family"))
    shared = ([places[1]] if places else []) + ([donor.name] if donor else [])
    return Scope(
        since=since,
        until=until,
        sites=frozenset(places[0]) if places else None,
        donor_id=donor_id,
        family=family or None,
        names_fr=(*shared, *([kind.name_fr] if kind else [])),
        names_en=(*shared, *([kind.name_en] if kind else [])),
    )


def _places(session: Session, site_id: int | None, partner_id: int | None) -> tuple[Sequence[int], str] | None:
    if site_id is not None:
        return [site_id], get_site(session, site_id).name
    partner = _named(session, Organisation, partner_id, N_("partner"))
    if partner is None:
        return None
    return session.scalars(select(Site.id).where(Site.organisation_id == partner.id)).all(), partner.name


def _named(session: Session, table: Any, key: Any, what: str) -> Any:
    """The row of this key, None where none was asked for; raises NotFound."""
    if key is None:
        return None
    found = session.get(table, key)
    if found is None:
        raise NotFound(what=Term(what), id=key)
    return found
