"""The balance of each lot on each account on hand: the sum of its movements, kept so that no page adds them up.

A cache and not a truth. Only `stock/ledger.py` has it carried, in the transaction that writes the movements;
`drift` holds it against their sum, and `rebuild` makes it anew. Where nothing stands there is no row, so the table
is as large as what is on the shelves and not as what ever was.

Two transactions never carry the same row at once unseen: what is taken from is locked by its lot (`ledger.post`),
and adding to a row is one statement that the database itself does not tear apart.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Subquery, bindparam, delete, func, insert, literal, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from stock.accounts import ON_HAND, Account, Standing, Where
from stock.sums import legs_of
from stock.tables import Balance

NOWHERE = 0
"""The place of what stands between two sites."""


def standing(
    session: Session, lots: Iterable[int] | None, places: Iterable[int] | None, accounts: Iterable[Account]
) -> list[Standing]:
    """What stands of these lots at these places on these accounts, which are all on hand."""
    query = select(Balance.lot_id, Balance.account, Balance.place_id, Balance.quantity)
    if (wanted := set(accounts)) != ON_HAND:
        query = query.where(Balance.account.in_([account.value for account in wanted]))
    if lots is not None:
        query = query.where(Balance.lot_id.in_(list(lots)))
    if places is not None:
        query = query.where(Balance.place_id.in_(list(places)))
    query = query.order_by(Balance.lot_id, Balance.account, Balance.place_id)
    rows = session.connection().execute(query)
    return [Standing(lot, _where(account, place), quantity) for lot, account, place, quantity in rows]


def carry(session: Session, change: Mapping[tuple[int, Where], int]) -> None:
    """Add these differences, in the order of their keys: two who carry the same rows wait for each other."""
    rows = [
        (by, {"lot": lot, "on": where.account.value, "there": where.place_id or NOWHERE, "by": by})
        for (lot, where), by in sorted(change.items())
        if where.account in ON_HAND
    ]
    connection = session.connection()
    if lowered := [row for by, row in rows if by < 0]:
        connection.execute(_LOWER, lowered)
        connection.execute(_FORGET, {"lots": sorted({row["lot"] for row in lowered})})
    if raised := [row for by, row in rows if by > 0]:
        connection.execute(_RAISE[connection.dialect.name], raised)


def drift(session: Session) -> list[Standing]:
    """Every balance that is not the sum of its movements, with how much it says too much; empty is the proof."""
    summed = _summed()
    kept = select(Balance.lot_id, Balance.account, Balance.place_id, Balance.quantity)
    both = union_all(kept, select(summed.c.lot_id, summed.c.account, summed.c.place_id, -summed.c.quantity)).subquery()
    too_much = func.sum(both.c.quantity)
    key = both.c.lot_id, both.c.account, both.c.place_id
    rows = session.execute(select(*key, too_much).group_by(*key).having(too_much != 0).order_by(*key))
    return [Standing(lot, _where(account, place), int(quantity)) for lot, account, place, quantity in rows]


def rebuild(session: Session) -> None:
    """Throw the balances away and add the movements up anew. Nobody else may write meanwhile."""
    session.execute(delete(Balance))
    summed = _summed()
    session.execute(insert(Balance).from_select(["lot_id", "account", "place_id", "quantity"], select(summed)))


def _summed() -> Subquery:
    legs = legs_of(ON_HAND)
    place, quantity = func.coalesce(legs.c.place_id, literal(NOWHERE)), func.sum(legs.c.quantity)
    key = legs.c.lot_id, legs.c.account, place.label("place_id")
    return select(*key, quantity.label("quantity")).group_by(*key).having(quantity != 0).subquery()


@lru_cache(maxsize=4096)
def _where(account: str, place_id: int) -> Where:
    """Thousands of standings share a few dozen of these."""
    return Where(Account(account), place_id or None)


# Statements are built once: building one takes several times longer than running it.

_LOWER = (
    update(Balance)
    .where(
        Balance.lot_id == bindparam("lot"), Balance.account == bindparam("on"), Balance.place_id == bindparam("there")
    )
    .values(quantity=Balance.quantity + bindparam("by"))
)
_FORGET = delete(Balance).where(Balance.lot_id.in_(bindparam("lots", expanding=True)), Balance.quantity == 0)
_NEW: dict[str, Any] = {
    "lot_id": bindparam("lot"),
    "account": bindparam("on"),
    "place_id": bindparam("there"),
    "quantity": bindparam("by"),
}
_KEY = [Balance.lot_id, Balance.account, Balance.place_id]
_postgresql, _sqlite = postgresql.insert(Balance).values(_NEW), sqlite.insert(Balance).values(_NEW)
_RAISE = {
    "postgresql": _postgresql.on_conflict_do_update(
        index_elements=_KEY, set_={"quantity": Balance.quantity + _postgresql.excluded.quantity}
    ),
    "sqlite": _sqlite.on_conflict_do_update(
        index_elements=_KEY, set_={"quantity": Balance.quantity + _sqlite.excluded.quantity}
    ),
}
