"""What the tests need and do not find is named."""

from pathlib import Path

import pytest

from tests.browser.chromium import chromium
from tools.test_programs import missing


@pytest.fixture
def empty_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine that has no program by name."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)


def test_a_missing_browser_is_named(empty_path: None) -> None:
    assert chromium() is None
    assert "Chromium" in missing()["chromium"]


def test_a_browser_named_by_hand_is_taken(empty_path: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/browser")

    assert chromium() == "/opt/browser"
    assert "chromium" not in missing()


def test_a_database_server_named_by_hand_needs_no_other(empty_path: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://postgres@db/postgres")

    assert "postgresql" not in missing()
