"""Households a partner has helped for long, from its own table: looked at line by line, then enrolled at once.

One line is one person. Lines with the same number of a household make one; without such a number each line is a
household, whose other members may stand in one cell by their birth years. Nothing is enrolled while one line cannot
be read, and what looks like somebody known here waits for a person to say that it is not.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Refusal
from common.words import N_, Term, plain
from households.admission import usual_allowance
from households.composition import ADULT_AGE, compose
from households.drafts import SentSheet
from households.duplicates import Likeness, alike_each
from households.files import Place, Situation, adults, register_file
from households.likeness import same
from households.people import person_of, read_contact, read_people
from households.sealing import Identity, Seal
from households.sentences import Sentence
from network import audit
from network.tables import Site

USUAL_CARRY = 15_000
"""Grams; what each can carry is asked when they come."""

Line = tuple[int, tuple[str, ...]]
"""Its number in the file, and its cells."""

COLUMNS = {
    "family": N_("Family name"),
    "given": N_("First name"),
    "birth": N_("Born on"),
    "household": N_("Number of the household"),
    "bond": N_("Bond"),
    "sex": N_("Sex"),
    "others": N_("Birth years of the others"),
    "phone": N_("Phone"),
    "address": N_("Address"),
}
"""What a column may hold."""

HEADINGS = {
    "family": "nom|nom famille|nom usage|nom naissance|family name|last name|surname",
    "given": "prenom|prenoms|first name|given name",
    "birth": "date naissance|naissance|ne le|nee le|annee naissance|born on|birth date",
    "household": "foyer|numero foyer|n foyer|no foyer|dossier|n dossier|no dossier|numero dossier|menage|n menage"
    "|number of the household|household",
    "bond": "lien|lien parente|parente|qualite|bond",
    "sex": "sexe|genre|sex|gender",
    "others": "autres|autres membres|enfants|naissances enfants|annees naissance autres|annees naissance enfants"
    "|birth years of the others",
    "phone": "telephone|tel|portable|mobile|numero telephone|phone",
    "address": "adresse|adresse postale|domicile|address",
}
"""How partners head these columns, without accents, signs and little words."""

LITTLE = {"de", "du", "des", "d", "la", "les", "l", "s", "e"}

BOND_WORDS = {
    "self": "demandeur|demandeuse|titulaire|chef famille|personne qui demande|self",
    "partner": "conjoint|conjointe|epoux|epouse|concubin|concubine|partenaire|conjoint ou partenaire|partner|spouse",
    "child": "enfant|fils|fille|child|son|daughter",
    "parent": "parent|pere|mere|father|mother",
    "relative": "frere|soeur|grand pere|grand mere|oncle|tante|neveu|niece|autre parent|relative",
    "other": "autre|ami|amie|other",
}

SEX_WORDS = {
    "woman": "f|femme|feminin|fille|woman|female|girl",
    "man": "h|m|homme|masculin|garcon|man|male|boy",
    "unsaid": "nc|non communique|non renseigne|inconnu|not said|unknown",
}

NEW = N_("New: to be enrolled (people: %(persons)s).")
KNOWN = N_("Known here already, card %(card)s: left as it is.")
HELPED = N_("Helped already by %(partner)s, under the same name and birth date: a fact, not a fault. Tick to enrol.")
CLOSE = N_("Close to card %(card)s of %(partner)s: compare names and birth dates, tick if they are somebody else.")


class ColumnMissing(Refusal):
    """Nobody can be found by a birth date alone, or looked after by a name alone."""

    field = "columns"
    message = N_("Choose which column holds “%(what)s”: without it no line can be read.")


class TwiceInTheSheet(Refusal):
    message = N_("The same person stands on line %(line)s: give both lines one household number, or take one out.")


class SomethingUnreadable(Refusal):
    message = N_("Nothing was enrolled: some lines cannot be read yet.")


class ChangedMeanwhile(Refusal):
    message = N_("Nothing was enrolled: what is known here has changed since you looked. Look once more.")


class Fate(Struct, frozen=True):
    """What becomes of one household of the sheet."""

    line: int
    kind: str
    """`refused`, `look`, `known` or `new`."""
    why: Sentence | Refusal
    column: str = ""
    """The heading of what was refused."""
    identity: Identity = Identity()


def proposed(headings: Sequence[str]) -> dict[str, int]:
    """Which column holds what, as far as its heading tells.

    >>> proposed(["NOM", "Prénom(s)", "Né(e) le", "N° de foyer"])
    {'family': 0, 'given': 1, 'birth': 2, 'household': 3}
    """
    found: dict[str, int] = {}
    for n, heading in enumerate(headings):
        if what := _meant(heading, HEADINGS):
            found.setdefault(what, n)
    return found


def fates(session: Session, seal: Seal, sheet: SentSheet, partner_id: int, today: dt.date) -> list[Fate]:
    """What would become of every household of the sheet; raises ColumnMissing."""
    for what in ("family", "birth"):
        if what not in sheet.columns:
            raise ColumnMissing(what=Term(COLUMNS[what]))
    read = _each_once([_read(lines, sheet, today) for lines in _households(sheet)], today)
    # Nobody is in the identity of a line that was refused: it is like no one.
    likenesses = alike_each(session, seal, [fate.identity for fate in read], today)
    return [_compared(fate, found, partner_id) for fate, found in zip(read, likenesses, strict=True)]


def enrol_all(
    session: Session,
    seal: Seal,
    found: Sequence[Fate],
    *,
    ticked: Collection[int],
    at: Site,
    channel: str,
    holder_id: int,
    stamp: Stamp,
) -> list[int]:
    """Enrol what is new, and what was ticked after a look: all of it or nothing. Answers the households it made."""
    if any(fate.kind == "refused" for fate in found):
        raise SomethingUnreadable()
    chosen = [fate for fate in found if fate.kind == "new" or (fate.kind == "look" and fate.line in ticked)]
    made = [
        register_file(
            session,
            seal,
            identity=fate.identity,
            situation=Situation(holder_id),
            place=_place(at, channel, len(fate.identity.people)),
            holder_id=holder_id,
            stamp=stamp,
        ).id
        for fate in chosen
    ]
    audit.record(session, "household.import", f"organisation:{holder_id}", stamp, households=len(made))
    return made


def digest(seal: Seal, sheet: SentSheet, found: Sequence[Fate]) -> str:
    """What a person has looked at, in a few letters that tell nothing else."""
    shown = [(f.line, f.kind, f.identity) for f in found]
    return seal.fingerprint("sheet", f"{sheet.site_id} {sheet.channel} {shown!r}")


def _meant(text: str, among: Mapping[str, str]) -> str | None:
    key = " ".join(word for word in re.findall(r"[a-z0-9]+", plain(text)) if word not in LITTLE)
    return next((what for what, names in among.items() if key in names.split("|")), None) if key else None


def _households(sheet: SentSheet) -> list[list[Line]]:
    """The lines of each household, in the order of its first."""
    column = sheet.columns.get("household")
    found: dict[tuple[str, int], list[Line]] = {}
    for line, cells in sheet.rows:
        number = cells[column] if column is not None else ""
        found.setdefault((number, 0 if number else line), []).append((line, cells))
    return list(found.values())


def _read(lines: Sequence[Line], sheet: SentSheet, today: dt.date) -> Fate:
    """Its people, or the refusal of the first cell that cannot be read."""
    first, _ = lines[0]
    typed = [_person(cells, sheet, n, today) for n, (_, cells) in enumerate(lines)]
    others = [(line, year) for line, cells in lines for year in re.findall(r"[^\s,;+]+", _get(cells, sheet, "others"))]
    typed += [("", "", year, "child", "unsaid") for _, year in others]
    at = [line for line, _ in lines] + [line for line, _ in others]
    try:
        people = read_people(typed, today)
        contact = read_contact(*(_first(lines, sheet, what) for what in ("phone", "address")))
        composition = compose([person_of(named, today) for named in people], today)
    except Refusal as refusal:
        return _refused(refusal, first, at, len(lines), sheet)
    why = composition.doubts[0].question if composition.doubts else Sentence(NEW, {"persons": len(people)})
    return Fate(first, "look" if composition.doubts else "new", why, identity=Identity(people, *contact))


def _person(cells: tuple[str, ...], sheet: SentSheet, n: int, today: dt.date) -> tuple[str, str, str, str, str]:
    """A line as `read_people` takes it; a bond nobody wrote down is told from the place and the age."""
    birth, written = _get(cells, sheet, "birth"), _get(cells, sheet, "bond")
    year = re.search(r"(?:19|20)\d\d", birth)
    child = year is not None and today.year - int(year[0]) < ADULT_AGE
    usual = "self" if n == 0 else "child" if child else "other"
    bond = (_meant(written, BOND_WORDS) or written) if written else usual
    said = _get(cells, sheet, "sex")
    sex = (_meant(said, SEX_WORDS) or said) if said else "unsaid"
    return _get(cells, sheet, "given"), _get(cells, sheet, "family"), birth, bond, sex


def _get(cells: tuple[str, ...], sheet: SentSheet, what: str) -> str:
    return cells[sheet.columns[what]] if what in sheet.columns else ""


def _first(lines: Sequence[Line], sheet: SentSheet, what: str) -> str:
    return next((text for _, cells in lines if (text := _get(cells, sheet, what))), "")


def _refused(refusal: Refusal, first: int, at: Sequence[int], own: int, sheet: SentSheet) -> Fate:
    """With the line and the heading of the cell at fault, as far as the refusal tells."""
    what, _, row = (refusal.field or "").partition("-")
    n = int(row) if row.isdigit() else 0
    what = "others" if n >= own else what
    column = sheet.headings[sheet.columns[what]] if what in sheet.columns else ""
    return Fate(at[n] if n < len(at) else first, "refused", refusal, column)


def _each_once(read: Sequence[Fate], today: dt.date) -> list[Fate]:
    """Nobody stands in two households of one sheet."""
    met: dict[str, int] = {}
    kept = []
    for fate in read:
        forms = {form for who in adults(fate.identity, today) for form in same(who.given, who.family, who.birth)}
        before = next((met[form] for form in forms if form in met), None)
        kept.append(fate if before is None else Fate(fate.line, "refused", TwiceInTheSheet(line=before)))
        met |= dict.fromkeys(forms - met.keys(), fate.line)
    return kept


def _compared(fate: Fate, likenesses: Sequence[Likeness], partner_id: int) -> Fate:
    """What is known of them already decides; else what the reading found stands."""
    exact = [one for one in likenesses if one.exact]
    if mine := next((one for one in exact if one.partner_id == partner_id), None):
        return Fate(fate.line, "known", Sentence(KNOWN, {"card": mine.card}), identity=fate.identity)
    if exact:
        return Fate(fate.line, "look", Sentence(HELPED, {"partner": exact[0].partner}), identity=fate.identity)
    if likenesses:
        close = {"card": likenesses[0].card, "partner": likenesses[0].partner}
        return Fate(fate.line, "look", Sentence(CLOSE, close), identity=fate.identity)
    return fate


def _place(at: Site, channel: str, persons: int) -> Place:
    cents = usual_allowance(persons) if channel == "shop" else None
    return Place(at.organisation_id, at.id, channel, USUAL_CARRY, cents)
