"""Internal articles: goods without a barcode, chosen from pictures at intake."""

import re

from msgspec import Struct
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Refusal
from common.words import N_
from network.audit import record
from stock.catalogue import add_product

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")
"""What `ART-` is followed by on a label, and what a scan file says."""


class WrongShortName(Refusal):
    """Scanners and French keyboards agree on few signs."""

    message = N_("A short name has 2 to 20 capitals and figures, such as BANANE, got “%(got)s”.")
    field = "code"


class Article(Struct, frozen=True, kw_only=True):
    """What is said of goods without a barcode."""

    code: str
    name: str
    family_code: str
    weighed: bool
    grams_each: int = 1
    """Of one piece; 1 where goods are weighed."""
    portion: int | None = None
    """How much goes into a basket at once: grams where goods are weighed."""
    shelf_life_days: int | None = None
    """How long it keeps after it came in; None for what bears a date."""
    contents_known: bool = False
    """It contains what its family does, and nothing else."""


def add_article(session: Session, said: Article, stamp: Stamp) -> int:
    """One more picture at intake; returns its number. Raises WrongShortName, BadProduct, NotFound or CodeTaken."""
    code = said.code.strip().upper()
    if not CODE.fullmatch(code):
        raise WrongShortName(got=code[:40])
    added = add_product(
        session,
        name=said.name[:160],
        family_code=said.family_code,
        grams_each=said.grams_each,
        measure="gram" if said.weighed else "unit",
        article=code,
        portion=said.portion,
        shelf_life_days=said.shelf_life_days,
        unknown_contents=not said.contents_known,
        source=f"described in the catalogue by account {stamp.by}",
    )
    record(session, "article.add", f"product:{added.id}", stamp)
    return added.id
