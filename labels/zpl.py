"""A PDF for a label printer that speaks ZPL: each page as one picture, dot for dot.

Source: Zebra Programming Guide, commands ^GF (graphic field), ^PW and ^LL.
"""

import pypdfium2
from PIL import Image

POINTS_PER_INCH = 72
WHITE_FROM = 128


def as_zpl(pdf: bytes, dpi: int) -> bytes:
    """The pages of a PDF as ZPL II labels of `dpi` dots per inch."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pictures = [page.render(scale=dpi / POINTS_PER_INCH, grayscale=True).to_pil() for page in document]
    finally:
        document.close()
    return b"".join(_label(picture) for picture in pictures)


def _label(picture: Image.Image) -> bytes:
    """One label: in a graphic field a set bit is a black dot, and each row begins on a byte of its own."""
    black = picture.point([255 if level < WHITE_FROM else 0 for level in range(256)]).convert("1")
    row, size = (black.width + 7) // 8, (black.width + 7) // 8 * black.height
    dots = black.tobytes().hex().upper()
    return f"^XA^PW{black.width}^LL{black.height}^FO0,0^GFA,{size},{size},{row},{dots}^FS^XZ\n".encode("ascii")
