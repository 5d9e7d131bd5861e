"""What is known of numbers nobody here has met yet, and the imports that brought it."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from common.database import Base, Id


class ReferenceGoods(Base):
    """The facts of one number from Open Food Facts: a proposal for the day it is first scanned, never a product itself.

    An empty name means that the number was asked for and nothing is known of it.
    """

    __tablename__ = "reference_goods"

    gtin: Mapped[str] = mapped_column(String(14), primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    brand: Mapped[str] = mapped_column(String(80))
    net_grams: Mapped[int | None]
    family: Mapped[str | None] = mapped_column(String(30))
    how: Mapped[str] = mapped_column(String(10))
    """How the family was found, as `stock.openfoodfacts.families.How`."""
    contains: Mapped[list[str]] = mapped_column(JSON)
    unknown_contents: Mapped[bool]
    nutriscore: Mapped[str | None] = mapped_column(String(1))
    nutrition: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    source: Mapped[str] = mapped_column(String(120))
    at: Mapped[dt.datetime]


class CatalogueImport(Base):
    """One reading of an export: how far it came, so that it goes on from there, and what came of it."""

    __tablename__ = "catalogue_imports"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    file: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger)
    """Bytes read and kept."""
    country: Mapped[str | None] = mapped_column(String(60))
    """Only what is sold there is kept; empty means everywhere, None that it was not written down."""
    counts: Mapped[Any] = mapped_column(JSON)
    begun_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
