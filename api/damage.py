"""Photos of damage as they come: a file of a form, or the few letters a phone's script made of it."""

import binascii
from base64 import b64decode
from typing import Any

from litestar.datastructures import UploadFile
from sqlalchemy.orm import Session

from api.here import Here
from network.roles import Right
from stock.photos import LARGEST, Cleaned, NotAPhoto, Photo, cleaned
from stock.rules import figure

LARGEST_REQUEST = 3 * LARGEST
"""Bytes of a form: a photo that is somewhat too large is still told how large it may be."""


def photo_sent(file: UploadFile | None) -> Cleaned:
    """The picture in a form's file; raises NotAPhoto or PhotoTooLarge."""
    return cleaned(file.file.read() if file else b"")


def photo_written(text: str) -> Cleaned | None:
    """The picture in a field, as base64; None where there is none. Raises NotAPhoto or PhotoTooLarge."""
    if not text:
        return None
    try:
        return cleaned(b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise NotAPhoto() from None


def gallery(photos: list[Photo]) -> list[dict[str, Any]]:
    """Photos as pages show them."""
    return [
        {
            "id": photo.id,
            "src": f"/photos/{photo.id}",
            "about": photo.about,
            "href": f"/stock/lots/{photo.lot}" if photo.lot else f"/receptions/{photo.reception_id}",
            "at": photo.at,
            "refused_id": photo.refused_id,
        }
        for photo in photos
    ]


def shown(here: Here, session: Session, photos: list[Photo]) -> dict[str, Any]:
    """What `parts/photos.html` needs besides where another one is sent."""
    return {
        "photos": gallery(photos),
        "photo_days": figure(session, "photo_days", here.clock.today()),
        "may_write": Right.WRITE_STOCK in here.me.rights,
    }
