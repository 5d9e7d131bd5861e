"""The program as it is started: settings from the environment, a server that answers, a worker that ends with it."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from api import serving
from api.app import bound_threads, create_app
from api.cli.daily import PortTaken, refuse_taken
from api.house import House
from common.clock import Clock
from common.database import Database
from common.jobs import ask, state_of
from common.settings import BadSetting, Settings
from tests.house_rules import ROOT

PATIENCE = 600
"""Seconds a slow machine has to start a server; a quick one takes two."""


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def test_the_application_is_made_of_the_settings_in_the_environment(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANIER_DATABASE_URL", database_url)
    monkeypatch.setenv("PANIER_SECRET", "for tests only")
    monkeypatch.setenv("PANIER_LOG_LEVEL", "warning")

    app = serving.application()

    assert app.state.house.settings == Settings(database_url=database_url, secret="for tests only", log_level="warning")
    app.state.house.registry.close()


def test_a_setting_that_cannot_be_used_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANIER_PORT", "many")

    with pytest.raises(BadSetting, match="PANIER_PORT"):
        serving.application()


def test_as_many_requests_are_worked_on_at_once_as_the_settings_say() -> None:
    app = create_app(House.of(Settings(database_url="sqlite://", secret="for tests only", threads=3)))
    together, alone = threading.Barrier(3, timeout=60), threading.Barrier(4, timeout=0.5)

    async def meet(barrier: threading.Barrier) -> set[int | type[BaseException]]:
        await bound_threads(app)
        loop = asyncio.get_running_loop()
        waiting = [loop.run_in_executor(None, barrier.wait) for _ in range(barrier.parties)]
        came = await asyncio.gather(*waiting, return_exceptions=True)
        return {type(each) if isinstance(each, BaseException) else each for each in came}

    assert asyncio.run(meet(together)) == {0, 1, 2}
    assert asyncio.run(meet(alone)) == {threading.BrokenBarrierError}


def test_a_handler_that_looks_for_what_is_not_there_fails_and_does_not_hang() -> None:
    app = create_app(House.of(Settings(database_url="sqlite://", secret="for tests only")))

    async def look() -> None:
        await bound_threads(app)
        await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, next, iter(())), timeout=30)

    with pytest.raises(RuntimeError, match="not there"):
        asyncio.run(look())


def test_a_town_is_served_with_a_worker_beside_until_it_is_told_to_stop(tmp_path: Path) -> None:
    url, port = f"sqlite:///{tmp_path}/town.sqlite", free_port()
    environment = os.environ | {"PANIER_DATABASE_URL": url, "PANIER_PORT": str(port)}
    server = subprocess.Popen(
        [sys.executable, "-m", "api", "serve"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        page = answer(f"http://127.0.0.1:{port}/sign-in")
        outcome = ended(Database(url))
    finally:
        server.send_signal(signal.SIGINT)
        said = server.communicate(timeout=PATIENCE)[1]

    assert page.status_code == 200
    assert page.headers["x-content-type-options"] == "nosniff"
    assert outcome == "failed"
    assert server.returncode == 0, said
    assert '"route": "/sign-in"' in said


def answer(url: str) -> httpx.Response:
    """What the server answers once it stands."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return httpx.get(url)
        except httpx.TransportError:
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.1)


def ended(database: Database) -> str:
    """Ask for a plan of a session that does not exist, and wait for what the worker says of it."""
    with database.writing() as session:
        job = ask(session, "propose", {"session_id": 999}, Clock().stamp())
    until = time.monotonic() + PATIENCE
    while True:
        with database.reading() as session:
            state = state_of(session, job)
        if state.ended:
            database.close()
            return state.state
        assert time.monotonic() < until, "no worker did the job"
        time.sleep(0.1)


def test_a_port_where_another_server_listens_is_refused() -> None:
    port = free_port()
    refuse_taken(Settings(port=port))

    with socket.socket() as other:
        # As the server itself opens it: two of them would share it without a word.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(PortTaken, match=str(port)):
            refuse_taken(Settings(port=port))
