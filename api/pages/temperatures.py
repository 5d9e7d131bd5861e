"""Temperatures of places: written down, held against their limits, acted on, and kept as a log to print."""

import csv
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy.orm import Session

from allocation.recalled import block
from api.amounts import UnreadableNumber, degrees_typed
from api.here import Here
from api.paper import pdf
from api.security import May
from api.writing import write_once
from common.errors import NotFound, Refusal
from common.words import N_, Words
from labels.temperatures import Log, Read, allowed, degrees, temperature_log
from network.partners import network_name, sites
from network.roles import Right
from stock import losses, place_log
from stock.accounts import Account
from stock.place_log import PlaceNow, Reading
from stock.places import place as get_place

SEE, WRITE = May(Right.SEE_STOCK), May(Right.WRITE_STOCK)
PATH = "/temperatures"
TIME = re.compile(r"([01]?\d|2[0-3])[:hH]([0-5]\d)?")
LOG_DAYS = 31
"""What the log shows unless other days are asked for."""
HEADINGS = (
    N_("Site"),
    N_("Place"),
    N_("When"),
    N_("Read (°C)"),
    N_("At least (°C)"),
    N_("At most (°C)"),
    N_("Out of range"),
    N_("What was done"),
    N_("Read by"),
)


@get(PATH, guards=[SEE], sync_to_thread=True)
def temperatures_page(here: NamedDependency[Here]) -> Response[Any]:
    """Every place with its last reading, and the form for the round of today."""
    return _list_page(here, {})


@post(PATH, guards=[WRITE], sync_to_thread=True)
def note_round(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """What a round of the thermometers gave; fields left empty say nothing."""
    typed = _typed(data)

    def work(session: Session) -> list[Reading]:
        at = _at(here, typed.get("at", ""))
        return [
            place_log.note_reading(session, number, tenths, here.stamp(), at=at)
            for number, field in _places_named(typed)
            if (tenths := degrees_typed(typed[field], field)) is not None
        ]

    try:
        readings = write_once(here, str(data.get("key", "")), sorted(typed.items()), work, list[Reading])
    except NotFound:
        raise
    except Refusal as refusal:
        return _list_page(here, typed, refusal)
    wrong = [reading for reading in readings if reading.out_of_range]
    if wrong:
        told = N_("%(place)s is out of range: see to the goods that stand there.")
        return here.go(f"{PATH}/{wrong[0].place_id}", told, kind="refusal", place=wrong[0].place)
    return here.go(PATH, N_("Written down; everything is as it should be.") if readings else "")


@get(PATH + "/{place_id:int}", guards=[SEE], sync_to_thread=True)
def place_page(here: NamedDependency[Here], place_id: FromPath[int]) -> Response[Any]:
    """One place: what was read of it, and the goods standing there beside the last reading."""
    return _place_page(here, place_id)


@post(PATH + "/{place_id:int}/action", guards=[WRITE], sync_to_thread=True)
def note_action(
    here: NamedDependency[Here], place_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """What was done about the last reading."""
    typed = _typed(data)

    def work(session: Session) -> int:
        number = typed.get("reading", "")
        reading = int(number) if number.isascii() and number.isdigit() and len(number) < 13 else 0
        return place_log.note_action(session, place_id, reading, typed.get("action", ""), here.stamp()).id

    try:
        write_once(here, str(data.get("key", "")), sorted(typed.items()), work, int)
    except NotFound:
        raise
    except Refusal as refusal:
        return _place_page(here, place_id, refusal)
    return here.go(f"{PATH}/{place_id}", N_("Kept with the reading."))


@post(PATH + "/{place_id:int}/block", guards=[WRITE], sync_to_thread=True)
def block_warmed(
    here: NamedDependency[Here], place_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """Block in one go whatever got too warm there, promised goods included: they leave the baskets that wait."""

    def work(session: Session) -> int:
        tenths = _last_tenths(session, place_id)
        warm = [lot.lot_id for lot in place_log.standing_in(session, place_id, tenths) if lot.too_warm]
        return block(session, warm, here.stamp(), places=[place_id], cause="cold")

    try:
        grams = write_once(here, str(data.get("key", "")), place_id, work, int)
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused(f"{PATH}/{place_id}", refusal)
    weight = here.words.weight(grams)
    return here.go(f"{PATH}/{place_id}", N_("%(weight)s blocked: nobody is given any of it."), weight=weight)


@post(PATH + "/{place_id:int}/write-off", guards=[WRITE], sync_to_thread=True)
def write_off_warmed(
    here: NamedDependency[Here], place_id: FromPath[int], data: URLEncodedBody[dict[str, Any]]
) -> Response[Any]:
    """What stands blocked there is lost to the cold chain."""
    typed = _typed(data)

    def work(session: Session) -> int:
        exit_ = next((a for a in (Account.ANIMALS, Account.BIOWASTE) if a == typed.get("exit")), Account.DESTROYED)
        blocked = [lot for lot in place_log.standing_in(session, place_id, None) if lot.quarantined]
        lost = [
            losses.lose(
                session, lot.lot_id, lot.quarantined, "cold", exit_, here.stamp(), place_id=place_id, blocked=True
            )
            for lot in blocked
        ]
        return sum(each.grams for each in lost)

    try:
        grams = write_once(here, str(data.get("key", "")), [place_id, sorted(typed.items())], work, int)
    except NotFound:
        raise
    except Refusal as refusal:
        return here.refused(f"{PATH}/{place_id}", refusal)
    return here.go(f"{PATH}/{place_id}", N_("%(weight)s written off."), weight=here.words.weight(grams))


@get(PATH + "/log.csv", guards=[SEE], sync_to_thread=True)
def log_csv(
    here: NamedDependency[Here], site: FromQuery[str] = "", first: FromQuery[str] = "", last: FromQuery[str] = ""
) -> Response[Any]:
    """The log as semicolons and UTF-8 with its mark, which French spreadsheets open as they are."""
    since, until = _days(here, first, last)
    with here.database.reading() as session:
        readings = _log(here, session, site, since, until)
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([here.words.text(heading) for heading in HEADINGS])
    writer.writerows(_csv_row(here, reading) for reading in readings)
    return Response(
        text.getvalue().encode("utf-8-sig"),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="temperatures.csv"'},
    )


@get(PATH + "/log.pdf", guards=[SEE], sync_to_thread=True)
def log_pdf(
    here: NamedDependency[Here], site: FromQuery[str] = "", first: FromQuery[str] = "", last: FromQuery[str] = ""
) -> Response[Any]:
    """The log on paper, for the inspection."""
    since, until = _days(here, first, last)
    with here.database.reading() as session:
        readings = _log(here, session, site, since, until)
        names = {str(s.id): s.name for s in sites(session)}
        network = network_name(session, here.clock.today())
    where = names.get(site) or here.words.text(N_("All sites"))
    return pdf("temperatures.pdf", lambda: temperature_log(where, since, until, _logs(readings), here.words, network))


def alarm_rows(session: Session, here: Here) -> list[dict[str, Any]]:
    """The places out of range at the person's own site, or everywhere: for the stock page and the manager's home."""
    return [_reading(here.words, reading) for reading in place_log.alarms(session, here.me.site_id)]


# The pages


def _list_page(here: Here, typed: Mapping[str, str], refusal: Refusal | None = None) -> Response[Any]:
    today = here.clock.today()
    with here.database.reading() as session:
        known = place_log.places_now(session, today, here.me.site_id)
        every = [(s.id, s.name) for s in sites(session)]
    return here.page(
        "pages/temperatures.html",
        status=refusal.kind.value if refusal else 200,
        # What must be cold is read first; a dry shelf seldom is.
        places=[_place(here, each, typed) for each in sorted(known, key=lambda each: each.storage == "dry")],
        sites=every,
        site=here.me.site_id,
        first=today - dt.timedelta(days=LOG_DAYS),
        last=today,
        at=typed.get("at", ""),
        may_write=Right.WRITE_STOCK in here.me.rights,
        refusal=refusal.say(here.words) if refusal else None,
        field=refusal.field if refusal else None,
    )


def _place_page(here: Here, place_id: int, refusal: Refusal | None = None) -> Response[Any]:
    now = here.clock.now()
    with here.database.reading() as session:
        where = get_place(session, place_id)
        limits = place_log.limits_of(session, here.clock.today()).get(where.storage)
        readings = place_log.log(session, now - dt.timedelta(days=14), now + dt.timedelta(days=1), place_id=place_id)
        lots = place_log.standing_in(session, place_id, _last_tenths(session, place_id))
    return here.page(
        "pages/place_temperatures.html",
        status=refusal.kind.value if refusal else 200,
        place={"id": where.id, "name": where.name, "href": f"{PATH}/{where.id}"},
        allowed=allowed(limits.low, limits.high, here.words) if limits else "",
        readings=[_reading(here.words, reading) for reading in reversed(readings)],
        lots=[{"lot": lot, "limit": degrees(lot.limit, here.words) if lot.limit is not None else ""} for lot in lots],
        exits=[(a.value, here.words.text(losses.EXIT_NAMES[a])) for a in losses.EXITS if a not in losses.FOR_PEOPLE],
        may_write=Right.WRITE_STOCK in here.me.rights and here.works_at(where.site_id),
        refusal=refusal.say(here.words) if refusal else None,
    )


def _place(here: Here, each: PlaceNow, typed: Mapping[str, str]) -> dict[str, Any]:
    field = f"temp-{each.place_id}"
    stale = each.last is None or each.last.at < here.clock.now() - dt.timedelta(days=1)
    return {
        "id": each.place_id,
        "name": each.place,
        "site": each.site,
        "storage": each.storage,
        "href": f"{PATH}/{each.place_id}",
        "allowed": allowed(each.limits.low, each.limits.high, here.words),
        "last": _reading(here.words, each.last) if each.last else None,
        "stale": stale and each.storage != "dry",
        "lots": each.lots,
        "field": field,
        "typed": typed.get(field, ""),
    }


def _reading(words: Words, reading: Reading) -> dict[str, Any]:
    return {
        "id": reading.id,
        "href": f"{PATH}/{reading.place_id}",
        "place": reading.place,
        "site": reading.site,
        "degrees": degrees(reading.tenths, words),
        "allowed": allowed(reading.low, reading.high, words),
        "wrong": reading.out_of_range,
        "at": reading.at,
        "by": reading.by,
        "action": reading.action,
    }


def _last_tenths(session: Session, place_id: int) -> int | None:
    last = place_log.last_reading(session, place_id)
    return last.tenths if last else None


# The log


def _log(here: Here, session: Session, site: str, since: dt.date, until: dt.date) -> list[Reading]:
    zone = here.clock.zone
    begin = dt.datetime.combine(since, dt.time(), zone)
    end = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), zone)
    site_id = int(site) if site.isascii() and site.isdigit() and len(site) < 9 else None
    return place_log.log(session, begin, end, site_id=site_id)


def _logs(readings: Sequence[Reading]) -> tuple[Log, ...]:
    by_place: dict[tuple[str, str], list[Read]] = {}
    for r in readings:
        read = Read(r.at, r.tenths, r.low, r.high, r.by, r.action)
        by_place.setdefault((r.site, r.place), []).append(read)
    return tuple(Log(f"{place} · {site}", tuple(reads)) for (site, place), reads in by_place.items())


def _csv_row(here: Here, reading: Reading) -> list[str]:
    def tenths(value: int | None) -> str:
        return "" if value is None else f"{value / 10:.1f}".replace(".", "," if here.words.language == "fr" else ".")

    local = reading.at.astimezone(here.clock.zone)
    cells = [reading.site, reading.place, f"{local:%Y-%m-%d %H:%M}", tenths(reading.tenths)]
    cells += [tenths(reading.low), tenths(reading.high), here.words.text(N_("yes")) if reading.out_of_range else ""]
    return [*cells, _safe(reading.action), _safe(reading.by)]


def _safe(text: str) -> str:
    """A spreadsheet would run text that begins like a formula; an apostrophe keeps it text."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _days(here: Here, first: str, last: str) -> tuple[dt.date, dt.date]:
    """The days asked for, the last month where they cannot be read; the earlier one first."""
    today = here.clock.today()
    since, until = _day(first) or today - dt.timedelta(days=LOG_DAYS), _day(last) or today
    return min(since, until), max(since, until)


def _day(typed: str) -> dt.date | None:
    try:
        read = dt.date.fromisoformat(typed)
    except ValueError:
        return None
    return read if dt.date(2000, 1, 1) <= read <= dt.date(2100, 1, 1) else None


# What was typed


def _typed(data: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in data.items() if name not in ("key", "_csrf_token")}


def _places_named(typed: Mapping[str, str]) -> list[tuple[int, str]]:
    named = ((re.fullmatch(r"temp-(\d{1,12})", field), field) for field in typed)
    return [(int(found[1]), field) for found, field in named if found]


def _at(here: Here, typed: str) -> dt.datetime | None:
    """When the round was made, today; now where nothing is typed. Raises UnreadableNumber."""
    if not typed.strip():
        return None
    read = TIME.fullmatch(typed.strip())
    if read is None:
        raise UnreadableNumber(typed=typed[:20], example="8:30", field="at")
    return dt.datetime.combine(here.clock.today(), dt.time(int(read[1]), int(read[2] or 0)), here.clock.zone)


ROUTES = [
    temperatures_page,
    note_round,
    place_page,
    note_action,
    block_warmed,
    write_off_warmed,
    log_csv,
    log_pdf,
]
