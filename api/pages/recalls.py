"""Product recalls: which alerts speak of our goods, what stands blocked, who had some, and the notice to hang up."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import recalled
from allocation.concerned import Concerned, concerned, notice, notices_with_hits, served_by, watch
from allocation.recalled import EXITS
from api.here import Here
from api.list_files import SHAPES, Columns, Shape, file_links, list_file
from api.security import May
from api.work import RECALLS
from api.writing import write_once
from common import jobs
from common.errors import NotFound, Refusal
from common.jobs import JobState
from common.tables import Job
from common.words import N_
from network.roles import Right
from stock.codes import read_scan
from stock.dates import DateKind, read_date
from stock.recalls.alerts import LASTS, Alert, Mark
from stock.recalls.matching import LEVEL_NAMES, Level
from stock.recalls.register import take_in_alerts
from stock.recalls.tables import RecallNotice

SEE, SETTLE = May(Right.SEE_STOCK), May(Right.SETTLE_RECALLS)
PATH = "/recalls"
LEVEL_KINDS = {Level.CERTAIN: "now", Level.PROBABLE: "soon", Level.TO_CHECK: "watch"}


@dataclass
class WithdrawalForm:
    exit: str = ""
    key: str = ""


@dataclass
class AlertForm:
    label: str = ""
    brand: str = ""
    code: str = ""
    lots: str = ""
    first: str = ""
    last: str = ""
    reason: str = ""
    key: str = ""


class NameTheProduct(Refusal):
    """An alert of ours that says nothing of what it is about."""

    message = N_("Say what is recalled and why: it is what people will read.")
    field = "label"


class NoSuchExit(Refusal):
    """Recalled goods go to nobody."""

    message = N_("Recalled goods cannot go to “%(exit)s”.")
    field = "exit"


@get(PATH, guards=[SEE], sync_to_thread=True)
def recalls_page(here: NamedDependency[Here], shape: Shape = "") -> Response[Any]:
    if shape in SHAPES:
        return list_file(here, shape, "recalls", N_("Product recalls"), COLUMNS, _rows(here))
    return _list_page(here)


@post(PATH + "/check", guards=[SETTLE], sync_to_thread=True)
def check_now(here: NamedDependency[Here]) -> Response[Any]:
    """Ask for a reading of the alerts, unless one is under way."""
    with here.database.writing() as session:
        job_id = None if _job(session) else jobs.ask(session, RECALLS, {}, here.stamp())
    if job_id is not None:
        here.house.transport.wake(here.database, job_id)
    return here.go(PATH)


@post(PATH, guards=[SETTLE], sync_to_thread=True)
def add_alert(here: NamedDependency[Here], data: URLEncodedBody[AlertForm]) -> Response[Any]:
    """An alert that came by the head of the network or the State's services, and is not in RappelConso."""

    def work(session: Session) -> int:
        take_in_alerts(session, [alert], here.stamp())
        return recalled.look_for_recalled(session, here.stamp())

    try:
        alert = _alert(here, data)
        asked = [data.label, data.brand, data.code, data.lots, data.first, data.last, data.reason]
        found = write_once(here, data.key, asked, work, int)
    except Refusal as refusal:
        return _list_page(here, data, refusal)
    return here.go(PATH, N_("The alert is kept; lots found: %(found)s."), found=found)


@get(PATH + "/{notice_id:int}", guards=[SEE], sync_to_thread=True)
def recall_page(here: NamedDependency[Here], notice_id: FromPath[int]) -> Response[Any]:
    with here.database.reading() as session:
        found = notice(session, notice_id)
        marks = list(found.marks)
        lots = concerned(session, [notice_id]).get(notice_id, [])
    served = served_by(lots) if Right.SEE_CARDS in here.me.rights else []
    return here.page(
        "pages/recall.html",
        alert=found,
        marks=marks,
        lots=[_lot(here, lot) for lot in lots],
        served=served,
        may_see_cards=Right.SEE_CARDS in here.me.rights,
        may_settle=Right.SETTLE_RECALLS in here.me.rights,
        exits=[(exit_.value, here.words.text(name)) for exit_, name in EXITS.items()],
    )


@post(PATH + "/{notice_id:int}/lots/{hit_id:int}/confirm", guards=[SETTLE], sync_to_thread=True)
def confirm(here: NamedDependency[Here], notice_id: FromPath[int], hit_id: FromPath[int]) -> Response[Any]:
    with here.database.writing() as session:
        recalled.confirm_hit(session, hit_id, here.stamp())
    return here.go(f"{PATH}/{notice_id}", N_("It is blocked: nobody can be given any of it."))


@post(PATH + "/{notice_id:int}/lots/{hit_id:int}/clear", guards=[SETTLE], sync_to_thread=True)
def clear(here: NamedDependency[Here], notice_id: FromPath[int], hit_id: FromPath[int]) -> Response[Any]:
    with here.database.writing() as session:
        recalled.clear_hit(session, hit_id, here.stamp())
    undo = f"{PATH}/{notice_id}/lots/{hit_id}/confirm"
    return here.go(f"{PATH}/{notice_id}", N_("Noted: this lot is not concerned."), undo=undo)


@post(PATH + "/{notice_id:int}/lots/{hit_id:int}/settle", guards=[SETTLE], sync_to_thread=True)
def settle(here: NamedDependency[Here], notice_id: FromPath[int], hit_id: FromPath[int]) -> Response[Any]:
    try:
        with here.database.writing() as session:
            recalled.settle_hit(session, hit_id, here.stamp())
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused(f"{PATH}/{notice_id}", refusal)
    return here.go(f"{PATH}/{notice_id}", N_("Noted: nothing more is to be done about this lot."))


@post(PATH + "/{notice_id:int}/lots/{hit_id:int}/withdraw", guards=[SETTLE], sync_to_thread=True)
def withdraw(
    here: NamedDependency[Here], notice_id: FromPath[int], hit_id: FromPath[int], data: URLEncodedBody[WithdrawalForm]
) -> Response[Any]:
    def work(session: Session) -> list[int]:
        return recalled.withdraw(session, hit_id, _exit(data.exit), here.stamp())

    back = f"{PATH}/{notice_id}"
    try:
        movements = write_once(here, data.key, data.exit, work, list[int])
    except Refusal as refusal:
        return here.refused(back, refusal)
    undo = f"{back}/lots/{hit_id}/undo?{urlencode([('movement', number) for number in movements])}"
    return here.go(back, N_("Noted: it has left the shelves."), undo=undo)


@post(PATH + "/{notice_id:int}/lots/{hit_id:int}/undo", guards=[SETTLE], sync_to_thread=True)
def put_back(
    here: NamedDependency[Here],
    notice_id: FromPath[int],
    hit_id: FromPath[int],
    movement: Annotated[list[int] | None, QueryParameter()] = None,
) -> Response[Any]:
    try:
        with here.database.writing() as session:
            recalled.take_back_withdrawal(session, hit_id, movement or [], here.stamp())
    except Refusal as refusal:
        return here.refused(f"{PATH}/{notice_id}", refusal)
    return here.go(f"{PATH}/{notice_id}", N_("Undone: it stands blocked again."))


def job_part(here: Here, job: JobState) -> dict[str, Any]:
    """A reading under way, as `pages/jobs.html` shows it."""
    read = job.progress.get("read", 0)
    said = here.words.plural("%(n)s row read", "%(n)s rows read", read) if read else here.words.text(N_("Asking…"))
    label = here.words.text(N_("Reading the recalls"))
    return {"id": job.id, "label": label, "sentence": said, "done": 0, "total": 0, "cancel": None, "figures": None}


COLUMNS: Columns[dict[str, Any]] = {
    N_("What is recalled"): lambda row: row["label"],
    N_("Brand"): lambda row: row["brand"],
    N_("Why it is recalled"): lambda row: row["reason"],
    N_("Published"): lambda row: row["published_on"],
    N_("Lots"): lambda row: row["lots"],
    N_("Lots to be settled"): lambda row: row["waiting"],
    N_("Blocked (g)"): lambda row: row["blocked_grams"],
}


def _rows(here: Here) -> list[dict[str, Any]]:
    """The alerts that speak of our goods, with what stands of them."""
    with here.database.reading() as session:
        found = notices_with_hits(session)
        lots = concerned(session, [one.id for one in found])
    may_see_cards = Right.SEE_CARDS in here.me.rights
    return [_alert_row(one, lots.get(one.id, []), may_see_cards=may_see_cards) for one in found]


def _list_page(here: Here, form: AlertForm | None = None, refusal: Refusal | None = None) -> Response[Any]:
    with here.database.reading() as session:
        how = watch(session, here.clock.now())
        job, failed = _job(session), _failed(session)
    return here.page(
        "pages/recalls.html",
        status=refusal.kind.value if refusal else 200,
        watch=how,
        alerts=_rows(here),
        files=file_links(here, PATH),
        job=job_part(here, job) if job else None,
        failed=failed.why(here.words) if failed and not job else None,
        may_settle=Right.SETTLE_RECALLS in here.me.rights,
        may_ask=bool(here.house.settings.recalls_address),
        form=form or AlertForm(),
        refusal=refusal.say(here.words) if refusal else None,
    )


def _alert_row(found: RecallNotice, lots: Sequence[Concerned], *, may_see_cards: bool) -> dict[str, Any]:
    waiting = [lot for lot in lots if lot.state == "open"]
    return {
        "href": f"{PATH}/{found.id}",
        "label": found.label,
        "brand": found.brand,
        "published_on": found.published_on,
        "reason": found.reason,
        "lots": len(lots),
        "waiting": len(waiting),
        "level": min((lot.level for lot in waiting), key=list(Level).index, default=None),
        "blocked_grams": sum(lot.blocked * lot.grams_each for lot in lots if lot.state != "cleared"),
        "households": len({visit.card for lot in lots for visit in lot.served}) if may_see_cards else 0,
    }


def _lot(here: Here, lot: Concerned) -> dict[str, Any]:
    return {
        "it": lot,
        "level": here.words.text(LEVEL_NAMES[lot.level]),
        "kind": LEVEL_KINDS[lot.level],
        "actions": f"lots/{lot.hit_id}",
    }


def _alert(here: Here, data: AlertForm) -> Alert:
    today = here.clock.today()
    if not data.label.strip() or not data.reason.strip():
        raise NameTheProduct()
    gtin = read_scan(data.code, today=today).gtin14 if data.code.strip() else None
    first, last = (_day(typed, today) for typed in (data.first, data.last))
    key = f"here-{token_hex(8)}"
    return Alert(
        key=key,
        number=here.words.text(N_("network alert")),
        version=1,
        published_on=today,
        until=today + LASTS,
        marks=(Mark(gtin or "", data.lots.strip()[:200], first, last or first),),
        brand=data.brand.strip()[:200],
        label=data.label.strip()[:300],
        reason=data.reason.strip()[:300],
    )


def _day(typed: str, today: dt.date) -> dt.date | None:
    return read_date(typed, today=today, kind=DateKind.BEST_BEFORE).date if typed.strip() else None


def _exit(typed: str) -> recalled.Exit:
    for exit_ in EXITS:
        if typed == exit_.value:
            return exit_
    raise NoSuchExit(exit=typed[:40])


def _job(session: Session) -> JobState | None:
    """The reading that waits or is under way."""
    return _state(session, ("waiting", "running"))


def _failed(session: Session) -> JobState | None:
    """The last reading, where it failed."""
    return _state(session, ("waiting", "running", "done", "failed"), wanted="failed")


def _state(session: Session, states: Sequence[str], wanted: str = "") -> JobState | None:
    query = select(Job.id).where(Job.kind == RECALLS, Job.state.in_(states)).order_by(Job.id.desc()).limit(1)
    found = session.scalar(query)
    state = jobs.state_of(session, found) if found is not None else None
    return state if state is not None and (not wanted or state.state == wanted) else None


ROUTES = [recalls_page, check_now, add_alert, recall_page, confirm, clear, settle, withdraw, put_back]
