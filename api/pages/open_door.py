"""The open door: pages anybody may read without signing in. Nothing that is worked out here is kept.

The self-check never says no: above the scale it still says to come, since a scale knows no particular case.
"""

import json
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from sqlalchemy.orm import Session

from api.amounts import UnreadableNumber, euros_typed
from api.here import Here
from api.security import ANYONE, May
from api.typed import whole_typed
from api.writing import key_of, write_once
from common.clock import Stamp
from common.errors import Refusal
from common.words import N_
from households import first_contacts
from households.composition import Person, compose
from households.living_remainder import Line, Proposal, Remainder, living_remainder
from households.reference import needs
from households.scale import Scale
from households.scales import scale_on
from network.directory import FOOD, KINDS, directory
from network.partners import network_name
from network.roles import Right

MAY = May(Right.OPEN_FILES)
AGES = {"adults": 35, "teenagers": 15, "children": 8}
"""Somebody of each age, to count with: nobody's birth year is asked here."""
MOST_PEOPLE = 20

ANSWERS = {
    Proposal.URGENT: N_(
        "With these amounts you need not wait: come and talk to us, today if you can. Help is at hand."
    ),
    Proposal.ADMIT: N_("With these amounts you can most likely be helped. Come and talk to us."),
    Proposal.COMMITTEE: N_("With these amounts it is looked at together, case by case. Come and talk to us."),
    Proposal.REFUSE: N_(
        "These amounts are above those the network usually starts from, but no two lives are alike, and there may be"
        " other rights to open. Come and talk to us."
    ),
}


@get("/open-door", guards=[ANYONE], sync_to_thread=True)
def open_door(here: NamedDependency[Here]) -> Response[Any]:
    """Who helps with what, where and when, and which papers to bring."""
    return _page(here)


@post("/open-door/check", guards=[ANYONE], sync_to_thread=True)
def check_oneself(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """What is left to live on by the scale in force; worked out, said, and forgotten."""
    typed = _typed(data)
    with here.database.reading() as session:
        scale = scale_on(session, here.clock.today())
    try:
        remainder = _remainder(typed, scale, here)
    except Refusal as refusal:
        return _page(here, typed, check_refusal=refusal)
    answer = {
        "sentence": here.words.text(ANSWERS[remainder.proposal]),
        "steps": [step.say(here.words) for step in remainder.steps[1:-1]],
    }
    return _page(here, typed, answer=answer)


@post("/open-door/contact", guards=[ANYONE], sync_to_thread=True)
def ask_to_be_called(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    typed = _typed(data)
    # The third field is hidden from people: only programs that fill in everything fill it in.
    if typed.get("website"):
        return here.go("/open-door", N_("Thank you. Somebody calls you back within a few days."))
    now = here.clock.stamp()
    try:
        work = _asking(here, typed, whole_typed(typed.get("partner", "")), now)
        # Sealed, since a number is soon guessed from a digest anybody could make.
        said = [typed.get(field, "") for field in ("name", "phone", "service", "partner")]
        asked = here.house.seal.fingerprint("contact", json.dumps(said))
        write_once(here, key_of(data, asked), None, work, int)
    except Refusal as refusal:
        return _page(here, typed, contact_refusal=refusal)
    return here.go("/open-door", N_("Thank you. Somebody calls you back within a few days."))


def _asking(here: Here, typed: dict[str, str], partner_id: int | None, now: Stamp) -> Any:
    known = {FOOD, *(need.code for need in needs())}
    service = typed.get("service", FOOD)

    def work(session: Session) -> int:
        return first_contacts.ask(
            session,
            here.house.seal,
            name=typed.get("name", ""),
            phone=typed.get("phone", ""),
            service=service if service in known else FOOD,
            partner_id=partner_id,
            at=now,
        )

    return work


@get("/first-contacts", guards=[MAY], sync_to_thread=True)
def first_contacts_page(here: NamedDependency[Here]) -> Response[Any]:
    """Who asked this partner to be called back."""
    with here.database.reading() as session:
        waiting = first_contacts.waiting(session, here.house.seal, here.me.organisation_id)
    return here.page("pages/first_contacts.html", waiting=waiting, services=dict(_services(here)))


@post("/first-contacts/{contact_id:int}/answered", guards=[MAY], sync_to_thread=True)
def contact_answered(
    here: NamedDependency[Here], contact_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    def work(session: Session) -> bool:
        first_contacts.answered(session, contact_id, here.me.organisation_id, here.stamp())
        return True

    write_once(here, str(data.get("key", "")), contact_id, work, bool)
    return here.go("/first-contacts", N_("Noted: their name and number are gone from here."))


def _typed(data: dict[str, Any]) -> dict[str, str]:
    return {name: str(value).strip()[:200] for name, value in data.items()}


def _remainder(typed: dict[str, str], scale: Scale, here: Here) -> Remainder:
    today = here.clock.today()
    people = [Person(today.year - age) for name, age in AGES.items() for _ in range(_number(typed, name))]
    lines = []
    for rule in scale.lines:
        cents = euros_typed(typed.get(f"amount-{rule.kind}", ""), f"amount-{rule.kind}")
        if cents is not None:
            lines.append(Line(rule.kind, cents))
    return living_remainder(lines, compose(people, today), scale)


def _number(typed: dict[str, str], name: str) -> int:
    text = typed.get(name) or "0"
    number = whole_typed(text)
    if number is None or number > MOST_PEOPLE:
        raise UnreadableNumber(typed=text[:40], example="2", field=name)
    return number


def _services(here: Here) -> list[tuple[str, str]]:
    return [(FOOD, here.words.text(N_("Food"))), *((need.code, here.name_of(need)) for need in needs())]


def _page(
    here: Here,
    typed: dict[str, str] | None = None,
    *,
    answer: dict[str, Any] | None = None,
    check_refusal: Refusal | None = None,
    contact_refusal: Refusal | None = None,
) -> Response[Any]:
    refusal = check_refusal or contact_refusal
    today = here.clock.today()
    with here.database.reading() as session:
        partners = directory(session)
        scale = scale_on(session, today)
        town = network_name(session, today)
    services = _services(here)
    sides = (("income", N_("What comes in a month")), ("charge", N_("What goes out a month")))
    return here.page(
        "pages/open_door.html",
        status=refusal.kind.value if refusal else 200,
        town=town,
        partners=partners,
        kinds={kind: here.words.text(name) for kind, name in KINDS.items()},
        services=services,
        choices=[(partner.id, partner.name) for partner in partners],
        names=dict(services),
        amounts=[
            (
                here.words.text(label),
                [(r.kind, r.label.say(here.words)) for r in scale.lines if r.side == side and r.counted],
            )
            for side, label in sides
        ],
        typed=typed or {"adults": "1"},
        answer=answer,
        check=check_refusal.say(here.words) if check_refusal else None,
        contact=contact_refusal.say(here.words) if contact_refusal else None,
    )


ROUTES = [open_door, check_oneself, ask_to_be_called, first_contacts_page, contact_answered]
