"""What reaches a reader untranslated or broken is found before it does."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools.translations import faults, in_catalogue, in_code, update


def house(root: Path, **files: str) -> Path:
    """A house with one room, `api`, and these files in it."""
    for name, text in files.items():
        path = root / "api" / name.replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return root


def french(translation: str) -> Catalog:
    """A catalogue with one sentence, translated like this."""
    catalogue = Catalog(locale="fr")
    catalogue.add("Lot %(lot)s has %(n)s left.", translation)
    return catalogue


@pytest.fixture
def marked() -> Catalog:
    catalogue = Catalog()
    catalogue.add("Lot %(lot)s has %(n)s left.")
    return catalogue


def test_sentences_are_found_in_code_and_pages(tmp_path: Path) -> None:
    house(
        tmp_path,
        a_py='message = N_("One.")\nwords.plural("%(n)s lot", "%(n)s lots", 2)\nquery = text("select 1")',
        a_html='<p>{{ _("Two.") }} {{ ngettext("%(n)s box", "%(n)s boxes", n) }}</p>',
    )

    found = [message.id for message in in_code(tmp_path) if message.id]

    assert found == ["One.", ("%(n)s lot", "%(n)s lots"), "Two.", ("%(n)s box", "%(n)s boxes")]


def test_a_page_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    house(tmp_path, a_html="{% if %}")

    with pytest.raises(Exception, match="Expected an expression"):
        in_code(tmp_path)


def test_a_complete_catalogue_has_no_fault(marked: Catalog) -> None:
    catalogue = french("Il reste %(n)s du lot %(lot)s.")

    assert list(faults(marked, catalogue)) == []


@pytest.mark.parametrize(
    ("translation", "fault"),
    [
        ("", "not translated"),
        ("Il en reste %(n)s.", "other holes"),
        ("Il reste %(n)s du lot %(lot)s (%(grams)s).", "other holes"),
        ("Il reste %(n)s du lot %(lot)s, soit 10\u202f%.", "a percent sign"),
        ("Il reste %(n)s du lot %(lot)s !", "a plain space"),
        ("Il reste %(n)s du lot « %(lot)s\u202f».", "a plain space"),
        ("Il reste %(n)s du lot %(lot)s\u00a0!", "a plain space"),
        ("Il reste %(n)s de l'article %(lot)s.", "a straight quote"),
        ("Il reste du lot %(lot)s\u202f:\u202f%(n)s.", "a narrow space behind a mark"),
    ],
)
def test_a_translation_that_does_not_fit_is_found(marked: Catalog, translation: str, fault: str) -> None:
    found = list(faults(marked, french(translation)))

    assert [sentence.startswith(fault) for sentence in found] == [True]


def test_a_sentence_missing_from_the_catalogue_is_found(marked: Catalog) -> None:
    assert list(faults(marked, Catalog(locale="fr"))) == ["not in the catalogue: 'Lot %(lot)s has %(n)s left.'"]


def test_a_sentence_gone_from_the_code_is_found() -> None:
    found = list(faults(Catalog(), french("Il reste %(n)s du lot %(lot)s.")))

    assert found == ["no longer in the code: 'Lot %(lot)s has %(n)s left.'"]


@pytest.mark.parametrize(
    ("forms", "count"),
    [
        (("Un lot", "%(n)s lots"), 0),
        (("%(n)s lot", "%(n)s lots"), 0),
        (("%(n)s lot", ""), 1),
        (("%(n)s lot", "%(m)s lots"), 1),
    ],
)
def test_a_plural_may_do_without_its_figure(forms: tuple[str, str], count: int) -> None:
    marked, catalogue = Catalog(), Catalog(locale="fr")
    marked.add(("%(n)s lot", "%(n)s lots"))
    catalogue.add(("%(n)s lot", "%(n)s lots"), forms)

    assert len(list(faults(marked, catalogue))) == count


def test_updating_keeps_what_is_translated_and_drops_what_has_gone(tmp_path: Path) -> None:
    catalogue = tmp_path / "messages.po"
    update(catalogue, house(tmp_path, a_py='N_("Old.")\nN_("Kept.")'))
    catalogue.write_text(catalogue.read_text().replace('msgid "Kept."\nmsgstr ""', 'msgid "Kept."\nmsgstr "Gardé."'))

    update(catalogue, house(tmp_path, a_py='N_("Kept.")\nN_("New.")'))

    assert {m.id: m.string for m in in_catalogue(catalogue) if m.id} == {"Kept.": "Gardé.", "New.": ""}


def test_updating_twice_changes_nothing(tmp_path: Path) -> None:
    catalogue = tmp_path / "messages.po"
    house(tmp_path, a_py='N_("One.")')
    update(catalogue, tmp_path)
    once = catalogue.read_bytes()

    update(catalogue, tmp_path)

    assert catalogue.read_bytes() == once


def test_a_command_is_named_as_people_type_it() -> None:
    marked, catalogue = Catalog(), Catalog(locale="fr")
    marked.add("Run “panier verify --mend”.")
    catalogue.add("Run “panier verify --mend”.", "Lancez «\u202fpanier verifier --mend\u202f».")

    (fault,) = faults(marked, catalogue)
    assert "another command" in fault
