"""Where alerts come from: files that were fetched by hand, or the interface of data.economie.gouv.fr.

Both data sets are exported whole or since a day, one JSON object a line (`/exports/jsonl`), so a reading never holds
more than one line; files may be such lines, one JSON list, or CSV as the site offers them for download.
"""

import csv
import datetime as dt
import http.client
import io
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit

import msgspec

from common.errors import Refusal
from common.words import N_

DATASETS = ("rappelconso-v2-gtin-trie", "rappelconso-v2-gtin-espaces")
PATIENCE = 20
"""Seconds without a byte before we give up."""
LONGEST_LINE = 1_000_000

Row = dict[str, Any]


class RecallsOutOfReach(Refusal):
    """The interface did not answer, or not with what it promises."""

    message = N_("The recalls could not be read from %(host)s: %(why)s. What was read before still holds.")


class NotARecallFile(Refusal):
    """A file of another kind."""

    message = N_("%(file)s is not an export of RappelConso: %(why)s.")


def rows_of_file(path: Path) -> Iterator[Row]:
    """The rows of an export; raises NotARecallFile."""
    with path.open("rb") as file:
        start = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
        file.seek(0)
        try:
            yield from _rows(file, start)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, csv.Error) as problem:
            raise NotARecallFile(file=path.name, why=str(problem)) from problem


def rows_of_interface(address: str, dataset: str, since: dt.date | None) -> Iterator[Row]:
    """The rows about food published since a day, as they arrive; raises RecallsOutOfReach.

    `address` is that of the catalogue, up to and including `/catalog/datasets`.
    """
    where = 'categorie_produit="alimentation"'
    if since is not None:
        where += f" and date_publication>=date'{since.isoformat()}'"
    url = f"{address.rstrip('/')}/{dataset}/exports/jsonl?{urlencode({'where': where})}"
    with _told(urlsplit(address).hostname or address), urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - the operator's setting, checked to be http(s)
        yield from _lines(answer)


@contextmanager
def _told(host: str) -> Iterator[None]:
    """What may go wrong on the way, said as one refusal."""
    try:
        yield
    except URLError as problem:
        raise RecallsOutOfReach(host=host, why=str(getattr(problem, "code", problem.reason))) from problem
    except (OSError, http.client.HTTPException, msgspec.DecodeError, RecursionError) as problem:
        raise RecallsOutOfReach(host=host, why=str(problem) or type(problem).__name__) from problem


def _rows(file: BinaryIO, start: bytes) -> Iterator[Row]:
    if start == b"[":
        yield from msgspec.json.decode(file.read(), type=list[Row])
    elif start == b"{":
        yield from _lines(file)
    else:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        table = csv.DictReader(text, delimiter=";", strict=True)
        if "numero_fiche" not in (table.fieldnames or ()):
            raise csv.Error("numero_fiche ?")
        yield from table


def _lines(file: Any) -> Iterator[Row]:
    while line := file.readline(LONGEST_LINE):
        if line.strip():
            yield msgspec.json.decode(line, type=Row)
