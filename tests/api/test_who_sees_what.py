"""What is kept of people, walked through the whole program: who ever sees which of it where, and that no log does."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stderr
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation.sessions import expect_usual, plan_session
from api import log
from api.house import House
from api.security import API, May
from common.clock import Clock, Stamp
from common.settings import Settings
from households import drafts, emergency, files, first_contacts, moving, needs, pickup, referrals, social_rights
from households.living_remainder import Line
from households.reference import scales
from households.register import decide
from households.sealing import Identity, Named
from network.accounts import Person
from network.partners import add_organisation
from network.roles import Role
from network.tables import Account
from tests import a_day, small_town
from tests.api.walking import HOLE, LAST, MEANS, MEANS_WRITTEN, WRITING, Walker
from tests.databases import Maker, lent
from tests.labels.reading import text_of

NOTED, LOOKED = dt.date(2026, 3, 17), dt.date(2026, 2, 19)
CONSENT, FETCHED, BROUGHT, ADMITTED = (dt.date(2027, month, 13) for month in (2, 4, 5, 3))
MONTHS = ("janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc")


def day(on: dt.date) -> str:
    """A day however it is written: what is coded of a household has no words of its own, but a day none else has."""
    month = f"(0?{on.month}|{MONTHS[on.month - 1]}\\w*\\.?)"
    return rf"({on.isoformat()}|{on.day:02}[/ ]{month}[/ ]{on.year})(?!\d)"


MARKS = {
    "name": "Zéphyrinemarquée",
    "another": "Ludivinemarquée",
    "birth": day(dt.date(1947, 8, 9)),
    "phone": r"6.?99.?88.?77.?55.?44.?33",
    "address": "impasse Domicilemarqué",
    "means": MEANS_WRITTEN.pattern,
    "need": day(NOTED),
    "right": day(LOOKED),
    "referral": day(CONSENT),
    "fetched": day(FETCHED),
    "brought": day(BROUGHT),
    "admitted": day(ADMITTED),
    "draft": "Brouillonmarqué",
    "parcel": "Oscarinemarquée",
    "caller": "Isaurinemarquée",
    "calling": r"6.?99.?88.?77.?55.?44.?22",
}
"""What is planted, and how it is written; none comes by chance in a token of letters and figures."""
TYPED = "Ernestinesaisie"
"""A name somebody types where it does not belong."""
FIELDS = (
    "typed", "q", "key", "card", "code", "scan", "name", "given-0", "family-0", "birth-0", "phone", "address",
    "initials", "until", "reason", "note", "date", "lot", "donor", "site", "persons", "units", "grams", "login",
    "need", "partner", "state", "kind-0", "amount-0", "tenths", "answer", "title",
)  # fmt: skip

NAMED = {"names": "1"}
JSON = {"content-type": "application/json"}
QUERIES = {
    "/sessions/{session_id:int}/attendance.pdf": {"attendance with names": NAMED},
    "/search": {"search": {"q": "Dubois"}},
    "/households": {"households": {"q": "Dubois"}},
}
"""What an address shows only to who asks for it."""
BODIES = {"/households/search": {"q": "Dubois"}, "/emergency": {"persons": "1", "infants": "0", "name": "Untel"}}
Route = tuple[str, str, May]

WORKER, ELSEWHERE, STRANGER = Role.SOCIAL_WORKER.value, "worker elsewhere", "partner elsewhere"


WHO = "name another birth phone address right"
ALL = f"{WHO} means need referral fetched brought admitted"
SHOWN = {
    "GET attendance with names": {Role.DISTRIBUTION.value: "name"},
    "GET /emergency": {WORKER: "parcel"},
    "GET /first-contacts": {WORKER: "caller calling"},
    "GET /households/new": {WORKER: "draft"},
    "GET /households/{household_id:int}": {WORKER: "admitted brought fetched means"},
    "GET /households/{household_id:int}/committee": {WORKER: "means"},
    "GET /households/{household_id:int}/decision.pdf": {WORKER: "admitted means"},
    "GET /households/{household_id:int}/export": {WORKER: ALL},
    "GET /households/{household_id:int}/export.json": {WORKER: ALL},
    "GET /households/{household_id:int}/export.pdf": {WORKER: ALL},
    "GET /households/{household_id:int}/file": {WORKER: f"{WHO} referral"},
    "GET /households/{household_id:int}/rights": {WORKER: "right"},
    "GET /api/v1/households/{household_id:int}": {WORKER: f"{WHO} means"},
    "GET /referrals": {Role.PARTNER.value: "name phone referral"},
    "POST /households/search": {WORKER: "name"},
    "POST /emergency": {WORKER: "parcel"},
    "POST /emergency/{parcel_id:int}/settled": {WORKER: "parcel"},
    "POST /households/{household_id:int}/decision": {WORKER: "admitted brought fetched means"},
    "POST /households/{household_id:int}/delivery": {WORKER: "admitted brought fetched means"},
    "POST /households/{household_id:int}/entitlement": {WORKER: f"{WHO} referral"},
    "POST /households/{household_id:int}/identity": {WORKER: f"{WHO} referral"},
    "POST /households/{household_id:int}/proxies": {WORKER: "admitted brought fetched means"},
}
"""Who is ever shown which mark by which address: what is read shows just that, the answer to a form that at most.

To add a line is to decide that somebody may see it."""


class Town(Walker):
    """The walker's town, with a household of which everything is known."""

    def _settle(self) -> None:
        town = small_town.build(self.database, self.house.clock, session_on=self.house.clock.today())
        sheets = a_day.confirm_baskets(self.database, town, self.house.clock)
        worker = self.enter_as(WORKER)[1]
        with self.database.writing() as session:
            self._others(session)
            self._plant(session, town.household_ids[0], worker.id, town)
            later = plan_session(session, town.site_id, small_town.FRIDAY, "free")
            expect_usual(session, later)
            self.later = str(later.id)
        first = next(sheet for sheet in sheets if sheet.household_id == town.household_ids[0])
        self.values |= {"lot": first.lines[0].lot, "code": first.card}

    def _others(self, session: Session) -> None:
        """People of two other partners: one the household was referred to, one it would go over to, one neither."""
        known = select(Account).where(Account.login == Role.PARTNER.value)
        receiver, other = (add_organisation(session, name, "association") for name in ("Point conseil", "Entraide"))
        partner = session.scalars(known).one()
        partner.organisation_id, partner.site_id = receiver.id, None
        for login, role in ((ELSEWHERE, Role.SOCIAL_WORKER), (STRANGER, Role.PARTNER)):
            hashed = partner.password_hash
            session.add(
                Account(
                    organisation_id=other.id, login=login, name=login, role=role, password_hash=hashed, language="fr",
                    active=True,
                )
            )  # fmt: skip
        session.flush()
        self.receiver_id, self.other_id = receiver.id, other.id

    def _plant(self, session: Session, household_id: int, worker_id: int, town: small_town.Town) -> None:
        seal, stamp = self.house.seal, self.house.clock.stamp(worker_id)
        people = (Named("Zéphyrinemarquée", "Dubois", "1947-08-09"), Named("Ludivinemarquée", "Dubois", "2012"))
        identity = Identity(people, "06 99 88 77 55 44 33", "3 impasse Domicilemarqué")
        files.begin_file(session, household_id, files.Situation(town.organisation_id), town.organisation_id)
        files.keep_identity(session, seal, household_id, identity, stamp.on)
        decide(
            session, household_id, scale=scales()[0], lines=[Line("wages", MEANS)], outcome="admitted",
            reason="committee", stamp=stamp, valid_until=ADMITTED,
        )  # fmt: skip
        before = Stamp(dt.datetime.combine(NOTED, dt.time(9), stamp.at.tzinfo), NOTED, worker_id)
        needs.express(session, household_id, "housing", before)
        social_rights.note(session, household_id, "health_cover", "opened", LOOKED, stamp)
        referrals.refer(
            session, household_id, need="budget", partner_id=self.receiver_id, shares=["names", "phone"],
            consent_until=CONSENT, stamp=stamp,
        )  # fmt: skip
        pickup.authorise(session, household_id, "M. D.", FETCHED, stamp, agreed=True)
        pickup.bring(session, household_id, 1, BROUGHT, stamp)
        moving.ask(session, household_id, self.other_id, "file", stamp, agreed=True)
        drafts.keep_draft(session, seal, {"given-0": "Brouillonmarqué"}, stamp)
        emergency.give(session, seal, site_id=town.site_id, persons=2, infants=0, name="Oscarinemarquée", stamp=stamp)
        first_contacts.ask(
            session, seal, name="Isaurinemarquée", phone="06 99 88 77 55 44 22", service="food",
            partner_id=town.organisation_id, at=stamp,
        )  # fmt: skip

    def people_in(self) -> dict[str, tuple[str, Person | None]]:
        """Everybody with a secret of theirs, nobody first and who opens the planted file last."""
        roles = [role.value for role in Role if role.value != WORKER]
        return {"": ("", None)} | {who: self.enter_as(who) for who in (STRANGER, *roles, ELSEWHERE, WORKER)}


def text_in(answer: Response) -> str:
    """What an answer tells, whatever it is packed in."""
    kind = answer.headers.get("content-type", "")
    if "pdf" in kind:
        return " ".join(text_of(answer.content))
    if "spreadsheet" in kind:
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            return " ".join(book.read(name).decode() for name in book.namelist())
    heads = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return unescape(f"{answer.text} {heads}")


PATTERNS = {mark: re.compile(written.lower()) for mark, written in MARKS.items()}


def marks_in(text: str) -> set[str]:
    lowered = text.lower()
    return {mark for mark, pattern in PATTERNS.items() if pattern.search(lowered)}


class Seen:
    """What the walk saw: which marks each person was shown by which address."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.people = town.people_in()
        self.marks: set[tuple[str, str, str]] = set()
        self.broke: list[str] = []

    def everything(self) -> None:
        """All that can be read by everybody, then all that can be written, so that what is planted stands."""
        routes = [route for route in self.town.routes() if route[1] not in LAST]
        for who, method, route in self._open_to(routes, {"GET"}):
            self._read(who, method, route)
        for who, method, route in self._open_to(routes, WRITING):
            self._write(who, method, route)

    def _open_to(self, routes: list[Route], methods: set[str]) -> Iterator[tuple[str, str, str]]:
        """What each may ask for: that the rest is refused is walked elsewhere."""
        for who, (_, person) in self.people.items():
            yield from ((who, m, route) for m, route, guard in routes if m in methods and guard.allows(person))

    def _read(self, who: str, method: str, route: str) -> None:
        answer = self._ask(who, method, route, route)
        for shape in ("csv", "xlsx"):
            if f"format={shape}" in answer.text:
                self._ask(who, method, route, route, params={"format": shape})
        for said, query in QUERIES.get(route, {}).items():
            self._ask(who, method, said, route, params=query)
        if "{session_id:int}" in route:
            self._ask(who, method, route, route.replace("{session_id:int}", self.town.later), params=NAMED)

    def _write(self, who: str, method: str, route: str) -> None:
        typed = dict.fromkeys(FIELDS, TYPED) | BODIES.get(route, {})
        if route.startswith(API):
            self._ask(who, method, route, route, json=typed)
            self._ask(who, method, route, route, json=None, content=f'{{"scan": {TYPED}', headers=JSON)
        else:
            self._ask(who, method, route, route, data=typed)

    def misaddress(self) -> None:
        """A name where an address has a number or a code."""
        for _, route, _ in self.town.routes():
            self._ask(WORKER, "GET", route, HOLE.sub(TYPED, route), params={"q": TYPED, "page": TYPED})

    def _ask(self, who: str, method: str, said: str, address: str, **request: Any) -> Response:
        secret = {"authorization": f"Bearer {self.people[who][0]}"} if who else {}
        answer = self.town.ask(None, method, address, **request | {"headers": secret | request.get("headers", {})})
        self.marks |= {(f"{method} {said}", who, mark) for mark in marks_in(text_in(answer))}
        if answer.status_code >= 500:
            self.broke.append(f"{who or 'nobody'} {method} {address}: {answer.status_code}")
        return answer


@pytest.fixture(scope="module")
def walked(sqlite_maker: Maker, monday: Clock, key_file: Path) -> Iterator[tuple[Seen, str]]:
    """The walk, and what was logged meanwhile at its most talkative."""
    with lent(sqlite_maker, sqlite_maker.migrated()) as url:
        house = House.of(Settings(database_url=url, secret="for tests only", identity_keys=key_file), monday)
        town = Town(house)
        seen = Seen(town)
        logged = io.StringIO()
        log.configure("debug")
        with redirect_stderr(logged), town.client:
            seen.everything()
            seen.misaddress()
        log.configure("warning")
        yield seen, logged.getvalue()


def test_each_sees_of_people_what_the_table_says_and_nothing_more(walked: tuple[Seen, str]) -> None:
    seen, _ = walked
    table = {(address, who, mark) for address, shown in SHOWN.items() for who in shown for mark in shown[who].split()}

    assert seen.marks - table == set()
    assert {line for line in table - seen.marks if line[0].startswith("GET")} == set()


def test_no_log_names_anybody_even_where_a_name_was_typed(walked: tuple[Seen, str]) -> None:
    _, logged = walked

    assert logged.count('"event": "request"') > 1000
    assert not marks_in(logged)
    assert TYPED not in logged


def test_a_name_typed_where_it_does_not_belong_breaks_nothing(walked: tuple[Seen, str]) -> None:
    seen, _ = walked

    assert not seen.broke
