"""The chain behind a figure of the waste report: donor → lot → site → visit, down to single movements.

Every figure is what ended on some accounts less what came back from them, or what households left behind. Its parts
are the same movements grouped otherwise, so at every step they add up to the figure one came from, to the gram.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from allocation.exits import SAVED
from allocation.flows import grams_moved, whole
from allocation.scope import Scope
from allocation.tables import BasketLine, DistributionSession, LineOutcome, Visit
from households.tables import Household
from network.tables import Site
from stock.ledger import EATEN, LOST, ON_HAND, Account
from stock.tables import Donor, Lot, Movement, Place, Product

MOST = 100
"""Parts shown of one kind; the others are added up in one row."""

Pieces = Select[int, int, int | None, int]
"""(movement, lot, place, grams) of every movement that makes a figure."""


class Figure(StrEnum):
    """A figure of the report that can be opened."""

    RECEIVED = "received"
    COUNTED = "counted"
    EATEN = "eaten"
    GIVEN = "given"
    WORKSHOPS = "workshops"
    PARTNERS = "partners"
    LEFT = "left_behind"
    SAVED = "left_saved"
    LOST = "lost"
    ON_HAND = "on_hand"


ACCOUNTS: dict[Figure, frozenset[Account]] = {
    Figure.RECEIVED: frozenset({Account.OUTSIDE}),
    Figure.COUNTED: frozenset({Account.COUNT}),
    Figure.EATEN: EATEN,
    Figure.GIVEN: frozenset({Account.GIVEN}),
    Figure.WORKSHOPS: frozenset({Account.WORKSHOP}),
    Figure.PARTNERS: frozenset({Account.PARTNER}),
    Figure.LOST: LOST,
    Figure.ON_HAND: ON_HAND,
}
FROM_OUTSIDE = frozenset({Figure.RECEIVED, Figure.COUNTED})
"""Figures that say what these accounts owe: what left them counts as more."""


class Question(Struct, frozen=True):
    """Which figure, and what of it."""

    figure: Figure
    reason: str | None = None
    """A cause of loss, or a reason something was left behind for."""
    exit: str | None = None
    lot: str | None = None


class Part(Struct, frozen=True):
    """One donor, site or lot with its share of the figure."""

    key: str
    name: str
    detail: str
    grams: int


class Step(Struct, frozen=True):
    """One movement of a lot, with the session and visit it belongs to, if any."""

    on: dt.date
    at: dt.datetime
    site: str
    source: str
    target: str
    reason: str
    grams: int
    """As the figure counts it: what came back is negative."""
    session_id: int | None
    visit_id: int | None
    card: str | None


class Chain(Struct, frozen=True):
    """A figure with its parts; each list adds up to `grams`."""

    grams: int
    donors: list[Part]
    sites: list[Part]
    lots: list[Part]
    lots_in_all: int
    steps: list[Step]
    """Only where one lot is looked at."""


class _Piece(Struct, frozen=True):
    lot_id: int
    place_id: int | None
    grams: int


def chain(session: Session, seen: Scope, asked: Question) -> Chain:
    """The parts of a figure by donor, site and lot, the largest first."""
    pieces = _pieces(session, seen, asked)
    lots = _lots(session, {piece.lot_id for piece in pieces})
    where = _sites(session)
    by_lot = _sum(pieces, lambda piece: lots[piece.lot_id].code)
    parts = {lot.code: lot for lot in lots.values()}
    donors = {str(lot.donor_id): lot.donor for lot in lots.values()}
    return Chain(
        grams=sum(piece.grams for piece in pieces),
        donors=_parts(_sum(pieces, lambda p: str(lots[p.lot_id].donor_id)), donors),
        sites=_parts(_sum(pieces, lambda p: where.get(p.place_id, _NOWHERE)[0]), dict(where.values())),
        lots=[Part(code, parts[code].product, parts[code].donor, grams) for code, grams in _largest(by_lot)[:MOST]],
        lots_in_all=len(by_lot),
        steps=_steps(session, seen, asked) if asked.lot else [],
    )


class _Lot(Struct, frozen=True):
    code: str
    product: str
    donor_id: int
    donor: str


_NOWHERE = ("", "")


def _lots(session: Session, ids: Iterable[int]) -> dict[int, _Lot]:
    query = (
        select(Lot.id, Lot.code, Product.name, Donor.id, Donor.name)
        .join(Product, Product.id == Lot.product_id)
        .join(Donor, Donor.id == Lot.donor_id)
        .where(Lot.id.in_(set(ids)))
    )
    return {row[0]: _Lot(*row[1:]) for row in session.execute(query)}


def _sites(session: Session) -> dict[int | None, tuple[str, str]]:
    """The site of each place, as key and name."""
    query = select(Place.id, Site.id, Site.name).join(Site, Site.id == Place.site_id)
    return {place: (str(site), name) for place, site, name in session.execute(query)}


def _sum(pieces: Iterable[_Piece], key: Callable[[_Piece], str]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for piece in pieces:
        sums[key(piece)] += piece.grams
    return {k: grams for k, grams in sums.items() if grams}


def _largest(sums: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))


def _parts(sums: dict[str, int], names: dict[str, str]) -> list[Part]:
    return [Part(key, names.get(key, ""), "", grams) for key, grams in _largest(sums)]


def _pieces(session: Session, seen: Scope, asked: Question) -> list[_Piece]:
    each = _union(seen, asked).subquery()
    query = select(each.c.lot, each.c.place, whole(each.c.grams)).group_by(each.c.lot, each.c.place)
    return [_Piece(*row) for row in session.execute(query)]


def _union(seen: Scope, asked: Question) -> Pieces:
    """Once for each end of a movement that makes the figure."""
    if asked.figure in (Figure.LEFT, Figure.SAVED):
        return _left(seen, asked)
    sign = -1 if asked.figure in FROM_OUTSIDE else 1
    halves = _end(seen, asked, sign, entering=True).union_all(_end(seen, asked, -sign, entering=False)).subquery()
    return select(halves.c.movement, halves.c.lot, halves.c.place, halves.c.grams)


def _end(seen: Scope, asked: Question, sign: int, *, entering: bool) -> Pieces:
    """The movements that enter the figure's accounts, or leave them."""
    accounts = ACCOUNTS[asked.figure]
    near = (Movement.to_account, Movement.to_place_id) if entering else (Movement.from_account, Movement.from_place_id)
    far = Movement.from_place_id if entering else Movement.to_place_id
    place = near[1] if asked.figure is Figure.ON_HAND else far
    query = select(
        Movement.id.label("movement"),
        Movement.lot_id.label("lot"),
        place.label("place"),
        (sign * grams_moved()).label("grams"),
    )
    query = _of_goods(query.join(Lot, Lot.id == Movement.lot_id), seen, asked)
    query = query.where(near[0].in_(sorted(account.value for account in accounts)))
    if asked.figure is not Figure.ON_HAND:
        query = query.where(Movement.on >= seen.since)
    if asked.reason is not None:
        query = query.where(Movement.reason == asked.reason)
    return seen.at_place(query.where(Movement.on <= seen.until), place)


def _left(seen: Scope, asked: Question) -> Pieces:
    query = (
        select(
            Movement.id.label("movement"),
            Movement.lot_id.label("lot"),
            Movement.from_place_id.label("place"),
            grams_moved().label("grams"),
        )
        .join(LineOutcome, LineOutcome.movement_id == Movement.id)
        .join(Lot, Lot.id == Movement.lot_id)
        .where(LineOutcome.taken.is_(False), Movement.on >= seen.since, Movement.on <= seen.until)
    )
    if asked.figure is Figure.SAVED:
        query = query.where(LineOutcome.exit.in_(sorted(e.value for e in SAVED)))
    if asked.reason is not None:
        query = query.where(LineOutcome.reason == asked.reason)
    if asked.exit is not None:
        query = query.where(LineOutcome.exit == asked.exit)
    return seen.at_place(_of_goods(query, seen, asked), Movement.from_place_id)


def _of_goods(query: Pieces, seen: Scope, asked: Question) -> Pieces:
    query = query.join(Product, Product.id == Lot.product_id).where(*seen.goods())
    return query if asked.lot is None else query.where(Lot.code == asked.lot)


def _steps(session: Session, seen: Scope, asked: Question) -> list[Step]:
    """The movements of one lot that make the figure, the latest first."""
    grams = {movement: int(g) for movement, _, _, g in session.execute(_union(seen, asked)) if movement}
    origin, destination = aliased(Place), aliased(Place)
    query = (
        select(Movement, Site.name, DistributionSession.id, Visit.id, Household.card)
        .outerjoin(origin, origin.id == Movement.from_place_id)
        .outerjoin(destination, destination.id == Movement.to_place_id)
        .outerjoin(Site, or_(Site.id == origin.site_id, and_(origin.id.is_(None), Site.id == destination.site_id)))
        .outerjoin(LineOutcome, LineOutcome.movement_id == Movement.id)
        .outerjoin(BasketLine, BasketLine.id == LineOutcome.line_id)
        .outerjoin(Visit, Visit.id == BasketLine.visit_id)
        .outerjoin(DistributionSession, DistributionSession.id == Visit.session_id)
        .outerjoin(Household, Household.id == Visit.household_id)
        .where(Movement.id.in_(grams))
        .order_by(Movement.id.desc())
    )
    return [
        Step(
            on=m.on,
            at=m.at,
            site=site or "",
            source=m.from_account,
            target=m.to_account,
            reason=m.reason,
            grams=grams[m.id],
            session_id=session_id,
            visit_id=visit_id,
            card=card,
        )
        for m, site, session_id, visit_id, card in session.execute(query)
    ]


def without_cards(found: Chain) -> Chain:
    """The same chain for those who may not see cards."""
    return replace(found, steps=[replace(step, card=None, visit_id=None) for step in found.steps])
