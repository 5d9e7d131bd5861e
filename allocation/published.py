"""Returns that were published: kept as they were sent, and what may be published beside them.

One rule: two published periods of the same partner, or of all together, lie apart or one within the other. A year may
follow its quarters; a period across another's end would count goods twice, and is refused. Where one lies within
another, nothing may be worked out from both: what was withheld in one is withheld in the other, and so is a figure that
differs from the other's, or from the sum of those within it, by a few people only.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import small_cells
from allocation.day_tables import PublishedReturn
from allocation.returned import Return
from allocation.returned_people import sums
from allocation.small_cells import LEAST
from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from network.audit import record


class CrossesPublished(Refusal):
    """A period that begins in a published one and ends outside it, or the other way round."""

    kind = Kind.CONFLICT
    message = N_(
        "The return from %(since)s to %(until)s was published. Choose a period that lies apart from it, within it or"
        " around it: one across its end would count the same goods and people twice."
    )


class NotYoursToPublish(Refusal):
    """What is published stays for good: each partner answers for its own return, the coordinator for that of all."""

    kind = Kind.FORBIDDEN
    message = N_(
        "A partner publishes its own return; that of all partners together is published by the coordinator or an"
        " administrator."
    )


class Published(Struct, frozen=True):
    """A return as it was sent, in a list."""

    id: int
    since: dt.date
    until: dt.date
    partner: str
    at: dt.datetime


def publish(session: Session, made: Return, partner_id: int | None, stamp: Stamp) -> int:
    """Keep the figures as they are sent; returns the number they are found under. Raises CrossesPublished."""
    if (other := crossed_by(session, made.since, made.until, partner_id)) is not None:
        raise CrossesPublished(since=other.since, until=other.until)
    kept = PublishedReturn(
        since=made.since,
        until=made.until,
        organisation_id=partner_id,
        figures=msgspec.to_builtins(made),
        at=stamp.at,
        by_id=stamp.by,
    )
    session.add(kept)
    session.flush()
    record(session, "return published", f"return:{kept.id}", stamp)
    return kept.id


def published(session: Session) -> list[Published]:
    """Every return that was sent, the latest first."""
    kept = session.scalars(select(PublishedReturn).order_by(PublishedReturn.id.desc()))
    return [_listed(k) for k in kept]


def published_return(session: Session, number: int) -> Return:
    """The figures as they were sent; raises NotFound."""
    kept = session.get(PublishedReturn, number)
    if kept is None:
        raise NotFound(what=Term(N_("published return")), id=number)
    return msgspec.convert(kept.figures, Return)


def withheld(made: Return) -> frozenset[str]:
    """The codes of the figures that do not leave the network: few people, or what would tell how few."""
    if made.withheld is not None:
        return frozenset(made.withheld)
    # Published before returns were looked at together: as it was then.
    return small_cells.withheld(made.of_people(), sums(made))


def crossed_by(session: Session, since: dt.date, until: dt.date, partner_id: int | None) -> Published | None:
    """The first published return of the same partner that this period crosses."""
    crossing = (k for k in _beside(session, since, until, partner_id) if _crosses(k, since, until))
    return next(map(_listed, crossing), None)


def crossed_elsewhere(session: Session, since: dt.date, until: dt.date, partner_id: int | None) -> list[Published]:
    """Published returns of others, or of all together, that this period crosses: not refused, but said."""
    query = select(PublishedReturn).where(PublishedReturn.since <= until, PublishedReturn.until >= since)
    there = session.scalars(query.order_by(PublishedReturn.since, PublishedReturn.id))
    return [_listed(k) for k in there if k.organisation_id != partner_id and _crosses(k, since, until)]


def told_before(session: Session, made: Return, partner_id: int | None) -> frozenset[str]:
    """The codes whose figures, beside what was published of the same days, would tell of a few people."""
    beside = _beside(session, made.since, made.until, partner_id)
    sent = [msgspec.convert(k.figures, Return) for k in beside if not _crosses(k, made.since, made.until)]
    counts, hidden = made.of_people(), {code for one in sent for code in withheld(one)}
    within = [one.of_people() for one in sent if made.since <= one.since and one.until <= made.until]
    around = [one.of_people() for one in sent if one.since <= made.since and made.until <= one.until]
    few = {code for one in (*within, *around) for code in _few_apart(counts, [one])}
    return frozenset(counts.keys() & (hidden | few | _few_apart(counts, within)))


def _few_apart(counts: Mapping[str, int], others: Iterable[Mapping[str, int]]) -> set[str]:
    """Codes whose figure differs by a few from what the others come to together."""
    told = list(others)
    apart = {code: abs(n - sum(one.get(code, 0) for one in told)) for code, n in counts.items() if told}
    return {code for code, n in apart.items() if 0 < n < LEAST}


def _beside(session: Session, since: dt.date, until: dt.date, partner_id: int | None) -> list[PublishedReturn]:
    """What was published of the same partner and shares days with this period, in its order."""
    mine = PublishedReturn.organisation_id
    query = select(PublishedReturn).where(
        mine.is_(None) if partner_id is None else mine == partner_id,
        PublishedReturn.since <= until,
        PublishedReturn.until >= since,
    )
    return list(session.scalars(query.order_by(PublishedReturn.since, PublishedReturn.id)))


def _crosses(kept: PublishedReturn, since: dt.date, until: dt.date) -> bool:
    within = since <= kept.since and kept.until <= until
    around = kept.since <= since and until <= kept.until
    return not within and not around


def _listed(kept: PublishedReturn) -> Published:
    return Published(kept.id, kept.since, kept.until, kept.figures["partner"], kept.at)
