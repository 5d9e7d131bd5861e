"""Labels for printers that speak ZPL: dot for dot what the PDF shows."""

import re
from math import ceil

import pytest
from PIL import Image, ImageOps

from common.words import words
from labels.lots import lot_labels
from labels.media import media
from labels.zpl import as_zpl
from tests.labels.examples import CREAM, PASTA
from tests.labels.reading import PRINTERS, SQUARE, codes

LABEL = re.compile(rb"\^XA\^PW(\d+)\^LL(\d+)\^FO0,0\^GFA,(\d+),(\d+),(\d+),([0-9A-F]+)\^FS\^XZ\n")


def printed(zpl: bytes) -> list[Image.Image]:
    """What a printer would burn into its roll."""
    pictures = []
    for width, height, size, total, row, dots in LABEL.findall(zpl):
        assert size == total
        assert int(size) == int(row) * int(height) == len(dots) // 2
        picture = Image.frombytes("1", (int(row) * 8, int(height)), bytes.fromhex(dots.decode()))
        pictures.append(ImageOps.invert(picture.convert("L")).crop((0, 0, int(width), int(height))))
    return pictures


@pytest.mark.parametrize("dpi", PRINTERS)
def test_each_page_is_one_label_whose_code_is_read_back(dpi: int) -> None:
    pdf = lot_labels([CREAM, PASTA], media("11354"), words("fr"))

    pictures = printed(as_zpl(pdf, dpi))

    assert len(pictures) == 2
    assert [picture.width for picture in pictures] == [ceil(57 / 25.4 * dpi)] * 2
    assert all(codes(ImageOps.expand(picture, 20, fill=255), SQUARE) for picture in pictures)
