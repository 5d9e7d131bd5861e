from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.words import words
from labels.boxes import MM
from labels.cards import HouseholdCard, WrongCard, household_cards
from labels.media import media
from tests.labels.examples import any_text
from tests.labels.reading import LINEAR, PRINTERS, SQUARE, codes, crop, inside, pages, text_of, worn

CARDS = [HouseholdCard(f"7K3M9QX{n:02}", "Réseau de Carvin", "CCAS, 03 00 00 00 00") for n in range(12)]


@pytest.mark.parametrize("dpi", PRINTERS)
def test_every_card_of_a_sheet_is_read(dpi: int) -> None:
    stock = replace(media("CARD-A4"), dpi=dpi)

    first, second = pages(household_cards(CARDS, words("fr"), stock), dpi)

    read = [codes(crop(first, place, dpi), LINEAR + SQUARE) for place in stock.places()]
    read += [codes(crop(second, place, dpi), LINEAR + SQUARE) for place in stock.places()[:2]]
    assert [[(code.symbology, code.content) for code in found] for found in read] == [
        [("]C0", card.number)] for card in CARDS
    ]


@pytest.mark.parametrize("dpi", PRINTERS)
def test_a_worn_card_is_still_read(dpi: int) -> None:
    (picture,) = pages(household_cards(CARDS[:1], words("fr"), outlines=False), dpi)

    card = crop(picture, media("CARD-A4").places()[0], dpi)

    for how, seen in worn(card).items():
        assert [read.content for read in codes(seen, LINEAR + SQUARE)] == ["7K3M9QX00"], how


def test_cards_have_the_size_of_a_bank_card() -> None:
    place = media("CARD-A4").places()[0]

    assert (place.width, place.height) == pytest.approx((85.6 * MM, 54 * MM))


def test_a_card_says_its_number_in_threes_and_whom_to_call() -> None:
    (text,) = text_of(household_cards(CARDS[:1], words("en")))

    assert "7K3 M9Q X00" in text
    assert "It bears no name. Found it? CCAS, 03 00 00 00 00" in " ".join(text.split())


@given(network=any_text, contact=any_text, code=st.sampled_from(["CARD-A4", "11354", "30332", "L7651"]))
def test_any_network_and_contact_stay_on_the_card(network: str, contact: str, code: str) -> None:
    stock = media(code)
    card = HouseholdCard("7K3M9QXZ4", network, contact)

    (picture,) = pages(household_cards([card], words("fr"), stock, outlines=False), 203)

    assert inside(picture, stock.printable(stock.places()[0]), 203)
    assert [read.content for read in codes(crop(picture, stock.places()[0], 203), LINEAR + SQUARE)] == ["7K3M9QXZ4"]


@pytest.mark.parametrize("number", ["", "DUPONT Jean", "é", "1" * 21])
def test_a_name_is_no_card_number(number: str) -> None:
    with pytest.raises(WrongCard):
        HouseholdCard(number, "Réseau")
