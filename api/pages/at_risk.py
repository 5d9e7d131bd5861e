"""What is to be saved this week, where it goes, and what is past saving."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter, URLEncodedBody
from sqlalchemy.orm import Session

from allocation.concerned import watch
from allocation.given import Saved, saved_by_plan
from allocation.rescue import rescues
from allocation.sessions import next_session
from api.here import Here
from api.list_files import SHAPES, Columns, Shape, list_file
from api.offers import offers_of
from api.pages.lot import take_back, undo_path
from api.pages.plan import session_row
from api.pages.stock import stock_row
from api.pages.stock_table import STOCK
from api.pages.temperatures import alarm_rows
from api.security import May
from api.writing import write_once
from common.errors import Refusal
from common.words import N_
from network.roles import Right
from stock import losses
from stock.losses import Lost
from stock.outflow import Forecast, forecast
from stock.reference import food_groups
from stock.shelf import AtRisk, StockRow, at_risk

SEE, WRITE = May(Right.SEE_STOCK), May(Right.WRITE_STOCK)


@get("/at-risk", guards=[SEE], sync_to_thread=True)
def at_risk_page(
    here: NamedDependency[Here], show: Annotated[str, QueryParameter()] = "", shape: Shape = ""
) -> Response[Any]:
    """What may be lost this week at the person's own site, or everywhere for those who have none.

    The most urgent day stands open, the others are folded under their weight unless all are to be shown.
    """
    today, site_id = here.clock.today(), here.me.site_id
    with here.database.reading() as session:
        risk = at_risk(session, today, site_id=site_id)
        planned = next_session(session, site_id, today)
        row = session_row(session, planned.id) if planned else None
        saved = saved_by_plan(session, planned) if planned else Saved.nothing()
        warned = watch(session, here.clock.now())
        alarms = alarm_rows(session, here)
        ahead = forecast(session, today, site_id)
        worth = rescues(session, today, site_id, risk)
    rows = [lot for day in risk.days for lot in day.rows]
    if shape in SHAPES:
        return list_file(here, shape, "at-risk", N_("To save"), _columns(here, saved), [*risk.passed, *rows])
    planned_grams = sum(_planned(lot, saved) * lot.grams_each for lot in rows)
    open_cents = sum(lot.cents * (lot.quantity - _planned(lot, saved)) // lot.quantity for lot in rows)
    return here.page(
        "pages/at_risk.html",
        total={
            "grams": risk.grams,
            "cents": risk.cents,
            "open_grams": risk.grams - planned_grams,
            "open_cents": open_cents,
            "planned_grams": planned_grams,
        },
        days=[
            {
                "day": day.day,
                "open": show == "all" or day is risk.days[0],
                "grams": day.grams,
                "cents": day.cents,
                "lots": [_risk_row(here, lot, saved) for lot in day.rows],
            }
            for day in risk.days
        ],
        passed=[stock_row(lot) for lot in risk.passed],
        may_write_off=Right.WRITE_STOCK in here.me.rights and _can_leave(risk),
        session=row,
        recalls=warned,
        alarms=alarms,
        forecast=_forecast(here, ahead),
        rescues=offers_of(worth),
        files={each: f"/at-risk?format={each}" for each in SHAPES},
    )


@post("/at-risk/write-off", guards=[WRITE], sync_to_thread=True)
def write_off_passed(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Everything whose last day is over goes to compost."""

    def work(session: Session) -> Lost:
        return losses.write_off_expired(session, here.stamp(), here.me.site_id)

    try:
        lost = write_once(here, str(data.get("key", "")), None, work, Lost)
    except Refusal as refusal:
        return here.refused("/at-risk", refusal)
    said = N_("%(weight)s written off: %(lots)s lots whose last day is over.")
    undo = undo_path("/at-risk/write-off/undo", lost.movements)
    return here.go("/at-risk", said, undo=undo, weight=here.words.weight(lost.grams), lots=lost.lots)


@post("/at-risk/write-off/undo", guards=[WRITE], sync_to_thread=True)
def take_back_passed(
    here: NamedDependency[Here], movement: Annotated[list[int] | None, QueryParameter()] = None
) -> Response[Any]:
    return take_back(here, "/at-risk", movement or [])


def _columns(here: Here, saved: Saved) -> Columns[StockRow]:
    """What a lot of the stock list says, and what becomes of it."""
    today = here.clock.today()

    def fate(row: StockRow) -> str:
        if row.last_day < today:
            return here.words.text(N_("May no longer be given."))
        return _fate(here, row, saved, _planned(row, saved))

    return {**STOCK, N_("Value (€)"): lambda row: row.cents / 100, N_("What is planned"): fate}


def _forecast(here: Here, ahead: Forecast) -> dict[str, Any]:
    names = {group.id: here.name_of(group) for group in food_groups()}
    return {
        "until": ahead.until,
        "weeks": ahead.weeks,
        "grams": ahead.grams,
        "cents": ahead.cents,
        "groups": [(names.get(group.group, group.group), group) for group in ahead.groups if group.lost_grams],
    }


def _risk_row(here: Here, row: StockRow, saved: Saved) -> dict[str, Any]:
    planned = _planned(row, saved)
    return {**stock_row(row), "fate": _fate(here, row, saved, planned), "settled": planned >= row.quantity}


def _planned(row: StockRow, saved: Saved) -> int:
    """How much of a row somebody will eat if all goes as planned, in the lot's measure."""
    there = row.free if row.site_id == saved.site_id else 0
    return row.reserved + min(there, saved.proposed.get(row.code, 0))


def _fate(here: Here, row: StockRow, saved: Saved, planned: int) -> str:
    say = here.words.text
    if planned:
        day = here.words.near_date(saved.on, here.clock.today()) if saved.on else ""
        if planned >= row.quantity:
            if row.reserved >= row.quantity:
                return say(N_("In the confirmed baskets."))
            return say(N_("In the baskets proposed for %(day)s."), day=day)
        part, whole = (here.words.weight(n * row.grams_each) for n in (planned, row.quantity))
        return say(N_("%(part)s of %(whole)s are in baskets; nothing is planned for the rest."), part=part, whole=whole)
    if saved.on is None or row.last_day < saved.on:
        return say(N_("No session comes before its last day: find it another way out."))
    if saved.has_plan:
        return say(N_("The baskets proposed so far leave it out."))
    return say(N_("Nothing is planned for it yet."))


def _can_leave(risk: AtRisk) -> bool:
    """Whether something past its last day is not held by a session that still has to account for it."""
    return any(row.quantity > row.reserved for row in risk.passed)


ROUTES = [at_risk_page, write_off_passed, take_back_passed]
