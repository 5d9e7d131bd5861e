"""What a tablet takes along to keep the shop's till without network: the shelves, their prices, and what may be sold.

A tablet is told of each household which lots speak against it, by the rule that does, and how much it may still have:
grams to carry, money, grams of a food group and how much of it can be eaten before its date. It adds up what is scanned
against these and no more; `allocation.check` judges the same, and a test compares the two.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

from biip.gs1_application_identifiers import _GS1_APPLICATION_IDENTIFIERS as IDENTIFIERS
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation.choice import as_plan
from allocation.entitled import rate_for
from allocation.problem import Instance, Plan
from allocation.propose import Shelves
from allocation.tables import Visit
from allocation.waiting import still_waiting
from stock.kit import Identifier, identifier
from stock.promise import recalled_lots
from stock.tables import Lot, Product, ProductCode

RATE = 10_000
"""What a whole price is in the shares of a price that a tablet reckons with."""


class TillLot(Struct, frozen=True):
    """A lot that stands free at the site or lies in a basket of the session."""

    code: str
    product: int
    name: str
    picture: str
    group: str
    last_day: dt.date
    measure: str
    cold: bool
    use_by: bool
    portion: int
    """What one scan takes: pieces, or grams where it is weighed."""
    portion_grams: int
    most: int
    """Portions a visit may have."""
    value_cents: int
    """Usual price of a piece, or of a kilogram."""
    source: str
    free: int
    """Pieces, or grams."""


class TillVisit(Struct, frozen=True):
    """What one household may still be sold."""

    visit_id: int
    rates: dict[str, int]
    """By programme, its share of the usual price in ten-thousandths."""
    unfit: dict[int, list[str]]
    """By the number of the rule that speaks against them, codes of lots."""
    carry_grams: int
    budget_cents: int | None
    cap: dict[str, int]
    """Grams it may have of each food group."""
    eat_per_day: dict[str, int]


class TillKit(Struct, frozen=True):
    """The shop of one session as a tablet keeps it until the end of its day."""

    session_id: int
    identifiers: list[Identifier]
    codes: list[tuple[str, int]]
    """GTIN and product."""
    articles: list[tuple[str, int]]
    lots: list[TillLot]
    recalled: list[str]
    """Lots that an alert speaks of: their labels stop the till."""
    visits: list[TillVisit]


def till_kit(session: Session, session_id: int) -> TillKit:
    """The shop's shelves, and everybody still expected; raises NotFound."""
    shelves, visits = still_waiting(session, session_id)
    products = sorted({lot.product_id for lot, _ in shelves.whole.values()})
    gtins = select(ProductCode.gtin, ProductCode.product_id).where(ProductCode.product_id.in_(products))
    named = select(Product.article, Product.id).where(Product.id.in_(products))
    return TillKit(
        session_id,
        [identifier(known) for known in IDENTIFIERS.values()],
        [(gtin, product) for gtin, product in session.execute(gtins.order_by(ProductCode.gtin))],
        [(article, product) for article, product in session.execute(named.order_by(Product.id)) if article],
        list(_lots(shelves)),
        sorted(session.scalars(select(Lot.code).where(Lot.id.in_(recalled_lots(session))))),
        [_visit(visit, problem, forbidden, shelves) for visit, problem, forbidden in visits],
    )


def _lots(shelves: Shelves) -> Iterable[TillLot]:
    for row, lot in shelves.whole.values():
        yield TillLot(
            code=row.code,
            product=row.product_id,
            name=row.product.name,
            picture=row.product.pictogram,
            group=lot.group,
            last_day=row.last_day,
            measure=row.measure,
            cold=row.product.family.storage != "dry",
            use_by=lot.use_by,
            portion=row.portion,
            portion_grams=lot.unit_grams,
            most=lot.max_per_visit,
            value_cents=row.value_cents,
            source=row.source,
            free=shelves.free.get(row.id, 0),
        )


def _visit(visit: Visit, problem: Instance, forbidden: Mapping[str, int], shelves: Shelves) -> TillVisit:
    (seen,) = problem.visits
    percent = visit.household.price_percent
    return TillVisit(
        visit.id,
        {code: int(rate_for(source.max_price_rate, percent) * RATE) for code, source in shelves.programmes.items()},
        unfit(problem, as_plan(visit, problem), forbidden),
        seen.max_grams,
        seen.budget_cents,
        seen.cap,
        seen.eat_per_day,
    )


def unfit(problem: Instance, base: Plan, forbidden: Mapping[str, int]) -> dict[int, list[str]]:
    """The lots of which not one portion may be given, by rule: what the basket holds already is no new breach."""
    basket = {give.lot for give in base.give}
    found: dict[int, list[str]] = {}
    for lot, rule in forbidden.items():
        if lot in problem.lot_by_id and lot not in basket:
            found.setdefault(rule, []).append(lot)
    return found
