"""Takes the pictures of the README anew, from the demo as it is today: `make pictures`."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright
from sqlalchemy import select

from allocation import proposals
from allocation.tables import DistributionSession
from api.demo import PASSWORD, load_demo
from api.migrations import upgrade
from common.clock import Clock
from common.database import Database
from network.tables import Account
from tests.browser.chromium import ARGUMENTS, chromium
from tests.browser.serving import Server, serving

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
PHONE: ViewportSize = {"width": 390, "height": 780}
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
BOARD: ViewportSize = {"width": 1280, "height": 1280}
"""The plan board from its figures down to the households and a basket."""
SCANNED = "3257984635675"
"""A product of the demo."""
DONOR = "Hyper du Beffroi"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/demo.sqlite"
        upgrade(url)
        planned = _fill(url)
        with serving(Server(url, Path(folder) / "log")) as address, _pages(address) as (phone, laptop):
            _sign_in(phone, "benevole")
            phone.goto("/intake")
            phone.get_by_label("Produits donnés par").select_option(label=DONOR)
            phone.get_by_role("button", name="Commencer la réception").click()
            phone.wait_for_load_state()
            phone.goto(f"/intake?scan={SCANNED}")
            phone.screenshot(path=PICTURES / "intake-phone.png")
            _sign_in(laptop, "responsable")
            laptop.set_viewport_size(BOARD)
            laptop.goto(f"/sessions/{planned}/plan")
            laptop.locator("table.heat tbody th a").first.click()
            laptop.locator("#basket").wait_for()
            laptop.screenshot(path=PICTURES / "plan.png")
            laptop.set_viewport_size(LAPTOP)
            laptop.goto("/waste")
            laptop.screenshot(path=PICTURES / "waste.png")


def _fill(url: str) -> int:
    """The demo, with the baskets of the manager’s next session proposed; the number of that session."""
    with closing(Database(url)) as database:
        clock = Clock()
        load_demo(database, clock)
        with database.reading() as session:
            hers = select(Account.site_id).where(Account.login == "responsable").scalar_subquery()
            coming = select(DistributionSession.id).where(
                DistributionSession.on > clock.today(), DistributionSession.site_id == hers
            )
            planned = session.scalars(coming.order_by(DistributionSession.on).limit(1)).one()
        proposals.propose(database, planned, clock.stamp())
    return planned


@contextmanager
def _pages(address: str) -> Iterator[tuple[Page, Page]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        phone, laptop = (
            browser.new_page(viewport=size, base_url=address, locale="fr-FR", reduced_motion="reduce")
            for size in (PHONE, LAPTOP)
        )
        yield phone, laptop
        browser.close()


def _sign_in(page: Page, login: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Votre identifiant").fill(login)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))


if __name__ == "__main__":
    main()
