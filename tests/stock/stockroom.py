"""A small stockroom the stock tests share: one site, its places, one donor, and a shelf of products."""

import datetime as dt
from dataclasses import dataclass
from itertools import count

from sqlalchemy.orm import Session

from common.clock import PARIS, Clock
from common.codes import new_code
from network.partners import add_organisation, add_site
from stock.catalogue import add_code, add_product, load_reference, product_by_article
from stock.donors import add_donor
from stock.intake import open_reception
from stock.places import Storage, add_place
from stock.tables import Donor, Lot

MONDAY = dt.date(2026, 11, 23)
MORNING = dt.datetime(2026, 11, 23, 9, tzinfo=PARIS)
STAMP = Clock(at=MORNING).stamp()

PEAS, CASE_OF_PEAS, HAM, MINCED = "3017620422003", "13017620422000", "3760289220694", "3560070000012"
LOOSE = "3700000000013"
"""Apples in bags of any weight."""
_numbers = count(1)


@dataclass(frozen=True)
class Stockroom:
    """The numbers of what `stockroom` made."""

    site: int
    dry: int
    fridge: int
    freezer: int
    donor: int
    reception: int
    peas: int


def stockroom(session: Session) -> Stockroom:
    """A new site with its places and a donor; several may stand in one database and share the catalogue."""
    n = next(_numbers)
    peas = catalogue(session)
    site = add_site(session, add_organisation(session, f"Partner {n}", "association").id, f"S{n}", f"Site {n}")
    dry, fridge, freezer = (
        add_place(session, site.id, name, storage).id
        for name, storage in (("Shelf", Storage.DRY), ("Fridge", Storage.CHILLED), ("Freezer", Storage.FROZEN))
    )
    donor = add_donor(session, code=f"D{n}", name=f"Shop {n}", kind="supermarket", source="donation")
    reception = open_reception(session, site.id, donor, STAMP)
    return Stockroom(site.id, dry, fridge, freezer, donor.id, reception.id, peas)


def catalogue(session: Session) -> int:
    """Tinned peas (also by the case of 6), ham, minced meat, apples by weight and bread; the number of the peas."""
    load_reference(session)
    if peas := product_by_article(session, "PEAS"):
        return peas.id
    peas = add_product(
        session,
        name="Petits pois",
        article="PEAS",
        family_code="tinned_produce",
        grams_each=400,
        value_cents=120,
        gtins=[PEAS],
        source="test",
    )
    add_code(session, peas.id, CASE_OF_PEAS, units=6)
    add_product(session, name="Jambon", family_code="cooked_ham", grams_each=160, gtins=[HAM], source="test")
    add_product(session, name="Steak haché", family_code="minced_meat", grams_each=250, gtins=[MINCED], source="test")
    add_product(
        session,
        name="Pommes",
        article="POMMES",
        family_code="fruit",
        measure="gram",
        grams_each=1,
        gtins=[LOOSE],
        source="test",
    )
    add_product(session, name="Glace", article="GLACE", family_code="ice_cream", grams_each=500, source="test")
    add_product(
        session, name="Pain", article="PAIN", family_code="bread", grams_each=250, shelf_life_days=1, source="test"
    )
    return peas.id


def donor_of(session: Session, room: Stockroom) -> Donor:
    donor = session.get(Donor, room.donor)
    assert donor is not None
    return donor


def lot_of(session: Session, room: Stockroom, *, measure: str = "unit", last_day: dt.date = MONDAY) -> int:
    """An empty lot of peas."""
    lot = Lot(
        code=new_code(),
        product_id=room.peas,
        reception_id=room.reception,
        donor_id=room.donor,
        source="donation",
        lot_number="",
        date_kind="best_before",
        date=last_day,
        last_day=last_day,
        measure=measure,
        grams_each=400 if measure == "unit" else 1,
        portion=1,
        value_cents=120,
        came_in_at=MORNING,
    )
    session.add(lot)
    session.flush()
    return lot.id
