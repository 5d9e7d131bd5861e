"""Asking Open Food Facts for one number: off unless the operator names an address, and for 2 seconds at most."""

import http.client
import time
import urllib.request
from typing import Any
from urllib.error import HTTPError

import msgspec

from common.errors import Refusal
from common.words import N_
from stock.openfoodfacts.facts import Facts, read_facts

PATIENCE = 2.0
"""Seconds for the whole answer: a volunteer stands there with the pack in hand."""
MOST_BYTES = 500_000
CHUNK = 16_384
ASKED_BY = "PanierJuste/1"
FIELDS = (
    "code,product_name,product_name_fr,brands,quantity,product_quantity,categories_tags,allergens_tags,traces_tags,"
    "ingredients_text_fr,ingredients_text,nutriscore_grade,pnns_groups_2,nutriments"
)


class NoAnswer(Refusal):
    """Nobody answered in time, or not with what the interface promises."""

    message = N_("Open Food Facts did not answer about %(code)s.")


def ask(address: str, gtin14: str) -> Facts | None:
    """What is known of a number, None where nothing is; raises NoAnswer.

    `address` is that of the interface up to and including `/api/v2/product`.
    """
    code = gtin14[1:] if gtin14.startswith("0") else gtin14
    request = urllib.request.Request(  # noqa: S310 - the operator's setting, checked to be http(s)
        f"{address.rstrip('/')}/{code}?fields={FIELDS}", headers={"User-Agent": ASKED_BY}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            said = msgspec.json.decode(_read(answer), type=dict[str, Any])
    except HTTPError as problem:
        if problem.code == http.HTTPStatus.NOT_FOUND:
            return None
        raise NoAnswer(code=code) from problem
    except (OSError, http.client.HTTPException, msgspec.DecodeError) as problem:
        raise NoAnswer(code=code) from problem
    product = said.get("product")
    facts = read_facts({**product, "code": gtin14}) if isinstance(product, dict) else None
    return facts if isinstance(facts, Facts) else None


def _read(answer: http.client.HTTPResponse) -> bytes:
    """The body, unless it comes too slowly or is longer than any product needs."""
    ends = time.monotonic() + PATIENCE
    body = b""
    while chunk := answer.read1(CHUNK):
        body += chunk
        if time.monotonic() > ends or len(body) > MOST_BYTES:
            raise TimeoutError
    return body
