"""Taking movements back: each kind has its own way, found by where the movement led."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from stock.accounts import Account
from stock.intake import undo_booking
from stock.ledger import refuse_nothing
from stock.losses import is_loss, undo_losses
from stock.lots import is_move, undo_moves
from stock.tables import Movement


class UndoneElsewhere(Refusal):
    """Other work hangs on it: it is undone where it was done, with all that belongs to it."""

    kind = Kind.CONFLICT
    message = N_("Movement %(id)s belongs to a basket, a transfer or a count: it is undone there.")


def take_back(session: Session, movements: Sequence[int], stamp: Stamp) -> list[int]:
    """Take bookings, moves, splits, blocks and losses back, all or none; returns the counter-movements.

    Raises NotFound, UndoneElsewhere, StillRecalled, AlreadyUndone or NotEnoughLeft.
    """
    refuse_nothing(movements)
    # The last first: what was made from a lot gives back what it got.
    return [_way(session, number)(session, number, stamp) for number in sorted(set(movements), reverse=True)]


def _way(session: Session, number: int) -> Callable[[Session, int, Stamp], int]:
    movement = session.get(Movement, number)
    if movement is None:
        raise NotFound(what=Term(N_("movement")), id=number)
    source, target = Account(movement.from_account), Account(movement.to_account)
    if movement.undoes_id is None:
        if source is Account.OUTSIDE:
            return undo_booking
        if is_loss(source, target, None):
            return lambda session, number, stamp: undo_losses(session, [number], stamp)[0]
        if is_move(source, target):
            return lambda session, number, stamp: undo_moves(session, [number], stamp)[0]
    raise UndoneElsewhere(id=number)
