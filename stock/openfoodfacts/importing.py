"""Taking an export in: a few hundred rows a transaction, each knowing how far it came, so that it can be stopped.

What is read are proposals (`ReferenceGoods`) for numbers that may be scanned one day. Products that are here already
are completed where something is not known of them, or was known from the same source; what a person here has set
right stays.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload

from common.batches import batches
from common.clock import Stamp
from common.database import Database
from common.errors import Kind, Refusal
from common.words import N_, Term
from stock.openfoodfacts.facts import LICENCE, Facts, Left, read_facts
from stock.openfoodfacts.families import GUESSED, How
from stock.openfoodfacts.reading import Row, rows_of_export
from stock.openfoodfacts.tables import CatalogueImport, ReferenceGoods
from stock.tables import Product, ProductCode

BATCH = 500


class OtherCountryBegun(Refusal):
    """One report would count rows of two choices, and the first part of the file would lack what the second keeps."""

    kind = Kind.CONFLICT
    message = N_(
        "%(file)s was read for %(before)s and stopped after %(rows)s rows, and now %(now)s is asked for: go on with "
        "the same choice, or give --from-start to read all of it for the new one. What was read is kept."
    )


class Report(Struct, frozen=True):
    """What came of an import so far: rows by what became of them."""

    rows: int
    kept: int
    by_category: int
    guessed: int
    """By their nutrition group or by a word of the name: a person confirms it at the first scan."""
    without_family: int
    no_code: int
    """No number that is valid in every shop."""
    no_name: int
    no_food: int
    elsewhere: int
    """Sold in other countries only."""
    unreadable: int
    completed: int
    """Products that were here already and of which more is known now."""


def import_export(
    database: Database,
    path: Path,
    stamp: Stamp,
    *,
    country: str = "",
    from_start: bool = False,
    tell: Callable[[int], None] = lambda _: None,
) -> Report:
    """Read the export from its beginning, or from where the last reading of the same file was stopped.

    `tell` is given the number of bytes that are done. Raises OtherCountryBegun where that reading kept what is sold
    elsewhere.
    """
    with database.writing() as session:
        under_way = _begun(session, path, country, stamp, from_start=from_start)
        number, position, counts = under_way.id, under_way.position, Counter(under_way.counts)
    tell(position)
    source = f"{LICENCE}, {stamp.on.isoformat()}"
    for batch in batches(rows_of_export(path, position), BATCH):
        facts = _facts_of((row for row, _ in batch), country, counts)
        position = batch[-1][1]
        with database.writing() as session:
            counts["completed"] += complete_products(session, facts, source)
            keep_facts(session, facts.values(), source, stamp)
            kept = session.get_one(CatalogueImport, number)
            kept.position, kept.counts = position, dict(counts)
        tell(position)
    with database.writing() as session:
        session.get_one(CatalogueImport, number).ended_at = stamp.at
    return report_of(counts)


def keep_facts(session: Session, facts: Iterable[Facts], source: str, stamp: Stamp) -> None:
    """Proposals for these numbers; what was proposed before is replaced."""
    rows = [{**_as_row(fact), "source": source, "at": stamp.at} for fact in facts]
    if rows:
        session.execute(_UPSERTS[session.get_bind().dialect.name], rows)


def complete_products(session: Session, facts: Mapping[str, Facts], source: str) -> int:
    """Let products that are here learn from these facts; returns how many did."""
    query = (
        select(ProductCode)
        .where(ProductCode.gtin.in_(facts), ProductCode.units == 1)
        .options(joinedload(ProductCode.product).joinedload(Product.family))
    )
    return sum(_complete(code.product, facts[code.gtin], source) for code in session.scalars(query))


def report_of(counts: Mapping[str, int]) -> Report:
    """The counts of an import, as people read them."""
    kept = sum(counts.get(how, 0) for how in (How.CATEGORY, *GUESSED, How.UNKNOWN))
    left = {reason: counts.get(reason, 0) for reason in Left}
    return Report(
        rows=kept + sum(left.values()) + counts.get("unreadable", 0),
        kept=kept,
        by_category=counts.get(How.CATEGORY, 0),
        guessed=sum(counts.get(how, 0) for how in GUESSED),
        without_family=counts.get(How.UNKNOWN, 0),
        unreadable=counts.get("unreadable", 0),
        completed=counts.get("completed", 0),
        **{reason.value: number for reason, number in left.items()},
    )


def _begun(session: Session, path: Path, country: str, stamp: Stamp, *, from_start: bool) -> CatalogueImport:
    """The unfinished import of this very file, else a new one; raises OtherCountryBegun."""
    file, size, country = path.name[:200], path.stat().st_size, country[:60]
    query = select(CatalogueImport).where(
        CatalogueImport.file == file, CatalogueImport.size == size, CatalogueImport.ended_at.is_(None)
    )
    found = None if from_start else session.scalar(query.order_by(CatalogueImport.id.desc()).limit(1))
    if found is None:
        found = CatalogueImport(file=file, size=size, position=0, country=country, counts={}, begun_at=stamp.at)
        session.add(found)
    elif found.country is None or not found.position:
        found.country = country
    elif found.country != country:
        rows = report_of(found.counts).rows
        raise OtherCountryBegun(file=file, rows=rows, before=_where(found.country), now=_where(country))
    session.flush()
    return found


def _where(country: str) -> str | Term:
    return country or Term(N_("every country"))


def _facts_of(rows: Iterable[Row | None], country: str, counts: Counter[str]) -> dict[str, Facts]:
    """The facts of these rows by number, counting what became of each."""
    facts: dict[str, Facts] = {}
    for row in rows:
        read = "unreadable" if row is None else read_facts(row, country)
        if isinstance(read, Facts):
            facts[read.gtin] = read
            counts[read.how.value] += 1
        else:
            counts[str(read)] += 1
    return facts


def _as_row(fact: Facts) -> dict[str, Any]:
    row = {name: getattr(fact, name) for name in _COLUMNS}
    return {**row, "contains": list(fact.contains), "how": fact.how.value, "nutrition": to_builtins(fact.nutrition)}


def _complete(product: Product, facts: Facts, source: str) -> bool:
    """Take over what is new, but for what a person set right and what other sources said."""
    theirs = product.source.startswith(LICENCE)
    learnt: dict[str, Any] = {}
    if facts.brand and (theirs or not product.brand):
        learnt["brand"] = facts.brand
    if facts.nutriscore and (theirs or product.nutriscore is None):
        learnt["nutriscore"] = facts.nutriscore
    if facts.nutrition and (theirs or product.nutrition is None):
        learnt["nutrition"] = to_builtins(facts.nutrition)
    if not facts.unknown_contents and (theirs or product.unknown_contents):
        own = set() if theirs else set(product.contains)
        learnt["contains"] = sorted(own | {*product.family.contains, *facts.contains})
        learnt["unknown_contents"] = False
    new = {
        name: value
        for name, value in learnt.items()
        if name not in product.corrected and getattr(product, name) != value
    }
    for name, value in new.items():
        setattr(product, name, value)
    if new and theirs:
        product.source = source
    return bool(new)


_COLUMNS = ["gtin", "name", "brand", "net_grams", "family", "how", "unknown_contents", "nutriscore"]
_CHANGED = [*_COLUMNS[1:], "contains", "nutrition", "source", "at"]


def _upsert(insert: Any) -> Any:
    """A statement that keeps a proposal, in the place of an older one."""
    statement = insert(ReferenceGoods)
    changes = {name: statement.excluded[name] for name in _CHANGED}
    return statement.on_conflict_do_update(index_elements=[ReferenceGoods.gtin], set_=changes)


_UPSERTS = {"postgresql": _upsert(postgresql.insert), "sqlite": _upsert(sqlite.insert)}
"""Statements are built once: building one takes several times longer than running it."""
