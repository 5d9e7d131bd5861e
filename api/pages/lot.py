"""A lot's whole story, what of it is lost, and the way back."""

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from sqlalchemy.orm import Session

from allocation.given import LotVisit, visits_of_lot
from api.amounts import kilograms_typed, pieces_typed
from api.damage import shown
from api.here import Here
from api.list_files import SHAPES, Shape, file_links
from api.movement_reasons import reason_in_words
from api.pages.stock_table import movements_file
from api.received_where import photographed_here
from api.security import May
from api.writing import write_once
from common.errors import Kind, NotFound, Refusal
from common.words import N_
from network.partners import sites
from network.roles import Right
from stock import losses
from stock.ledger import Account
from stock.losses import Lost
from stock.photos import photos_of_lot
from stock.promise import free_to_promise, recalled_lots
from stock.reference import contents, loss_causes
from stock.story import LotStory, Stands, Step, lot_story

SEE, WRITE = May(Right.SEE_STOCK), May(Right.WRITE_STOCK)
MOST_TO_UNDO = 60
"""Movements whose numbers fit into the cookie that carries the way back."""


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
    undo = undo_path(f"/stock/lots/{lot}/loss/undo", lost.movements)
    return here.go(f"/stock/lots/{lot}", N_("%(weight)s written off."), undo=undo, weight=here.words.weight(lost.grams))


@post("/stock/lots/{lot:str}/loss/undo", guards=[WRITE], sync_to_thread=True)
def take_back_loss(
    here: NamedDependency[Here],
    lot: FromPath[str],
    movement: Annotated[list[int] | None, QueryParameter()] = None,
) -> Response[Any]:
    return take_back(here, f"/stock/lots/{lot}", movement or [])


def named(lot: str) -> int | str:
    """A lot's number, or the code of its label, which is longer than any number."""
    return int(lot) if lot.isascii() and lot.isdigit() and len(lot) < 9 else lot.upper()


def take_back(here: Here, path: str, movements: Sequence[int]) -> Response[Any]:
    try:
        with here.database.writing() as session:
            losses.undo_losses(session, movements, here.stamp())
    except Refusal as refusal:
        return here.refused(path, refusal)
    return here.go(path, N_("Undone: it is in stock again."))


def undo_path(path: str, movements: Sequence[int]) -> str | None:
    if not 0 < len(movements) <= MOST_TO_UNDO:
        return None
    return f"{path}?{urlencode([('movement', number) for number in movements])}"


def _lot_page(here: Here, lot: str, form: LossForm | None = None, refusal: Refusal | None = None) -> Response[Any]:
    with here.database.reading() as session:
        story = lot_story(session, named(lot))
        recalled = bool(recalled_lots(session, [story.lot_id]))
        visits = visits_of_lot(session, story.lot_id) if Right.SEE_CARDS in here.me.rights else []
        damage = shown(here, session, photos_of_lot(session, story.lot_id))
        damage["may_write"] &= photographed_here(here, session, story.lot_id)
        own = {site.name for site in sites(session) if here.works_at(site.id)}
    elsewhere = next((s.site for s in story.stands), None) if own.isdisjoint(s.site for s in story.stands) else None
    may_write = Right.WRITE_STOCK in here.me.rights and elsewhere is None
    past = story.last_day < here.clock.today()
    return here.page(
        "pages/lot.html",
        status=refusal.kind.value if refusal else 200,
        elsewhere=elsewhere,
        lot=_told(here, story),
        balance=_balance(story, here.clock.today(), recalled=recalled),
        places=[_stands(s) for s in story.stands],
        corrections=story.corrections,
        may_move=may_write,
        **damage,
        movements=[_move(here, story, step, may_write and step.source_site in own) for step in reversed(story.steps)],
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
        "undo": undo_path(f"/stock/lots/{story.code}/loss/undo", [step.movement_id]) if may_undo else None,
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


ROUTES = [lot_page, write_off, take_back_loss]
