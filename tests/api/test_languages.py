"""A page speaks one language from its title to its last button."""

import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from network.roles import Role
from tests.api.conftest import Browser
from tools.translations import HOLE, in_catalogue, texts

PAGES = ("/intake", "/stock", "/at-risk", "/sessions", "/labels", "/waste", "/households", "/nowhere")


@cache
def phrases(language: str) -> frozenset[str]:
    """What only this language says: the parts between the holes of its sentences, from two words up."""
    return frozenset(_phrases(language))


def _phrases(language: str) -> Iterator[str]:
    for message in in_catalogue():
        forms = zip(texts(message.id), texts(message.string), strict=True) if message.id else ()
        for english, french in forms:
            said, other = (french, english) if language == "fr" else (english, french)
            yield from (part for part in _parts(said) if part not in other)


def _parts(sentence: str) -> list[str]:
    parts = (part.strip(" .,:;()“”«»\u202f") for part in HOLE.split(sentence))
    return [part for part in parts if re.search(r"\w{3}.* .*\w{3}", part)]


def foreign(page: str, language: str) -> list[str]:
    """Phrases of the other language that this page holds."""
    other = "en" if language == "fr" else "fr"
    return sorted(part for part in phrases(other) if part in page and re.search(rf"\b{re.escape(part)}\b", page))


def test_a_foreign_sentence_is_noticed() -> None:
    assert foreign("Réception: Too many requests: please wait a moment.", "fr") == [
        "Too many requests: please wait a moment"
    ]
    assert foreign("Too many requests. Il reste 3 lots, attendez un instant.", "en") == []
    assert foreign("Trop de demandes : attendez un instant.", "en") == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_door_speaks_one_language(open_browser: Callable[[], Browser], language: str) -> None:
    browser = open_browser()
    browser.client.cookies.set("language", language)

    browser.get("/sign-in")

    assert f'<html lang="{language}"' in browser.page.text
    assert foreign(browser.words, language) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_and_refusals_speak_one_language(open_browser: Callable[[], Browser], language: str) -> None:
    browser = open_browser().sign_in(Role.MANAGER)
    browser.client.cookies.set("language", language)

    found = []
    for path in PAGES:
        browser.get(path)
        found += [(path, phrase) for phrase in foreign(browser.words, language)]

    assert found == []
