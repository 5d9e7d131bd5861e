"""Households by card; for social workers also the file: what was decided, on which figures, and other needs."""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy.orm import Session

from allocation.entitled import month_of
from allocation.given import HouseholdVisit, visits_of_household
from allocation.invitations import Revised, revise
from api.amounts import euros_typed
from api.filters import Filters
from api.here import Here
from api.invitations import told
from api.marks import marks
from api.paging import pages_of
from api.security import May
from api.sorting import Order, order_of
from api.typed import day_typed, several
from api.unchanged import FIELD, ChangedMeanwhile, mark_of, refuse_changed
from api.writing import key_of, write_once
from common.errors import Refusal
from common.words import N_, Words
from households import files, listing, needs, pickup, register
from households.admission import Renewal, renewals
from households.composition import AGE_BANDS, Composition
from households.listing import HouseholdRow
from households.living_remainder import Line, Remainder, living_remainder
from households.reference import needs as known_needs
from households.scale import LineRule, Scale
from households.scales import scale_on
from households.tables import Decision
from households.vocabulary import CONTENTS, EQUIPMENT, OUTCOMES, REASONS
from network.partners import sites
from network.roles import Right

SEE, WRITE, OPEN = May(Right.SEE_CARDS), May(Right.WRITE_CARDS), May(Right.OPEN_FILES)
PAGE = 60
FILTERS = Filters("households", ("site", "channel"))
LONGEST_SEARCH = 100
USUAL_ADMISSION = dt.timedelta(days=182)
NOTHING_TYPED: Mapping[str, str] = {}


@dataclass
class Typed:
    """The decision form as it was typed."""

    amounts: dict[str, str] = field(default_factory=dict)
    proofs: set[str] = field(default_factory=set)
    outcome: str = "admitted"
    reason: str = "scale"
    until: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any], scale: Scale) -> "Typed":
        return cls(
            amounts={kind: str(data.get(f"amount-{kind}", "")).strip() for kind in scale.rules},
            proofs={kind for kind in scale.rules if data.get(f"proof-{kind}")},
            outcome=str(data.get("outcome", "")),
            reason=str(data.get("reason", "")),
            until=str(data.get("until", "")).strip(),
        )

    @classmethod
    def decided(cls, decision: Decision | None, today: dt.date, words: Words) -> "Typed":
        """What the last decision was made on, to begin from."""
        typed = cls(until=(today + USUAL_ADMISSION).isoformat())
        for line in decision.lines if decision else ():
            typed.amounts[line.kind] = words.typed_euros(line.cents)
            if line.proof_seen:
                typed.proofs.add(line.kind)
        return typed

    def lines(self) -> list[Line]:
        """The lines that were filled in; raises UnreadableNumber or BadAmount."""
        read = [(kind, euros_typed(text, kind)) for kind, text in self.amounts.items()]
        return [Line(kind, cents, kind in self.proofs) for kind, cents in read if cents is not None]


@dataclass(frozen=True)
class Ticks:
    """What is not to be proposed and what the kitchen lacks."""

    exclude: list[str]
    lack: list[str]


@get("/households", guards=[SEE], sync_to_thread=True)
def households_page(
    here: NamedDependency[Here],
    q: FromQuery[str] = "",
    site: FromQuery[str] = "",
    channel: FromQuery[str] = "",
    page: FromQuery[str] = "",
) -> Response[Any]:
    if again := FILTERS.again(here):
        return again
    order = order_of(here, "households", listing.SORTS, "card")
    with here.database.reading() as session:
        every_site = [(each.id, each.name) for each in sites(session)]
        site_id = next((number for number, _ in every_site if str(number) == site), None)
        found = listing.matching(session, q, sort=order.value, site_id=site_id, channel=channel)
        ids, pages = pages_of(found, page, PAGE, order.page_href)
        shown = listing.rows_of(session, ids, here.clock.today())
        opens = Right.OPEN_FILES in here.me.rights
        ending = renewals(session, here.clock.today(), here.me.organisation_id) if opens and not q else []
    chosen = {"q": q, "site": site, "channel": channel}
    answer = _list(here, shown, chosen, len(found), pages, ending=ending, order=order, sites=every_site)
    return FILTERS.remember(here, order.remember(answer))


@post("/households/search", guards=[OPEN], sync_to_thread=True)
def search_households(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """By card, name or phone among the files of one's own partner. What is typed stays out of the address."""
    q = str(data.get("q", ""))[:LONGEST_SEARCH]
    with here.database.writing() as session:
        found = files.find(session, here.house.seal, q, here.me.organisation_id)
        ids, pages = pages_of(found, "1", PAGE, lambda n: f"/households?page={n}")
        own = [i for i in ids if files.holder_id(session, i) == here.me.organisation_id]
        names = files.names_of(session, here.house.seal, own, here.stamp(), "search")
        shown = listing.rows_of(session, ids, here.clock.today())
    chosen = {"q": q, "site": "", "channel": ""}
    return _list(here, shown, chosen, len(found), {**pages, "pages": 1}, names=names)


def _list(
    here: Here,
    shown: list[HouseholdRow],
    chosen: Mapping[str, str],
    total: int,
    pages: dict[str, Any],
    *,
    ending: Sequence[Renewal] = (),
    names: Mapping[int, str] | None = None,
    order: Order | None = None,
    sites: Sequence[tuple[int, str]] = (),
) -> Response[Any]:
    return here.page(
        "pages/households.html",
        households=[_row(here, household) | {"name": (names or {}).get(household.id)} for household in shown],
        chosen=chosen,
        sites=sites,
        total=total,
        pages=pages,
        ending=ending,
        order=order,
    )


@get("/households/{household_id:int}", guards=[SEE], sync_to_thread=True)
def household_page(here: NamedDependency[Here], household_id: FromPath[int]) -> Response[Any]:
    """The card for who may see cards, the whole file for who may open files."""
    return _page(here, household_id)


@post("/households/{household_id:int}/card", guards=[WRITE], sync_to_thread=True)
def change_card(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """What is not to be proposed and what the kitchen lacks, exactly as ticked."""
    ticks = Ticks(several(data, "exclude"), several(data, "lack"))

    def work(session: Session) -> bool:
        files.require_holder(session, household_id, here.me.organisation_id)
        refuse_changed(
            here, session, str(data.get(FIELD, "")), lambda: _kept_ticks(session, household_id, to_change=True)
        )
        register.set_exclusions(session, household_id, ticks.exclude, here.stamp())
        register.set_equipment(session, household_id, ticks.lack, here.stamp())
        return True

    try:
        write_once(here, str(data.get("key", "")), [ticks.exclude, ticks.lack], work, bool)
    except (register.NotOnTheList, ChangedMeanwhile) as refusal:
        return _page(here, household_id, ticks=ticks, not_noted=refusal)
    return here.go(
        f"/households/{household_id}",
        N_("Noted: the next proposal minds it, and the counter marks what is set aside already."),
    )


def _kept_ticks(session: Session, household_id: int, *, to_change: bool = False) -> Ticks:
    household = register.get_household(session, household_id, to_change=to_change)
    return Ticks(sorted(e.content for e in household.exclusions), sorted(lack.equipment for lack in household.lacks))


@post("/households/{household_id:int}/decision", guards=[OPEN], sync_to_thread=True)
def decide(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Work out what is left to live on, or (`do=sign`) keep what the person who is signed in decides."""
    with here.database.reading() as session:
        files.require_holder(session, household_id, here.me.organisation_id)
        scale = scale_on(session, here.clock.today())
    typed = Typed.of(data, scale)
    if data.get("do") != "sign":
        return _worked_out(here, household_id, typed, scale)

    def work(session: Session) -> Revised:
        register.decide(
            session,
            household_id,
            scale=scale,
            lines=typed.lines(),
            outcome=typed.outcome,
            reason=typed.reason,
            valid_until=day_typed(typed.until) if typed.outcome == "admitted" else None,
            stamp=here.stamp(),
        )
        return revise(session, household_id, here.stamp())

    try:
        asked = [household_id, typed.amounts, sorted(typed.proofs), typed.outcome, typed.reason, typed.until]
        revised: Revised = write_once(here, str(data.get("key", "")), asked, work, Revised)
    except Refusal as refusal:
        return _page(here, household_id, typed, refusal)
    said = told(here, N_("The decision is signed and kept with its figures."), revised)
    return here.go(f"/households/{household_id}", said)


@post("/households/{household_id:int}/needs", guards=[OPEN], sync_to_thread=True)
def note_need(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    path, code = f"/households/{household_id}", str(data.get("need", ""))

    def work(session: Session) -> None:
        files.require_holder(session, household_id, here.me.organisation_id)
        needs.express(session, household_id, code, here.stamp())

    try:
        write_once(here, key_of(data, code), code, work, type(None))
    except needs.UnknownNeed as refusal:
        return here.refused(path, refusal)
    return here.go(path, N_("The need is noted."))


@post("/households/{household_id:int}/needs/{need_id:int}/settled", guards=[OPEN], sync_to_thread=True)
def settle_need(here: NamedDependency[Here], household_id: FromPath[int], need_id: FromPath[int]) -> Response[Any]:
    with here.database.writing() as session:
        files.require_holder(session, household_id, here.me.organisation_id)
        needs.settle(session, need_id, household_id, here.stamp())
    return here.go(f"/households/{household_id}", N_("The need is settled."))


def _worked_out(here: Here, household_id: int, typed: Typed, scale: Scale) -> Response[Any]:
    """Only the calculation where a script asks as amounts are typed, else the page with it."""
    if not here.request.headers.get("hx-request"):
        return _page(here, household_id, typed)
    with here.database.reading() as session:
        composition = listing.composition_now(session, household_id, here.clock.today())
    remainder, refusal = _remainder(typed, composition, scale)
    sentence = refusal.say(here.words) if refusal else None
    return here.page("parts/remainder.html", remainder=_said(here, remainder), refusal=sentence)


def show_household(here: Here, household_id: int, instead: Mapping[str, str], refusal: Refusal) -> Response[Any]:
    """The page with the form of who fetches the basket instead, or of its delivery, as it was typed and refused."""
    return _page(here, household_id, refusal=refusal, instead=instead)


def _page(
    here: Here,
    household_id: int,
    typed: Typed | None = None,
    refusal: Refusal | None = None,
    instead: Mapping[str, str] = NOTHING_TYPED,
    ticks: Ticks | None = None,
    not_noted: Refusal | None = None,
) -> Response[Any]:
    """The card with its file; a form that was refused holds what was typed into it or ticked in it."""
    today, said = here.clock.today(), refusal or not_noted
    with here.database.reading() as session:
        opens, held_by = _opens(here, session, household_id)
        household = register.get_household(session, household_id)
        card = register.card(session, household.card, today)
        visits = visits_of_household(session, household_id)
        month = month_of(session, household, today)
        kept = _kept_ticks(session, household_id)
        file = _file(here, session, household_id, typed, None if instead else refusal) if opens else _no_file()
    return here.page(
        "pages/household.html",
        status=said.kind.value if said else 200,
        id=household_id,
        card=card,
        month=month,
        marks=marks(here.words, card.exclusions, card.lacks),
        bands=[
            {"label": band.label.say(here.words), "people": card.by_band[band.code]}
            for band in AGE_BANDS.bands
            if card.by_band[band.code]
        ],
        visits=[_visit(visit) for visit in visits],
        contents=[(code, here.words.text(name), code in (ticks or kept).exclude) for code, name in CONTENTS.items()],
        equipment=[(code, here.words.text(name), code in (ticks or kept).lack) for code, name in EQUIPMENT.items()],
        ticks_mark=mark_of(kept),
        not_noted=not_noted.say(here.words) if not_noted else None,
        held_by=held_by,
        typed_proxy=instead if "initials" in instead else NOTHING_TYPED,
        typed_stop=instead if "rank" in instead else NOTHING_TYPED,
        why=(refusal.field, refusal.say(here.words)) if refusal and instead else (None, ""),
        **file,
    )


def _opens(here: Here, session: Session, household_id: int) -> tuple[bool, str | None]:
    """Whether this person opens the file; else the sentence that says who holds it, where that is the reason."""
    if Right.OPEN_FILES not in here.me.rights:
        return False, None
    try:
        files.require_holder(session, household_id, here.me.organisation_id)
    except files.HeldElsewhere as refusal:
        return False, refusal.say(here.words)
    return True, None


def _no_file() -> dict[str, Any]:
    return {"admission": None, "needs": [], "sheet": None, "known_needs": [], "proxies": [], "delivery": None}


def _file(
    here: Here, session: Session, household_id: int, typed: Typed | None, refusal: Refusal | None
) -> dict[str, Any]:
    """What only those who open files see."""
    today = here.clock.today()
    decision = listing.latest_decision(session, household_id)
    composition = listing.composition_now(session, household_id, today)
    scale = scale_on(session, today)
    names = {need.code: here.name_of(need) for need in known_needs()}
    return {
        "admission": decision and _admission(here, decision),
        "needs": [
            {"id": n.id, "label": names.get(n.code, n.code), "on": n.at.date(), "settled_on": n.settled_on}
            for n in listing.needs_of(session, household_id)
        ],
        "known_needs": list(names.items()),
        "proxies": pickup.authorised(session, [household_id], today)[household_id],
        "delivery": pickup.brought(session, [household_id], today).get(household_id),
        "latest": today + pickup.LONGEST,
        "sheet": _sheet(
            here, typed or Typed.decided(decision, today, here.words), scale, composition, refusal, shown=bool(typed)
        ),
    }


def _sheet(
    here: Here, typed: Typed, scale: Scale, composition: Composition, refusal: Refusal | None, *, shown: bool
) -> dict[str, Any]:
    """The decision form; the calculation stands in it once there are amounts to work with."""
    remainder, unreadable = _remainder(typed, composition, scale)
    said = refusal or unreadable
    return {
        "open": shown,
        "sides": [
            (label, [_amount(here, rule, typed, said) for rule in scale.lines if rule.side == side])
            for side, label in (("income", here.words.text(N_("Income"))), ("charge", here.words.text(N_("Charges"))))
        ],
        "remainder": _said(here, remainder) if shown or any(typed.amounts.values()) else None,
        "refusal": said.say(here.words) if said else None,
        "outcomes": [(code, here.words.text(name)) for code, name in OUTCOMES.items()],
        "reasons": [(code, here.words.text(name)) for code, name in REASONS.items()],
        "outcome": typed.outcome,
        "reason": typed.reason,
        "until": typed.until,
        "key": secrets.token_urlsafe(12),
    }


def _remainder(typed: Typed, composition: Composition, scale: Scale) -> tuple[Remainder | None, Refusal | None]:
    try:
        return living_remainder(typed.lines(), composition, scale), None
    except Refusal as refusal:
        return None, refusal


def _said(here: Here, remainder: Remainder | None) -> dict[str, Any] | None:
    if remainder is None:
        return None
    return {
        "cents": remainder.cents,
        "steps": [step.say(here.words) for step in remainder.steps],
        "doubts": [doubt.say(here.words) for doubt in remainder.doubts],
    }


def _amount(here: Here, rule: LineRule, typed: Typed, refusal: Refusal | None) -> dict[str, Any]:
    return {
        "kind": rule.kind,
        "label": rule.label.say(here.words),
        "typed": typed.amounts.get(rule.kind, ""),
        "proof": rule.kind in typed.proofs,
        "refusal": refusal.say(here.words) if refusal and refusal.field == rule.kind else None,
    }


def _admission(here: Here, decision: Decision) -> dict[str, Any]:
    return {
        "outcome": here.words.text(OUTCOMES[decision.outcome]),
        "reason": here.words.text(REASONS[decision.reason]),
        "on": decision.on,
        "until": decision.valid_until,
        "remainder_cents": decision.remainder_cents,
        "scale": decision.scale,
        "steps": [step.say(here.words) for step in register.steps_of(decision)],
    }


def _row(here: Here, row: HouseholdRow) -> dict[str, Any]:
    return {
        "card": row.card,
        "href": f"/households/{row.id}",
        "persons": row.persons,
        "marks": marks(here.words, row.excludes, row.lacks),
        "channel": row.channel,
        "site": row.site,
        "expected": row.expected,
        "last_contact_on": row.last_contact_on,
    }


def _visit(visit: HouseholdVisit) -> dict[str, Any]:
    return {
        "on": visit.on,
        "site": visit.site,
        "state": visit.state,
        "grams": visit.grams,
        "left_grams": visit.left_grams,
        "href": f"/sessions/{visit.session_id}",
    }


ROUTES = [households_page, search_households, household_page, change_card, decide, note_need, settle_need]
