import pytest
from reportlab.pdfgen.canvas import Canvas

from common.words import words
from labels.boxes import Box
from labels.marks import Urgency, draw_snowflake, draw_tick_box, draw_urgency
from labels.paper import document
from tests.labels.reading import ink, inside, pages

PAGE = Box(0, 0, 60, 60)
FRAME = Box(10, 10, 30, 20)


def test_every_step_has_a_shape_of_its_own_and_none_has_none() -> None:
    def page(step: Urgency) -> bytes:
        def draw(canvas: Canvas) -> None:
            draw_urgency(canvas, step, FRAME)

        return document([draw], words("fr"), title="mark", page=PAGE)

    shapes = {step: pages(page(step), 144)[0] for step in Urgency}

    assert ink(shapes[Urgency.NONE]) is None
    assert len({shape.tobytes() for shape in shapes.values()}) == len(Urgency)
    assert all(inside(shape, FRAME, 144) for shape in shapes.values())


@pytest.mark.parametrize("flakes", [1, 2])
def test_flakes_stay_in_their_box(flakes: int) -> None:
    def draw(canvas: Canvas) -> None:
        draw_snowflake(canvas, FRAME, flakes)

    (picture,) = pages(document([draw], words("fr"), title="mark", page=PAGE), 144)

    assert ink(picture) is not None
    assert inside(picture, FRAME, 144)


def test_a_tick_box_is_empty_and_square() -> None:
    def draw(canvas: Canvas) -> None:
        draw_tick_box(canvas, 20, 20)

    (picture,) = pages(document([draw], words("fr"), title="mark", page=PAGE), 144)

    left, upper, right, lower = ink(picture) or (0, 0, 0, 0)
    assert right - left == lower - upper > 15
    assert picture.getpixel(((left + right) // 2, (upper + lower) // 2)) == 255
