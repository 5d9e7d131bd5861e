"""From the house's structs to the plain values papers are made of: notes, lists, decisions, receipts."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from allocation.concerned import Concerned, concerned, notice
from allocation.sessions import get_session
from allocation.tables import BasketLine, Visit
from common.clock import Clock, Stamp
from common.words import N_, Words
from households import register
from households.files import names_of
from households.listing import composition_now, latest_decision, matching
from households.sealing import Seal
from households.tables import Household
from households.vocabulary import OUTCOMES, REASONS
from labels import gifts as paper
from labels.decision import AdmissionDecision
from labels.notes import CarriedLine, GoodsNote, Reading, Seen, Turned
from labels.recall import Recall, Withdrawn
from labels.receipt import TaxReceipt
from labels.sheets import CountLine, Expected, Shelf
from network.directory import partner_entry
from network.partners import network_name
from network.partners import site as get_site
from network.tables import Organisation
from stock import tax_receipts as donors_papers
from stock.donors import donor as get_donor
from stock.ledger import Account, standings
from stock.photos import photos_of_reception, picture
from stock.places import Storage
from stock.reception_lines import ReceivedLine, received_lines, refused_lines
from stock.receptions import KIND_NAMES, ReceptionKind, reception
from stock.reference import families, refusal_reasons, sources
from stock.tables import Lot, Place, Reception
from stock.thermometer import Moment, Taken, readings_of
from stock.transfers.register import transfer

NOBODY: Mapping[int, str] = MappingProxyType({})
STORAGES = {Storage.CHILLED: N_("Chilled goods"), Storage.FROZEN: N_("Frozen goods")}


def delivery_note(session: Session, reception_id: int, words: Words) -> GoodsNote:
    """What came in under a reception, as it was booked; raises NotFound."""
    came = reception(session, reception_id)
    return GoodsNote(
        kind="delivery",
        number=words.text(N_("Reception %(number)s"), number=str(came.id)),
        on=came.on,
        giver=came.donor.name,
        taker=get_site(session, came.site_id).name,
        network=network_name(session, came.on),
        programme=_named({source.code: source for source in sources()}, came.source, words),
        way=" · ".join(filter(None, (words.text(KIND_NAMES[ReceptionKind(came.kind)]), came.vehicle))),
        lines=tuple(_received(line) for line in received_lines(session, reception_id)),
        turned=_turned(session, reception_id, words),
        seen=_seen(session, reception_id, words),
        readings=_readings(session, reception_id, words),
    )


def _readings(session: Session, reception_id: int, words: Words) -> tuple[Reading, ...]:
    """How cold it was at take-over and on arrival: all goods stored alike, and families read by themselves."""
    taken = readings_of(session, reception_id)
    names = {f.code: f.name_fr if words.language == "fr" else f.name_en for f in families()}
    told: dict[tuple[Storage, str], dict[Moment, Taken]] = {}
    for one in taken:
        told.setdefault((one.storage, one.family or ""), {})[one.moment] = one
    return tuple(
        Reading(
            names.get(family) or words.text(STORAGES[storage]),
            at_start=start.tenths if (start := read.get(Moment.TAKEOVER)) else None,
            at_end=end.tenths if (end := read.get(Moment.ARRIVAL)) else None,
            limit=next(iter(read.values())).limit_tenths,
        )
        for (storage, family), read in told.items()
    )


def transfer_note(session: Session, transfer_id: int, clock: Clock) -> GoodsNote:
    """What goes from one site to another, to be signed by both; raises NotFound."""
    sent = transfer(session, transfer_id)
    lots = _lots(session, [line.lot_id for line in sent.lines])
    on = sent.sent_at.astimezone(clock.zone).date()
    return GoodsNote(
        kind="transfer",
        number=f"T{sent.id}",
        on=on,
        giver=sent.from_site,
        taker=sent.to_site,
        network=network_name(session, on),
        lines=tuple(_carried_line(lots[line.lot_id], line.sent) for line in sent.lines),
    )


def pickup_note(session: Session, donor_id: int, site_id: int, on: dt.date) -> GoodsNote:
    """An empty note to fill in at the donor's; raises NotFound."""
    giver, site = get_donor(session, donor_id), get_site(session, site_id)
    return GoodsNote("pickup", "", on, giver.name, site.name, network=network_name(session, on))


def names_at(session: Session, seal: Seal, session_id: int, stamp: Stamp) -> dict[int, str]:
    """The name of each household of a session that has one, for its presence list; written down as read."""
    households = session.scalars(select(Visit.household_id).where(Visit.session_id == session_id)).all()
    return names_of(session, seal, households, stamp, "presence")


def expected_at(session: Session, session_id: int, names: Mapping[int, str] = NOBODY) -> tuple[Expected, ...]:
    """The households expected at a session by card; baskets are numbered as on the pick lists."""
    get_session(session, session_id)
    query = (
        select(Visit)
        .where(Visit.session_id == session_id)
        .options(joinedload(Visit.household).selectinload(Household.members))
    )
    visits = sorted(session.scalars(query).unique(), key=lambda visit: visit.household.card)
    filled = set(
        session.scalars(select(BasketLine.visit_id).where(BasketLine.visit_id.in_([v.id for v in visits])).distinct())
    )
    numbers = {visit.id: n for n, visit in enumerate((v for v in visits if v.id in filled), start=1)}
    return tuple(
        Expected(v.household.card, len(v.household.members), numbers.get(v.id), names.get(v.household_id, ""))
        for v in visits
    )


def shelves_to_count(session: Session, site_id: int) -> tuple[Shelf, ...]:
    """Every place of a site in the order people walk, with the lots that should stand there."""
    places = session.scalars(
        select(Place).where(Place.site_id == site_id, Place.retired_on.is_(None)).order_by(Place.rank, Place.name)
    ).all()
    there: dict[int, set[int]] = defaultdict(set)
    for standing in standings(session, accounts=(Account.SHELF, Account.RESERVED, Account.QUARANTINE)):
        if standing.where.place_id is not None and standing.quantity:
            there[standing.where.place_id].add(standing.lot_id)
    wanted = {lot for place in places for lot in there[place.id]}
    lots = _lots(session, sorted(wanted))
    return tuple(
        Shelf(place.name, tuple(_count_line(lot) for lot in _by_product(lots, there[place.id]))) for place in places
    )


def decision_on_paper(session: Session, household_id: int, words: Words) -> AdmissionDecision | None:
    """The last decision on a household's admission; None where there is none yet. Raises NotFound."""
    household = register.get_household(session, household_id)
    decision = latest_decision(session, household_id)
    if decision is None:
        return None
    return AdmissionDecision(
        network=network_name(session, decision.on),
        partner=session.get_one(Organisation, household.organisation_id).name,
        card=household.card,
        people=len(composition_now(session, household_id, decision.on).ages),
        on=decision.on,
        outcome=words.text(OUTCOMES[decision.outcome]),
        reason=words.text(REASONS[decision.reason]),
        remainder_cents=decision.remainder_cents,
        scale=decision.scale,
        steps=tuple(step.say(words) for step in register.steps_of(decision)),
        until=decision.valid_until,
    )


def contact_of(session: Session, organisation_id: int) -> str:
    """Whom the people who come ask: the partner as the directory names it, never a person."""
    entry = partner_entry(session, organisation_id)
    addresses = [site.address for site in entry.sites if site.address]
    return ", ".join(part for part in (entry.name, entry.phone, *addresses[:1]) if part)


def recall_on_paper(session: Session, notice_id: int, today: dt.date, contact: str, words: Words) -> Recall:
    """A recall as the authorities published it, and what we did with the goods; raises NotFound."""
    alert = notice(session, notice_id)
    lots = [lot for lot in concerned(session, [notice_id]).get(notice_id, []) if lot.state != "cleared"]
    return Recall(
        product=alert.label,
        published_on=alert.published_on,
        printed_on=today,
        risk=" · ".join(dict.fromkeys(said for said in (alert.reason, alert.risk) if said)),
        advice=alert.advice.replace("|", " – ").replace("¤", " – "),
        brand=alert.brand,
        gtin=", ".join(dict.fromkeys(mark.gtin for mark in alert.marks if mark.gtin)),
        lots=tuple(dict.fromkeys(mark.lots for mark in alert.marks if mark.lots)),
        dates=tuple(dict.fromkeys(mark.dated_until for mark in alert.marks if mark.dated_until)),
        called=tuple(sorted({lot.product for lot in lots} - {alert.label})),
        handed_out=tuple(sorted({visit.on for lot in lots for visit in lot.served})),
        withdrawn=_withdrawn(lots, words),
        reference=alert.number,
        network=network_name(session, today),
        contact=contact,
    )


def _withdrawn(lots: Iterable[Concerned], words: Words) -> tuple[Withdrawn, ...]:
    """What left the shelves of each site, all lots together."""
    pieces: Counter[str] = Counter()
    grams: Counter[str] = Counter()
    for lot in lots:
        for site, quantity in lot.withdrawn.items():
            pieces[site] += quantity if lot.measure == "unit" else 0
            grams[site] += quantity * lot.grams_each
    said = {site: words.plural("%(n)s piece", "%(n)s pieces", n) for site, n in pieces.items() if n}
    return tuple(
        Withdrawn(site, ", ".join(filter(None, (said.get(site), words.weight(grams[site]))))) for site in sorted(grams)
    )


def receipt_on_paper(receipt: Any) -> TaxReceipt:
    """A receipt as it was made out."""
    content = donors_papers.content_of(receipt)
    return TaxReceipt(
        number=donors_papers.numbered(receipt),
        body=body_of(content.issuer),
        quality=cast(Any, content.issuer.quality),
        company=company_on_paper(content.company),
        first=receipt.first,
        last=receipt.last,
        issued_on=receipt.issued_on,
        cents=receipt.cents,
        gifts=gifts_on_paper(content.gifts),
        signatory=content.issuer.signatory,
        cancelled_on=receipt.cancelled_on,
        cancelled_because=receipt.cancelled_because,
    )


def body_of(issuer: Any) -> paper.Body:
    """The partner as its entitlement names it."""
    return paper.Body(issuer.name, issuer.number, issuer.address, issuer.purpose)


def company_on_paper(company: donors_papers.Company) -> paper.Company:
    return paper.Company(company.name, company.form, company.siren, company.address)


def gifts_on_paper(gifts: Sequence[donors_papers.Gift]) -> tuple[paper.Gift, ...]:
    return tuple(paper.Gift(g.on, g.nature, g.quantity, cast(Any, g.measure), g.grams) for g in gifts)


def _received(line: ReceivedLine) -> CarriedLine:
    kind = cast(Any, line.date_kind.value if line.date else "none")
    measure = cast(Any, line.measure)
    return CarriedLine(line.product, line.quantity, measure, line.grams, kind, line.date, line.lot_number)


def _carried_line(lot: Lot, quantity: int) -> CarriedLine:
    return CarriedLine(
        product=lot.product.name,
        quantity=quantity,
        measure=cast(Any, lot.measure),
        grams=quantity * lot.grams_each,
        date_kind=cast(Any, lot.date_kind if lot.date else "none"),
        date=lot.date,
        lot=lot.lot_number,
    )


def _turned(session: Session, reception_id: int, words: Words) -> tuple[Turned, ...]:
    reasons = {reason.code: reason for reason in refusal_reasons()}
    return tuple(
        Turned(gone.product or words.text(N_("Goods without a name")), _named(reasons, gone.reason, words), gone.grams)
        for gone in refused_lines(session, reception_id)
    )


def _seen(session: Session, reception_id: int, words: Words) -> tuple[Seen, ...]:
    """The photos of damage, each with what it shows."""
    return tuple(
        Seen(photo.about or words.text(N_("Goods without a name")), picture(session, photo.id))
        for photo in photos_of_reception(session, reception_id)
    )


def _named(table: Mapping[str, Any], code: str, words: Words) -> str:
    """The name of a reference row in the reader's language; its code where it is no longer in the table."""
    row = table.get(code)
    return code if row is None else str(row.name_fr if words.language == "fr" else row.name_en)


def _lots(session: Session, ids: Sequence[int]) -> dict[int, Lot]:
    query = select(Lot).where(Lot.id.in_(ids)).options(joinedload(Lot.product))
    return {lot.id: lot for lot in session.scalars(query)}


def _by_product(lots: Mapping[int, Lot], ids: set[int]) -> list[Lot]:
    standing = (lots[lot_id] for lot_id in ids)
    return sorted(standing, key=lambda lot: (lot.product.name.casefold(), lot.date or dt.date.max, lot.code))


def _count_line(lot: Lot) -> CountLine:
    kind = cast(Any, lot.date_kind if lot.date else "none")
    return CountLine(lot.product.name, lot.code, cast(Any, lot.measure), kind, lot.date)


def cards(session: Session, typed: str) -> Sequence[str]:
    """The card numbers that hold what was typed, of households still enrolled."""
    query = select(Household.card).where(Household.id.in_(matching(session, typed)))
    return session.scalars(query.order_by(Household.card)).all()


def latest_receptions(session: Session, site_id: int | None, limit: int | None = 20) -> list[dict[str, Any]]:
    """The receptions opened last, at a site or anywhere; every one where there is no limit."""
    query = select(Reception).options(joinedload(Reception.donor)).order_by(Reception.id.desc()).limit(limit)
    if site_id is not None:
        query = query.where(Reception.site_id == site_id)
    return [
        {"id": came.id, "on": came.on, "donor": came.donor.name, "kind": came.kind, "source": came.source}
        for came in session.scalars(query)
    ]
