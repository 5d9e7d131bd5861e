"""The directory of partners and their sites."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.errors import NotFound
from common.words import N_, Term
from network.parameters import parameter
from network.tables import Organisation, Site


def add_organisation(session: Session, name: str, kind: str) -> Organisation:
    organisation = Organisation(name=name, kind=kind)
    session.add(organisation)
    session.flush()
    return organisation


def add_site(session: Session, organisation_id: int, code: str, name: str) -> Site:
    site = Site(organisation_id=organisation_id, code=code, name=name)
    session.add(site)
    session.flush()
    return site


def organisations(session: Session) -> Sequence[Organisation]:
    """The partners, by name."""
    return session.scalars(select(Organisation).order_by(Organisation.name)).all()


def sites(session: Session) -> Sequence[Site]:
    return session.scalars(select(Site).order_by(Site.name)).all()


def site(session: Session, site_id: int) -> Site:
    """The site; raises NotFound."""
    found = session.get(Site, site_id)
    if found is None:
        raise NotFound(what=Term(N_("site")), id=site_id)
    return found


def site_by_code(session: Session, code: str) -> Site:
    """The site of this short name; raises NotFound."""
    found = session.scalar(select(Site).where(Site.code == code))
    if found is None:
        raise NotFound(what=Term(N_("site")), id=code)
    return found


def network_name(session: Session, on: dt.date) -> str:
    """What the town calls its network; printed on every document."""
    return str(parameter(session, "network_name", on, "Panier juste"))
