"""Intake: scan, date, count, book. Every form works without a script; htmx only spares the page's reload."""

import datetime as dt
from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody, URLEncodedBody
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api import entries
from api.amounts import pieces_typed
from api.damage import photo_written
from api.here import Here
from api.intake_card import ProductCard, card_of, empty_card, read_typed_date
from api.intake_forms import (
    DonorForm,
    LineForm,
    PhotoForm,
    ProductForm,
    RefusalForm,
    TemperatureForm,
    arrival_of,
    as_typed,
)
from api.intake_rules import rules_at
from api.intake_under import KEPT, Ended, chosen, ended, to_book_under, works_on
from api.intake_words import intake_words, programmes
from api.photo import LARGEST_PHOTO, code_on
from api.security import May
from api.typed import whole_typed
from api.writing import write_once
from common.errors import Refusal
from common.words import N_
from network.partners import site as get_site
from network.roles import Right
from stock import catalogue, intake
from stock.agreed_times import expected
from stock.bookings import Note, booking
from stock.catalogue import UnknownProduct
from stock.codes import read_scan
from stock.cold import degrees
from stock.dating import DoubtfulDate
from stock.donors import agreement_of, donor, donors
from stock.intake import Booking
from stock.openfoodfacts.proposals import proposal
from stock.openfoodfacts.tables import ReferenceGoods
from stock.reception_end import ReceptionFinished
from stock.receptions import KIND_NAMES, ReceptionKind, so_far
from stock.refusals import ColdChainBroken, GoodsRefused, LookFirst
from stock.tables import Lot, Product, Reception, RefusedGoods
from stock.thermometer import MOMENT_NAMES, Moment, readings_of

MAY = May(Right.WRITE_STOCK)
LATELY = dt.timedelta(days=90)
"""How far back what a donor mostly brings is looked for: a season."""
BOOKED = N_("%(product)s: %(quantity)s booked in %(place)s.")
BOOKED_WITHOUT = N_(
    "%(product)s: %(quantity)s booked in %(place)s. The photo was not kept: there are twelve of this lot already."
)


@get("/intake", guards=[MAY], sync_to_thread=True)
def intake_page(here: NamedDependency[Here], scan: FromQuery[str] = "", edit: FromQuery[str] = "") -> Response[Any]:
    """The page; `edit` is a booking whose line is shown again as it was, to be corrected."""
    if not edit:
        return _page(here, scan)
    with here.database.reading() as session:
        booked = booking(session, pieces_typed(edit, "edit") or 0, here.clock.today())
        code = catalogue.code_of(session, booked.product_id) or f"LOT-{booked.lot_code}"
    return _page(here, code, as_typed(booked, here.words))


@get("/intake/offline", guards=[MAY], sync_to_thread=True)
def offline_page(here: NamedDependency[Here]) -> Response[Any]:
    """The page a device keeps for when there is no network; with network it works too."""
    with here.database.reading() as session:
        families = here.choices(catalogue.families(session))
        choices = _choices(here, session)
    cards = [empty_card(measure, here.words) for measure in ("unit", "gram")]
    return here.page(
        "pages/intake_offline.html",
        families=families,
        cards=cards,
        said=intake_words(here.words),
        temperatures=TemperatureForm(),
        **choices,
    )


@get("/intake/date", guards=[MAY], sync_to_thread=True)
def date_reading(here: NamedDependency[Here], typed: FromQuery[str] = "", scan: FromQuery[str] = "") -> Response[Any]:
    """How a date is understood, as it is typed."""
    with here.database.reading() as session:
        reception = chosen(here, session)
        product = entries.product_named(session, scan, reception, here.clock.today())
        rules = rules_at(session, entries.site_of(here, session), here.clock)
        reading = read_typed_date(typed, product, here.clock, here.words, rules)
    return here.page("parts/date_reading.html", reading=reading)


@post("/intake/reception", guards=[MAY], sync_to_thread=True)
def begin_reception(here: NamedDependency[Here], data: URLEncodedBody[DonorForm]) -> Response[Any]:
    """Who gives, how it came and under which programme; each left empty is as this donor's goods mostly come."""

    def work(session: Session) -> int:
        giver, site_id = donor(session, pieces_typed(data.donor, "donor") or 0), entries.site_of(here, session)
        return intake.open_reception(session, site_id, giver, here.stamp(), data.source, data.kind, data.vehicle).id

    asked = [data.donor, data.kind, data.source, data.vehicle]
    number = write_once(here, data.key, asked, work, int)
    return works_on(here.go("/intake"), number)


@post("/intake/temperatures", guards=[MAY], sync_to_thread=True)
def take_temperatures(here: NamedDependency[Here], data: URLEncodedBody[TemperatureForm]) -> Response[Any]:
    def work(session: Session) -> int:
        under = to_book_under(here, session, data.reception, data.then)
        return entries.take_temperatures(session, data.said, under, here.stamp())

    try:
        number = write_once(here, data.key, data.said, work, int)
    except Refusal as refusal:
        return _page(here, "", data, refusal)
    answer = here.go("/intake", N_("The temperatures are noted."))
    return works_on(answer, number) if data.then else answer


@post("/intake/photo", guards=[MAY], sync_to_thread=True, request_max_body_size=LARGEST_PHOTO)
def read_photo(here: NamedDependency[Here], data: MultipartBody[PhotoForm]) -> Response[Any]:
    """A photo of a code, where the browser gives the page no camera; the picture is read and forgotten."""
    try:
        code = code_on(data.photo.file.read() if data.photo else b"")
    except Refusal as refusal:
        return here.refused("/intake", refusal)
    return here.go(f"/intake?scan={quote(code)}")


@post("/intake/lines", guards=[MAY], sync_to_thread=True)
def book_line(here: NamedDependency[Here], data: URLEncodedBody[LineForm]) -> Response[Any]:
    """Book what was scanned; a refusal shows the card again with everything that was typed."""

    def work(session: Session) -> Booking:
        reception = to_book_under(here, session, data.reception, data.then)
        return entries.book(session, arrival, replaced, reception, here.stamp(), here.clock, photo)

    try:
        photo = photo_written(data.photo)
        arrival, replaced = arrival_of(data), pieces_typed(data.replaces, "replaces")
        booked = write_once(here, data.key, [arrival, replaced], work, Booking)
    except Refusal as refusal:
        return _page(here, data.scan, data, refusal)
    said = BOOKED_WITHOUT if Note.PHOTO_NOT_KEPT in booked.notes else BOOKED
    quantity = here.words.weight(booked.quantity) if booked.measure == "gram" else here.words.number(booked.quantity)
    answer = here.go(
        "/intake",
        said,
        undo=f"/intake/lines/{booked.movement_id}/undo",
        product=booked.product,
        quantity=quantity,
        place=booked.place,
    )
    return _goes_on(here, answer, data.then, select(Lot.reception_id).where(Lot.id == booked.lot_id))


@post("/intake/lines/{movement_id:int}/undo", guards=[MAY], sync_to_thread=True)
def undo_line(here: NamedDependency[Here], movement_id: FromPath[int]) -> Response[Any]:
    try:
        with here.database.writing() as session:
            intake.undo_booking(session, movement_id, here.stamp())
    except Refusal as refusal:
        return here.refused("/intake", refusal)
    return here.go("/intake", N_("Undone: it is no longer in stock."))


@post("/intake/refusals", guards=[MAY], sync_to_thread=True)
def refuse(here: NamedDependency[Here], data: URLEncodedBody[RefusalForm]) -> Response[Any]:
    def work(session: Session) -> int:
        under = to_book_under(here, session, data.reception, data.then)
        return entries.turn_away(session, data.said, under, here.stamp(), photo)

    try:
        photo = photo_written(data.photo)
        number = write_once(here, data.key, [data.scan, data.reason, data.amount], work, int)
    except Refusal as refusal:
        return _page(here, data.scan, data, refusal)
    answer = here.go("/intake", N_("The refusal is noted: the donor will be told."))
    return _goes_on(here, answer, data.then, select(RefusedGoods.reception_id).where(RefusedGoods.id == number))


def _goes_on(here: Here, answer: Response[Any], then: str, under: Select[int]) -> Response[Any]:
    """The answer; where the reception had been finished, this device goes on with the one that was chosen instead."""
    if not then:
        return answer
    with here.database.reading() as session:
        return works_on(answer, session.scalars(under).one())


@post("/intake/products", guards=[MAY], sync_to_thread=True)
def describe_product(here: NamedDependency[Here], data: URLEncodedBody[ProductForm]) -> Response[Any]:
    """A code nobody knew: the few facts needed, then on with the line."""

    def work(session: Session) -> int:
        return entries.describe(session, data.said, chosen(here, session), here.stamp())

    try:
        write_once(here, data.key, [data.code, data.name, data.family, data.grams], work, int)
    except Refusal as refusal:
        return _page(here, data.code, refusal=refusal, described=data)
    return here.go(f"/intake?scan={quote(data.code)}")


def _page(
    here: Here,
    scan: str,
    form: LineForm | RefusalForm | TemperatureForm | None = None,
    refusal: Refusal | None = None,
    described: ProductForm | None = None,
) -> Response[Any]:
    """The page, with the card of what was scanned, or the reason why there is none."""
    said = refusal
    proposed = None if described else _proposed(here, scan)
    with here.database.reading() as session:
        reception = chosen(here, session, form.reception if form else "")
        finished = ended(here, session, reception)
        degrees_typed = form if isinstance(form, TemperatureForm) else None
        if finished and not scan and not degrees_typed:
            reception = None
        site = get_site(session, reception.site_id if reception else entries.site_of(here, session))
        card, unknown = None, None
        if scan and reception:
            try:
                card = _card(here, session, scan, reception, form.typed if isinstance(form, LineForm) else None)
            except UnknownProduct:
                unknown = {"code": scan, "families": here.choices(catalogue.families(session)), "proposed": proposed}
            except Refusal as unreadable:
                said = refusal or unreadable
        if card and isinstance(form, LineForm):
            _keep_typing(card, form, refusal, here)
        elif card and isinstance(form, RefusalForm):
            card.turned_away, card.photo, card.then = form.amount, form.photo, form.then
            card.refusal = refusal.say(here.words) if refusal else None
        if card and finished:
            _say_ended(card, finished, refusal, here)
        context = {
            "site": site.name,
            "reception": reception and _strip(here, session, reception),
            "donors": [(d.id, d.name) for d in donors(session)],
            **_choices(here, session),
            "ended": finished,
            "expected": expected(session, here.clock.now(), site.id),
            "readings": _readings(here, session, reception),
            "temperatures": degrees_typed or TemperatureForm(),
            "not_noted": _why(here, finished, refusal) if degrees_typed else None,
            "scan": scan,
            "card": card,
            "unknown": unknown,
            "described": described or _filled_in(proposed),
            **_pictures(here, session, reception),
            "recent": _recent(here, session, reception),
            "said": intake_words(here.words),
        }
    beside = card or (reception and degrees_typed)
    sentence = said.say(here.words) if said and not (beside and form) else None
    return here.page("pages/intake.html", status=refusal.kind.value if refusal else 200, refusal=sentence, **context)


def _proposed(here: Here, scan: str) -> ReferenceGoods | None:
    """What Open Food Facts knows of a number that is in no catalogue; asked before any transaction is open."""
    try:
        read = read_scan(scan, today=here.clock.today())
    except Refusal:
        return None
    with here.database.reading() as session:
        if not read.product_gtin14 or read.in_store or catalogue.is_known(session, read.product_gtin14):
            return None
    return proposal(here.database, read.product_gtin14, here.house.settings.lookup_address, here.stamp())


def _filled_in(proposed: ReferenceGoods | None) -> ProductForm:
    if proposed is None:
        return ProductForm()
    return ProductForm(name=proposed.name, family=proposed.family or "", grams=str(proposed.net_grams or ""))


def _card(here: Here, session: Session, scan: str, reception: Reception, typed: str | None) -> ProductCard:
    read = intake.read_code(session, scan, here.clock.today())
    found = catalogue.find(session, read, reception.donor)
    rules = rules_at(session, reception.site_id, here.clock)
    return card_of(session, read, found, reception, here.clock, here.words, rules, typed)


def _keep_typing(card: ProductCard, form: LineForm, refusal: Refusal | None, here: Here) -> None:
    """What a person typed before the refusal stands in the card again."""
    card.units, card.weight = form.units or 1, form.weight
    card.tare, card.replaces, card.photo, card.then = form.tare, form.replaces, form.photo, form.then
    card.session_on, card.degrees, card.label_degrees = form.session_on, form.degrees, form.label_degrees
    card.lot = form.lot or card.lot
    place = whole_typed(form.place)
    card.place = card.place if place is None else place
    if refusal is not None:
        card.refusal = refusal.say(here.words)
        card.must_check = isinstance(refusal, (LookFirst, DoubtfulDate))
        card.must_go = refusal.reason.value if isinstance(refusal, GoodsRefused) else ""
        card.ask_label = isinstance(refusal, ColdChainBroken) and card.label_counts
        card.ask_lot = refusal.field == "lot_number"
        card.photo = "" if refusal.field == "photo" else card.photo


def _say_ended(card: ProductCard, finished: Ended, refusal: Refusal | None, here: Here) -> None:
    """What was typed goes on under another reception, or under the same one again: the person chooses."""
    card.ended = finished
    card.refusal = _why(here, finished, refusal or ReceptionFinished(number=finished.number))


def _why(here: Here, finished: Ended | None, refusal: Refusal | None) -> str | None:
    """Why what was typed was not taken; where its reception is finished, by whom, and that it is kept."""
    if finished and isinstance(refusal, ReceptionFinished):
        return f"{finished.sentence} {here.words.text(KEPT)}"
    return refusal.say(here.words) if refusal else None


def _strip(here: Here, session: Session, reception: Reception) -> dict[str, Any]:
    lines, grams = so_far(session, reception.id)
    agreement = agreement_of(reception.donor)
    return {
        "id": reception.id,
        "donor": reception.donor.name,
        "donor_id": reception.donor_id,
        "kind": reception.kind,
        "way": here.words.text(KIND_NAMES[ReceptionKind(reception.kind)]),
        "vehicle": reception.vehicle,
        "source": reception.source,
        "programme": dict(programmes(here.words)).get(reception.source, reception.source),
        "agreed_until": agreement.until,
        "agreed": agreement.since is not None,
        "ended": agreement.until is not None and not agreement.renews and agreement.until < here.clock.today(),
        "lines": lines,
        "grams": grams,
    }


def _choices(here: Here, session: Session) -> dict[str, Any]:
    """What may be chosen of a reception and of its temperatures."""
    return {
        "kinds": [(kind.value, here.words.text(name)) for kind, name in KIND_NAMES.items()],
        "programmes": programmes(here.words),
        "moments": [(moment.value, here.words.text(name)) for moment, name in MOMENT_NAMES.items()],
        "cold_families": _cold_families(here, session),
    }


def _cold_families(here: Here, session: Session) -> list[tuple[str, str]]:
    """The families that have a temperature to be kept at."""
    return here.choices(f for f in catalogue.families(session) if f.max_tenths is not None)


def _pictures(here: Here, session: Session, reception: Reception | None) -> dict[str, list[dict[str, Any]]]:
    """Goods without a barcode: what this donor mostly brings at hand, all the others under it."""
    lately = here.clock.now() - LATELY
    usual = catalogue.usual_articles(session, reception.donor_id, lately) if reception else []
    near = {product.id for product in usual}
    rest = [product for product in catalogue.articles(session) if product.id not in near]
    return {"usual": [_picture(product) for product in usual], "articles": [_picture(product) for product in rest]}


def _picture(article: Product) -> dict[str, Any]:
    return {"code": article.article, "name": article.name, "pictogram": article.pictogram}


def _readings(here: Here, session: Session, reception: Reception | None) -> list[dict[str, Any]]:
    if reception is None:
        return []
    names = {"chilled": N_("Chilled"), "frozen": N_("Frozen")}
    of_family = dict(_cold_families(here, session))
    return [
        {
            "label": of_family.get(taken.family or "") or here.words.text(names[taken.storage]),
            "takeover": taken.moment is Moment.TAKEOVER,
            "written": f"{here.words.number(degrees(taken.tenths))}\u202f°C",
            "refused": taken.too_warm,
        }
        for taken in readings_of(session, reception.id)
    ]


def _recent(here: Here, session: Session, reception: Reception | None) -> list[dict[str, Any]]:
    if reception is None:
        return []
    bookings = intake.last_bookings(session, reception.id, here.clock.today())
    pictograms = catalogue.pictograms(session, [b.product_id for b in bookings])
    return [
        {
            "id": b.movement_id,
            "name": b.product,
            "pictogram": pictograms[b.product_id],
            "quantity": b.quantity,
            "measure": b.measure,
            "date": b.date,
            "date_kind": b.date_kind.value,
            "last_day": b.last_day,
            "place": b.place,
            "at": b.at,
            "undo": None if b.undone else f"/intake/lines/{b.movement_id}/undo",
            "edit": f"/intake?edit={b.movement_id}",
            "label": f"LOT-{b.lot_code}",
            "place_id": b.place_id,
        }
        for b in bookings
    ]


ROUTES = [
    intake_page,
    offline_page,
    date_reading,
    begin_reception,
    take_temperatures,
    read_photo,
    book_line,
    undo_line,
    refuse,
    describe_product,
]
