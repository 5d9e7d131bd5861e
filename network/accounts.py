"""The people who log in: accounts, passwords, sign-ins.

A sign-in lasts a working day from its beginning; its secret stays with the device, the database keeps a digest.
Wrong passwords are slowed down per login: the login is digested too, since people type passwords there by mistake.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.database import Database
from common.errors import Kind, Refusal
from common.words import N_
from network.roles import RIGHTS, Right, Role
from network.tables import Account, Organisation, SignIn, SignInFailure, Site

TRIES = 6
WINDOW = dt.timedelta(minutes=15)
SHORTEST_PASSWORD = 10


class WrongPassword(Refusal):
    """Which of the two was wrong is not said: it would tell who has an account."""

    kind = Kind.FORBIDDEN
    message = N_("This name and this password do not go together.")
    field = "password"


class TooManyTries(Refusal):
    kind = Kind.TOO_MANY
    message = N_("Too many wrong passwords: please wait a quarter of an hour, or ask your administrator.")
    field = "password"


class WeakPassword(Refusal):
    message = N_("A password has at least %(least)s characters, this one has %(length)s.")
    field = "password"


class LoginTaken(Refusal):
    kind = Kind.CONFLICT
    message = N_("The name “%(login)s” is already taken.")
    field = "login"


@dataclass(frozen=True)
class Person:
    """Who is signed in, and what they may do. Carries no secret."""

    id: int
    name: str
    login: str
    role: Role
    organisation_id: int
    organisation: str
    site_id: int | None
    site: str | None
    language: str
    rights: frozenset[Right]


def create_account(
    session: Session,
    *,
    organisation_id: int,
    login: str,
    name: str,
    role: Role,
    password: str,
    site_id: int | None = None,
    language: str = "fr",
) -> Account:
    """A new account; raises LoginTaken or WeakPassword."""
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(least=SHORTEST_PASSWORD, length=len(password))
    login = login.strip().lower()
    if session.scalar(select(Account.id).where(Account.login == login)):
        raise LoginTaken(login=login)
    account = Account(
        organisation_id=organisation_id,
        site_id=site_id,
        login=login,
        name=name.strip(),
        role=role,
        password_hash=_hasher().hash(password),
        language=language,
        active=True,
    )
    session.add(account)
    session.flush()
    return account


def sign_in(database: Database, login: str, password: str, device: str, stamp: Stamp) -> tuple[str, Person]:
    """The secret of a new sign-in and who it is for; raises WrongPassword or TooManyTries.

    Takes the database and not a session: a failure is kept although the request is refused, and no transaction
    is open during the deliberately slow verification.
    """
    login, digest = login.strip().lower(), _digest(login.strip().lower())
    with database.reading() as session:
        if _failures(session, digest, stamp.at) >= TRIES:
            raise TooManyTries()
        account = session.scalar(select(Account).where(Account.login == login, Account.active))
        kept = account.password_hash if account else _nobody()
    if not _fits(kept, password) or account is None:
        with database.writing() as session:
            session.add(SignInFailure(login_digest=digest, at=stamp.at))
        raise WrongPassword()
    token = secrets.token_urlsafe(32)
    with database.writing() as session:
        session.execute(delete(SignInFailure).where(SignInFailure.login_digest == digest))
        session.add(SignIn(token_digest=_digest(token), account_id=account.id, device=device[:60], began_at=stamp.at))
        session.flush()
        person = who_is(session, token, now=stamp.at, lasting=dt.timedelta(hours=1))
    assert person is not None  # noqa: S101 - it was created two lines above
    return token, person


def who_is(session: Session, token: str, *, now: dt.datetime, lasting: dt.timedelta) -> Person | None:
    """The person behind this secret, None where it is unknown, too old or its account was closed."""
    query = (
        select(Account, Organisation.name, Site.name)
        .join(SignIn, SignIn.account_id == Account.id)
        .join(Organisation, Organisation.id == Account.organisation_id)
        .outerjoin(Site, Site.id == Account.site_id)
        .where(SignIn.token_digest == _digest(token), SignIn.began_at > now - lasting, Account.active)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    account, organisation, site = row
    role = Role(account.role)
    return Person(
        id=account.id,
        name=account.name,
        login=account.login,
        role=role,
        organisation_id=account.organisation_id,
        organisation=organisation,
        site_id=account.site_id,
        site=site,
        language=account.language,
        rights=RIGHTS[role],
    )


def sign_out(session: Session, token: str) -> None:
    """Forget this sign-in."""
    session.execute(delete(SignIn).where(SignIn.token_digest == _digest(token)))


def sign_out_everywhere(session: Session, account_id: int) -> None:
    """Forget every device of an account: a phone was lost, or the person has left."""
    session.execute(delete(SignIn).where(SignIn.account_id == account_id))


def set_language(session: Session, account_id: int, language: str) -> None:
    account = session.get(Account, account_id)
    if account is not None:
        account.language = language


def _failures(session: Session, digest: str, now: dt.datetime) -> int:
    recent = select(func.count()).where(SignInFailure.login_digest == digest, SignInFailure.at > now - WINDOW)
    return session.scalar(recent) or 0


def _fits(kept: str, password: str) -> bool:
    try:
        return _hasher().verify(kept, password)
    except VerifyMismatchError:
        return False


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@lru_cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache
def _nobody() -> str:
    """A hash that fits nothing: an unknown login takes as long to refuse as a wrong password."""
    return _hasher().hash(secrets.token_urlsafe(16))
