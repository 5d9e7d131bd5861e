"""The shop's counter: usual price and price paid, the month's allowance, the receipt, the cash count.

What a household pays is a share of the usual price, set by the programme the goods come under (R-PRICE-01) and by
what was granted to it, whichever is less: goods of the ESF+ and those given for free aid are never sold. A receipt
keeps what was said that day.
"""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct, to_builtins
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from allocation.day_tables import CashCount, Payment
from allocation.entitled import left_at, rate_for, spent
from allocation.tables import BasketLine, LineOutcome, Visit
from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Cents, Term
from stock.reference import sources
from stock.tables import Lot


class NegativeCash(Refusal):
    """A till cannot hold less than nothing."""

    field = "counted"
    message = N_("Count what is in the till: €0 or more.")


class OverAllowance(Refusal):
    """More than what is left of the month."""

    kind = Kind.CONFLICT
    message = N_(
        "This costs %(due)s, but only %(left)s is left of the month’s allowance: take something out of the basket."
    )


class OverMonth(Refusal):
    """Not refused, but said: it was sold without network, while the month's money went elsewhere."""

    message = N_(
        "Basket %(basket)s is booked: %(over)s more than was left of the month was spent, which was not known here. It"
        " was bought at another till meanwhile."
    )


class OtherPrice(Refusal):
    """Not refused, but said: the till will not hold what the receipts say."""

    message = N_(
        "Basket %(basket)s is booked: %(told)s was asked for without network, by the books it is %(due)s. The count of"
        " the till will differ by that."
    )


class ReceiptLine(Struct, frozen=True):
    """One thing that was bought."""

    product: str
    quantity: int
    measure: str
    usual_cents: int
    paid_cents: int
    programme: str
    """What it comes under, which sets its price."""


class Receipt(Struct, frozen=True):
    """What a household paid, and what is left of its month."""

    visit_id: int
    shop: str
    """The partner that sold, whoever looks at the receipt."""
    card: str
    on: dt.date
    lines: tuple[ReceiptLine, ...]
    usual_cents: int
    paid_cents: int
    left_cents: int | None


def prices(lot: Lot, quantity: int, price_percent: int | None) -> tuple[int, int]:
    """Usual price and price paid for so much of a lot, in cents, rounded in the household's favour.

    `price_percent` is what was granted to the household; its programme's rate where nothing was said.
    """
    usual = lot.value_cents * quantity // (1000 if lot.measure == "gram" else 1)
    rate = next(s.max_price_rate for s in sources() if s.code == lot.source)
    return usual, int(usual * rate_for(rate, price_percent))


def pay(session: Session, visit_id: int, stamp: Stamp, *, within_allowance: bool) -> None:
    """What was really taken of a basket of the shop is paid. Raises OverAllowance where the allowance is minded."""
    visit = _visit(session, visit_id)
    percent = visit.household.price_percent
    lines = [_receipt_line(line, taken, percent) for line in visit.lines if (taken := _taken(line.outcomes))]
    due = sum(line.paid_cents for line in lines)
    left = left_at(session, visit)
    if within_allowance and left is not None and due > left:
        raise OverAllowance(due=Cents(due), left=Cents(left))
    payment = Payment(
        visit_id=visit_id,
        household_id=visit.household_id,
        on=stamp.on,
        usual_cents=sum(line.usual_cents for line in lines),
        paid_cents=due,
        lines=to_builtins(lines),
        at=stamp.at,
        by_id=stamp.by,
    )
    session.add(payment)
    session.flush()


def receipt(session: Session, visit_id: int) -> Receipt:
    """The receipt of a visit that was paid; raises NotFound."""
    payment = session.get(Payment, visit_id)
    if payment is None:
        raise NotFound(what=Term(N_("receipt")), id=visit_id)
    visit = session.get_one(Visit, visit_id)
    return Receipt(
        visit_id=visit_id,
        shop=visit.session.site.organisation.name,
        card=visit.household.card,
        on=payment.on,
        lines=tuple(ReceiptLine(**line) for line in payment.lines),
        usual_cents=payment.usual_cents,
        paid_cents=payment.paid_cents,
        left_cents=left_at(session, visit),
    )


def remarks(session: Session, visit_id: int, told_cents: int | None) -> list[Refusal]:
    """What to know of a sale without network: money of the month spent twice, or another price than was asked for."""
    payment = session.get(Payment, visit_id)
    if payment is None:
        return []
    found: list[Refusal] = []
    visit = session.get_one(Visit, visit_id)
    monthly = visit.household.monthly_cents
    over = spent(session, [visit.household_id], visit.session.on).get(visit.household_id, 0) - (monthly or 0)
    if monthly is not None and over > 0:
        found.append(OverMonth(basket=visit.basket, over=Cents(over)))
    # A lot in two places is two lines, each rounded down.
    if told_cents is not None and abs(told_cents - payment.paid_cents) > len(payment.lines):
        found.append(OtherPrice(basket=visit.basket, told=Cents(told_cents), due=Cents(payment.paid_cents)))
    return found


class Cash(Struct, frozen=True):
    """What a session of the shop took in, and what was counted, if it was."""

    payments: int
    expected_cents: int
    counted_cents: int | None


def cash(session: Session, session_id: int) -> Cash:
    """What ought to be in the till."""
    query = select(func.count(), func.sum(Payment.paid_cents)).join(Visit, Visit.id == Payment.visit_id)
    payments, total = session.execute(query.where(Visit.session_id == session_id)).one()
    counted = session.scalar(select(CashCount.counted_cents).where(CashCount.session_id == session_id))
    return Cash(payments, int(total or 0), counted)


def count_cash(session: Session, session_id: int, counted_cents: int, stamp: Stamp) -> Cash:
    """Note what is in the till; counted again, the last count stands. Raises NegativeCash."""
    if counted_cents < 0:
        raise NegativeCash()
    found = cash(session, session_id)
    kept = session.get(CashCount, session_id) or CashCount(session_id=session_id)
    kept.expected_cents, kept.counted_cents = found.expected_cents, counted_cents
    kept.at, kept.by_id = stamp.at, stamp.by
    session.add(kept)
    session.flush()
    return cash(session, session_id)


def _visit(session: Session, visit_id: int) -> Visit:
    lot = selectinload(Visit.lines).joinedload(BasketLine.lot)
    query = (
        select(Visit)
        .where(Visit.id == visit_id)
        .options(
            joinedload(Visit.session),
            joinedload(Visit.household),
            lot.joinedload(Lot.product),
            selectinload(Visit.lines).selectinload(BasketLine.outcomes),
        )
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).one()


def _taken(outcomes: Sequence[LineOutcome]) -> int:
    return sum(outcome.quantity for outcome in outcomes if outcome.taken)


def _receipt_line(line: BasketLine, quantity: int, price_percent: int | None) -> ReceiptLine:
    usual, paid = prices(line.lot, quantity, price_percent)
    return ReceiptLine(line.lot.product.name, quantity, line.lot.measure, usual, paid, line.lot.source)
