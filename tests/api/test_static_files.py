"""What the pages are made with."""

from collections.abc import Callable

from api.static_files import FOLDER
from tests.api.conftest import Browser

SCRIPT = "js/camera.js"


def test_scripts_and_styles_travel_packed_and_pages_do_not(open_browser: Callable[[], Browser]) -> None:
    browser = open_browser()

    script = browser.client.get(f"/static/{SCRIPT}", headers={"accept-encoding": "gzip"})
    page = browser.client.get("/sign-in", headers={"accept-encoding": "gzip"})

    assert script.headers["content-encoding"] == "gzip"
    assert script.content == (FOLDER / SCRIPT).read_bytes()
    assert "content-encoding" not in page.headers
