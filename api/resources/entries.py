"""Intake away from the network: what a phone takes along, and what it brings back."""

import hashlib

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody
from msgspec import Struct

from api.entries import Entry, NotYours, Outcome, do_all, site_of
from api.here import Here
from api.intake_rules import rules_at
from api.security import May
from network.roles import Right
from stock.kit import Kit, kit

MAY = May(Right.WRITE_STOCK)


class Entries(Struct, frozen=True):
    """What a phone kept, oldest first. A day of 500 lines goes in requests of a hundred or so."""

    account_id: int
    """Who entered them: a shared phone never sends them under another name."""
    entries: list[Entry]


SAME = {304: ResponseSpec(None, description="Nothing changed")}


@get(
    "/intake/kit", guards=[MAY], sync_to_thread=True, responses={200: ResponseSpec(Kit, generate_examples=False)} | SAME
)
def show_kit(here: NamedDependency[Here]) -> Response[bytes]:
    """Everything a reception needs without network; asked with `If-None-Match`, 304 where nothing changed."""
    with here.database.reading() as session:
        site_id = site_of(here, session)
        taken = kit(session, site_id, rules_at(session, site_id, here.clock), here.clock.today())
    body = msgspec.json.encode(taken)
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    if here.request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers={"etag": tag})
    return Response(body, headers={"etag": tag}, media_type="application/json")


@post("/intake/entries", guards=[MAY], sync_to_thread=True, status_code=200)
def send_entries(here: NamedDependency[Here], data: JSONBody[Entries]) -> list[Outcome]:
    """Do what a phone kept, each entry once however often it is sent; each is done whole or refused with its reason."""
    if data.account_id != here.me.id:
        raise NotYours()
    with here.database.writing() as session:
        return do_all(here, session, site_of(here, session), data.entries)


ROUTES = [show_kit, send_entries]
