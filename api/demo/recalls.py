"""An invented alert for the demo: it speaks of a lot that households had some of and that still stands on a shelf."""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allocation.tables import BasketLine, LineOutcome
from stock.ledger import Account, standings
from stock.tables import Lot, Product, ProductCode

_STAPLES = ("egg", "pasta_rice")
"""Goods that no maker's name hangs on."""


def invented_rows(session: Session, today: dt.date) -> list[dict[str, object]]:
    """Rows of the data sets, written by nobody; none where nothing of the kind is there."""
    there = {s.lot_id for s in standings(session, accounts=[Account.SHELF])}
    query = (
        select(ProductCode.gtin, Product.name, Lot.date)
        .join_from(Lot, Product, Product.id == Lot.product_id)
        .join(ProductCode, ProductCode.product_id == Product.id)
        .join(BasketLine, BasketLine.lot_id == Lot.id)
        .join(LineOutcome, LineOutcome.line_id == BasketLine.id)
        .where(
            Lot.id.in_(there),
            Lot.date.is_not(None),
            Product.brand == "",
            Product.family_code.in_(_STAPLES),
            LineOutcome.taken,
        )
        .group_by(Lot.id, ProductCode.gtin, Product.name, Lot.date)
        .order_by(func.count().desc(), Lot.id)
        .limit(1)
    )
    return [
        {
            "numero_fiche": "DEMO-1",
            "numero_version": 1,
            "categorie_produit": "alimentation",
            "identification_produits": f"{gtin}$$${date}${date}",
            "motif_rappel": "exemple inventé pour la démonstration : aucun produit réel n’est rappelé",
            "conduites_a_tenir_par_le_consommateur": "ne plus consommer|rapporter au point de distribution",
            "date_publication": today.isoformat(),
            "libelle": name,
        }
        for gtin, name, date in session.execute(query)
    ]
