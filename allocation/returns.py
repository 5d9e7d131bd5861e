"""What the State and the European Union ask of food aid, for a period, partner by partner or together.

Households and people by age band and sex (`returned_people`); tonnes by programme and family, with an account in which
what the books say and what stands on the shelves meet; visits, meals, needs. What was published stays as it was sent
(`published`). What leaves the network keeps small counts of people back.

Sources: CASF R266-12; ESF+ annex III of Regulation (EU) 2021/1057 (EMCO09, EMCO11; bands <18, 18–29, ≥65).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec.structs import replace
from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from allocation import small_cells
from allocation.flows import grams_moved, whole
from allocation.impact import Factors
from allocation.published import told_before, withheld
from allocation.returned import DASH, Line, Return, Section, line, section
from allocation.returned_people import Book, people_book, people_sections, sums
from allocation.scope import Scope, scope
from allocation.tables import DistributionSession
from allocation.waste import WasteReport, visits_of, waste_report
from common.words import N_, words
from network.partners import organisations
from stock.ledger import EATEN, Account
from stock.reference import sources
from stock.tables import Lot, Movement

ESF_PLUS = "esf_plus"


def make_return(session: Session, seen: Scope, partner_id: int | None = None) -> Return:
    """The figures as the books stand now; `seen` is the partner's part of the network, or all of it.

    What is withheld of it is decided with what was published of the same days, all partners' returns of the period and
    the one of all together in sight: whoever holds them all subtracts none down to a few people.
    """
    names = {o.id: o.name for o in organisations(session)}
    of: dict[int | None, Scope] = {None: scope(session, seen.since, seen.until)}
    of |= {number: scope(session, seen.since, seen.until, partner_id=number) for number in names}
    book = people_book(session, seen.since, seen.until)
    people = {who: _of_people(session, part if who != partner_id else seen, book.of(who)) for who, part in of.items()}
    every = {who: Return(seen.since, seen.until, "", tuple(parts)) for who, parts in people.items()}
    before = told_before(session, every[partner_id], partner_id)
    hidden = tuple(sorted(_withheld_of(every, partner_id, before)))
    *counted, visits, accompanied = people[partner_id]
    return Return(
        seen.since,
        seen.until,
        names[partner_id] if partner_id is not None else "",
        (*counted, *_goods(session, seen, visits), accompanied),
        hidden,
    )


def _of_people(session: Session, seen: Scope, book: Book) -> list[Section]:
    """The sections that count people; the last but one is that of visits."""
    *counted, accompanied = people_sections(book)
    return [*counted, _activity(session, seen), accompanied]


def _goods(session: Session, seen: Scope, visits: Section) -> list[Section]:
    """The visits with the meals they made, and the sections that weigh goods."""
    report = waste_report(session, seen, Factors(), fairness=False)
    meals = line("meals", N_("Meals, at 500 g each"), report.impact.meals, "meals")
    return [
        replace(visits, lines=(*visits.lines, meals)),
        _account(report),
        _by_programme(session, seen),
        _by_family(report),
        _causes(report),
    ]


def told_outside(made: Return) -> Return:
    """The return as it leaves the network: without what is withheld."""
    hidden = withheld(made)
    sections = tuple(
        replace(part, lines=tuple(replace(x, value=None) if x.code in hidden else x for x in part.lines))
        for part in made.sections
    )
    return replace(made, sections=sections, withheld=tuple(sorted(hidden)))


def _withheld_of(every: Mapping[int | None, Return], mine: int | None, before: Iterable[str]) -> frozenset[str]:
    """What is withheld of one of these returns, given that all may be held side by side, and what was told `before`."""
    counts = {who: made.of_people() for who, made in every.items()}
    whole, partners = counts[None], [who for who in every if who is not None]
    joint_sums = [(_in(who, x), [_in(who, y) for y in parts]) for who, made in every.items() for x, parts in sums(made)]
    # Figures of the partners that do not add up to the whole (a household served by two) give nothing away.
    joint_sums += [
        (_in(None, code), [_in(who, code) for who in partners])
        for code, n in whole.items()
        if n == sum(counts[who].get(code, 0) for who in partners)
    ]
    joint = {_in(who, code): n for who, of in counts.items() for code, n in of.items()}
    hidden = small_cells.withheld(joint, joint_sums, {_in(mine, code) for code in before})
    return frozenset(code for code in counts[mine] if _in(mine, code) in hidden)


def _in(who: int | None, code: str) -> str:
    return f"{who or 'all'}/{code}"


def _activity(session: Session, seen: Scope) -> Section:
    query = select(func.count()).where(
        DistributionSession.on.between(seen.since, seen.until), DistributionSession.state == "closed"
    )
    if seen.sites is not None:
        query = query.where(DistributionSession.site_id.in_(seen.sites))
    households, visits = visits_of(session, seen)
    return section(
        "activity",
        N_("Distribution"),
        [
            line("sessions", N_("Sessions held"), session.scalar(query) or 0, "sessions"),
            line("visits", N_("Visits"), visits.get("served", 0), "visits"),
            line("households_served", N_("Different households served"), households, "households"),
        ],
    )


def _account(report: WasteReport) -> Section:
    """What the books add up to is what stands on the shelves: counts are lines of it, not corrections."""
    books = report.before + report.received + report.counted + report.moved - report.eaten - report.lost
    return section(
        "account",
        N_("Account of goods"),
        [
            line("stock_before", N_("On hand at the start"), report.before, "g"),
            line("received", N_("Received"), report.received, "g"),
            line("counted", N_("Found or missing by counting"), report.counted, "g"),
            line("moved", N_("From or to other sites"), report.moved, "g"),
            line("distributed", N_("Distributed"), report.eaten, "g"),
            line("lost", N_("Lost"), report.lost, "g"),
            line("stock_books", N_("On hand at the end, by the account"), books, "g"),
            line("stock_shelves", N_("On hand at the end, on the shelves"), report.on_hand, "g"),
            line("left_behind", N_("Left behind"), report.left_behind, "g"),
            line("left_saved", N_("Of which saved"), report.left_saved, "g"),
        ],
    )


def _by_programme(session: Session, seen: Scope) -> Section:
    """Received and distributed by what goods come under; EMCO09 and EMCO11 of the ESF+."""
    programmes = _programme_sums(session, seen)
    lines = [
        Line(f"{what}_{s.code}", f"{s.name_fr}{DASH}{french}", f"{s.name_en}{DASH}{english}", grams, "g")
        for s in sources()
        for what, english, grams in (
            ("received", N_("received"), programmes[s.code][0]),
            ("distributed", N_("distributed"), programmes[s.code][1]),
        )
        for french in [words("fr").text(english)]
        if grams
    ]
    given, of_all = programmes[ESF_PLUS][1], sum(eaten for _, eaten in programmes.values())
    return section(
        "programmes",
        N_("By programme"),
        [
            *lines,
            line("emco09", N_("EMCO09: food of the ESF+ distributed"), given, "g"),
            line(
                "emco11",
                N_("EMCO11: share of the ESF+ in what was distributed"),
                given / of_all if of_all else 0.0,
                "share",
            ),
        ],
    )


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
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for source, received, distributed in session.execute(query):
        found[source] = (received, distributed)
    return found


def _by_family(report: WasteReport) -> Section:
    return section(
        "families",
        N_("By family"),
        [
            Line(
                f"{what}_{f.key}",
                f"{f.name_fr}{DASH}{words('fr').text(said)}",
                f"{f.name_en}{DASH}{said}",
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
    return section(
        "causes",
        N_("Lost, by cause"),
        [Line(f"lost_{cause.key}", cause.name_fr, cause.name_en, cause.grams, "g") for cause in report.causes],
    )
