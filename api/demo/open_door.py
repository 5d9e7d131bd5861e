"""The demo's directory, a workshop, a referral, what some households were granted and people who asked to be called.

All invented, like the town.
"""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.demo import facts
from common.clock import Stamp
from households import admission, emergency, first_contacts, moving, pickup, referrals, social_rights, workshops
from households.reference import needs
from households.sealing import Seal
from households.tables import Household
from network.directory import FOOD, describe_partner, describe_site
from network.tables import Organisation, Site

HELP = {
    "municipal_social_centre": (FOOD, "housing", "energy", "budget", "health_rights"),
    "committee": (FOOD, "clothing_furniture"),
    "association": (FOOD, "isolation", "digital", "budget"),
    "solidarity_grocery": (FOOD, "budget"),
}
VISITS_A_MONTH = 2
"""What one household was granted where its site opens every week."""
ADDRESSES = {
    "BERLINE": "12 rue du Chevalement, Valmont-en-Gohelle",
    "MARAIS": "4 rue du Marais, Valmont-en-Gohelle",
    "TERRIL": "place du Terril, Valmont-en-Gohelle",
}


def furnish(session: Session, seal: Seal | None, stamp: Stamp) -> None:
    """What the public page tells and what waits on social workers' pages; names only where there is a seal."""
    partners = session.scalars(select(Organisation).order_by(Organisation.id)).all()
    codes = [FOOD, *(need.code for need in needs())]
    for n, partner in enumerate(partners):
        describe_partner(
            session,
            partner.id,
            phone=f"03 53 01 62 {10 + n}",
            services=HELP[partner.kind],
            known_services=codes,
            charter_signed_on=partner.charter_signed_on,
            accredited_until=stamp.on + dt.timedelta(days=60 + 300 * n),
            stamp=stamp,
        )
    _sites(session, stamp)
    _life(session, seal, partners[0].id, next(p.id for p in partners if p.kind == "association"), stamp)


def _sites(session: Session, stamp: Stamp) -> None:
    days = {site.code: site.weekday for site in facts.network().sites}
    for site in session.scalars(select(Site)):
        hours = {days[site.code]: "14:00-17:00"}
        christmas = f"24/12/{stamp.on.year}"
        describe_site(session, site.id, address=ADDRESSES[site.code], hours=hours, closed=christmas, stamp=stamp)


def _limit(session: Session, household: Household, stamp: Stamp) -> None:
    """Twice a month, before the calendar invites: it then invites no more often."""
    admission.entitle(
        session,
        household.id,
        channel=household.channel,
        visits_per_month=VISITS_A_MONTH,
        monthly_cents=household.monthly_cents,
        price_percent=household.price_percent,
        stamp=stamp,
    )


def _life(session: Session, seal: Seal | None, holder: int, helper: int, stamp: Stamp) -> None:
    workshop = workshops.plan(
        session,
        organisation_id=helper,
        kind="cooking",
        title="Le céleri-rave, du marché à l’assiette",
        on=stamp.on + dt.timedelta(days=9),
        begins="14:00",
        where="Cuisine du Marais",
        places=8,
        stamp=stamp,
    )
    households = session.scalars(select(Household).order_by(Household.id).limit(5)).all()
    for household in households[:3]:
        workshops.sign_up(session, workshop.id, household.card, stamp)
    in_a_month = stamp.on + dt.timedelta(days=30)
    pickup.bring(session, households[0].id, 1, in_a_month, stamp)
    pickup.authorise(session, households[1].id, "M. D.", in_a_month, stamp, agreed=True)
    _limit(session, households[4], stamp)
    if seal is None:
        return
    referrals.refer(
        session,
        households[3].id,
        need="budget",
        partner_id=helper,
        shares=["names", "phone"],
        consent_until=stamp.on + dt.timedelta(days=90),
        stamp=stamp,
    )
    for code, state in (("health_cover", "opened"), ("energy_cheque", "asked"), ("canteen_rate", "to_look")):
        social_rights.note(session, households[3].id, code, state, None, stamp)
    committee = next(i for i, _ in moving.receivers(session) if i != holder)
    moving.ask(session, households[2].id, committee, "file", stamp, agreed=True)
    site = session.scalars(select(Site.id).limit(1)).one()
    emergency.give(session, seal, site_id=site, persons=2, infants=1, name="Marie", stamp=stamp)
    first_contacts.ask(
        session, seal, name="Monsieur L.", phone="06 39 98 10 20", service=FOOD, partner_id=holder, at=stamp
    )
