"""What will be lost by when at the usual outflow: what people took home lately, held against what stands there now.

Learnt from each site's own past, food group by food group. Within a group goods go out in the order of their last
days, as shelves are kept; what the usual outflow does not reach before its last day is what will be lost.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct
from sqlalchemy import BigInteger, bindparam, case, cast, func, select
from sqlalchemy.orm import Session, aliased

from network.partners import sites
from stock.ledger import EATEN
from stock.shelf import Line, lines_within
from stock.tables import Family, Lot, Movement, Place, Product

WEEKS = 8
"""How far back the usual is learnt."""
AHEAD = 28
"""Days ahead: for later dates too much will have changed."""

Rates = Mapping[tuple[int, str], int]
"""Grams that usually leave a site in `WEEKS` weeks, by site and food group."""


class GroupForecast(Struct, frozen=True):
    """One food group at one site: what stands there with a near last day, what usually leaves, what will be lost."""

    site_id: int
    site: str
    group: str
    grams: int
    """With its last day within `AHEAD` days."""
    grams_a_week: int
    """That usually leave."""
    lost_grams: int
    lost_cents: int
    first_lost: dt.date | None
    """The first last day the outflow comes too late for."""


class Forecast(Struct, frozen=True):
    """All that will be lost at the usual outflow, the heaviest first."""

    until: dt.date
    weeks: int
    """How many weeks the usual was learnt from."""
    grams: int
    cents: int
    groups: tuple[GroupForecast, ...]


def forecast(session: Session, today: dt.date, site_id: int | None = None) -> Forecast:
    """What will be lost within `AHEAD` days if goods go on leaving as they did, at a site or everywhere."""
    lines = lines_within(session, today, AHEAD, site_id)
    names = {site.id: site.name for site in sites(session)}
    groups = foreseen([line for line in lines if line.last_day >= today], usual_outflow(session, today), today, names)
    return Forecast(
        until=today + dt.timedelta(days=AHEAD),
        weeks=WEEKS,
        grams=sum(group.lost_grams for group in groups),
        cents=sum(group.lost_cents for group in groups),
        groups=groups,
    )


def usual_outflow(session: Session, today: dt.date) -> dict[tuple[int, str], int]:
    """Grams people took home from each site in the last weeks, by food group; what came back is taken off."""
    asked = {"since": today - dt.timedelta(weeks=WEEKS), "today": today}
    return {(site, group): max(int(grams), 0) for site, group, grams in session.execute(_OUTFLOW, asked)}


def foreseen(
    lines: Iterable[Line], rates: Rates, today: dt.date, names: Mapping[int, str]
) -> tuple[GroupForecast, ...]:
    """What of these lots the usual outflow does not reach in time, by site and food group, the heaviest loss first."""
    by_group: dict[tuple[int, str], list[Line]] = defaultdict(list)
    for line in lines:
        by_group[line.site_id, line.group].append(line)
    groups = [_group(lots, rates.get(key, 0), today, names[key[0]]) for key, lots in by_group.items()]
    return tuple(sorted(groups, key=lambda group: (-group.lost_grams, group.site, group.group)))


def _group(lots: list[Line], rate: int, today: dt.date, site: str) -> GroupForecast:
    gone, lost_grams, lost_cents, first = 0, 0, 0, None
    for row in sorted(lots, key=lambda row: (row.last_day, row.lot_id)):
        # Goods may still be given on their very last day.
        in_time = rate * ((row.last_day - today).days + 1) // (7 * WEEKS)
        taken = min(row.grams, max(0, in_time - gone))
        gone += taken
        if lost := row.grams - taken:
            lost_grams += lost
            lost_cents += row.cents * lost // max(row.grams, 1)
            first = first or row.last_day
    one = lots[0]
    return GroupForecast(
        site_id=one.site_id,
        site=site,
        group=one.group,
        grams=sum(row.grams for row in lots),
        grams_a_week=rate // WEEKS,
        lost_grams=lost_grams,
        lost_cents=lost_cents,
        first_lost=first,
    )


_WENT, _CAME = aliased(Place), aliased(Place)
_OUTFLOW = (
    select(
        func.coalesce(_WENT.site_id, _CAME.site_id).label("site"),
        Family.food_group,
        cast(
            func.sum(
                case((Movement.to_account.in_(EATEN), Movement.quantity), else_=-Movement.quantity) * Lot.grams_each
            ),
            BigInteger,
        ),
    )
    .select_from(Movement)
    .join(Lot, Lot.id == Movement.lot_id)
    .join(Product, Product.id == Lot.product_id)
    .join(Family, Family.code == Product.family_code)
    .outerjoin(_WENT, _WENT.id == Movement.from_place_id)
    .outerjoin(_CAME, _CAME.id == Movement.to_place_id)
    .where(
        Movement.on >= bindparam("since"),
        Movement.on < bindparam("today"),
        Movement.to_account.in_(EATEN) | Movement.from_account.in_(EATEN),
        func.coalesce(_WENT.site_id, _CAME.site_id).is_not(None),
    )
    .group_by(func.coalesce(_WENT.site_id, _CAME.site_id), Family.food_group)
)
