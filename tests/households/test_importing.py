"""Households from a partner's table: every line has its fate, and all are enrolled or none."""

import pytest
from sqlalchemy import func, select

from common.clock import Clock
from common.database import Database
from common.words import words
from households import importing
from households.drafts import SentSheet
from households.files import read_identity, register_file
from households.importing import ColumnMissing, Fate, SomethingUnreadable, enrol_all, fates, proposed
from households.sealing import Seal
from households.tables import Household
from network.partners import add_organisation, add_site
from tests.households.people import FAMILY, place, situation

HEADINGS = ("N° de foyer", "NOM", "Prénom(s)", "Né(e) le", "Lien de parenté", "Téléphone", "Enfants")
ROWS = (
    (2, ("7", "Martin", "Zoé", "01/02/1990", "Demandeuse", "06 39 98 00 00", "")),
    (3, ("8", "Bensaid", "AMINA", "12/03/1985", "", "", "")),
    (4, ("7", "", "Hugo", "2019", "fils", "", "")),
    (5, ("", "Petit", "Luc", "1970", "", "", "2012, 2015")),
    (6, ("", "Ben Said", "Aminna", "12/03/1985", "", "", "")),
)


def sheet(*rows: tuple[int, tuple[str, ...]]) -> SentSheet:
    return SentSheet(HEADINGS, rows, proposed(HEADINGS), 1, "free")


def said(found: list[Fate]) -> list[tuple[int, str, str]]:
    return [(fate.line, fate.kind, fate.why.say(words("en"))) for fate in found]


def test_each_line_has_its_fate_and_what_is_new_or_ticked_is_enrolled(
    database: Database, clock: Clock, seal: Seal
) -> None:
    stamp, today = clock.stamp(), clock.today()
    with database.writing() as session:
        here = add_organisation(session, "CCAS", "municipal_social_centre").id
        there = add_organisation(session, "Comité", "committee").id
        at = add_site(session, here, "A", "CCAS")
        register_file(
            session, seal, identity=FAMILY, situation=situation(here), place=place(here, at.id), holder_id=here,
            stamp=stamp,
        )  # fmt: skip
        card = session.scalars(select(Household.card)).one()

        found = fates(session, seal, sheet(*ROWS), here, today)
        (elsewhere,) = fates(session, seal, sheet(ROWS[1]), there, today)
        done = enrol_all(session, seal, found, ticked={6}, at=at, channel="shop", holder_id=here, stamp=stamp)
        again = fates(session, seal, sheet(*ROWS), here, today)
        newest = session.scalars(select(Household).order_by(Household.id.desc())).first()
        assert newest is not None
        who = read_identity(session, seal, newest.id, stamp)

    assert said(found) == [
        (2, "new", "New: to be enrolled (people: 2)."),
        (3, "known", f"Known here already, card {card}: left as it is."),
        (5, "new", "New: to be enrolled (people: 3)."),
        (6, "look", f"Close to card {card} of CCAS: compare names and birth dates, tick if they are somebody else."),
    ]
    assert (elsewhere.kind, "CCAS" in elsewhere.why.say(words("fr"))) == ("look", True)
    assert len(done) == 3
    assert {fate.kind for fate in again} == {"known"}
    assert (who.people[0].given, newest.monthly_cents) == ("Aminna", 2000)


def test_while_one_line_cannot_be_read_nothing_is_enrolled(database: Database, clock: Clock, seal: Seal) -> None:
    wrong = sheet(
        (2, ("", "Martin", "Zoé", "1990", "", "", "")),
        (3, ("", "Petit", "Luc", "31/02/1970", "", "", "")),
        (4, ("", "Petit", "Luc", "1970", "", "12", "")),
        (5, ("", "Petit", "Luc", "1970", "", "", "2199")),
        (6, ("", "Petit", "Luc", "1970", "voisin", "", "")),
        (7, ("", "MARTIN", "Zoe", "1990", "", "", "")),
        (8, ("", "Petit", "Ana", "2012", "", "", "")),
    )
    headings = ("Nom", "Prénom", "Né(e) le", "Sexe")
    lines = [("Martin", "Zoé", "1990", "F"), ("Petit", "Luc", "1970", ""), ("Petit", "Ana", "1980", "vrai")]
    told = SentSheet(headings, tuple(enumerate(lines, 2)), proposed(headings), 1, "free")
    with database.writing() as session:
        here = add_organisation(session, "CCAS", "municipal_social_centre").id
        at = add_site(session, here, "A", "CCAS")
        found = fates(session, seal, wrong, here, clock.today())
        read = fates(session, seal, told, here, clock.today())

        with pytest.raises(SomethingUnreadable):
            enrol_all(
                session, seal, found, ticked=(), at=at, channel="free", holder_id=here, stamp=clock.stamp()
            )  # fmt: skip
        assert session.scalar(select(func.count()).select_from(Household)) == 0
        with pytest.raises(ColumnMissing, match="Born on"):
            fates(session, seal, SentSheet(HEADINGS, (), {"family": 0}, 1, "free"), here, clock.today())

    assert [(fate.column, [one.sex for one in fate.identity.people]) for fate in read] == [
        ("", ["woman"]),
        ("", ["unsaid"]),
        ("Sexe", []),
    ]
    assert [(fate.line, fate.kind, fate.column) for fate in found] == [
        (2, "new", ""),
        (3, "refused", "Né(e) le"),
        (4, "refused", "Téléphone"),
        (5, "refused", "Enfants"),
        (6, "refused", "Lien de parenté"),
        (7, "refused", ""),
        (8, "look", ""),
    ]


def test_what_was_looked_at_is_told_apart_by_every_answer(clock: Clock, seal: Seal) -> None:
    one = Fate(2, "new", importing.Sentence(importing.NEW, {"persons": 1}))
    digests = {importing.digest(seal, sheet(), [fate]) for fate in (one, Fate(2, "known", one.why), one)}

    assert len(digests) == 2


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_template_names_columns_that_are_recognised(language: str) -> None:
    headings = [words(language).text(name) for name in importing.COLUMNS.values()]

    assert list(proposed(headings)) == list(importing.COLUMNS)
