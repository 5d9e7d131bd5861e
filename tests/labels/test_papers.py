"""Papers that are not labels: they say what they should, in both languages, and nothing leaves its margins."""

import dataclasses
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.words import words
from labels.decision import admission_decision
from labels.gifts import Gift, WrongGift, donation_certificate
from labels.held import held_file
from labels.notes import CarriedLine, WrongNote, goods_note
from labels.receipt import WrongReceipt, tax_receipt
from labels.sheets import Expected, attendance_list
from labels.tables import MARGIN
from tests.labels.examples import TODAY, any_text
from tests.labels.papers import CERTIFICATE, DECISION, DELIVERY, GIFTS, HELD, PAPERS, PICKUP, RECEIPT
from tests.labels.reading import inside, pages, text_of

CODES = {"unit", "gram", "use_by", "best_before", "none", "delivery", "transfer", "pickup", "free_help"}
"""Words a program compares, which nobody types."""


def spoiled(value: Any, text: str) -> Any:
    """The same value with this text wherever a person could have typed one."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: spoiled(getattr(value, field.name), text) for field in dataclasses.fields(value)}
        return replace(value, **fields)
    if isinstance(value, tuple):
        return tuple(spoiled(one, text) for one in value)
    return text if isinstance(value, str) and value not in CODES else value


@pytest.mark.parametrize("name", PAPERS)
@settings(max_examples=6)
@given(text=any_text, language=st.sampled_from(["fr", "en"]))
def test_whatever_is_written_on_it_a_paper_keeps_its_margins(name: str, text: str, language: str) -> None:
    value, make = PAPERS[name]

    for picture in pages(make(spoiled(value, text), words(language)), 72):
        assert inside(picture, MARGIN, 72)


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_says_its_language_and_title_and_is_the_same_bytes_each_time(name: str) -> None:
    value, make = PAPERS[name]

    made = {make(value, words("fr")) for _ in range(2)}

    (pdf,) = made
    assert b"/Lang (fr)" in pdf
    assert b"/DisplayDocTitle true" in pdf


def test_a_receipt_says_all_that_the_form_asks_for() -> None:
    (text,) = text_of(tax_receipt(RECEIPT, words("fr")))

    for said in (
        "N° 2026-0007",
        "article 238 bis",
        "2041-MEC-SD",
        "Les Restos du Bois",
        "W622001234",
        "3 rue de la Gare, 62220 Carvin",
        "Supermarché du Bois",
        "SAS",
        "732829320",
        "1\u202f234,80\u202f€",
        "mille deux cent trente-quatre euros et quatre-vingts centimes",
        "03/11/2026 Pommes 12,5\u202fkg",
        "Ensemble 38,5\u202fkg",
        "01/12/2026 · nom, qualité et signature",
    ):
        assert said in text


def test_a_cancelled_receipt_is_marked_on_each_of_its_pages() -> None:
    gifts = tuple(replace(GIFTS[0], on=dt.date(2026, 11, 1 + n % 28)) for n in range(90))
    cancelled = replace(RECEIPT, gifts=gifts, cancelled_on=dt.date(2026, 12, 3), cancelled_because="mauvais montant")

    texts = text_of(tax_receipt(cancelled, words("fr")))

    assert len(texts) > 1
    assert "ANNULÉ le 03/12/2026 : ce reçu n’ouvre aucun droit. mauvais montant" in texts[0].replace("\u202f", " ")
    assert all("ANNULÉ" in text for text in texts)


@pytest.mark.parametrize("wrong", [{"cents": 0}, {"cents": -5}, {"gifts": ()}, {"quality": "club"}])
def test_a_receipt_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(WrongReceipt, match="2026-0007"):
        replace(RECEIPT, **wrong)


def test_a_certificate_holds_no_euro() -> None:
    (text,) = text_of(donation_certificate(CERTIFICATE, words("fr")))

    assert "€" not in text
    assert "17/11/2026 Pâtes coquillettes 500\u202fg 40 20\u202fkg" in text


def test_a_delivery_note_sets_temperatures_beside_their_limits() -> None:
    text = " ".join(text_of(goods_note(DELIVERY, words("fr"))))

    assert "Produits frais 8\u202f°C 3,5\u202f°C" in text
    assert "Surgelés \u221218\u202f°C \u221218,5\u202f°C" in text
    assert "Steak haché 5\u202f% MG DLC dépassée 1,2\u202fkg" in text


def test_a_note_to_fill_in_has_room_for_what_is_not_known() -> None:
    (text,) = text_of(goods_note(PICKUP, words("fr")))

    assert "Produits frais Surgelés" in text
    assert "Ensemble" not in text


def test_a_decision_shows_each_step_and_leaves_the_name_to_a_pen() -> None:
    (text,) = text_of(admission_decision(DECISION, words("fr")))

    for n, step in enumerate(DECISION.steps, start=1):
        assert f"{n}. {step}".replace(" ", "") in text.replace(" ", "").replace("\u202f", "")
    assert "Foyer Personnes du foyer 3" in text


def test_what_is_held_on_somebody_stands_on_paper_to_the_last_line() -> None:
    texts = text_of(held_file(HELD, words("fr")))

    assert len(texts) == 2
    said = " ".join(texts).replace("\u202f", " ")
    for part in HELD.parts:
        assert part.title in said
        assert [fact for fact in part.facts if " ".join(fact) not in said] == []


def test_an_attendance_list_of_ninety_keeps_every_card() -> None:
    expected = tuple(Expected(f"C{n:08}", 1 + n % 6, n) for n in range(90))

    text = " ".join(text_of(attendance_list("Centre", TODAY, expected, words("fr"))))

    assert all(one.card in text for one in expected)
    assert "page 3/3" in text


def test_what_cannot_have_been_carried_or_given_is_refused() -> None:
    with pytest.raises(WrongNote, match="0 pieces of 5 g"):
        CarriedLine("Pommes", 0, "unit", 5)
    with pytest.raises(WrongGift, match="1 pieces of -5 g"):
        Gift(TODAY, "Pommes", 1, "unit", -5)
