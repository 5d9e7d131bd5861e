"""What the partners publish on the people who come: counts by period and partner, small ones kept back.

Who is not reached can be seen only from who is. Counts below five could point at somebody, so nothing that leaves the
network holds one; where a single count of a breakdown would be missing, the next smallest is kept back too, since
the total would give the first away.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from households.composition import ADULT_AGE
from households.register import composition_of
from households.tables import Decision, File, Household, IdentifiedNeed, Referral, RightLooked, Seat, Workshop

SMALLEST = 5
STARTED = ("accepted", "appointment", "achieved")


class Indicators(Struct, frozen=True):
    """Counts of households; None where a count was kept back."""

    since: dt.date
    until: dt.date
    requests: int | None
    """First requests of the period."""
    requests_by_heard: dict[str, int | None]
    requests_by_status: dict[str, int | None]
    admitted: int | None
    """Households admitted for the first time in the period."""
    admitted_by_status: dict[str, int | None]
    single_parents: int | None
    """Of those admitted: one adult with children."""
    not_minimum_income: int | None
    """Of those admitted whose main income is known: not on RSA."""
    status_known: int | None
    with_needs: int | None
    """Of those who asked: spoke of another need."""
    accompanied: int | None
    """Of those: a need settled, or a referral under way."""
    workshop_households: int | None
    """Came to a workshop of the period."""
    rights_opened: int | None
    """Households for whom a right was opened in the period."""
    opened_by_right: dict[str, int | None]

    def outward(self) -> "Indicators":
        """The same as it may leave the network."""
        return Indicators(
            self.since,
            self.until,
            _kept_back(self.requests),
            breakdown(self.requests_by_heard),
            breakdown(self.requests_by_status),
            _kept_back(self.admitted),
            breakdown(self.admitted_by_status),
            *_parts(self.admitted, self.single_parents),
            *_parts(self.status_known, self.not_minimum_income),
            _kept_back(self.status_known),
            *_parts(self.requests, self.with_needs),
            *_parts(self.with_needs, self.accompanied),
            _kept_back(self.workshop_households),
            _kept_back(self.rights_opened),
            breakdown(self.opened_by_right),
        )


def breakdown(counts: Mapping[str, int | None]) -> dict[str, int | None]:
    """A breakdown without its small counts, and never with a single one missing.

    >>> breakdown({"wages": 12, "pension": 7, "student": 3})
    {'wages': 12, 'pension': None, 'student': None}
    """
    small = {name for name, n in counts.items() if n is not None and 0 < n < SMALLEST}
    others = sorted((n, name) for name, n in counts.items() if n and name not in small)
    if len(small) == 1 and others:
        small.add(others[0][1])
    return {name: None if name in small else n for name, n in counts.items()}


def _kept_back(count: int | None) -> int | None:
    return None if count is not None and 0 < count < SMALLEST else count


def _parts(whole: int | None, part: int | None) -> tuple[int | None]:
    """A part of a whole, kept back where it or what is left of the whole is small."""
    rest = None if whole is None or part is None else whole - part
    return (None if _kept_back(part) is None or _kept_back(rest) is None else part,)


def indicators(session: Session, since: dt.date, until: dt.date, partner_id: int | None = None) -> Indicators:
    """The figures of a period, both days included; of one partner's households where it is named."""
    asked = _households(session, Household.first_request_on.between(since, until), partner_id)
    first = select(Decision.household_id, func.min(Decision.on).label("on")).where(Decision.outcome == "admitted")
    first_admitted = first.group_by(Decision.household_id).subquery()
    within = select(first_admitted.c.household_id).where(first_admitted.c.on.between(since, until))
    admitted = _households(session, Household.id.in_(within), partner_id)
    statuses = _files(session, [h.id for h in admitted])
    known = {i: f for i, f in statuses.items() if f.status != "unsaid"}
    sources = _files(session, [h.id for h in asked])
    needing = _with_needs(session, [h.id for h in asked])
    opened = _opened(session, since, until, partner_id)
    return Indicators(
        since=since,
        until=until,
        requests=len(asked),
        requests_by_heard=_count(f.heard for f in sources.values()),
        requests_by_status=_count(f.status for f in sources.values()),
        admitted=len(admitted),
        admitted_by_status=_count(f.status for f in statuses.values()),
        single_parents=sum(_is_single_parent(h, until) for h in admitted),
        not_minimum_income=sum(f.status != "minimum_income" for f in known.values()),
        status_known=len(known),
        with_needs=len(needing),
        accompanied=len(needing & _accompanied(session, needing)),
        workshop_households=_at_workshops(session, since, until, partner_id),
        rights_opened=len({household for household, _ in opened}),
        opened_by_right=_count(code for _, code in opened),
    )


def _households(session: Session, condition: ColumnElement[bool], partner_id: int | None) -> Sequence[Household]:
    query = select(Household).options(selectinload(Household.members)).where(condition)
    if partner_id is not None:
        query = query.where(Household.organisation_id == partner_id)
    return session.scalars(query).all()


def _files(session: Session, household_ids: Sequence[int]) -> dict[int, File]:
    query = select(File).where(File.household_id.in_(household_ids))
    return {file.household_id: file for file in session.scalars(query)}


def _count(words: Iterable[str]) -> dict[str, int | None]:
    """Each word with how often it is there, the most frequent first."""
    return dict(Counter(words).most_common())


def _is_single_parent(household: Household, on: dt.date) -> bool:
    ages = composition_of(household, on).ages
    adults = sum(age >= ADULT_AGE for age in ages)
    return adults == 1 and len(ages) > 1


def _with_needs(session: Session, household_ids: Sequence[int]) -> set[int]:
    query = select(IdentifiedNeed.household_id).where(IdentifiedNeed.household_id.in_(household_ids))
    return set(session.scalars(query))


def _accompanied(session: Session, household_ids: Iterable[int]) -> set[int]:
    ids = list(household_ids)
    settled = select(IdentifiedNeed.household_id).where(
        IdentifiedNeed.household_id.in_(ids), IdentifiedNeed.settled_on.is_not(None)
    )
    referred = select(Referral.household_id).where(Referral.household_id.in_(ids), Referral.state.in_(STARTED))
    return {*session.scalars(settled), *session.scalars(referred)}


def _opened(session: Session, since: dt.date, until: dt.date, partner_id: int | None) -> list[tuple[int, str]]:
    """Who had which right opened: each household and right once."""
    query = select(RightLooked.household_id, RightLooked.code).where(
        RightLooked.state == "opened", RightLooked.on.between(since, until)
    )
    if partner_id is not None:
        query = query.join(Household, Household.id == RightLooked.household_id).where(
            Household.organisation_id == partner_id
        )
    return [(household, code) for household, code in session.execute(query.order_by(RightLooked.code))]


def _at_workshops(session: Session, since: dt.date, until: dt.date, partner_id: int | None) -> int:
    query = (
        select(func.count(Seat.household_id.distinct()))
        .join(Workshop, Workshop.id == Seat.workshop_id)
        .where(Workshop.on.between(since, until), Seat.came.is_(True))
    )
    if partner_id is not None:
        query = query.join(Household, Household.id == Seat.household_id).where(Household.organisation_id == partner_id)
    return session.scalar(query) or 0
