"""What moved between accounts in a period, added up by family, donor, site and reason: the parts of every report."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, case, cast, func, select
from sqlalchemy.orm import Session, aliased

from stock.ledger import ON_HAND
from stock.tables import Lot, Movement, Place, Product


class Flow(Struct, frozen=True):
    """All movements of a period between two accounts, for one family, donor, site and reason."""

    source: str
    source_site: int | None
    target: str
    target_site: int | None
    reason: str
    family: str
    donor_id: int
    grams: int
    cents: int


class Flows:
    """The flows of a period as one site sees them, or the whole network."""

    def __init__(self, flows: list[Flow], site_id: int | None) -> None:
        self.site_id = site_id
        self.flows = [f for f in flows if site_id is None or site_id in (f.source_site, f.target_site)]

    def into(self, accounts: Collection[str], of: Callable[[Flow], int] = lambda f: f.grams) -> int:
        """What ended on these accounts less what came back from them."""
        return sum(of(f) * _sign(f, accounts) for f in self.flows)

    def by(self, key: Callable[[Flow], str], accounts: Collection[str]) -> dict[str, int]:
        """`into` for each key that does not come to nothing."""
        return sum_by((key(f), f.grams * _sign(f, accounts)) for f in self.flows)

    def moved_in(self) -> int:
        """Between this site and others, on the way included; nothing for the network as a whole."""
        if self.site_id is None:
            return 0
        return sum(
            f.grams * (_here(f, self.site_id, into=True) - _here(f, self.site_id, into=False)) for f in self.flows
        )


def _sign(flow: Flow, accounts: Collection[str]) -> int:
    return (flow.target in accounts) - (flow.source in accounts)


def _here(flow: Flow, site_id: int, *, into: bool) -> int:
    """1 where the flow crosses this site's door towards (or from) another site or the road."""
    near, far, far_account = (
        (flow.target_site, flow.source_site, flow.source) if into else (flow.source_site, flow.target_site, flow.target)
    )
    return int(near == site_id and far != site_id and far_account in ON_HAND)


def flows_of(session: Session, since: dt.date, until: dt.date) -> list[Flow]:
    origin, destination = aliased(Place), aliased(Place)
    query = (
        select(
            Movement.from_account,
            origin.site_id,
            Movement.to_account,
            destination.site_id,
            Movement.reason,
            Product.family_code,
            Lot.donor_id,
            _whole(func.sum(Movement.quantity * Lot.grams_each)),
            _whole(func.sum(_cents())),
        )
        .join(Lot, Lot.id == Movement.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .outerjoin(origin, origin.id == Movement.from_place_id)
        .outerjoin(destination, destination.id == Movement.to_place_id)
        .where(Movement.on >= since, Movement.on <= until)
        .group_by(
            Movement.from_account,
            origin.site_id,
            Movement.to_account,
            destination.site_id,
            Movement.reason,
            Product.family_code,
            Lot.donor_id,
        )
    )
    return [Flow(*row) for row in session.execute(query)]


def _cents() -> ColumnElement[int]:
    """Usual price: by the piece, or by the kilogram where goods are weighed."""
    return case(
        (Lot.measure == "gram", Movement.quantity * Lot.value_cents // 1000), else_=Movement.quantity * Lot.value_cents
    )


def _whole(total: ColumnElement[int]) -> ColumnElement[int]:
    """PostgreSQL adds whole numbers up into decimals."""
    return cast(total, BigInteger)


def sum_by(parts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Grams for each key, without those that come to nothing."""
    sums: dict[str, int] = defaultdict(int)
    for key, grams in parts:
        sums[key] += grams
    return {key: grams for key, grams in sums.items() if grams}
