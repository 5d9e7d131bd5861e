"""All that is held on a household in the words of the people it is about: the same parts on the page and on paper."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from allocation.given import HouseholdVisit
from common.clock import PARIS
from common.words import N_, Words
from households.people import written
from households.privacy import Held
from households.reference import needs, social_rights
from households.scales import scales_of
from households.social_rights import STATES as STANDS
from households.vocabulary import (
    BONDS,
    CHANNELS,
    CONTENTS,
    EQUIPMENT,
    HEARD,
    HOUSING,
    OUTCOMES,
    REASONS,
    STATUSES,
)
from labels.held import HeldPart

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


def parts(held: Held, visits: Sequence[HouseholdVisit], known: Codes, words: Words) -> tuple[HeldPart, ...]:
    """Everything the file for programs holds; a part of which nothing is known says so."""

    def part(title: str, facts: Iterable[Fact], **values: Any) -> HeldPart:
        found = tuple(facts) or ((words.text(N_("Nothing so far.")), "–"),)
        return HeldPart(words.text(title, **values), found)

    decisions = [
        part(N_("Decision of %(day)s"), _decision(one, known, words), day=words.numeric_date(one["on"]))
        for one in held.decisions
    ]
    return (
        part(N_("Who you are"), _people(held, words)),
        part(N_("Ages, for the basket"), [(_of(BONDS, m["bond"], words), _born(m)) for m in held.members]),
        part(N_("Your card and your basket"), _basket(held, words)),
        part(N_("Your file"), _file(held, words)),
        part(
            N_("Other needs you spoke of"),
            [(known.needs.get(n["code"], n["code"]), _need(n, words)) for n in held.needs],
        ),
        part(N_("Your rights, gone through with you"), [_right(one, known, words) for one in held.rights]),
        part(N_("Who fetches or brings your basket"), _fetching(held, words)),
        *(decisions or [part(N_("Decisions"), [])]),
        part(N_("Visits"), [(words.numeric_date(visit.on), _visit(visit, words)) for visit in visits]),
    )


def _people(held: Held, words: Words) -> Iterable[Fact]:
    for one in held.identity.people:
        name = f"{one.given} {one.family}".strip() or "–"
        yield _of(BONDS, one.bond, words), f"{name} · {written(one.birth) or '–'}"
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
    yield from _said(
        [
            (N_("Decision"), _of(OUTCOMES, one["outcome"], words)),
            (N_("Reason"), _of(REASONS, one["reason"], words)),
            (N_("Left to live on, per person and day"), words.money(one["remainder_cents"])),
            (N_("Scale"), one["scale"]),
            (N_("Admitted until"), _day(one["valid_until"], words)),
        ],
        words,
    )
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


def _day(day: Any, words: Words) -> str:
    return words.numeric_date(day) if day else ""
