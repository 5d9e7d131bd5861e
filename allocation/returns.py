"""What the State and the European Union ask of food aid, for a period, partner by partner or together.

Households and people by age band, derived from birth years on the last day; tonnes by programme and family, with an
account in which what the books say and what stands on the shelves meet; visits, meals, needs. A published return is
kept as it was sent. Sex is counted as it was said; who did not say stands on a line of their own. What leaves the
network keeps small counts of people back (`withheld`).

Sources: CASF R266-12; ESF+ annex III of Regulation (EU) 2021/1057 (EMCO09, EMCO11; bands <18, 18–29, ≥65).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from allocation import files_told, small_cells
from allocation.day_tables import PublishedReturn
from allocation.flows import grams_moved, whole
from allocation.impact import Factors
from allocation.scope import Scope, scope
from allocation.tables import DistributionSession
from allocation.waste import WasteReport, waste_report
from common.clock import PARIS, Stamp
from common.errors import NotFound
from common.words import N_, Term, words
from households.listing import compositions
from households.tables import Household, IdentifiedNeed
from network.audit import record
from network.partners import organisations
from stock.ledger import EATEN, Account
from stock.reference import sources
from stock.tables import Lot, Movement

ESF_PLUS = "esf_plus"
BANDS = (
    ("under_3", 0, 2, N_("Under 3")),
    ("3_to_17", 3, 17, N_("3 to 17")),
    ("18_to_29", 18, 29, N_("18 to 29")),
    ("30_to_64", 30, 64, N_("30 to 64")),
    ("65_and_over", 65, 200, N_("65 and over")),
)
"""They add up to the bands of the ESF+: under 18, 18 to 29, 65 and over."""

OF_PEOPLE = {"households", "people", "visits", "needs", "referrals"}
"""Units in which a small figure may point at somebody."""
SUMS_OF_PEOPLE: small_cells.Sums = (
    ("people_under_18", ("people_under_3", "people_3_to_17")),
    ("people_total", ("people_under_18", "people_18_to_29", "people_30_to_64", "people_65_and_over")),
    ("people_total", ("people_women", "people_men", "people_sex_not_asked")),
)
PROFILE = {
    "kinds": "households_enrolled",
    "incomes": "households_enrolled",
    "housing": "households_enrolled",
    "endings": "households_ended",
}
"""Sections whose lines add up to a figure of another."""


class Line(Struct, frozen=True):
    """One figure: its code for programs, its name, its value in the unit it is told in."""

    code: str
    name_fr: str
    name_en: str
    value: int | float | None
    """None where it is withheld."""
    unit: str
    """`households`, `people`, `visits`, `sessions`, `meals`, `needs`, `workshops`, `referrals`, `g` or `share`."""


class Section(Struct, frozen=True):
    """A table of the return."""

    code: str
    name_fr: str
    name_en: str
    lines: tuple[Line, ...]


class Return(Struct, frozen=True):
    """All the figures of a period, of one partner or of all."""

    since: dt.date
    until: dt.date
    partner: str
    """Empty for all partners together."""
    sections: tuple[Section, ...]
    withheld: tuple[str, ...] | None = None
    """Codes of what does not leave the network, as it was decided when these figures were made."""

    def value(self, code: str) -> int | float | None:
        """The figure of this code."""
        return next(line.value for section in self.sections for line in section.lines if line.code == code)


class Published(Struct, frozen=True):
    """A return as it was sent, in a list."""

    id: int
    since: dt.date
    until: dt.date
    partner: str
    at: dt.datetime


def make_return(session: Session, seen: Scope, partner_id: int | None = None) -> Return:
    """The figures as the books stand now; `seen` is the partner's part of the network, or all of it.

    What is withheld of it is decided with all partners' returns of the period and the one of all together in sight:
    whoever holds them all subtracts none down to a few people.
    """
    made = _figures(session, seen, partner_id)
    of: dict[int | None, Scope] = {None: scope(session, seen.since, seen.until)}
    of |= {o.id: scope(session, seen.since, seen.until, partner_id=o.id) for o in organisations(session)}
    every = {who: made if who == partner_id else _figures(session, part, who) for who, part in of.items()}
    return replace(made, withheld=tuple(sorted(_withheld_of(every, partner_id))))


def _figures(session: Session, seen: Scope, partner_id: int | None) -> Return:
    report = waste_report(session, seen, Factors())
    names = {o.id: o.name for o in organisations(session)}
    return Return(
        since=seen.since,
        until=seen.until,
        partner=names.get(partner_id, "") if partner_id is not None else "",
        sections=(
            _households(session, seen, partner_id),
            _people(session, seen, partner_id),
            *_profile(session, seen, partner_id),
            _activity(session, seen, report),
            _account(report),
            _by_programme(session, seen),
            _by_family(report),
            _causes(report),
            _accompaniment(session, seen, partner_id),
        ),
    )


def withheld(made: Return) -> frozenset[str]:
    """The codes of the figures that do not leave the network: few people, or what would tell how few."""
    if made.withheld is not None:
        return frozenset(made.withheld)
    # Published before returns were looked at together: as it was then.
    return small_cells.withheld(_of_people(made), _sums(made))


def told_outside(made: Return) -> Return:
    """The return as it leaves the network: without what is withheld."""
    hidden = withheld(made)
    sections = tuple(
        replace(section, lines=tuple(replace(x, value=None) if x.code in hidden else x for x in section.lines))
        for section in made.sections
    )
    return replace(made, sections=sections, withheld=tuple(sorted(hidden)))


def _withheld_of(every: Mapping[int | None, Return], mine: int | None) -> frozenset[str]:
    """What is withheld of one of these returns, given that all may be held side by side."""
    counts = {who: _of_people(made) for who, made in every.items()}
    whole, partners = counts[None], [who for who in every if who is not None]
    sums = [(_in(who, x), [_in(who, y) for y in parts]) for who, made in every.items() for x, parts in _sums(made)]
    # Figures of the partners that do not add up to the whole (a household served by two) give nothing away.
    sums += [
        (_in(None, code), [_in(who, code) for who in partners])
        for code, n in whole.items()
        if n == sum(counts[who].get(code, 0) for who in partners)
    ]
    joint = {_in(who, code): n for who, of in counts.items() for code, n in of.items()}
    hidden = small_cells.withheld(joint, sums)
    return frozenset(code for code in counts[mine] if _in(mine, code) in hidden)


def _in(who: int | None, code: str) -> str:
    return f"{who or 'all'}/{code}"


def _of_people(made: Return) -> dict[str, int]:
    return {x.code: int(x.value or 0) for section in made.sections for x in section.lines if x.unit in OF_PEOPLE}


def _sums(made: Return) -> small_cells.Sums:
    parts = {section.code: [x.code for x in section.lines] for section in made.sections}
    return [*SUMS_OF_PEOPLE, *((total, parts[section]) for section, total in PROFILE.items() if section in parts)]


def publish(session: Session, made: Return, partner_id: int | None, stamp: Stamp) -> int:
    """Keep the figures as they are sent; returns the number they are found under."""
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
    return [Published(k.id, k.since, k.until, k.figures["partner"], k.at) for k in kept]


def published_return(session: Session, number: int) -> Return:
    """The figures as they were sent; raises NotFound."""
    kept = session.get(PublishedReturn, number)
    if kept is None:
        raise NotFound(what=Term(N_("published return")), id=number)
    return msgspec.convert(kept.figures, Return)


def _section(code: str, name: str, lines: Iterable[Line]) -> Section:
    return Section(code, words("fr").text(name), name, tuple(lines))


def _line(code: str, name: str, value: int | float, unit: str) -> Line:
    return Line(code, words("fr").text(name), name, value, unit)


def _followed(partner_id: int | None) -> Select[int]:
    query = select(Household.id)
    return query if partner_id is None else query.where(Household.organisation_id == partner_id)


def _enrolled(session: Session, seen: Scope, partner_id: int | None) -> Sequence[int]:
    """Households that were followed on the last day of the period."""
    there = _followed(partner_id).where(
        Household.first_request_on <= seen.until, Household.ended_on.is_(None) | (Household.ended_on > seen.until)
    )
    return session.scalars(there).all()


def _households(session: Session, seen: Scope, partner_id: int | None) -> Section:
    new = _followed(partner_id).where(Household.first_request_on.between(seen.since, seen.until))
    ended = _followed(partner_id).where(Household.ended_on.between(seen.since, seen.until))
    there = len(_enrolled(session, seen, partner_id))
    return _section(
        "households",
        N_("Households"),
        [
            _line("households_enrolled", N_("Enrolled on the last day"), there, "households"),
            _line("households_new", N_("First requests in the period"), len(session.scalars(new).all()), "households"),
            _line("households_ended", N_("Left in the period"), len(session.scalars(ended).all()), "households"),
        ],
    )


def _people(session: Session, seen: Scope, partner_id: int | None) -> Section:
    """Of the enrolled households, by age on the last day."""
    counts: dict[str, int] = defaultdict(int)
    there = _enrolled(session, seen, partner_id)
    sexes = files_told.sexes(session, there, seen.until)
    for composition in compositions(session, there, seen.until).values():
        for age in composition.ages:
            counts[next(code for code, low, _, _ in reversed(BANDS) if low <= age)] += 1
    bands = [_line(f"people_{code}", name, counts[code], "people") for code, _, _, name in BANDS]
    total = sum(counts.values())
    return _section(
        "people",
        N_("People in these households, by age and by sex"),
        [
            *bands,
            _line("people_under_18", N_("Of whom under 18 (ESF+)"), counts["under_3"] + counts["3_to_17"], "people"),
            _line("people_total", N_("All ages"), total, "people"),
            _line("people_women", N_("Women and girls"), sexes["woman"], "people"),
            _line("people_men", N_("Men and boys"), sexes["man"], "people"),
            _line("people_sex_not_asked", N_("Sex not said"), sexes["unsaid"], "people"),
        ],
    )


def _profile(session: Session, seen: Scope, partner_id: int | None) -> list[Section]:
    """Of the enrolled households, and of those that left."""
    there = _enrolled(session, seen, partner_id)
    told = (
        ("kinds", N_("Households, by who lives in them"), files_told.kinds(session, there, seen.until)),
        ("incomes", N_("Households, by main income"), files_told.incomes(session, there)),
        ("housing", N_("Households, by housing"), files_told.housing(session, there)),
        (
            "endings",
            N_("Households that left, by reason"),
            files_told.endings(session, seen.since, seen.until, partner_id),
        ),
    )
    return [
        _section(code, name, [_line(x, said, n, "households") for x, said, n in lines if n])
        for code, name, lines in told
    ]


def _activity(session: Session, seen: Scope, report: WasteReport) -> Section:
    query = select(func.count()).where(
        DistributionSession.on.between(seen.since, seen.until), DistributionSession.state == "closed"
    )
    if seen.sites is not None:
        query = query.where(DistributionSession.site_id.in_(seen.sites))
    return _section(
        "activity",
        N_("Distribution"),
        [
            _line("sessions", N_("Sessions held"), session.scalar(query) or 0, "sessions"),
            _line("visits", N_("Visits"), report.visits_served, "visits"),
            _line("households_served", N_("Different households served"), report.households_served, "households"),
            _line("meals", N_("Meals, at 500 g each"), report.impact.meals, "meals"),
        ],
    )


def _account(report: WasteReport) -> Section:
    """What the books add up to is what stands on the shelves: counts are lines of it, not corrections."""
    books = report.before + report.received + report.counted + report.moved - report.eaten - report.lost
    return _section(
        "account",
        N_("Account of goods"),
        [
            _line("stock_before", N_("On hand at the start"), report.before, "g"),
            _line("received", N_("Received"), report.received, "g"),
            _line("counted", N_("Found or missing by counting"), report.counted, "g"),
            _line("moved", N_("From or to other sites"), report.moved, "g"),
            _line("distributed", N_("Distributed"), report.eaten, "g"),
            _line("lost", N_("Lost"), report.lost, "g"),
            _line("stock_books", N_("On hand at the end, by the account"), books, "g"),
            _line("stock_shelves", N_("On hand at the end, on the shelves"), report.on_hand, "g"),
            _line("left_behind", N_("Left behind"), report.left_behind, "g"),
            _line("left_saved", N_("Of which saved"), report.left_saved, "g"),
        ],
    )


def _by_programme(session: Session, seen: Scope) -> Section:
    """Received and distributed by what goods come under; EMCO09 and EMCO11 of the ESF+."""
    sums = _programme_sums(session, seen)
    lines = [
        Line(f"{what}_{s.code}", f"{s.name_fr}{_DASH}{french}", f"{s.name_en}{_DASH}{english}", grams, "g")
        for s in sources()
        for what, english, grams in (
            ("received", N_("received"), sums[s.code][0]),
            ("distributed", N_("distributed"), sums[s.code][1]),
        )
        for french in [words("fr").text(english)]
        if grams
    ]
    given, of_all = sums[ESF_PLUS][1], sum(eaten for _, eaten in sums.values())
    return _section(
        "programmes",
        N_("By programme"),
        [
            *lines,
            _line("emco09", N_("EMCO09: food of the ESF+ distributed"), given, "g"),
            _line(
                "emco11",
                N_("EMCO11: share of the ESF+ in what was distributed"),
                given / of_all if of_all else 0.0,
                "share",
            ),
        ],
    )


_DASH = " – "


def _programme_sums(session: Session, seen: Scope) -> dict[str, tuple[int, int]]:
    """Grams received and distributed of each programme."""

    def ended(accounts: Iterable[Account]) -> list[str]:
        return sorted(account.value for account in accounts)

    outside, eaten = ended({Account.OUTSIDE}), ended(EATEN)
    came = case((Movement.from_account.in_(outside), 1), (Movement.to_account.in_(outside), -1), else_=0)
    went = case((Movement.to_account.in_(eaten), 1), (Movement.from_account.in_(eaten), -1), else_=0)
    query = (
        select(Lot.source, whole(came * grams_moved()), whole(went * grams_moved()))
        .select_from(Movement)
        .join(Lot, Lot.id == Movement.lot_id)
        .where(Movement.on >= seen.since, Movement.on <= seen.until)
        .group_by(Lot.source)
    )
    query = seen.at_place(query, func.coalesce(Movement.from_place_id, Movement.to_place_id))
    sums: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for source, received, distributed in session.execute(query):
        sums[source] = (received, distributed)
    return sums


def _by_family(report: WasteReport) -> Section:
    return _section(
        "families",
        N_("By family"),
        [
            Line(
                f"{what}_{f.key}",
                f"{f.name_fr}{_DASH}{words('fr').text(said)}",
                f"{f.name_en}{_DASH}{said}",
                grams,
                "g",
            )
            for f in sorted(report.families, key=lambda f: f.key)
            for what, said, grams in (
                ("received", N_("received"), f.received),
                ("distributed", N_("distributed"), f.eaten),
                ("lost", N_("lost"), f.lost),
            )
            if grams
        ],
    )


def _causes(report: WasteReport) -> Section:
    return _section(
        "causes",
        N_("Lost, by cause"),
        [Line(f"lost_{cause.key}", cause.name_fr, cause.name_en, cause.grams, "g") for cause in report.causes],
    )


def _accompaniment(session: Session, seen: Scope, partner_id: int | None) -> Section:
    """What was done beside food: needs spoken of and answered, workshops, referrals."""
    held, came = files_told.workshops(session, seen.since, seen.until, partner_id)
    referred, achieved = files_told.referrals(session, seen.since, seen.until, partner_id)
    mine = IdentifiedNeed.household_id.in_(_followed(partner_id))
    begins = dt.datetime.combine(seen.since, dt.time(), PARIS)
    ends = dt.datetime.combine(seen.until + dt.timedelta(days=1), dt.time(), PARIS)
    said = select(func.count()).where(mine, IdentifiedNeed.at >= begins, IdentifiedNeed.at < ends)
    settled = select(func.count()).where(mine, IdentifiedNeed.settled_on.between(seen.since, seen.until))
    return _section(
        "accompaniment",
        N_("Accompaniment"),
        [
            _line("needs_said", N_("Other needs spoken of"), session.scalar(said) or 0, "needs"),
            _line("needs_settled", N_("Needs answered"), session.scalar(settled) or 0, "needs"),
            _line("workshops_held", N_("Workshops that people came to"), held, "workshops"),
            _line("workshops_came", N_("Households at workshops, each time counted"), came, "households"),
            _line("referrals_made", N_("Referrals to partners"), referred, "referrals"),
            _line("referrals_achieved", N_("Referrals achieved"), achieved, "referrals"),
        ],
    )
