"""Who people are, sealed at rest, and the fingerprints by which they are found without being opened.

Keys live in a file outside the database, newest first. The first one seals; every one of them opens, so that a new
key can be put in front before the old seals are replaced. Fingerprints are keyed hashes (HMAC-SHA-256) under a key
derived from the same secret: without the file, the database tells neither a name nor whether two rows share one.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from msgspec import Struct

from common.errors import Kind, Refusal
from common.words import N_

PURPOSE = b"panier-juste fingerprints 1"


class CannotUnseal(Refusal):
    """An identity that no key at hand opens: the key file was lost, or belongs to another town."""

    kind = Kind.CONFLICT
    message = N_("This identity cannot be opened with the keys of this installation: ask whoever runs it.")


class BadKeys(Refusal):
    """A key file without a key that could be used."""

    kind = Kind.CONFLICT
    message = N_("The key file %(path)s cannot be used: expected one key a line, as “panier reseal” writes them.")


class NoKeys(Refusal):
    """Identities would be kept under a key that is lost when the program stops."""

    kind = Kind.CONFLICT
    message = N_("No identity can be kept here yet: whoever runs the program has to name a key file.")


class Named(Struct, frozen=True):
    """One person as the household gave them."""

    given: str = ""
    family: str = ""
    birth: str = ""
    """A day (`1985-03-12`), a month (`2025-03`) or a year (`1985`), as precisely as it is known."""
    bond: str = ""
    sex: str = "unsaid"
    """Sealed before it could be said: not said."""


class Identity(Struct, frozen=True):
    """What only those who hold the file may read."""

    people: tuple[Named, ...] = ()
    phone: str = ""
    address: str = ""


class Seal:
    """Closes and opens identities, and makes fingerprints. Immutable; shared between requests."""

    def __init__(self, keys: Sequence[str]) -> None:
        fernets = [Fernet(key) for key in keys]
        self._fernets = MultiFernet(fernets)
        self._prints = [hmac.digest(base64.urlsafe_b64decode(key), PURPOSE, "sha256") for key in keys]

    @classmethod
    def read(cls, path: Path) -> "Seal":
        """The seal of this key file; raises BadKeys."""
        try:
            return cls(path.read_text().split())
        except (OSError, ValueError):
            raise BadKeys(path=str(path)) from None

    def close(self, secret: Struct) -> bytes:
        return self._fernets.encrypt(msgspec.json.encode(secret))

    def open(self, sealed: bytes) -> Identity:
        """The identity; raises CannotUnseal."""
        return msgspec.json.decode(self.opened(sealed), type=Identity)

    def opened(self, sealed: bytes) -> bytes:
        """What was sealed, as JSON; raises CannotUnseal."""
        try:
            return self._fernets.decrypt(bytes(sealed))
        except InvalidToken:
            raise CannotUnseal() from None

    def renew(self, sealed: bytes) -> bytes:
        """The same under the newest key."""
        return self._fernets.rotate(bytes(sealed))

    def fingerprint(self, kind: str, text: str) -> str:
        """The fingerprint a new row gets; the same text of another kind has another one."""
        return _fingerprint(self._prints[0], kind, text)

    def fingerprints(self, kind: str, text: str) -> list[str]:
        """Every fingerprint this text may have, older keys included: what is searched for."""
        return [_fingerprint(key, kind, text) for key in self._prints]


def new_key() -> str:
    return Fernet.generate_key().decode()


def _fingerprint(key: bytes, kind: str, text: str) -> str:
    """Half of the hash is kept: 128 bits never meet by chance."""
    return hmac.new(key, f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()[:32]
