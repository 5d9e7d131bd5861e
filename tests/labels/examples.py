"""Small named examples of what documents are made of."""

import datetime as dt

from hypothesis import strategies as st

from labels.baskets import Basket, Picking, PickLine
from labels.lots import LotLabel
from labels.marks import Urgency
from labels.report import (
    CauseRow,
    Coverage,
    FamilyRow,
    GroupRow,
    Impact,
    WasteReport,
    WeekRow,
)

TODAY = dt.date(2026, 11, 23)
GTIN = "3017620422003"

CREAM = LotLabel(
    code="7K3M9QXZ4",
    product="Crème fraîche épaisse 30 % MG, 50 cl",
    date_kind="use_by",
    date=dt.date(2026, 11, 28),
    printed_on=TODAY,
    place="Frigo 2",
    storage="chilled",
    gtin=GTIN,
    lot_number="LOT-42A",
    came_in=TODAY,
    urgency=Urgency.WEEK,
)
PASTA = LotLabel(
    code="0B3C9QXZ4",
    product="Pâtes coquillettes 500 g",
    date_kind="best_before",
    date=dt.date(2027, 3, 31),
    printed_on=TODAY,
    place="Étagère B3",
    gtin=GTIN,
    lot_number="L 1234 B",
)
BREAD = LotLabel("ZB3C9QXZ4", "Pain de campagne", "none", None, TODAY, place="Étagère A1", came_in=TODAY)
REPACKED = LotLabel(
    code="YB3C9QXZ4",
    product="Gâteau au chocolat, part",
    date_kind="use_by",
    date=dt.date(2026, 11, 24),
    printed_on=TODAY,
    storage="frozen",
    lot_number="ABCDEFGHIJabcdefghij",
    gtin=GTIN,
    allergens=("lait", "œufs", "gluten", "fruits à coque"),
    urgency=Urgency.NOW,
)
LOTS = (CREAM, PASTA, BREAD, REPACKED)

PASTA_LINE = PickLine("Étagère B3", 3, "dry", "Pâtes", "0B3C9QXZ4", "best_before", dt.date(2027, 3, 31), 1, "unit", 500)
CREAM_LINE = PickLine("Frigo 2", 5, "chilled", "Crème", "7K3M9QXZ4", "use_by", dt.date(2026, 11, 28), 2, "unit", 1000)
APPLES = PickLine("Étagère A1", 1, "dry", "Pommes", "ZB3C9QXZ4", "none", None, 450, "gram", 450)
PEAS = PickLine(
    "Congélateur", 6, "frozen", "Petits pois", "YB3C9QXZ4", "best_before", dt.date(2027, 9, 1), 1, "unit", 1000
)

SMALL = Picking(
    "Épicerie du Centre",
    dt.date(2026, 11, 27),
    (
        Basket("B1B1B1B10", "C1C1C1C10", (PASTA_LINE, CREAM_LINE, APPLES)),
        Basket("B2B2B2B20", "C2C2C2C20", (PASTA_LINE, PEAS)),
        Basket("B3B3B3B30", "C3C3C3C30"),
    ),
)

NOTHING = WasteReport(
    "Réseau de Carvin", dt.date(2026, 10, 1), dt.date(2026, 10, 31), dt.date(2026, 11, 3), 0, 0, 0, 0, 0, 0, 0, 0
)
OCTOBER = WasteReport(
    network="Réseau de Carvin",
    first=dt.date(2026, 10, 1),
    last=dt.date(2026, 10, 31),
    made_on=dt.date(2026, 11, 3),
    at_start=1_240_000,
    received=7_412_000,
    eaten=6_893_000,
    passed_on=240_000,
    lost=279_000,
    on_hand=1_240_000,
    left_behind=301_000,
    left_saved=240_000,
    families=(
        FamilyRow("Fruits et légumes", 2_650_000, 2_400_000, 90_000, 220_000),
        FamilyRow("Pain", 900_000, 800_000, 40_000, 59_000),
        FamilyRow("Conserves", 800_000, 700_000, 0, 0),
    ),
    causes=(CauseRow("DLC dépassée", 191_000), CauseRow("Abîmé", 88_000)),
    weeks=tuple(
        WeekRow(dt.date(2026, 9, 28) + dt.timedelta(7 * n), 1_400_000, 1_300_000, 60_000, 50_000) for n in range(5)
    ),
    groups=(GroupRow("Fruits et légumes", 2_300_000, 0.33), GroupRow("Féculents", 4_593_000, 0.15)),
    coverage=Coverage(118, 412, 0.81, 0.93),
    impact=Impact(13_786, 1_102_880, 10_546_290, "ADEME 2016", 12_900_000),
)

any_text = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        [
            "",
            " ",
            "M" * 200,
            "Ǽ́" * 40,
            "😀🧀👩‍👩‍👧‍👦",
            "تمر المجهول من الجزائر",
            "日本のカレー",
            "a\nb\tc\x00d",
            "Q͏̡͔̗̹̯̲̞͑̌̆u̸̡",
            "﷽ ⸻ 𒐫",
            "Ệ" * 30,
            "rock'n'roll (ça va?) [x] \\ % %(name)s",
        ]
    ),
)
