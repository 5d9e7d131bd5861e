from concurrent.futures import ThreadPoolExecutor

from common.words import words
from labels.baskets import basket_labels
from labels.lots import lot_labels
from labels.media import media
from labels.picking import pick_list
from labels.waste import waste_report
from tests.labels.examples import LOTS, OCTOBER, SMALL


def test_people_printing_at_once_get_what_each_would_get_alone() -> None:
    orders = [
        lambda: lot_labels(LOTS, media("L7160"), words("fr")),
        lambda: basket_labels(SMALL, media("L7165"), words("en")),
        lambda: pick_list(SMALL, words("fr")),
        lambda: waste_report(OCTOBER, words("en")),
    ] * 6

    alone = [order() for order in orders[:4]]
    with ThreadPoolExecutor(8) as people:
        together = list(people.map(lambda order: order(), orders))

    assert together == alone * 6


def test_typefaces_are_inside_the_document() -> None:
    pdf = waste_report(OCTOBER, words("fr"))

    assert b"/FontFile2" in pdf
    assert b"DejaVuSans" in pdf
