"""Forty items through the intake page: `python -m benchmarks.volunteer [--database sqlite|postgresql]`.

A scripted volunteer with a phone and a scanner books forty mixed items in a real browser: goods known from last time,
goods whose code carries the date, a date typed anew, several of a kind, loose goods by their picture, the same again.
What is measured is the machine's part of an item, from its first sign to the confirmation on the page, and how often
a finger presses something; keys typed are counted apart. The volunteer never waits, so that no second is a person's.
Beside it stands the plain sign-in page, opened as often by the same browser.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.serving import fresh_database, serving
from common.clock import Clock
from common.database import Database
from network.roles import Role
from tests import small_town
from tests.browser.chromium import ARGUMENTS, chromium
from tests.small_town import BEANS, MILK, PASSWORD, PASTA, YOGHURT

PHONE = {"width": 360, "height": 740}
GOAL = "at most 3 s of machine time and 2 taps for a known product, median"
CODED = f"]d201{YOGHURT:0>14}17{{date:%y%m%d}}10L7"
"""A DataMatrix with its use-by date and lot number."""


@dataclass
class Volunteer:
    """Fingers and scanner, and what they did."""

    page: Page
    taps: int = 0
    keys: int = 0
    seconds: dict[str, list[float]] = field(default_factory=dict)
    pressed: dict[str, list[int]] = field(default_factory=dict)

    def tap(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.taps += 1

    def scan(self, code: str) -> None:
        """What a wedge scanner does: keys faster than a hand, then Enter. Nobody presses anything."""
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("[data-scanned]")).to_be_visible()

    def type(self, label: str, text: str) -> None:
        """Into a field that has the focus already; keys, not taps."""
        expect(self.page.get_by_label(label)).to_be_focused()
        self.page.keyboard.type(text)
        self.keys += len(text)

    def book(self, kind: str, item: Callable[[], None], said: str) -> None:
        """One item, until the page confirms it."""
        self.page.evaluate("document.getElementById('flash').replaceChildren()")
        taps, began = self.taps, time.perf_counter()
        item()
        expect(self.page.locator("#flash .done")).to_contain_text(said)
        self.seconds.setdefault(kind, []).append(time.perf_counter() - began)
        self.pressed.setdefault(kind, []).append(self.taps - taps)

    # Kinds of items

    def known(self, code: str) -> None:
        """Its date is offered from the last lot: scan, book."""
        self.scan(code)
        self.tap("Enregistrer")

    def dated(self, code: str, date: str) -> None:
        """Its date is typed anew."""
        self.scan(code)
        self.type("À consommer", date)
        self.tap("Enregistrer")

    def several(self, code: str) -> None:
        """Three of a kind: two more by the stepper."""
        self.scan(code)
        for _ in range(2):
            self.tap("Un de plus")
        self.tap("Enregistrer")

    def loose(self) -> None:
        """Apples by their picture, weighed."""
        self.page.get_by_role("link", name="Pommes").click()
        self.taps += 1
        self.type("Poids, kg", "4,2")
        self.tap("Enregistrer")

    def again(self) -> None:
        self.page.get_by_role("button", name="Encore autant").first.click()
        self.taps += 1


def main() -> None:
    arguments = _arguments()
    with fresh_database(arguments.database) as url:
        with closing(Database(url)) as database:
            town = small_town.build(database, Clock())
            small_town.receive(database, town, Clock(), *_last_time())
        with serving(url) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
            page = browser.new_page(base_url=f"http://localhost:{server.port}", locale="fr-FR", viewport=PHONE)
            baseline = [_opened(page) for _ in range(40)]
            _sign_in(page)
            volunteer = Volunteer(page)
            work(volunteer)
            browser.close()
    _tell(volunteer, baseline)


def work(volunteer: Volunteer) -> None:
    """Forty items, mixed as on a morning of a shop's gifts."""
    coded = CODED.format(date=Clock().today().replace(month=12, day=28))
    for turn in range(5):
        volunteer.book("known, date offered", lambda: volunteer.known(MILK), "Lait")
        volunteer.book("known, date offered", lambda: volunteer.known(PASTA), "Coquillettes")
        volunteer.book("date in the code", lambda: volunteer.known(coded), "Yaourt")
        volunteer.book("date typed", partial(volunteer.dated, BEANS, str(2027 + turn % 3)), "Haricots")
        volunteer.book("several of a kind", lambda: volunteer.several(PASTA), "Coquillettes")
        volunteer.book("the same again", volunteer.again, "Coquillettes")
        volunteer.book("loose, weighed", volunteer.loose, "Pommes")
        volunteer.book("known, date offered", lambda: volunteer.known(BEANS), "Haricots")


def _last_time() -> list[small_town.Arrival]:
    return [
        small_town.Arrival(MILK, units=2, date="+120"),
        small_town.Arrival(PASTA, units=2, date="+400"),
        small_town.Arrival(BEANS, units=2, date="2029"),
    ]


def _opened(page: Page) -> float:
    began = time.perf_counter()
    page.goto("/sign-in")
    return time.perf_counter() - began


def _sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.fill("[name=login]", Role.VOLUNTEER.value)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/")
    page.goto("/intake")


def _tell(volunteer: Volunteer, baseline: list[float]) -> None:
    print(f"{'':24}{'items':>7}{'median s':>10}{'worst s':>9}{'taps, median':>14}{'most':>6}")
    everything = [second for kind in volunteer.seconds.values() for second in kind]
    pressed = [taps for kind in volunteer.pressed.values() for taps in kind]
    for kind, seconds in volunteer.seconds.items():
        print(_line(kind, seconds, volunteer.pressed[kind]))
    print(_line("all forty", everything, pressed))
    print(f"{'the sign-in page':24}{len(baseline):7}{statistics.median(baseline):10.2f}{max(baseline):9.2f}")
    print(f"{volunteer.keys} keys typed by hand for {len(everything)} items   (goal: {GOAL})")


def _line(name: str, seconds: list[float], taps: list[int]) -> str:
    median, worst = statistics.median(seconds), max(seconds)
    return f"{name:24}{len(seconds):7}{median:10.2f}{worst:9.2f}{statistics.median(taps):14.0f}{max(taps):6}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    return parser.parse_args()


if __name__ == "__main__":
    main()
