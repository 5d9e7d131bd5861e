"""The demo's two months of life: deliveries, sessions shared by rule of thumb, what was left behind, what was lost."""

import datetime as dt
import random
from collections import defaultdict

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import baskets, closing, handover, proposals, till
from allocation.baselines import fefo_to_cap
from allocation.exits import Exit, Reason
from allocation.handover import LeftLine, Sheet, SheetLine
from allocation.problem import Instance
from allocation.proposals import Proposal
from allocation.propose import NothingToShare, problem_for
from allocation.sessions import get_session
from allocation.tables import DistributionSession
from api.demo.history import DeliveredLine, Delivery, deliveries
from common.clock import PARIS, Stamp
from network.partners import site_by_code
from stock.dating import IntakeRules
from stock.donors import donor_by_code
from stock.intake import Arrival, open_reception, take_in
from stock.ledger import Account, Moving, Where, post, shelf, standings
from stock.tables import Lot

MISSED = 0.07
"""How often a household does not come."""
LEFT = {"fruit_veg_kept": 0.05, "fish_egg": 0.06, "starch_whole": 0.06, "sweet_salty": 0.02}
LEFT_OTHERWISE = 0.025
"""How often a line is left behind, by food group."""
REASONS = (
    Reason.TASTE,
    Reason.TASTE,
    Reason.ENOUGH,
    Reason.CANNOT_COOK,
    Reason.SHORT_DATE,
    Reason.TOO_HEAVY,
    Reason.NO_EQUIPMENT,
)


class Past:
    """Lives through the days one after the other, with one throw of dice for each thing that happens."""

    def __init__(self, session: Session, seed: int, today: dt.date) -> None:
        self.session = session
        self.today = today
        self.chance = random.Random(seed)  # noqa: S311 - made-up data, nothing secret
        self.kept: dict[str, int] = defaultdict(int)
        """By lot code: what still stands on the shelves today, hence is not handed out before."""
        self.spoilt: dict[dt.date, list[tuple[int, int, int, str]]] = defaultdict(list)
        """By day: lot, place, quantity and cause of what was lost before its date."""
        self.by_day: dict[dt.date, list[Delivery]] = defaultdict(list)
        for delivery in deliveries(seed, today):
            self.by_day[delivery.on].append(delivery)
        openings = select(DistributionSession.on, DistributionSession.id).where(DistributionSession.on < today)
        self.openings: dict[dt.date, list[int]] = defaultdict(list)
        for on, session_id in session.execute(openings):
            self.openings[on].append(session_id)

    def live(self) -> None:
        """Every day from the first delivery to yesterday."""
        day = min(self.by_day)
        while day < self.today:
            self._write_off(day)
            for delivery in self.by_day[day]:
                self.receive(delivery)
            for session_id in self.openings[day]:
                self._open(session_id, day)
            day += dt.timedelta(days=1)
        self._write_off(self.today)

    def receive(self, delivery: Delivery) -> None:
        """Book every line of a delivery."""
        stamp = at(delivery.on, delivery.hour)
        site, donor = site_by_code(self.session, delivery.site), donor_by_code(self.session, delivery.donor)
        reception = open_reception(self.session, site.id, donor, stamp, delivery.source)
        for line in delivery.lines:
            booked = take_in(self.session, _arrival(line), reception, stamp, IntakeRules())
            self.kept[booked.lot_code] += line.left
            if line.lost and line.cause != "date":
                when = delivery.on + dt.timedelta(days=1)
                self.spoilt[when].append((booked.lot_id, booked.place_id, line.lost, line.cause))
        reception.closed_at = stamp.at

    def _open(self, session_id: int, day: dt.date) -> None:
        """Share by rule of thumb what is not kept for later, and hand it out."""
        stamp = at(day, 10)
        try:
            instance = self._without_what_is_kept(problem_for(self.session, session_id, day))
        except NothingToShare:
            return
        plan = fefo_to_cap(instance)
        plan_id = proposals.keep(
            self.session,
            session_id,
            Proposal(instance, plan, proposals.measure(instance, plan, usual=plan)),
            None,
            stamp,
        )
        baskets.confirm(self.session, plan_id, stamp)
        came = {sheet.visit_id: self._left_by(sheet) for sheet in handover.sheets(self.session, session_id)}
        handover.settle(self.session, came, at(day, 14))
        taken = till.cash(self.session, session_id)
        if taken.payments:
            till.count_cash(self.session, session_id, taken.expected_cents, at(day, 18))
        closing.check_dates(self.session, get_session(self.session, session_id).site_id, at(day, 18))
        closing.close(self.session, session_id, at(day, 18))

    def _without_what_is_kept(self, instance: Instance) -> Instance:
        """The problem as if what stands there today had not been there: whole portions, rounded against the past."""
        portions = dict(self.session.execute(select(Lot.code, Lot.portion)).all())
        lots = [
            replace(lot, units=max(0, lot.units - -(-self.kept[lot.id] // portions[lot.id]))) for lot in instance.lots
        ]
        return replace(instance, lots=tuple(lots))

    def _left_by(self, sheet: Sheet) -> list[LeftLine] | None:
        """What this household leaves behind, or that it does not come."""
        if self.chance.random() < MISSED:
            return handover.ABSENT
        return [part for line in sheet.lines if (part := self._left(line))]

    def _left(self, line: SheetLine) -> LeftLine | None:
        """Whether and why this household leaves the line behind."""
        if self.chance.random() > LEFT.get(line.group, LEFT_OTHERWISE):
            return None
        good = self.chance.random() < 0.8
        back = Exit.RESTOCK if good else self.chance.choice((Exit.WORKSHOP, Exit.ANIMALS, Exit.BIOWASTE))
        cold = back in (Exit.RESTOCK, Exit.WORKSHOP)
        return LeftLine(line.id, line.quantity, self.chance.choice(REASONS), back, stayed_cold=cold)

    def _write_off(self, day: dt.date) -> None:
        """What spoilt, and what stands on a shelf past its last day."""
        gone = [
            Moving(lot_id, quantity, shelf(place_id), Where(Account.BIOWASTE), cause)
            for lot_id, place_id, quantity, cause in self.spoilt.pop(day, [])
        ]
        passed = self.session.scalars(
            select(Lot.id).where(Lot.last_day < day, Lot.last_day >= day - dt.timedelta(days=3))
        ).all()
        gone += [
            Moving(s.lot_id, s.quantity, s.where, Where(Account.BIOWASTE), "date")
            for s in standings(self.session, lots=passed, accounts=(Account.SHELF,))
        ]
        there = {(s.lot_id, s.where): s.quantity for s in standings(self.session, lots={m.lot_id for m in gone})}
        sound = [m for m in gone if there.get((m.lot_id, m.source), 0) >= m.quantity]
        post(self.session, sound, at(day, 7))


def at(on: dt.date, hour: int) -> Stamp:
    """That day at that hour in the town."""
    return Stamp(at=dt.datetime.combine(on, dt.time(hour), PARIS), on=on)


def _arrival(line: DeliveredLine) -> Arrival:
    return Arrival(
        scan=line.scan,
        units=None if line.weighed else line.quantity,
        grams=line.quantity if line.weighed else None,
        date=line.date.isoformat() if line.date else "",
        lot_number=line.lot_number,
        temperature_tenths=line.temperature_tenths,
        checked=True,
    )
