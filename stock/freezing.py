"""Freezing goods here: off until the partners set the rules of their written hygiene plan, from a day on.

What is frozen is a lot of its own: another product, kept frozen, with a new date and the day it was frozen, which its
label must say. It never loses its parent, nor its parent's recalls. Goods whose date is near are never frozen: freezing
stops the clock, it does not turn it back.
"""

import datetime as dt
from collections.abc import Collection
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, Refusal
from common.words import N_, Term
from network.parameters import parameter
from network.tables import Site
from stock import ledger
from stock.accounts import shelf
from stock.catalogue import add_product
from stock.dates import DateKind
from stock.lots import KEEPS, Made, WrongStorage, get_lot, part_of, remake, there
from stock.places import STORAGE_NAMES, Storage, place
from stock.tables import Family, Lot, Product

NAME = "freezing"


class FrozenAs(Struct, frozen=True, forbid_unknown_fields=True):
    """What goods of a family become."""

    family: str
    days: Annotated[int, Meta(ge=1, le=365)]
    """From the day it is frozen to its best-before date."""


class FreezingRules(Struct, frozen=True, forbid_unknown_fields=True):
    """What the written hygiene plan allows; empty is the default: nothing is frozen anywhere."""

    sites: tuple[str, ...] = ()
    """Codes of the sites that may."""
    families: dict[str, FrozenAs] = {}
    min_days_left: Annotated[int, Meta(ge=1)] = 2
    """Whole days until the use-by date: goods nearer to it are never frozen."""


class UnknownInRule(Refusal):
    """A slip in a code would leave the rule without effect, or stop people in the middle of their work."""

    message = N_("The rule of freezing names “%(got)s”, which is not %(what)s here: there are %(known)s.")


class FreezingNotAllowed(Refusal):
    kind = Kind.CONFLICT
    message = N_("Freezing is not allowed at %(site)s: the hygiene plan in force does not speak of it.")


class NotToBeFrozen(Refusal):
    """A family the plan does not name; goods that were frozen before are never frozen again."""

    kind = Kind.CONFLICT
    message = N_("“%(product)s” may not be frozen here: the hygiene plan does not name its family.")


class TooNearToFreeze(Refusal):
    kind = Kind.CONFLICT
    message = N_("“%(product)s” is to be used by %(date)s: at least %(days)s days must be left to freeze it.")


def freezing_rules(session: Session, on: dt.date) -> FreezingRules:
    """The rules in force on that day."""
    return msgspec.convert(parameter(session, NAME, on, {}), FreezingRules)


def refuse_unknown(session: Session, rules: FreezingRules, sites: Collection[str]) -> None:
    """Raises UnknownInRule for the first code that is none of a site, of a family, or of a family kept frozen."""
    kept = dict(session.execute(select(Family.code, Family.storage).order_by(Family.code)).all())
    frozen = [code for code, storage in kept.items() if storage == Storage.FROZEN]
    named = [frozen_as.family for frozen_as in rules.families.values()]
    for got, what, known in (
        *((code, Term(N_("a site")), sorted(sites)) for code in rules.sites),
        *((code, Term(N_("a family")), list(kept)) for code in rules.families),
        *((code, Term(N_("a family kept frozen")), frozen) for code in named),
    ):
        if got not in known:
            raise UnknownInRule(got=got[:40], what=what, known=", ".join(known))


def may_freeze(lot: Lot, site: str, on: dt.date, rules: FreezingRules) -> FrozenAs:
    """What it would become; raises FreezingNotAllowed, NotToBeFrozen or TooNearToFreeze."""
    if site not in rules.sites:
        raise FreezingNotAllowed(site=site)
    frozen = rules.families.get(lot.product.family_code)
    if frozen is None or lot.date is None or lot.frozen_on is not None:
        raise NotToBeFrozen(product=lot.product.name)
    if (lot.date - on).days < rules.min_days_left:
        raise TooNearToFreeze(product=lot.product.name, date=lot.date, days=rules.min_days_left)
    return frozen


def freeze(session: Session, lot_id: int, quantity: int, from_place: int, to_place: int, stamp: Stamp) -> Made:
    """Make frozen goods of so much of the free goods of a lot, in a freezer of the same site.

    Raises what `may_freeze` raises, NotFound, OtherSite, WrongStorage or NotEnoughLeft.
    """
    lot, origin, target = get_lot(session, lot_id), place(session, from_place), place(session, to_place)
    site = session.get_one(Site, origin.site_id)
    frozen = may_freeze(lot, site.code, stamp.on, freezing_rules(session, stamp.on))
    product = frozen_product(session, lot.product, frozen.family)
    if target.storage not in KEEPS[Storage.FROZEN]:
        raise WrongStorage(product=product.name, storage=Term(STORAGE_NAMES[Storage.FROZEN]), place=target.name)
    ledger.hold(session, {lot_id})
    until = stamp.on + dt.timedelta(days=frozen.days)
    child = part_of(
        session,
        lot,
        stamp,
        product_id=product.id,
        date_kind=DateKind.BEST_BEFORE,
        date=until,
        last_day=until,
        frozen_on=stamp.on,
    )
    session.refresh(child, ["product"])
    where = there(child, origin, target)
    numbers = remake(session, lot, child, quantity, shelf(origin.id), where, stamp, "frozen")
    return Made(child.id, child.code, tuple(numbers))


def frozen_product(session: Session, product: Product, family_code: str) -> Product:
    """The same goods as frozen ones in the catalogue: found, or added with what is known of the fresh ones."""
    # Two who freeze such goods for the first time wait for each other here.
    session.execute(select(Product.id).where(Product.id == product.id).with_for_update())
    known = session.scalar(select(Product).where(Product.frozen_from_id == product.id))
    if known is not None:
        return known
    family = session.get_one(Family, family_code)
    added = add_product(
        session,
        name=product.name,
        brand=product.brand,
        family_code=family.code,
        grams_each=product.grams_each,
        measure=product.measure,
        portion=product.portion,
        source=f"frozen here from product {product.id}",
    )
    added.frozen_from_id = product.id
    added.contains = sorted({*added.contains, *product.contains})
    added.unknown_contents, added.value_cents = product.unknown_contents, product.value_cents
    added.max_per_visit = product.max_per_visit
    added.nutriscore, added.nutrition = product.nutriscore, product.nutrition
    session.flush()
    return added
