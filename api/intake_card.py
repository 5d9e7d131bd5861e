"""What intake shows of a scanned product: its card, and how a typed date is understood."""

import datetime as dt
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from api.intake_under import Ended
from common.clock import Clock
from common.errors import Refusal
from common.words import N_, Words
from stock import intake
from stock.catalogue import Found
from stock.codes import Scan
from stock.cold import label_may_prevail
from stock.dates import DateKind
from stock.dating import IntakeRules, judge, settle_date
from stock.places import places_in_use
from stock.reference import refusal_reasons
from stock.refusals import LookFirst, UseByTooShort
from stock.rules import tares
from stock.tables import Product, Reception


@dataclass(frozen=True)
class Reading:
    """How a date was understood, in a sentence."""

    sentence: str
    last_day: dt.date | None = None
    refused: bool = False
    care: bool = False
    date: dt.date | None = None
    sessions: tuple[tuple[str, str], ...] = ()
    """The planned sessions goods of so near a date may come in for: one of them must be chosen."""


@dataclass
class ProductCard:
    """Everything the form of one line needs; what a person typed before a refusal stands in it."""

    name: str
    brand: str
    pictogram: str
    family: str
    measure: str
    grams_each: int
    date_kind: str
    storage: str
    typed: str = ""
    origin: str = ""
    """`code` where the code carried the date, `last` where it is the last lot's, else empty."""
    reading: Reading | None = None
    suggestions: list[dict[str, str]] = field(default_factory=list)
    lot: str = ""
    units: int | str = 1
    case: int = 1
    """Pieces in each of what was scanned: a case of 12 is counted as one."""
    weight: str = ""
    tares: list[tuple[int, str]] = field(default_factory=list)
    """The crates of this site, by their grams."""
    tare: str = ""
    replaces: str = ""
    """The booking it corrects."""
    places: list[tuple[int, str]] = field(default_factory=list)
    place: int | None = None
    reasons: list[dict[str, str]] = field(default_factory=list)
    refusal: str | None = None
    must_check: bool = False
    """The last answer asked for a look at the packs or at an unlikely date: a box to tick is shown."""
    ask_lot: bool = False
    """The last answer asked for the lot number: its field is shown."""
    session_on: str = ""
    """The planned session it is taken in for."""
    degrees: str = ""
    label_degrees: str = ""
    label_counts: bool = False
    """The temperature printed on the pack may count instead of the family's."""
    ask_label: bool = False
    """The last answer was that it came too warm, and the label may say otherwise."""
    photo: str = ""
    """Of damage, as base64: it stays with what was typed."""
    turned_away: str | None = None
    """How much of it was to be refused, as typed, where that could not be noted."""
    reception: int | str = ""
    """What the card was shown for: it is booked there, whatever this device works on meanwhile."""
    ended: Ended | None = None
    """That reception is finished: where this goes is asked beside the button."""
    then: str = ""
    """What was answered last."""
    must_go: str = ""
    """The reason of the rule that turned it away, to refuse it with one tap."""


def empty_card(measure: str, words: Words) -> ProductCard:
    """A card that a device fills by itself where there is no network."""
    return ProductCard(
        name="",
        brand="",
        pictogram="box",
        family="",
        measure=measure,
        grams_each=1,
        date_kind="best_before",
        storage="dry",
        suggestions=[{"typed": "", "label": ""}],
        places=[(0, "")],
        reasons=reasons(words),
        must_check=True,
        tares=[(0, "")] if measure == "gram" else [],
        label_counts=True,
    )


def card_of(
    session: Session,
    scan: Scan,
    found: Found,
    reception: Reception,
    clock: Clock,
    words: Words,
    rules: IntakeRules,
    typed: str | None = None,
) -> ProductCard:
    """The card of what was scanned: date as typed, from the code, or as last time; the usual place; one piece."""
    product, today = found.product, clock.today()
    last = intake.suggest(session, product.id, reception.donor_id, reception.site_id)
    coded = scan.date or (found.lot.date if found.lot else None)
    french = words.language == "fr"
    card = ProductCard(
        name=product.name,
        brand=product.brand,
        pictogram=product.pictogram,
        family=product.family.name_fr if french else product.family.name_en,
        measure=product.measure,
        grams_each=product.grams_each,
        date_kind=(scan.date_kind or DateKind(product.family.date_kind)).value,
        storage=product.family.storage,
        case=found.units,
        lot=scan.lot_number or (found.lot.lot_number if found.lot else "") or "",
        weight=words.number(found.grams / 1000) if found.grams else "",
        places=[
            (p.id, p.name) for p in places_in_use(session, reception.site_id) if p.storage == product.family.storage
        ],
        place=last.place_id if last else None,
        reasons=reasons(words),
        label_counts=label_may_prevail(product.family),
        reception=reception.id,
        tares=[(tare.grams, tare.name) for tare in tares(session, reception.site_id, today)],
    )
    if typed is not None:
        card.typed = typed
    elif coded:
        card.typed, card.origin = words.numeric_date(coded), "code"
    elif last and last.date and last.date >= today:
        card.typed, card.origin = words.numeric_date(last.date), "last"
    card.suggestions = _suggestions(card, today, words)
    if card.typed:
        card.reading = read_typed_date(card.typed, product, clock, words, rules)
    return card


def reasons(words: Words) -> list[dict[str, str]]:
    """Why goods may be refused."""
    french = words.language == "fr"
    return [
        {"value": reason.code, "label": reason.name_fr if french else reason.name_en} for reason in refusal_reasons()
    ]


def read_typed_date(
    typed: str, product: Product | None, clock: Clock, words: Words, rules: IntakeRules
) -> Reading | None:
    """How a typed date is understood for this product, None where nothing is typed."""
    if not typed.strip() or product is None:
        return None
    stamp, kind = clock.stamp(), DateKind(product.family.date_kind)
    try:
        dated = settle_date(typed, None, None, kind, today=stamp.on, plausible=rules.plausible)
        judged = judge(dated, product, stamp, rules, checked=False)
    except LookFirst as refusal:
        return Reading(refusal.say(words), care=True)
    except UseByTooShort as refusal:
        return _short(refusal, stamp.on, words, rules)
    except Refusal as refusal:
        return Reading(refusal.say(words), refused=True)
    if dated.date is None:
        return None
    return Reading(said(dated.date, stamp.on, words), last_day=judged.last_day, date=dated.date)


def _short(refusal: UseByTooShort, today: dt.date, words: Words, rules: IntakeRules) -> Reading:
    """A use-by date nearer than the law allows: refused, unless the site may take it in for a session in time."""
    date: dt.date = refusal.data["date"]
    ahead = rules.sessions_until(date)
    if not ahead:
        return Reading(refusal.say(words), refused=True)
    said = words.text(SHORT, date=words.day(date, today), hours=rules.dates.min_use_by_hours)
    return Reading(said, care=True, sessions=tuple((on.isoformat(), words.day(on, today)) for on in ahead))


SHORT = N_(
    "Use by %(date)s: less than %(hours)s hours are left. It may come in only for a session planned before then: "
    "choose which. It is given out first there, and lost after it."
)


COUNTED = 60
"""Days one still counts: what a pack lasts beyond is read from its date (as in `js/intake/away.js`)."""


def said(date: dt.date, today: dt.date, words: Words) -> str:
    """`vendredi 28 novembre, dans 5 jours`; farther than anybody counts, the date alone."""
    days = (date - today).days
    if not 0 < days <= COUNTED:
        return words.day(date, today)
    return words.plural("%(date)s, in %(n)s day", "%(date)s, in %(n)s days", days, date=words.day(date, today))


def _suggestions(card: ProductCard, today: dt.date, words: Words) -> list[dict[str, str]]:
    """Dates to take with one tap, for goods that mostly last a few days; none where the code said it."""
    if card.date_kind != DateKind.USE_BY or card.origin == "code":
        return []
    days = [(today + dt.timedelta(days=n)) for n in (3, 5, 7, 10, 14)]
    return [{"typed": words.numeric_date(day), "label": words.short_date(day)} for day in days]
