"""What a return says of people: households and who lives in them, what they said, what was done beside food.

Counts by age band, derived from birth years on the last day, and by sex as it was said. The table of both adds up both
ways: `sums` names every total with its parts, for who keeps small counts back.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from allocation import files_told, small_cells
from allocation.files_told import Done, Told, done_beside_food, households_told
from allocation.returned import Line, Return, Section, line, section
from common.words import N_, words

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


class Book(Struct, frozen=True):
    """What is known of people in a period, read once for all partners."""

    since: dt.date
    until: dt.date
    households: list[Told]
    done: dict[int, Done]

    def of(self, partner_id: int | None) -> "Book":
        """One partner's part of it; None for all of it."""
        if partner_id is None:
            return self
        mine = [one for one in self.households if one.partner == partner_id]
        return replace(self, households=mine, done={partner_id: self.done.get(partner_id, Done())})


def people_book(session: Session, since: dt.date, until: dt.date) -> Book:
    return Book(since, until, households_told(session, since, until), done_beside_food(session, since, until))


def people_sections(book: Book) -> list[Section]:
    """Everything that counts people."""
    there = [one for one in book.households if one.enrolled(book.until)]
    ended = [one for one in book.households if one.ended_on is not None and one.ended_on <= book.until]
    return [
        _households(book, len(there), len(ended)),
        *_people(there),
        *_profile(there, ended),
        _accompaniment(book.done.values()),
    ]


def sums(made: Return) -> small_cells.Sums:
    """Each total of the return with the parts that add up to it."""
    parts = {part.code: [x.code for x in part.lines] for part in made.sections}
    there = {x.code for part in made.sections for x in part.lines}
    of_people = [(total, some) for total, some in SUMS if {total, *some} <= there]
    return [*of_people, *((total, parts[part]) for part, total in PROFILE.items() if part in parts)]


def _households(book: Book, there: int, ended: int) -> Section:
    new = sum(one.first_request_on >= book.since for one in book.households)
    return section(
        "households",
        N_("Households"),
        [
            line("households_enrolled", N_("Enrolled on the last day"), there, "households"),
            line("households_new", N_("First requests in the period"), new, "households"),
            line("households_ended", N_("Left in the period"), ended, "households"),
        ],
    )


def _people(there: Iterable[Told]) -> list[Section]:
    """Of the enrolled households, by age on the last day, by sex, and by both."""
    counts = dict.fromkeys(((band, sex) for band, *_ in BANDS for sex in SEXES), 0)
    said = {word: sex for sex, (word, _) in SEXES.items()}
    for age, word in (person for one in there for person in one.people):
        counts[next(band for band, low, _, _ in reversed(BANDS) if low <= age), said[word]] += 1
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


def _profile(there: Sequence[Told], ended: Sequence[Told]) -> list[Section]:
    """Of the enrolled households, and of those that left."""
    told = (
        ("kinds", N_("Households, by who lives in them"), files_told.kinds(there)),
        ("incomes", N_("Households, by main income"), files_told.incomes(there)),
        ("housing", N_("Households, by housing"), files_told.housing(there)),
        ("endings", N_("Households that left, by reason"), files_told.endings(ended)),
    )
    return [
        section(code, name, [line(x, said, n, "households") for x, said, n in lines if n]) for code, name, lines in told
    ]


def _accompaniment(done: Collection[Done]) -> Section:
    """What was done beside food: needs spoken of and answered, workshops, referrals."""
    told = (
        ("needs_said", N_("Other needs spoken of"), "needs"),
        ("needs_settled", N_("Needs answered"), "needs"),
        ("workshops_held", N_("Workshops that people came to"), "workshops"),
        ("workshops_came", N_("Households at workshops, each time counted"), "households"),
        ("referrals_made", N_("Referrals to partners"), "referrals"),
        ("referrals_achieved", N_("Referrals achieved"), "referrals"),
    )
    lines = [line(code, name, sum(getattr(one, code) for one in done), unit) for code, name, unit in told]
    return section("accompaniment", N_("Accompaniment"), lines)
