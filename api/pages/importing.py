"""Households from the table a partner kept them in: sent, looked at line by line, enrolled at once or not at all.

The sheet waits sealed on the server between the look and the button; the page carries numbers of lines only.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import MultipartBody, URLEncodedBody
from sqlalchemy.orm import Session

from allocation.invitations import welcome
from api.here import Here
from api.security import May
from api.sheet_file import read_sheet
from api.spreadsheets import Table, as_xlsx
from api.typed import several, whole_typed
from api.writing import write_once
from common.errors import NotFound, Refusal
from common.words import N_, Term
from households import importing
from households.drafts import SentSheet, drop_sheet, keep_sheet, sheet_of
from households.register import on_list
from households.vocabulary import CHANNELS
from network.partners import sites
from network.roles import Right
from network.tables import Site

MAY = May(Right.OPEN_FILES)
PATH = "/households/import"
KINDS = {
    "refused": N_("To mend in the file"),
    "look": N_("To look at"),
    "known": N_("Known already"),
    "new": N_("New"),
}
EXAMPLE = (
    ("Exemple", "Amina", "12/03/1985", "1", "demandeur", "", "06 39 98 12 34", "3 rue des Lilas"),
    ("Exemple", "Lina", "2012", "1", "enfant", "", "", ""),
    ("Modèle", "Paul", "1951", "2", "demandeur", "2010 2014", "", ""),
)


@dataclass
class SheetForm:
    file: UploadFile | None = None
    site: str = ""
    channel: str = "free"


class NothingSent(Refusal):
    field = "file"
    message = N_("There is no sheet here: choose a file and send it first.")


@get(PATH, guards=[MAY], sync_to_thread=True)
def import_page(here: NamedDependency[Here]) -> Response[Any]:
    return _page(here)


@post(PATH, guards=[MAY], sync_to_thread=True)
def send_sheet(here: NamedDependency[Here], data: MultipartBody[SheetForm]) -> Response[Any]:
    """Read the file and keep it sealed; nothing is enrolled yet."""
    try:
        sheet = read_sheet(data.file.file.read() if data.file else b"")
        on_list("channel", [data.channel], CHANNELS)
        with here.database.writing() as session:
            sent = SentSheet(
                headings=sheet.headings,
                rows=tuple((row.line, row.cells) for row in sheet.rows),
                columns=importing.proposed(sheet.headings),
                site_id=_site(session, data.site).id,
                channel=data.channel,
            )
            keep_sheet(session, here.house.seal, sent, here.stamp())
    except Refusal as refusal:
        return _page(here, refusal, {"site": data.site, "channel": data.channel})
    return here.go(PATH)


@post(f"{PATH}/columns", guards=[MAY], sync_to_thread=True)
def choose_columns(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Which column holds what, as a person says."""
    try:
        with here.database.writing() as session:
            sent = _sent(here, session)
            chosen = {what: str(data.get(f"column-{what}", "")) for what in importing.COLUMNS}
            known = {str(n): n for n in range(len(sent.headings))}
            columns = {what: known[number] for what, number in chosen.items() if number in known}
            keep_sheet(session, here.house.seal, msgspec.structs.replace(sent, columns=columns), here.stamp())
    except Refusal as refusal:
        return here.refused(PATH, refusal)
    return here.go(PATH)


@post(f"{PATH}/discard", guards=[MAY], sync_to_thread=True)
def discard_sheet(here: NamedDependency[Here]) -> Response[Any]:
    with here.database.writing() as session:
        drop_sheet(session, here.me.id)
    return here.go(PATH, N_("The sheet is thrown away; nothing was enrolled."))


@post(f"{PATH}/enrol", guards=[MAY], sync_to_thread=True)
def enrol_sheet(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Enrol what was looked at: all of it in one transaction, or nothing."""
    ticked, shown = several(data, "line"), str(data.get("shown", ""))

    def work(session: Session) -> int:
        sent, seal = _sent(here, session), here.house.seal
        found = importing.fates(session, seal, sent, here.me.organisation_id, here.clock.today())
        if importing.digest(seal, sent, found) != shown:
            raise importing.ChangedMeanwhile()
        at = _site(session, str(sent.site_id))
        made = importing.enrol_all(
            session,
            seal,
            found,
            ticked={number for line in ticked if (number := whole_typed(line)) is not None},
            at=at,
            channel=sent.channel,
            holder_id=here.me.organisation_id,
            stamp=here.stamp(),
        )
        welcome(session, made, at.id, sent.channel, here.clock.today())
        drop_sheet(session, here.me.id)
        return len(made)

    try:
        done = write_once(here, str(data.get("key", "")), [sorted(ticked), shown], work, int)
    except Refusal as refusal:
        return here.refused(PATH, refusal)
    return here.go("/households", N_("Households enrolled from the sheet, each with its card: %(n)s."), n=done)


@get(f"{PATH}/template", guards=[MAY], sync_to_thread=True)
def template(here: NamedDependency[Here]) -> Response[Any]:
    """A sheet to begin from, with invented people."""
    headings = tuple(here.words.text(name) for name in importing.COLUMNS.values())
    return as_xlsx("foyers", [Table(here.words.text(N_("Households")), headings, EXAMPLE)])


def _sent(here: Here, session: Session) -> SentSheet:
    sent = sheet_of(session, here.house.seal, here.me.id, here.clock.now())
    if sent is None:
        raise NothingSent()
    return sent


def _site(session: Session, number: str) -> Site:
    for site in sites(session):
        if str(site.id) == number:
            return site
    raise NotFound(what=Term(N_("site")), id=number[:20], field="site")


def _page(here: Here, refusal: Refusal | None = None, typed: Mapping[str, str] | None = None) -> Response[Any]:
    with here.database.reading() as session:
        sent = None if refusal else sheet_of(session, here.house.seal, here.me.id, here.clock.now())
        places = [(site.id, site.name) for site in sites(session)]
        look = _look(here, session, sent) if sent else None
    return here.page(
        "pages/import.html",
        status=refusal.kind.value if refusal else 200,
        why=refusal.say(here.words) if refusal else None,
        typed=typed or {"site": "", "channel": "free"},
        sites=places,
        channels=[(code, here.words.text(name)) for code, name in CHANNELS.items()],
        look=look,
        key=secrets.token_urlsafe(12),
    )


def _look(here: Here, session: Session, sent: SentSheet) -> dict[str, Any]:
    """What would become of every line, the ones to mend first."""
    seal, why = here.house.seal, None
    found: list[importing.Fate] = []
    try:
        found = importing.fates(session, seal, sent, here.me.organisation_id, here.clock.today())
    except importing.ColumnMissing as refusal:
        why = refusal.say(here.words)
    by_kind = {kind: [_said(here, fate) for fate in found if fate.kind == kind] for kind in KINDS}
    return {
        "why": why,
        "headings": list(enumerate(sent.headings)),
        "columns": [(w, here.words.text(name), sent.columns.get(w)) for w, name in importing.COLUMNS.items()],
        "fates": [(kind, here.words.text(name), by_kind[kind]) for kind, name in KINDS.items() if by_kind[kind]],
        "counts": {kind: len(some) for kind, some in by_kind.items()},
        "total": len(found),
        "shown": importing.digest(seal, sent, found),
    }


def _said(here: Here, fate: importing.Fate) -> dict[str, Any]:
    return {"line": fate.line, "column": fate.column, "why": fate.why.say(here.words)}


ROUTES = [import_page, send_sheet, choose_columns, discard_sheet, enrol_sheet, template]
