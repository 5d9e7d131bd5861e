"""Documents as a printer and a scanner see them: pages as pictures, pictures as codes and ink."""

import re
from dataclasses import dataclass

import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from labels.boxes import Box

PRINTERS = (203, 300)
"""Dots per inch of usual label printers."""


@dataclass(frozen=True)
class Read:
    """One code: its symbology identifier and exactly the bytes it holds."""

    symbology: str
    content: str


def pages(pdf: bytes, dpi: int) -> list[Image.Image]:
    """Each page in grey, one pixel a dot."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]
    finally:
        document.close()


def text_of(pdf: bytes) -> list[str]:
    """What a screen reader would say, page by page, wherever lines end."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [page.get_textpage().get_text_bounded() for page in document]
        return [re.sub(r"[\r\n ]+", " ", text) for text in texts]
    finally:
        document.close()


def heights_of(pdf: bytes, *said: str) -> list[tuple[float, float]]:
    """Bottom and top, in points, of where each of these is first written on the first page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0].get_textpage()
        found = []
        for text in said:
            first, count = page.search(text).get_next()
            boxes = [page.get_charbox(n) for n in range(first, first + count)]
            found.append((min(box[1] for box in boxes), max(box[3] for box in boxes)))
        return found
    finally:
        document.close()


def crop(picture: Image.Image, box: Box, dpi: int) -> Image.Image:
    """The part of a page's picture that shows a box."""
    dot = dpi / 72
    upper = picture.height - box.top * dot
    return picture.crop((round(box.x * dot), round(upper), round(box.right * dot), round(picture.height - box.y * dot)))


LINEAR = (zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13)
SQUARE = (zxingcpp.BarcodeFormat.DataMatrix,)


def codes(picture: Image.Image, formats: tuple[zxingcpp.BarcodeFormat, ...]) -> list[Read]:
    """The codes a scanner finds, in no order. It looks for what is printed: bold capitals can pass for an EAN."""
    found = zxingcpp.read_barcodes(picture, formats=formats)
    return [Read(code.symbology_identifier, code.bytes.decode("latin-1")) for code in found]


def worn(picture: Image.Image) -> dict[str, Image.Image]:
    """The same picture as hands and cheap printers leave it."""
    framed = ImageOps.expand(picture, 20, fill=255)
    return {
        "turned a little": framed.rotate(4, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC),
        "upside down": framed.rotate(180),
        "blurred": framed.filter(ImageFilter.GaussianBlur(1.0)),
        "pale": framed.point(lambda grey: 150 + grey * 100 // 255),
    }


def ink(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """Left, upper, right and lower edge of what is not paper, in pixels."""
    return picture.point(lambda grey: 255 if grey < 200 else 0).getbbox()


def inside(picture: Image.Image, box: Box, dpi: int, slack: float = 0.5) -> bool:
    """Whether all ink of a page lies in a box, but for `slack` points."""
    found = ink(picture)
    if found is None:
        return True
    dot = dpi / 72
    left, upper, right, lower = found
    wanted = (box.x - slack, picture.height / dot - box.top - slack, box.right + slack)
    return (
        left >= wanted[0] * dot - 1
        and upper >= wanted[1] * dot - 1
        and right <= wanted[2] * dot + 1
        and lower <= picture.height - (box.y - slack) * dot + 1
    )
