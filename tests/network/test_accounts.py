"""People sign in with a name and a password; guessing is slow, secrets are never kept, shutting an account is final."""

import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.clock import Clock
from common.database import Database
from common.errors import NotFound
from network.accounts import (
    SHORTEST_PASSWORD,
    TRIES,
    WINDOW,
    AccountNotDescribed,
    LoginTaken,
    NotYourself,
    Person,
    TooManyTries,
    WeakPassword,
    WrongPassword,
    create_account,
    list_accounts,
    set_active,
    set_language,
    set_password,
    sign_in,
    sign_out,
    sign_out_everywhere,
)
from network.roles import RIGHTS, Role
from network.tables import Account, SignIn, SignInFailure
from tests.house_rules import ROOT
from tests.network.conftest import DAY, PASSWORD

Enter = Callable[..., str]
Known = Callable[..., Person | None]
SECOND = dt.timedelta(seconds=1)
FAR = "Une autre tablette"


def guess(enter: Enter, times: int = 1, login: str = "manager", after: dt.timedelta = dt.timedelta()) -> None:
    for _ in range(times):
        with pytest.raises(WrongPassword):
            enter(login, "un essai de trop", after)


def rows(database: Database, table: type[SignIn] | type[SignInFailure]) -> int:
    with database.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_a_secret_leads_to_its_person(enter: Enter, known: Known, people: dict[Role, int]) -> None:
    person = known(enter("manager"))

    assert person == Person(
        id=people[Role.MANAGER],
        name="Camille (manager)",
        login="manager",
        role=Role.MANAGER,
        organisation_id=1,
        organisation="Centre social",
        site_id=1,
        site="Rue Haute",
        language="fr",
        rights=RIGHTS[Role.MANAGER],
    )


def test_signing_in_says_who_it_is_for(database: Database, clock: Clock, people: dict[Role, int], known: Known) -> None:
    token, person = sign_in(database, "coordinator", PASSWORD, FAR, clock.stamp(), DAY)

    assert person == known(token)


def test_a_person_without_a_usual_site_signs_in_too(database: Database, enter: Enter, known: Known) -> None:
    with database.writing() as session:
        session.scalars(select(Account).where(Account.login == "manager")).one().site_id = None

    person = known(enter())

    assert person is not None
    assert (person.site_id, person.site) == (None, None)


def test_a_made_up_secret_leads_to_nobody(known: Known, people: dict[Role, int]) -> None:
    assert known("a made-up secret") is None


@pytest.mark.parametrize("typed", ["manager", "MANAGER", "  Manager "])
def test_the_case_of_a_login_does_not_matter(enter: Enter, known: Known, typed: str) -> None:
    assert known(enter(typed)) is not None


@pytest.mark.parametrize("password", ["", "Bonne volonté", "bonne volonté ", "bonne volonte", PASSWORD * 50])
def test_another_password_is_refused(enter: Enter, password: str) -> None:
    with pytest.raises(WrongPassword):
        enter("manager", password)


def test_an_unknown_login_is_refused_like_a_wrong_password(enter: Enter) -> None:
    guess(enter, login="personne")


def test_neither_passwords_nor_secrets_are_kept(database: Database, enter: Enter) -> None:
    token = enter()

    with database.reading() as session:
        account = session.scalars(select(Account).where(Account.login == "manager")).one()
        kept = session.scalars(select(SignIn)).one()
    assert account.password_hash.startswith("$argon2id$")
    assert PASSWORD not in account.password_hash
    assert token not in (kept.token_digest, kept.device)


def test_a_guess_costs_what_is_recommended_for_small_machines() -> None:
    """Asked of a process of its own: the tests themselves hash cheaply."""
    program = "from network import accounts; print(accounts._nobody())"
    made = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert made.stdout.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_two_accounts_with_one_password_do_not_look_alike(database: Database, people: dict[Role, int]) -> None:
    with database.reading() as session:
        hashes = session.scalars(select(Account.password_hash)).all()

    assert len(set(hashes)) == len(Role)


def test_a_wrong_password_is_remembered_although_it_is_refused(database: Database, enter: Enter) -> None:
    guess(enter, 2)

    assert rows(database, SignInFailure) == 2


def test_after_too_many_wrong_passwords_even_the_right_one_waits(enter: Enter) -> None:
    guess(enter, TRIES)

    with pytest.raises(TooManyTries):
        enter()


def test_one_try_before_the_limit_the_right_password_opens(enter: Enter, known: Known) -> None:
    guess(enter, TRIES - 1)

    assert known(enter()) is not None


def test_waiting_frees(enter: Enter, known: Known) -> None:
    guess(enter, TRIES)

    with pytest.raises(TooManyTries):
        enter(after=WINDOW - SECOND)
    assert known(enter(after=WINDOW)) is not None


def test_an_unknown_login_is_slowed_down_too(enter: Enter) -> None:
    guess(enter, TRIES, login="personne")

    with pytest.raises(TooManyTries):
        enter("personne")


def test_guessing_at_one_login_does_not_slow_another_down(enter: Enter, known: Known) -> None:
    guess(enter, TRIES)

    assert known(enter("coordinator")) is not None


def test_signing_in_forgets_earlier_slips(database: Database, enter: Enter) -> None:
    guess(enter, TRIES - 1)

    enter()

    assert rows(database, SignInFailure) == 0


def test_old_slips_are_forgotten_with_the_next_one(database: Database, enter: Enter) -> None:
    guess(enter, 3, login="personne")

    guess(enter, after=WINDOW)

    assert rows(database, SignInFailure) == 1


def test_what_is_remembered_of_a_wrong_password_holds_no_login(database: Database, enter: Enter) -> None:
    """People type their password where their name belongs."""
    guess(enter, login="mon mot de passe")

    with database.reading() as session:
        kept = session.scalars(select(SignInFailure)).one()
    assert "mot de passe" not in kept.login_digest


def test_a_sign_in_lasts_to_its_very_last_second(enter: Enter, known: Known) -> None:
    token = enter()

    assert known(token, DAY - SECOND) is not None
    assert known(token, DAY) is None


def test_sign_ins_that_ended_are_forgotten_with_the_next_one(database: Database, enter: Enter) -> None:
    enter(after=-DAY)

    enter("coordinator")

    assert rows(database, SignIn) == 1


def test_signing_out_ends_this_device_and_no_other(database: Database, enter: Enter, known: Known) -> None:
    here, there = enter(), enter()

    with database.writing() as session:
        sign_out(session, here)

    assert known(here) is None
    assert known(there) is not None


def test_signing_out_everywhere_ends_every_device_of_one_person(
    database: Database, clock: Clock, enter: Enter, known: Known, people: dict[Role, int]
) -> None:
    tokens, other = [enter(), enter()], enter("coordinator")

    with database.writing() as session:
        sign_out_everywhere(session, people[Role.MANAGER], clock.stamp(people[Role.ADMINISTRATOR]))

    assert [known(token) for token in tokens] == [None, None]
    assert known(other) is not None


def test_shutting_an_account_signs_it_out_and_keeps_it_out(
    database: Database, clock: Clock, enter: Enter, known: Known, people: dict[Role, int]
) -> None:
    token, administrator = enter(), clock.stamp(people[Role.ADMINISTRATOR])

    with database.writing() as session:
        set_active(session, people[Role.MANAGER], False, administrator)
    shut = known(token)
    guess(enter)
    with pytest.raises(WrongPassword):
        enter()
    with database.writing() as session:
        set_active(session, people[Role.MANAGER], True, administrator)

    assert shut is None
    assert known(token) is None
    assert known(enter()) is not None


class ChangedMeanwhile(Database):
    """Between the slow look at a password and the sign-in, somebody gets to write first."""

    def __init__(self, url: str, first: Callable[[Session], object]) -> None:
        super().__init__(url)
        self._first: Callable[[Session], object] | None = first

    @contextmanager
    def writing(self) -> Iterator[Session]:
        if first := self._first:
            self._first = None
            with super().writing() as session:
                first(session)
        with super().writing() as session:
            yield session


@pytest.mark.parametrize("what", ["password", "shut"])
def test_a_password_changed_while_it_was_looked_at_opens_nothing(
    database_url: str, clock: Clock, people: dict[Role, int], what: str
) -> None:
    number = people[Role.MANAGER]

    def change(session: Session) -> None:
        if what == "password":
            set_password(session, number, "une autre, bien longue", clock.stamp())
        else:
            set_active(session, number, False, clock.stamp())

    with closing(ChangedMeanwhile(database_url, change)) as database:
        with pytest.raises(WrongPassword):
            sign_in(database, "manager", PASSWORD, FAR, clock.stamp(), DAY)
        assert rows(database, SignIn) == 0


def test_nobody_shuts_their_own_account(database: Database, clock: Clock, people: dict[Role, int]) -> None:
    me = people[Role.ADMINISTRATOR]

    with pytest.raises(NotYourself), database.writing() as session:
        set_active(session, me, False, clock.stamp(me))


@pytest.mark.parametrize("login", ["manager", " MANAGER "])
def test_a_login_is_taken_once(database: Database, people: dict[Role, int], login: str) -> None:
    with pytest.raises(LoginTaken, match="manager"), database.writing() as session:
        create_account(session, organisation_id=1, login=login, name="Dominique", role=Role.MANAGER, password=PASSWORD)


@pytest.mark.parametrize(("length", "good"), [(SHORTEST_PASSWORD - 1, False), (SHORTEST_PASSWORD, True)])
def test_a_password_has_ten_characters(database: Database, people: dict[Role, int], length: int, good: bool) -> None:
    with database.writing() as session:
        if good:
            create_account(session, organisation_id=1, login="n", name="N", role=Role.MANAGER, password="é" * length)
        else:
            with pytest.raises(WeakPassword, match=str(length)):
                create_account(
                    session, organisation_id=1, login="n", name="N", role=Role.MANAGER, password="é" * length
                )


@pytest.mark.parametrize(("login", "name", "field"), [("", "N", "login"), ("n", "  ", "name"), ("n", "N" * 81, "name")])
def test_an_account_has_names_that_can_be_kept(
    database: Database, people: dict[Role, int], login: str, name: str, field: str
) -> None:
    with pytest.raises(AccountNotDescribed) as refused, database.writing() as session:
        create_account(session, organisation_id=1, login=login, name=name, role=Role.MANAGER, password=PASSWORD)

    assert refused.value.field == field


def test_accounts_are_listed_with_the_devices_they_are_signed_in_on(
    database: Database, clock: Clock, enter: Enter, people: dict[Role, int]
) -> None:
    enter("manager"), enter("manager"), enter("coordinator", after=-DAY / 2)
    with database.writing() as session:
        set_active(session, people[Role.VOLUNTEER], False, clock.stamp())

    with database.reading() as session:
        listed = [(account.login, devices) for account, devices in list_accounts(session, clock.now() - DAY / 2)]

    assert listed[-1] == ("volunteer", 0)
    assert dict(listed)["manager"] == 2
    assert dict(listed)["coordinator"] == 0
    assert len(listed) == len(Role)


def test_the_language_is_remembered(database: Database, enter: Enter, known: Known, people: dict[Role, int]) -> None:
    with database.writing() as session:
        set_language(session, people[Role.MANAGER], "en")

    person = known(enter())

    assert person is not None
    assert person.language == "en"


@pytest.mark.parametrize(
    "verb", [lambda s, c: sign_out_everywhere(s, 999, c.stamp()), lambda s, _: set_language(s, 999, "en")]
)
def test_an_account_that_does_not_exist_is_refused(
    database: Database, clock: Clock, verb: Callable[..., object]
) -> None:
    with pytest.raises(NotFound, match="999"), database.writing() as session:
        verb(session, clock)
