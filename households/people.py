"""People as a social worker types them: names, a birth date as precisely as it is known, bond, and sex if said."""

import datetime as dt
import re
from collections.abc import Sequence

from common.errors import Refusal
from common.words import N_
from households.composition import OLDEST_BIRTH_YEAR, BadBirthDate, Person
from households.likeness import digits_of
from households.register import on_list
from households.sealing import Named
from households.vocabulary import BONDS, SEXES

LONGEST = 60
LONGEST_ADDRESS = 200
MONTH_MATTERS_UNTIL = 2
"""Years of age up to which the birth month is kept in the open: food for the very young depends on it."""
YEAR = re.compile(r"(\d{4})")
MONTH = re.compile(r"(?P<month>\d{1,2})[/. -](?P<year>\d{4})|(?P<y>\d{4})-(?P<m>\d{2})")
DAY = re.compile(
    r"(?P<day>\d{1,2})[/. -](?P<month>\d{1,2})[/. -](?P<year>\d{4})|(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
)
RUN = re.compile(r"(\d{2})(\d{2})(\d{4})")


class UnreadableBirth(Refusal):
    """A birth date that is none, or that leaves the century open."""

    message = N_("Born on “%(typed)s”: expected a year (1985) or a day (12/03/1985).")


class NotOneName(Refusal):
    """Several cells of a table in one field, or a text that is no name."""

    message = N_("“%(typed)s” looks like more than one name: one field holds one, up to %(most)s signs.")


class NobodyNamed(Refusal):
    """A file nobody could be found by."""

    field = "family-0"
    message = N_("Who is asking? A family name or a first name is needed for the first person.")


class BadPhone(Refusal):
    field = "phone"
    message = N_("“%(typed)s” is not a phone number: expected 6 to 15 digits.")


class AddressTooLong(Refusal):
    field = "address"
    message = N_("An address has at most %(most)s signs, this one has %(length)s.")


def read_people(rows: Sequence[tuple[str, str, str, str, str]], today: dt.date) -> tuple[Named, ...]:
    """The people of these rows (given, family, birth, bond, sex); a row without a name or a birth is no person.

    Refusals name the field at fault by its row: `birth-2`. Children and partners without a family name of their own
    have that of the first person.
    """
    people: list[Named] = []
    for row, typed in enumerate(rows):
        given, family, birth, bond, sex = (text.strip() for text in typed)
        if not (given or family or birth):
            continue
        for field, name in (("given", given), ("family", family)):
            if len(name) > LONGEST or re.search(r"[\t\n;|]|\d", name):
                raise NotOneName(field=f"{field}-{row}", typed=name[:40], most=LONGEST)
        on_list(f"bond-{row}", [bond], BONDS)
        on_list(f"sex-{row}", [sex], SEXES)
        if given and not family and people:
            family = people[0].family
        people.append(Named(given, family, read_birth(birth, today, f"birth-{row}"), bond, sex))
    if not people or not (people[0].given or people[0].family):
        raise NobodyNamed()
    return tuple(people)


def read_contact(phone: str, address: str) -> tuple[str, str]:
    """A phone number and an address as they are kept; raises BadPhone or AddressTooLong."""
    phone, address = phone.strip(), address.strip()
    if phone and not 6 <= len(digits_of(phone)) <= 15:
        raise BadPhone(typed=phone[:40])
    if len(address) > LONGEST_ADDRESS:
        raise AddressTooLong(most=LONGEST_ADDRESS, length=len(address))
    return phone, address


def read_birth(typed: str, today: dt.date, field: str = "birth") -> str:
    """A day, a month or a year of birth as it is kept; raises UnreadableBirth or BadBirthDate.

    >>> [read_birth(typed, dt.date(2026, 11, 23)) for typed in ("1985", "12/3/1985", "12031985", "3/2025")]
    ['1985', '1985-03-12', '1985-03-12', '2025-03']
    """
    typed = typed.strip()
    kept = _read(typed)
    if kept is None:
        raise UnreadableBirth(field=field, typed=typed[:40])
    try:
        Person(*(int(part) for part in kept.split("-")[:2])).check(today)
        born = dt.date.fromisoformat(kept) if len(kept) == len("1985-03-12") else None
    except Refusal as refusal:
        refusal.field = field
        raise
    except ValueError:
        raise UnreadableBirth(field=field, typed=typed[:40]) from None
    if born and born > today:
        raise BadBirthDate(field=field, earliest=str(OLDEST_BIRTH_YEAR), latest=str(today.year), got=typed[:40])
    return kept


def written(birth: str) -> str:
    """A birth date as people write it.

    >>> written("1985-03-12"), written("2025-03"), written("1985")
    ('12/03/1985', '03/2025', '1985')
    """
    return "/".join(reversed(birth.split("-")))


def _read(typed: str) -> str | None:
    if found := YEAR.fullmatch(typed):
        return found[1]
    if found := RUN.fullmatch(typed):
        return f"{found[3]}-{found[2]}-{found[1]}"
    if found := DAY.fullmatch(typed):
        day, month, year = found["day"] or found["d"], found["month"] or found["m"], found["year"] or found["y"]
        return f"{year}-{int(month):02}-{int(day):02}"
    if found := MONTH.fullmatch(typed):
        return f"{found['year'] or found['y']}-{int(found['month'] or found['m']):02}"
    return None


def person_of(named: Named, today: dt.date) -> Person:
    """What is kept of somebody in the open: a birth year, and the month of the very young."""
    year, *month = (int(part) for part in named.birth.split("-")[:2])
    young = month and today.year - year <= MONTH_MATTERS_UNTIL
    return Person(year, month[0] if young else None)
