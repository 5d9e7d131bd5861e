"""What is sealed opens with its keys and with no others."""

from pathlib import Path

import pytest

from households.sealing import BadKeys, CannotUnseal, Seal, new_key
from tests.households.people import FAMILY


def test_an_identity_opens_with_the_key_that_closed_it_and_with_no_other() -> None:
    key = new_key()
    sealed = Seal([key]).close(FAMILY)

    assert Seal([new_key(), key]).open(sealed) == FAMILY
    with pytest.raises(CannotUnseal):
        Seal([new_key()]).open(sealed)


def test_nothing_of_an_identity_shows_in_what_is_kept() -> None:
    seal = Seal([new_key()])

    kept = seal.close(FAMILY) + seal.fingerprint("word", "amina").encode()

    assert not any(word in kept for word in (b"Amina", b"amina", b"Lilas", b"1985"))


def test_a_fingerprint_needs_the_key_and_its_kind() -> None:
    one, other = Seal([new_key()]), Seal([new_key()])

    assert one.fingerprint("word", "amina") == one.fingerprint("word", "amina")
    assert one.fingerprint("word", "amina") != one.fingerprint("same", "amina")
    assert one.fingerprint("word", "amina") != other.fingerprint("word", "amina")


def test_older_fingerprints_are_searched_for_until_they_are_made_anew() -> None:
    old, new = new_key(), new_key()

    assert Seal([old]).fingerprint("word", "amina") in Seal([new, old]).fingerprints("word", "amina")


@pytest.mark.parametrize("text", ["", "not a key", "a\nb"])
def test_a_file_that_holds_no_key_says_so(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys"
    path.write_text(text)

    with pytest.raises(BadKeys, match="keys"):
        Seal.read(path)
