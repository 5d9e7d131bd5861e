"""Photos of damage: nothing but the picture is kept, a few of each thing, for as long as the partners said."""

import datetime as dt
import struct
import zlib
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from common.database import Database
from common.errors import NotFound
from network import figures
from stock import photos, rules
from stock.intake import Arrival, reception, refuse_goods, take_in
from stock.photos import Cleaned, EnoughPhotos, NotAPhoto, Photo, PhotoTooLarge, add_photo, cleaned
from tests.stock.stockroom import MONDAY, PEAS, STAMP, stockroom

JPEG = Cleaned(b"a picture")


def taken(size: tuple[int, int] = (3000, 2000), **said: object) -> bytes:
    """A photo as a phone sends it: it says where it was taken, and lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by a quarter
    exif[0x010F] = "Telephone of Odile"
    exif.get_ifd(0x8825)[2] = (50.0, 26.0, 15.0)
    sent = BytesIO()
    Image.new("RGB", size, "brown").save(sent, "JPEG", exif=exif, comment=b"cellar of Odile", **said)
    return sent.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that would unfold to so many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_nothing_is_kept_but_the_picture_upright_and_small() -> None:
    sent = taken() + b"what hides behind the end"

    kept = cleaned(sent)

    assert b"Odile" in sent
    assert not any(word in kept for word in (b"Odile", b"Exif", b"hides"))
    with Image.open(BytesIO(kept)) as opened:
        assert (opened.format, opened.size, dict(opened.getexif())) == ("JPEG", (853, 1280), {})
    assert len(kept) < 200_000


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"no picture",
        b"%PDF-1.7",
        b"GIF89a" + bytes(40),
        taken()[:3000],
        claiming(30_000, 30_000),
        claiming(9_000, 9_000),
    ],
    ids=["nothing", "text", "a PDF", "a GIF", "cut short", "a bomb", "more than is held at once"],
)
def test_what_is_no_photo_is_told_so(sent: bytes) -> None:
    with pytest.raises(NotAPhoto):
        cleaned(sent)


def test_forty_megabytes_are_too_much() -> None:
    with pytest.raises(PhotoTooLarge):
        cleaned(taken((64, 64)) + bytes(40_000_000))


def test_photos_stand_with_what_they_show_until_their_days_are_over(database: Database) -> None:
    """Ninety days to the minute, or as many as the partners said."""
    with database.writing() as session:
        room = stockroom(session)
        booked = take_in(session, Arrival(PEAS, units=10, date="2028"), reception(session, room.reception), STAMP)
        refused = refuse_goods(session, room.reception, "pack_open", 300, STAMP)
        of_lot = add_photo(session, JPEG, STAMP, lot_id=booked.lot_id)
        of_refused = add_photo(session, JPEG, STAMP, refused_id=refused)

        assert photos.photos_of_lot(session, booked.lot_id) == [
            Photo(of_lot, STAMP.at, "Petits pois", booked.lot_code, None, room.reception)
        ]
        told = photos.photos_of_reception(session, room.reception)
        assert [(photo.id, photo.about, photo.refused_id) for photo in told] == [
            (of_lot, "Petits pois", None),
            (of_refused, "", refused),
        ]
        assert [photo.id for photo in photos.photos_of_donor(session, room.donor, MONDAY, MONDAY)] == [
            of_refused,
            of_lot,
        ]
        assert photos.picture(session, of_refused) == JPEG

        def forgotten(days: int) -> int:
            then = STAMP.at + dt.timedelta(days=days)
            return photos.forget_old_photos(session, replace(STAMP, at=then, on=then.date()))

        assert forgotten(90) == 0
        figures.set_figure(session, FIGURE, 30, MONDAY, "Conseil du 23 novembre", STAMP)
        assert [forgotten(30), forgotten(31)] == [0, 2]
        with pytest.raises(NotFound):
            photos.picture(session, of_lot)


def test_a_few_photos_tell_it_all_and_one_can_be_taken_away(database: Database) -> None:
    with database.writing() as session:
        room = stockroom(session)
        refused = refuse_goods(session, room.reception, "pack_open", 300, STAMP)
        first, *_ = [add_photo(session, JPEG, STAMP, refused_id=refused) for _ in range(photos.MOST)]
        with pytest.raises(EnoughPhotos):
            add_photo(session, JPEG, STAMP, refused_id=refused)

        assert photos.remove_photo(session, first, STAMP) == f"/receptions/{room.reception}"
        add_photo(session, JPEG, STAMP, refused_id=refused)
        for unknown in ({"lot_id": 999}, {"refused_id": 999}):
            with pytest.raises(NotFound):
                add_photo(session, JPEG, STAMP, **unknown)


FIGURE = next(figure for figure in rules.FIGURES if figure.name == "photo_days")
