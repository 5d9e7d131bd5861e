"""The people who log in: accounts, passwords, sign-ins.

A sign-in lasts a working day from its beginning; its secret stays with the device, the database keeps a digest.
Wrong passwords are slowed down per login: the login is digested too, since people type passwords there by mistake.
Somebody who knows a login can therefore keep its owner waiting a quarter of an hour, but not guess on.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher, profiles
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Select, bindparam, delete, func, select
from sqlalchemy.orm import Session, joinedload

from common.clock import Stamp
from common.database import Database
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from network import audit
from network.roles import RIGHTS, Right, Role
from network.tables import Account, Organisation, SignIn, SignInFailure, Site

TRIES = 6
WINDOW = dt.timedelta(minutes=15)
SHORTEST_PASSWORD = 10
LONGEST_NAME = 80
COST = profiles.RFC_9106_LOW_MEMORY
"""Of one guess: 64 MiB and some tens of milliseconds, as RFC 9106 recommends for small machines."""


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


class AccountNotDescribed(Refusal):
    """A name that is empty or too long to be kept."""

    message = N_("A name has 1 to %(most)s characters, this one has %(length)s.")


class NotYourself(Refusal):
    """Nobody would be left to open the account again."""

    kind = Kind.CONFLICT
    message = N_("Nobody shuts their own account: ask another administrator.")


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
    stamp: Stamp | None = None,
) -> Account:
    """A new account, signed by who opened it; raises LoginTaken, WeakPassword or AccountNotDescribed.

    There is no stamp while a network is set up: nobody is there yet to open it.
    """
    login, name = _named("login", login.lower()), _named("name", name)
    _refuse_weak(password)
    if session.scalar(select(Account.id).where(Account.login == login)):
        raise LoginTaken(login=login)
    account = Account(
        organisation_id=organisation_id,
        site_id=site_id,
        login=login,
        name=name,
        role=role,
        password_hash=_hasher().hash(password),
        language=language,
        active=True,
    )
    session.add(account)
    session.flush()
    if stamp:
        audit.record(session, "account.open", f"account:{account.id}", stamp, role=role.value)
    return account


def list_accounts(session: Session, signed_in_since: dt.datetime) -> list[tuple[Account, int]]:
    """Every account by its person's name, with the number of devices signed in since then."""
    recent = (SignIn.account_id == Account.id) & (SignIn.began_at > signed_in_since)
    devices = select(func.count()).where(recent).scalar_subquery()
    query = _with_partner().add_columns(devices).order_by(Account.active.desc(), Account.name, Account.id)
    return [(account, devices) for account, devices in session.execute(query)]


def set_active(session: Session, account_id: int, active: bool, stamp: Stamp) -> Account:
    """Open an account again, or shut it, which signs its devices out; raises NotFound or NotYourself."""
    if account_id == stamp.by and not active:
        raise NotYourself()
    account = _account(session, account_id)
    account.active = active
    if not active:
        session.execute(delete(SignIn).where(SignIn.account_id == account_id))
    audit.record(session, "account.active", f"account:{account_id}", stamp, active=active)
    session.flush()
    return account


def sign_in(
    database: Database, login: str, password: str, device: str, stamp: Stamp, lasting: dt.timedelta
) -> tuple[str, Person]:
    """The secret of a new sign-in and who it is for; raises WrongPassword or TooManyTries.

    Takes the database and not a session: a failure is kept although the request is refused, and no transaction
    is open during the deliberately slow verification. What is out of date is forgotten on the way.
    """
    login = login.strip().lower()
    account = _checked(database, login, password, stamp.at)
    token = secrets.token_urlsafe(32)
    with database.writing() as session:
        _refuse_changed(session, account)
        session.execute(delete(SignInFailure).where(SignInFailure.login_digest == _digest(login)))
        session.execute(delete(SignIn).where(SignIn.began_at <= stamp.at - lasting))
        session.add(SignIn(token_digest=_digest(token), account_id=account.id, device=device[:60], began_at=stamp.at))
        audit.record(session, "account.sign-in", f"account:{account.id}", Stamp(stamp.at, stamp.on, account.id))
    return token, _person(account)


def who_is(session: Session, token: str, *, now: dt.datetime, lasting: dt.timedelta) -> Person | None:
    """The person behind this secret, None where it is unknown, too old or its account was shut."""
    row = session.connection().execute(_SIGNED_IN, {"digest": _digest(token), "since": now - lasting}).first()
    if row is None:
        return None
    role = Role(row.role)
    return Person(**{**row._mapping, "role": role, "rights": RIGHTS[role]})


def sign_out(session: Session, token: str) -> None:
    """Forget this sign-in."""
    session.execute(delete(SignIn).where(SignIn.token_digest == _digest(token)))


def sign_out_everywhere(session: Session, account_id: int, stamp: Stamp) -> Account:
    """Forget every device of an account, whose phone was lost perhaps; raises NotFound."""
    account = _account(session, account_id)
    session.execute(delete(SignIn).where(SignIn.account_id == account_id))
    audit.record(session, "account.sign-out-everywhere", f"account:{account_id}", stamp)
    return account


def set_password(session: Session, account_id: int, password: str, stamp: Stamp) -> Account:
    """A new password, which signs the account's devices out; raises NotFound or WeakPassword."""
    _refuse_weak(password)
    account = sign_out_everywhere(session, account_id, stamp)
    account.password_hash = _hasher().hash(password)
    audit.record(session, "account.password", f"account:{account_id}", stamp)
    session.flush()
    return account


def set_language(session: Session, account_id: int, language: str) -> None:
    """The language this person's next device begins with; raises NotFound."""
    _account(session, account_id).language = language


def _refuse_changed(session: Session, looked_at: Account) -> None:
    """Raise WrongPassword where the account was shut, or its password changed, while the one typed was looked at."""
    same = select(Account.id).where(Account.id == looked_at.id, Account.password_hash == looked_at.password_hash)
    if session.scalar(same.where(Account.active).with_for_update(read=True)) is None:
        raise WrongPassword()


def _account(session: Session, account_id: int) -> Account:
    """The account, held until the transaction ends: nobody signs in to it meanwhile."""
    found = session.scalar(_with_partner().where(Account.id == account_id).with_for_update(of=Account))
    if found is None:
        raise NotFound(what=Term(N_("account")), id=account_id)
    return found


def _with_partner() -> Select[Account]:
    return select(Account).options(joinedload(Account.organisation), joinedload(Account.site))


def _refuse_weak(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(least=SHORTEST_PASSWORD, length=len(password))


def _named(field: str, name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise AccountNotDescribed(most=LONGEST_NAME, length=len(name), field=field)
    return name


def _checked(database: Database, login: str, password: str, now: dt.datetime) -> Account:
    """The account this login and this password open together; a failure is remembered."""
    with database.reading() as session:
        if _failures(session, login, now) >= TRIES:
            raise TooManyTries()
        account = session.scalar(_with_partner().where(Account.login == login, Account.active))
    fits = _fits(account.password_hash if account else _nobody(), password)
    if account is None or not fits:
        with database.writing() as session:
            session.execute(delete(SignInFailure).where(SignInFailure.at <= now - WINDOW))
            session.add(SignInFailure(login_digest=_digest(login), at=now))
        raise WrongPassword()
    return account


def _failures(session: Session, login: str, now: dt.datetime) -> int:
    recent = (SignInFailure.login_digest == _digest(login)) & (SignInFailure.at > now - WINDOW)
    return session.scalar(select(func.count()).where(recent)) or 0


def _person(account: Account) -> Person:
    role = Role(account.role)
    return Person(
        id=account.id,
        name=account.name,
        login=account.login,
        role=role,
        organisation_id=account.organisation_id,
        organisation=account.organisation.name,
        site_id=account.site_id,
        site=account.site.name if account.site else None,
        language=account.language,
        rights=RIGHTS[role],
    )


def _fits(kept: str, password: str) -> bool:
    try:
        return _hasher().verify(kept, password)
    except VerifyMismatchError:
        return False


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@lru_cache
def _hasher() -> PasswordHasher:
    return PasswordHasher.from_parameters(COST)


@lru_cache
def _nobody() -> str:
    """A hash that fits nothing: an unknown login takes as long to refuse as a wrong password."""
    return _hasher().hash(secrets.token_urlsafe(16))


_SIGNED_IN = (
    select(
        Account.id,
        Account.name,
        Account.login,
        Account.role,
        Account.organisation_id,
        Organisation.name.label("organisation"),
        Account.site_id,
        Site.name.label("site"),
        Account.language,
    )
    .join(SignIn, SignIn.account_id == Account.id)
    .join(Account.organisation)
    .outerjoin(Account.site)
    .where(SignIn.token_digest == bindparam("digest"), SignIn.began_at > bindparam("since"), Account.active)
)
"""Every request asks this: it is built once, and reads only what a Person is made of."""
