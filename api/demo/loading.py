"""Loads the demo network: the town, its catalogue, its households, and two months of life.

The past was shared by rule of thumb, shortest dates first, as the partners did before: the waste report then shows
what they started from, and the first proposal what changes.
"""

import datetime as dt
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allocation.announced import announce
from allocation.calendar import add_opening
from allocation.recalled import check_recalls
from allocation.sessions import expect_usual, plan_session
from allocation.tables import DistributionSession
from api.demo import facts, people
from api.demo.history import openings, this_morning
from api.demo.moves import move_goods
from api.demo.open_door import furnish
from api.demo.past import Past, at
from api.demo.recalls import invented_rows
from api.demo.refusals import turn_some_away
from api.demo.shelf import on_the_shelves
from common.clock import Clock, Stamp
from common.database import Database
from households import files
from households.living_remainder import living_remainder
from households.reference import scales
from households.register import AS_PROPOSED, composition_of, decide, enrol
from households.sealing import Seal
from households.tables import Household
from network.accounts import create_account
from network.parameters import set_parameter
from network.partners import add_organisation, add_site
from network.roles import Role
from network.tables import Account, Site
from stock import catalogue
from stock.agreed_times import When, agree_times
from stock.donors import Agreement, add_donor, agree, donor_by_code
from stock.instore import InStoreLayout
from stock.places import add_place
from stock.rules import Tare, set_short_circuit, set_tares
from stock.tax_receipts import Issuer, entitle

PASSWORD = "partageons"  # noqa: S105 - printed on the terminal with the demo's logins
SEED = 62


def load_demo(database: Database, clock: Clock, seal: Seal | None = None) -> bool:
    """Load the demo into a database that holds no site yet; tells whether it did. Without a seal nobody has a name."""
    with database.writing() as session:
        if session.scalar(select(Site.id).limit(1)) is not None:
            return False
        _town(session, clock.stamp())
        catalogue.load_reference(session)
        _donors(session, clock.stamp())
        _catalogue(session)
        _households(session, clock.today(), seal)
        furnish(session, seal, _signed(clock.today(), _social_worker(session).id))
        _calendar(session, clock.today())
        past = Past(session, SEED, clock.today())
        past.live()
        for delivery in this_morning(SEED, clock.today()):
            past.receive(delivery)
        turn_some_away(session)
        on_the_shelves(session, SEED, clock.stamp())
        move_goods(session, clock.today())
        _announced(session, clock.stamp())
        rows = invented_rows(session, clock.today())
    check_recalls(database, rows, "demo", clock.stamp())
    return True


def _town(session: Session, stamp: Stamp) -> None:
    town = facts.network()
    set_parameter(session, "network_name", dt.date(2000, 1, 1), town.name, "demo", stamp)
    organisations = {o.code: add_organisation(session, o.name, o.kind) for o in town.organisations}
    for o in town.organisations:
        organisations[o.code].charter_signed_on = stamp.on - dt.timedelta(days=o.charter_days_ago)
    grocery = next(o for o in town.organisations if o.kind == "solidarity_grocery")
    _entitle(session, organisations[grocery.code].id, grocery.name, stamp)
    sites = {s.code: add_site(session, organisations[s.organisation].id, s.code, s.name) for s in town.sites}
    for site in sites.values():
        set_tares(session, site.id, [Tare("Caisse verte", 1800), Tare("Bac gris", 950)], stamp)
    set_short_circuit(session, sites["BERLINE"].id, True, "Plan de maîtrise sanitaire, § 4", stamp)
    for place in town.places:
        add_place(session, sites[place.site].id, place.name, place.storage)
    for account in town.accounts:
        create_account(
            session,
            organisation_id=organisations[account.organisation].id,
            site_id=sites[account.site].id if account.site else None,
            login=account.login,
            name=account.name,
            role=account.role,
            password=PASSWORD,
        )


def _entitle(session: Session, organisation_id: int, name: str, stamp: Stamp) -> None:
    """The grocery may make out tax receipts: its page shows the form."""
    issuer = Issuer(
        name=name,
        number="W622009999",
        address="12 rue du Beffroi, Valmont-en-Gohelle",
        purpose="Aide alimentaire aux personnes en difficulté",
        quality="general_interest",
    )
    entitle(session, organisation_id, issuer, dt.date(stamp.on.year - 1, 1, 1), stamp)


def _catalogue(session: Session) -> None:
    for p in facts.products():
        catalogue.add_product(
            session,
            name=p.name,
            brand=p.brand,
            family_code=p.family,
            grams_each=p.net_grams,
            gtins=[p.gtin],
            contains=p.contains,
            unknown_contents=p.unknown_contents,
            value_cents=p.value_cents,
            nutriscore=p.nutriscore,
            shelf_life_days=p.shelf_life_days,
            source=p.source,
        )
    articles = {a.code: _article(session, a) for a in facts.articles()}
    for code in facts.in_store_codes():
        donor = donor_by_code(session, code.donor)
        catalogue.add_in_store_code(session, donor.id, code.article_key, articles[code.article])


def _article(session: Session, article: facts.ArticleFacts) -> int:
    added = catalogue.add_product(
        session,
        name=article.name_fr,
        family_code=article.family,
        grams_each=article.unit_grams,
        measure=article.measure,
        portion=article.portion,
        article=article.code,
        shelf_life_days=article.shelf_life_days,
        pictogram=article.pictogram,
        source="demo",
    )
    return added.id


def _donors(session: Session, stamp: Stamp) -> None:
    def back(days: int | None) -> dt.date | None:
        return None if days is None else stamp.on - dt.timedelta(days=days)

    for d in facts.network().donors:
        added = add_donor(
            session, code=d.code, name=d.name, kind=d.kind, source=d.source, in_store=InStoreLayout(d.in_store_payload)
        )
        left = d.agreement_days_left
        agreed = Agreement(
            since=back(d.agreement_days_ago),
            until=None if left is None else stamp.on + dt.timedelta(days=left),
            slots=d.slots,
            families=d.families,
            quality_plan_on=back(d.quality_plan_days_ago),
        )
        agree(session, added.id, agreed, stamp)
        agree_times(session, added.id, [When(weekday, minute) for weekday, minute in d.times])


def _households(session: Session, today: dt.date, seal: Seal | None) -> None:
    """Enrolled on the day of their first request, admitted by the social worker of the demo."""
    worker = _social_worker(session).id
    sites = {site.code: site for site in session.scalars(select(Site))}
    for household in people.households(SEED, today):
        site = sites[household.site]
        enrolled = enrol(
            session,
            organisation_id=site.organisation_id,
            site_id=site.id,
            people=household.people,
            channel=household.channel,
            carry_grams=household.carry_grams,
            monthly_cents=household.monthly_cents,
            excludes=household.excludes,
            lacks=household.lacks,
            stamp=_signed(max(household.first_request_on, _youngest(household)), worker),
        )
        signed = _signed(max(household.admitted_on, _youngest(household)), worker)
        found = living_remainder(household.lines, composition_of(enrolled, signed.on), scales()[0])
        decide(
            session,
            enrolled.id,
            scale=scales()[0],
            lines=household.lines,
            outcome="admitted",
            reason="scale" if AS_PROPOSED[found.proposal] == "admitted" else "committee",
            stamp=signed,
            valid_until=household.admitted_until,
        )
        if seal:
            _name(session, seal, enrolled, household, today)


def _name(session: Session, seal: Seal, enrolled: Household, household: people.DemoHousehold, today: dt.date) -> None:
    """A file at the municipal social centre, as if its social worker had registered them."""
    holder = _social_worker(session).organisation_id
    files.begin_file(session, enrolled.id, files.Situation(enrolled.organisation_id, *household.situation), holder)
    for member, named in zip(enrolled.members, household.identity.people, strict=True):
        member.bond, member.sex = named.bond, named.sex
    files.keep_identity(session, seal, enrolled.id, household.identity, today)


def _social_worker(session: Session) -> Account:
    workers = select(Account).where(Account.role == Role.SOCIAL_WORKER).order_by(Account.id)
    return session.scalars(workers.limit(1)).one()


def _calendar(session: Session, today: dt.date) -> None:
    """Every site opens once a week, on its day, two months back and four weeks ahead."""
    sites = {site.code: site.id for site in session.scalars(select(Site))}
    for opening in openings(today):
        expect_usual(session, plan_session(session, sites[opening.site], opening.on, opening.channel))
    for site in facts.network().sites:
        add_opening(session, site_id=sites[site.code], channel=site.channel, weekday=site.weekday, stamp=at(today, 9))


def _announced(session: Session, stamp: Stamp) -> None:
    """The food bank has said what its truck brings to one site on the Monday after the next session there."""
    site_id = session.scalars(select(Site.id).where(Site.code == "BERLINE")).one()
    coming = select(func.min(DistributionSession.on)).where(
        DistributionSession.site_id == site_id, DistributionSession.on >= stamp.on
    )
    after = session.scalars(coming).one()
    monday = after + dt.timedelta(days=7 - after.weekday())
    for food_group, kilograms in (("milk", 60), ("fruit_veg", 80)):
        announce(
            session,
            site_id=site_id,
            on=monday,
            food_group=food_group,
            grams=kilograms * 1000,
            note="Camion de la banque alimentaire",
            stamp=stamp,
        )


def _signed(on: dt.date, by: int) -> Stamp:
    return replace(at(on, 9), by=by)


def _youngest(household: people.DemoHousehold) -> dt.date:
    """The month the youngest was born in: nobody is registered before they are born."""
    return max(dt.date(p.birth_year, p.birth_month or 1, 1) for p in household.people)
