"""What the demo's volunteers turned away at the door, so that there is something to talk about with donors."""

from io import BytesIO

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from api.demo.past import at
from stock.catalogue import product_by_article
from stock.photos import add_photo, cleaned
from stock.receptions import refuse_goods
from stock.tables import Reception

EVERY = 6
"""Every sixth reception has something that is turned away."""
REASONS = ("pack_open", "use_by_too_short", "pests_mould", "cold_chain_broken", "date_unreadable")
GRAMS = (1500, 4200, 6000, 2800, 900)


def turn_some_away(session: Session) -> None:
    """One refusal in every few receptions; the last one was photographed."""
    fruit = product_by_article(session, "POMME")
    query = select(Reception).options(joinedload(Reception.donor)).order_by(Reception.id.desc())
    for n, came in enumerate(session.scalars(query).all()[::EVERY]):
        stamp = at(came.on, 9)
        mouldy = REASONS[n % len(REASONS)] == "pests_mould" and fruit is not None
        product = fruit.id if mouldy and fruit else None
        number = refuse_goods(session, came.id, REASONS[n % len(REASONS)], GRAMS[n % len(GRAMS)], stamp, product)
        if n == 0:
            add_photo(session, cleaned(crushed_crate()), stamp, refused_id=number)


def crushed_crate() -> bytes:
    """A drawing of a cardboard box with a crushed corner."""
    drawn = Image.new("RGB", (960, 720), "#8a8f94")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, 520, 960, 720), fill="#5d6166")
    pen.polygon([(200, 240), (700, 240), (760, 330), (690, 410), (760, 470), (740, 600), (200, 600)], fill="#b98a52")
    pen.polygon([(200, 240), (300, 160), (780, 160), (700, 240)], fill="#d3a86e")
    pen.polygon([(700, 240), (780, 160), (800, 300), (760, 330)], fill="#936a3a")
    pen.line([(690, 410), (560, 380), (610, 450), (520, 500)], fill="#5c3f1e", width=9)
    pen.line([(760, 330), (640, 330), (690, 410)], fill="#5c3f1e", width=9)
    pen.ellipse((600, 570, 860, 650), fill="#7b3f35")
    made = BytesIO()
    drawn.save(made, "JPEG", quality=85)
    return made.getvalue()
