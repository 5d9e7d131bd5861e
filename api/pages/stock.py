"""The stock by date, a lot's whole story and its losses, and what is to be saved this week."""

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter, URLEncodedBody
from sqlalchemy.orm import Session

from allocation.concerned import watch
from allocation.given import LotVisit, Saved, saved_by_plan, visits_of_lot
from allocation.rescue import rescues
from allocation.sessions import next_session
from api.amounts import kilograms_typed, pieces_typed
from api.damage import shown
from api.filters import Filters
from api.here import Here
from api.list_files import SHAPES, Shape, file_links, list_file
from api.movement_reasons import reason_in_words
from api.offers import offers_of
from api.pages.plan import session_row
from api.pages.stock_table import STOCK, movements_file
from api.pages.temperatures import alarm_rows
from api.paging import page_number, pages_of
from api.security import May
from api.sorting import order_of
from api.writing import write_once
from common.codes import WrongCode, read_code
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Words
from network.partners import sites
from network.roles import Right
from stock import losses
from stock.catalogue import families
from stock.ledger import Account
from stock.losses import Lost
from stock.outflow import Forecast, forecast
from stock.photos import photos_of_lot
from stock.promise import free_to_promise, recalled_lots
from stock.reference import contents, food_groups, loss_causes, sources
from stock.shelf import AtRisk, Sort, StockFilter, StockList, StockRow, at_risk, stock_list
from stock.story import LotStory, Stands, Step, lot_story
from stock.urgency import Urgency

SEE, WRITE = May(Right.SEE_STOCK), May(Right.WRITE_STOCK)
PAGE = 60
MOST_TO_UNDO = 60
"""Movements whose numbers fit into the cookie that carries the way back."""

NEAR = {0: N_("Today"), 1: N_("Today or tomorrow"), 7: N_("Within a week")}
"""What at most so many days left are called; other numbers are said as they are."""
SORTS = {
    "last_day": N_("To give by"),
    "product": N_("Product"),
    "-grams": N_("Weight"),
    "place": N_("Place"),
}
"""What the head of each column first asks for."""
FILTERS = Filters("stock", ("site", "storage", "group", "family", "source", "days"))


@dataclass
class LossForm:
    quantity: str = ""
    cause: str = ""
    exit: str = ""
    blocked: str = ""
    """Of what is blocked; else of what is free."""
    key: str = ""


class HowMuch(Refusal):
    """A loss without a quantity."""

    kind = Kind.INVALID
    message = N_("Say how much of it cannot be given any more.")
    field = "quantity"


@get("/stock", guards=[SEE], sync_to_thread=True)
def stock_page(
    here: NamedDependency[Here],
    q: FromQuery[str] = "",
    site: FromQuery[str] = "",
    storage: FromQuery[str] = "",
    group: FromQuery[str] = "",
    family: FromQuery[str] = "",
    days: FromQuery[str] = "",
    risk: FromQuery[str] = "",
    source: FromQuery[str] = "",
    page: FromQuery[str] = "",
    shape: Shape = "",
) -> Response[Any]:
    """The lots that are there; the code of one lot leads straight to its story."""
    if again := FILTERS.again(here):
        return again
    order = order_of(here, "stock", SORTS, "last_day")
    chosen = {
        "q": q.strip(),
        "site": site if site.isascii() and site.isdigit() else "",
        "storage": storage,
        "group": group,
        "family": family,
        "days": days if days.isascii() and days.isdigit() and len(days) < 5 else "",
        "risk": risk if risk in (Urgency.NOW, Urgency.SOON, Urgency.WATCH) else "",
        "source": source,
        "sort": order.value,
    }
    with here.database.reading() as session:
        if code := _lot_named(session, chosen["q"]):
            return here.go(f"/stock/lots/{code}")
        if shape in SHAPES:
            return list_file(here, shape, "stock", N_("Stock"), STOCK, _chosen_list(session, here, chosen).rows)
        found = _chosen_list(session, here, chosen, page_number(page), PAGE)
        alarms = alarm_rows(session, here)
        every_site = [(s.id, s.name) for s in sites(session)]
        every_family = [(f.code, here.name_of(f)) for f in families(session)]
    _, pages = pages_of(range(found.lots), page, PAGE, lambda n: _stock_href(chosen, page=str(n)))
    answer = here.page(
        "pages/stock.html",
        lots=[_row(row) for row in found.rows],
        total=found,
        chosen=chosen,
        sites=every_site,
        groups=[(g.id, here.name_of(g)) for g in food_groups()],
        families=every_family,
        sources=[(known.code, here.name_of(known)) for known in sources()],
        sorts=order.choices(SORTS, here.words),
        order=order,
        steps=_steps(here, chosen, found),
        watched=here.steps.watch,
        alarms=alarms,
        pages=pages,
        files=file_links(here, "/stock"),
    )
    return FILTERS.remember(here, order.remember(answer))


@get("/stock/lots/{lot:str}", guards=[SEE], sync_to_thread=True)
def lot_page(here: NamedDependency[Here], lot: FromPath[str], shape: Shape = "") -> Response[Any]:
    """A lot, by its number or the code of its label; as a file, everything that happened to it."""
    return movements_file(here, named(lot), shape) if shape in SHAPES else _lot_page(here, lot)


@post("/stock/lots/{lot:str}/loss", guards=[WRITE], sync_to_thread=True)
def write_off(here: NamedDependency[Here], lot: FromPath[str], data: URLEncodedBody[LossForm]) -> Response[Any]:
    """Write some of a lot off; a refusal shows the page again with what was typed."""

    def work(session: Session) -> Lost:
        story = lot_story(session, named(lot))
        quantity = _quantity(story, data.quantity)
        exit_, blocked = _exit(data.exit), bool(data.blocked)
        return losses.lose(session, story.lot_id, quantity, data.cause, exit_, here.stamp(), blocked=blocked)

    try:
        asked = [lot, data.quantity, data.cause, data.exit, data.blocked]
        lost = write_once(here, data.key, asked, work, Lost)
    except NotFound:
        raise
    except Refusal as refusal:
        return _lot_page(here, lot, data, refusal)
    undo = _undo_path(f"/stock/lots/{lot}/loss/undo", lost.movements)
    return here.go(f"/stock/lots/{lot}", N_("%(weight)s written off."), undo=undo, weight=here.words.weight(lost.grams))


@post("/stock/lots/{lot:str}/loss/undo", guards=[WRITE], sync_to_thread=True)
def take_back_loss(
    here: NamedDependency[Here],
    lot: FromPath[str],
    movement: Annotated[list[int] | None, QueryParameter()] = None,
) -> Response[Any]:
    return _take_back(here, f"/stock/lots/{lot}", movement or [])


@get("/at-risk", guards=[SEE], sync_to_thread=True)
def at_risk_page(here: NamedDependency[Here]) -> Response[Any]:
    """What may be lost this week at the person's own site, or everywhere for those who have none."""
    today, site_id = here.clock.today(), here.me.site_id
    with here.database.reading() as session:
        risk = at_risk(session, today, site_id=site_id)
        planned = next_session(session, site_id, today)
        row = session_row(session, planned.id) if planned else None
        saved = saved_by_plan(session, planned) if planned else Saved.nothing()
        warned = watch(session, here.clock.now())
        alarms = alarm_rows(session, here)
        ahead = forecast(session, today, site_id)
        worth = rescues(session, today, site_id)
    rows = [lot for day in risk.days for lot in day.rows]
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
                "grams": day.grams,
                "cents": day.cents,
                "lots": [_risk_row(here, lot, saved) for lot in day.rows],
            }
            for day in risk.days
        ],
        passed=[_row(lot) for lot in risk.passed],
        may_write_off=Right.WRITE_STOCK in here.me.rights and _can_leave(risk),
        session=row,
        recalls=warned,
        alarms=alarms,
        forecast=_forecast(here, ahead),
        rescues=offers_of(worth),
    )


def _forecast(here: Here, ahead: Forecast) -> dict[str, Any]:
    names = {group.id: here.name_of(group) for group in food_groups()}
    return {
        "until": ahead.until,
        "weeks": ahead.weeks,
        "grams": ahead.grams,
        "cents": ahead.cents,
        "groups": [(names.get(group.group, group.group), group) for group in ahead.groups if group.lost_grams],
    }


@post("/at-risk/write-off", guards=[WRITE], sync_to_thread=True)
def write_off_passed(here: NamedDependency[Here]) -> Response[Any]:
    """Everything whose last day is over goes to compost."""
    with here.database.writing() as session:
        lost = losses.write_off_expired(session, here.stamp(), here.me.site_id)
    said = N_("%(weight)s written off: %(lots)s lots whose last day is over.")
    undo = _undo_path("/at-risk/write-off/undo", lost.movements)
    return here.go("/at-risk", said, undo=undo, weight=here.words.weight(lost.grams), lots=lost.lots)


@post("/at-risk/write-off/undo", guards=[WRITE], sync_to_thread=True)
def take_back_passed(
    here: NamedDependency[Here], movement: Annotated[list[int] | None, QueryParameter()] = None
) -> Response[Any]:
    return _take_back(here, "/at-risk", movement or [])


def named(lot: str) -> int | str:
    """A lot's number, or the code of its label, which is longer than any number."""
    return int(lot) if lot.isascii() and lot.isdigit() and len(lot) < 9 else lot.upper()


def _take_back(here: Here, path: str, movements: Sequence[int]) -> Response[Any]:
    try:
        with here.database.writing() as session:
            losses.undo_losses(session, movements, here.stamp())
    except Refusal as refusal:
        return here.refused(path, refusal)
    return here.go(path, N_("Undone: it is in stock again."))


def _undo_path(path: str, movements: Sequence[int]) -> str | None:
    if not 0 < len(movements) <= MOST_TO_UNDO:
        return None
    return f"{path}?{urlencode([('movement', number) for number in movements])}"


def _lot_named(session: Session, typed: str) -> str | None:
    """The code of the lot whose whole code was scanned or typed into the search."""
    try:
        return lot_story(session, read_code(typed)).code
    except (WrongCode, NotFound):
        return None


def _chosen_list(
    session: Session, here: Here, chosen: Mapping[str, str], page: int = 1, most: int | None = None
) -> StockList:
    show = StockFilter(
        text=chosen["q"],
        group=chosen["group"],
        storage=chosen["storage"],
        source=chosen["source"],
        family=chosen["family"],
        days_left=int(chosen["days"]) if chosen["days"] else None,
        urgency=Urgency(chosen["risk"]) if chosen["risk"] else None,
    )
    site_id = int(chosen["site"]) if chosen["site"] else None
    sort: Sort = next(s for s in get_args(Sort) if s == chosen["sort"])
    first = (page - 1) * (most or 0)
    return stock_list(session, here.clock.today(), site_id=site_id, show=show, sort=sort, first=first, most=most)


def _stock_href(chosen: Mapping[str, str], **other: str) -> str:
    return f"/stock?{urlencode({name: text for name, text in {**chosen, **other}.items() if text})}"


def _steps(here: Here, chosen: Mapping[str, str], found: StockList) -> list[dict[str, Any]]:
    every = {
        "value": "",
        "label": here.words.text(N_("Everything")),
        "lots": sum(found.by_urgency.values()),
        "href": _stock_href(chosen, risk=""),
    }
    return [every] + [
        {
            "value": value.value,
            "label": _within(days, here.words),
            "lots": found.by_urgency[value],
            "href": _stock_href(chosen, risk=value.value),
        }
        for value, days in (
            (Urgency.NOW, here.steps.now),
            (Urgency.SOON, here.steps.soon),
            (Urgency.WATCH, here.steps.watch),
        )
    ]


def _within(days: int, words: Words) -> str:
    return words.text(NEAR[days]) if days in NEAR else words.text(N_("Within %(days)s days"), days=days)


def _row(row: StockRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "href": f"/stock/lots/{row.code}",
        "name": row.product,
        "brand": row.brand,
        "pictogram": row.pictogram,
        "quantity": row.quantity,
        "measure": row.measure,
        "grams": row.grams,
        "reserved": row.reserved,
        "blocked": row.quarantined,
        "free": row.free,
        "date": row.date,
        "date_kind": row.date_kind.value,
        "last_day": row.last_day,
        "place": ", ".join(row.places),
        "storage": row.storage,
        "site": row.site,
        "donor": row.donor,
    }


def _risk_row(here: Here, row: StockRow, saved: Saved) -> dict[str, Any]:
    planned = _planned(row, saved)
    return {**_row(row), "fate": _fate(here, row, saved, planned), "settled": planned >= row.quantity}


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


def _lot_page(here: Here, lot: str, form: LossForm | None = None, refusal: Refusal | None = None) -> Response[Any]:
    with here.database.reading() as session:
        story = lot_story(session, named(lot))
        recalled = bool(recalled_lots(session, [story.lot_id]))
        visits = visits_of_lot(session, story.lot_id) if Right.SEE_CARDS in here.me.rights else []
        damage = shown(here, session, photos_of_lot(session, story.lot_id))
    may_write = Right.WRITE_STOCK in here.me.rights
    past = story.last_day < here.clock.today()
    return here.page(
        "pages/lot.html",
        status=refusal.kind.value if refusal else 200,
        lot=_told(here, story),
        balance=_balance(story, here.clock.today(), recalled=recalled),
        places=[_stands(s) for s in story.stands],
        corrections=story.corrections,
        may_move=may_write,
        **damage,
        movements=[_move(here, story, step, may_write) for step in reversed(story.steps)],
        visits=[_visit(visit) for visit in visits],
        files=file_links(here, f"/stock/lots/{story.code}"),
        causes=[(cause.code, here.name_of(cause)) for cause in loss_causes()] if may_write else [],
        exits=[
            (account.value, here.words.text(name))
            for account, name in losses.EXIT_NAMES.items()
            if not (past and account in losses.FOR_PEOPLE)
        ],
        form=form or LossForm(),
        key=secrets.token_urlsafe(12),
        label=f"/labels/lots.pdf?lot={story.lot_id}" if Right.PRINT_LABELS in here.me.rights else None,
        refusal=refusal.say(here.words) if refusal else None,
    )


def _told(here: Here, story: LotStory) -> dict[str, Any]:
    names = {content.code: here.name_of(content) for content in contents()}
    return {
        "code": story.code,
        "catalogue": f"/catalogue/{story.product_id}",
        "name": story.product,
        "brand": story.brand,
        "pictogram": story.pictogram,
        "family": story.family_fr if here.words.language == "fr" else story.family_en,
        "measure": story.measure,
        "grams_each": story.grams_each,
        "date": story.date,
        "date_kind": story.date_kind.value,
        "last_day": story.last_day,
        "lot_number": story.lot_number,
        "donor": story.donor,
        "came_in_at": story.came_in_at,
        "reception_id": story.reception_id,
        "storage": story.storage,
        "contains": [names[code] for code in story.contains],
        "unknown_contents": story.unknown_contents,
        "frozen_on": story.frozen_on,
        "session_on": story.session_on,
        "parent": story.parent,
        "children": story.children,
    }


def _stands(stands: Stands) -> dict[str, Any]:
    blocked = stands.account is Account.QUARANTINE
    return {"name": stands.place, "site": stands.site, "quantity": stands.quantity, "blocked": blocked}


def _balance(story: LotStory, today: dt.date, *, recalled: bool) -> dict[str, int]:
    there: Counter[Account] = Counter()
    for stands in story.stands:
        there[stands.account] += stands.quantity
    return {
        "received": story.received,
        "given": story.given,
        "lost": story.lost,
        "elsewhere": story.differences,
        "remade": story.remade,
        "shelf": there[Account.SHELF],
        "free": free_to_promise(there[Account.SHELF], story.last_day, today, recalled=recalled),
        "blocked": there[Account.QUARANTINE],
        "reserved": there[Account.RESERVED],
        "on_hand": story.on_hand,
    }


def _move(here: Here, story: LotStory, step: Step, may_write: bool) -> dict[str, Any]:
    may_undo = may_write and not step.undone and losses.is_loss(step.source, step.target, step.undoes_id)
    return {
        "at": step.at,
        "what": step.say(here.words),
        "why": reason_in_words(step.reason, here.words),
        "quantity": step.quantity,
        "by": step.by,
        "undo": _undo_path(f"/stock/lots/{story.code}/loss/undo", [step.movement_id]) if may_undo else None,
        "undone": step.undone,
    }


def _visit(visit: LotVisit) -> dict[str, Any]:
    href = f"/households/{visit.household_id}"
    return {"card": visit.card, "on": visit.on, "quantity": visit.quantity, "href": href}


def _quantity(story: LotStory, typed: str) -> int:
    read = kilograms_typed(typed, "quantity") if story.measure == "gram" else pieces_typed(typed, "quantity")
    if read is None:
        raise HowMuch()
    return read


def _exit(typed: str) -> Account:
    """Raises NoExit for a word that names no account."""
    if typed not in set(Account):
        raise losses.NoExit(exit=typed[:40])
    return Account(typed)


ROUTES = [
    stock_page,
    lot_page,
    write_off,
    take_back_loss,
    at_risk_page,
    write_off_passed,
    take_back_passed,
]
