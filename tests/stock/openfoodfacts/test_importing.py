"""An export is taken in whole whatever stops it, in any of its shapes, and never over what a person set right."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from biip.checksums import gs1_standard_check_digit
from sqlalchemy import func, select

from common.clock import Clock
from common.database import Database
from common.errors import Refusal
from stock import catalogue
from stock.corrections import correct
from stock.nutrition import nutrition_of
from stock.openfoodfacts import importing, lookup
from stock.openfoodfacts.importing import OtherCountryBegun, import_export
from stock.openfoodfacts.lookup import NoAnswer, ask
from stock.openfoodfacts.proposals import Described, add_described, proposal
from stock.openfoodfacts.reading import DamagedExport, NotAnExport, ParquetExport, rows_of_export
from stock.openfoodfacts.tables import CatalogueImport, ReferenceGoods
from tests.stock.openfoodfacts.test_facts import YOGHURT

HEAD = ["code", "product_name", "brands", "quantity", "categories_tags", "ingredients_text", "energy-kcal_100g"]


def number(n: int) -> str:
    body = f"3{n:011d}"
    return body + str(gs1_standard_check_digit(body))


def table(rows: list[list[str]]) -> str:
    return "\n".join("\t".join(row) for row in [HEAD, *rows]) + "\n"


def yoghurts(first: int, last: int, brand: str = "Marque") -> list[list[str]]:
    return [[number(n), f"Yaourt {n}", brand, "125 g", "en:yogurts", "lait", "60"] for n in range(first, last)]


def kept(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(ReferenceGoods)) or 0


def test_an_import_that_was_stopped_goes_on_where_it_was(
    database: Database, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)
    path = tmp_path / "export.tsv"
    path.write_text(table([*yoghurts(0, 25), ["broken"], *yoghurts(25, 40), ["123", "?", "", "", "", "", ""]]))

    def stop(done: int) -> None:
        if kept(database) >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_export(database, path, clock.stamp(), tell=stop)
    before = kept(database)
    told: list[int] = []
    report = import_export(database, path, clock.stamp(), tell=told.append)

    assert before == 20
    assert 0 < told[0] < told[-1] == path.stat().st_size
    assert (report.rows, report.kept, report.by_category, report.no_code, report.unreadable) == (42, 40, 40, 1, 1)
    assert kept(database) == 40
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CatalogueImport)) == 1


def test_an_import_is_not_finished_for_another_country_than_it_was_begun_for(
    database: Database, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)
    path = tmp_path / "export.tsv"
    path.write_text(table(yoghurts(0, 25)))

    def stop(done: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_export(database, path, clock.stamp(), country="en:france", tell=stop)
    with pytest.raises(OtherCountryBegun) as refused:
        import_export(database, path, clock.stamp())
    assert (refused.value.data["rows"], refused.value.data["before"]) == (10, "en:france")
    assert kept(database) == 10

    whole = import_export(database, path, clock.stamp(), from_start=True)
    gone_on = import_export(database, path, clock.stamp(), country="en:france")

    assert (whole.rows, gone_on.rows, kept(database)) == (25, 25, 25)


def test_an_import_begun_before_countries_were_written_down_goes_on(
    database: Database, tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "export.tsv"
    path.write_text(table(yoghurts(0, 25)))
    with database.writing() as session:
        size, head = path.stat().st_size, len("\t".join(HEAD)) + 1
        begun = CatalogueImport(file=path.name, size=size, position=head, counts={}, begun_at=clock.now())
        session.add(begun)

    assert import_export(database, path, clock.stamp(), country="en:france").rows == 25
    with database.reading() as session:
        assert session.scalars(select(CatalogueImport.country)).all() == ["en:france"]


@pytest.mark.parametrize("shape", ["tsv", "tsv.gz", "csv", "jsonl", "jsonl.gz"])
def test_every_shape_of_an_export_says_the_same_and_can_be_read_from_any_row(tmp_path: Path, shape: str) -> None:
    rows = [*yoghurts(0, 3, 'Marque "Été"'), [number(9), "Sans rien", "", "", "", "", ""]]
    path = tmp_path / f"export.{shape}"
    if shape == "csv":
        lines = [HEAD, *([row[0], f"{row[1]}\nsuite", *row[2:]] for row in rows)]
        path.write_text("\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines))
    else:
        objects = "\n".join(json.dumps(dict(zip(HEAD, row, strict=True))) for row in rows)
        text = objects if shape.startswith("jsonl") else table(rows)
        path.write_bytes((gzip.compress if shape.endswith("gz") else bytes)(text.encode()))

    read = list(rows_of_export(path))
    again = list(rows_of_export(path, read[1][1]))

    assert [row and row["code"] for row, _ in read] == [row[0] for row in rows]
    assert [row and row["brands"] for row, _ in read] == [row[2] for row in rows]
    assert again == read[2:]


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("export.tsv", b"a\tb\n1\t2\n", NotAnExport),
        ("food.parquet", b"PAR1\x15\x04\x15\r\n\x00", ParquetExport),
        ("export.jsonl.gz", b'{"code": "3228857000166"}\n', DamagedExport),
        ("export.jsonl.gz", gzip.compress(b'{"code": "3228857000166"}\n', mtime=0)[:-9], DamagedExport),
    ],
)
def test_a_file_of_another_kind_or_cut_short_is_refused(
    tmp_path: Path, name: str, content: bytes, refusal: type[Refusal]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(refusal):
        list(rows_of_export(path))


def test_json_lines_are_taken_in_with_the_broken_ones_counted(database: Database, tmp_path: Path, clock: Clock) -> None:
    lists = {"categories_tags": ["en:dairies", "en:yogurts"], "countries_tags": ["en:france"]}
    yoghurt = {**YOGHURT, **lists, "nutriments": {"energy-kcal_100g": 61.4}}
    lines = [
        json.dumps(yoghurt),
        json.dumps(yoghurt)[:-20],
        '["no", "object"]',
        json.dumps({**yoghurt, "code": number(1), "product_name": "Yaourt à boire"}, ensure_ascii=False),
        json.dumps({**yoghurt, "code": number(2), "countries_tags": ["en:spain"]}),
        json.dumps({**yoghurt, "code": 5, "product_name": None}),
        "{}",
    ]
    path = tmp_path / "openfoodfacts-products.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))

    report = import_export(database, path, clock.stamp(), country="en:france")

    assert (report.rows, report.kept, report.by_category) == (7, 2, 2)
    assert (report.no_code, report.elsewhere, report.unreadable) == (2, 1, 2)
    with database.reading() as session:
        read = {goods.gtin: goods for goods in session.scalars(select(ReferenceGoods))}
    assert {goods.name for goods in read.values()} == {'Yaourt nature "fermier"', "Yaourt à boire"}
    assert read[YOGHURT["code"].zfill(14)].nutrition["kcal"] == 61


def test_products_learn_and_what_a_person_set_right_stays(database: Database, tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "export.tsv"
    path.write_text(table(yoghurts(1, 2, "Premier")))
    with database.writing() as session:
        catalogue.load_reference(session)
        ours = catalogue.add_product(
            session,
            name="Le yaourt",
            family_code="yoghurt",
            grams_each=130,
            gtins=[number(1)],
            source="described at intake",
            unknown_contents=True,
        )
    report = import_export(database, path, clock.stamp())
    with database.writing() as session:
        product = catalogue.product(session, ours.id)
        learnt = (product.brand, product.unknown_contents, product.nutrition["kcal"], product.name, product.grams_each)
        correct(session, ours.id, {"brand": "La nôtre"}, clock.stamp())
    path.write_text(table(yoghurts(1, 2, "Deuxième")) + "\n")
    import_export(database, path, clock.stamp())

    assert report.completed == 1
    assert learnt == ("Premier", False, 60, "Le yaourt", 130)
    with database.reading() as session:
        product = catalogue.product(session, ours.id)
        assert (product.brand, product.corrected, product.source) == ("La nôtre", ["brand"], "described at intake")


def test_a_product_without_figures_has_those_of_its_familys_reference_food(database: Database) -> None:
    with database.writing() as session:
        catalogue.load_reference(session)
        butter = catalogue.add_product(session, name="Beurre", family_code="butter", grams_each=250, source="test")
        known = nutrition_of(butter)

    assert known is not None
    assert (known.own, known.food, known.nutrition.kcal) == (False, "Beurre à 82% MG, doux", 753)


# One number at a time, asked of a server of the same manners


class Interface(BaseHTTPRequestHandler):
    """Answers `/api/v2/product/{code}`; `said` by code, an event for one that keeps people waiting until then."""

    said: ClassVar[dict[str, Any]] = {}
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        code = self.path.split("?")[0].rpartition("/")[2]
        self.asked.append(code)
        answer = self.said.get(code)
        if isinstance(answer, threading.Event):
            answer.wait()
        found = isinstance(answer, dict)
        status = {"code": code, "status": int(found)}
        with suppress(BrokenPipeError):  # whoever was kept waiting has gone
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(json.dumps(status | ({"product": answer} if found else {})).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Tests are silent."""


@pytest.fixture
def interface(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(lookup, "PATIENCE", 60.0)  # a slow machine is no slow server
    server = ThreadingHTTPServer(("127.0.0.1", 0), Interface)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    Interface.asked, Interface.said = [], {YOGHURT["code"]: YOGHURT}
    yield f"http://127.0.0.1:{server.server_port}/api/v2/product"
    server.shutdown()
    server.server_close()


def test_a_number_is_asked_for_once_and_what_was_said_is_proposed(
    database: Database, clock: Clock, interface: str
) -> None:
    known, unknown = "03228857000166", number(7).zfill(14)

    assert proposal(database, known, "", clock.stamp()) is None
    answers = [proposal(database, gtin, interface, clock.stamp()) for gtin in (known, unknown, known, unknown)]

    assert [goods and goods.family for goods in answers] == ["yoghurt", None, "yoghurt", None]
    assert Interface.asked == [known[1:], unknown[1:]]
    with database.writing() as session:
        catalogue.load_reference(session)
        added = add_described(session, known, Described("Yaourt nature", "yoghurt", 500), "a person")
        assert (added.source, added.corrected) == ("Open Food Facts, ODbL 1.0, 2026-11-23", ["name"])
        assert "pork" in added.contains


def test_nobody_waits_for_an_answer_that_does_not_come(interface: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "PATIENCE", 0.1)
    nobody_waits_any_more = threading.Event()
    Interface.said = {number(7): nobody_waits_any_more}

    for address in (interface, "http://127.0.0.1:9"):
        with pytest.raises(NoAnswer):
            ask(address, number(7).zfill(14))
    nobody_waits_any_more.set()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.jsonl", '{"code":' + "[" * 50_000 + '\n{"code":"3228857000166"}\n'),
        ("large.csv", "code,product_name\n" + "9" * 200_000 + ",x\n3228857000166,Yaourt\n"),
    ],
)
def test_a_line_nobody_could_read_is_left_out_and_the_next_is_read(tmp_path: Path, name: str, content: str) -> None:
    export = tmp_path / name
    export.write_text(content)

    first, second = (row for row, _ in rows_of_export(export))

    assert first is None
    assert second is not None
    assert second["code"] == "3228857000166"
