"""The camera as a scanner: a fake device plays a film of a pack, and its card opens by itself."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from network.roles import Role
from tests.browser.chromium import ARGUMENTS, chromium
from tests.browser.conftest import ANSWERING, PHONE, Person, Served
from tests.browser.serving import STARTING
from tests.small_town import YOGHURT

pytestmark = pytest.mark.browser

FILM = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]


def _film(path: Path, code: str) -> Path:
    """A film of one still picture, as YUV4MPEG2: a pack's code in the middle of a grey frame."""
    drawn = zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.EAN13).to_image(scale=3)
    frame = Image.new("L", (640, 480), 190)
    frame.paste(Image.fromarray(np.array(drawn)), (150, 140))
    colourless = bytes([128]) * (320 * 240 * 2)
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + (b"FRAME\n" + frame.tobytes() + colourless) * 3)
    return path


@pytest.fixture
def page(served: Served, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A phone whose camera sees a pack of yoghurt. It stops with the test: its device is its own."""
    film = _film(tmp_path / "pack.y4m", YOGHURT)
    arguments = [*ARGUMENTS, *FILM, f"--use-file-for-fake-video-capture={film}"]
    phone = browser.browser_type.launch(executable_path=chromium(), args=arguments, timeout=STARTING * 1000)
    context = phone.new_context(base_url=served.address, locale="fr-FR", viewport=PHONE, permissions=["camera"])
    context.set_default_timeout(ANSWERING * 1000)
    person = Person(context, context.new_page(), [])
    person.sign_in(Role.VOLUNTEER)
    yield person.page
    phone.close()


def test_a_pack_before_the_camera_opens_its_card(page: Page) -> None:
    page.goto("/intake")
    page.get_by_role("button", name="Scanner avec l’appareil photo").click()

    expect(page.get_by_role("heading", name="Yaourt nature 4 × 125 g")).to_be_visible()
    page.get_by_role("button", name="Fermer l’appareil photo").click()
    expect(page.locator("video")).to_be_hidden()
