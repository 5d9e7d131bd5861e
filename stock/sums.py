"""What the movements of all time add up to: the truth about every lot, read slowly and held against what is kept."""

from collections.abc import Iterable

from sqlalchemy import Subquery, func, select, union_all
from sqlalchemy.orm import Session

from stock.accounts import Account, Standing, Where
from stock.tables import Movement


def sums(
    session: Session, *, lots: Iterable[int] | None = None, accounts: Iterable[Account] = tuple(Account)
) -> list[Standing]:
    """What the movements of all time add up to on these accounts: the truth that balances are held against."""
    legs = legs_of(accounts, lots)
    quantity = func.sum(legs.c.quantity)
    query = (
        select(legs.c.lot_id, legs.c.account, legs.c.place_id, quantity)
        .group_by(legs.c.lot_id, legs.c.account, legs.c.place_id)
        .having(quantity != 0)
        .order_by(legs.c.lot_id, legs.c.account, legs.c.place_id)
    )
    return [
        Standing(lot_id, Where(Account(account), place_id), int(total))
        for lot_id, account, place_id, total in session.execute(query)
    ]


def legs_of(accounts: Iterable[Account], lots: Iterable[int] | None = None) -> Subquery:
    """Each movement seen from its two ends, entering one account (+) and leaving another (−).

    What is not asked for is left out of both halves: chosen from the whole, it would be read and sorted first.
    """
    wanted = [account.value for account in accounts]
    entering = select(
        Movement.id.label("movement_id"),
        Movement.lot_id,
        Movement.to_account.label("account"),
        Movement.to_place_id.label("place_id"),
        Movement.quantity.label("quantity"),
    ).where(Movement.to_account.in_(wanted))
    leaving = select(
        Movement.id,
        Movement.lot_id,
        Movement.from_account,
        Movement.from_place_id,
        -Movement.quantity,
    ).where(Movement.from_account.in_(wanted))
    if lots is not None:
        chosen = list(lots)
        entering, leaving = (half.where(Movement.lot_id.in_(chosen)) for half in (entering, leaving))
    return union_all(entering, leaving).subquery()
