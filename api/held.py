"""All that is held on a household in the words of the people it is about: the same parts on the page and on paper."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from allocation.day_tables import Payment, PreferredDay
from allocation.given import HouseholdVisit
from allocation.held import Food, Given
from allocation.tables import BasketLine, LineOutcome, Visit
from common.clock import PARIS
from common.database import Base
from common.words import N_, Words
from households import tables
from households.held import Held
from households.moving import STATES as MOVES
from households.moving import TAKES
from households.people import written
from households.reference import needs, social_rights
from households.referrals import SHARES
from households.referrals import STATES as REFERRED
from households.scales import scales_of
from households.sentences import Sentence
from households.social_rights import STATES as STANDS
from households.vocabulary import (
    ANSWERS,
    BONDS,
    CHANNELS,
    CONTENTS,
    EQUIPMENT,
    HEARD,
    HOUSING,
    LOOKED,
    OUTCOMES,
    REASONS,
    SEXES,
    STATUSES,
)
from households.workshops import KINDS
from labels.held import HeldPart
from network.roles import ROLE_NAMES, Role
from network.tables import AuditEntry

Fact = tuple[str, str]
STATES = {"expected": N_("expected"), "served": N_("served"), "absent": N_("did not come")}


@dataclass(frozen=True)
class Codes:
    """What the references call their codes, in one language."""

    kinds: Mapping[str, str]
    """Kinds of income and charge."""
    needs: Mapping[str, str]
    rights: Mapping[str, str]


def codes(session: Session, words: Words) -> Codes:
    kinds = {rule.kind: rule.label.say(words) for scale in scales_of(session) for rule in scale.lines}
    return Codes(kinds, _named(needs(), words), _named(social_rights(), words))


def _named(rows: Iterable[Any], words: Words) -> dict[str, str]:
    french = words.language == "fr"
    return {row.code: row.name_fr if french else row.name_en for row in rows}


@dataclass(frozen=True)
class Source:
    """One part of what is told: its heading, the tables it comes from, and their rows in words."""

    title: str
    tables: tuple[type[Base], ...]
    say: Callable[["Told"], Iterable[Fact]]


@dataclass(frozen=True)
class Told:
    """All that is held, and what it takes to say it."""

    held: Held
    given: Given
    known: Codes
    words: Words


SOURCES = (
    Source(N_("Who you are"), (tables.Identity,), lambda told: _people(told.held, told.words)),
    Source(
        N_("Ages, for the basket; sex where it was said, for statistics"),
        (tables.Member,),
        lambda told: [
            (_of(BONDS, m["bond"], told.words), _with_sex(_born(m), m["sex"], told.words)) for m in told.held.members
        ],
    ),
    Source(
        N_("Your card and your basket"),
        (tables.Household, tables.Exclusion, tables.Lack, PreferredDay),
        lambda told: [*_basket(told.held, told.words), *_preferred(told)],
    ),
    Source(N_("Your file"), (tables.File,), lambda told: _file(told.held, told.words)),
    Source(
        N_("Other needs you spoke of"),
        (tables.IdentifiedNeed,),
        lambda told: [(told.known.needs.get(n["code"], n["code"]), _need(n, told.words)) for n in told.held.needs],
    ),
    Source(
        N_("Needs handed to partners with your consent"),
        (tables.Referral,),
        lambda told: [_referral(one, told) for one in told.held.referrals],
    ),
    Source(
        N_("Your rights, gone through with you"),
        (tables.RightLooked,),
        lambda told: [_right(one, told.known, told.words) for one in told.held.rights],
    ),
    Source(N_("Workshops"), (tables.Seat,), lambda told: [_seat(one, told.words) for one in told.held.seats]),
    Source(
        N_("Who fetches or brings your basket"),
        (tables.Proxy, tables.HomeDelivery),
        lambda told: _fetching(told.held, told.words),
    ),
    Source(
        N_("Moves to another partner"), (tables.Move,), lambda told: [_move(m, told.words) for m in told.held.moves]
    ),
    Source(
        N_("Decisions"),
        (tables.Decision, tables.AmountLine, tables.Appeal),
        lambda told: [fact for one in told.held.decisions for fact in _decision(one, told.known, told.words)],
    ),
    Source(
        N_("Emergency parcels"),
        (tables.EmergencyParcel,),
        lambda told: [_parcel(one, told.words) for one in told.held.parcels],
    ),
    Source(
        N_("Visits"),
        (Visit, Payment),
        lambda told: [*_visits(told), *_payments(told)],
    ),
    Source(
        N_("What was in your baskets"),
        (BasketLine, LineOutcome),
        lambda told: [_food(one, told.words) for one in told.given.foods],
    ),
    Source(N_("Who looked at your names"), (AuditEntry,), lambda told: _looks(told.held, told.words)),
)
"""Everything the page, the paper and the file for programs tell, and where it comes from."""

UNTOLD = {
    "fingerprints": "made of the names and the number that are told, by a key: read by nobody",
    "picks": "which volunteer packed a line, and when: about the volunteer",
}
"""Tables that lead to a household and tell the person nothing, each with its reason."""


def parts(held: Held, given: Given, known: Codes, words: Words) -> tuple[HeldPart, ...]:
    """Every source in words; a part of which nothing is known says so."""
    told = Told(held, given, known, words)
    nothing = ((words.text(N_("Nothing so far.")), "–"),)
    said = [(words.text(one.title), tuple(one.say(told))) for one in SOURCES]
    return tuple(HeldPart(title, facts or nothing, bool(facts)) for title, facts in said)


def _preferred(told: Told) -> Iterable[Fact]:
    day = told.given.preferred_weekday
    return [] if day is None else [(told.words.text(N_("Day you would rather come on")), told.words.weekday(day))]


def _referral(one: Mapping[str, Any], told: Told) -> Fact:
    words = told.words
    said = [
        one["partner"],
        _of(REFERRED, one["state"], words),
        words.numeric_date(one["on"]),
        _dated(N_("appointment on %(day)s"), one["appointment_on"], words),
        _dated(N_("shared until %(day)s"), one["consent_until"], words),
        words.listing(_of(SHARES, code, words) for code in one["shares"]),
        _dated(N_("withdrawn on %(day)s"), one["withdrawn_on"], words),
    ]
    return told.known.needs.get(one["need"], one["need"]), " · ".join(filter(None, said))


def _seat(one: Mapping[str, Any], words: Words) -> Fact:
    came = {None: N_("signed up"), True: N_("you came"), False: N_("did not come")}[one["came"]]
    return words.numeric_date(one["on"]), " · ".join((_of(KINDS, one["kind"], words), one["title"], words.text(came)))


def _move(one: Mapping[str, Any], words: Words) -> Fact:
    said = [
        f"{one['giving']} → {one['receiving']}",
        _of(TAKES, one["takes"], words),
        _of(MOVES, one["state"], words),
        _day(one["settled_on"], words),
    ]
    return words.text(N_("agreed on %(day)s"), day=words.numeric_date(one["agreed_on"])), " · ".join(filter(None, said))


def _parcel(one: Mapping[str, Any], words: Words) -> Fact:
    people = words.plural("%(n)s person", "%(n)s people", one["persons"])
    infants = words.plural("%(n)s infant", "%(n)s infants", one["infants"]) if one["infants"] else ""
    settled = _dated(N_("settled on %(day)s"), one["settled_on"], words)
    return words.numeric_date(one["on"]), " · ".join(filter(None, (people, infants, settled)))


def _visits(told: Told) -> Iterable[Fact]:
    return [(told.words.numeric_date(visit.on), _visit(visit, told.words)) for visit in told.given.visits]


def _payments(told: Told) -> Iterable[Fact]:
    words = told.words
    sentence = N_("%(paid)s paid, worth %(usual)s")
    for one in told.given.payments:
        yield (
            words.numeric_date(one.on),
            words.text(sentence, paid=words.money(one.paid_cents), usual=words.money(one.usual_cents)),
        )


def _food(one: Food, words: Words) -> Fact:
    state = {None: N_("set aside"), True: N_("taken home"), False: N_("left there")}[one.taken]
    quantity = words.weight(one.quantity) if one.measure == "gram" else words.number(one.quantity)
    return words.numeric_date(one.on), " · ".join((one.product, quantity, words.text(state)))


def _looks(held: Held, words: Words) -> Iterable[Fact]:
    """By day, the latest first: how often a partner's people of one role looked, and what for."""
    kept = words.plural("%(n)s month", "%(n)s months", held.looks_kept_months)
    yield words.text(N_("Each look is written down and kept for")), kept
    counted = Counter((one.at.astimezone(PARIS).date(), one.partner, one.role, one.where) for one in held.looks)
    for (day, partner, role, where), n in counted.items():
        said = [
            partner,
            words.text(ROLE_NAMES[Role(role)]),
            _of(LOOKED, where, words),
            words.plural("once", "%(n)s times", n),
        ]
        yield words.numeric_date(day), " · ".join(part for part in said if part != "–")


def _dated(sentence: str, day: Any, words: Words) -> str:
    return words.text(sentence, day=words.numeric_date(day)) if day else ""


def _people(held: Held, words: Words) -> Iterable[Fact]:
    for one in held.identity.people:
        name = f"{one.given} {one.family}".strip() or "–"
        yield _of(BONDS, one.bond, words), _with_sex(f"{name} · {written(one.birth) or '–'}", one.sex, words)
    yield from _said([(N_("Phone"), held.identity.phone), (N_("Address"), held.identity.address)], words)


def _basket(held: Held, words: Words) -> Iterable[Fact]:
    granted = held.entitlement
    monthly, percent, visits = granted["monthly_cents"], granted["price_percent"], granted["visits_per_month"]
    return _said(
        [
            (N_("Card"), held.card),
            (N_("Helped by"), _of(CHANNELS, granted["channel"], words)),
            (N_("Visits a month"), words.number(visits) if visits else words.text(N_("as often as the site opens"))),
            (N_("Monthly allowance"), "" if monthly is None else words.money(monthly)),
            (N_("Share of the price"), "" if percent is None else words.percent(percent / 100)),
            (N_("What you can carry"), words.weight(granted["carry_grams"])),
            (N_("Not to be proposed"), words.listing(_of(CONTENTS, code, words) for code in held.exclusions)),
            (N_("Missing in your kitchen"), words.listing(_of(EQUIPMENT, code, words) for code in held.lacks)),
        ],
        words,
    )


def _file(held: Held, words: Words) -> Iterable[Fact]:
    contacts, situation = held.contacts, held.situation
    yield from _said(
        [
            (N_("First request"), _day(contacts["first_request_on"], words)),
            (N_("Last seen"), _day(contacts["last_contact_on"], words)),
            (N_("Admitted until"), _day(contacts["admitted_until"], words)),
            (N_("No longer expected since"), _day(contacts["ended_on"], words)),
        ],
        words,
    )
    if situation:
        yield from _said(
            [
                (N_("Case number"), situation["case_number"]),
                (N_("How you heard of us"), _of(HEARD, situation["heard"], words)),
                (N_("Housing"), _of(HOUSING, situation["housing"], words)),
                (N_("Main income"), _of(STATUSES, situation["status"], words)),
                (N_("Not compared with other partners since"), _day(situation["objected_on"], words)),
            ],
            words,
        )


def _fetching(held: Held, words: Words) -> Iterable[Fact]:
    for one in held.proxies:
        until = words.text(
            N_("agreed on %(day)s, until %(until)s"),
            day=words.numeric_date(one["agreed_on"]),
            until=words.numeric_date(one["until"]),
        )
        gone = one["withdrawn_on"]
        ended = words.text(N_("withdrawn on %(day)s"), day=words.numeric_date(gone)) if gone else ""
        yield (
            words.text(N_("May fetch the basket")),
            " · ".join(part for part in (one["initials"], until, ended) if part),
        )
    if held.delivery:
        stop = words.text(
            N_("stop %(rank)s, until %(day)s"),
            rank=held.delivery["rank"],
            day=words.numeric_date(held.delivery["until"]),
        )
        yield words.text(N_("Brought to the door")), stop


def _decision(one: Mapping[str, Any], known: Codes, words: Words) -> Iterable[Fact]:
    yield words.text(N_("Decision of %(day)s"), day=words.numeric_date(one["on"])), _of(OUTCOMES, one["outcome"], words)
    yield from _said(
        [
            (N_("Reason"), _of(REASONS, one["reason"], words)),
            (N_("Left to live on, per person and day"), words.money(one["remainder_cents"])),
            (N_("Scale"), one["scale"]),
            (N_("Worked out"), " ".join(Sentence.read(step).say(words) for step in one["steps"])),
            (N_("Admitted until"), _day(one["valid_until"], words)),
        ],
        words,
    )
    for asked in one["appeals"]:
        answer = asked["answer"] and _of(ANSWERS, asked["answer"], words)
        told = filter(None, (answer or words.text(N_("not answered yet")), _day(asked["answered_on"], words)))
        yield words.text(N_("Appeal of %(day)s"), day=words.numeric_date(asked["on"])), " · ".join(told)
    for line in one["lines"]:
        amount = words.text(SIDES[line["side"]], amount=words.money(line["cents"]))
        seen = words.text(N_("proof seen") if line["proof_seen"] else N_("proof not seen"))
        yield known.kinds.get(line["kind"], line["kind"]), f"{amount} · {seen}"


SIDES = {"income": N_("%(amount)s coming in each month"), "charge": N_("%(amount)s to pay each month")}


def _need(need: Mapping[str, Any], words: Words) -> str:
    said = words.text(N_("said on %(day)s"), day=words.numeric_date(need["at"].astimezone(PARIS).date()))
    settled = need["settled_on"]
    return f"{said} · {words.text(N_('settled on %(day)s'), day=words.numeric_date(settled))}" if settled else said


def _right(right: Mapping[str, Any], known: Codes, words: Words) -> Fact:
    state, day = _of(STANDS, right["state"], words), words.numeric_date(right["on"])
    return known.rights.get(right["code"], right["code"]), f"{state} · {day}"


def _visit(visit: HouseholdVisit, words: Words) -> str:
    told = [visit.site, words.text(STATES[visit.state])]
    for sentence, grams in (
        (N_("%(weight)s taken home"), visit.grams),
        (N_("%(weight)s left there"), visit.left_grams),
    ):
        if grams:
            told.append(words.text(sentence, weight=words.weight(grams)))
    return " · ".join(told)


def _said(facts: Iterable[Fact], words: Words) -> Iterable[Fact]:
    """Those of which something is known."""
    return ((words.text(name), value) for name, value in facts if value)


def _of(names: Mapping[str, str], code: str, words: Words) -> str:
    """A code by its name; one of an older list stands for itself."""
    return words.text(names[code]) if code in names else code or "–"


def _born(member: Mapping[str, Any]) -> str:
    year, month = member["birth_year"], member["birth_month"]
    return f"{month:02}/{year}" if month else str(year)


def _with_sex(said: str, sex: str, words: Words) -> str:
    """Nothing is added where it was not said."""
    return said if sex == "unsaid" else f"{said} · {_of(SEXES, sex, words)}"


def _day(day: Any, words: Words) -> str:
    return words.numeric_date(day) if day else ""
