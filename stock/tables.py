"""What is in the stockroom: catalogue, donors, lots, and the movements that are the truth about them.

Temperatures are whole tenths of a degree Celsius, weights whole grams, amounts whole cents.
"""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import Base, Id


class FoodGroup(Base):
    """A nutrition group of the balanced basket; `weight` 0 where it does not count."""

    __tablename__ = "food_groups"

    id: Mapped[str] = mapped_column(String(30), primary_key=True)
    name_fr: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    rank: Mapped[int]
    facts: Mapped[Any] = mapped_column(JSON)
    """Weight, target share, needs per day and how long it keeps, as `stock.reference.FoodGroup`."""


class Family(Base):
    """A sorting category of the stockroom, with the rules that goods of it follow."""

    __tablename__ = "families"

    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    name_fr: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    storage: Mapped[str] = mapped_column(String(10))
    """`dry`, `chilled` or `frozen`."""
    date_kind: Mapped[str] = mapped_column(String(12))
    """`use_by` (DLC), `best_before` (DDM) or `none`."""
    grace_days: Mapped[int]
    """Days it may still be given after its best-before date."""
    max_tenths: Mapped[int | None]
    tolerance_tenths: Mapped[int]
    food_group: Mapped[str] = mapped_column(ForeignKey("food_groups.id"), index=True)
    contains: Mapped[list[str]] = mapped_column(JSON)
    needs: Mapped[list[str]] = mapped_column(JSON)
    co2e_g_per_kg: Mapped[int]
    value_cents_per_kg: Mapped[int]
    pictogram: Mapped[str] = mapped_column(String(30))


class Product(Base):
    """A catalogue entry: known by its codes, or an internal article chosen from pictures."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("grams_each > 0", name="grams_each_positive"),
        CheckConstraint("portion > 0", name="portion_positive"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    article: Mapped[str | None] = mapped_column(String(20), unique=True)
    """The short code of an internal article (`PAIN`), None for goods with a barcode."""
    name: Mapped[str] = mapped_column(String(160))
    brand: Mapped[str] = mapped_column(String(80))
    family_code: Mapped[str] = mapped_column(ForeignKey("families.code"), index=True)
    measure: Mapped[str] = mapped_column(String(4))
    """`unit` where pieces are counted, `gram` where goods are weighed."""
    grams_each: Mapped[int]
    """Net grams of one counted piece; 1 where goods are weighed."""
    portion: Mapped[int]
    """How much is handed over at once: 1 piece, or so many grams."""
    shelf_life_days: Mapped[int | None]
    """For goods without a date: how long they keep after they come in."""
    contains: Mapped[list[str]] = mapped_column(JSON)
    unknown_contents: Mapped[bool]
    value_cents: Mapped[int]
    """Usual shop price of one piece, or of one kilogram where goods are weighed."""
    max_per_visit: Mapped[int | None]
    pictogram: Mapped[str] = mapped_column(String(30))
    nutriscore: Mapped[str | None] = mapped_column(String(1))
    nutrition: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    """Its own, per 100 g, as `stock.nutrition.Nutrition`; None where only its family's is known."""
    source: Mapped[str] = mapped_column(String(120))
    """Where these facts come from."""
    frozen_from_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"), unique=True)
    """The product this one is when it was frozen here: its codes and its recalls are that one's."""
    corrected: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Facts a person here has set right: no import changes them."""

    family: Mapped[Family] = relationship()


class ProductCode(Base):
    """A GTIN that names a product; a case of 12 names it 12 times."""

    __tablename__ = "product_codes"

    gtin: Mapped[str] = mapped_column(String(14), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    units: Mapped[int] = mapped_column(default=1)

    product: Mapped[Product] = relationship()


class Donor(Base):
    """A shop, food bank, farm or drive that gives."""

    __tablename__ = "donors"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """The short name scan files use."""
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(30))
    source: Mapped[str] = mapped_column(String(20))
    """Programme the goods come under: it fixes channels and the highest price rate."""
    in_store_payload: Mapped[str] = mapped_column(String(10), default="none")
    """What this shop's own codes carry: `price`, `weight` or `none`."""
    in_store_digits: Mapped[int] = mapped_column(default=5)
    agreement_from: Mapped[dt.date | None]
    agreement_until: Mapped[dt.date | None]
    agreement_renews: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It goes on by itself after its last day, unless one of the two ends it."""
    agreement_slots: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """What was agreed on besides its times, in words."""
    agreement_families: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """The families it covers; empty means whatever there is."""
    quality_plan_on: Mapped[dt.date | None]
    """The day its plan for the quality of gifts came (decree 2019-302); None where it never did."""
    active: Mapped[bool] = mapped_column(default=True)


class AgreedTime(Base):
    """A weekday and an hour at which goods of a donor are agreed to come."""

    __tablename__ = "agreed_times"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("minute BETWEEN 0 AND 1439", name="minute"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    weekday: Mapped[int] = mapped_column(index=True)
    """Monday is 0."""
    minute: Mapped[int]
    """Since midnight."""
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id"))
    """None where the goods do not always come to the same site."""


class InStoreCode(Base):
    """What a shop's own code (02, 20–29) means: it says nothing outside that shop."""

    __tablename__ = "in_store_codes"

    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), primary_key=True)
    article_key: Mapped[str] = mapped_column(String(7), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))

    product: Mapped[Product] = relationship()


class ReceiptIssuer(Base):
    """A partner that may make out tax receipts, as the form names it. Without this row it may not."""

    __tablename__ = "receipt_issuers"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    since: Mapped[dt.date]
    """The first day receipts may bear: that of the prefect's or the tax office's letter."""
    name: Mapped[str] = mapped_column(String(160))
    number: Mapped[str] = mapped_column(String(20))
    """SIREN or RNA."""
    address: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(200))
    quality: Mapped[str] = mapped_column(String(20))
    signatory: Mapped[str] = mapped_column(String(120))


class TaxReceipt(Base):
    """A receipt made out to a donor: numbered without a gap, never changed, never taken out; it can be cancelled."""

    __tablename__ = "tax_receipts"
    __table_args__ = (
        UniqueConstraint("organisation_id", "year", "number"),
        CheckConstraint("cents > 0", name="cents_positive"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("first <= last", name="first_before_last"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("receipt_issuers.organisation_id"))
    year: Mapped[int]
    number: Mapped[int]
    """Its turn in the year, from 1."""
    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    first: Mapped[dt.date]
    last: Mapped[dt.date]
    cents: Mapped[int]
    """The value of the goods, as the donor gave it."""
    grams: Mapped[int]
    content: Mapped[Any] = mapped_column(JSON)
    """Both parties and the goods as they stood that day: what is printed again is what was signed."""
    issued_on: Mapped[dt.date]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    cancelled_on: Mapped[dt.date | None]
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    cancelled_because: Mapped[str] = mapped_column(String(200), default="")


class Place(Base):
    """A shelf, fridge, freezer or quarantine corner of a site, in the order pickers walk."""

    __tablename__ = "places"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    storage: Mapped[str] = mapped_column(String(10))
    rank: Mapped[int]
    retired_on: Mapped[dt.date | None]
    """Since that day it is offered nowhere; what stood there before keeps naming it."""


class Reception(Base):
    """Goods from one donor coming in at one site on one day, in one way and under one programme."""

    __tablename__ = "receptions"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    source: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20), default="pickup", server_default="pickup")
    """How it came, as `stock.receptions.ReceptionKind`."""
    vehicle: Mapped[str] = mapped_column(String(40), default="", server_default="")
    on: Mapped[dt.date] = mapped_column(index=True)
    opened_at: Mapped[dt.datetime]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    closed_at: Mapped[dt.datetime | None]
    """When somebody said that it is finished."""
    added_at: Mapped[dt.datetime | None]
    """When something that was entered before that, without network, was last added after it."""

    donor: Mapped[Donor] = relationship()


class TemperatureReading(Base):
    """A temperature taken on reception or in a place, beside the limit it was held against.

    On reception it is one line's own, under its family; or, at a `moment`, that of all goods of a family or of all
    goods that are stored alike.
    """

    __tablename__ = "temperatures"
    __table_args__ = (
        CheckConstraint("family_code IS NULL OR storage IS NULL", name="of_one_line_or_of_all"),
        Index("ix_temperatures_place_id_at", "place_id", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reception_id: Mapped[int | None] = mapped_column(ForeignKey("receptions.id"), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    family_code: Mapped[str | None] = mapped_column(ForeignKey("families.code"))
    storage: Mapped[str | None] = mapped_column(String(10))
    """`chilled` or `frozen`, where it was taken for all such goods of a reception."""
    moment: Mapped[str | None] = mapped_column(String(10))
    """`takeover` or `arrival`, where it was taken for the whole reception (R-TEMP-03)."""
    because: Mapped[str] = mapped_column(String(20), default="", server_default="")
    """`label` where the limit is the one printed on the pack, which prevails (R-TEMP-01)."""
    tenths: Mapped[int]
    limit_tenths: Mapped[int | None]
    low_tenths: Mapped[int | None]
    """The coldest a place may be; only for places."""
    action: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """What was done about a reading of a place that was out of range."""
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class RefusedGoods(Base):
    """Goods that were not taken in, with the reason: they never enter the ledger."""

    __tablename__ = "refused_goods"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reception_id: Mapped[int] = mapped_column(ForeignKey("receptions.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    reason: Mapped[str] = mapped_column(String(40))
    grams: Mapped[int]
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class Lot(Base):
    """The same product with the same date and lot number from the same donor on the same day."""

    __tablename__ = "lots"
    __table_args__ = (
        Index("ix_lots_product_id_date", "product_id", "date"),
        Index("ix_lots_product_id_id", "product_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """The opaque code on its label."""
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    reception_id: Mapped[int] = mapped_column(ForeignKey("receptions.id"), index=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("donors.id"), index=True)
    source: Mapped[str] = mapped_column(String(20))
    lot_number: Mapped[str] = mapped_column(String(40))
    date_kind: Mapped[str] = mapped_column(String(12))
    date: Mapped[dt.date | None]
    """The date on the pack; None for goods that bear none."""
    last_day: Mapped[dt.date] = mapped_column(index=True)
    """Last day it may be handed over, by the rules in force when it came in."""
    measure: Mapped[str] = mapped_column(String(4))
    grams_each: Mapped[int]
    portion: Mapped[int]
    value_cents: Mapped[int]
    """Usual shop price of one piece, or of one kilogram where goods are weighed."""
    checked: Mapped[bool] = mapped_column(default=False)
    """A person looked at the packs: required past the best-before date."""
    session_on: Mapped[dt.date | None]
    """The planned session it came in for: required where its use-by date is nearer than the law allows (D541-310)."""
    came_in_at: Mapped[dt.datetime]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"), index=True)
    """The lot this one was made from: split off it, or frozen."""
    frozen_on: Mapped[dt.date | None]
    """The day it was frozen here, which its label must say."""

    product: Mapped[Product] = relationship()
    donor: Mapped[Donor] = relationship()
    reception: Mapped[Reception] = relationship()


class DamagePhoto(Base):
    """What was wrong with a lot, or with goods that were turned away, as one could see it."""

    __tablename__ = "damage_photos"
    __table_args__ = (CheckConstraint("(lot_id IS NULL) <> (refused_id IS NULL)", name="of_one_thing"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"), index=True)
    refused_id: Mapped[int | None] = mapped_column(ForeignKey("refused_goods.id"), index=True)
    jpeg: Mapped[bytes] = mapped_column(deferred=True)
    """Written anew by `stock.photos`: nothing of what was sent but the picture."""
    at: Mapped[dt.datetime] = mapped_column(index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class DateCorrection(Base):
    """The date of a lot was misread and set right, by whom and why; the newest is the one in force."""

    __tablename__ = "date_corrections"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True)
    was: Mapped[dt.date | None]
    became: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[dt.datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class Movement(Base):
    """So much of one lot went from one account to another. Appended, never changed.

    Only `stock/ledger.py` writes here.
    """

    __tablename__ = "movements"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_movements_lot_id_id", "lot_id", "id"),
        Index("ix_movements_by_id_id", "by_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    from_account: Mapped[str] = mapped_column(String(12))
    from_place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    to_account: Mapped[str] = mapped_column(String(12))
    to_place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    quantity: Mapped[int]
    """Pieces, or grams where the lot is weighed."""
    reason: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[dt.datetime] = mapped_column(index=True)
    on: Mapped[dt.date] = mapped_column(index=True)
    """The day where the network lives, which reports count by."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("movements.id"), unique=True)
    """The movement this one takes back; a movement is taken back once."""

    lot: Mapped[Lot] = relationship()


class Balance(Base):
    """What stands of a lot on one account on hand at one place: the sum of its movements, kept by `stock/balances.py`.

    It names no other table: it says nothing that the movements do not say, and may be thrown away.
    """

    __tablename__ = "balances"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity_not_negative"),)

    lot_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account: Mapped[str] = mapped_column(String(12), primary_key=True)
    place_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0 between two sites."""
    quantity: Mapped[int]


class LabelWish(Base):
    """Labels of a lot that a phone asked the site's printer for; gone once they are printed."""

    __tablename__ = "label_wishes"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    copies: Mapped[int]
    asked_at: Mapped[dt.datetime]

    lot: Mapped[Lot] = relationship()
