"""The forms of intake, as a page sends them, and the line one of them says."""

from dataclasses import dataclass

from litestar.datastructures import UploadFile

from api.amounts import day_typed, degrees_typed, kilograms_typed, net_grams, pieces_typed
from api.entries import Degrees, Described, TurnedAway
from common.words import Words
from stock.intake import Arrival, Booking
from stock.thermometer import Moment


@dataclass
class LineForm:
    scan: str = ""
    typed: str = ""
    lot: str = ""
    units: str = ""
    weight: str = ""
    tare: str = ""
    place: str = ""
    checked: str = ""
    session_on: str = ""
    degrees: str = ""
    label_degrees: str = ""
    replaces: str = ""
    """The booking this line corrects."""
    photo: str = ""
    """Of damage, as base64."""
    reception: str = ""
    """The one the page was shown for."""
    then: str = ""
    """Where it goes if that one is finished: `reopen` or `another`."""
    key: str = ""


@dataclass
class RefusalForm:
    scan: str = ""
    reason: str = ""
    amount: str = ""
    photo: str = ""
    reception: str = ""
    then: str = ""
    key: str = ""

    @property
    def said(self) -> TurnedAway:
        return TurnedAway(self.scan, self.reason, self.amount)


@dataclass
class PhotoForm:
    photo: UploadFile | None = None


@dataclass
class DonorForm:
    donor: str = ""
    kind: str = ""
    source: str = ""
    vehicle: str = ""
    key: str = ""


@dataclass
class TemperatureForm:
    chilled: str = ""
    frozen: str = ""
    moment: str = Moment.ARRIVAL.value
    family: str = ""
    of_family: str = ""
    reception: str = ""
    then: str = ""
    key: str = ""

    @property
    def said(self) -> Degrees:
        return Degrees(self.chilled, self.frozen, self.moment, self.family, self.of_family)


@dataclass
class ProductForm:
    code: str = ""
    name: str = ""
    family: str = ""
    grams: str = ""
    key: str = ""

    @property
    def said(self) -> Described:
        return Described(self.code, self.name, self.family, self.grams)


def as_typed(booked: Booking, words: Words) -> LineForm:
    """A booking as somebody would have typed it."""
    weighed = booked.measure == "gram"
    return LineForm(
        typed=words.numeric_date(booked.date) if booked.date else "",
        lot=booked.lot_number,
        units="" if weighed else str(booked.quantity),
        weight=words.number(booked.quantity / 1000) if weighed else "",
        place=str(booked.place_id),
        replaces=str(booked.movement_id),
    )


def arrival_of(data: LineForm) -> Arrival:
    return Arrival(
        scan=data.scan,
        units=pieces_typed(data.units),
        grams=net_grams(kilograms_typed(data.weight), data.tare),
        date=data.typed,
        lot_number=data.lot,
        checked=bool(data.checked),
        session_on=day_typed(data.session_on, "session_on"),
        temperature_tenths=degrees_typed(data.degrees, "degrees"),
        label_tenths=degrees_typed(data.label_degrees, "label_degrees"),
        place_id=pieces_typed(data.place, "place"),
    )
