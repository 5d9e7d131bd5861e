"""Lots in people's hands: moved to another place, and split so that a part has a label of its own."""

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from common.clock import Stamp
from common.codes import new_code
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from network.audit import record
from stock import ledger
from stock.accounts import PLACED, REMADE, Account, Where, quarantined, shelf
from stock.ledger import Moving
from stock.places import STORAGE_NAMES, Storage, place
from stock.promise import recalled_lots
from stock.tables import Lot, Movement, Place, Product

KEEPS = {
    Storage.DRY: {Storage.DRY, Storage.CHILLED},
    Storage.CHILLED: {Storage.CHILLED},
    Storage.FROZEN: {Storage.FROZEN},
}
"""Where goods of each kind may stand; a quarantine corner takes any, and blocks them."""


class WrongStorage(Refusal):
    """Goods that would spoil there, or thaw."""

    kind = Kind.CONFLICT
    message = N_("“%(product)s” is kept so: %(storage)s. It cannot stand at “%(place)s”.")
    field = "to"


class OtherSite(Refusal):
    """Between sites goods are sent, so that somebody counts them on arrival."""

    kind = Kind.CONFLICT
    message = N_("“%(place)s” is at another site: send the goods there by a transfer.")
    field = "to"


class NotWhole(Refusal):
    """A part is less than the whole and more than nothing."""

    kind = Kind.CONFLICT
    message = N_("Split off less than the whole; asked for: %(got)s of %(there)s.")
    field = "quantity"


class NotAMove(Refusal):
    """Other movements have their own ways back."""

    kind = Kind.CONFLICT
    message = N_("Movement %(id)s did not only lead from one shelf or lot to another.")


class StillRecalled(Refusal):
    """An alert speaks of it: settling the alert is what frees it."""

    kind = Kind.CONFLICT
    message = N_("Lot %(lot)s is under recall: say on the page of the recall that it is not concerned.")


class Made(Struct, frozen=True):
    """A lot made from another, and the movements that made it."""

    lot_id: int
    code: str
    movements: tuple[int, ...]


def get_lot(session: Session, lot_id: int) -> Lot:
    """The lot with its product and family; raises NotFound."""
    query = select(Lot).where(Lot.id == lot_id).options(joinedload(Lot.product).joinedload(Product.family))
    found = session.scalar(query)
    if found is None:
        raise NotFound(what=Term(N_("lot")), id=lot_id)
    return found


def shift(session: Session, lot_id: int, quantity: int, from_place: int, to_place: int, stamp: Stamp) -> int:
    """Put free goods of a lot somewhere else at the same site; a quarantine corner blocks them.

    Returns the movement. Raises NotFound, OtherSite, WrongStorage, OutOfPlace or NotEnoughLeft.
    """
    lot, origin, target = get_lot(session, lot_id), place(session, from_place), place(session, to_place)
    where = there(lot, origin, target)
    return ledger.move(session, lot.id, quantity, shelf(origin.id), where, stamp)


def there(lot: Lot, origin: Place, target: Place) -> Where:
    """Where goods of a lot stand at that place; raises OtherSite or WrongStorage."""
    if origin.site_id != target.site_id:
        raise OtherSite(place=target.name)
    if target.storage == Storage.QUARANTINE:
        return quarantined(target.id)
    kept = Storage(lot.product.family.storage)
    if target.storage not in KEEPS[kept]:
        raise WrongStorage(product=lot.product.name, storage=Term(STORAGE_NAMES[kept]), place=target.name)
    return shelf(target.id)


def split(session: Session, lot_id: int, quantity: int, place_id: int, stamp: Stamp) -> Made:
    """Make a lot of its own of some of the free goods at a place: it has a code, hence a label, of its own.

    Raises NotFound, NotWhole or NotEnoughLeft.
    """
    lot = get_lot(session, lot_id)
    ledger.hold(session, {lot_id})
    whole = sum(s.quantity for s in ledger.standings(session, lots=[lot_id], accounts=PLACED))
    if not 0 < quantity < whole:
        raise NotWhole(got=quantity, there=whole)
    child = part_of(session, lot, stamp)
    numbers = remake(session, lot, child, quantity, shelf(place_id), shelf(place_id), stamp, "split")
    return Made(child.id, child.code, tuple(numbers))


def part_of(session: Session, lot: Lot, stamp: Stamp, **other: object) -> Lot:
    """An empty lot like this one but for `other`, with this one as its parent."""
    same = {column.key: getattr(lot, column.key) for column in Lot.__table__.columns if column.key != "id"}
    child = Lot(**{**same, "code": new_code(), "parent_id": lot.id, **other})
    session.add(child)
    session.flush()
    record(session, "lot made from another", f"lot:{child.id}", stamp, parent=lot.id)
    return child


def remake(
    session: Session, lot: Lot, child: Lot, quantity: int, source: Where, target: Where, stamp: Stamp, why: str
) -> list[int]:
    """So much of a lot is of the other from now on: nothing comes or goes by it."""
    movings = [Moving(lot.id, quantity, source, REMADE, why), Moving(child.id, quantity, REMADE, target, why)]
    return ledger.post(session, movings, stamp)


def undo_moves(session: Session, movements: list[int], stamp: Stamp) -> list[int]:
    """Take these back, all or none: goods stand where they stood, and are of the lot they were of.

    Returns the counter-movements. Raises NotFound, NotAMove, StillRecalled, AlreadyUndone or NotEnoughLeft.
    """
    ledger.refuse_nothing(movements)
    # The last first: what was made from a lot gives back what it got.
    undone = []
    for number in sorted(movements, reverse=True):
        movement = session.get(Movement, number)
        if movement is None:
            raise NotFound(what=Term(N_("movement")), id=number)
        if movement.undoes_id or not is_move(Account(movement.from_account), Account(movement.to_account)):
            raise NotAMove(id=number)
        if movement.to_account == Account.QUARANTINE and recalled_lots(session, [movement.lot_id]):
            raise StillRecalled(lot=get_lot(session, movement.lot_id).code)
        undone.append(ledger.undo(session, number, stamp))
    return undone


def frees(session: Session, movement_id: int) -> bool:
    """Whether taking this movement back would free what it blocked."""
    movement = session.get(Movement, movement_id)
    return movement is not None and movement.to_account == Account.QUARANTINE


def is_move(source: Account, target: Account) -> bool:
    """Whether a movement only led from one place or lot to another: nothing came, left or was promised by it."""
    stays = {Account.SHELF, Account.QUARANTINE, Account.REMADE}
    return source in stays and target in stays
