"""Every writing route, asked by people of another site and another partner: they change nothing that is not theirs."""

import base64
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import Response
from sqlalchemy import select

from allocation.announced import announce
from allocation.calendar import add_opening
from allocation.tables import PlanRecord
from api import flash
from api.house import House
from api.own_site import OF_SITE
from api.pages.transfers import NotReceivedHere, NotSentFromHere, NotYoursToSend
from common.clock import Clock
from common.database import Base
from common.errors import Refusal
from common.settings import Settings
from common.words import words
from households import first_contacts, workshops
from households.emergency import GivenByOthers, give
from households.files import HeldElsewhere
from households.workshops import HeldByOthers
from network.accounts import Person
from network.own_site import AnotherSite
from network.partners import add_organisation, add_site
from network.printers import add_printer
from network.roles import Role
from network.tables import Account as Login
from stock import blocking, losses
from stock.accounts import Account
from stock.counts.register import open_count
from stock.places import Storage, add_place
from stock.transfers.register import send
from tests.api.walking import HOLE, WRITING, Walker
from tests.databases import SqliteMaker, lent
from tests.small_town import FRIDAY, MILK

SITE, ELSEWHERE, THIRD = 1, 2, 3
"""Where everything is; where those who ask work; and a site to send goods to."""
SUFFIX = "-ailleurs"
PLACE, SHELF = 1, 2
NOT_KEPT = {"audit", "done", "sign_ins", "sign_in_failures"}
THERE = "Centre social"
"""The name of that site, and of the partner that holds everything."""
BY_SITE = (
    AnotherSite(site=THERE),
    NotReceivedHere(site="Tiers"),
    NotSentFromHere(site=THERE),
    NotYoursToSend(site=THERE),
)
BY_PARTNER = (HeldByOthers(partner=THERE), HeldElsewhere(partner=THERE), GivenByOthers(partner=THERE))


def spoken(*refusals: Refusal) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(refusal.say(words("fr"))) for refusal in refusals))


AT_ANOTHER_SITE = spoken(*BY_SITE)
REFUSED = spoken(*BY_SITE, *BY_PARTNER)

WHOSE = f"C’est sur le site {THERE}"
"""What a page says of itself first."""
FRAME = r"/(?:search|sign-out|language/)"
BUTTON = re.compile(rf'(?:<form method="post" action|formaction)="((?!{FRAME})[^"]+)"')
PLAN = "/sessions/{session_id:int}/plan"

LOT = "/stock/lots/{lot:str}"
LOTS = {LOT, f"{LOT}/shelf"}
RECEPTION = "/receptions/{reception_id:int}"
WAY = {"quantity": 1, "from_place_id": PLACE, "to_place_id": SHELF}
PART = {"quantity": 1, "place_id": PLACE}
AT = "2026-11-23T08:00:00+01:00"
BOOKED_THERE = {"key": "entry-booked", "at": AT, "donor_id": 1, "undo": 1}
SERVED_THERE = {"key": "entry-served", "at": AT, "session_id": 1, "visit_id": 1, "absent": True}

SAID: dict[str, Any] = {
    f"{LOT}/loss": {"quantity": "1", "cause": "breakage", "exit": "biowaste"},
    f"{LOT}/move": {"quantity": "1", "from": PLACE, "to": SHELF},
    f"{LOT}/block": {"quantity": "1", "from": PLACE, "cause": "quality"},
    f"{LOT}/release": {"quantity": "1", "from": PLACE, "to": SHELF, "why": "checked_good"},
    f"{LOT}/split": {"quantity": "1", "from": PLACE},
    f"{LOT}/date": {"date": "30/03/2027"},
    f"/api/v1{LOT}/move": WAY,
    f"/api/v1{LOT}/block": PART | {"cause": "quality"},
    f"/api/v1{LOT}/release": WAY | {"why": "checked_good"},
    f"/api/v1{LOT}/split": PART,
    f"/api/v1{LOT}/date": {"date": "2027-03-30"},
    f"/api/v1{LOT}/losses": {"quantity": 1, "cause": "breakage", "exit": "biowaste"},
    f"/api/v1{RECEPTION}/lines": {"scan": MILK, "units": 1, "date": "2027-03-31"},
    f"/api/v1{RECEPTION}/refusals": {"reason": "pack_open", "grams": 500},
    "/api/v1/receptions": {"site_id": SITE, "donor_id": 1},
    "/api/v1/movements/undo": {"movements": [1]},
    "/api/v1/intake/entries": {"account_id": 0, "entries": [BOOKED_THERE]},
    "/api/v1/sessions/entries": {"account_id": 0, "entries": [SERVED_THERE]},
    "/places": {"site": SITE, "name": "Étagère Z", "storage": "dry"},
    "/places/{place_id:int}": {"name": "Étagère Z", "position": "1"},
    "/counts": {"place": f"place-{PLACE}"},
    "/api/v1/counts": {"site_id": SITE},
    "/temperatures": {"temp-2": "4"},
    "/sessions/announced": {"site": SITE, "on": "2026-11-27", "food_group": "bread", "weight": "12"},
    "/api/v1/announced": {"site_id": SITE, "on": "2026-11-27", "food_group": "bread", "grams": 12000},
    "/sessions/calendar": {"site": SITE, "channel": "free", "weekday": 2, "every": 1},
    "/sessions/calendar/closed-days": {"site": SITE, "on": "2026-11-27"},
    "/emergency": {"site": SITE, "persons": "2"},
    "/api/v1/transfers": {"from_site_id": SITE, "to_site_id": THIRD, "lines": [{"lot_id": 1, "quantity": 1}]},
    "/api/v1/transfers/{transfer_id:int}/arrival": [],
    "/households/{household_id:int}/moves": {"partner": ELSEWHERE, "takes": "file", "agreed": "on"},
    "/api/v1/households/{household_id:int}/moves": {"partner_id": ELSEWHERE, "takes": "file", "agreed": True},
}
"""What is sent where an empty form or body would be refused for its emptiness."""

THEIRS = {
    r"/accounts.*|/rules.*": "an administrator’s, for the whole network",
    r"/partners.*|/scales": "a coordinator’s, for the whole network",
    r"/catalogue.*|/donors.*": "one catalogue and one list of donors serve every site",
    r"/recalls.*": "an alert is about a lot wherever it stands; what leaves a shelf is for the ledger",
    r"(/api/v1)?/sign-.*|/language.*|/open-door.*|/search": "their own, or anybody’s",
    r"/intake.*|/at-risk.*|/labels/(queue|printers|stocks).*": "they work at their own site and say no other",
    r"/households/(search|import|new).*": "drafts and files of their own partner",
    r"/gifts.*|/referrals.*|/first-contacts.*|/workshops|(/api/v1)?/moves.*": "in the name of their own partner",
    r"/waste.*|/orders.*": "figures of all sites are everybody’s",
    r"/workshops/.*/seats": "a card takes a place with any partner",
    r"/jobs.*": "only who asked for it",
    r"/sessions/calendar/filling": "that of their own site",
    r"/transfers/new": "from their own site",
    r"/api/v1/movements/.*/undo|/stock/lots/.*/undo": "of the movement: tested below",
    r".*/freeze": "both places are for the ledger",
    r".*/photos|/photos/.*": "tested beside the pages of damage",
}
"""Routes that speak of no site and no partner, or only of one’s own, and why."""


class FromElsewhere(Walker):
    """The same town, with somebody of each role at another site, of another partner: they are who asks."""

    def enter(self, role: Role) -> tuple[str, Person]:
        return self.enter_as(role.value + SUFFIX)

    def _settle(self) -> None:
        super()._settle()
        stamp = self.house.clock.stamp(1)
        with self.database.writing() as session:
            partner = add_organisation(session, "Entraide d’ailleurs", "association")
            for code in ("AILLEURS", "TIERS"):
                site = add_site(session, partner.id, code, code.title())
                add_place(session, site.id, "Étagère B", Storage.DRY)
            for one in session.scalars(select(Login)).all():
                kept = {c.name: getattr(one, c.name) for c in Login.__table__.columns if c.name != "id"}
                away = {"login": one.login + SUFFIX, "organisation_id": partner.id, "site_id": ELSEWHERE}
                session.add(Login(**kept | away))
            session.flush()
            open_count(session, SITE, stamp)
            add_printer(session, SITE, "Près de la porte", "sheet-24", stamp)
            announce(session, site_id=SITE, on=FRIDAY, food_group="bread", grams=12_000, note="", stamp=stamp)
            add_opening(session, site_id=SITE, channel="free", weekday=4, stamp=stamp)
            session.add(PlanRecord(session_id=1, made_at=stamp.at, state="draft", instance={}, plan={}, figures={}))
            send(session, SITE, THIRD, {1: 1}, stamp)
            workshops.plan(
                session, organisation_id=1, kind="cooking", title="Soupes", on=stamp.on, begins="14:00", where="Ici",
                places=4, stamp=stamp,
            )  # fmt: skip
            give(session, self.house.seal, site_id=SITE, persons=2, infants=0, name="", stamp=stamp)
            first_contacts.ask(
                session, self.house.seal, name="", phone="06 39 98 00 00", service="food", partner_id=1, at=stamp
            )


@pytest.fixture(scope="module")
def walker(sqlite_maker: SqliteMaker, key_file: Path, monday: Clock) -> Iterator[FromElsewhere]:
    with lent(sqlite_maker, sqlite_maker.migrated()) as url:
        settings = Settings(database_url=url, secret="for tests only", secure_cookies=True, identity_keys=key_file)
        walker = FromElsewhere(House.of(settings, monday))
        with walker.client:
            yield walker


def test_people_of_another_site_and_partner_are_told_whose_it_is_and_change_nothing(walker: FromElsewhere) -> None:
    before = kept(walker)

    for role, method, route in asked(walker):
        answer = walker.ask(role, method, route, **body(walker, role, route))
        assert REFUSED.search(said(answer)), f"{role} {method} {route}: {answer.status_code} {said(answer)[:200]}"

    assert kept(walker) == before


def test_what_was_asked_another_partner_to_be_called_back_is_not_theirs_to_answer(walker: FromElsewhere) -> None:
    before = kept(walker)

    answer = walker.ask(Role.SOCIAL_WORKER, "POST", "/first-contacts/{contact_id:int}/answered")

    assert answer.status_code == 404
    assert kept(walker) == before


def test_what_was_booked_lost_or_blocked_elsewhere_is_taken_back_there(walker: FromElsewhere) -> None:
    stamp = walker.house.clock.stamp()
    with walker.database.writing() as session:
        (lost,) = losses.lose(session, 1, 1, "breakage", Account.BIOWASTE, stamp).movements
        blocked = blocking.block(session, 1, 1, PLACE, "quality", stamp)
    before = kept(walker)

    for path in (
        f"/stock/lots/1/loss/undo?movement={lost}",
        f"/at-risk/write-off/undo?movement={lost}",
        f"/stock/lots/1/shelf/undo?movement={blocked}",
        f"/api/v1/movements/{lost}/undo",
        "/api/v1/movements/1/undo",
    ):
        answer = walker.ask(Role.MANAGER, "POST", path)
        assert REFUSED.search(said(answer)), f"{path}: {said(answer)[:200]}"

    assert kept(walker) == before


def test_people_of_another_site_are_told_whose_a_page_is_and_find_no_button_there_that_would_be_refused(
    walker: FromElsewhere,
) -> None:
    told = {}
    for role, route in pages(walker):
        page = walker.ask(role, "GET", route)
        if page.status_code == 200 and page.headers["content-type"].startswith("text/html"):
            told[route] = WHOSE in html.unescape(page.text)
            for button in map(html.unescape, BUTTON.findall(page.text)):
                pressed = said(walker.ask(role, "POST", button))
                assert not AT_ANOTHER_SITE.search(pressed), f"{role} {route}: {button}"

    assert {route for route, spoken in told.items() if spoken} == {
        route for route in told if not OF_SITE.keys().isdisjoint(HOLE.findall(route)) or route in LOTS
    }
    assert len(told) > 60


def pages(walker: FromElsewhere) -> list[tuple[Role, str]]:
    """Every page of each role, but for the plan board, which wants a plan: tested beside it."""
    return [
        (role, route)
        for method, route, guard in walker.routes()
        if method == "GET" and not route.startswith("/api") and not route.startswith(PLAN)
        for role in Role
        if guard.allows(walker.people[role])
    ]


def asked(walker: FromElsewhere) -> list[tuple[Role, str, str]]:
    """Every writing route that may speak of another site or partner, as each role that it is open to; workshops are the
    coordinator’s, whoever holds them."""
    theirs = re.compile("|".join(THEIRS))
    return [
        (role, method, route)
        for method, route, guard in walker.routes()
        if method in WRITING and (route in SAID or not theirs.fullmatch(route))
        for role in Role
        if guard.allows(walker.people[role]) and not (role is Role.COORDINATOR and route.startswith("/workshops"))
    ]


def body(walker: FromElsewhere, role: Role, route: str) -> dict[str, Any]:
    sent = SAID.get(route)
    if sent is None:
        return {}
    if "account_id" in sent:
        person = walker.people[role]
        assert person is not None
        sent = sent | {"account_id": person.id}
    return {"json": sent} if route.startswith("/api") else {"data": sent}


def kept(walker: Walker) -> dict[str, list[str]]:
    """Everything in the database, but for who looked and who signed in."""
    with walker.database.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
            if table.name not in NOT_KEPT
        }


def said(answer: Response) -> str:
    """The sentence on the page, in the body, or on the page a form leads back to."""
    for cookie in answer.headers.get_list("set-cookie"):
        name, _, value = cookie.partition(";")[0].partition("=")
        if name == flash.COOKIE:
            return msgspec.json.decode(base64.urlsafe_b64decode(value.strip('"')), type=flash.Flash).text
    return html.unescape(answer.text)
