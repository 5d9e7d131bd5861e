"""A household from its first contact to a signed decision, on one form that is never lost.

While it is typed, the form is kept sealed on the server and answered with what is left to live on, in words. What
looks odd is asked once, and counts as answered when the person ticks that it is right.
"""

import datetime as dt
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from sqlalchemy.orm import Session

from allocation.invitations import revise
from api.amounts import euros_typed, kilograms_typed
from api.here import Here
from api.security import May
from api.typed import day_typed
from api.writing import write_once
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Cents, Term
from households import needs, register
from households.admission import usual_allowance
from households.composition import Composition, compose
from households.drafts import draft_of, drop_draft, keep_draft
from households.duplicates import Likeness, alike
from households.files import Place, Situation, register_file
from households.living_remainder import Line, Remainder, living_remainder
from households.people import person_of, read_contact, read_people
from households.reference import needs as known_needs
from households.scale import Scale
from households.scales import scale_on
from households.sealing import Identity
from households.vocabulary import (
    BONDS,
    CHANNELS,
    CONTENTS,
    EQUIPMENT,
    HEARD,
    HOUSING,
    OUTCOMES,
    REASONS,
    SEXES,
    STATUSES,
)
from network.partners import organisations, sites
from network.roles import Right

MAY = May(Right.OPEN_FILES)
PEOPLE, LINES, MORE, MOST = 5, 6, 3, 40
USUAL_ADMISSION = dt.timedelta(days=182)
USUAL_KILOGRAMS = "15"


class KindMissing(Refusal):
    """An amount of nothing in particular."""

    message = N_("What is this amount of %(amount)s for? Choose the income or the charge.")


class AmountMissing(Refusal):
    message = N_("How much is it a month? Type the amount, or leave the line empty.")


class SeveralCells(Refusal):
    """A piece of a spreadsheet: read together, its amounts would make one that nobody has."""

    message = N_("Several cells of a table are in this field: it holds one amount. Nothing was changed.")


class Unanswered(Refusal):
    """Something looks odd and nobody has said yet that it is right."""

    kind = Kind.CONFLICT
    field = "sure"
    message = N_("There are questions: mend what is wrong, or tick that everything is right.")


@dataclass
class Form:
    """The form as it was typed; nothing of it is refused before it is asked for as a value."""

    typed: dict[str, str]
    today: dt.date

    @classmethod
    def of(cls, data: Mapping[str, Any], today: dt.date) -> "Form":
        kept = {name: value for name, value in data.items() if name not in ("_csrf_token", "do", "key", "sure")}
        return cls({name: "|".join(v) if isinstance(v, list) else str(v) for name, v in kept.items()}, today)

    def get(self, name: str, default: str = "") -> str:
        return self.typed.get(name, default).strip()

    def rows(self, name: str, least: int) -> int:
        """How many rows there are of a field: those that were sent, or as many as a family usually needs."""
        numbers = [int(found[1]) for key in self.typed if (found := re.fullmatch(rf"{name}-(\d{{1,2}})", key))]
        return min(max([least, *(n + 1 for n in numbers)]), MOST)

    def identity(self) -> Identity:
        """Raises what `read_people` raises, BadPhone or AddressTooLong."""
        rows = [
            (
                self.get(f"given-{i}"),
                self.get(f"family-{i}"),
                self.get(f"birth-{i}"),
                self.get(f"bond-{i}", _bond(i)),
                self.get(f"sex-{i}", "unsaid"),
            )
            for i in range(self.rows("given", 0))
        ]
        contact = read_contact(self.get("phone"), self.get("address"))
        return Identity(read_people(rows, self.today), *contact)

    def lines(self) -> list[Line]:
        """Income and charges; raises UnreadableNumber, BadAmount, KindMissing or AmountMissing, each by its row."""
        found = []
        for i in range(self.rows("amount", 0)):
            kind, field = self.get(f"kind-{i}"), f"amount-{i}"
            if re.search(r"[\t\n;|]", self.get(field)):
                raise SeveralCells(field=field)
            cents = euros_typed(self.get(field), field)
            if cents is not None and not kind:
                raise KindMissing(field=field, amount=Cents(cents))
            if cents is None and kind:
                raise AmountMissing(field=field)
            if cents is not None:
                found.append(self._line(kind, cents, i))
        return found

    def _line(self, kind: str, cents: int, row: int) -> Line:
        try:
            return Line(kind, cents, bool(self.get(f"proof-{row}")))
        except Refusal as refusal:
            refusal.field = f"amount-{row}"
            raise

    def several(self, name: str) -> list[str]:
        return [word for word in self.get(name).split("|") if word]


@dataclass
class Answer:
    """What the form comes to so far; each part is there as soon as it can be."""

    remainder: Remainder | None = None
    likenesses: tuple[Likeness, ...] = ()
    refusal: Refusal | None = None

    @property
    def asks(self) -> bool:
        """Whether somebody has to say that it is right."""
        return bool(self.likenesses or (self.remainder and self.remainder.doubts))


@get("/households/new", guards=[MAY], sync_to_thread=True)
def new_household(here: NamedDependency[Here]) -> Response[Any]:
    """The form, as it was left."""
    with here.database.reading() as session:
        kept = draft_of(session, here.house.seal, here.me.id, here.clock.now())
        return _page(here, session, Form(kept, here.clock.today()), begun=bool(kept))


@post("/households/new/draft", guards=[MAY], sync_to_thread=True)
def keep_typing(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Keep what is typed so far, and say what it comes to."""
    form = Form.of(data, here.clock.today())
    with here.database.writing() as session:
        keep_draft(session, here.house.seal, form.typed, here.stamp())
        answer = _answer(here, session, form)
        return here.page("parts/registration.html", answer=_said(here, answer))


@post("/households/new/discard", guards=[MAY], sync_to_thread=True)
def discard(here: NamedDependency[Here]) -> Response[Any]:
    with here.database.writing() as session:
        drop_draft(session, here.me.id)
    return here.go("/households/new", N_("The form is empty again."))


@post("/households/new", guards=[MAY], sync_to_thread=True)
def register_household(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """`do=sign` registers and decides; anything else only shows what it comes to, or gives more rows."""
    form = Form.of(data, here.clock.today())
    if data.get("do") != "sign":
        return _again(here, form, more=str(data.get("do", "")))
    seal = here.house.seal
    asked = seal.fingerprint("form", json.dumps(form.typed, sort_keys=True))
    try:
        work = partial(_register, here=here, form=form, sure=bool(data.get("sure")))
        household_id = write_once(here, str(data.get("key", "")), asked, work, int)
    except Refusal as refusal:
        return _again(here, form, refusal)
    return here.go(f"/households/{household_id}/file", N_("Registered: the decision is signed and the card is ready."))


def _register(session: Session, *, here: Here, form: Form, sure: bool) -> int:
    scale = scale_on(session, form.today)
    answer = _answer(here, session, form)
    if answer.refusal:
        raise answer.refusal
    if answer.asks and not sure:
        raise Unanswered()
    identity = form.identity()
    household = register_file(
        session,
        here.house.seal,
        identity=identity,
        situation=_situation(session, here, form),
        place=_place(session, form, len(identity.people)),
        holder_id=here.me.organisation_id,
        excludes=form.several("exclude"),
        lacks=form.several("lack"),
        stamp=here.stamp(),
    )
    outcome = form.get("outcome", "admitted")
    register.decide(
        session,
        household.id,
        scale=scale,
        lines=form.lines(),
        outcome=outcome,
        reason=form.get("reason", "scale"),
        valid_until=day_typed(form.get("until")) if outcome == "admitted" else None,
        stamp=here.stamp(),
    )
    for code in form.several("need"):
        needs.express(session, household.id, code, here.stamp())
    revise(session, household.id, here.stamp())
    drop_draft(session, here.me.id)
    return household.id


def _situation(session: Session, here: Here, form: Form) -> Situation:
    partner = form.get("first_partner", str(here.me.organisation_id))
    if partner not in {str(o.id) for o in organisations(session)}:
        raise NotFound(what=Term(N_("structure")), id=partner[:20], field="first_partner")
    words = {name: form.get(name, "unsaid") for name in ("heard", "housing", "status")}
    return Situation(int(partner), **words)


def _place(session: Session, form: Form, persons: int) -> Place:
    chosen = {str(site.id): site for site in sites(session)}.get(form.get("site"))
    if chosen is None:
        raise NotFound(what=Term(N_("site")), id=form.get("site")[:20], field="site")
    channel = form.get("channel", "free")
    cents = euros_typed(form.get("monthly"), "monthly") if channel == "shop" else None
    return Place(
        organisation_id=chosen.organisation_id,
        site_id=chosen.id,
        channel=channel,
        carry_grams=kilograms_typed(form.get("carry") or USUAL_KILOGRAMS, "carry") or 0,
        monthly_cents=usual_allowance(persons) if channel == "shop" and cents is None else cents,
    )


def _answer(here: Here, session: Session, form: Form) -> Answer:
    """What is left to live on as soon as people and amounts can be read, and who looks alike."""
    answer = Answer()
    try:
        identity = form.identity()
        answer.likenesses = tuple(alike(session, here.house.seal, identity, form.today))
        answer.remainder = living_remainder(form.lines(), _composition(identity, form), scale_on(session, form.today))
    except Refusal as refusal:
        answer.refusal = refusal
    return answer


def _composition(identity: Identity, form: Form) -> Composition:
    return compose([person_of(named, form.today) for named in identity.people], form.today)


def _again(here: Here, form: Form, refusal: Refusal | None = None, more: str = "") -> Response[Any]:
    """The form with everything that was typed; `more` is the table that gets a few more rows."""
    with here.database.reading() as session:
        return _page(here, session, form, refusal, more=more)


def _page(
    here: Here,
    session: Session,
    form: Form,
    refusal: Refusal | None = None,
    *,
    more: str = "",
    begun: bool = False,
) -> Response[Any]:
    answer = _answer(here, session, form) if form.typed else Answer()
    people = form.rows("given", PEOPLE) + (MORE if more == "people" else 0)
    lines = form.rows("amount", LINES) + (MORE if more == "lines" else 0)
    said = refusal or (answer.refusal if form.typed and not begun else None)
    return here.page(
        "pages/registration.html",
        status=refusal.kind.value if refusal else 200,
        form=form,
        begun=begun,
        people=[(i, form.get(f"bond-{i}", _bond(i))) for i in range(min(people, MOST))],
        lines=list(range(min(lines, MOST))),
        kinds=_kinds(here, scale_on(session, form.today)),
        until=form.get("until") or (form.today + USUAL_ADMISSION).isoformat(),
        partners=[(o.id, o.name) for o in organisations(session)],
        sites=[(s.id, s.name) for s in sites(session)],
        choices={name: _choices(here, words) for name, words in CHOICES.items()},
        needs=[(need.code, here.name_of(need)) for need in known_needs()],
        why=(said.field, said.say(here.words)) if said else (None, ""),
        answer=_said(here, answer),
        asks=answer.asks,
        key=secrets.token_urlsafe(12),
    )


CHOICES = {
    "bond": BONDS,
    "sex": SEXES,
    "heard": HEARD,
    "housing": HOUSING,
    "status": STATUSES,
    "channel": CHANNELS,
    "exclude": CONTENTS,
    "lack": EQUIPMENT,
    "outcome": OUTCOMES,
    "reason": REASONS,
}


def _choices(here: Here, words: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, here.words.text(name)) for code, name in words.items()]


def _kinds(here: Here, scale: Scale) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a line of money may be for, income first."""
    sides = (("income", N_("Income")), ("charge", N_("Charges")))
    return [
        (here.words.text(label), [(rule.kind, rule.label.say(here.words)) for rule in scale.lines if rule.side == side])
        for side, label in sides
    ]


def _said(here: Here, answer: Answer) -> dict[str, Any]:
    remainder = answer.remainder
    return {
        "remainder": remainder
        and {
            "cents": remainder.cents,
            "steps": [step.say(here.words) for step in remainder.steps],
            "doubts": [doubt.say(here.words) for doubt in remainder.doubts],
        },
        "refusal": answer.refusal.say(here.words) if answer.refusal else None,
        "likenesses": [
            {
                "partner": one.partner,
                "exact": one.exact,
                "href": f"/households/{one.household_id}" if one.partner_id == here.me.organisation_id else None,
            }
            for one in answer.likenesses
        ],
    }


def _bond(row: int) -> str:
    return ("self", "partner")[row] if row < 2 else "child"


ROUTES = [new_household, keep_typing, discard, register_household]
