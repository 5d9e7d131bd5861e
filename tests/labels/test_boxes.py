import pytest

from labels.boxes import Box

PAPER = Box(10, 20, 100, 50)


def test_a_box_is_cut_into_strips_and_bands_that_fill_it() -> None:
    left, rest = PAPER.from_left(30, gap=10)
    right, _ = PAPER.from_right(30)
    top, below = PAPER.from_top(20, gap=5)

    assert (left, rest) == (Box(10, 20, 30, 50), Box(50, 20, 60, 50))
    assert right == Box(80, 20, 30, 50)
    assert (top, below) == (Box(10, 50, 100, 20), Box(10, 20, 100, 25))


def test_bands_share_the_height_from_top_to_bottom() -> None:
    assert PAPER.bands([1, 3], gap=10) == [Box(10, 60, 100, 10), Box(10, 20, 100, 30)]


@pytest.mark.parametrize("box", [PAPER.inset(60), PAPER.within(Box(200, 200, 5, 5)), PAPER.from_top(60, gap=5)[1]])
def test_what_is_larger_than_its_box_leaves_nothing(box: Box) -> None:
    assert min(box.width, box.height) == 0
