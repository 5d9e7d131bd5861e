"""The commands of every day: serve, work, migrate, demo."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import click

from api.cli.base import databases, house, name_of, say
from api.demo import load_demo, logins
from api.house import House
from api.migrations import upgrade
from api.tls import Papers, best_name, kept_beside, own_names, papers
from api.work import work as do_work
from common.errors import Kind, Refusal
from common.settings import Settings
from common.words import N_, Term
from households.sealing import NoKeys, Seal


class PortTaken(Refusal):
    """Two servers at one port would share what phones send, each with a half of it."""

    kind = Kind.CONFLICT
    message = N_("Another program answers at %(host)s:%(port)s already: stop it, or choose another PANIER_PORT.")


@click.command()
def migrate() -> None:
    """Bring every network's database to the present version."""
    with house() as opened:
        prepare(opened)
        for host in opened.registry.addresses:
            say(N_("The database of %(network)s is up to date."), network=name_of(host))


@click.command()
@click.option("--tls", is_flag=True, help="https for the local network, under an authority phones trust once.")
@click.option("--name", "names", multiple=True, help="With --tls: another name phones know this machine by.")
def serve(tls: bool, names: tuple[str, ...]) -> None:
    """Serve the pages, with a worker beside the server for long work."""
    refuse_taken(Settings.read())
    with house() as opened:
        prepare(opened)
        today = opened.clock.today()
    settings = Settings.read()
    if not tls:
        run_server(settings)
        return
    known = [*own_names(), *names]
    made = papers(kept_beside(settings.database_url), known, today)
    _tell_server(made)
    say(
        N_("Phones: open https://%(name)s:%(port)s/trust once and follow its steps."),
        name=names[0] if names else best_name(known),
        port=str(settings.port),
    )
    run_server(Settings.read(), made)


def _tell_server(made: Papers) -> None:
    """The server's own processes read the environment: what https asks for, unless the operator said otherwise."""
    for name, value in (("HOST", "0.0.0.0"), ("SECURE_COOKIES", "yes"), ("AUTHORITY", str(made.authority))):  # noqa: S104 - the phones are elsewhere
        os.environ.setdefault(f"PANIER_{name}", value)


@click.command()
def work() -> None:
    """Do long work (plans, imports) as it is asked for, until stopped."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with house() as opened:
        do_work(opened, stop)


@click.group(invoke_without_command=True)
@click.pass_context
def demo(context: click.Context) -> None:
    """Load the demo network once, then serve it."""
    if context.invoked_subcommand is None:
        refuse_taken(Settings.read())
        _load()
        _say_where(Settings.read())
        run_server(Settings.read())


@demo.command("load")
def load() -> None:
    """Load the demo network: four partners, three sites, 120 households, two months of history."""
    _load()


def prepare(opened: House) -> None:
    """Databases at their present version; the folder of an SQLite file is made where it is missing."""
    for url in opened.registry.addresses.values():
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        upgrade(url)
    opened.transport.prepare()


def refuse_taken(settings: Settings) -> None:
    """Raise PortTaken where somebody listens there; the server itself would share the port and say nothing."""
    family, _, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, socket.SOCK_STREAM) as door:
        # A server that was stopped just now leaves its port in waiting: that is not taken.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise PortTaken(host=settings.host, port=str(settings.port)) from None


def run_server(settings: Settings, made: Papers | None = None) -> None:
    """The server and its worker; the worker is started again should it end by itself."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    stop = threading.Event()
    keeper = threading.Thread(target=_keep_working, args=(stop,), daemon=True)
    if settings.jobs == "local":
        keeper.start()
    server = Granian(
        "api.serving:application",
        factory=True,
        interface=Interfaces.ASGI,
        address=settings.host,
        port=settings.port,
        log_enabled=False,
        # Over HTTP/2 browsers send each cookie by itself, and all but one would be lost on the way to the application.
        http=HTTPModes.http1,
        ssl_cert=made.certificate if made else None,
        ssl_key=made.key if made else None,
    )
    try:
        server.serve()
    finally:
        stop.set()
        if keeper.is_alive():
            keeper.join(timeout=10)


def _keep_working(stop: threading.Event) -> None:
    while not stop.is_set():
        process = subprocess.Popen([sys.executable, "-m", "api", "work"])
        while process.poll() is None and not stop.wait(0.2):
            pass
        process.terminate()
        process.wait()


def _load() -> None:
    with house() as opened:
        prepare(opened)
        for host, database in databases(opened):
            if load_demo(database, opened.clock, _seal(opened)):
                say(N_("The demo network is loaded in %(network)s."), network=name_of(host))


def _seal(opened: House) -> Seal | None:
    """The demo's people have names where there is a place for keys."""
    try:
        return opened.seal
    except NoKeys:
        return None


def _say_where(settings: Settings) -> None:
    say(
        N_("Open http://%(host)s:%(port)s and sign in with one of these names:"),
        host=settings.host,
        port=str(settings.port),
    )
    for login, password, role in logins():
        say(
            N_("  %(login)s  (password %(password)s): %(role)s"),
            login=login.ljust(12),
            password=password,
            role=Term(role),
        )
