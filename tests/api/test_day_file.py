"""The scan file of a whole morning: every way of coding is booked, and each bad line is refused for its own reason."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.day import Received, receive_file
from api.demo import facts
from api.scan_file import (
    BadCell,
    EndlessCell,
    MisspeltColumns,
    MoreCells,
    NotAScanFile,
    ScanLine,
    UnknownColumns,
    read_scan_file,
)
from common.clock import Clock
from common.database import Database
from common.errors import Refusal
from common.words import words
from network.partners import add_organisation, add_site
from stock import catalogue
from stock.donors import add_donor, donor_by_code
from stock.instore import InStoreLayout
from stock.places import Storage, add_place
from stock.tables import Movement
from tests.fixtures.scans import make_day

FILE = make_day.HERE / "day.csv"


def stockroom(session: Session) -> int:
    """A site with its places, the donors and the whole catalogue of the demo; its number."""
    site_id = add_site(session, add_organisation(session, "La Berline", "grocery").id, "BERLINE", "La Berline").id
    for storage in (Storage.DRY, Storage.CHILLED, Storage.FROZEN):
        add_place(session, site_id, storage.value, storage)
    for d in facts.network().donors:
        layout = InStoreLayout(d.in_store_payload)
        add_donor(session, code=d.code, name=d.name, kind=d.kind, source=d.source, in_store=layout)
    catalogue.load_reference(session)
    for p in facts.products():
        catalogue.add_product(
            session,
            name=p.name,
            family_code=p.family,
            grams_each=p.net_grams,
            gtins=[p.gtin],
            contains=p.contains,
            unknown_contents=p.unknown_contents,
            source=p.source,
        )
    by_code = {
        a.code: catalogue.add_product(
            session,
            name=a.name_fr,
            article=a.code,
            family_code=a.family,
            measure=a.measure,
            grams_each=a.unit_grams,
            portion=a.portion,
            shelf_life_days=a.shelf_life_days,
            source="demo",
        )
        for a in facts.articles()
    }
    for c in facts.in_store_codes():
        catalogue.add_in_store_code(session, donor_by_code(session, c.donor).id, c.article_key, by_code[c.article].id)
    return site_id


@pytest.fixture
def site_id(database: Database) -> int:
    with database.writing() as session:
        return stockroom(session)


def receive(database: Database, lines: list[ScanLine], site_id: int, clock: Clock, donor: str = "") -> Received:
    return receive_file(database, lines, name="day", site_id=site_id, donor=donor, clock=clock, words=words("en"))


def expected() -> dict[int, str]:
    with (make_day.HERE / "day.expected.csv").open(encoding="utf-8", newline="") as file:
        return {int(row["line"]): row["code"] for row in csv.DictReader(file)}


def test_the_files_are_what_their_script_writes(tmp_path: Path) -> None:
    make_day.write(tmp_path)

    for name in ("day.csv", "day.expected.csv"):
        assert (tmp_path / name).read_bytes() == (make_day.HERE / name).read_bytes()


def test_ten_lines_are_bad_each_in_its_own_way() -> None:
    codes = expected()

    assert len(codes) == len(set(codes.values())) == 10


def test_the_good_lines_are_booked_and_the_bad_ones_refused_for_their_reason(
    database: Database, site_id: int, clock: Clock
) -> None:
    received = receive(database, read_scan_file(FILE), site_id, clock)

    assert {bad.line: bad.code for bad in received.bad} == expected()
    assert (received.lines, received.booked, received.again) == (300, 290, 0)


def test_the_same_file_again_books_nothing_twice(database: Database, site_id: int, clock: Clock) -> None:
    lines = read_scan_file(FILE)[:60]
    first = receive(database, lines, site_id, clock)
    with database.reading() as session:
        before = session.scalar(select(func.sum(Movement.quantity)))

    again = receive(database, lines, site_id, clock)

    with database.reading() as session:
        assert session.scalar(select(func.sum(Movement.quantity))) == before
    assert (again.booked, again.again, again.grams) == (0, first.booked, first.grams)


@pytest.mark.parametrize(
    "cells",
    [
        ",0001-01-01",
        ",0001-01-01T00:00+05:00",
        ",9999-12-31T23:59-05:00",
        ",2026-11-24T09:00",
        "NO\0BODY,2026-11-23T08:30",
    ],
)
def test_a_line_of_no_day_or_with_a_sign_no_database_keeps_does_not_keep_the_others_back(
    database: Database, site_id: int, clock: Clock, tmp_path: Path, cells: str
) -> None:
    file = tmp_path / "scans.csv"
    file.write_text(f"scan,units,date,donor,at\n3017620422003,1,31/03/2027,{cells}\n3017620422003,2,31/03/2027,,\n")

    received = receive(database, read_scan_file(file), site_id, clock, donor=facts.network().donors[0].code)

    assert [bad.line for bad in received.bad] == [2]
    assert received.booked == 1


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ('scan,units\n"3017620422003,1\n3228857000166,2\n', EndlessCell),
        ("scan,units\n" + "9" * 200_000 + ",1\n", EndlessCell),
        ("scan,units,units\n3017620422003,1,2\n", NotAScanFile),
        ("scan,unit\n3017620422003,2\n", MisspeltColumns),
        ("scan,units,colour\n3017620422003,2,red\n", UnknownColumns),
    ],
)
def test_a_scan_file_that_would_be_read_by_guessing_is_refused(
    tmp_path: Path, content: str, refusal: type[Refusal]
) -> None:
    file = tmp_path / "scans.csv"
    file.write_text(content)

    with pytest.raises(refusal) as refused:
        read_scan_file(file)
    assert type(refused.value) is refusal


def test_a_misspelt_column_is_named_beside_the_one_that_was_meant(tmp_path: Path) -> None:
    file = tmp_path / "scans.csv"
    file.write_text("scan;Unit;dat;;couleur\n3017620422003;2;9/12;;rouge\n")

    with pytest.raises(MisspeltColumns) as refused:
        read_scan_file(file)

    said = refused.value.say(words("en"))
    assert "“unit”, “dat” and “couleur”" in said
    assert "Did you mean units and date?" in said


def test_columns_without_a_name_are_passed_over_as_long_as_they_are_empty(tmp_path: Path) -> None:
    file = tmp_path / "scans.csv"
    file.write_text("scan,,units,\n3017620422003,,2,\n3228857000166,lost,2,\n")

    good, bad = read_scan_file(file)

    assert good.arrival().units == 2
    with pytest.raises(MoreCells):
        bad.arrival()


@pytest.mark.parametrize(
    ("cells", "refusal"),
    [
        ("9" * 5_000 + ",", BadCell),
        ("9" * 30 + ",", BadCell),
        ("1,1e999999999", BadCell),
        ("1,3,5", MoreCells),
    ],
)
def test_a_line_that_would_lose_something_is_refused_and_the_others_are_read(
    tmp_path: Path, cells: str, refusal: type[Refusal]
) -> None:
    file = tmp_path / "scans.csv"
    file.write_text(f"scan,units,temperature\n3017620422003,{cells}\n3228857000166,2,3.5\n")

    bad, good = read_scan_file(file)

    with pytest.raises(refusal):
        bad.arrival()
    assert (good.arrival().units, good.arrival().temperature_tenths) == (2, 35)
