"""The file of a household, for the social workers of the partner that holds it: identity, rights, appeals."""

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from sqlalchemy.orm import Session

from allocation import forgetting
from allocation.entitled import month_of
from allocation.invitations import Revised, revise
from api.amounts import euros_typed, pieces_typed
from api.here import Here
from api.invitations import told
from api.pages.registration import Form
from api.security import May
from api.unchanged import FIELD, mark_of, refuse_changed
from api.writing import write_once
from common.errors import Refusal
from common.words import N_
from households import admission, files, listing, moving, privacy, referrals, register
from households.composition import AGE_BANDS
from households.duplicates import alike
from households.people import written
from households.reference import needs, social_rights
from households.register import steps_of
from households.scales import scales_of
from households.sealing import Identity, Named
from households.social_rights import STATES, looked_at
from households.tables import Household
from households.vocabulary import ANSWERS, BONDS, CHANNELS, END_REASONS, HEARD, HOUSING, OUTCOMES, SEXES, STATUSES
from network.partners import organisations
from network.roles import Right

MAY = May(Right.OPEN_FILES)
SPARE_ROWS = 2
USUAL_CONSENT = dt.timedelta(days=90)


@get("/households/{household_id:int}/file", guards=[MAY], sync_to_thread=True)
def file_page(here: NamedDependency[Here], household_id: FromPath[int]) -> Response[Any]:
    """Opening it is written down."""
    return _page(here, household_id)


@post("/households/{household_id:int}/identity", guards=[MAY], sync_to_thread=True)
def rectify(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """What was wrong or has changed in who they are; a refusal shows the rows again as they were typed."""
    form = Form.of(data, here.clock.today())

    def work(session: Session) -> None:
        refuse_changed(here, session, str(data.get(FIELD, "")), lambda: files.sealed_of(session, household_id))
        holder_id, identity = here.me.organisation_id, form.identity()
        files.rectify(session, here.house.seal, household_id, identity, here.stamp(), holder_id=holder_id)

    asked = here.house.seal.fingerprint("form", str(sorted(form.typed.items())))
    try:
        _write(here, household_id, data, asked, work)
    except Refusal as refusal:
        return _page(here, household_id, form, refusal)
    return here.go(f"/households/{household_id}/file", N_("Corrected: ages and fingerprints follow."))


@post("/households/{household_id:int}/entitlement", guards=[MAY], sync_to_thread=True)
def entitle(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    typed = {name: str(data.get(name, "")).strip() for name in ("channel", "visits", "monthly", "price")}

    def work(session: Session) -> Revised:
        seen = str(data.get(FIELD, ""))
        refuse_changed(
            here, session, seen, lambda: _granted(register.get_household(session, household_id, to_change=True))
        )
        shop = typed["channel"] == "shop"
        admission.entitle(
            session,
            household_id,
            channel=typed["channel"],
            visits_per_month=pieces_typed(typed["visits"], "visits"),
            monthly_cents=euros_typed(typed["monthly"], "monthly") if shop else None,
            price_percent=pieces_typed(typed["price"], "price") if shop else None,
            stamp=here.stamp(),
        )
        return revise(session, household_id, here.stamp())

    try:
        revised = _write(here, household_id, data, typed, work)
    except Refusal as refusal:
        return _page(here, household_id, refusal=refusal, granted=typed)
    return here.go(
        f"/households/{household_id}/file", told(here, N_("Kept: it holds from the next visit on."), revised)
    )


def _granted(household: Household) -> dict[str, str]:
    """What they may come for, as its form holds it."""
    monthly, figures = household.monthly_cents, (household.visits_per_month, household.price_percent)
    visits, price = ("" if figure is None else str(figure) for figure in figures)
    euros = "" if monthly is None else f"{monthly // 100}.{monthly % 100:02}"
    return {"channel": household.channel, "visits": visits, "monthly": euros, "price": price}


@post("/households/{household_id:int}/appeal", guards=[MAY], sync_to_thread=True)
def appeal(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    def work(session: Session) -> None:
        admission.appeal(session, household_id, here.stamp())

    return _done(here, household_id, data, None, work, N_("Noted: the decision is to be looked at again."))


@post("/households/{household_id:int}/appeal/{appeal_id:int}", guards=[MAY], sync_to_thread=True)
def answer_appeal(
    here: NamedDependency[Here],
    household_id: FromPath[int],
    appeal_id: FromPath[int],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    answer = str(data.get("answer", ""))

    def work(session: Session) -> None:
        admission.answer_appeal(session, household_id, appeal_id, answer, here.stamp())

    return _done(here, household_id, data, answer, work, N_("The answer is noted."))


@post("/households/{household_id:int}/end", guards=[MAY], sync_to_thread=True)
def end(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    reason = str(data.get("reason", ""))

    def work(session: Session) -> Revised:
        admission.end(session, household_id, reason, here.stamp())
        return revise(session, household_id, here.stamp())

    return _done(here, household_id, data, reason, work, N_("They are no longer expected; a new decision opens again."))


@post("/households/{household_id:int}/objection", guards=[MAY], sync_to_thread=True)
def object_(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    def work(session: Session) -> None:
        privacy.object_to_comparing(session, here.house.seal, household_id, here.stamp())

    return _done(here, household_id, data, None, work, N_("From now on they are not compared with other partners."))


@post("/households/{household_id:int}/forget", guards=[MAY], sync_to_thread=True)
def forget(
    here: NamedDependency[Here], household_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Cannot be undone: it takes a tick beside the button."""

    def work(session: Session) -> Revised:
        if not data.get("sure"):
            raise NotSure()
        return forgetting.forget(session, household_id, here.stamp())

    return _done(here, household_id, data, bool(data.get("sure")), work, N_("Forgotten: only figures are left."))


class NotSure(Refusal):
    """What nobody can bring back is asked for twice."""

    message = N_("This cannot be undone: tick that they asked for it, then press again.")


@get("/households/{household_id:int}/committee", guards=[MAY], sync_to_thread=True)
def committee_page(here: NamedDependency[Here], household_id: FromPath[int]) -> Response[Any]:
    """What a committee reads: a case number, a composition, figures. Nothing leads to anybody."""
    today = here.clock.today()
    with here.database.reading() as session:
        files.require_holder(session, household_id, here.me.organisation_id)
        sheet = admission.committee_sheet(session, household_id, today)
        if sheet is None:
            return here.go(f"/households/{household_id}/file", N_("There are no figures yet."), kind="care")
        # A decision taken elsewhere may be older than the first scale kept here: any scale that knows a line names it.
        labels = {rule.kind: rule.label for scale in scales_of(session) for rule in scale.lines}
        lines = [
            (line.side, labels[line.kind].say(here.words) if line.kind in labels else line.kind, line.cents)
            for line in sheet.lines
        ]
    bands = [(band.label.say(here.words), sheet.composition.by_band[band.code]) for band in AGE_BANDS.bands]
    return here.page(
        "pages/committee.html",
        id=household_id,
        case_number=sheet.case_number,
        persons=sheet.composition.persons,
        bands=[(label, people) for label, people in bands if people],
        lines=lines,
        remainder_cents=sheet.decision.remainder_cents,
        steps=[step.say(here.words) for step in steps_of(sheet.decision)],
    )


def _names(here: Here) -> dict[str, str]:
    """What the codes of an export are called."""
    lists = (BONDS, HEARD, HOUSING, STATUSES, CHANNELS, OUTCOMES)
    return {code: here.words.text(name) for words in lists for code, name in words.items()}


Work = Callable[[Session], Revised | None]
"""What a form does, and what became of their invitations where it touches those."""


def _write(here: Here, household_id: int, data: dict[str, Any], asked: Any, work: Work) -> Revised:
    """One write of whoever holds the file."""

    def holding(session: Session) -> Revised:
        files.require_holder(session, household_id, here.me.organisation_id)
        return work(session) or Revised()

    return write_once(here, str(data.get("key", "")), asked, holding, Revised)


def _done(here: Here, household_id: int, data: dict[str, Any], asked: Any, work: Work, said: str) -> Response[Any]:
    path = f"/households/{household_id}/file"
    try:
        revised = _write(here, household_id, data, asked, work)
    except Refusal as refusal:
        return here.refused(path, refusal)
    return here.go(path, told(here, said, revised))


def _page(
    here: Here,
    household_id: int,
    form: Form | None = None,
    refusal: Refusal | None = None,
    granted: dict[str, str] | None = None,
) -> Response[Any]:
    today = here.clock.today()
    with here.database.writing() as session:
        file = files.require_holder(session, household_id, here.me.organisation_id)
        household = register.get_household(session, household_id)
        identity = files.read_identity(session, here.house.seal, household_id, here.stamp())
        likenesses = alike(session, here.house.seal, identity, today, besides=household_id)
        appeals = admission.appeals_of(session, household_id)
        decided = listing.latest_decision(session, household_id) is not None
        typed = form or Form(_typed(identity, household), today)
        return here.page(
            "pages/household_file.html",
            status=refusal.kind.value if refusal else 200,
            id=household_id,
            household=household,
            file=file,
            form=typed,
            mark=mark_of(files.sealed_of(session, household_id)),
            granted=granted or _granted(household),
            granted_mark=mark_of(_granted(household)),
            rows=range(typed.rows("given", 1) + (0 if form else SPARE_ROWS)),
            why=(refusal.field, refusal.say(here.words)) if refusal else (None, ""),
            likenesses=[{"partner": one.partner, "exact": one.exact} for one in likenesses],
            appeals=appeals,
            looked=_looked(here, session, household_id),
            handed=referrals.of_household(session, household_id),
            needs={need.code: here.name_of(need) for need in needs()},
            shares={code: here.words.text(name) for code, name in referrals.SHARES.items()},
            states={code: here.words.text(name) for code, name in referrals.STATES.items()},
            partners=[(o.id, o.name) for o in organisations(session) if o.id != here.me.organisation_id],
            consent_until=(today + USUAL_CONSENT).isoformat(),
            moves=moving.moves_of(session, household_id),
            waits={move.id for move, *_ in moving.moves_of(session, household_id) if moving.is_open(move, today)},
            receivers=[(i, name) for i, name in moving.receivers(session) if i != here.me.organisation_id],
            takes={code: here.words.text(name) for code, name in moving.TAKES.items()},
            move_states={code: here.words.text(name) for code, name in moving.STATES.items()},
            decided=decided,
            month=month_of(session, household, today),
            usual_cents=admission.usual_allowance(len(household.members)),
            choices={name: [(c, here.words.text(w)) for c, w in words.items()] for name, words in CHOICES.items()},
            names=_names(here),
            key=secrets.token_urlsafe(12),
        )


def _looked(here: Here, session: Session, household_id: int) -> list[tuple[str, str, dt.date]]:
    """The rights gone through with them: the name of each, where it stands, and since when."""
    names = {right.code: here.name_of(right) for right in social_rights()}
    found = looked_at(session, household_id)
    return [(names.get(one.code, one.code), here.words.text(STATES[one.state]), one.on) for one in found]


CHOICES = {"bond": BONDS, "sex": SEXES, "channel": CHANNELS, "end": END_REASONS, "answer": ANSWERS}


def _typed(identity: Identity, household: Household) -> dict[str, str]:
    """The rows of who they are, as a form holds them; of a household without names, its birth years."""
    people = identity.people or tuple(Named(birth=str(m.birth_year), bond=m.bond, sex=m.sex) for m in household.members)
    fields = {"phone": identity.phone, "address": identity.address}
    for i, named in enumerate(people):
        fields |= {f"given-{i}": named.given, f"family-{i}": named.family, f"sex-{i}": named.sex}
        fields |= {f"birth-{i}": written(named.birth), f"bond-{i}": named.bond or ("self" if i == 0 else "other")}
    return fields


ROUTES = [
    file_page,
    rectify,
    entitle,
    appeal,
    answer_appeal,
    end,
    object_,
    forget,
    committee_page,
]
