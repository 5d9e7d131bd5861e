"""What people did on the shelves of the demo: a week of thermometers read, and a count that was begun."""

import datetime as dt
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.clock import Stamp
from stock.accounts import PLACED
from stock.counts import register
from stock.counts.register import Tally
from stock.ledger import standings
from stock.place_log import note_action, note_reading
from stock.places import Storage
from stock.tables import Place

USUAL = {Storage.CHILLED: (28, 46), Storage.FROZEN: (-215, -185)}
"""Tenths of a degree that a fridge and a freezer show on a good day."""
DOOR_LEFT_OPEN = 3
"""So many days ago the first fridge was too warm."""
COUNTED = 3


def on_the_shelves(session: Session, seed: int, stamp: Stamp) -> None:
    """Readings of six days, one of them out of range and seen to; then a fridge half counted."""
    rng = Random(seed)  # noqa: S311 - a demo, not a secret
    places = session.scalars(select(Place).order_by(Place.site_id, Place.rank)).all()
    cold = [place for place in places if place.storage in USUAL]
    for days in range(5, -1, -1):
        for place in cold:
            at = stamp.at - dt.timedelta(days=days, minutes=20)
            note_reading(session, place.id, rng.randint(*USUAL[Storage(place.storage)]), stamp, at=at)
    fridge = next(place for place in cold if place.storage == Storage.CHILLED)
    warm = note_reading(session, fridge.id, 92, stamp, at=stamp.at - dt.timedelta(days=DOOR_LEFT_OPEN))
    note_action(session, fridge.id, warm.id, "Porte mal fermée ; produits contrôlés à cœur : 4 °C.", stamp)
    _begin_counting(session, fridge, stamp)


def _begin_counting(session: Session, place: Place, stamp: Stamp) -> None:
    """Of the first lots in it, one piece of the first is missing."""
    number = register.open_count(session, place.site_id, stamp, place_id=place.id)
    there: dict[int, int] = {}
    for standing in standings(session, places=[place.id], accounts=PLACED):
        there[standing.lot_id] = there.get(standing.lot_id, 0) + standing.quantity
    first, *others = sorted(there)[:COUNTED] or [0]
    tallies = [Tally(first, place.id, there[first] - 1)] if first else []
    register.add(session, number, tallies + [Tally(lot, place.id, there[lot]) for lot in others], stamp)
