"""A site's own past weeks as one truth: who was expected and came, what arrived and when, what was left behind.

What cannot be known is taken from today: what households exclude and lack, how many they are, what they can carry.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from allocation.entitled import spent, visits_to_come
from allocation.instance import Expected, Guest, instance_of
from allocation.learning import acceptance, share_of
from allocation.problem import Instance
from allocation.propose import guests_of, lot_of, lowest_rate, received_by, rules_in_force, weighed_groups
from allocation.rolling import HORIZON, Allowance, Truth
from allocation.simulation import Way, compare
from allocation.tables import DistributionSession, Visit
from common.errors import Kind, Refusal
from common.jobs import Work
from common.words import N_
from network.partners import site
from network.tables import Site
from stock.ledger import ON_HAND, Account
from stock.reference import sources
from stock.tables import Lot, Movement, Place, Product

REPLAY_EFFORT = 0.1
"""A replay plans every session of many weeks several times over: a tenth of the usual search is enough to tell
orders of goals apart."""


class NoPast(Refusal):
    """Replaying needs sessions that took place."""

    kind = Kind.CONFLICT
    message = N_("No session took place at %(site)s between %(since)s and %(until)s.")


Came = Sequence[tuple[Lot, dt.date, int]]
"""Lots, the first day each could be shared, and how much of it."""


def past_of(
    session: Session,
    at: Site,
    since: dt.date,
    until: dt.date,
    came: Came | None = None,
    states: tuple[str, ...] = ("closed",),
) -> Truth:
    """The closed sessions of a site in a period, or those in other states, as one long instance; raises NoPast.

    `came` tells what could be shared, where that is not all that arrived.
    """
    rules = rules_in_force(session, until)
    expected, absent = _visits(session, at, since, until, states)
    came = _arrivals(session, at, since, until) if came is None else came
    if not expected or not came:
        raise NoPast(site=at.name, since=since, until=until)
    learned, programmes = acceptance(session, until), {s.code: s for s in sources()}
    lowest = lowest_rate(programmes[lot.source] for lot, *_ in came)
    received = received_by(session, expected, since, before=since)
    guests = guests_of(session, expected, received, until, lowest, _paid_before(session, expected, since))
    lots = [
        lot_of(
            lot,
            at.code,
            quantity,
            share_of(learned, lot.product_id),
            programmes[lot.source],
            rules,
            max(first, since),
        )
        for lot, first, quantity in came
        if quantity >= lot.portion
    ]
    name = f"{at.code} {since.isoformat()} {until.isoformat()}"
    whole: Instance = instance_of(name, since, weighed_groups(session), guests, lots, rules)
    return Truth(replace(whole, ends=until), absent, _allowances(guests, rules.period_days))


def as_it_stood(session: Session, at: Site, on: dt.date) -> Instance:
    """The problem of a site as it stood that morning: what was there, and who was expected in the two weeks after.

    Raises NoPast. What was sent to another site since is not in it, and people are as they are now.
    """
    until = on + HORIZON
    seen = past_of(session, at, on, until, states=("planned", "confirmed", "closed")).instance
    there = tuple(lot for lot in seen.lots if lot.available_from <= on <= lot.last_day)
    return replace(seen, name=f"{at.code} {on.isoformat()}", lots=there, policy=rules_in_force(session, on).policy)


def has_past(session: Session, site_id: int) -> bool:
    """Whether any session of this site was held and closed."""
    query = select(DistributionSession.id).where(
        DistributionSession.site_id == site_id, DistributionSession.state == "closed"
    )
    return session.scalar(query.limit(1)) is not None


def compare_on_past(work: Work, effort: float = REPLAY_EFFORT) -> dict[str, Any]:
    """The job behind the council's page: its payload names the site, how many days back, and the ways."""
    until = work.stamp().on
    since = until - dt.timedelta(days=work.payload["days"])
    with work.database.reading() as session:
        truth = past_of(session, site(session, work.payload["site_id"]), since, until)
    ways = [Way(name, effort) for name in work.payload["ways"]]
    report = compare([truth], ways, told=lambda share: work.tell(share=share))
    return {"report": msgspec.to_builtins(report), "period": [since.isoformat(), until.isoformat()]}


def _paid_before(session: Session, household_ids: Iterable[int], since: dt.date) -> dict[int, int]:
    """What they had paid in the month the period begins in, before it."""
    return {} if since.day == 1 else spent(session, household_ids, since - dt.timedelta(days=1))


def _allowances(guests: Iterable[Guest], period_days: int) -> dict[str, Allowance]:
    """Of the whole months, as they are followed: what is spent before a session depends on the way of planning."""
    return {
        g.card: Allowance(g.monthly_cents, g.left_cents, _beyond(g, period_days))
        for g in guests
        if g.monthly_cents is not None and g.left_cents is not None
    }


def _beyond(guest: Guest, period_days: int) -> int:
    last = max(visit.on for visit in guest.visits)
    return visits_to_come([last], last, period_days, guest.visits_per_month) - 1


def _visits(
    session: Session, at: Site, since: dt.date, until: dt.date, states: tuple[str, ...]
) -> tuple[dict[int, list[Expected]], frozenset[str]]:
    """The visits of each household, and those nobody came to."""
    query = (
        select(Visit)
        .join(DistributionSession)
        .where(
            DistributionSession.site_id == at.id,
            DistributionSession.state.in_(states),
            DistributionSession.on.between(since, until),
        )
        .options(joinedload(Visit.session))
        .order_by(Visit.id)
    )
    visits = session.scalars(query).all()
    expected: dict[int, list[Expected]] = defaultdict(list)
    for visit in visits:
        expected[visit.household_id].append(Expected(visit.basket, at.code, visit.session.on))
    return expected, frozenset(v.basket for v in visits if v.state == "absent")


class Moved(NamedTuple):
    """What counts of a movement here."""

    lot_id: int
    on: dt.date
    from_account: str
    from_place_id: int | None
    to_account: str
    to_place_id: int | None
    quantity: int


def stood(
    movements: Iterable[Moved], places: Container[int | None], since: dt.date, parts: Mapping[int, int]
) -> dict[int, tuple[dt.date, int]]:
    """Of each lot the first day it stood at these places, and how much of it could be shared from `since` on.

    From outside or from another site on to a shelf, less what was taken back at intake, became another lot or was
    sent on. What had gone before `since` is not counted. What comes back from people is no arrival, unless it had
    gone before. A part stands since the lot of which it was split off did.
    """
    there: Counter[int] = Counter()
    shared: Counter[int] = Counter()
    first: dict[int, dt.date] = {}
    for m in movements:
        came, went = m.to_place_id in places, m.from_place_id in places
        if came == went:
            continue
        by = m.quantity if came else -m.quantity
        if m.on >= since and (m.from_account if came else m.to_account) not in _NEVER_SHARED:
            again = by if went else min(by, shared[m.lot_id])
            shared[m.lot_id] -= again
            by -= again
        there[m.lot_id] += by
        if by > 0:
            first.setdefault(m.lot_id, since_when(m.lot_id, m.on, m.from_account == Account.REMADE, first, parts))
    return {lot: (first[lot], quantity) for lot, quantity in there.items() if quantity > 0}


def since_when(lot: int, on: dt.date, made: bool, first: Mapping[int, dt.date], parts: Mapping[int, int]) -> dt.date:
    """The day from which a lot counts that first stood here on a day: made here of another, since that one stood."""
    return first.get(parts.get(lot, 0), on) if made else on


def parts_of_lots(session: Session) -> dict[int, int]:
    """The lot each part was split off; what was frozen is other goods, which nobody could share before."""
    whole = aliased(Lot)
    query = select(Lot.id, whole.id).join(whole, whole.id == Lot.parent_id).where(whole.product_id == Lot.product_id)
    return dict(session.execute(query).all())


def _arrivals(session: Session, at: Site, since: dt.date, until: dt.date) -> Came:
    """Each lot that could be shared in the period, the first day it stood there, and how much of it there was."""
    places = set(session.scalars(select(Place.id).where(Place.site_id == at.id)))
    columns = [getattr(Movement, name) for name in Moved._fields]
    query = select(*columns).where(Movement.on <= until).order_by(Movement.id).execution_options(yield_per=2000)
    there = stood((Moved(*row) for row in session.execute(query)), places, since, parts_of_lots(session))
    lots = select(Lot).where(Lot.id.in_(there), Lot.last_day >= since)
    lots = lots.options(joinedload(Lot.product).joinedload(Product.family)).order_by(Lot.id)
    return [(lot, *there[lot.id]) for lot in session.scalars(lots)]


_NEVER_SHARED = frozenset({Account.OUTSIDE, Account.COUNT, Account.PARTNER, Account.REMADE}) | ON_HAND
"""Where food came from, or went that baskets here could not have had: donors, counts, partners, another lot it became,
other sites."""
