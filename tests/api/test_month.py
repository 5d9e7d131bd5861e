"""A month of the small town through the real interface: the report says what the ledger says, to the gram."""

import datetime as dt
import random
from functools import partial
from typing import Any

from allocation import proposals
from allocation.chain import Figure
from api.house import House
from common.clock import PARIS, Clock
from common.database import Database
from common.jobs import run_next
from network.roles import Role
from stock.ledger import EATEN, LOST, ON_HAND, Account, standings
from stock.proof import faults
from stock.tables import Lot
from tests.api.conftest import Browser
from tests.small_town import BEANS, FRIDAY, MILK, PASTA, YOGHURT, Town

HASTE = 0.02
WEEKS = 4


class Month:
    """The manager's month; chance is seeded, so that both databases live the same one.

    Card numbers and lot codes are drawn anew each time: chance falls on people and goods in an order without them.
    """

    def __init__(self, house: House, database: Database, manager: Browser, town: Town) -> None:
        self.house, self.database, self.manager, self.town = house, database, manager, town
        self.chance = random.Random(6)
        self.keys = 0

    def live(self) -> None:
        monday = FRIDAY - dt.timedelta(days=4)
        self.manager.post("/sessions/calendar", site=self.town.site_id, channel="free", weekday=4, every=1)
        self.manager.post("/sessions/calendar/filling")
        for week in range(WEEKS):
            self._wake(monday + dt.timedelta(days=7 * week))
            self._receive(week)
            self._break_something()
            self._wake(FRIDAY + dt.timedelta(days=7 * week))
            if week == 2:
                self._recall()
            self._distribute()

    def _wake(self, on: dt.date) -> None:
        """That day, nine in the morning, signed in."""
        self.house.clock = Clock(at=dt.datetime.combine(on, dt.time(9), PARIS))
        self.manager.client.cookies.delete("panier")
        self.manager.get("/sign-in")
        self.manager.sign_in(Role.MANAGER)

    def _receive(self, week: int) -> None:
        on = self.house.clock.today()
        opened = self._post("/receptions", site_id=self.town.site_id, donor_id=self.town.donor_id)
        for scan, units, date in (
            (MILK, 12, on + dt.timedelta(days=90)),
            (YOGHURT, self.chance.randint(4, 9), on + dt.timedelta(days=5)),
            (PASTA, 6, on + dt.timedelta(days=200)),
            # In the first week more than four households may be given in two: some is left to be recalled.
            (BEANS, 5 if week else 40, on + dt.timedelta(days=400)),
        ):
            said = {"scan": scan, "units": units, "date": date.isoformat(), "lot_number": f"L{week}"}
            self._post(f"/receptions/{opened['id']}/lines", **said)
        self._post(f"/receptions/{opened['id']}/lines", scan="ART-POMME", grams=self.chance.randint(6, 12) * 500)

    def _break_something(self) -> None:
        (lot, *_) = self.manager.get("/api/v1/stock").json()["rows"]
        self.manager.post(f"/stock/lots/{lot['code']}/loss", quantity="1", cause="breakage", exit="biowaste")

    def _recall(self) -> None:
        """The beans of the first week are recalled, and leave what is left of them to be destroyed."""
        self.manager.post("/recalls", label="Haricots verts", code=BEANS, lots="L0", reason="Corps étranger")
        assert self.manager.page.status_code == 200

    def _distribute(self) -> None:
        today = self.house.clock.today().isoformat()
        (planned,) = [s for s in self.manager.get("/api/v1/sessions").json() if s["on"] == today]
        self._post(f"/sessions/{planned['id']}/proposals")
        run_next(self.database, {"propose": partial(proposals.make_proposal, effort=HASTE)}, self.house.clock)
        with self.database.reading() as session:
            kept = proposals.latest(session, planned["id"])
            assert kept is not None
        self._post(f"/proposals/{kept.id}/confirmation")
        sheets = self.manager.get(f"/api/v1/sessions/{planned['id']}/visits").json()
        for sheet in sorted(sheets, key=lambda said: said["visit_id"]):
            self._serve(sheet)
        self._post(f"/sessions/{planned['id']}/date-check")
        self._post(f"/sessions/{planned['id']}/closing")

    def _serve(self, sheet: dict[str, Any]) -> None:
        if self.chance.random() < 0.15:
            self._post(f"/visits/{sheet['visit_id']}/absence")
            return
        left = [
            {
                "line_id": line["id"],
                "quantity": self.chance.randint(1, line["quantity"]),
                "reason": self.chance.choice(("taste", "enough", "cannot_cook")),
                "exit": self.chance.choice(("restock", "workshop", "animals", "biowaste")),
                "stayed_cold": True,
            }
            for line in sorted(sheet["lines"], key=lambda said: (said["product"], said["last_day"]))
            if self.chance.random() < 0.3
        ]
        self._post(f"/visits/{sheet['visit_id']}/hand-over", left=left)

    def _post(self, path: str, **said: Any) -> Any:
        """Sent twice, as a client does that heard nothing: the work is done once."""
        self.keys += 1
        headers = {"idempotency-key": f"month-{self.keys:06}"}
        first, again = (self.manager.client.post(f"/api/v1{path}", json=said, headers=headers) for _ in range(2))
        assert first.status_code < 300, first.text
        assert again.json() == first.json()
        return first.json()


def test_after_a_month_the_report_is_what_the_ledger_adds_up_to(
    house: House, database: Database, manager: Browser, town: Town
) -> None:
    month = Month(house, database, manager, town)

    month.live()

    asked = {"since": "2026-11-23", "until": "2026-12-31"}
    report = manager.get("/api/v1/reports/waste", **asked).json()
    returned = manager.get("/api/v1/reports/returns", **asked).json()
    opened = {
        figure: manager.get("/api/v1/reports/waste/chain", figure=figure.value, **asked).json()["grams"]
        for figure in Figure
    }
    with database.reading() as session:
        broken = faults(session)
        grams = dict.fromkeys(Account, 0)
        for standing in standings(session, accounts=list(Account)):
            grams[standing.where.account] += standing.quantity * session.get_one(Lot, standing.lot_id).grams_each
    assert broken == []
    assert report["received"] == -grams[Account.OUTSIDE]
    assert report["eaten"] == sum(grams[account] for account in EATEN)
    assert report["lost"] == sum(grams[account] for account in LOST)
    assert report["on_hand"] == sum(grams[account] for account in ON_HAND)
    assert report["received"] == report["eaten"] + report["lost"] + report["on_hand"]
    assert all(report[figure.value] == total for figure, total in opened.items())
    told = {line["code"]: line["value"] for section in returned["sections"] for line in section["lines"]}
    assert told["stock_books"] == told["stock_shelves"] == report["on_hand"]
    assert told["people_65_and_over"] is None, "few people leave the network by no way"
    assert (told["sessions"], report["visits_served"] + report["visits_absent"]) == (WEEKS, 4 * WEEKS)
    assert grams[Account.QUARANTINE] > 0 < report["left_saved"] < report["left_behind"]
