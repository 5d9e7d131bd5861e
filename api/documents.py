"""From the house's structs to the plain values labels and documents are made of."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, load_only, selectinload

from allocation import waste
from allocation.series import series
from allocation.sessions import get_session
from allocation.tables import BasketLine, Visit
from api.waste_tables import replayed_said
from common.words import N_, Grams, Words
from labels import report as paper
from labels.baskets import Basket, Picking, PickLine
from labels.lots import LotLabel
from labels.marks import Urgency as Mark
from labels.prices import PriceLabel
from labels.shelf import ArticleLabel
from stock.ledger import ON_HAND, standings
from stock.reference import contents, sources
from stock.tables import LabelWish, Lot, Place, Product, ProductCode, Reception
from stock.urgency import Steps, Urgency, steps_in_force

MARKS = {Urgency.NOW: Mark.NOW, Urgency.SOON: Mark.SOON, Urgency.WATCH: Mark.WEEK, Urgency.LATER: Mark.NONE}


def lot_labels_for(
    session: Session,
    lots: Sequence[int],
    today: dt.date,
    copies: int = 1,
    repacked: Words | None = None,
) -> list[LotLabel]:
    """The labels of these lots in the order given, each with the place most of it stands at.

    Where goods were `repacked`, no pack says their allergens any more: the label does, in that language.
    """
    rows = _lots(session, lots)
    places, gtins = _places(session, lots), _gtins(session, {lot.product_id for lot in rows.values()})
    steps = steps_in_force(session, today)
    return [
        replace(
            _lot_label(rows[lot_id], places.get(lot_id), gtins.get(rows[lot_id].product_id), today, steps),
            allergens=_allergens(rows[lot_id].product, repacked) if repacked else (),
        )
        for lot_id in lots
        if lot_id in rows
        for _ in range(copies)
    ]


def labels_wished(session: Session, wishes: Iterable[LabelWish], today: dt.date) -> list[LotLabel]:
    """As many labels of each lot as phones asked for, in the order they asked."""
    return [label for wish in wishes for label in lot_labels_for(session, [wish.lot_id], today, wish.copies)]


def held_by(session: Session, lots: Sequence[int], words: Words) -> dict[str, str]:
    """What is on hand of each of these lots, in words, by the code of its label."""
    there: dict[int, int] = defaultdict(int)
    for standing in standings(session, lots=lots, accounts=ON_HAND):
        there[standing.lot_id] += standing.quantity
    return {lot.code: words.quantity(there[lot.id], lot.measure) for lot in _lots(session, lots).values()}


def price_labels_for(session: Session, lots: Sequence[int]) -> list[PriceLabel]:
    """Both prices of these lots: what shops ask, and the most its programme lets us ask, rounded down to the cent.

    Lots of programmes for free help only have no price.
    """
    rows = _lots(session, lots)
    rates = {source.code: source.max_price_rate for source in sources()}
    sold = [rows[lot_id] for lot_id in lots if lot_id in rows and rates.get(rows[lot_id].source)]
    return [
        PriceLabel(
            product=lot.product.name,
            asked_cents=int(lot.value_cents * rates[lot.source]),
            usual_cents=lot.value_cents,
            per="kilogram" if lot.measure == "gram" else "unit",
            code=lot.code,
        )
        for lot in sold
    ]


def recent_lots(session: Session, site_id: int | None, limit: int = 40) -> list[dict[str, Any]]:
    """The lots received last, at this site or anywhere, of which something is still on hand."""
    query = (
        select(Lot)
        .join(Reception, Reception.id == Lot.reception_id)
        .options(joinedload(Lot.product), joinedload(Lot.donor))
        .order_by(Lot.id.desc())
        .limit(limit)
    )
    if site_id is not None:
        query = query.where(Reception.site_id == site_id)
    lots = session.scalars(query).all()
    places = _places(session, [lot.id for lot in lots])
    there: dict[int, int] = defaultdict(int)
    for standing in standings(session, lots=[lot.id for lot in lots], accounts=ON_HAND):
        there[standing.lot_id] += standing.quantity
    return [
        {
            "id": lot.id,
            "name": lot.product.name,
            "pictogram": lot.product.pictogram,
            "date": lot.date,
            "date_kind": lot.date_kind,
            "last_day": lot.last_day,
            "quantity": there[lot.id],
            "measure": lot.measure,
            "place": places.get(lot.id, ""),
            "donor": lot.donor.name,
        }
        for lot in lots
        if there[lot.id]
    ]


def picking_for(session: Session, session_id: int) -> Picking:
    """The baskets of a session in the order of card numbers, which numbers them."""
    planned = get_session(session, session_id)
    query = (
        select(Visit)
        .where(Visit.session_id == session_id)
        .options(
            joinedload(Visit.household),
            joinedload(Visit.lines).joinedload(BasketLine.lot).joinedload(Lot.product).joinedload(Product.family),
            joinedload(Visit.lines).joinedload(BasketLine.place),
        )
    )
    visits = sorted(session.scalars(query).unique(), key=lambda v: v.household.card)
    filled = [v for v in visits if v.lines]
    letter = series({v.basket: _content(v.lines) for v in filled})
    baskets = [
        Basket(v.basket, v.household.card, tuple(_pick_line(line) for line in v.lines), letter.get(v.basket, ""))
        for v in filled
    ]
    return Picking(planned.site.name, planned.on, tuple(baskets))


def packed_in_series(session: Session, sessions: Iterable[int]) -> set[int]:
    """Which of these sessions have two baskets alike at least: only those are listed by series."""
    query = (
        select(Visit)
        .where(Visit.session_id.in_(sessions), Visit.lines.any())
        .options(load_only(Visit.session_id), selectinload(Visit.lines))
    )
    kinds = Counter((visit.session_id, _content(visit.lines)) for visit in session.scalars(query))
    return {session_id for (session_id, _), n in kinds.items() if n > 1}


def _content(lines: Iterable[BasketLine]) -> frozenset[tuple[int, int]]:
    """What a basket holds, wherever it is fetched: equal baskets are equal."""
    quantities: dict[int, int] = defaultdict(int)
    for line in lines:
        quantities[line.lot_id] += line.quantity
    return frozenset(quantities.items())


def article_labels_for(articles: Iterable[Product], words: Words) -> list[ArticleLabel]:
    """The shelf labels of goods without a barcode."""
    french = words.language == "fr"
    return [
        ArticleLabel(p.article, p.name, p.family.name_fr if french else p.family.name_en) for p in articles if p.article
    ]


def waste_on_paper(report: waste.WasteReport, network: str, made_on: dt.date, words: Words) -> paper.WasteReport:
    """The report as the document takes it. What counting added or found missing, and what came from or went to
    other sites, is shown with what was received."""
    french = words.language == "fr"

    def named(row: Any) -> str:
        return str(row.name_fr if french else row.name_en)

    return paper.WasteReport(
        network=network,
        site=named(report),
        first=report.since,
        last=report.until,
        made_on=made_on,
        at_start=report.before,
        received=report.received + report.counted + report.moved,
        eaten=report.given,
        passed_on=report.workshops + report.partners,
        lost=report.lost,
        on_hand=report.on_hand,
        left_behind=report.left_behind,
        left_saved=report.left_saved,
        families=tuple(paper.FamilyRow(named(f), f.received, f.eaten, f.left, f.lost) for f in report.families),
        causes=tuple(paper.CauseRow(named(c), c.grams) for c in report.causes),
        weeks=tuple(paper.WeekRow(w.monday, w.received, w.eaten, w.left, w.lost) for w in report.weeks),
        groups=tuple(paper.GroupRow(named(g), g.grams, g.target) for g in report.balance),
        coverage=_coverage(report),
        impact=paper.Impact(
            meals=report.impact.meals,
            value_cents=report.impact.cents,
            co2e_grams=report.impact.co2e_kg * 1000,
            factors=report.impact.version,
            co2e_by_family_grams=report.impact.co2e_by_family_kg * 1000,
        ),
        notes=_notes(report, words),
    )


def _notes(report: waste.WasteReport, words: Words) -> tuple[str, ...]:
    """What the period is compared with: the one before, and habit."""
    before = {m.key: m.grams_before or 0 for m in report.measures}
    notes = [
        words.text(
            N_("Over the period of the same length before: %(received)s received, %(eaten)s eaten, %(lost)s lost."),
            **{key: Grams(before[key]) for key in ("received", "eaten", "lost")},
        )
    ]
    if report.habit and report.habit.sessions:
        said = N_("Plans foresaw losing %(planned)s; first expired, first out would have lost %(usual)s.")
        notes.append(words.text(said, planned=Grams(report.habit.planned), usual=Grams(report.habit.usual)))
    if report.habit and report.habit.replayed:
        notes.extend(replayed_said(report.habit.replayed, words))
    return tuple(notes)


def _coverage(report: waste.WasteReport) -> paper.Coverage | None:
    found = report.coverage
    return paper.Coverage(found.households, found.visits, found.worst, found.average) if found else None


def _lots(session: Session, lots: Sequence[int]) -> dict[int, Lot]:
    query = select(Lot).where(Lot.id.in_(lots)).options(joinedload(Lot.product).joinedload(Product.family))
    return {lot.id: lot for lot in session.scalars(query)}


def _places(session: Session, lots: Sequence[int]) -> dict[int, str]:
    """Where most of each lot stands."""
    names = dict(session.execute(select(Place.id, Place.name)).all())
    most: dict[int, tuple[int, str]] = defaultdict(lambda: (0, ""))
    for standing in standings(session, lots=lots, accounts=ON_HAND):
        if standing.where.place_id is not None and standing.quantity > most[standing.lot_id][0]:
            most[standing.lot_id] = (standing.quantity, names[standing.where.place_id])
    return {lot_id: name for lot_id, (_, name) in most.items()}


def _gtins(session: Session, products: set[int]) -> dict[int, str]:
    """The code of a single pack of each product, where it has one."""
    query = select(ProductCode.product_id, ProductCode.gtin).where(
        ProductCode.product_id.in_(products), ProductCode.units == 1
    )
    return dict(session.execute(query).all())


def _lot_label(lot: Lot, place: str | None, gtin: str | None, today: dt.date, steps: Steps) -> LotLabel:
    return LotLabel(
        code=lot.code,
        product=lot.product.name,
        date_kind=cast(Any, lot.date_kind if lot.date else "none"),
        date=lot.date,
        printed_on=today,
        place=place or "",
        storage=cast(Any, lot.product.family.storage),
        gtin=gtin,
        lot_number=lot.lot_number,
        came_in=lot.came_in_at.date(),
        frozen_on=lot.frozen_on,
        urgency=MARKS[steps.of(lot.last_day, today)] if lot.date else Mark.NONE,
    )


def _allergens(product: Product, words: Words) -> tuple[str, ...]:
    """What must be declared of goods without their pack, said even where it is nothing or not known."""
    if product.unknown_contents:
        return (words.text(N_("not known")),)
    french = words.language == "fr"
    declared = [content for content in contents() if content.is_allergen and content.code in product.contains]
    return tuple((content.name_fr if french else content.name_en).lower() for content in declared) or (
        words.text(N_("none of the 14 allergens")),
    )


def _pick_line(line: BasketLine) -> PickLine:
    lot = line.lot
    return PickLine(
        place=line.place.name,
        rank=line.place.rank,
        storage=cast(Any, lot.product.family.storage),
        product=lot.product.name,
        lot=lot.code,
        date_kind=cast(Any, lot.date_kind if lot.date else "none"),
        date=lot.date,
        quantity=line.quantity,
        measure=cast(Any, lot.measure),
        grams=line.quantity * lot.grams_each,
    )
