"""Labels on this printer: its stock, its shift, stock people measured; crates and prices of the lots ticked."""

import re

from allocation import choice
from common.clock import Clock
from common.database import Database
from labels.media import media
from tests import a_day
from tests.api.conftest import Browser, has_been_done
from tests.labels.reading import SQUARE, codes, inside, pages, text_of
from tests.small_town import MILK, Arrival, Town, receive, stock_up

OWN = {
    "code": "maison",
    "kind": "sheet",
    "width": "63,5",
    "height": "38,1",
    "columns": "3",
    "rows": "7",
    "x": "7,2",
    "y": "15,1",
    "dx": "66",
    "dy": "38,1",
    "dpi": "300",
}


def test_a_printer_is_calibrated_and_labels_move_by_as_much(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    booked = stock_up(database, town, clock)
    manager.post("/labels/printers", name="Bureau", media="L7160")
    (path,) = re.findall(r'action="(/labels/printers/\d+)"', manager.page.text)
    printer = "printer:" + path.rsplit("/", 1)[1]

    too_far = manager.post(path, media="L7160", right="12", down="0")
    assert "12" in manager.words
    assert (too_far.status_code, 'value="12"' in too_far.text) == (400, True)
    manager.post(path, media="L7160", right="-1,5", down="2")

    with database.reading() as session:
        assert has_been_done(session, "calibrate_printer", printer)
    assert f'value="{printer}"' in manager.get("/labels").text
    (label,) = pages(manager.client.get(f"/labels/lots.pdf?lot={booked[0].lot_id}&media={printer}").content, 203)
    assert inside(label, media("L7160").places((-1.5, 2))[0], 203)
    assert not inside(label, media("L7160").printable(media("L7160").places()[0]), 203)
    calibration = " ".join(text_of(manager.client.get(f"/labels/calibration.pdf?media={printer}").content))
    assert "1,5 mm" in calibration.replace("\u202f", " ")
    manager.post(f"{path}/removed")
    assert manager.client.get(f"/labels/lots.pdf?lot={booked[0].lot_id}&media={printer}").status_code == 404


def test_stock_people_measured_is_kept_where_its_labels_fit(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    booked = stock_up(database, town, clock)
    wide = manager.post("/labels/stocks", **{**OWN, "dx": "80"})
    assert (wide.status_code, 'value="63,5"' in wide.text) == (400, True)
    assert "210" in manager.words
    assert manager.post("/labels/stocks", **{**OWN, "width": "large"}).status_code == 400
    manager.post("/labels/stocks", **OWN)
    ticked = f"lot={booked[0].lot_id}&media=MAISON"

    crates = manager.client.get(f"/labels/crates.pdf?{ticked}&copies=3").content
    prices = manager.client.get(f"/labels/prices.pdf?{ticked}").content

    said = " ".join(text_of(crates))
    assert [turn in said for turn in ("1/3", "2/3", "3/3")] == [True] * 3
    assert {read.content[:2] for read in codes(pages(crates, 300)[0], SQUARE)} == {"91"}
    assert "prix habituel" in " ".join(text_of(prices))


def test_lots_received_before_the_last_ten_are_folded_away_and_can_still_be_ticked(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    lines = [Arrival(MILK, units=1, date="31/03/2027", lot_number=f"L{n}") for n in range(12)]
    booked = receive(database, town, clock, *lines)

    page = manager.get("/labels").text

    shown, folded = page.split("2 lots reçus auparavant")
    assert f'value="{booked[2].lot_id}"' in shown
    assert f'value="{booked[1].lot_id}"' not in shown
    assert f'value="{booked[1].lot_id}"' in folded.split("</form>")[0]


def test_a_pick_list_by_series_is_offered_only_where_baskets_are_alike(
    manager: Browser, database: Database, town: Town, clock: Clock
) -> None:
    whole, short, *others = sorted(
        a_day.confirm_baskets(database, town, clock), key=lambda s: len(s.lines), reverse=True
    )
    with database.writing() as session:
        for sheet, lines in ((short, short.lines[1:]), *((other, other.lines) for other in others)):
            for line in lines:
                choice.take_out(session, sheet.visit_id, line.id, clock.stamp())

    page = manager.get("/labels").text

    assert len(whole.lines) > 1
    assert "picking.pdf?by=batch" in page
    assert "picking.pdf?by=series" not in page
