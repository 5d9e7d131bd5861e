"""Receptions are the work of the people at their site: the others read them, and neither add nor change anything.

Who has no site of their own works for all of them.
"""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from api.here import Here
from common.errors import NotFound
from common.words import N_, Term
from network.own_site import only_at
from stock.photos import subject_of
from stock.reception_lines import refused_lines
from stock.receptions import reception
from stock.tables import Balance, Lot, Place, Reception


def refuse_elsewhere(here: Here, session: Session, site_id: int) -> None:
    """Raise AnotherSite where goods come in at a site that is not this person's."""
    only_at(session, here.me.site_id, site_id)


def reception_here(here: Here, session: Session, reception_id: int) -> Reception:
    """The reception, to change something of it; raises NotFound or AnotherSite."""
    found = reception(session, reception_id)
    refuse_elsewhere(here, session, found.site_id)
    return found


def photographed_here(here: Here, session: Session, lot_id: int) -> bool:
    """Whether a lot came in at this person's site, or stands there after a transfer."""
    stands = exists().where(
        Balance.lot_id == lot_id,
        Balance.quantity > 0,
        Place.id == Balance.place_id,
        Place.site_id == here.me.site_id,
    )
    return here.works_at(_came_in_at(session, lot_id)) or bool(session.scalar(select(stands)))


def lot_here(here: Here, session: Session, lot_id: int) -> int:
    """The lot, to keep photos of its damage; raises AnotherSite where it never was at this person's site."""
    if not photographed_here(here, session, lot_id):
        refuse_elsewhere(here, session, _came_in_at(session, lot_id))
    return lot_id


def refusal_here(here: Here, session: Session, reception_id: int, refused_id: int) -> int:
    """What was turned away under this reception, to keep photos of it; raises NotFound or AnotherSite."""
    reception_here(here, session, reception_id)
    if refused_id not in {gone.id for gone in refused_lines(session, reception_id)}:
        raise NotFound(what=Term(N_("refusal")), id=refused_id)
    return refused_id


def photo_here(here: Here, session: Session, photo_id: int) -> None:
    """Raise AnotherSite for a photo of what is at another site, NotFound for none at all."""
    lot_id, reception_id = subject_of(session, photo_id)
    if lot_id is not None:
        lot_here(here, session, lot_id)
    else:
        reception_here(here, session, reception_id)


def _came_in_at(session: Session, lot_id: int) -> int:
    return session.scalars(select(Reception.site_id).join(Lot).where(Lot.id == lot_id)).one()
