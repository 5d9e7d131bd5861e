"""Rows of both data sets, as they are and as people fill them in, become one alert."""

import datetime as dt
from itertools import product
from pathlib import Path

import pytest

from stock.recalls.alerts import Alert, Mark, UnreadableAlert, merged, read_alert
from stock.recalls.rappelconso import NotARecallFile, rows_of_file
from tests.stock.recalls.rows import row

HAM, PEAS = "03760289220694", "03017620422003"
FIRST, LAST = dt.date(2026, 11, 20), dt.date(2026, 11, 25)


def read(**said: object) -> Alert:
    alert = read_alert(row(**said))
    assert alert is not None
    return alert


def test_a_row_says_what_is_recalled_why_and_until_when() -> None:
    alert = read(date_de_fin_de_la_procedure_de_rappel="2027-01-15")

    assert (alert.key, alert.number, alert.version) == ("4f1c7a2e", "2026-11-0042", 1)
    assert (alert.published_on, alert.until) == (dt.date(2026, 11, 20), dt.date(2027, 1, 15))
    assert alert.label == "yaourts nature – yaourt nature, yaourt sucré"
    assert alert.reason == "présence de listeria"


def test_what_is_no_food_is_left_out() -> None:
    assert read_alert(row(categorie_produit="jouets")) is None


@pytest.mark.parametrize(
    "items",
    [
        "3760289220694$ken134f$date limite de consommation$2026-11-20$2026-11-25|3017620422003$$$$",
        ["3760289220694$ken134f$date limite de consommation$2026-11-20$2026-11-25", "3017620422003$$$$"],
        "3760289220694$ken134f$date limite de consommation$20/11/2026$25/11/2026|3017620422003",
    ],
)
def test_items_are_read_from_a_text_as_from_a_list(items: object) -> None:
    alert = read(identification_produits=items)

    assert alert.marks == (Mark(HAM, "ken134f", FIRST, LAST), Mark(PEAS))


def test_a_date_alone_is_that_day() -> None:
    assert read(identification_produits="3760289220694$$dlc$2026-11-20$").marks == (Mark(HAM, "", FIRST, FIRST),)


def test_the_number_of_a_row_counts_where_no_item_names_it() -> None:
    alert = read(gtin=3760289220694, identification_produits="3017620422003$l1$non concerné$$")

    assert alert.marks == (Mark(PEAS, "l1"), Mark(HAM))


def test_an_item_without_a_number_speaks_of_every_number_of_its_row() -> None:
    alert = read(gtin="3760289220694 3017620422003", identification_produits="$l77$non concerné$$")

    assert alert.marks == (Mark(HAM, "l77"), Mark(PEAS, "l77"))


@pytest.mark.parametrize("gtin", [None, "", 2123450012343, 3760289220695, "tous"])
def test_a_notice_without_a_usable_number_is_still_a_notice(gtin: object) -> None:
    assert read(gtin=gtin).marks == (Mark(),)


@pytest.mark.parametrize("strange", [{"date_publication": "bientôt"}, {"numero_fiche": None, "rappel_guid": ""}])
def test_a_row_that_cannot_be_placed_is_refused(strange: dict[str, object]) -> None:
    with pytest.raises(UnreadableAlert):
        read_alert(row(**strange))


WORDS: list[object] = [
    "",
    "\x00",
    "a\x00b\x1b[2J",
    "ß" * 64,
    "9" * 5_000,
    "$" * 5_000,
    "|" * 5_000,
    "9999-12-31",
    "31/12/9999",
    "²/1/2020",
]
VALUES: list[object] = [None, 10**30, -1, 1e308, True, [None, ["a"]], {"a": 1}]


def test_whatever_stands_in_a_cell_gives_an_alert_that_can_be_kept_or_a_refusal() -> None:
    for cell, value in product(row(), WORDS + VALUES):
        try:
            alert = read_alert(row(**{"identification_produits": f"{HAM}$L7$DLC$$", cell: value}))
        except UnreadableAlert:
            continue
        if alert is not None:
            said = [*vars(alert).values(), *(mark.lots for mark in alert.marks)]
            assert len(alert.key) <= 64
            assert not set("\x00\x1b") & set("".join(text for text in said if isinstance(text, str)))


def test_rows_of_one_version_add_up_and_the_newest_version_counts_in_any_order() -> None:
    first, second = read(gtin="3760289220694"), read(gtin="3017620422003")
    newer = read(numero_version="2", gtin="3017620422003")

    assert merged([first, second])["4f1c7a2e"].marks == (Mark(HAM), Mark(PEAS))
    assert merged([newer, first]) == merged([first, newer]) == {"4f1c7a2e": newer}


def test_a_file_of_brackets_without_end_is_no_export(tmp_path: Path) -> None:
    file = tmp_path / "alerts.jsonl"

    for content in ("[" * 50_000, '{"numero_fiche":' + "[" * 50_000):
        file.write_text(content)
        with pytest.raises(NotARecallFile):
            list(rows_of_file(file))
