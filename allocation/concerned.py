"""What alerts mean here, for pages and papers: the lots, where they stand, and the households that had some."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from allocation.given import LotVisit, visits_of_lot
from allocation.recalled import EXITS
from common.errors import NotFound
from common.words import N_, Term
from network.tables import Site
from stock import ledger
from stock.ledger import EATEN, ON_HAND, Account
from stock.places import places
from stock.recalls.matching import Level
from stock.recalls.tables import RecallCheck, RecallHit, RecallNotice
from stock.rules import figure
from stock.tables import Lot, Movement

"""Older than this before a distribution, and what is given out may long be recalled."""


class Concerned(Struct, frozen=True):
    """A lot an alert speaks of, or may speak of, as it stands now; quantities in the lot's measure."""

    hit_id: int
    level: Level
    state: str
    lot_id: int
    code: str
    product: str
    pictogram: str
    measure: str
    grams_each: int
    lot_number: str
    date: dt.date | None
    date_kind: str
    donor: str
    came_in_on: dt.date
    blocked: int
    elsewhere: int
    """On hand and not blocked: free, in baskets or between two sites."""
    eaten: int
    """Gone to households, workshops and partners."""
    stands: tuple[str, ...]
    """Where it is to be fetched: place and site."""
    withdrawn: dict[str, int]
    """What left the shelves for this recall, by site."""
    served: tuple[LotVisit, ...]


class Watch(Struct, frozen=True):
    """How well the network is warned."""

    waiting: int
    """Alerts that wait for somebody to act: something blocked, or something to look at."""
    last: RecallCheck | None
    stale: bool


class Served(Struct, frozen=True):
    """A household that took something home an alert speaks of, known by its card."""

    household_id: int
    card: str
    on: dt.date
    products: tuple[str, ...]


def concerned(session: Session, notices: Sequence[int]) -> dict[int, list[Concerned]]:
    """The lots each of these notices speaks of, with where they stand and who had some."""
    query = (
        select(RecallHit)
        .where(RecallHit.notice_id.in_(notices))
        .options(
            joinedload(RecallHit.lot).options(joinedload(Lot.product), joinedload(Lot.donor), joinedload(Lot.reception))
        )
        .order_by(RecallHit.id)
    )
    found: dict[int, list[Concerned]] = defaultdict(list)
    names, sites = _place_names(session)
    for hit in session.scalars(query):
        found[hit.notice_id].append(_concerned(session, hit, names, sites))
    return found


def served_by(lots: Iterable[Concerned]) -> list[Served]:
    """The households that took some of these lots home, one row for each and each day."""
    products: dict[tuple[str, int, dt.date], set[str]] = defaultdict(set)
    for lot in lots:
        for visit in lot.served:
            products[visit.card, visit.household_id, visit.on].add(lot.product)
    return [
        Served(household, card, on, tuple(sorted(names))) for (card, household, on), names in sorted(products.items())
    ]


def watch(session: Session, now: dt.datetime) -> Watch:
    """How many alerts wait, and whether the last reading of them is too old to rely on."""
    waiting = session.scalar(select(func.count(RecallHit.notice_id.distinct())).where(RecallHit.state == "open"))
    last = session.scalar(select(RecallCheck).order_by(RecallCheck.at.desc(), RecallCheck.id.desc()).limit(1))
    fresh = dt.timedelta(hours=figure(session, "recall_stale_hours", now.date()))
    return Watch(waiting or 0, last, stale=last is None or last.at < now - fresh)


def notice(session: Session, notice_id: int) -> RecallNotice:
    """The alert; raises NotFound."""
    found = session.get(RecallNotice, notice_id)
    if found is None:
        raise NotFound(what=Term(N_("recall")), id=notice_id)
    return found


def notices_with_hits(session: Session) -> Sequence[RecallNotice]:
    """Every alert that was found to speak of our goods: those that wait first, then the newest."""
    waiting = select(RecallHit.notice_id).where(RecallHit.state == "open")
    query = (
        select(RecallNotice)
        .where(RecallNotice.id.in_(select(RecallHit.notice_id)))
        .order_by(RecallNotice.id.in_(waiting).desc(), RecallNotice.published_on.desc(), RecallNotice.id.desc())
    )
    return session.scalars(query).all()


def _concerned(session: Session, hit: RecallHit, names: dict[int, str], sites: dict[int, str]) -> Concerned:
    lot = hit.lot
    standings = ledger.standings(session, lots=[lot.id], accounts=[*ON_HAND, *EATEN])
    there = [s for s in standings if s.where.account in ON_HAND]
    blocked = sum(s.quantity for s in there if s.where.account is Account.QUARANTINE)
    return Concerned(
        hit_id=hit.id,
        level=Level(hit.level),
        state=hit.state,
        lot_id=lot.id,
        code=lot.code,
        product=lot.product.name,
        pictogram=lot.product.pictogram,
        measure=lot.measure,
        grams_each=lot.grams_each,
        lot_number=lot.lot_number,
        date=lot.date,
        date_kind=lot.date_kind,
        donor=lot.donor.name,
        came_in_on=lot.reception.on,
        blocked=blocked,
        elsewhere=sum(s.quantity for s in there) - blocked,
        eaten=sum(s.quantity for s in standings if s.where.account in EATEN),
        stands=tuple(dict.fromkeys(names[s.where.place_id] for s in there if s.where.place_id in names)),
        withdrawn=_withdrawn(session, lot.id, sites),
        served=tuple(visits_of_lot(session, lot.id)),
    )


def _withdrawn(session: Session, lot_id: int, sites: dict[int, str]) -> dict[str, int]:
    """What was withdrawn of the lot at each site, less what was put back."""
    found: Counter[str] = Counter()
    for movement in session.scalars(select(Movement).where(Movement.lot_id == lot_id, Movement.reason == "recall")):
        if movement.from_account == Account.QUARANTINE and movement.to_account in EXITS:
            found[sites[movement.from_place_id or 0]] += movement.quantity
        elif movement.to_account == Account.QUARANTINE and movement.from_account in EXITS:
            found[sites[movement.to_place_id or 0]] -= movement.quantity
    return dict(+found)


def _place_names(session: Session) -> tuple[dict[int, str], dict[int, str]]:
    """Of every place its name with that of its site, and its site's alone."""
    sites = dict(session.execute(select(Site.id, Site.name)).all())
    walked = places(session)
    return {p.id: f"{p.name}, {sites[p.site_id]}" for p in walked}, {p.id: sites[p.site_id] for p in walked}
