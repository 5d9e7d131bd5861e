"""`panier site`: a network without the demo, its partners and sites; who signs in first does the rest on the pages."""

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli.base import house, say, spoken
from api.cli.daily import prepare
from common.errors import Kind, Refusal
from common.words import N_
from network.accounts import create_account
from network.directory import KINDS
from network.parameters import set_parameter
from network.partners import add_organisation, add_site
from network.roles import Role
from network.tables import Organisation, Site
from stock.catalogue import load_reference
from stock.places import Storage, add_place

FIRST_PLACES = (
    (Storage.DRY, N_("Shelf A")),
    (Storage.CHILLED, N_("Fridge 1")),
    (Storage.FROZEN, N_("Freezer 1")),
    (Storage.QUARANTINE, N_("Quarantine")),
)
"""Goods of every kind can come in at once; names are changed on the page of places."""


class SiteThere(Refusal):
    kind = Kind.CONFLICT
    message = N_("There is a site “%(code)s” already.")


class TooLong(Refusal):
    message = N_("“%(got)s” is too long or empty: expected 1 to %(most)s signs.")


@click.command("site")
@click.argument("code")
@click.argument("name")
@click.option("--partner", required=True, help="Whose it is; a partner of this name is added where there is none.")
@click.option("--kind", type=click.Choice(sorted(KINDS)), default="association", show_default=True)
@click.option("--network", default="", help="What the town calls its network, on every document.")
@click.option("--admin", default="", help="Login of an administrator to open; the password is asked for.")
@click.option("--password", default="", help="In place of being asked; others may read it in the list of processes.")
def site(code: str, name: str, partner: str, kind: str, network: str, admin: str, password: str) -> None:
    """Add the site NAME, called CODE on labels and in scan files, with its first storage places.

    The first one begins a network without the demo: with --admin, who opens everybody's accounts on the pages.
    """
    with house() as opened:
        prepare(opened)
        database = opened.registry.database("localhost")
        if admin and not password:
            password = click.prompt(spoken().text(N_("Password")), hide_input=True, confirmation_prompt=True)
        with database.writing() as session:
            site_id = _site(session, code, name, _partner(session, partner, kind))
            if network:
                stamp = opened.clock.stamp()
                set_parameter(session, "network_name", stamp.on, _named(network, 120), "panier site", stamp)
            if admin:
                _administrator(session, site_id, admin, password)
    say(N_("The site %(code)s is there, with a shelf, a fridge, a freezer and a quarantine corner."), code=code.upper())
    if admin:
        say(N_("Sign in as %(login)s and open everybody’s accounts."), login=admin.lower())


def _partner(session: Session, name: str, kind: str) -> int:
    name = _named(name, 120)
    found = session.scalar(select(Organisation.id).where(Organisation.name == name))
    return add_organisation(session, name, kind).id if found is None else found


def _site(session: Session, code: str, name: str, partner_id: int) -> int:
    code = _named(code, 20).upper()
    if session.scalar(select(Site.id).where(Site.code == code)) is not None:
        raise SiteThere(code=code)
    load_reference(session)
    added = add_site(session, partner_id, code, _named(name, 120))
    for storage, called in FIRST_PLACES:
        add_place(session, added.id, spoken().text(called), storage)
    return added.id


def _administrator(session: Session, site_id: int, login: str, password: str) -> None:
    partner_id = session.get_one(Site, site_id).organisation_id
    create_account(
        session,
        organisation_id=partner_id,
        login=login,
        name=login,
        role=Role.ADMINISTRATOR,
        password=password,
        language=spoken().language,
    )


def _named(typed: str, most: int) -> str:
    name = " ".join(typed.split())
    if not 0 < len(name) <= most:
        raise TooLong(got=name[:60], most=most)
    return name
