"""What may still be promised: it stands on a shelf, its last day is not over, and no alert speaks of it.

What is set aside for baskets, blocked or between two sites is on hand and stands on no shelf.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from network.tables import Site
from stock.accounts import Account
from stock.recalls.matching import BLOCKING
from stock.recalls.tables import RecallHit
from stock.tables import Balance, Lot, Place


class Held(Struct, frozen=True):
    """What there is of a product at a site, in pieces, or grams where it is weighed."""

    site_id: int
    site: str
    on_hand: int
    reserved: int
    """Set aside for baskets."""
    blocked: int
    free: int
    """That may still be promised."""


class ProductStock(Struct, frozen=True):
    """What there is of a product in the network, in pieces, or grams where it is weighed.

    on_hand = free + reserved + blocked + on_its_way + what stands on a shelf and may not be given any more.
    """

    product_id: int
    on_hand: int
    reserved: int
    blocked: int
    free: int
    on_its_way: int
    """Between two sites."""
    sites: tuple[Held, ...]


def free_to_promise(on_shelf: int, last_day: dt.date, today: dt.date, *, recalled: bool = False) -> int:
    """How much of what stands of a lot on the shelves may still be promised: to its very last day, then none.

    >>> friday = dt.date(2026, 11, 27)
    >>> free_to_promise(8, friday, friday), free_to_promise(8, friday, friday + dt.timedelta(days=1))
    (8, 0)
    """
    return 0 if recalled or last_day < today else on_shelf


def recalled_lots(session: Session, lots: Iterable[int] | None = None) -> set[int]:
    """Of these lots, or of all, those a recall certainly or probably speaks of, unless a person saw otherwise.

    They are blocked when the alert is read; what comes back to a shelf later is not to be promised either.
    """
    query = select(RecallHit.lot_id).where(RecallHit.level.in_(BLOCKING), RecallHit.state != "cleared")
    return set(session.scalars(query if lots is None else query.where(RecallHit.lot_id.in_(list(lots)))))


def product_stock(session: Session, product_id: int, today: dt.date) -> ProductStock:
    """On hand, set aside, blocked and free to promise of a product: in all, and by site in the order of names."""
    rows = session.execute(_STANDING, {"product": product_id}).all()
    recalled = recalled_lots(session, {lot for lot, *_ in rows})
    by_site: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    for lot, last_day, account, quantity, site_id, site in rows:
        said = {"on_hand": quantity, account: quantity}
        if account == Account.SHELF:
            said["free"] = free_to_promise(quantity, last_day, today, recalled=lot in recalled)
        whole.update(said)
        if site_id is not None:
            by_site[site, site_id].update(said)
    return ProductStock(
        product_id=product_id,
        on_hand=whole["on_hand"],
        reserved=whole[Account.RESERVED],
        blocked=whole[Account.QUARANTINE],
        free=whole["free"],
        on_its_way=whole[Account.TRANSIT],
        sites=tuple(
            Held(site_id, site, sums["on_hand"], sums[Account.RESERVED], sums[Account.QUARANTINE], sums["free"])
            for (site, site_id), sums in sorted(by_site.items())
        ),
    )


_STANDING = (
    select(Lot.id, Lot.last_day, Balance.account, Balance.quantity, Site.id, Site.name)
    .join(Balance, Balance.lot_id == Lot.id)
    .outerjoin(Place, Place.id == Balance.place_id)
    .outerjoin(Site, Site.id == Place.site_id)
    .where(Lot.product_id == bindparam("product"))
)
