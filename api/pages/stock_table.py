"""What the files of the stock and of a lot's movements hold, column by column."""

from typing import Any

from litestar import Response

from api.here import Here
from api.list_files import Columns, list_file
from api.movement_reasons import reason_in_words
from common.words import N_
from stock.shelf import StockRow
from stock.story import Step, lot_story

STOCK: Columns[StockRow] = {
    N_("Lot"): lambda row: row.code,
    N_("Product"): lambda row: row.product,
    N_("Brand"): lambda row: row.brand,
    N_("To give by"): lambda row: row.last_day,
    N_("Date on the pack"): lambda row: row.date,
    N_("Pieces"): lambda row: None if row.measure == "gram" else row.quantity,
    N_("Weight (g)"): lambda row: row.grams,
    N_("Of which set aside (g)"): lambda row: row.reserved_grams,
    N_("Of which blocked (g)"): lambda row: row.quarantined * row.grams_each,
    N_("Free to promise (g)"): lambda row: row.free * row.grams_each,
    N_("Site"): lambda row: row.site,
    N_("Place"): lambda row: ", ".join(row.places),
    N_("Donor"): lambda row: row.donor,
    N_("Lot number"): lambda row: row.lot_number,
}


def movements_file(here: Here, lot: int | str, shape: str) -> Response[Any]:
    """Everything that happened to a lot, the latest first."""
    with here.database.reading() as session:
        story = lot_story(session, lot)
    return list_file(here, shape, story.code, N_("Movements"), _movements(here, story.measure), reversed(story.steps))


def _movements(here: Here, measure: str) -> Columns[Step]:
    zone, words = here.clock.zone, here.words
    quantity = N_("Weight (g)") if measure == "gram" else N_("Pieces")
    return {
        N_("Day"): lambda step: step.at.astimezone(zone).date(),
        N_("Time"): lambda step: step.at.astimezone(zone).strftime("%H:%M"),
        N_("What happened"): lambda step: step.say(words),
        N_("Reason"): lambda step: reason_in_words(step.reason, words),
        quantity: lambda step: step.quantity,
        N_("Undone"): lambda step: words.text(N_("yes")) if step.undone else "",
    }
