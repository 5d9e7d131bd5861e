"""Transfers between sites: what is worth sending, what is on its way, and receiving it by scanning."""

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy.orm import Session

from allocation.rescue import rescues
from api.amounts import kilograms_typed, pieces_typed
from api.filters import Filters
from api.here import Here
from api.list_files import SHAPES, Columns, Shape, file_links, list_file
from api.offers import offers_of
from api.security import May
from api.sorting import order_of
from api.writing import write_once
from common.errors import Kind, NotFound, Refusal
from common.words import N_, plain
from network.partners import site as get_site
from network.partners import sites
from network.roles import Right
from stock.shelf import StockFilter, StockRow, stock_list
from stock.transfers import register
from stock.transfers.register import DIFFERENCES, Arrived, Difference, Sent, SentLine

SEE, WRITE = May(Right.SEE_STOCK), May(Right.WRITE_STOCK)
PATH = "/transfers"
FILTERS = Filters("transfers", ("site",))
SORTS: dict[str, Callable[[Sent], Any]] = {
    "day": lambda sent: sent.settled_at,
    "from": lambda sent: plain(sent.from_site),
    "to": lambda sent: plain(sent.to_site),
    "grams": lambda sent: sent.grams,
    "missing": lambda sent: sent.missing_grams,
}
SHOWN = 40
"""Lots to choose from: what must go first, or what a search finds."""


class NotReceivedHere(Refusal):
    """Who sent goods cannot say what arrived."""

    kind = Kind.CONFLICT
    message = N_("This transfer is received at %(site)s: only people there can say what arrived.")


class NotSentFromHere(Refusal):
    """Who waits for goods cannot say that they never left."""

    kind = Kind.CONFLICT
    message = N_("This transfer was sent from %(site)s: only people there can call it back.")


class NotYoursToSend(Refusal):
    """Who works at one site does not empty the shelves of another."""

    kind = Kind.CONFLICT
    message = N_("These goods stand at %(site)s: only people there can send them.")


def send_here(here: Here, session: Session, from_site: int, to_site: int, quantities: Mapping[int, int]) -> int:
    """Send from the person's own site; raises NotYoursToSend, or what `send` raises."""
    if here.me.site_id not in (None, from_site):
        raise NotYoursToSend(site=get_site(session, from_site).name)
    return register.send(session, from_site, to_site, quantities, here.stamp())


def receive_here(here: Here, session: Session, sent: Sent, arrived: Mapping[int, Arrived]) -> None:
    """Settle a transfer at the person's own site; raises NotReceivedHere, or what `settle` raises."""
    if here.me.site_id not in (None, sent.to_site_id):
        raise NotReceivedHere(site=sent.to_site)
    register.settle(session, sent.id, arrived, here.stamp())


def call_back_here(here: Here, session: Session, sent: Sent) -> None:
    """Call a transfer of the person's own site back; raises NotSentFromHere, or what `call_back` raises."""
    if here.me.site_id not in (None, sent.from_site_id):
        raise NotSentFromHere(site=sent.from_site)
    register.call_back(session, sent.id, here.stamp())


@get(PATH, guards=[SEE], sync_to_thread=True)
def transfers_page(here: NamedDependency[Here], site: FromQuery[str] = "", shape: Shape = "") -> Response[Any]:
    """What is on its way and what came and went, at the person's own site, at the one chosen or everywhere."""
    if again := FILTERS.again(here):
        return again
    order = order_of(here, "transfers", SORTS, "-day")
    with here.database.reading() as session:
        every_site = [(each.id, each.name) for each in sites(session)]
        site_id = here.me.site_id or next((number for number, _ in every_site if str(number) == site), None)
        known = register.transfers(session, site_id)
        under_way = [sent for sent in known if sent.settled_at is None]
        past = order.sorted([sent for sent in known if sent.settled_at is not None], SORTS)
        if shape in SHAPES:
            return list_file(here, shape, "transfers", N_("Transfers"), _columns(here), under_way + past)
        worth = rescues(session, here.clock.today(), site_id)
    page = here.page(
        "pages/transfers.html",
        order=order,
        chosen={"site": site},
        sites=every_site if here.me.site_id is None else [],
        under_way=[_summary(here, sent) for sent in under_way],
        past=[_summary(here, sent) for sent in past],
        files=file_links(here, PATH),
        rescues=offers_of(worth),
        may_write=Right.WRITE_STOCK in here.me.rights,
    )
    return FILTERS.remember(here, order.remember(page))


@get(PATH + "/new", guards=[WRITE], sync_to_thread=True)
def sending_page(
    here: NamedDependency[Here],
    to: FromQuery[str] = "",
    q: FromQuery[str] = "",
    site: FromQuery[str] = "",
    worth: FromQuery[str] = "",
) -> Response[Any]:
    """The form to send goods; `worth` fills it with what the other site can give in time."""
    with here.database.reading() as session:
        from_site = here.me.site_id or _from_site(here, session, site)
        typed: dict[str, str] = {}
        if worth:
            found = [r for r in rescues(session, here.clock.today(), from_site) if str(r.to_site_id) == to]
            typed = {f"lot-{r.lot.lot_id}": _written(r.lot, r.lot.free) for r in found}
    return _sending(here, from_site, {"to": to, "q": q.strip(), **typed})


@post(PATH + "/new", guards=[WRITE], sync_to_thread=True)
def send_goods(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Send; a refusal shows the form again with what was typed."""
    typed = _typed(data)
    with here.database.reading() as session:
        from_site = _from_site(here, session, typed.get("site", ""))
        measures = _measures(session, here, from_site)

    def work(session: Session) -> int:
        quantities = {
            lot: quantity
            for lot, measure in measures.items()
            if (quantity := _quantity(typed.get(f"lot-{lot}", ""), measure, f"lot-{lot}")) is not None
        }
        to = typed.get("to", "")
        return send_here(here, session, from_site, _number(to), quantities)

    try:
        number = write_once(here, str(data.get("key", "")), sorted(typed.items()), work, int)
    except Refusal as refusal:
        return _sending(here, from_site, typed, refusal)
    return here.go(f"{PATH}/{number}", N_("It is on its way: the other site sees it now."))


@get(PATH + "/{transfer_id:int}", guards=[SEE], sync_to_thread=True)
def transfer_page(here: NamedDependency[Here], transfer_id: FromPath[int]) -> Response[Any]:
    """What was sent, and the form to receive it while it is on its way."""
    return _transfer_page(here, transfer_id, {})


@post(PATH + "/{transfer_id:int}", guards=[WRITE], sync_to_thread=True)
def receive_goods(
    here: NamedDependency[Here], transfer_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Settle every line; a refusal shows the page again with what was typed."""
    typed = _typed(data)
    with here.database.reading() as session:
        sent = register.transfer(session, transfer_id)

    def work(session: Session) -> int:
        receive_here(here, session, sent, {line.id: _arrived(line, typed) for line in sent.lines})
        return transfer_id

    try:
        write_once(here, str(data.get("key", "")), sorted(typed.items()), work, int)
    except NotFound:
        raise
    except Refusal as refusal:
        return _transfer_page(here, transfer_id, typed, refusal)
    return here.go(f"{PATH}/{transfer_id}", N_("Received: it is on the shelves."))


@post(PATH + "/{transfer_id:int}/call-back", guards=[WRITE], sync_to_thread=True)
def call_back(
    here: NamedDependency[Here], transfer_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """It never left."""
    path = f"{PATH}/{transfer_id}"

    def work(session: Session) -> int:
        call_back_here(here, session, register.transfer(session, transfer_id))
        return transfer_id

    try:
        write_once(here, str(data.get("key", "")), [], work, int)
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused(path, refusal)
    return here.go(path, N_("It is back on the shelves it was taken from."))


def _columns(here: Here) -> Columns[Sent]:
    zone = here.clock.zone
    return {
        N_("From site"): lambda sent: sent.from_site,
        N_("To site"): lambda sent: sent.to_site,
        N_("Sent on"): lambda sent: sent.sent_at.astimezone(zone).date(),
        N_("Received on"): lambda sent: sent.settled_at.astimezone(zone).date() if sent.settled_at else None,
        N_("Lots"): lambda sent: len(sent.lines),
        N_("Weight (g)"): lambda sent: sent.grams,
        N_("Missing (g)"): lambda sent: sent.missing_grams if sent.settled_at else None,
    }


def _sending(here: Here, from_site: int, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[Any]:
    today = here.clock.today()
    with here.database.reading() as session:
        every = [(s.id, s.name) for s in sites(session)]
        show = StockFilter(text=typed.get("q", ""))
        found = stock_list(session, today, site_id=from_site, show=show).rows
    chosen = [row for row in found if typed.get(f"lot-{row.lot_id}")]
    others = [row for row in found if row.free and row.days_left >= 0 and row not in chosen]
    return here.page(
        "pages/transfer_new.html",
        status=refusal.kind.value if refusal else 200,
        site={"id": from_site, "name": dict(every)[from_site]},
        sites=[each for each in every if each[0] != from_site],
        lots=[_choice(row, typed) for row in [*chosen, *others[:SHOWN]]],
        to=typed.get("to", ""),
        q=typed.get("q", ""),
        refusal=refusal.say(here.words) if refusal else None,
    )


def _transfer_page(
    here: Here, transfer_id: int, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[Any]:
    with here.database.reading() as session:
        sent = register.transfer(session, transfer_id)
    return here.page(
        "pages/transfer.html",
        status=refusal.kind.value if refusal else 200,
        transfer=_summary(here, sent),
        lines=[_line(here, line, typed) for line in sent.lines],
        reasons=[(code.value, here.words.text(name)) for code, name in DIFFERENCES.items()],
        may_receive=_may(here, sent, sent.to_site_id),
        may_call_back=_may(here, sent, sent.from_site_id),
        refusal=refusal.say(here.words) if refusal else None,
    )


def _may(here: Here, sent: Sent, site_id: int) -> bool:
    """Whether this person settles what is on its way for that site: their own, or any where they have none."""
    return sent.settled_at is None and Right.WRITE_STOCK in here.me.rights and here.me.site_id in (None, site_id)


def _typed(data: Mapping[str, Any]) -> dict[str, str]:
    """What a person typed, without what the page added."""
    return {name: str(value) for name, value in data.items() if name not in ("key", "_csrf_token", "tally")}


def _from_site(here: Here, session: Session, asked: str) -> int:
    """The site goods leave: the one asked for, else the person's own, else the first."""
    known = [each.id for each in sites(session)]
    return _number(asked) if _number(asked) in known else here.me.site_id or known[0]


def _number(typed: str) -> int:
    """A site's number from an address or a form; 0, which no site has, from anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


def _measures(session: Session, here: Here, site_id: int) -> dict[int, str]:
    return {row.lot_id: row.measure for row in stock_list(session, here.clock.today(), site_id=site_id).rows}


def _quantity(typed: str, measure: str, field: str) -> int | None:
    return kilograms_typed(typed, field) if measure == "gram" else pieces_typed(typed, field)


def _arrived(line: SentLine, typed: Mapping[str, str]) -> Arrived:
    """What was typed of a line; an empty field means that it was not found."""
    why = typed.get(f"why-{line.id}", "")
    written = typed.get(f"line-{line.id}", "").strip()
    received = 0 if written in ("", "0") else _quantity(written, line.measure, f"line-{line.id}")
    return Arrived(received or 0, Difference(why) if why in set(Difference) else None)


def _written(row: StockRow, quantity: int) -> str:
    """A quantity as a person would type it."""
    return (
        f"{quantity / 1000:.3f}".rstrip("0").rstrip(".").replace(".", ",") if row.measure == "gram" else str(quantity)
    )


def _choice(row: StockRow, typed: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": row.lot_id,
        "code": row.code,
        "name": row.product,
        "pictogram": row.pictogram,
        "measure": row.measure,
        "free": row.free,
        "last_day": row.last_day,
        "place": ", ".join(row.places),
        "typed": typed.get(f"lot-{row.lot_id}", ""),
    }


def _line(here: Here, line: SentLine, typed: Mapping[str, str]) -> dict[str, Any]:
    why = Difference(line.difference) if line.difference else None
    return {
        "id": line.id,
        "code": line.code,
        "codes": " ".join((line.code, *line.gtins)),
        "href": f"/stock/lots/{line.code}",
        "name": line.product,
        "pictogram": line.pictogram,
        "measure": line.measure,
        "last_day": line.last_day,
        "sent": line.sent,
        "received": line.received,
        "why": here.words.text(DIFFERENCES[why]) if why else "",
        "typed": typed.get(f"line-{line.id}", ""),
        "typed_why": typed.get(f"why-{line.id}", ""),
    }


def _summary(here: Here, sent: Sent) -> dict[str, Any]:
    return {
        "id": sent.id,
        "href": f"{PATH}/{sent.id}",
        "from": sent.from_site,
        "to": sent.to_site,
        "sent_at": sent.sent_at,
        "settled_at": sent.settled_at,
        "lines": len(sent.lines),
        "grams": sent.grams,
        "missing_grams": sent.missing_grams,
        "mine_to_receive": here.me.site_id in (None, sent.to_site_id),
    }


ROUTES = [transfers_page, sending_page, send_goods, transfer_page, receive_goods, call_back]
