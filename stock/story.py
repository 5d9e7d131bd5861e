"""The whole story of a lot: what it is, where it stands, and everything that happened to it."""

import datetime as dt
from collections import defaultdict
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session, aliased, joinedload

from common.errors import NotFound
from common.words import N_, Term, Words
from network.tables import Account as Person
from network.tables import Site
from stock.dates import DateKind
from stock.ledger import EATEN, LOST, ON_HAND, Account
from stock.redating import Corrected, corrections
from stock.tables import Lot, Movement, Place, Product

SAID: dict[tuple[Account, Account], str] = {
    (Account.OUTSIDE, Account.SHELF): N_("Came in, to %(target)s"),
    (Account.SHELF, Account.OUTSIDE): N_("Not received after all"),
    (Account.SHELF, Account.RESERVED): N_("Set aside for a basket, in %(source)s"),
    (Account.RESERVED, Account.SHELF): N_("Free again, in %(target)s"),
    (Account.SHELF, Account.SHELF): N_("Moved from %(source)s to %(target)s"),
    (Account.QUARANTINE, Account.SHELF): N_("No longer blocked, in %(target)s"),
    (Account.GIVEN, Account.SHELF): N_("Back from a household, to %(target)s"),
    (Account.TRANSIT, Account.SHELF): N_("Arrived from another site, in %(target)s"),
    (Account.COUNT, Account.SHELF): N_("Found at the count, in %(target)s"),
    (Account.REMADE, Account.SHELF): N_("Made from another lot, in %(target)s"),
}
"""What a movement between two accounts is called; other pairs are called after where they lead."""

LEADS: dict[Account, str] = {
    Account.OUTSIDE: N_("Back to the donor"),
    Account.SHELF: N_("Back to stock, in %(target)s"),
    Account.RESERVED: N_("Set aside again, in %(target)s"),
    Account.QUARANTINE: N_("Blocked, in %(target)s"),
    Account.TRANSIT: N_("Left for another site"),
    Account.COUNT: N_("Missing at the count"),
    Account.REMADE: N_("Became another lot"),
    Account.GIVEN: N_("Taken home by a household"),
    Account.WORKSHOP: N_("Given to a cooking workshop"),
    Account.PARTNER: N_("Given to a partner outside the network"),
    Account.ANIMALS: N_("Given to animals"),
    Account.BIOWASTE: N_("Composted"),
    Account.DESTROYED: N_("Destroyed"),
}


class Step(Struct, frozen=True):
    """One movement of a lot."""

    movement_id: int
    at: dt.datetime
    source: Account
    source_place: str
    """Empty for accounts that stand nowhere."""
    source_site: str
    target: Account
    target_place: str
    target_site: str
    quantity: int
    reason: str
    """The code of why it was left behind or lost; empty where nobody asked."""
    by: str
    """Who did it; empty for the software itself."""
    undoes_id: int | None = None
    undone: bool = False

    def say(self, words: Words) -> str:
        """What happened, in a sentence."""
        said = SAID.get((self.source, self.target)) or LEADS[self.target]
        return words.text(said, source=self.source_place, target=self.target_place)


class Stands(Struct, frozen=True):
    """What is left of a lot at one place on one account."""

    account: Account
    place: str
    site: str
    quantity: int


class LotStory(Struct, frozen=True):
    """Everything known of a lot; quantities are pieces, or grams where it is weighed."""

    lot_id: int
    code: str
    lot_number: str
    product_id: int
    product: str
    brand: str
    pictogram: str
    family_fr: str
    family_en: str
    storage: str
    contains: tuple[str, ...]
    unknown_contents: bool
    measure: str
    grams_each: int
    value_cents: int
    date: dt.date | None
    date_kind: DateKind
    last_day: dt.date
    checked: bool
    source: str
    donor: str
    reception_id: int
    came_in_at: dt.datetime
    received: int
    given: int
    """To households, workshops and partners."""
    lost: int
    differences: int
    """Missing at counts, less what was found."""
    remade: int
    """Became other lots, less what came from its parent."""
    on_hand: int
    """received = given + lost + differences + remade + on_hand."""
    stands: tuple[Stands, ...]
    steps: tuple[Step, ...]
    """In the order they happened."""
    parent: str | None
    """The code of the lot it was made from."""
    children: tuple[str, ...]
    """The codes of the lots made from it."""
    frozen_on: dt.date | None
    session_on: dt.date | None
    """The planned session it came in for, its use-by date being nearer than the law allows otherwise."""
    corrections: tuple[Corrected, ...]
    """What its date was before."""


def lot_story(session: Session, lot: int | str) -> LotStory:
    """The story of a lot, by its number or by the code of its label; raises NotFound."""
    found = session.scalar(_LOT.where(Lot.id == lot if isinstance(lot, int) else Lot.code == lot))
    if found is None:
        raise NotFound(what=Term(N_("lot")), id=lot)
    steps = [_step(row) for row in session.execute(_STEPS, {"lot": found.id})]
    sums: dict[Account, int] = defaultdict(int)
    stood: dict[tuple[Account, str, str], int] = defaultdict(int)
    for step in steps:
        for account, place, site, quantity in (
            (step.source, step.source_place, step.source_site, -step.quantity),
            (step.target, step.target_place, step.target_site, step.quantity),
        ):
            sums[account] += quantity
            stood[account, place, site] += quantity
    return LotStory(
        lot_id=found.id,
        code=found.code,
        lot_number=found.lot_number,
        product_id=found.product_id,
        product=found.product.name,
        brand=found.product.brand,
        pictogram=found.product.pictogram,
        family_fr=found.product.family.name_fr,
        family_en=found.product.family.name_en,
        storage=found.product.family.storage,
        contains=tuple(found.product.contains),
        unknown_contents=found.product.unknown_contents,
        measure=found.measure,
        grams_each=found.grams_each,
        value_cents=found.value_cents,
        date=found.date,
        date_kind=DateKind(found.date_kind),
        last_day=found.last_day,
        checked=found.checked,
        source=found.source,
        donor=found.donor.name,
        reception_id=found.reception_id,
        came_in_at=found.came_in_at,
        received=-sums[Account.OUTSIDE],
        given=sum(sums[account] for account in EATEN),
        lost=sum(sums[account] for account in LOST),
        differences=sums[Account.COUNT],
        remade=sums[Account.REMADE],
        on_hand=sum(sums[account] for account in ON_HAND),
        stands=tuple(
            Stands(*key, quantity) for key, quantity in sorted(stood.items()) if quantity and key[0] in ON_HAND
        ),
        steps=tuple(steps),
        parent=session.scalar(select(Lot.code).where(Lot.id == found.parent_id)) if found.parent_id else None,
        children=tuple(session.scalars(select(Lot.code).where(Lot.parent_id == found.id).order_by(Lot.id))),
        frozen_on=found.frozen_on,
        session_on=found.session_on,
        corrections=corrections(session, found.id),
    )


def _step(row: Row[*tuple[Any, ...]]) -> Step:
    movement = row.Movement
    return Step(
        movement_id=movement.id,
        at=movement.at,
        source=Account(movement.from_account),
        source_place=row.source_place or "",
        source_site=row.source_site or "",
        target=Account(movement.to_account),
        target_place=row.target_place or "",
        target_site=row.target_site or "",
        quantity=movement.quantity,
        reason=movement.reason,
        by=row.by or "",
        undoes_id=movement.undoes_id,
        undone=row.undone_by is not None,
    )


_LOT = select(Lot).options(joinedload(Lot.product).joinedload(Product.family), joinedload(Lot.donor))

_source, _target = aliased(Place), aliased(Place)
_source_site, _target_site = aliased(Site), aliased(Site)
_counter = aliased(Movement)
_STEPS = (
    select(
        Movement,
        _source.name.label("source_place"),
        _source_site.name.label("source_site"),
        _target.name.label("target_place"),
        _target_site.name.label("target_site"),
        Person.name.label("by"),
        _counter.id.label("undone_by"),
    )
    .outerjoin(_source, _source.id == Movement.from_place_id)
    .outerjoin(_source_site, _source_site.id == _source.site_id)
    .outerjoin(_target, _target.id == Movement.to_place_id)
    .outerjoin(_target_site, _target_site.id == _target.site_id)
    .outerjoin(Person, Person.id == Movement.by_id)
    .outerjoin(_counter, _counter.undoes_id == Movement.id)
    .where(Movement.lot_id == bindparam("lot"))
    .order_by(Movement.id)
)
