import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from threading import Barrier

import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.clock import Clock, Stamp
from common.codes import WrongCode, read_code
from common.database import Database
from common.errors import NotFound
from common.words import Words
from households.composition import BadBirthDate, NobodyInHousehold, Person
from households.living_remainder import Line, UnknownLine
from households.living_remainder import living_remainder as compute
from households.register import (
    AllowanceMismatch,
    BadAdmissionPeriod,
    CannotCarry,
    Card,
    EndWithoutAdmission,
    NobodySigned,
    NotAsTheScale,
    NotOnTheList,
    UnknownCard,
    card,
    composition_of,
    decide,
    enrol,
    get_household,
    households_for_planning,
    members_of,
    set_equipment,
    set_exclusions,
    steps_of,
)
from households.tables import AmountLine, Decision, Household, Identity
from network.partners import add_organisation, add_site
from network.tables import Account, AuditEntry
from tests.databases import Furnish
from tests.households.cases import SCALE, TODAY, lines, people

PARENTS_OF_THREE = (41, 38, 15, 13, 3)
IN_SIX_MONTHS = TODAY + dt.timedelta(days=182)


@dataclass(frozen=True)
class Town:
    """A social centre, the place where it hands over, and a social worker's stamp."""

    organisation_id: int
    site_id: int
    stamp: Stamp

    def enrol(self, session: Session, *ages: int, **more: object) -> Household:
        given: dict[str, object] = {"channel": "free", "carry_grams": 20_000, "stamp": self.stamp, **more}
        return enrol(
            session,
            organisation_id=self.organisation_id,
            site_id=self.site_id,
            people=given.pop("people", people(*ages)),  # type: ignore[arg-type]
            **given,  # type: ignore[arg-type]
        )

    def decide(self, session: Session, household: Household, outcome: str = "admitted", **more: object) -> Decision:
        given: dict[str, object] = {
            "scale": SCALE,
            "lines": lines(wage="1450", rent="830"),
            "reason": "committee",
            "stamp": self.stamp,
            "valid_until": IN_SIX_MONTHS if outcome == "admitted" else None,
            **more,
        }
        return decide(session, household.id, outcome=outcome, **given)  # type: ignore[arg-type]


def _settled(database: Database, clock: Clock) -> Town:
    with database.writing() as session:
        organisation = add_organisation(session, "Centre social", "municipal_social_centre")
        site = add_site(session, organisation.id, "CS", "Salle des fêtes")
        worker = Account(
            organisation_id=organisation.id, login="lea", name="Léa", role="social_worker", password_hash="-"
        )
        session.add(worker)
        session.flush()
        at = dt.datetime.combine(TODAY, dt.time(9), dt.UTC)
        return Town(organisation.id, site.id, Stamp(at=at, on=TODAY, by=worker.id))


@pytest.fixture
def standing() -> Furnish:
    return _settled


def test_an_enrolled_household_has_a_card_and_shows_it_to_volunteers(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(
            session,
            *PARENTS_OF_THREE,
            channel="shop",
            monthly_cents=4500,
            excludes=["pork", "nuts", "pork"],
            lacks=["oven"],
        )

    with database.reading() as session:
        seen = card(session, household.card, TODAY)

    assert seen == Card(
        card=household.card,
        persons=5,
        by_band={"infant": 0, "toddler": 1, "child": 0, "teenager": 2, "adult": 2, "senior": 0},
        infant=False,
        exclusions=("nuts", "pork"),
        lacks=("oven",),
        channel="shop",
        monthly_cents=4500,
        visits_per_month=None,
        price_percent=None,
        expected=True,
    )
    assert read_code(household.card) == household.card


def test_a_card_opens_neither_name_nor_means(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(session, 38, 8, 15)
        session.add(Identity(household_id=household.id, sealed=b"Dupont"))
        town.decide(session, household)

    with database.reading() as session:
        seen = msgspec.json.encode(card(session, household.card, TODAY))

    assert set(msgspec.json.decode(seen)) == {
        *("card", "persons", "by_band", "infant", "exclusions", "lacks", "channel", "monthly_cents", "expected"),
        *("visits_per_month", "price_percent"),
    }
    assert b"Dupont" not in seen
    assert b"145000" not in seen


def test_a_card_is_read_as_people_type_it(database: Database, town: Town) -> None:
    with database.writing() as session:
        code = town.enrol(session, 40).card

    with database.reading() as session:
        assert card(session, f" {code[:4].lower()}-{code[4:].lower()} ", TODAY).card == code


def test_a_misread_card_and_one_of_elsewhere_are_refused(database: Database, town: Town) -> None:
    with database.writing() as session:
        code = town.enrol(session, 40).card
    wrong = ("0" if code[0] != "0" else "1") + code[1:]

    with database.reading() as session:
        with pytest.raises(WrongCode):
            card(session, wrong, TODAY)
        with pytest.raises(UnknownCard):
            card(session, "00000000" + "0", TODAY)


def test_members_are_kept_by_birth_year_eldest_first(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(session, people=[Person(2025, 7), Person(1990)])

    with database.reading() as session:
        assert members_of(session, household.id) == [Person(1990), Person(2025, 7)]
        assert composition_of(get_household(session, household.id), TODAY).adult_equivalents == Decimal("1.6")


def test_two_members_may_be_born_in_one_year(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(session, people=[Person(1990), Person(1990), Person(2025, 7), Person(2025, 3)])

    with database.reading() as session:
        assert members_of(session, household.id) == [Person(1990), Person(1990), Person(2025, 3), Person(2025, 7)]


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"people": []}, NobodyInHousehold),
        ({"people": [Person(2199)]}, BadBirthDate),
        ({"channel": "gratis"}, NotOnTheList),
        ({"excludes": ["porc"]}, NotOnTheList),
        ({"lacks": ["fork"]}, NotOnTheList),
        ({"channel": "shop"}, AllowanceMismatch),
        ({"channel": "shop", "monthly_cents": -1}, AllowanceMismatch),
        ({"channel": "free", "monthly_cents": 2000}, AllowanceMismatch),
        ({"carry_grams": 0}, CannotCarry),
    ],
)
def test_nobody_is_enrolled_on_figures_that_cannot_be(
    database: Database, town: Town, given: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal), database.writing() as session:
        town.enrol(session, 40, **given)

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Household)) == 0


def test_what_can_be_chosen_is_told_in_words(database: Database, town: Town) -> None:
    with pytest.raises(NotOnTheList) as refused, database.writing() as session:
        town.enrol(session, 40, channel="gratis")

    assert refused.value.field == "channel"
    assert refused.value.say(Words("en")) == (
        "“gratis” cannot be chosen here: expected one of Free basket and Shop, for a small share of the price."
    )


def test_exclusions_are_replaced_as_ticked(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(session, 40, excludes=["pork", "nuts"])

    with database.writing() as session:
        set_exclusions(session, household.id, ["nuts", "gluten"], town.stamp)

    with database.reading() as session:
        assert card(session, household.card, TODAY).exclusions == ("gluten", "nuts")


def test_equipment_is_replaced_as_ticked(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(session, 40, lacks=["fridge", "oven"])

    with database.writing() as session:
        set_equipment(session, household.id, [], town.stamp)

    with database.reading() as session:
        assert card(session, household.card, TODAY).lacks == ()


@pytest.mark.parametrize("change", [set_exclusions, set_equipment])
def test_a_word_that_is_not_on_the_list_changes_nothing(
    database: Database, town: Town, change: Callable[[Session, int, list[str], Stamp], None]
) -> None:
    with database.writing() as session:
        household = town.enrol(session, 40, excludes=["pork"], lacks=["oven"])

    with pytest.raises(NotOnTheList), database.writing() as session:
        change(session, household.id, ["because of my heart"], town.stamp)

    with database.reading() as session:
        seen = card(session, household.card, TODAY)
        assert (seen.exclusions, seen.lacks) == (("pork",), ("oven",))


def test_a_household_that_does_not_exist_is_not_found(database: Database, town: Town) -> None:
    with pytest.raises(NotFound), database.writing() as session:
        set_exclusions(session, 4711, ["pork"], town.stamp)


def test_two_people_who_tick_at_once_leave_one_answer_and_not_a_mixture(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(session, 40, excludes=["pork"])
    both = Barrier(2)

    def tick(content: str) -> None:
        both.wait()
        with database.writing() as session:
            set_exclusions(session, household.id, ["milk", content], town.stamp)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(tick, ["nuts", "eggs"]))

    with database.reading() as session:
        assert card(session, household.card, TODAY).exclusions in [("milk", "nuts"), ("eggs", "milk")]


def test_a_decision_keeps_its_figures_lines_and_steps(database: Database, town: Town) -> None:
    typed = [Line("wage", 145_000, proof_seen=True), Line("rent", 83_000)]
    with database.writing() as session:
        household = town.enrol(session, 38, 8, 15)
        town.decide(session, household, lines=typed, reason="scale")

    with database.reading() as session:
        kept = session.scalars(select(Decision)).one()
        amounts = session.scalars(select(AmountLine).order_by(AmountLine.id)).all()
        expected = compute(typed, composition_of(get_household(session, household.id), TODAY), SCALE)

        assert (kept.scale, kept.remainder_cents, kept.proposal) == ("test-2026", 689, "admit")
        assert (kept.outcome, kept.reason, kept.on, kept.valid_until) == ("admitted", "scale", TODAY, IN_SIX_MONTHS)
        assert kept.by_id == town.stamp.by
        assert steps_of(kept) == expected.steps
        assert [(a.side, a.kind, a.cents, a.proof_seen) for a in amounts] == [
            ("income", "wage", 145_000, True),
            ("charge", "rent", 83_000, False),
        ]


def test_a_person_may_decide_otherwise_than_the_scale_proposes(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(session, 35)
        decision = town.decide(session, household, lines=lines(wage="1426", rent="1010"), reason="committee")

    assert (decision.proposal, decision.outcome) == ("refuse", "admitted")


@pytest.mark.parametrize(
    ("wage", "rent", "outcome", "allowed"),
    [
        ("1426", "1010", "refused", True),
        ("1426", "1010", "admitted", False),
        ("900", "700", "admitted", True),
        ("900", "700", "refused", False),
    ],
)
def test_the_scale_is_a_reason_for_what_it_proposes_and_for_nothing_else(
    database: Database, town: Town, wage: str, rent: str, outcome: str, allowed: bool
) -> None:
    with database.writing() as session:
        household = town.enrol(session, 35)
        typed = lines(wage=wage, rent=rent)
        if allowed:
            assert town.decide(session, household, outcome, lines=typed, reason="scale").reason == "scale"
        else:
            with pytest.raises(NotAsTheScale):
                town.decide(session, household, outcome, lines=typed, reason="scale")


def test_an_admission_lasts_through_its_last_day(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(session, 38, 8, 15)
        town.decide(session, household)

    with database.reading() as session:
        assert card(session, household.card, IN_SIX_MONTHS).expected
        assert not card(session, household.card, IN_SIX_MONTHS + dt.timedelta(days=1)).expected


@pytest.mark.parametrize("days", [0, 366])
def test_an_admission_may_be_for_a_day_or_for_a_year(database: Database, town: Town, days: int) -> None:
    until = TODAY + dt.timedelta(days=days)
    with database.writing() as session:
        assert town.decide(session, town.enrol(session, 40), valid_until=until).valid_until == until


@pytest.mark.parametrize("until", [None, TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=367)])
def test_an_admission_without_a_sensible_end_is_refused(database: Database, town: Town, until: dt.date | None) -> None:
    with pytest.raises(BadAdmissionPeriod), database.writing() as session:
        town.decide(session, town.enrol(session, 40), valid_until=until)


def test_only_an_admission_has_an_end(database: Database, town: Town) -> None:
    with pytest.raises(EndWithoutAdmission), database.writing() as session:
        town.decide(session, town.enrol(session, 40), "deferred", valid_until=IN_SIX_MONTHS)


@pytest.mark.parametrize(("outcome", "expected"), [("admitted", True), ("deferred", True), ("refused", False)])
def test_a_first_decision_opens_or_shuts_the_door(database: Database, town: Town, outcome: str, expected: bool) -> None:
    with database.writing() as session:
        household = town.enrol(session, 40)
        town.decide(session, household, outcome)

    with database.reading() as session:
        assert card(session, household.card, TODAY).expected is expected


def test_a_refused_renewal_leaves_what_was_granted_until_its_end(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(session, 40)
        town.decide(session, household)
        town.decide(session, household, "refused")

    with database.reading() as session:
        assert card(session, household.card, IN_SIX_MONTHS).expected
        assert not card(session, household.card, IN_SIX_MONTHS + dt.timedelta(days=1)).expected


def test_a_household_that_was_refused_may_be_admitted_later(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(session, 40)
        town.decide(session, household, "refused")
        town.decide(session, household)

    with database.reading() as session:
        assert card(session, household.card, TODAY).expected


def test_the_software_alone_decides_nothing(database: Database, town: Town) -> None:
    unsigned = Stamp(at=town.stamp.at, on=TODAY, by=None)

    with pytest.raises(NobodySigned), database.writing() as session:
        town.decide(session, town.enrol(session, 40), stamp=unsigned)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"outcome": "thrown out"}, NotOnTheList),
        ({"reason": "student"}, NotOnTheList),
        ({"lines": [Line("lottery", 100)]}, UnknownLine),
    ],
)
def test_a_decision_on_anything_unknown_is_refused_and_not_kept(
    database: Database, town: Town, given: dict[str, object], refusal: type[Exception]
) -> None:
    with database.writing() as session:
        household = town.enrol(session, 40)

    with pytest.raises(refusal), database.writing() as session:
        town.decide(session, household, **given)  # type: ignore[arg-type]

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 0


def test_two_decisions_at_once_are_both_kept_and_the_door_follows_the_last(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(session, 40)
    both, ends = Barrier(2), [IN_SIX_MONTHS, IN_SIX_MONTHS + dt.timedelta(days=30)]

    def admit(until: dt.date) -> None:
        both.wait()
        with database.writing() as session:
            town.decide(session, household, valid_until=until)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(admit, ends))

    with database.reading() as session:
        kept = session.scalars(select(Decision).order_by(Decision.id)).all()
        assert sorted(d.valid_until or TODAY for d in kept) == ends
        assert get_household(session, household.id).admitted_until == kept[-1].valid_until


def test_the_planner_gets_sizes_and_rules_of_those_it_asks_for(database: Database, town: Town) -> None:
    with database.writing() as session:
        single = town.enrol(session, 70)
        family = town.enrol(
            session, people=[Person(1988), Person(2026, 3)], excludes=["milk"], lacks=["fridge"], carry_grams=9000
        )
        town.enrol(session, 30)

    with database.reading() as session:
        planned = households_for_planning(session, [family.id, single.id], TODAY)

    assert [p.id for p in planned] == [single.id, family.id]
    assert planned[0].composition.adult_equivalents == Decimal("0.9")
    assert planned[0].excludes == planned[0].lacks == ()
    baby_home = planned[1]
    assert (baby_home.card, baby_home.composition.infant) == (family.card, True)
    assert (baby_home.excludes, baby_home.lacks) == (("milk",), ("fridge",))
    assert (baby_home.channel, baby_home.carry_grams, baby_home.monthly_cents) == ("free", 9000, None)


def test_the_audit_trail_says_who_did_what_and_nothing_about_people(database: Database, town: Town) -> None:
    with database.writing() as session:
        household = town.enrol(session, 38, 8, 15)
        set_exclusions(session, household.id, ["gluten"], town.stamp)
        set_equipment(session, household.id, ["oven"], town.stamp)
        town.decide(session, household)

    with database.reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()

    assert [(e.action, e.detail) for e in entries] == [
        ("household.enrol", {"persons": 3}),
        ("household.exclusions", {}),
        ("household.equipment", {}),
        ("household.decide", {"outcome": "admitted"}),
    ]
    assert {(e.subject, e.account_id) for e in entries} == {(f"household:{household.id}", town.stamp.by)}
