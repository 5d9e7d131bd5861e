"""Products by the words of their names: one narrow statement, however many there are."""

from heapq import nsmallest

from sqlalchemy import select
from sqlalchemy.orm import Session

from stock.shelf import plain
from stock.tables import Product

_NAMES = select(Product.id, Product.name, Product.brand, Product.article)


def products_named(session: Session, text: str, most: int) -> list[tuple[int, str, str]]:
    """Number, name and brand of those that have every word, in any order and without minding accents."""
    words = plain(text).split()
    having = (
        (number, name, brand)
        for number, name, brand, article in session.execute(_NAMES)
        if all(word in plain(f"{name} {brand} {article or ''}") for word in words)
    )
    return nsmallest(most, having, key=lambda found: (plain(found[1]), found[0]))
