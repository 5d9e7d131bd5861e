"""HTTPS on the local network without buying anything: an authority of this house's own, which phones trust once.

Browsers open the camera and keep pages for when there is no network over https only. The authority's key stays beside
the database, readable by its owner alone; a certificate for this machine's names is issued at every start and lasts a
year, which is as long as phones accept.
"""

import datetime as dt
import ipaddress
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url
from trustme import CA

LASTS = dt.timedelta(days=397)
"""Phones refuse certificates that last longer than 398 days."""
NOWHERE = ("192.0.2.1", 9)
"""An address of documentation (RFC 5737): asked which way leads there, the machine names itself; nothing is sent."""


@dataclass(frozen=True)
class Papers:
    """The files a server speaks https with, and the one phones are given."""

    authority: Path
    certificate: Path
    key: Path


def papers(folder: Path, names: Sequence[str], today: dt.date) -> Papers:
    """This machine's certificate for these names, issued by the authority kept in this folder or made there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _authority(folder)
    ends = dt.datetime.combine(today + LASTS, dt.time(), dt.UTC).replace(tzinfo=None)  # as the library wants it
    issued = authority.issue_cert(*names, organization_name="Panier juste", not_after=ends)
    made = Papers(folder / "authority.crt", folder / "server.crt", folder / "server.key")
    _write(made.certificate, b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    _write(made.key, issued.private_key_pem.bytes())
    return made


def kept_beside(database_url: str) -> Path:
    """Where the papers are: beside an SQLite file, else in `var`."""
    url = make_url(database_url)
    beside = Path(url.database).parent if url.get_backend_name() == "sqlite" and url.database else Path("var")
    return beside / "tls"


def own_names() -> list[str]:
    """What phones may call this machine: its name, its name on the local network, its address there."""
    host = socket.gethostname().lower()
    names = ["localhost", "127.0.0.1", host, f"{host.split('.')[0]}.local", *_own_address()]
    return list(dict.fromkeys(names))


def best_name(names: Sequence[str]) -> str:
    """The name to tell people: the address on the local network, which needs no directory, else the machine's name."""
    addresses = [name for name in names if _is_address(name) and not ipaddress.ip_address(name).is_loopback]
    return addresses[0] if addresses else names[-1]


def _own_address() -> list[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(NOWHERE)
        except OSError:
            return []
        return [str(probe.getsockname()[0])]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _authority(folder: Path) -> CA:
    certificate, key = folder / "authority.crt", folder / "authority.key"
    if certificate.is_file() and key.is_file():
        return CA.from_pem(certificate.read_bytes(), key.read_bytes())
    made = CA(organization_name="Panier juste", organization_unit_name="Autorité locale")
    _write(key, made.private_key_pem.bytes())
    _write(certificate, made.cert_pem.bytes())
    return made


def _write(path: Path, content: bytes) -> None:
    """The file whole or not at all, for its owner only."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
