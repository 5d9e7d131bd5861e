"""Picking, checked by scanning: the right lot goes into the basket, and what may no longer go out is stopped.

One walk may fill one basket or several. A scan of a lot's label ticks the next line of that lot; a pack's own code
does where its product stands in the baskets in one lot only. What is not found on its shelf is noted as missing: the
ledger carries it as a difference of counting, and the basket waits for something else of its group.
"""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from allocation.day_tables import Pick
from allocation.handover import SessionOver
from allocation.sessions import get_session
from allocation.tables import BasketLine, DistributionSession, Visit
from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Grams, Term
from households.tables import Household
from network.audit import record
from stock.catalogue import find
from stock.codes import read_scan
from stock.ledger import Account, Where, move, reserved
from stock.recalls.matching import BLOCKING
from stock.recalls.tables import RecallHit
from stock.tables import Lot, Place, Product

_WALK = (Place.rank, Place.id, Lot.last_day, Lot.id, Household.card, BasketLine.id)
"""Shelf by shelf, lot by lot, then by card."""


class WrongLot(Refusal):
    """Nothing of this lot is left to be picked here."""

    kind = Kind.CONFLICT
    message = N_("“%(product)s” of lot %(lot)s is in none of these baskets: look for lot %(wanted)s.")


class NotWanted(Refusal):
    kind = Kind.CONFLICT
    message = N_("“%(product)s” is in none of these baskets any more.")


class WhichLot(Refusal):
    """A pack's own code does not tell two lots of one product apart."""

    kind = Kind.CONFLICT
    message = N_("“%(product)s” goes out of several lots: scan the label of the lot.")


class ExpiredMeanwhile(Refusal):
    kind = Kind.CONFLICT
    message = N_(
        "Stop: lot %(lot)s of “%(product)s” could be given until %(last_day)s. Leave it and note it as missing."
    )


class RecalledMeanwhile(Refusal):
    kind = Kind.CONFLICT
    message = N_("Stop: lot %(lot)s of “%(product)s” is recalled. Put it aside; it is in no basket any more.")


class MoreThanThere(Refusal):
    message = N_("At most %(held)s of “%(product)s” can be missing.")


class PickRow(Struct, frozen=True):
    """A line to be picked, in walking order."""

    line_id: int
    visit_id: int
    basket: str
    card: str
    product: str
    pictogram: str
    lot: str
    last_day: dt.date
    place: str
    storage: str
    quantity: int
    measure: str
    picked: bool


def walk(session: Session, session_id: int, baskets: Sequence[str] = ()) -> list[PickRow]:
    """The lines of these baskets (all where none is named), shelf by shelf; raises NotFound."""
    get_session(session, session_id)
    rows = session.execute(_lines(session_id, baskets).add_columns(Pick.line_id).outerjoin(Pick)).all()
    return [_row(line, picked is not None) for line, picked in rows]


def pick(session: Session, session_id: int, code: str, stamp: Stamp, baskets: Sequence[str] = ()) -> PickRow:
    """Tick the next line of what was scanned.

    Raises WrongLot, NotWanted, WhichLot, ExpiredMeanwhile or RecalledMeanwhile.
    """
    # Two pickers at the same shelf: the second waits, and ticks the next line.
    mine = select(DistributionSession.id).where(DistributionSession.id == session_id)
    session.execute(mine.with_for_update(key_share=True))
    planned = get_session(session, session_id)
    if planned.state == "closed":
        raise SessionOver(on=planned.on)
    found = find(session, read_scan(_as_label(session, code), today=stamp.on))
    if found.lot:
        _refuse_what_may_not_go_out(session, found.lot, found.product, stamp.on)
    open_lines = session.scalars(
        _lines(session_id, baskets).outerjoin(Pick).where(Pick.line_id.is_(None), Lot.product_id == found.product.id)
    ).all()
    line = _chosen(open_lines, found.product, found.lot)
    _refuse_what_may_not_go_out(session, line.lot, found.product, stamp.on)
    session.add(Pick(line_id=line.id, at=stamp.at, by_id=stamp.by))
    session.flush()
    return _row(line, True)


def _as_label(session: Session, code: str) -> str:
    """What a lot's label says, where its code was typed as it stands there; anything else as it is."""
    typed = "".join(code.split()).upper()
    if not (typed.isascii() and typed.isalnum()):
        return code
    return f"LOT-{typed}" if session.scalar(select(Lot.id).where(Lot.code == typed)) is not None else code


def note_missing(session: Session, session_id: int, line_id: int, missing: int, stamp: Stamp) -> None:
    """So much of a line is not on its shelf: the basket holds less, and the ledger says so. Raises MoreThanThere."""
    line = session.scalar(_lines(session_id).where(BasketLine.id == line_id).with_for_update(of=BasketLine))
    if line is None:
        raise NotFound(what=Term(N_("line of a basket")), id=line_id)
    if not 0 < missing <= line.quantity:
        written = Grams if line.lot.measure == "gram" else int
        raise MoreThanThere(held=written(line.quantity), product=line.lot.product.name)
    move(session, line.lot_id, missing, reserved(line.place_id), Where(Account.COUNT), stamp, reason="missing")
    record(session, "missing at picking", f"line:{line_id}", stamp, quantity=missing)
    if missing == line.quantity:
        session.delete(line)
    else:
        line.quantity -= missing
    session.flush()


def _lines(session_id: int, baskets: Sequence[str] = ()) -> Select[BasketLine]:
    """Lines of baskets still to be handed over, as pickers walk."""
    query = (
        select(BasketLine)
        .join(Visit, Visit.id == BasketLine.visit_id)
        .join(DistributionSession, DistributionSession.id == Visit.session_id)
        .join(Household, Household.id == Visit.household_id)
        .join(Place, Place.id == BasketLine.place_id)
        .join(Lot, Lot.id == BasketLine.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .where(Visit.session_id == session_id, Visit.state == "expected")
        .options(
            joinedload(BasketLine.visit).joinedload(Visit.household),
            joinedload(BasketLine.place),
            joinedload(BasketLine.lot).joinedload(Lot.product).joinedload(Product.family),
        )
        .order_by(*_WALK)
    )
    return query.where(Visit.basket.in_(baskets)) if baskets else query


def _chosen(lines: Sequence[BasketLine], product: Product, lot: Lot | None) -> BasketLine:
    if not lines:
        raise NotWanted(product=product.name)
    if lot is None:
        if len({line.lot_id for line in lines}) > 1:
            raise WhichLot(product=product.name)
        return lines[0]
    of_lot = [line for line in lines if line.lot_id == lot.id]
    if not of_lot:
        raise WrongLot(product=product.name, lot=lot.code, wanted=lines[0].lot.code)
    return of_lot[0]


def _refuse_what_may_not_go_out(session: Session, lot: Lot, product: Product, today: dt.date) -> None:
    recalled = select(RecallHit.id).where(
        RecallHit.lot_id == lot.id, RecallHit.state != "cleared", RecallHit.level.in_([x.value for x in BLOCKING])
    )
    if session.scalar(recalled.limit(1)) is not None:
        raise RecalledMeanwhile(lot=lot.code, product=product.name)
    if lot.last_day < today:
        raise ExpiredMeanwhile(lot=lot.code, product=product.name, last_day=lot.last_day)


def _row(line: BasketLine, picked: bool) -> PickRow:
    lot, product = line.lot, line.lot.product
    return PickRow(
        line_id=line.id,
        visit_id=line.visit_id,
        basket=line.visit.basket,
        card=line.visit.household.card,
        product=product.name,
        pictogram=product.pictogram,
        lot=lot.code,
        last_day=lot.last_day,
        place=line.place.name,
        storage=product.family.storage,
        quantity=line.quantity,
        measure=lot.measure,
        picked=picked,
    )
