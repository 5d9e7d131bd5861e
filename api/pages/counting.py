"""Counts: counting blind by scan or by typing, several people at once; then explaining and booking what differs."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter, URLEncodedBody
from sqlalchemy.orm import Session

from api.amounts import kilograms_typed, pieces_typed
from api.here import Here
from api.list_files import SHAPES, Shape, file_links
from api.pages.counts_list import counts_file, told
from api.security import May
from api.writing import write_once
from common.errors import NotFound, Refusal
from common.words import N_, Term
from network.partners import sites
from network.roles import Right
from stock.catalogue import families
from stock.counts import differences, register
from stock.counts.differences import CAUSES, Cause
from stock.counts.lines import Compared, CountLine, compared, lines, to_choose
from stock.counts.register import CountRow, Tally
from stock.counts.scanning import SayWhichLot, meant
from stock.counts.tables import Count
from stock.places import places, places_in_use
from stock.tables import Place

SEE, WRITE, CORRECT = May(Right.SEE_STOCK), May(Right.WRITE_STOCK), May(Right.CORRECT_STOCK)
PATH = "/counts"
FOUND = re.compile(r"found-(\d{1,12})-(\d{1,12})")
CAUSE = re.compile(r"cause-(\d{1,12})-(\d{1,12})")


@get(PATH, guards=[SEE], sync_to_thread=True)
def counts_page(here: NamedDependency[Here], shape: Shape = "") -> Response[Any]:
    """Counts under way and done, at the person's own site or everywhere, and the form to begin one."""
    return counts_file(here, shape) if shape in SHAPES else _list_page(here, {})


@post(PATH, guards=[WRITE], sync_to_thread=True)
def begin(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Begin a count; a refusal shows the page again with what was chosen."""
    typed = _typed(data)

    def work(session: Session) -> int:
        site_id, place_id = _where(session, here, typed.get("place", ""))
        return register.open_count(
            session, site_id, here.stamp(), place_id=place_id, family_code=typed.get("family") or None
        )

    try:
        number = write_once(here, str(data.get("key", "")), sorted(typed.items()), work, int)
    except Refusal as refusal:
        return _list_page(here, typed, refusal)
    return here.go(f"{PATH}/{number}")


@get(PATH + "/{count_id:int}", guards=[SEE], sync_to_thread=True)
def count_page(here: NamedDependency[Here], count_id: FromPath[int], place: FromQuery[str] = "") -> Response[Any]:
    """One place at a time: scan or type what is there. How much should be there is not said."""
    return _count_page(here, count_id, {"place": place})


@post(PATH + "/{count_id:int}/scans", guards=[WRITE], sync_to_thread=True)
def scan(here: NamedDependency[Here], count_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """One scan is so many more of its lot; where several lots answer, the page asks which."""
    typed = _typed(data)

    def work(session: Session) -> list[int]:
        count = register.open_one(session, count_id)
        tally = _scanned(session, here, count, typed)
        return register.add(session, count_id, [tally], here.stamp())

    try:
        entries = write_once(here, str(data.get("key", "")), sorted(typed.items()), work, list[int])
    except NotFound:
        raise
    except Refusal as refusal:
        return _count_page(here, count_id, typed, refusal)
    return _kept(here, count_id, typed.get("place", ""), entries)


@post(PATH + "/{count_id:int}/tallies", guards=[WRITE], sync_to_thread=True)
def type_found(
    here: NamedDependency[Here], count_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """What was typed beside the lots of a place; empty fields say nothing."""
    typed = _typed(data)

    def work(session: Session) -> list[int]:
        measures = {(line.lot_id, line.place_id): line.measure for line in _lines(session, count_id)}
        return register.add(session, count_id, _tallies(typed, measures), here.stamp())

    try:
        entries = write_once(here, str(data.get("key", "")), sorted(typed.items()), work, list[int])
    except NotFound:
        raise
    except Refusal as refusal:
        return _count_page(here, count_id, typed, refusal)
    return _kept(here, count_id, typed.get("place", ""), entries)


@post(PATH + "/{count_id:int}/nothing", guards=[WRITE], sync_to_thread=True)
def nothing_else(
    here: NamedDependency[Here], count_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """What nobody has counted at this place is not there."""
    place = _number(str(data.get("place", "")))

    def work(session: Session) -> list[int]:
        absent = [line for line in _lines(session, count_id) if line.place_id == place and line.found is None]
        return register.add(session, count_id, [Tally(a.lot_id, a.place_id, 0) for a in absent], here.stamp())

    try:
        entries = write_once(here, str(data.get("key", "")), place, work, list[int])
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused(f"{PATH}/{count_id}", refusal)
    return _kept(here, count_id, str(place), entries)


@post(PATH + "/{count_id:int}/tallies/undo", guards=[WRITE], sync_to_thread=True)
def undo_tallies(
    here: NamedDependency[Here],
    count_id: FromPath[int],
    place: FromQuery[str] = "",
    entry: Annotated[list[int] | None, QueryParameter()] = None,
) -> Response[Any]:
    back = _back(count_id, place)
    try:
        with here.database.writing() as session:
            register.take_back(session, count_id, entry or [], here.stamp())
    except Refusal as refusal:
        return here.refused(back, refusal)
    return here.go(back, N_("Undone: it is not counted."))


@post(PATH + "/{count_id:int}/anew", guards=[WRITE], sync_to_thread=True)
def anew(here: NamedDependency[Here], count_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """One lot at one place is counted again from nothing."""
    lot, place = _number(str(data.get("lot", ""))), _number(str(data.get("place", "")))
    back = _back(count_id, str(place))
    try:
        with here.database.writing() as session:
            register.count_anew(session, count_id, lot, place, here.stamp())
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused(back, refusal)
    return here.go(back, N_("Count it again: nothing of it is counted so far."))


@post(PATH + "/{count_id:int}/drop", guards=[CORRECT], sync_to_thread=True)
def drop(here: NamedDependency[Here], count_id: FromPath[int]) -> Response[Any]:
    """Close it without booking."""
    path = f"{PATH}/{count_id}"
    try:
        with here.database.writing() as session:
            register.drop(session, count_id, here.stamp())
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused(path, refusal)
    return here.go(PATH, N_("The count is closed; nothing was booked."), undo=f"{path}/take-up")


@post(PATH + "/{count_id:int}/take-up", guards=[CORRECT], sync_to_thread=True)
def take_up(here: NamedDependency[Here], count_id: FromPath[int]) -> Response[Any]:
    path = f"{PATH}/{count_id}"
    try:
        with here.database.writing() as session:
            register.take_up(session, count_id, here.stamp())
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused(path, refusal)
    return here.go(path, N_("The count is open again."))


@get(PATH + "/{count_id:int}/differences", guards=[CORRECT], sync_to_thread=True)
def differences_page(here: NamedDependency[Here], count_id: FromPath[int]) -> Response[Any]:
    """What was found beside what the books said, for who may book it."""
    return _differences_page(here, count_id, {})


@post(PATH + "/{count_id:int}/differences", guards=[CORRECT], sync_to_thread=True)
def book(here: NamedDependency[Here], count_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Book every difference under its cause; a refusal keeps what was chosen."""
    typed = _typed(data)
    causes = {
        (int(named[1]), int(named[2])): Cause(value)
        for name, value in typed.items()
        if (named := CAUSE.fullmatch(name)) and value in set(Cause)
    }

    def work(session: Session) -> int:
        return differences.book(session, count_id, causes, here.stamp())

    try:
        booked = write_once(here, str(data.get("key", "")), sorted(typed.items()), work, int)
    except NotFound:
        raise
    except Refusal as refusal:
        return _differences_page(here, count_id, typed, refusal)
    path = f"{PATH}/{count_id}/differences"
    return here.go(path, N_("The count is closed; lines booked: %(n)s."), undo=f"{path}/undo", n=booked)


@post(PATH + "/{count_id:int}/differences/undo", guards=[CORRECT], sync_to_thread=True)
def take_booking_back(here: NamedDependency[Here], count_id: FromPath[int]) -> Response[Any]:
    path = f"{PATH}/{count_id}/differences"
    try:
        with here.database.writing() as session:
            differences.take_booking_back(session, count_id, here.stamp())
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused(path, refusal)
    return here.go(path, N_("Undone: the count is open again."))


# The pages


def _list_page(here: Here, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[Any]:
    with here.database.reading() as session:
        known = register.counts(session, here.me.site_id)
        every = [(s.id, s.name) for s in sites(session) if here.me.site_id in (None, s.id)]
        shelves = {site_id: places_in_use(session, site_id) for site_id, _ in every}
        every_family = here.choices(families(session))
    rows = [told(here, row, dict(every_family)) for row in known]
    where = [(f"site-{site}", here.words.text(N_("All of %(site)s"), site=name)) for site, name in every]
    where += [(f"place-{p.id}", f"{p.name} · {name}") for site, name in every for p in shelves[site]]
    return here.page(
        "pages/counts.html",
        status=refusal.kind.value if refusal else 200,
        under_way=[row for row in rows if not row["closed_at"]],
        past=[row for row in rows if row["closed_at"]],
        places=where,
        families=every_family,
        sites=every,
        files=file_links(here, PATH),
        typed={"place": typed.get("place", ""), "family": typed.get("family", "")},
        refusal=refusal.say(here.words) if refusal else None,
    )


def _count_page(here: Here, count_id: int, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[Any]:
    with here.database.reading() as session:
        row = register.count_row(session, count_id)
        every = _lines(session, count_id)
        walked = _walked(session, row, every)
        last = register.last_entries(session, count_id)
        every_family = {f.code: here.name_of(f) for f in families(session)}
        chosen = next((p for p in walked if str(p.id) == typed.get("place")), walked[0] if walked else None)
        if chosen is None:
            raise NotFound(what=Term(N_("place")), id=count_id)
        choose = to_choose(session, refusal.data["lots"], chosen) if isinstance(refusal, SayWhichLot) else []
    here_lines = [line for line in every if line.place_id == chosen.id]
    return here.page(
        "pages/count.html",
        status=refusal.kind.value if refusal else 200,
        count=told(here, row, every_family),
        place={"id": chosen.id, "name": chosen.name},
        places=[_place_chip(count_id, p.id, p.name, every) for p in walked],
        lines=[_line(line, typed) for line in here_lines],
        uncounted=sum(line.found is None for line in here_lines),
        last=last,
        choose=[_line(line, {}) for line in choose],
        scan=typed.get("scan", "") if refusal else "",
        may_count=row.closed_at is None and Right.WRITE_STOCK in here.me.rights and here.works_at(row.site_id),
        may_book=Right.CORRECT_STOCK in here.me.rights,
        refusal=refusal.say(here.words) if refusal else None,
    )


def _differences_page(
    here: Here, count_id: int, typed: Mapping[str, str], refusal: Refusal | None = None
) -> Response[Any]:
    with here.database.reading() as session:
        row = register.count_row(session, count_id)
        count = register.get_count(session, count_id)
        found = compared(session, count)
        uncounted = [line for line in lines(session, count) if line.found is None]
        why = differences.booked_causes(session, count_id)
        every_family = {f.code: here.name_of(f) for f in families(session)}
    differing = [each for each in found if each.difference]
    return here.page(
        "pages/count_differences.html",
        status=refusal.kind.value if refusal else 200,
        count=told(here, row, every_family),
        lines=[_difference(here, each, typed, why) for each in differing],
        same=len(found) - len(differing),
        uncounted=[{"name": line.product, "place": line.place, "code": line.code} for line in uncounted],
        causes=[(cause.value, here.words.text(name)) for cause, name in CAUSES.items()],
        missing_grams=-sum(each.difference * each.line.grams_each for each in differing if each.difference < 0),
        found_grams=sum(each.difference * each.line.grams_each for each in differing if each.difference > 0),
        refusal=refusal.say(here.words) if refusal else None,
    )


def _place_chip(count_id: int, place_id: int, name: str, every: list[CountLine]) -> dict[str, Any]:
    there = [line for line in every if line.place_id == place_id]
    counted = sum(line.found is not None for line in there)
    return {"id": place_id, "name": name, "counted": counted, "lots": len(there), "href": _back(count_id, place_id)}


def _line(line: CountLine, typed: Mapping[str, str]) -> dict[str, Any]:
    name = f"found-{line.lot_id}-{line.place_id}"
    return {
        "lot": line.lot_id,
        "name": line.product,
        "brand": line.brand,
        "pictogram": line.pictogram,
        "code": line.code,
        "lot_number": line.lot_number,
        "measure": line.measure,
        "date": line.date,
        "date_kind": line.date_kind.value,
        "found": line.found,
        "moved": line.moved,
        "field": name,
        "typed": typed.get(name, ""),
    }


def _difference(
    here: Here, each: Compared, typed: Mapping[str, str], why: Mapping[tuple[int, int], Cause]
) -> dict[str, Any]:
    line = each.line
    name = f"cause-{line.lot_id}-{line.place_id}"
    booked = why.get((line.lot_id, line.place_id))
    return {
        **_line(line, {}),
        "place": line.place,
        "href": f"/stock/lots/{line.code}",
        "stood": each.stood,
        "difference": each.difference,
        "grams": abs(each.difference) * line.grams_each,
        "field": name,
        "typed": typed.get(name, ""),
        "why": here.words.text(CAUSES[booked]) if booked else "",
    }


# What was typed


def _typed(data: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in data.items() if name not in ("key", "_csrf_token")}


def _walked(session: Session, row: CountRow, lines: Sequence[CountLine]) -> list[Place]:
    """The places of a count: those in use, and those it found something in before they were retired."""
    counted = {line.place_id for line in lines} | {row.place_id}
    there = [p for p in places(session, row.site_id) if p.retired_on is None or p.id in counted]
    return [p for p in there if row.place_id in (None, p.id)]


def _number(typed: str) -> int:
    """0, which nothing has, from anything that is no number."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 13 else 0


def _where(session: Session, here: Here, chosen: str) -> tuple[int, int | None]:
    """Site and place from the one field that offers both; the person's own site where nothing is chosen."""
    kind, _, number = chosen.partition("-")
    if kind == "place":
        there = {p.id: p.site_id for p in places(session)}
        if _number(number) not in there:
            raise NotFound(what=Term(N_("place")), id=number[:12])
        return there[_number(number)], _number(number)
    if kind == "site":
        return _number(number), None
    return here.me.site_id or sites(session)[0].id, None


def _scanned(session: Session, here: Here, count: Count, typed: Mapping[str, str]) -> Tally:
    """The tally a scan stands for; raises SayWhichLot with the lots it may mean."""
    place = _number(typed.get("place", ""))
    found = meant(session, count, typed.get("scan", ""), place, here.clock.today())
    chosen = _number(typed.get("lot", ""))
    lots = [lot for lot in found.lots if chosen in (0, lot)]
    if len(lots) != 1:
        raise SayWhichLot(product=found.product, lots=list(found.lots))
    return Tally(lots[0], place, found.units)


def _lines(session: Session, count_id: int) -> list[CountLine]:
    return lines(session, register.get_count(session, count_id))


def _tallies(typed: Mapping[str, str], measures: Mapping[tuple[int, int], str]) -> list[Tally]:
    tallies = []
    for name, value in typed.items():
        named = FOUND.fullmatch(name)
        if named is None or not value.strip():
            continue
        lot, place = int(named[1]), int(named[2])
        read = kilograms_typed if measures.get((lot, place)) == "gram" else pieces_typed
        quantity = 0 if value.strip() == "0" else read(value, name)
        tallies.append(Tally(lot, place, quantity or 0))
    return tallies


def _kept(here: Here, count_id: int, place: str, entries: list[int]) -> Response[Any]:
    """Back to the place, with the way back of what was just counted."""
    back = _back(count_id, place)
    if not entries:
        return here.go(back)
    asked = urlencode([("place", place), *(("entry", number) for number in entries[:60])])
    undo = f"{PATH}/{count_id}/tallies/undo?{asked}" if len(entries) <= 60 else None
    return here.go(back, N_("Counted."), undo=undo)


def _back(count_id: int, place: str | int) -> str:
    return f"{PATH}/{count_id}?{urlencode({'place': place})}" if place else f"{PATH}/{count_id}"


ROUTES = [
    counts_page,
    begin,
    count_page,
    scan,
    type_found,
    nothing_else,
    undo_tallies,
    anew,
    drop,
    take_up,
    differences_page,
    book,
    take_booking_back,
]
