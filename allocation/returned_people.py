"""What a return says of people: households and who lives in them, what they said, what was done beside food.

Counts by age band, derived from birth years on the last day, and by sex as it was said. The table of both adds up both
ways: `sums` names every total with its parts, for who keeps small counts back.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from allocation import files_told, small_cells
from allocation.returned import Line, Return, Section, line, section
from allocation.scope import Scope
from common.clock import PARIS
from common.words import N_, words
from households.tables import Household, IdentifiedNeed

BANDS = (
    ("under_3", 0, 2, N_("Under 3")),
    ("3_to_17", 3, 17, N_("3 to 17")),
    ("18_to_29", 18, 29, N_("18 to 29")),
    ("30_to_64", 30, 64, N_("30 to 64")),
    ("65_and_over", 65, 200, N_("65 and over")),
)
"""They add up to the bands of the ESF+: under 18, 18 to 29, 65 and over."""

SEXES = {
    "women": ("woman", N_("Women and girls")),
    "men": ("man", N_("Men and boys")),
    "sex_not_asked": ("unsaid", N_("Sex not said")),
}
SUMS: small_cells.Sums = (
    ("people_under_18", ("people_under_3", "people_3_to_17")),
    ("people_total", ("people_under_18", "people_18_to_29", "people_30_to_64", "people_65_and_over")),
    ("people_total", tuple(f"people_{sex}" for sex in SEXES)),
    *((f"people_{band}", tuple(f"people_{band}_{sex}" for sex in SEXES)) for band, *_ in BANDS),
    *((f"people_{sex}", tuple(f"people_{band}_{sex}" for band, *_ in BANDS)) for sex in SEXES),
)
PROFILE = {
    "kinds": "households_enrolled",
    "incomes": "households_enrolled",
    "housing": "households_enrolled",
    "endings": "households_ended",
}
"""Sections whose lines add up to a figure of another."""


def people_sections(session: Session, seen: Scope, partner_id: int | None) -> list[Section]:
    """Everything that counts people, of one partner's households or of all."""
    there = _enrolled(session, seen, partner_id)
    return [
        _households(session, seen, partner_id, len(there)),
        *_people(session, seen, there),
        *_profile(session, seen, partner_id, there),
        _accompaniment(session, seen, partner_id),
    ]


def sums(made: Return) -> small_cells.Sums:
    """Each total of the return with the parts that add up to it."""
    parts = {part.code: [x.code for x in part.lines] for part in made.sections}
    there = {x.code for part in made.sections for x in part.lines}
    of_people = [(total, some) for total, some in SUMS if {total, *some} <= there]
    return [*of_people, *((total, parts[part]) for part, total in PROFILE.items() if part in parts)]


def _followed(partner_id: int | None) -> Select[int]:
    query = select(Household.id)
    return query if partner_id is None else query.where(Household.organisation_id == partner_id)


def _enrolled(session: Session, seen: Scope, partner_id: int | None) -> Sequence[int]:
    """Households that were followed on the last day of the period."""
    there = _followed(partner_id).where(
        Household.first_request_on <= seen.until, Household.ended_on.is_(None) | (Household.ended_on > seen.until)
    )
    return session.scalars(there).all()


def _households(session: Session, seen: Scope, partner_id: int | None, there: int) -> Section:
    new = _followed(partner_id).where(Household.first_request_on.between(seen.since, seen.until))
    ended = _followed(partner_id).where(Household.ended_on.between(seen.since, seen.until))
    return section(
        "households",
        N_("Households"),
        [
            line("households_enrolled", N_("Enrolled on the last day"), there, "households"),
            line("households_new", N_("First requests in the period"), len(session.scalars(new).all()), "households"),
            line("households_ended", N_("Left in the period"), len(session.scalars(ended).all()), "households"),
        ],
    )


def _people(session: Session, seen: Scope, there: Sequence[int]) -> list[Section]:
    """Of the enrolled households, by age on the last day, by sex, and by both."""
    counts = dict.fromkeys(((band, sex) for band, *_ in BANDS for sex in SEXES), 0)
    said = {word: sex for sex, (word, _) in SEXES.items()}
    for (age, word), n in files_told.ages_and_sexes(session, there, seen.until).items():
        counts[next(band for band, low, _, _ in reversed(BANDS) if low <= age), said[word]] += n
    of_band = {band: sum(counts[band, sex] for sex in SEXES) for band, *_ in BANDS}
    by_sex = [
        line(f"people_{sex}", name, sum(counts[band, sex] for band, *_ in BANDS), "people")
        for sex, (_, name) in SEXES.items()
    ]
    under_18 = of_band["under_3"] + of_band["3_to_17"]
    single = section(
        "people",
        N_("People in these households, by age and by sex"),
        [
            *(line(f"people_{band}", name, of_band[band], "people") for band, _, _, name in BANDS),
            line("people_under_18", N_("Of whom under 18 (ESF+)"), under_18, "people"),
            line("people_total", N_("All ages"), sum(of_band.values()), "people"),
            *by_sex,
        ],
    )
    crossed = [
        Line(f"people_{band}_{sex}", _both("fr", age, name), _both("en", age, name), counts[band, sex], "people")
        for band, _, _, age in BANDS
        for sex, (_, name) in SEXES.items()
    ]
    return [single, section("people_by_age_and_sex", N_("The same people, by age and sex together"), crossed)]


def _both(language: str, age: str, sex: str) -> str:
    return f"{words(language).text(age)} – {words(language).text(sex)}"


def _profile(session: Session, seen: Scope, partner_id: int | None, there: Sequence[int]) -> list[Section]:
    """Of the enrolled households, and of those that left."""
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
        section(code, name, [line(x, said, n, "households") for x, said, n in lines if n]) for code, name, lines in told
    ]


def _accompaniment(session: Session, seen: Scope, partner_id: int | None) -> Section:
    """What was done beside food: needs spoken of and answered, workshops, referrals."""
    held, came = files_told.workshops(session, seen.since, seen.until, partner_id)
    referred, achieved = files_told.referrals(session, seen.since, seen.until, partner_id)
    mine = IdentifiedNeed.household_id.in_(_followed(partner_id))
    begins = dt.datetime.combine(seen.since, dt.time(), PARIS)
    ends = dt.datetime.combine(seen.until + dt.timedelta(days=1), dt.time(), PARIS)
    said = select(func.count()).where(mine, IdentifiedNeed.at >= begins, IdentifiedNeed.at < ends)
    settled = select(func.count()).where(mine, IdentifiedNeed.settled_on.between(seen.since, seen.until))
    return section(
        "accompaniment",
        N_("Accompaniment"),
        [
            line("needs_said", N_("Other needs spoken of"), session.scalar(said) or 0, "needs"),
            line("needs_settled", N_("Needs answered"), session.scalar(settled) or 0, "needs"),
            line("workshops_held", N_("Workshops that people came to"), held, "workshops"),
            line("workshops_came", N_("Households at workshops, each time counted"), came, "households"),
            line("referrals_made", N_("Referrals to partners"), referred, "referrals"),
            line("referrals_achieved", N_("Referrals achieved"), achieved, "referrals"),
        ],
    )
