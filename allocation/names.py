"""Plans speak in codes; people are told of goods, cards, food groups and what goods contain or need."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation.check import Broken, PinsBreakRule
from allocation.tables import Visit
from common.words import N_, Bilingual, Term
from households.tables import Household
from stock.reference import FoodGroup, Named, contents, equipment, food_groups
from stock.tables import Lot, Product

CHANNELS = {"free": Term(N_("free baskets")), "shop": Term(N_("shop"))}


def names_of(session: Session, codes: Collection[str]) -> dict[str, str]:
    """What people know by another name, among these codes: lots by their product, baskets by the card they are for."""
    goods = select(Lot.code, Product.name).join(Product, Product.id == Lot.product_id).where(Lot.code.in_(codes))
    cards = select(Visit.basket, Household.card).join(Household).where(Visit.basket.in_(codes))
    named = {code: f"{name} ({code})" for code, name in session.execute(goods)}
    return named | dict(session.execute(cards).all())


def in_names(session: Session, refusal: PinsBreakRule) -> PinsBreakRule:
    """The same refusal in the names people know."""
    return PinsBreakRule(told(session, refusal.broken))


def told(session: Session, broken: Sequence[Broken]) -> tuple[Broken, ...]:
    """The same breaches in the names people know."""
    names = names_of(session, [value for b in broken for value in b.data.values() if isinstance(value, str)])
    of_hole: dict[str, Mapping[str, Any]] = {
        "group": {group.id: _inside(group) for group in food_groups()},
        "contents": {content.code: _inside(content) for content in contents()},
        "equipment": {tool.code: _inside(tool) for tool in equipment()},
        "channel": CHANNELS,
        "channels": CHANNELS,
    }

    def named(hole: str, value: Any) -> Any:
        if isinstance(value, list):
            return [named(hole, part) for part in value]
        return of_hole.get(hole, names).get(value, value) if isinstance(value, str) else value

    return tuple(replace(b, data={hole: named(hole, value) for hole, value in b.data.items()}) for b in broken)


def _inside(row: Named | FoodGroup) -> Bilingual:
    """Its name inside a sentence."""
    return Bilingual(*(name[:1].lower() + name[1:] for name in (row.name_fr, row.name_en)))
