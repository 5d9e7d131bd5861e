"""Who works at one site changes what is at that site; who has none works for all of them."""

from dataclasses import replace

from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_
from network.partners import site


class AnotherSite(Refusal):
    """What is at a site is for the people there to change; the others read it."""

    kind = Kind.FORBIDDEN
    message = N_("This is at %(site)s: only people who work there can change it.")


def only_there(session: Session, stamp: Stamp, site_id: int) -> None:
    """Raise AnotherSite where who signs works at another site than this."""
    only_at(session, stamp.site, site_id)


def only_at(session: Session, own: int | None, site_id: int) -> None:
    """The same, of a person's own site."""
    if own not in (None, site_id):
        raise AnotherSite(site=site(session, site_id).name)


def anywhere(stamp: Stamp) -> Stamp:
    """The same signature, for what is true of goods wherever they stand."""
    return replace(stamp, site=None)
