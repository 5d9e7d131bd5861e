"""Labels and lists of a busy day: `python -m benchmarks.papers`.

1,300 lot labels, and the pick lists and labels of a session of 90 baskets. The baseline is the same pages with
nothing drawn on them but a word. Times are of the processor.
"""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from common.words import words
from labels.baskets import Basket, Picking, PickLine, basket_labels
from labels.lots import LotLabel, lot_labels
from labels.marks import Urgency
from labels.media import media
from labels.picking import pick_list, pick_list_by_basket

FRENCH = words("fr")
TODAY = dt.date(2026, 11, 23)
LABELS, BASKETS, LINES = 1300, 90, 14


def main() -> None:
    picking = session()
    lot_labels(lots(2), media("L7651"), FRENCH)
    for name, make in (
        (f"{LABELS} lot labels (L7651)", lambda: lot_labels(lots(LABELS), media("L7651"), FRENCH)),
        (f"{LABELS} lot labels (L7160)", lambda: lot_labels(lots(LABELS), media("L7160"), FRENCH)),
        (f"{BASKETS} baskets: pick list by shelf", lambda: pick_list(picking, FRENCH)),
        (f"{BASKETS} baskets: pick list by basket", lambda: pick_list_by_basket(picking, FRENCH)),
        (f"{BASKETS} baskets: labels (L7165)", lambda: basket_labels(picking, media("L7165"), FRENCH)),
    ):
        print(line(name, make))


def line(name: str, make: Callable[[], bytes]) -> str:
    """Seconds, kilobytes, and seconds beside those of plain pages."""
    began = time.process_time()
    pdf = make()
    took = time.process_time() - began
    pages = pdf.count(b"/Type /Page") - 1
    began = time.process_time()
    plain(pages)
    bare = time.process_time() - began
    return f"{name:36}{took:8.2f} s{len(pdf) / 1000:9.0f} kB{pages:6} pages{took / max(bare, 0.001):9.0f} × plain pages"


def plain(pages: int) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    for _ in range(max(pages, 1)):
        canvas.drawString(72, 72, "Panier juste")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def lots(count: int) -> Sequence[LotLabel]:
    """Labels that all differ, as those of a whole stockroom do."""
    return [
        LotLabel(
            code=f"7K3M{n:05}",
            product=f"Crème fraîche épaisse 30 % MG, 50 cl, n° {n}",
            date_kind="use_by",
            date=TODAY + dt.timedelta(n % 40),
            printed_on=TODAY,
            place=f"Frigo {n % 9}",
            storage="chilled",
            gtin="3017620422003",
            lot_number=f"L{n}",
            came_in=TODAY,
            urgency=Urgency(n % 4),
        )
        for n in range(count)
    ]


def session() -> Picking:
    """Baskets of many lots, each lot shared by several baskets."""
    return Picking(
        "Épicerie du Centre",
        TODAY,
        tuple(
            Basket(f"B{n:08}", f"C{n:08}", tuple(pick((n * 7 + k * 11) % 160) for k in range(LINES)))
            for n in range(BASKETS)
        ),
    )


def pick(lot: int) -> PickLine:
    name = f"Produit {lot} au nom long comme sur les emballages"
    return PickLine(f"Étagère {lot % 20}", lot % 20, "dry", name, f"7K3M{lot:05}", "best_before", TODAY, 1, "unit", 500)


if __name__ == "__main__":
    main()
