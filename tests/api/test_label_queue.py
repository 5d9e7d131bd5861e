"""From the phone that asks for a label to the printer that prints it."""

import re
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from common.clock import Clock
from common.database import Database
from network.roles import Role
from network.tables import Site
from stock.label_queue import wishes
from stock.tables import Lot
from tests.api.conftest import Browser
from tests.labels.reading import SQUARE, codes, pages
from tests.small_town import Town, stock_up

COPY = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"


@pytest.fixture
def asked(database: Database, town: Town, clock: Clock, open_browser: Callable[[], Browser]) -> str:
    """The code of a lot a volunteer asked two labels of."""
    booked = stock_up(database, town, clock)[0]
    with database.reading() as session:
        code = session.get_one(Lot, booked.lot_id).code
    phone = open_browser().sign_in(Role.VOLUNTEER)
    phone.post("/labels/queue", lot=code, copies="2")
    assert "2 étiquettes attendent" in phone.words
    return code


def test_the_computer_beside_the_printer_prints_what_phones_asked_for(asked: str, manager: Browser) -> None:
    manager.get("/labels/queue")
    assert asked in manager.words
    (wish,) = re.findall(r'name="wish" value="(\d+)"', manager.page.text)
    assert manager.get(f"/labels/queue/newer?after={int(wish) - 1}").text.count("/labels/queue") == 2

    printed = pages(manager.client.get(f"/labels/queue.pdf?wish={wish}&media=11354").content, 300)
    manager.post("/labels/queue/printed", wishes=wish)

    assert len(printed) == 2
    assert all(asked in codes(page, SQUARE)[0].content for page in printed)
    assert "Aucune étiquette n’attend" in manager.words
    manager.post("/labels/queue/printed", wishes=wish)
    assert "Aucune de ces étiquettes n’attend plus" in manager.words
    assert manager.client.get(f"/labels/queue.pdf?wish={wish}").status_code == 409


def test_too_many_copies_or_an_unknown_lot_are_refused_in_words(asked: str, manager: Browser) -> None:
    manager.post("/labels/queue", lot=asked, copies="500")
    assert "100" in manager.words
    assert manager.post("/labels/queue", lot="ZZZZZZZZZ", copies="1").status_code == 404


def test_a_command_or_a_zpl_printer_prints_the_queue_without_anybody_clicking(
    asked: str,
    database: Database,
    database_url: str,
    town: Town,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PANIER_DATABASE_URL", database_url)
    monkeypatch.setenv("PANIER_JOBS", "local")
    with database.reading() as session:
        site = session.get_one(Site, town.site_id).code
    out = tmp_path / "queue.pdf"

    def run(*options: str) -> str:
        return CliRunner().invoke(main, ["print", "--site", site, *options], env={"LANG": "en"}).output

    assert "has no printer" in run("--to", "true")
    assert "do not answer" in run("--to", "false", "--on", "11354").replace("does not", "do not")
    assert "Labels printed: 2." in run("--to", f'{sys.executable} -c "{COPY}" {out}', "--on", "11354")
    assert [asked in codes(page, SQUARE)[0].content for page in pages(out.read_bytes(), 300)] == [True, True]
    with database.reading() as session:
        assert not wishes(session, town.site_id)


def test_zpl_goes_to_the_printer_over_the_network(
    asked: str, database_url: str, database: Database, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANIER_DATABASE_URL", database_url)
    with database.reading() as session:
        site = session.get_one(Site, town.site_id).code
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as printer:

        def listen() -> None:
            connection, _ = printer.accept()
            with connection, connection.makefile("rb") as sent:
                came.append(sent.read())

        listening = threading.Thread(target=listen)
        listening.start()
        address = f"127.0.0.1:{printer.getsockname()[1]}"
        told = CliRunner().invoke(
            main, ["print", "--site", site, "--zpl", address, "--on", "11354"], env={"LANG": "en"}
        )
        listening.join()

    assert "Labels printed: 2." in told.output
    assert came[0].count(b"^XA") == 2
