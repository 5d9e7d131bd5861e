"""Which lot at which place a scan means in a count."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.errors import Kind, Refusal
from common.words import N_
from stock import catalogue, ledger
from stock.accounts import PLACED
from stock.codes import Scan, as_scanned
from stock.counts.tables import Count
from stock.intake import read_code
from stock.places import places
from stock.tables import Lot


class NoSuchLot(Refusal):
    """The product is known, and no lot of it stands at the site."""

    kind = Kind.CONFLICT
    message = N_("No lot of “%(product)s” stands at this site: receive it first, then count it.")
    field = "scan"


class SayWhichLot(Refusal):
    """Several lots answer to one code: the pack alone tells them apart."""

    kind = Kind.CONFLICT
    message = N_("Several lots of “%(product)s” stand here: choose the one with the date on the pack.")
    field = "scan"


class Meant(Struct, frozen=True):
    """What a scan stands for: one lot, or several to choose from."""

    product: str
    lots: tuple[int, ...]
    units: int
    """Pieces in what was scanned; grams where its code says a weight."""


def meant(session: Session, count: Count, text: str, place_id: int, today: dt.date) -> Meant:
    """The lots a scan may mean at this place: those standing there, else those of the site.

    A label of ours names one lot wherever it stood. Raises what reading a code raises, or NoSuchLot.
    """
    scan = read_code(session, as_scanned(text), today)
    found = catalogue.find(session, scan)
    units = found.grams or found.units
    if found.lot is not None:
        return Meant(found.product.name, (found.lot.id,), units)
    at_site = {place.id for place in places(session, count.site_id)}
    for where in ({place_id}, at_site):
        if lots := _lots(session, found.product.id, where, scan):
            return Meant(found.product.name, tuple(lots), units)
    raise NoSuchLot(product=found.product.name)


def _lots(session: Session, product_id: int, where: set[int], scan: Scan) -> Sequence[int]:
    """The lots of a product standing there, narrowed by what the code itself says of date and lot number."""
    there = {standing.lot_id for standing in ledger.standings(session, places=where, accounts=PLACED)}
    query = select(Lot.id).where(Lot.product_id == product_id, Lot.id.in_(there)).order_by(Lot.last_day, Lot.id)
    if scan.date is not None:
        query = query.where(Lot.date == scan.date)
    if scan.lot_number:
        query = query.where(Lot.lot_number == scan.lot_number)
    return session.scalars(query).all()
