"""A photo of a code, read on the server and forgotten: for phones that give the page no camera stream."""

from io import BytesIO

import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from common.errors import Refusal
from common.words import N_
from stock.photos import FORMATS, MOST_DECODED

LARGEST_PHOTO = 15_000_000
"""Bytes; a phone's photo has three to eight million."""
LONGEST_SIDE = 1_600
"""Pixels: codes are read as well as at full size, in a tenth of the time."""
Image.MAX_IMAGE_PIXELS = 120_000_000


class NoPhoto(Refusal):
    """Something else than a picture."""

    message = N_("This is not a photo that can be read: take it again, as JPEG or PNG.")
    field = "photo"


class NoCode(Refusal):
    """A picture without a code."""

    message = N_("No code was found on this photo: come closer, with light and the whole code in sight.")
    field = "photo"


def code_on(photo: bytes) -> str:
    """What the code on a photo says, as a scanner would send it; raises NoPhoto or NoCode."""
    try:
        with Image.open(BytesIO(photo), formats=FORMATS) as opened:
            opened.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
            if opened.width * opened.height > MOST_DECODED:
                raise NoPhoto()
            image = ImageOps.exif_transpose(opened).convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        raise NoPhoto() from None
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    found = [code for code in zxingcpp.read_barcodes(image) if code.valid]
    if not found:
        raise NoCode()
    return str(found[0].symbology_identifier + found[0].text)
