"""Sending goods to another site and receiving them: what was sent and what arrived are settled line by line.

Between the two the goods stand in transit: on hand in the network, at no site, promised to nobody. A difference needs
its reason, which says where the missing goods are booked: back on the shelf they never left, to where broken goods
go, or to the account of differences.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Grams, Term
from network.partners import site
from network.tables import Site
from stock import ledger
from stock.ledger import COUNTED, TRANSIT, Account, Moving, NotEnoughLeft, Where, quarantined, shelf
from stock.places import STORAGE_NAMES, Storage, places
from stock.promise import recalled_lots
from stock.tables import Lot, Movement, Place, Product, ProductCode
from stock.transfers.tables import Transfer, TransferLine


class Difference(StrEnum):
    """Why less or more arrived than was sent."""

    NEVER_LEFT = "never_left"
    BROKEN = "breakage"
    TOO_WARM = "cold_chain"
    UNKNOWN = "unknown"


DIFFERENCES = {
    Difference.NEVER_LEFT: N_("It never left: back on its shelf"),
    Difference.BROKEN: N_("Broken on the way"),
    Difference.TOO_WARM: N_("Too warm on the way"),
    Difference.UNKNOWN: N_("Nobody knows"),
}


LOST = {
    Difference.BROKEN: (Where(Account.DESTROYED), "breakage"),
    Difference.TOO_WARM: (Where(Account.DESTROYED), "cold"),
}
"""Where such goods are booked, and under which cause of loss."""


class SameSite(Refusal):
    """Within a site goods are moved, not sent."""

    message = N_("Choose another site than the one the goods stand at.")
    field = "to"


class NothingSent(Refusal):
    message = N_("Say how much of at least one lot is sent.")
    field = "q"


class AlreadySettled(Refusal):
    """A transfer is received once; later corrections are counts."""

    kind = Kind.CONFLICT
    message = N_("This transfer was already received on %(on)s.")


class SayWhy(Refusal):
    """A difference without its reason would be a loss nobody can explain later."""

    kind = Kind.INVALID
    message = N_("Lot %(lot)s: sent %(sent)s, arrived %(received)s. Say why.")


class NoPlaceThere(Refusal):
    """Goods that must be kept in a way the receiving site cannot."""

    kind = Kind.CONFLICT
    message = N_("%(site)s has no place for such goods: %(storage)s.")


class Arrived(Struct, frozen=True):
    """What was counted of one line on arrival."""

    received: int
    difference: Difference | None = None


class SentLine(Struct, frozen=True):
    """A line with what people and scanners call its lot."""

    id: int
    lot_id: int
    code: str
    gtins: tuple[str, ...]
    product: str
    pictogram: str
    measure: str
    grams_each: int
    last_day: dt.date
    sent: int
    received: int | None
    difference: str


class Sent(Struct, frozen=True):
    """A transfer; quantities are pieces, or grams where a lot is weighed."""

    id: int
    from_site_id: int
    from_site: str
    to_site_id: int
    to_site: str
    sent_at: dt.datetime
    settled_at: dt.datetime | None
    grams: int
    missing_grams: int
    """Sent but not arrived; negative where more arrived."""
    lines: tuple[SentLine, ...]


def send(session: Session, from_site_id: int, to_site_id: int, quantities: Mapping[int, int], stamp: Stamp) -> int:
    """Take so much of each lot off the free shelves of one site, for another; the number of the transfer.

    Raises SameSite, NothingSent, NotFound, NoPlaceThere or NotEnoughLeft.
    """
    if from_site_id == to_site_id:
        raise SameSite()
    if not quantities or min(quantities.values()) < 1:
        raise NothingSent()
    for each in (from_site_id, to_site_id):
        site(session, each)
    lots = _lots(session, quantities)
    for lot in lots:
        _place_there(session, to_site_id, lot)
    ledger.hold(session, set(quantities))
    parts = _parts(session, from_site_id, lots, quantities)
    ledger.post(session, [Moving(lot, quantity, shelf(place), TRANSIT) for lot, place, quantity in parts], stamp)
    transfer = Transfer(from_site_id=from_site_id, to_site_id=to_site_id, sent_at=stamp.at, sent_by=stamp.by)
    transfer.lines = [TransferLine(lot_id=lot, from_place_id=place, sent=quantity) for lot, place, quantity in parts]
    session.add(transfer)
    session.flush()
    return transfer.id


def settle(session: Session, transfer_id: int, arrived: Mapping[int, Arrived], stamp: Stamp) -> None:
    """Shelve what arrived and book every difference; lines that nobody counted arrived as sent.

    What was recalled on the way arrives blocked.

    Raises NotFound, AlreadySettled, SayWhy or NoPlaceThere, and books nothing then.
    """
    transfer = _transfer(session, transfer_id, for_update=True)
    if transfer.settled_at is not None:
        raise AlreadySettled(on=transfer.settled_at.date())
    recalled = recalled_lots(session, {line.lot_id for line in transfer.lines})
    came: list[Moving] = []
    differs: list[Moving] = []
    for line in transfer.lines:
        counted = arrived.get(line.id, Arrived(line.sent))
        line.received = counted.received
        line.difference = _reason(line, counted)
        place_id = _place_there(session, transfer.to_site_id, line.lot)
        there = quarantined(place_id) if line.lot_id in recalled else shelf(place_id)
        came += _arrivals(line, there)
        differs += _differences(line, there)
    # What is missing leaves from the shelf it should stand on: the receiving site's figures say where it went.
    ledger.post(session, came, stamp)
    ledger.post(session, differs, stamp)
    transfer.settled_at, transfer.settled_by = stamp.at, stamp.by
    session.flush()


def call_back(session: Session, transfer_id: int, stamp: Stamp) -> None:
    """It never left: everything back on the shelves it was taken from."""
    transfer = _transfer(session, transfer_id)
    settle(session, transfer_id, {line.id: Arrived(0, Difference.NEVER_LEFT) for line in transfer.lines}, stamp)


def transfers(session: Session, site_id: int | None = None, limit: int = 60) -> list[Sent]:
    """The transfers from or to a site, or all: those on their way first, then the newest."""
    query = _WHOLE.order_by(Transfer.settled_at.is_not(None), Transfer.id.desc()).limit(limit)
    if site_id is not None:
        query = query.where(or_(Transfer.from_site_id == site_id, Transfer.to_site_id == site_id))
    names = dict(session.execute(select(Site.id, Site.name)).all())
    return [_told(found, names, {}) for found in session.scalars(query).unique()]


def roads_of(session: Session, on: dt.date) -> dict[int, set[int]]:
    """To which other sites goods left each site that day, by site; what was called back never left."""
    gone = (
        (Movement.lot_id == TransferLine.lot_id)
        & (Movement.at == Transfer.sent_at)
        & (Movement.to_account == Account.TRANSIT)
        & (Movement.on == on)
    )
    query = (
        select(Transfer.from_site_id, Transfer.to_site_id)
        .join(TransferLine, TransferLine.transfer_id == Transfer.id)
        .join(Movement, gone)
        .where((TransferLine.difference != Difference.NEVER_LEFT) | (TransferLine.received > 0))
        .distinct()
    )
    roads: dict[int, set[int]] = defaultdict(set)
    for origin, target in session.execute(query):
        roads[origin].add(target)
    return roads


def transfer(session: Session, transfer_id: int) -> Sent:
    """The transfer with the codes its lines answer to; raises NotFound."""
    found = _transfer(session, transfer_id)
    names = dict(session.execute(select(Site.id, Site.name)).all())
    gtins: dict[int, list[str]] = defaultdict(list)
    wanted = select(ProductCode.product_id, ProductCode.gtin).where(
        ProductCode.units == 1, ProductCode.product_id.in_({line.lot.product_id for line in found.lines})
    )
    for product_id, gtin in session.execute(wanted):
        gtins[product_id].append(gtin)
    return _told(found, names, gtins)


def _lots(session: Session, wanted: Mapping[int, int]) -> Sequence[Lot]:
    query = select(Lot).where(Lot.id.in_(list(wanted))).order_by(Lot.id)
    found = session.scalars(query.options(joinedload(Lot.product).joinedload(Product.family))).all()
    if missing := wanted.keys() - {lot.id for lot in found}:
        raise NotFound(what=Term(N_("lot")), id=min(missing))
    return found


def _parts(
    session: Session, site_id: int, lots: Sequence[Lot], quantities: Mapping[int, int]
) -> list[tuple[int, int, int]]:
    """Lot, place and quantity of each line: taken from the shelves in walking order."""
    walk = {place.id: rank for rank, place in enumerate(places(session, site_id))}
    free = ledger.standings(session, lots=quantities, places=walk, accounts=[Account.SHELF])
    parts = []
    for lot in lots:
        lacking = quantities[lot.id]
        there = [(s.where.place_id or 0, s.quantity) for s in free if s.lot_id == lot.id]
        for place_id, quantity in sorted(there, key=lambda each: walk[each[0]]):
            if part := min(lacking, quantity):
                parts.append((lot.id, place_id, part))
                lacking -= part
        if lacking:
            written = Grams if lot.measure == "gram" else int
            raise NotEnoughLeft(
                lot=lot.code, left=written(quantities[lot.id] - lacking), asked=written(quantities[lot.id])
            )
    return parts


def _place_there(session: Session, site_id: int, lot: Lot) -> int:
    """The first place of the site that keeps such goods as they must be kept."""
    storage = lot.product.family.storage
    query = select(Place.id).where(Place.site_id == site_id, Place.storage == storage, Place.retired_on.is_(None))
    found = session.scalar(query.order_by(Place.rank).limit(1))
    if found is None:
        raise NoPlaceThere(site=site(session, site_id).name, storage=Term(STORAGE_NAMES[Storage(storage)]))
    return found


def _reason(line: TransferLine, counted: Arrived) -> str:
    if counted.received == line.sent:
        return ""
    if counted.difference is None:
        written = Grams if line.lot.measure == "gram" else int
        raise SayWhy(
            lot=line.lot.code, sent=written(line.sent), received=written(counted.received), field=f"why-{line.id}"
        )
    return counted.difference.value


def _arrivals(line: TransferLine, there: Where) -> list[Moving]:
    """Everything that was sent comes to its shelf, but for what never left: that is back on its own."""
    missing = max(0, line.sent - (line.received or 0))
    stayed = missing if line.difference == Difference.NEVER_LEFT else 0
    movings = [
        Moving(line.lot_id, line.sent - stayed, TRANSIT, there),
        Moving(line.lot_id, stayed, TRANSIT, shelf(line.from_place_id), line.difference),
    ]
    return [moving for moving in movings if moving.quantity > 0]


def _differences(line: TransferLine, there: Where) -> list[Moving]:
    """What did not arrive goes to where its reason says; what is too much came from nowhere."""
    missing = line.sent - (line.received or 0)
    if missing < 0:
        return [Moving(line.lot_id, -missing, COUNTED, there, line.difference)]
    if missing == 0 or line.difference == Difference.NEVER_LEFT:
        return []
    target, cause = LOST.get(Difference(line.difference), (COUNTED, line.difference))
    return [Moving(line.lot_id, missing, there, target, cause)]


def _transfer(session: Session, transfer_id: int, *, for_update: bool = False) -> Transfer:
    if for_update:
        # Two people at the loading bay: the second waits here and is then told that it is done.
        session.execute(select(Transfer.id).where(Transfer.id == transfer_id).with_for_update())
    found = session.scalars(_WHOLE.where(Transfer.id == transfer_id).execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound(what=Term(N_("transfer")), id=transfer_id)
    return found


def _told(found: Transfer, names: Mapping[int, str], gtins: Mapping[int, Sequence[str]]) -> Sent:
    lines = tuple(
        SentLine(
            id=line.id,
            lot_id=line.lot_id,
            code=line.lot.code,
            gtins=tuple(gtins.get(line.lot.product_id, ())),
            product=line.lot.product.name,
            pictogram=line.lot.product.pictogram,
            measure=line.lot.measure,
            grams_each=line.lot.grams_each,
            last_day=line.lot.last_day,
            sent=line.sent,
            received=line.received,
            difference=line.difference,
        )
        for line in found.lines
    )
    missing = sum((line.sent - line.received) * line.grams_each for line in lines if line.received is not None)
    return Sent(
        id=found.id,
        from_site_id=found.from_site_id,
        from_site=names[found.from_site_id],
        to_site_id=found.to_site_id,
        to_site=names[found.to_site_id],
        sent_at=found.sent_at,
        settled_at=found.settled_at,
        grams=sum(line.sent * line.grams_each for line in lines),
        missing_grams=missing,
        lines=lines,
    )


_WHOLE = select(Transfer).options(
    selectinload(Transfer.lines).joinedload(TransferLine.lot).joinedload(Lot.product).joinedload(Product.family)
)
