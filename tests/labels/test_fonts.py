import pytest

from labels.fonts import FACES, Face, FontsMissing


def test_a_missing_typeface_says_how_to_get_it() -> None:
    with pytest.raises(FontsMissing, match=r"NoSuchFace\.ttf is not in fonts/: run `make setup`"):
        Face("NoSuchFace").has("a")


@pytest.mark.parametrize("face", FACES, ids=[face.name for face in FACES])
def test_outlines_are_read_from_the_typeface(face: Face) -> None:
    space, capital, tailed = (face.ink(character) for character in " Hp")

    assert (space.left, space.bottom, space.right, space.top) == (0, 0, 0, 0)
    assert (capital.bottom, round(capital.top)) == (0, 729)
    assert tailed.bottom < 0 < tailed.top < capital.top
    assert 0 < capital.left < capital.right < capital.advance
