"""A household goes over to another partner with its consent: what goes with it, and who sees what from then on."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from common.clock import Clock
from common.database import Database
from common.errors import NotFound
from households import moving, needs, pickup, referrals, social_rights
from households.files import HeldElsewhere, find, read_identity, require_holder
from households.listing import latest_decision
from households.sealing import Seal
from households.tables import RightLooked
from network.accounts import create_account
from network.partners import add_organisation
from network.roles import Role
from network.tables import AuditEntry
from tests.households.people import FAMILY
from tests.households.test_files import Two


class Moving(Two):
    """The two partners, each with a social worker, and a family with all that a file may hold."""

    def settle(self) -> None:
        grant = {"login": "t", "name": "T", "role": Role.SOCIAL_WORKER, "password": "bonne volonté"}
        create_account(self.session, organisation_id=self.there, **grant)
        self.decided()
        who, stamp = self.family.id, self.stamp
        needs.express(self.session, who, "housing", stamp)
        social_rights.note(self.session, who, "health_cover", "opened", None, stamp)
        pickup.bring(self.session, who, 3, stamp.on + dt.timedelta(days=30), stamp)
        third = add_third(self)
        share = {"need": "housing", "partner_id": third, "shares": ["names"]}
        referrals.refer(self.session, who, consent_until=stamp.on + dt.timedelta(days=30), stamp=stamp, **share)

    def ask(self, takes: str) -> int:
        return moving.ask(self.session, self.family.id, self.there, takes, self.stamp, agreed=True).id


def add_third(two: Two) -> int:
    return add_organisation(two.session, "Point conseil budget", "association").id


@pytest.mark.parametrize("takes", list(moving.TAKES))
def test_from_acceptance_the_file_is_the_other_partners_and_the_first_sees_no_more_of_it(
    database: Database, seal: Seal, clock: Clock, takes: str
) -> None:
    with database.writing() as session:
        two = Moving(session, seal, clock)
        two.settle()
        who, stamp, until = two.family.id, two.stamp, two.family.admitted_until
        asked = two.ask(takes)
        (seen,) = moving.incoming(session, two.there, stamp.on)
        assert (seen.card, seen.persons, seen.by) == (two.family.card, 3, "Centre social")
        assert not any(word in str(seen) for word in ("Amina", "Lilas", "1234"))
        with pytest.raises(HeldElsewhere):
            require_holder(session, who, two.there)

        assert moving.accept(session, asked, two.there, two.sites[two.there], stamp) == who

        with pytest.raises(HeldElsewhere):
            require_holder(session, who, two.here)
        file, whole = require_holder(session, who, two.there), takes == "file"
        decision = latest_decision(session, who)
        assert file is not None
        assert decision is not None
        assert (two.family.organisation_id, two.family.site_id) == (two.there, two.sites[two.there])
        assert (two.family.admitted_until, decision.remainder_cents) == (until, 1372)
        assert find(session, seal, "amina", two.here) == []
        assert find(session, seal, "amina", two.there) == ([who] if whole else [])
        assert (read_identity(session, seal, who, stamp) == FAMILY) is whole
        assert (len(decision.lines), bool(decision.steps)) == ((1, True) if whole else (0, False))
        assert (file.housing, file.heard) == (("social_tenant", "school") if whole else ("unsaid", "unsaid"))
        assert session.scalar(select(func.count()).select_from(RightLooked)) == whole
        assert [need.code for need in needs.open_needs(session, who)] == ["housing"]
        assert [one.withdrawn_on for one, _ in referrals.of_household(session, who)] == [None if whole else stamp.on]
        assert pickup.brought(session, [who], stamp.on) == {}
        trail = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("household.move-%"))).all()
        assert trail == ["household.move-asked", "household.move-accepted"]


def test_nobody_moves_without_agreeing_or_twice_or_after_a_month(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Moving(session, seal, clock)
        who, stamp = two.family.id, two.stamp

        def ask(partner: int, *, agreed: bool = True) -> None:
            moving.ask(session, who, partner, "file", stamp, agreed=agreed)

        with pytest.raises(moving.NobodyThere):
            ask(two.there)
        two.settle()
        for partner, agreed, why in (
            (two.there, False, moving.MoveNotAgreed),
            (two.here, True, moving.AlreadyThere),
            (999, True, NotFound),
        ):
            with pytest.raises(why):
                ask(partner, agreed=agreed)

        first = two.ask("file")
        with pytest.raises(moving.AlreadyMoving):
            two.ask("card")
        with pytest.raises(NotFound):
            moving.refuse(session, first, two.here, stamp)
        moving.refuse(session, first, two.there, stamp)
        withdrawn = two.ask("file")
        moving.withdraw(session, who, withdrawn, stamp)
        late = two.ask("file")
        last, after = (replace(stamp, on=stamp.on + dt.timedelta(days=n)) for n in (30, 31))
        for move, when in ((first, stamp), (withdrawn, stamp), (late, after)):
            with pytest.raises(moving.NoLongerAsked):
                moving.accept(session, move, two.there, two.sites[two.there], when)
        assert [len(moving.incoming(session, two.there, when.on)) for when in (last, after)] == [1, 0]
        assert [move.state for move, *_ in moving.moves_of(session, who)] == ["asked", "withdrawn", "refused"]
        assert require_holder(session, who, two.here)
