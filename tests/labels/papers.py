"""A small named example of every paper that is not a label, made in the language that is asked for."""

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image

from common.words import Words
from labels.decision import AdmissionDecision, admission_decision
from labels.gifts import (
    Body,
    Certificate,
    Company,
    Gift,
    MonthRow,
    ReceiptRow,
    Statement,
    donation_certificate,
    yearly_statement,
)
from labels.held import HeldFile, HeldPart, held_file
from labels.notes import CarriedLine, GoodsNote, Reading, Seen, Turned, goods_note
from labels.privacy import PrivacyNotice, privacy_notice
from labels.recall import Recall, Withdrawn, recall_notice
from labels.receipt import TaxReceipt, tax_receipt
from labels.sheets import CountLine, Door, Expected, Shelf, attendance_list, count_sheet, round_sheet
from tests.labels.examples import TODAY

BODY = Body("Les Restos du Bois", "W622001234", "3 rue de la Gare, 62220 Carvin", "Aide alimentaire aux personnes")
SHOP = Company("Supermarché du Bois", "SAS", "732829320", "Zone du Bois, 62220 Carvin")
GIFTS = (
    Gift(dt.date(2026, 11, 3), "Crème fraîche épaisse 30 % MG, 50 cl", 12, "unit", 6000),
    Gift(dt.date(2026, 11, 3), "Pommes", 12_500, "gram", 12_500),
    Gift(dt.date(2026, 11, 17), "Pâtes coquillettes 500 g", 40, "unit", 20_000),
)
RECEIPT = TaxReceipt(
    number="2026-0007",
    body=BODY,
    quality="free_help",
    company=SHOP,
    first=dt.date(2026, 11, 1),
    last=dt.date(2026, 11, 30),
    issued_on=dt.date(2026, 12, 1),
    cents=123_480,
    gifts=GIFTS,
    signatory="M. Lefebvre, trésorier",
)
CERTIFICATE = Certificate(BODY, SHOP, dt.date(2026, 11, 1), dt.date(2026, 11, 30), dt.date(2026, 12, 1), GIFTS)
STATEMENT = Statement(
    body=BODY,
    company=SHOP,
    year=2026,
    made_on=dt.date(2027, 1, 4),
    months=tuple(MonthRow(dt.date(2026, n, 1), n, 10_000 * n, 100 * n) for n in range(1, 13)),
    families=(("Fruits et légumes", 500_000), ("Crèmerie", 280_000)),
    receipts=(
        ReceiptRow("2026-0007", dt.date(2026, 12, 1), 123_480, cancelled=False),
        ReceiptRow("2026-0008", dt.date(2026, 12, 2), 90_000, cancelled=True),
    ),
)


def picture() -> bytes:
    """A photo, upright."""
    made = BytesIO()
    Image.new("RGB", (30, 40), "brown").save(made, "JPEG")
    return made.getvalue()


DELIVERY = GoodsNote(
    kind="delivery",
    number="R-128",
    on=TODAY,
    giver="Supermarché du Bois",
    taker="Épicerie du Centre",
    network="Réseau de Carvin",
    programme="Don de magasin",
    lines=(
        CarriedLine("Crème fraîche épaisse 30 % MG, 50 cl", 12, "unit", 6000, "use_by", dt.date(2026, 11, 28), "42A"),
        CarriedLine("Pommes", 12_500, "gram", 12_500),
    ),
    turned=(Turned("Steak haché 5 % MG", "DLC dépassée", 1200),),
    seen=(Seen("Steak haché 5 % MG", picture()),) * 4,
    readings=(Reading("Produits frais", at_end=35, limit=80), Reading("Surgelés", at_end=-185, limit=-180)),
)
TRANSFER = GoodsNote("transfer", "T-12", TODAY, "Épicerie du Centre", "Antenne Nord", lines=DELIVERY.lines)
PICKUP = GoodsNote("pickup", "", TODAY, "Supermarché du Bois", "Épicerie du Centre")
DECISION = AdmissionDecision(
    network="Réseau de Carvin",
    partner="Centre communal d’action sociale",
    card="C1C1C1C10",
    people=3,
    on=TODAY,
    outcome="Admis",
    reason="selon le barème",
    remainder_cents=500,
    scale="carvin-2026",
    steps=(
        "Salaires : 1 234,56 € par mois.",
        "1 234,56 € de ressources moins 784,56 € de charges laissent 450,00 € par mois.",
        "450,00 € ÷ 3 ÷ 30 jours = 5,00 € par personne et par jour.",
    ),
    until=dt.date(2027, 5, 22),
)
RECALL = Recall(
    product="Crème fraîche épaisse 30 % MG, 50 cl",
    published_on=dt.date(2026, 11, 20),
    printed_on=TODAY,
    risk="Présence possible de Listeria monocytogenes",
    advice="Ne pas consommer, rapporter au point de vente",
    brand="La Ferme",
    gtin="3017620422003",
    lots=("42A", "43B"),
    dates=(dt.date(2026, 11, 28),),
    withdrawn=(Withdrawn("Épicerie du Centre", "12 pièces, 6 kg"), Withdrawn("Local du Marais", "450 g")),
    reference="2026-11-0042",
    network="Réseau de Carvin",
    contact="Épicerie du Centre, 03 21 00 00 00",
)
EXPECTED = (Expected("C1C1C1C10", 3, 1, "Amina Ben Saïd"), Expected("C2C2C2C20", 1, 2), Expected("C3C3C3C30", 5))
DOORS = (Door(1, "C1C1C1C10", 3, "B1B1B1B10", 9400, True, "3 rue des Lilas, 03 21 00 00 00"), Door(4, "C2", 1, "B2", 0))
SHELVES = (
    Shelf("Étagère B3", (CountLine("Pâtes coquillettes 500 g", "0B3C9QXZ4", "unit", "best_before", TODAY),)),
    Shelf("Frigo 2", (CountLine("Pommes", "ZB3C9QXZ4", "gram"),)),
)
NOTICE = PrivacyNotice("Réseau de Carvin", "Centre communal d’action sociale", "CCAS, 1 place de la Mairie, Carvin")
HELD = HeldFile(
    "Centre communal d’action sociale",
    "C1C1C1C10",
    TODAY,
    (
        HeldPart(
            "Qui vous êtes", (("Personne qui demande", "Amina Ben Saïd · 12/03/1985"), ("Téléphone", "06 39 98 12 34"))
        ),
        HeldPart("Décision du 22/11/2026", (("Décision", "Admis"), ("Salaires nets", "1 450,00 € par mois"))),
        HeldPart("Passages", tuple((f"{n:02}/11/2026", "Épicerie du Centre · 5 kg emportés") for n in range(1, 31))),
    ),
)

PAPERS: dict[str, tuple[Any, Callable[[Any, Words], bytes]]] = {
    "receipt": (RECEIPT, tax_receipt),
    "certificate": (CERTIFICATE, donation_certificate),
    "statement": (STATEMENT, yearly_statement),
    "delivery": (DELIVERY, goods_note),
    "transfer": (TRANSFER, goods_note),
    "pickup": (PICKUP, goods_note),
    "decision": (DECISION, admission_decision),
    "recall": (RECALL, recall_notice),
    "attendance": (EXPECTED, lambda expected, words: attendance_list("Centre", TODAY, expected, words, names=True)),
    "round": (DOORS, lambda doors, words: round_sheet("Centre", TODAY, doors, words, addresses=True)),
    "count": (SHELVES, lambda shelves, words: count_sheet("Épicerie du Centre", TODAY, shelves, words)),
    "privacy": (NOTICE, privacy_notice),
    "held": (HELD, held_file),
}
"""What each paper is made of, and who makes it."""
