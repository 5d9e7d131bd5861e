"""Deliveries that people know of before they come: the food bank's truck on Monday, a donor's call.

Plans count on them until their day (`allocation/coming.py`); from then on what has come in is there, and nothing else.
"""

import datetime as dt
from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from allocation.coming import NOTHING_TO_COME, Announced, ToCome, to_come
from allocation.day_tables import AnnouncedDelivery
from allocation.learning import acceptance, share_of
from allocation.problem import Instance, Lot
from allocation.propose import MEMORY_DAYS, lot_of, rules_in_force
from allocation.tables import DistributionSession
from common.clock import Stamp
from common.errors import NotFound, Refusal
from common.words import N_, Grams, Term
from network.audit import record
from network.own_site import only_there
from network.partners import site as get_site
from network.tables import Site
from stock import tables
from stock.reference import sources

LONGEST = 60
"""Days ahead that something may be announced: plans look less far."""
MOST_GRAMS = 100_000_000
NOTE_LENGTH = 80
LOOKED_AT = 200
"""Lots of what came last that say what is usual."""


class BadAnnouncedDay(Refusal):
    """What comes today is booked in, and what comes in a season is not known."""

    message = N_("Say a day from tomorrow on, %(last)s at the latest: what comes today is booked in as it comes.")
    field = "on"


class BadAnnouncedWeight(Refusal):
    message = N_("Say what it will weigh about: more than nothing, and 100 tonnes at most, not %(got)s.")
    field = "weight"


class UnknownGroup(Refusal):
    message = N_("Choose what comes: one of the food groups of the list.")
    field = "food_group"


class NoteTooLong(Refusal):
    message = N_("At most %(most)s signs, this has %(length)s.")
    field = "note"


class AnnouncedRow(Struct, frozen=True):
    """An announced delivery as lists show it."""

    id: int
    site_id: int
    site: str
    on: dt.date
    food_group: str
    grams: int
    note: str


def announce(
    session: Session, *, site_id: int, on: dt.date | None, food_group: str, grams: int, note: str, stamp: Stamp
) -> int:
    """Write down what is said to come, and return its number.

    Raises BadAnnouncedDay, UnknownGroup, BadAnnouncedWeight, NoteTooLong, AnotherSite or NotFound.
    """
    get_site(session, site_id)
    only_there(session, stamp, site_id)
    last = stamp.on + dt.timedelta(days=LONGEST)
    if on is None or not stamp.on < on <= last:
        raise BadAnnouncedDay(last=last)
    if session.get(tables.FoodGroup, food_group) is None:
        raise UnknownGroup()
    if not 0 < grams <= MOST_GRAMS:
        raise BadAnnouncedWeight(got=Grams(grams))
    note = note.strip()
    if len(note) > NOTE_LENGTH:
        raise NoteTooLong(most=NOTE_LENGTH, length=len(note))
    said = AnnouncedDelivery(
        site_id=site_id,
        on=on,
        food_group=food_group,
        grams=grams,
        note=note,
        at=stamp.at,
        by_id=stamp.by,
    )
    session.add(said)
    session.flush()
    subject = f"announced:{said.id}"
    record(session, "delivery announced", subject, stamp, on=on.isoformat(), group=food_group, grams=grams)
    return said.id


def strike_out(session: Session, announced_id: int, stamp: Stamp) -> int:
    """It will not come after all: proposals made from now on do not count on it. Raises NotFound or AnotherSite."""
    said = _get(session, announced_id, stamp)
    if said.struck_at is None:
        said.struck_at = stamp.at
        session.flush()
        record(session, "announcement struck out", f"announced:{said.id}", stamp)
    return said.id


def put_back(session: Session, announced_id: int, stamp: Stamp) -> int:
    """It comes, as it was said at first. Raises NotFound or AnotherSite."""
    said = _get(session, announced_id, stamp)
    if said.struck_at is not None:
        said.struck_at = None
        session.flush()
        record(session, "announcement put back", f"announced:{said.id}", stamp)
    return said.id


def announced_deliveries(session: Session, today: dt.date) -> list[AnnouncedRow]:
    """What is announced for days to come, at every site, the soonest first."""
    query = _announced(today).options(joinedload(AnnouncedDelivery.site))
    return [
        AnnouncedRow(said.id, said.site_id, said.site.name, said.on, said.food_group, said.grams, said.note)
        for said in session.scalars(query)
    ]


def what_comes(session: Session, planned: DistributionSession, instance: Instance) -> ToCome:
    """What a plan for this session's problem counts on, each lot like those of its group that came before."""
    site = planned.site
    said = session.scalars(_announced(instance.today).where(AnnouncedDelivery.site_id == site.id)).all()
    if not said:
        return NOTHING_TO_COME
    came = _came_before(session, site, {one.food_group for one in said}, instance.today)
    seen = {lot.id: lot for lot in instance.lots} | {lot.id: lot for lot in came}
    announced = (Announced(one.id, one.on, one.food_group, one.grams) for one in said)
    return to_come(announced, site.code, instance, seen.values(), max(planned.on, instance.today))


def _announced(today: dt.date) -> Select[AnnouncedDelivery]:
    return (
        select(AnnouncedDelivery)
        .where(AnnouncedDelivery.on > today, AnnouncedDelivery.struck_at.is_(None))
        .order_by(AnnouncedDelivery.on, AnnouncedDelivery.id)
    )


def _came_before(session: Session, site: Site, groups: Collection[str], today: dt.date) -> list[Lot]:
    """The last lots of these groups that came to the site, as the planner would have seen a portion of each."""
    query = (
        select(tables.Lot)
        .join(tables.Reception, tables.Reception.id == tables.Lot.reception_id)
        .join(tables.Product, tables.Product.id == tables.Lot.product_id)
        .join(tables.Family, tables.Family.code == tables.Product.family_code)
        .where(tables.Reception.site_id == site.id, tables.Family.food_group.in_(groups))
        .where(tables.Reception.on.between(today - dt.timedelta(days=MEMORY_DAYS), today))
        .options(joinedload(tables.Lot.product).joinedload(tables.Product.family), joinedload(tables.Lot.reception))
        .order_by(tables.Lot.id.desc())
        .limit(LOOKED_AT)
    )
    rules, programmes = rules_in_force(session, today), {s.code: s for s in sources()}
    learned = acceptance(session, today)
    return [
        lot_of(
            lot,
            site.code,
            lot.portion,
            share_of(learned, lot.product_id),
            programmes[lot.source],
            rules,
            lot.reception.on,
        )
        for lot in session.scalars(query)
    ]


def _get(session: Session, announced_id: int, stamp: Stamp) -> AnnouncedDelivery:
    said = session.get(AnnouncedDelivery, announced_id)
    if said is None:
        raise NotFound(what=Term(N_("announced delivery")), id=announced_id)
    only_there(session, stamp, said.site_id)
    return said
