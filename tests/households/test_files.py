"""Files: registered, found, held by one partner, compared with others, and forgotten."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.clock import Clock, Stamp
from common.database import Database
from households import admission, drafts, emergency, privacy
from households.duplicates import alike, multiple_aid
from households.files import (
    HeldElsewhere,
    find,
    read_identity,
    rectify,
    register_file,
    require_holder,
)
from households.held import everything_held
from households.living_remainder import Line
from households.reference import scales
from households.register import UnknownCard, card, decide, get_household
from households.sealing import Identity, Named, Seal, new_key
from households.tables import AmountLine, File, Fingerprint, Household
from households.tables import Identity as Sealed
from network.accounts import create_account
from network.partners import add_organisation, add_site
from network.roles import Role
from network.tables import AuditEntry
from tests.households.people import AMINA, FAMILY, place, situation


class Two:
    """Two partners with a site each, a social worker at the first, and a family registered there."""

    def __init__(self, session: Session, seal: Seal, clock: Clock) -> None:
        self.session, self.seal = session, seal
        self.here = add_organisation(session, "Centre social", "municipal_social_centre").id
        self.there = add_organisation(session, "Comité", "committee").id
        self.sites = {p: add_site(session, p, f"S{p}", f"Site {p}").id for p in (self.here, self.there)}
        worker = create_account(
            session,
            organisation_id=self.here,
            login="s",
            name="S",
            role=Role.SOCIAL_WORKER,
            password="bonne volonté",
        )
        self.stamp = replace(clock.stamp(), by=worker.id)
        self.family = self.register(FAMILY, self.here)

    def register(self, identity: Identity, partner: int, stamp: Stamp | None = None) -> Household:
        return register_file(
            self.session,
            self.seal,
            identity=identity,
            situation=situation(partner),
            place=place(partner, self.sites[partner]),
            holder_id=partner,
            stamp=stamp or self.stamp,
        )

    def decided(self) -> None:
        decide(
            self.session,
            self.family.id,
            scale=scales()[0],
            lines=[Line("wages", 123_456)],
            outcome="admitted",
            reason="committee",
            valid_until=self.stamp.on + dt.timedelta(days=15),
            stamp=self.stamp,
        )


def test_a_file_is_found_by_card_name_or_phone_by_its_holder_alone(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)

        for typed in ("ben said", "SAÏD amina", "06.39.98.12.34", "+33 6 39 98 12 34"):
            assert find(session, seal, typed, two.here) == [two.family.id], typed
            assert find(session, seal, typed, two.there) == [], typed
        assert find(session, seal, two.family.card.lower(), two.here) == [two.family.id]
        assert find(session, seal, "amina haddad", two.here) == []
        assert find(session, seal, "", two.here) == []


def test_only_the_holder_opens_a_file_and_every_reading_is_written_down(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        require_holder(session, two.family.id, two.here)

        assert read_identity(session, seal, two.family.id, two.stamp) == FAMILY
        with pytest.raises(HeldElsewhere, match="Centre social"):
            require_holder(session, two.family.id, two.there)

        read = session.scalars(select(AuditEntry).where(AuditEntry.action == "identity.read")).one()
        assert (read.account_id, read.subject) == (two.stamp.by, f"household:{two.family.id}")


def test_before_a_file_is_begun_the_partner_that_follows_them_holds_it(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        two.decided()
        session.delete(session.get_one(File, two.family.id))
        session.flush()

        assert require_holder(session, two.family.id, two.here) is None
        with pytest.raises(HeldElsewhere, match="Centre social"):
            require_holder(session, two.family.id, two.there)
        ending = [[row.household_id for row in admission.renewals(session, clock.today(), p)] for p in two.sites]
        assert ending == [[two.family.id], []]


def test_two_partners_learn_that_they_help_one_household(database: Database, seal: Seal, clock: Clock) -> None:
    again = Identity((Named("AMINA", "BENSAID", "1985-03-12", "self"),))
    close = Identity((Named("Amina", "Ben Saïd", "1985-12-03", "self"),))
    nobody = Identity((Named("Nadia", "Caron", "1990-01-01", "self"),))
    with database.writing() as session:
        two = Two(session, seal, clock)
        for identity in (again, nobody):
            two.register(identity, two.there)

        (pair,) = multiple_aid(session)
        assert {*pair.partners} == {"Centre social", "Comité"}
        assert pair.exact
        found = alike(session, seal, close, clock.today())
        assert [(one.partner, one.exact) for one in found] == [("Centre social", False), ("Comité", False)]
        assert alike(session, seal, nobody, clock.today(), besides=3) == []


def test_who_objects_is_no_longer_compared_and_still_found(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        two.register(Identity((AMINA,)), two.there)

        privacy.object_to_comparing(session, seal, two.family.id, two.stamp)

        assert multiple_aid(session) == []
        assert find(session, seal, "amina", two.here) == [two.family.id]
        rectify(session, seal, two.family.id, FAMILY, two.stamp, holder_id=two.here)
        assert multiple_aid(session) == []


def test_correcting_somebody_changes_their_age_and_how_they_are_found(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)

        renamed = Identity((Named("Amina", "Haddad", "1950", "self"),))
        rectify(session, seal, two.family.id, renamed, two.stamp, holder_id=two.here)

        assert card(session, two.family.card, clock.today()).by_band["senior"] == 1
        assert find(session, seal, "haddad", two.here) == [two.family.id]
        assert find(session, seal, "said", two.here) == []


def test_forgetting_takes_who_they_are_and_leaves_what_is_counted(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        two.decided()
        old = two.family.card
        said = [m["sex"] for m in everything_held(session, seal, two.family.id, two.stamp).members]

        privacy.forget(session, two.family.id, two.stamp)
        privacy.forget(session, two.family.id, two.stamp)

        left = [session.scalar(select(func.count()).select_from(t)) for t in (Sealed, Fingerprint, AmountLine)]
        held = everything_held(session, seal, two.family.id, two.stamp)
        assert left == [0, 0, 0]
        assert held.identity == Identity()
        assert [m["birth_year"] for m in held.members] == [1985, 1983, 2012]
        assert (said, {m["sex"] for m in held.members}) == (["woman", "unsaid", "unsaid"], {"unsaid"})
        assert [d["outcome"] for d in held.decisions] == ["admitted"]
        with pytest.raises(UnknownCard):
            card(session, old, clock.today())


def test_whom_nobody_saw_for_two_years_is_forgotten_and_nobody_sooner(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        two.family.last_contact_on = dt.date(2024, 11, 23)

        assert privacy.long_gone(session, two.stamp.on) == []
        two.family.last_contact_on = dt.date(2024, 11, 22)
        assert privacy.long_gone(session, two.stamp.on) == [two.family.id]
        privacy.forget(session, two.family.id, two.stamp)
        assert privacy.long_gone(session, two.stamp.on) == []


def test_new_keys_open_and_find_everything_once_it_is_sealed_anew(database: Database, clock: Clock) -> None:
    old, new = new_key(), new_key()
    with database.writing() as session:
        two = Two(session, Seal([old]), clock)
        emergency.give(session, two.seal, site_id=two.sites[two.here], persons=1, infants=0, name="A.", stamp=two.stamp)

        assert privacy.seal_anew(session, Seal([new, old]), clock.today()) == 1

        assert find(session, Seal([new]), "amina", two.here) == [two.family.id]
        assert read_identity(session, Seal([new]), two.family.id, two.stamp) == FAMILY
        (parcel,) = emergency.waiting(session, two.here)
        assert b"A." in Seal([new]).opened(parcel.sealed or b"")


def test_a_draft_is_there_again_for_a_week_and_for_its_writer_only(
    database: Database, seal: Seal, clock: Clock
) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        writer = two.stamp.by or 0

        drafts.keep_draft(session, seal, {"given-0": "Ami"}, two.stamp)
        drafts.keep_draft(session, seal, {"given-0": "Amina"}, two.stamp)

        assert drafts.draft_of(session, seal, writer, clock.now()) == {"given-0": "Amina"}
        assert drafts.draft_of(session, seal, writer + 1, clock.now()) == {}
        assert drafts.draft_of(session, seal, writer, clock.now() + dt.timedelta(days=8)) == {}


def test_an_admission_is_called_a_fortnight_before_its_end(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        two.decided()
        until = clock.today() + dt.timedelta(days=15)

        due = admission.renewals(session, clock.today(), two.here)
        assert [(one.card, one.until) for one in due] == [(two.family.card, until)]
        assert admission.renewals(session, clock.today() - dt.timedelta(days=1), two.here) == []
        assert admission.renewals(session, clock.today(), two.there) == []


def test_a_decision_is_looked_at_again_once_and_answered(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        with pytest.raises(admission.NothingToAppeal):
            admission.appeal(session, two.family.id, two.stamp)
        two.decided()

        asked = admission.appeal(session, two.family.id, two.stamp)
        with pytest.raises(admission.AlreadyAsked):
            admission.appeal(session, two.family.id, two.stamp)
        admission.answer_appeal(session, two.family.id, asked.id, "changed", two.stamp)
        admission.answer_appeal(session, two.family.id, asked.id, "kept", two.stamp)

        assert [(a.answer, a.answered_on) for a in admission.appeals_of(session, two.family.id)] == [
            ("changed", clock.today())
        ]


def test_what_they_may_come_for_is_granted_and_ends_with_a_reason(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        household_id = two.family.id

        def granted(channel: str, visits: int | None, cents: int | None, percent: int | None) -> None:
            admission.entitle(
                session,
                household_id,
                channel=channel,
                visits_per_month=visits,
                monthly_cents=cents,
                price_percent=percent,
                stamp=two.stamp,
            )

        granted("shop", 2, None, 20)
        household = get_household(session, household_id)
        assert (household.monthly_cents, household.visits_per_month, household.price_percent) == (3500, 2, 20)
        for wrong in (("shop", 0, None, 20), ("shop", 2, None, 31), ("free", 2, None, 10), ("free", 2, 100, None)):
            with pytest.raises((admission.BadRhythm, admission.BadRate, admission.AllowanceMismatch)):
                granted(*wrong)

        admission.end(session, household_id, "moved", two.stamp)
        assert not card(session, household.card, clock.today()).expected


def test_an_emergency_parcel_needs_no_file_and_is_settled_later(database: Database, seal: Seal, clock: Clock) -> None:
    with database.writing() as session:
        two = Two(session, seal, clock)
        site = two.sites[two.here]

        for name in ("Marie", ""):
            emergency.give(session, seal, site_id=site, persons=2, infants=1, name=name, stamp=two.stamp)
        with pytest.raises(emergency.BadSize):
            emergency.give(session, seal, site_id=site, persons=1, infants=2, name="", stamp=two.stamp)
        first, second = emergency.waiting(session, two.here)
        assert first.sealed is not None
        assert [parcel.sealed for parcel in emergency.waiting(session, two.there)] == [None, None]
        with pytest.raises(emergency.GivenByOthers):
            emergency.settle(session, first.id, "", two.there, two.stamp)
        emergency.settle(session, first.id, two.family.card, two.here, two.stamp)
        with pytest.raises(UnknownCard):
            emergency.settle(session, second.id, "K7Q2J", two.here, two.stamp)
        emergency.settle(session, second.id, "", two.here, two.stamp)

        assert emergency.waiting(session, two.here) == []
