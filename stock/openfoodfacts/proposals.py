"""What to propose for a number nobody here has met: from an import, or asked for once and remembered."""

import datetime as dt
from dataclasses import dataclass

import msgspec
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.database import Database
from stock import catalogue
from stock.nutrition import Nutrition
from stock.openfoodfacts.facts import LICENCE, Facts
from stock.openfoodfacts.families import GUESSED
from stock.openfoodfacts.importing import keep_facts
from stock.openfoodfacts.lookup import NoAnswer, ask
from stock.openfoodfacts.tables import ReferenceGoods
from stock.tables import Product

AGAIN = dt.timedelta(days=30)
"""How long "nothing is known of it" is believed."""


@dataclass(frozen=True)
class Described:
    """The few facts a person gives, or leaves as they were proposed."""

    name: str
    family: str
    grams_each: int


def proposal(database: Database, gtin14: str, address: str, stamp: Stamp) -> ReferenceGoods | None:
    """The proposal for a number; asked for where none is kept and there is somebody to ask.

    Nobody waits for the answer inside a transaction. What was said is kept, also that nothing is known.
    """
    with database.reading() as session:
        kept = session.get(ReferenceGoods, gtin14)
        if kept is not None and (kept.name or kept.at > stamp.at - AGAIN):
            return kept if kept.name else None
    if not address:
        return None
    try:
        facts = ask(address, gtin14)
    except NoAnswer:
        return None
    with database.writing() as session:
        keep_facts(session, [facts or Facts(gtin=gtin14, name="")], f"{LICENCE}, {stamp.on.isoformat()}", stamp)
        kept = session.get_one(ReferenceGoods, gtin14)
    return kept if kept.name else None


def add_described(session: Session, gtin14: str | None, said: Described, source: str) -> Product:
    """A new product as a person described it, completed by what is known of its number; refuses as `add_product`.

    What the person changed of a proposal counts as set right: no import changes it.
    """
    goods = session.get(ReferenceGoods, gtin14) if gtin14 else None
    if goods is None or not goods.name:
        return catalogue.add_product(
            session,
            name=said.name,
            family_code=said.family,
            grams_each=said.grams_each,
            source=source,
            unknown_contents=True,
        )
    added = catalogue.add_product(
        session,
        name=said.name,
        family_code=said.family,
        grams_each=said.grams_each,
        source=goods.source,
        brand=goods.brand,
        contains=goods.contains,
        unknown_contents=goods.unknown_contents,
        nutriscore=goods.nutriscore,
        nutrition=msgspec.convert(goods.nutrition, Nutrition) if goods.nutrition is not None else None,
    )
    pairs = {
        "name": (said.name.strip(), goods.name),
        "family_code": (said.family, goods.family),
        "grams_each": (said.grams_each, goods.net_grams),
    }
    added.corrected = [name for name, (typed, proposed) in pairs.items() if typed != proposed]
    session.flush()
    return added


def is_guess(goods: ReferenceGoods) -> bool:
    """Whether the family of a proposal was only guessed."""
    return goods.how in GUESSED
