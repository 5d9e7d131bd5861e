"""Search everywhere: what was typed or scanned, among all that the person may see.

Nothing that is typed goes into an address or a log: a name among files is compared by its fingerprints, and what is
found is a card. A code leads straight to what it names.
"""

import datetime as dt
from collections.abc import Callable, Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from allocation.sessions import list_sessions
from api.here import Here
from common.codes import WrongCode, read_code
from common.errors import NotFound, Refusal
from common.words import N_
from households import files, listing
from network.partners import sites
from network.roles import Right
from stock import catalogue, intake
from stock.donors import donors
from stock.named import products_named
from stock.places import places_in_use
from stock.shelf import StockFilter, plain, stock_list
from stock.story import lot_story

MOST = 6
"""Answers of one kind; the page of that kind has the others."""
LONGEST = 100
SHORTEST_CARD = 2
PERIOD = dt.timedelta(days=60)


class Hit(Struct, frozen=True):
    label: str
    note: str
    href: str


class Kind(Struct, frozen=True):
    """Answers of one kind, under the name of the page that lists them."""

    title: str
    icon: str
    hits: Sequence[Hit]


def named(here: Here, session: Session, typed: str) -> str | None:
    """Where a whole code leads: a lot's label, a household's card, a number on a pack."""
    asks = ((Right.SEE_STOCK, _lot), (Right.SEE_CARDS, _card), (Right.SEE_STOCK, _product))
    leads = (ask(here, session, typed) for right, ask in asks if right in here.me.rights)
    return next(filter(None, leads), None)


def search(here: Here, session: Session, typed: str) -> list[Kind]:
    """What has every word that was typed, kind by kind."""
    if not typed:
        return []
    kinds = (
        (N_("Stock"), "shelf", Right.SEE_STOCK, _lots),
        (N_("Products"), "table", Right.SEE_STOCK, _products),
        (N_("Donors"), "truck", Right.SEE_STOCK, _donors),
        (N_("Storage places"), "fridge", Right.SEE_STOCK, _places),
        (N_("Sessions"), "session", Right.SEE_CARDS, _sessions),
        (N_("Households"), "people", Right.SEE_CARDS, _households),
    )
    found = [
        Kind(here.words.text(title), icon, ask(here, session, typed)[:MOST])
        for title, icon, right, ask in kinds
        if right in here.me.rights
    ]
    return [kind for kind in found if kind.hits]


# Codes


def _lot(_here: Here, session: Session, typed: str) -> str | None:
    try:
        return f"/stock/lots/{lot_story(session, read_code(typed)).code}"
    except (WrongCode, NotFound):
        return None


def _card(_here: Here, session: Session, typed: str) -> str | None:
    try:
        found = listing.matching(session, read_code(typed))
    except WrongCode:
        return None
    return f"/households/{found[0]}" if len(found) == 1 else None


def _product(here: Here, session: Session, typed: str) -> str | None:
    if not any(letter.isdigit() for letter in typed):
        return None
    try:
        scan = intake.read_code(session, typed, here.clock.today())
        return f"/catalogue/{catalogue.find(session, scan).product.id}"
    except Refusal:
        return None


# Words


def _lots(here: Here, session: Session, typed: str) -> list[Hit]:
    today = here.clock.today()
    found = stock_list(session, today, show=StockFilter(text=typed), most=MOST)
    return [
        Hit(
            row.product,
            " · ".join((here.words.near_date(row.last_day, today), here.words.weight(row.grams), row.site)),
            f"/stock/lots/{row.code}",
        )
        for row in found.rows
    ]


def _products(_here: Here, session: Session, typed: str) -> list[Hit]:
    return [Hit(name, brand, f"/catalogue/{number}") for number, name, brand in products_named(session, typed, MOST)]


def _donors(_here: Here, session: Session, typed: str) -> list[Hit]:
    has = _having(typed)
    return [Hit(donor.name, "", f"/donors/{donor.id}") for donor in donors(session) if has(donor.name)]


def _places(_here: Here, session: Session, typed: str) -> list[Hit]:
    has, names = _having(typed), {site.id: site.name for site in sites(session)}
    return [
        Hit(place.name, names[place.site_id], f"/stock?site={place.site_id}&storage={place.storage}")
        for place in places_in_use(session)
        if has(f"{place.name} {names[place.site_id]}")
    ]


def _sessions(here: Here, session: Session, typed: str) -> list[Hit]:
    has, today = _having(typed), here.clock.today()
    planned = list_sessions(session, today - PERIOD, today + PERIOD)
    told = [(row, here.words.day(row.on, today)) for row in planned]
    near = sorted(told, key=lambda one: abs(one[0].on - today))
    return [Hit(day, row.site, f"/sessions/{row.id}") for row, day in near if has(f"{day} {row.site}")]


def _households(here: Here, session: Session, typed: str) -> list[Hit]:
    """By a part of the card; for those who open files also by name or phone among their own partner's."""
    one_word = len(typed.split()) == 1 and len(typed) > SHORTEST_CARD
    found = list(listing.matching(session, typed))[:MOST] if one_word else []
    if Right.OPEN_FILES in here.me.rights:
        found += files.find(session, here.house.seal, typed, here.me.organisation_id)[:MOST]
    rows = listing.rows_of(session, list(dict.fromkeys(found)), here.clock.today())
    return [
        Hit(
            here.words.text(N_("Card %(card)s"), card=row.card),
            " · ".join((here.words.plural("%(n)s person", "%(n)s people", row.persons), row.site)),
            f"/households/{row.id}",
        )
        for row in rows
    ]


def _having(typed: str) -> Callable[[str], bool]:
    words = plain(typed).split()
    return lambda text: all(word in plain(text) for word in words)
