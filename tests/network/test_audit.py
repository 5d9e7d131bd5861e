"""The audit trail says who did what on which row, and never names or quotes anybody."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from common.clock import Clock, Stamp
from common.database import Database
from network import audit, figures
from network.accounts import create_account, set_active, sign_in, sign_out_everywhere
from network.roles import Role
from network.tables import AuditEntry
from tests.network.conftest import DAY, PASSWORD


def entries(database: Database) -> list[tuple[int | None, str, str, Any]]:
    with database.reading() as session:
        kept = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        return [(entry.account_id, entry.action, entry.subject, entry.detail) for entry in kept]


def test_an_entry_says_who_did_what_on_what(database: Database, clock: Clock, people: dict[Role, int]) -> None:
    with database.writing() as session:
        audit.record(session, "lot.lose", "lot:12", clock.stamp(people[Role.MANAGER]), units=3, cause="too_late")

    with database.reading() as session:
        at = session.scalars(select(AuditEntry.at)).one()
    assert entries(database) == [(people[Role.MANAGER], "lot.lose", "lot:12", {"units": 3, "cause": "too_late"})]
    assert at == clock.now()


@pytest.mark.parametrize("written", ["Camille Martin", "Zoé", "son fils est malade", "x" * 41, "a\nb"])
def test_a_name_or_a_sentence_is_not_let_in(database: Database, clock: Clock, written: str) -> None:
    with pytest.raises(ValueError, match="codes"), database.writing() as session:
        audit.record(session, "household.note", "household:3", clock.stamp(), note=written)

    assert entries(database) == []


def test_what_happens_to_accounts_is_on_the_trail_without_a_name(
    database: Database, clock: Clock, people: dict[Role, int]
) -> None:
    administrator = people[Role.ADMINISTRATOR]
    with database.writing() as session:
        camille = create_account(
            session,
            organisation_id=1,
            login="camille",
            name="Camille Martin",
            role=Role.VOLUNTEER,
            password=PASSWORD,
            stamp=clock.stamp(administrator),
        ).id
    sign_in(database, "camille", PASSWORD, "Le téléphone de Camille", clock.stamp(), DAY)
    with database.writing() as session:
        sign_out_everywhere(session, camille, clock.stamp(administrator))
        set_active(session, camille, False, clock.stamp(administrator))

    assert entries(database) == [
        (administrator, "account.open", f"account:{camille}", {"role": "volunteer"}),
        (camille, "account.sign-in", f"account:{camille}", {}),
        (administrator, "account.sign-out-everywhere", f"account:{camille}", {}),
        (administrator, "account.active", f"account:{camille}", {"active": False}),
    ]


def test_looks_at_a_name_are_erased_the_day_after_their_months_and_nothing_else_is(
    database: Database, clock: Clock
) -> None:
    today = clock.stamp()
    midnight = dt.datetime(2025, 11, 23, tzinfo=clock.zone)
    with database.writing() as session:
        for at in (midnight - dt.timedelta(seconds=1), midnight):
            for action in ("identity.read", "household.export", "household.decide"):
                audit.record(session, action, f"household:{at.day}", Stamp(at, at.date()))

        erased = [audit.erase_old_readings(session, today) for _ in range(2)]
        left = session.execute(select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.id)).all()
        figures.set_figure(session, audit.READINGS_KEPT, 6, today.on, "Conseil", today)
        shorter = audit.erase_old_readings(session, today)

    kept = [(action, "household:23") for action in ("identity.read", "household.export", "household.decide")]
    assert erased == [2, 0]
    assert [tuple(row) for row in left] == [("household.decide", "household:22"), *kept]
    assert shorter == 2
