import pytest

from common.words import words
from labels.boxes import MM, Box
from labels.calibration import calibration_page
from labels.media import all_media, media
from tests.labels.reading import ink, inside, pages, text_of


@pytest.mark.parametrize("code", sorted(all_media()))
def test_every_stock_has_a_page_to_calibrate_with(code: str) -> None:
    stock = media(code)

    (picture,) = pages(calibration_page(stock, words("fr")), 72)

    width, height = stock.page
    assert inside(picture, Box(0, 0, width * MM, height * MM), 72)
    assert ink(picture) is not None


def test_the_page_says_the_shift_it_was_printed_with() -> None:
    (text,) = text_of(calibration_page(media("L7165"), words("en"), offset=(1.5, -2)))

    said = " ".join(text.split())
    assert "Avery L7165" in said
    assert "Shift now: 1.5 mm right, -2 mm down." in said
    assert "50 mm exactly" in said
