"""What people do with a lot on the shelf: move it, split it, block and free it, set its date right, freeze it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.amounts import kilograms_typed, pieces_typed
from api.here import Here
from api.pages.lot import HowMuch, named
from api.received_where import lot_here
from api.security import May
from api.writing import write_once
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from network.roles import Right
from network.tables import Site
from stock import blocking, freezing, lots, redating
from stock.accounts import PLACED, Account
from stock.blocking import FREED, Freed
from stock.dates import DateKind, read_date
from stock.ledger import standings
from stock.lots import Made
from stock.places import Storage, places
from stock.story import lot_story
from stock.tables import Lot, Place

WRITE, CORRECT = May(Right.WRITE_STOCK), May(Right.CORRECT_STOCK)
PATH = "/stock/lots/{lot:str}"


@get(PATH + "/shelf", guards=[WRITE], sync_to_thread=True)
def shelf_page(here: NamedDependency[Here], lot: FromPath[str]) -> Response[Any]:
    """Everything that may be done with what stands of a lot."""
    return _page(here, lot, {})


@post(PATH + "/move", guards=[WRITE], sync_to_thread=True)
def move(here: NamedDependency[Here], lot: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    def work(session: Session, found: Lot, typed: Mapping[str, str]) -> list[int]:
        quantity = _quantity(found, typed)
        return [lots.shift(session, found.id, quantity, _place(typed, "from"), _place(typed, "to"), here.stamp())]

    return _do(here, lot, data, work, N_("It stands there now."))


@post(PATH + "/block", guards=[WRITE], sync_to_thread=True)
def block(here: NamedDependency[Here], lot: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    def work(session: Session, found: Lot, typed: Mapping[str, str]) -> list[int]:
        quantity, cause = _quantity(found, typed), typed.get("cause", "")
        return [blocking.block(session, found.id, quantity, _place(typed, "from"), cause, here.stamp())]

    return _do(here, lot, data, work, N_("It is blocked: nobody is given any of it."))


@post(PATH + "/release", guards=[CORRECT], sync_to_thread=True)
def release(here: NamedDependency[Here], lot: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    def work(session: Session, found: Lot, typed: Mapping[str, str]) -> list[int]:
        quantity, origin, target = _quantity(found, typed), _place(typed, "from"), _place(typed, "to")
        why = next((known for known in Freed if known == typed.get("why")), None)
        if why is None:
            raise SayWhyFreed()
        return [blocking.release(session, found.id, quantity, origin, target, why, here.stamp())]

    return _do(here, lot, data, work, N_("It may be given again."))


@post(PATH + "/split", guards=[WRITE], sync_to_thread=True)
def split(here: NamedDependency[Here], lot: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """The part has a page, hence a label, of its own: that is where this leads."""

    def work(session: Session, found: Lot, typed: Mapping[str, str]) -> Made:
        return lots.split(session, found.id, _quantity(found, typed), _place(typed, "from"), here.stamp())

    return _make(here, lot, data, work, N_("This is the new lot: print its label."))


@post(PATH + "/freeze", guards=[CORRECT], sync_to_thread=True)
def freeze(here: NamedDependency[Here], lot: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    def work(session: Session, found: Lot, typed: Mapping[str, str]) -> Made:
        quantity, origin, target = _quantity(found, typed), _place(typed, "from"), _place(typed, "to")
        return freezing.freeze(session, found.id, quantity, origin, target, here.stamp())

    return _make(here, lot, data, work, N_("This is the frozen lot: print its label, it says the day."))


@post(PATH + "/date", guards=[WRITE], sync_to_thread=True)
def correct_date(
    here: NamedDependency[Here], lot: FromPath[str], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    def work(session: Session, found: Lot, typed: Mapping[str, str]) -> list[int]:
        date = read_date(typed.get("date", ""), today=here.clock.today(), kind=DateKind(found.date_kind)).date
        may = Right.CORRECT_STOCK in here.me.rights
        lot_here(here, session, found.id)
        redating.correct_date(session, found.id, date, typed.get("reason", ""), here.stamp(), may_raise=may)
        return []

    return _do(here, lot, data, work, N_("The date is corrected: print the label again."))


@post(PATH + "/shelf/undo", guards=[WRITE], sync_to_thread=True)
def undo(
    here: NamedDependency[Here], lot: FromPath[str], movement: Annotated[list[int] | None, QueryParameter()] = None
) -> Response[Any]:
    """Take a move back; that of goods that were blocked frees them, which not everybody may."""
    path = f"/stock/lots/{lot}"
    try:
        with here.database.writing() as session:
            refuse_to_free(here, session, movement or [])
            lots.undo_moves(session, movement or [], here.stamp())
    except Refusal as refusal:
        return here.refused(path, refusal)
    return here.go(path, N_("Undone: it stands where it stood."))


class SayWhyFreed(Refusal):
    """Who eats it trusts that somebody looked."""

    message = N_("Say why it may be given after all.")
    field = "why"


class NotForYou(Refusal):
    """Blocking is for everybody, freeing is not."""

    kind = Kind.FORBIDDEN
    message = N_("Only the person in charge of the stock frees what is blocked.")


def refuse_to_free(here: Here, session: Session, movements: Iterable[int]) -> None:
    """Raise NotForYou where taking these back would free what is blocked, and this person may not."""
    if Right.CORRECT_STOCK not in here.me.rights and any(lots.frees(session, number) for number in movements):
        raise NotForYou()


def _do(
    here: Here,
    lot: str,
    data: Mapping[str, Any],
    work: Callable[[Session, Lot, Mapping[str, str]], list[int]],
    done: str,
) -> Response[Any]:
    """Do it once and go back to the lot; a refusal shows the forms again with what was typed."""
    typed = _typed(data, here.request.url.path)

    def once(session: Session) -> list[int]:
        return work(session, _lot(session, lot), typed)

    try:
        movements = write_once(here, str(data.get("key", "")), sorted(typed.items()), once, list[int])
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(here, lot, typed, refusal)
    return here.go(f"/stock/lots/{lot}", done, undo=_undo(here, lot, movements, typed["act"]))


def _make(
    here: Here, lot: str, data: Mapping[str, Any], work: Callable[[Session, Lot, Mapping[str, str]], Made], done: str
) -> Response[Any]:
    """Do it once and go to the lot that was made."""
    typed = _typed(data, here.request.url.path)

    def once(session: Session) -> Made:
        return work(session, _lot(session, lot), typed)

    try:
        made = write_once(here, str(data.get("key", "")), sorted(typed.items()), once, Made)
    except NotFound:
        raise
    except Refusal as refusal:
        return _page(here, lot, typed, refusal)
    return here.go(f"/stock/lots/{made.code}", done, undo=_undo(here, lot, list(made.movements), typed["act"]))


def _undo(here: Here, lot: str, movements: list[int], act: str) -> str | None:
    if not movements or (act == "block" and Right.CORRECT_STOCK not in here.me.rights):
        return None
    return f"/stock/lots/{lot}/shelf/undo?{urlencode([('movement', number) for number in movements])}"


def _page(here: Here, lot: str, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[Any]:
    with here.database.reading() as session:
        story = lot_story(session, named(lot))
        found = lots.get_lot(session, story.lot_id)
        walked = {p.id: p for p in places(session) if here.works_at(p.site_id)}
        there = standings(session, lots=[story.lot_id], places=list(walked), accounts=PLACED)
        names = dict(session.execute(select(Site.id, Site.name)).all())
        freezable = _freezable(session, here, found, [walked[s.where.place_id or 0] for s in there])
        recalled = blocking.under_recall(session, found.id)
    at = {walked[s.where.place_id or 0].site_id for s in there}
    near = [p for p in walked.values() if p.site_id in at and p.retired_on is None]

    def choice(place: Place) -> tuple[int, str]:
        return place.id, f"{place.name} · {names[place.site_id]}" if len(at) > 1 else place.name

    def standing(account: Account) -> list[tuple[int, str, int]]:
        return [(*choice(walked[s.where.place_id or 0]), s.quantity) for s in there if s.where.account is account]

    kept = lots.KEEPS[Storage(story.storage)]
    french = here.words.language == "fr"
    return here.page(
        "pages/lot_shelf.html",
        status=refusal.kind.value if refusal else 200,
        elsewhere=next((s.site for s in story.stands), None) if not there else None,
        lot={
            "code": story.code,
            "name": story.product,
            "measure": story.measure,
            "date": story.date,
            "date_kind": story.date_kind.value,
        },
        free=standing(Account.SHELF),
        blocked=standing(Account.QUARANTINE),
        promised=sum(s.quantity for s in there if s.where.account is Account.RESERVED),
        targets=[choice(p) for p in near if p.storage in kept or p.storage == Storage.QUARANTINE],
        shelves=[choice(p) for p in near if p.storage in kept],
        freezers=[choice(p) for p in near if p.storage == Storage.FROZEN] if freezable else [],
        doubts=[(code, name_fr if french else name_en) for code, name_fr, name_en in blocking.doubts()],
        freed=[(why.value, here.words.text(name)) for why, name in FREED.items()],
        recalled=recalled,
        may_correct=Right.CORRECT_STOCK in here.me.rights,
        typed={"act": "", **typed},
        refusal=refusal.say(here.words) if refusal else None,
    )


def _freezable(session: Session, here: Here, found: Lot, at: list[Place]) -> bool:
    """Whether some of it may be frozen where it stands, by the rules of today."""
    if Right.CORRECT_STOCK not in here.me.rights:
        return False
    today = here.clock.today()
    rules = freezing.freezing_rules(session, today)
    codes = {session.get_one(Site, place.site_id).code for place in at}
    for code in codes & set(rules.sites):
        try:
            freezing.may_freeze(found, code, today, rules)
        except Refusal:
            continue
        return True
    return False


def _lot(session: Session, lot: str) -> Lot:
    return lots.get_lot(session, lot_story(session, named(lot)).lot_id)


def _typed(data: Mapping[str, Any], path: str) -> dict[str, str]:
    """What was typed, and which of the forms it was typed into."""
    said = {name: str(value) for name, value in data.items() if name not in ("key", "_csrf_token")}
    return {**said, "act": path.rpartition("/")[2]}


def _quantity(lot: Lot, typed: Mapping[str, str]) -> int:
    read = kilograms_typed if lot.measure == "gram" else pieces_typed
    quantity = read(typed.get("quantity", ""), "quantity")
    if quantity is None:
        raise HowMuch()
    return quantity


def _place(typed: Mapping[str, str], field: str) -> int:
    """Raises NotFound for what is no place's number."""
    said = typed.get(field, "")
    if not (said.isascii() and said.isdigit() and len(said) < 13):
        raise NotFound(what=Term(N_("place")), id=said[:12])
    return int(said)


ROUTES = [shelf_page, move, block, release, split, freeze, correct_date, undo]
