"""When two names are the same person's: spellings that people, keyboards and counters make of one name.

Everything here is pure text. `same` gives the forms two registrations of one person share when nothing was mistyped,
whatever the accents, hyphens, particles and the order of the names; `near` gives forms they share in spite of a slip:
one letter, one part of a double name left out, a name spelt by ear, a wrong day or year of birth. Two people with one
near form in common are shown to a person who looks; nothing is merged.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import product

PARTICLES = {
    "de", "du", "des", "d", "la", "le", "les", "l", "el", "al", "ben", "bin", "ibn", "ait", "ould", "van", "von",
    "der", "den", "di", "da", "dos", "do", "epouse", "ep", "veuve", "nee", "ne",
}  # fmt: skip
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ł": "l", "ø": "o", "đ": "d"})


def words_of(name: str) -> list[str]:
    """The bare words of a name.

    >>> words_of("d’Œuvre-Łéger")
    ['d', 'oeuvre', 'leger']
    """
    plain = unicodedata.normalize("NFKD", name.lower().translate(LETTERS))
    return re.findall(r"[a-z]+", "".join(c for c in plain if not unicodedata.combining(c)).replace("'", " "))


def digits_of(phone: str) -> str:
    """A phone number as dialled within France.

    >>> digits_of("+33 6 12 34 56 78") == digits_of("06.12.34.56.78")
    True
    """
    digits = re.sub(r"\D", "", phone)
    return "0" + digits[2:].lstrip("0") if digits.startswith("33") and len(digits) > 10 else digits


def same(given: str, family: str, birth: str) -> set[str]:
    """What two careful registrations of one person have in common.

    >>> same("Jean-Pierre", "Le Roux", "1985") & same("LEROUX", "Jean Pierre", "1985")
    {'jeanpierre leroux 1985'}
    """
    return {" ".join([*sorted(pair), birth]) for pair in product(_forms(given), _forms(family))}


def near(given: str, family: str, birth: str) -> set[str]:
    """What they have in common in spite of one slip."""
    return {form for forms in (_births, _letters, _parts, _sounds) for form in forms(given, family, birth)}


def _forms(name: str) -> set[str]:
    """A name written in one word, with its particles and without."""
    words = words_of(name)
    kept = [word for word in words if word not in PARTICLES]
    return {"".join(words), "".join(kept or words)}


def _births(given: str, family: str, birth: str) -> Iterator[str]:
    """The day or the year is wrong, or only the year was known."""
    year, _, day = birth.partition("-")
    for form in same(given, family, ""):
        yield f"year {form}{year}"
        if len(day) == 5:
            yield f"day {form}{day}"
            yield f"day {form}{day[3:]}-{day[:2]}"


def _letters(given: str, family: str, birth: str) -> Iterator[str]:
    """One letter is wrong, missing, too many or in its neighbour's place: both lose one and are equal."""
    one, other = "".join(words_of(given)), "".join(words_of(family))
    for name, kept in ((one, other), (other, one)):
        for shorter in (name, *(name[:i] + name[i + 1 :] for i in range(len(name)))):
            yield " ".join(["letters", *sorted((shorter, kept)), birth])


def _parts(given: str, family: str, birth: str) -> Iterator[str]:
    """One part of a double name was left out."""
    for pair in product(words_of(given), words_of(family)):
        if not set(pair) & PARTICLES:
            yield " ".join(["parts", *sorted(pair), birth])


SOUNDS = (
    (r"ph", "f"), (r"(?:ou|w)(?=[aeiou])", "v"), (r"tch|dj|j", "y"), (r"ch|sh|sch", "x"), (r"qu|ck|kh|k|q", "c"),
    (r"g(?=[ei])", "y"), (r"c(?=[eiy])|z", "s"), (r"h", ""), (r"i(?=[aeou])", "y"),
)  # fmt: skip


def _sounds(given: str, family: str, birth: str) -> Iterator[str]:
    """Spelt by ear: what is left of both names when vowels and silent letters are gone."""
    one, other = _sound("".join(words_of(given))), _sound("".join(words_of(family)))
    if len(one) + len(other) > 3:
        yield " ".join(["sounds", *sorted((one, other)), birth])


def _sound(name: str) -> str:
    for pattern, sound in SOUNDS:
        name = re.sub(pattern, sound, name)
    name = re.sub(r"(.)\1+", r"\1", name)
    return re.sub(r"[aeiou]", "", re.sub(r"[estx]+$", "", name)) if len(name) > 3 else name
