"""Photos of damage: of a lot, or of goods that were turned away, so that a donor can be shown what was wrong.

What a phone sends is never kept. It is decoded, turned upright, made small and written anew, so that nothing comes
along that is not picture: no place, no device, no hour, no bytes after the end. A photo may show more than was meant
(a face, a number plate): one tap takes it away, and every one is forgotten after some weeks.
"""

import datetime as dt
from io import BytesIO
from typing import NewType

from msgspec import Struct
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from network import audit
from stock.rules import figure
from stock.tables import DamagePhoto, Lot, Product, Reception, RefusedGoods

LARGEST = 15_000_000
"""Bytes; a phone's photo has three to eight million."""
LONGEST_SIDE = 1_280
"""Pixels: damage is plain to see, and a photo takes two hundred kilobytes."""
MOST_DECODED = 25_000_000
"""Pixels held at once. A phone's photo may have more: a JPEG is decoded at an eighth of its size where need be."""
FORMATS = ("JPEG", "PNG", "WEBP")
"""What phones and screens make; a phone's JPEG of several pictures is read as its first one."""
QUALITY = 80
MOST = 12
"""Photos of one thing: the crates of one lot may each have theirs."""

Cleaned = NewType("Cleaned", bytes)
"""A JPEG that holds a picture and nothing else: only `cleaned` makes one, outside any transaction."""


class NotAPhoto(Refusal):
    """Something else than a picture, a broken one, or one that would fill the memory."""

    message = N_("This is not a photo that can be kept: take it again, as JPEG, PNG or WebP.")
    field = "photo"


class PhotoTooLarge(Refusal):
    """More bytes than any photo needs."""

    message = N_("This photo is too large to be sent: at most %(most)s MB. Take it again at a lower resolution.")
    field = "photo"


class EnoughPhotos(Refusal):
    """A dozen photos tell it all."""

    kind = Kind.CONFLICT
    message = N_("There are %(most)s photos already: take one away first.")
    field = "photo"


class Photo(Struct, frozen=True):
    """A photo as a page lists it, without its picture."""

    id: int
    at: dt.datetime
    about: str
    """What it shows: the product, or nothing where nobody knows."""
    lot: str = ""
    """The code of the lot; empty where the goods were turned away."""
    refused_id: int | None = None
    reception_id: int = 0


def cleaned(sent: bytes) -> Cleaned:
    """The picture alone, upright and small, as a new JPEG; raises NotAPhoto or PhotoTooLarge."""
    if len(sent) > LARGEST:
        raise PhotoTooLarge(most=LARGEST // 1_000_000)
    try:
        with Image.open(BytesIO(sent), formats=FORMATS) as opened:
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            if opened.width * opened.height > MOST_DECODED:
                raise NotAPhoto()
            seen = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        raise NotAPhoto() from None
    seen.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    fresh = Image.new("RGB", seen.size)  # carries no word of what was sent: comments are written along otherwise
    fresh.paste(seen)
    kept = BytesIO()
    fresh.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return Cleaned(kept.getvalue())


def add_photo(
    session: Session, jpeg: Cleaned, stamp: Stamp, *, lot_id: int | None = None, refused_id: int | None = None
) -> int:
    """Keep a photo of a lot or of refused goods; raises EnoughPhotos or NotFound."""
    if lot_id is not None:
        # Two photos of one lot at once: the second waits here and then counts the first.
        known, of_it = session.get(Lot, lot_id, with_for_update=True) is not None, DamagePhoto.lot_id == lot_id
    else:
        known = session.get(RefusedGoods, refused_id, with_for_update=True) is not None
        of_it = DamagePhoto.refused_id == refused_id
    if not known:
        raise NotFound(what=Term(N_("lot") if lot_id is not None else N_("refusal")), id=lot_id or refused_id)
    if (session.scalar(select(func.count()).select_from(DamagePhoto).where(of_it)) or 0) >= MOST:
        raise EnoughPhotos(most=MOST)
    kept = DamagePhoto(lot_id=lot_id, refused_id=refused_id, jpeg=jpeg, at=stamp.at, by_id=stamp.by)
    session.add(kept)
    session.flush()
    return kept.id


def picture(session: Session, photo_id: int) -> bytes:
    """The JPEG; raises NotFound."""
    found = session.scalar(select(DamagePhoto.jpeg).where(DamagePhoto.id == photo_id))
    if found is None:
        raise NotFound(what=Term(N_("photo")), id=photo_id)
    return found


def remove_photo(session: Session, photo_id: int, stamp: Stamp) -> str:
    """Take it away for good, and return the address of what it showed; raises NotFound."""
    asked = (
        select(DamagePhoto, Lot.code, RefusedGoods.reception_id)
        .outerjoin(Lot, Lot.id == DamagePhoto.lot_id)
        .outerjoin(RefusedGoods, RefusedGoods.id == DamagePhoto.refused_id)
        .where(DamagePhoto.id == photo_id)
    )
    found = session.execute(asked).first()
    if found is None:
        raise NotFound(what=Term(N_("photo")), id=photo_id)
    photo, lot, reception_id = found
    session.delete(photo)
    session.flush()
    audit.record(session, "photo.remove", f"photo:{photo_id}", stamp)
    return f"/stock/lots/{lot}" if lot else f"/receptions/{reception_id}"


def subject_of(session: Session, photo_id: int) -> tuple[int | None, int]:
    """The lot a photo shows, None where the goods were turned away, and the reception; raises NotFound."""
    query = (
        select(DamagePhoto.lot_id, func.coalesce(Lot.reception_id, RefusedGoods.reception_id))
        .outerjoin(Lot, Lot.id == DamagePhoto.lot_id)
        .outerjoin(RefusedGoods, RefusedGoods.id == DamagePhoto.refused_id)
        .where(DamagePhoto.id == photo_id)
    )
    found = session.execute(query).first()
    if found is None:
        raise NotFound(what=Term(N_("photo")), id=photo_id)
    return found[0], found[1]


def photos_of_lot(session: Session, lot_id: int) -> list[Photo]:
    """The photos of a lot, oldest first."""
    return _listed(session, DamagePhoto.lot_id == lot_id)


def photos_of_reception(session: Session, reception_id: int) -> list[Photo]:
    """The photos of what came in under a reception and of what was turned away, oldest first."""
    return _listed(session, Reception.id == reception_id)


def photos_of_donor(session: Session, donor_id: int, first: dt.date, last: dt.date) -> list[Photo]:
    """What a donor can be shown of a period, newest first."""
    return _listed(session, (Reception.donor_id == donor_id) & Reception.on.between(first, last))[::-1]


def forget_old_photos(session: Session, stamp: Stamp) -> int:
    """Take out the photos older than the partners keep them; tells how many that were."""
    until = stamp.at - dt.timedelta(days=figure(session, "photo_days", stamp.on))
    old = DamagePhoto.at < until
    gone = session.scalar(select(func.count()).select_from(DamagePhoto).where(old)) or 0
    session.execute(delete(DamagePhoto).where(old))
    return gone


def _listed(session: Session, wanted: ColumnElement[bool]) -> list[Photo]:
    of_product = func.coalesce(Lot.product_id, RefusedGoods.product_id)
    of_reception = func.coalesce(Lot.reception_id, RefusedGoods.reception_id)
    query = (
        select(
            DamagePhoto.id,
            DamagePhoto.at,
            func.coalesce(Product.name, ""),
            func.coalesce(Lot.code, ""),
            DamagePhoto.refused_id,
            Reception.id,
        )
        .outerjoin(Lot, Lot.id == DamagePhoto.lot_id)
        .outerjoin(RefusedGoods, RefusedGoods.id == DamagePhoto.refused_id)
        .join(Reception, Reception.id == of_reception)
        .outerjoin(Product, Product.id == of_product)
        .where(wanted)
        .order_by(DamagePhoto.id)
    )
    return [Photo(*row) for row in session.execute(query)]
