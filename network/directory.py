"""The directory: who helps with what, where and when. The public page and referrals read the same one."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import NotFound, Refusal
from common.words import N_, Term
from network import audit
from network.tables import Organisation, PartnerProfile, Site, SiteProfile

FOOD = "food"
WARNING = dt.timedelta(days=90)
"""How long before its end an accreditation is called to mind: renewing one takes a season."""
HOURS = re.compile(r"\d{2}:\d{2}-\d{2}:\d{2}(, \d{2}:\d{2}-\d{2}:\d{2})*")
LONGEST = {"phone": 30, "address": 200}

KINDS = {
    "municipal_social_centre": N_("Municipal social centre"),
    "committee": N_("Committee"),
    "association": N_("Association"),
    "solidarity_grocery": N_("Solidarity grocery"),
}


class BadHours(Refusal):
    """Opening times nobody could keep."""

    message = N_("Opening times “%(got)s”: expected for instance 14:00-17:00, or 9:00-12:00, 14:00-17:00.")


class BadDays(Refusal):
    field = "closed"
    message = N_("Closed on “%(got)s”: expected days such as 24/12/2026, with commas between them.")


class TooLong(Refusal):
    message = N_("At most %(most)s signs, this has %(length)s.")


class UnknownService(Refusal):
    message = N_("“%(got)s” is not a service of the list.")


class SiteEntry(Struct, frozen=True):
    """A place to go to."""

    id: int
    name: str
    address: str = ""
    hours: tuple[str, ...] = ("",) * 7
    """For each day of the week, Monday first."""
    closed_on: tuple[dt.date, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there is anything to tell the public."""
        return bool(self.address or any(self.hours))


class Entry(Struct, frozen=True):
    """A partner as the directory shows it."""

    id: int
    name: str
    kind: str
    charter_signed_on: dt.date | None
    phone: str = ""
    services: tuple[str, ...] = ()
    accredited_until: dt.date | None = None
    sites: tuple[SiteEntry, ...] = ()

    def accreditation_ends(self, today: dt.date) -> bool:
        """Whether somebody has to see to it."""
        return self.accredited_until is not None and self.accredited_until <= today + WARNING


def directory(session: Session, service: str = "") -> list[Entry]:
    """The partners by name; those that help with this where one is named."""
    places: dict[int, list[SiteEntry]] = {}
    query = select(Site, SiteProfile).outerjoin(SiteProfile, SiteProfile.site_id == Site.id).order_by(Site.name)
    for site, profile in session.execute(query):
        places.setdefault(site.organisation_id, []).append(_site(site, profile))
    partners = (
        select(Organisation, PartnerProfile)
        .outerjoin(PartnerProfile, PartnerProfile.organisation_id == Organisation.id)
        .order_by(Organisation.name)
    )
    entries = [_entry(o, profile, tuple(places.get(o.id, ()))) for o, profile in session.execute(partners)]
    return [entry for entry in entries if not service or service in entry.services]


def partner_entry(session: Session, organisation_id: int) -> Entry:
    """What may be known of one partner; raises NotFound."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound(what=Term(N_("structure")), id=organisation_id)
    query = select(Site, SiteProfile).outerjoin(SiteProfile, SiteProfile.site_id == Site.id).order_by(Site.name)
    mine = session.execute(query.where(Site.organisation_id == organisation_id))
    places = tuple(_site(site, profile) for site, profile in mine)
    return _entry(organisation, session.get(PartnerProfile, organisation_id), places)


def describe_partner(
    session: Session,
    organisation_id: int,
    *,
    phone: str,
    services: Sequence[str],
    known_services: Sequence[str],
    charter_signed_on: dt.date | None,
    accredited_until: dt.date | None,
    stamp: Stamp,
) -> None:
    """What may be known of a partner from now on; raises NotFound, UnknownService or TooLong."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound(what=Term(N_("structure")), id=organisation_id)
    for service in services:
        if service not in known_services:
            raise UnknownService(got=service[:40])
    profile = session.get(PartnerProfile, organisation_id) or PartnerProfile(organisation_id=organisation_id)
    profile.phone, profile.services = _short("phone", phone), list(services)
    profile.accredited_until, organisation.charter_signed_on = accredited_until, charter_signed_on
    session.add(profile)
    session.flush()
    audit.record(session, "partner.describe", f"organisation:{organisation_id}", stamp)


def describe_site(
    session: Session, site_id: int, *, address: str, hours: Mapping[int, str], closed: str, stamp: Stamp
) -> None:
    """Where a site is and when it opens; raises NotFound, BadHours, BadDays or TooLong."""
    if session.get(Site, site_id) is None:
        raise NotFound(what=Term(N_("site")), id=site_id)
    profile = session.get(SiteProfile, site_id) or SiteProfile(site_id=site_id)
    profile.address = _short("address", address)
    profile.hours = [read_hours(hours.get(day, ""), f"hours-{day}") for day in range(7)]
    profile.closed_on = [day.isoformat() for day in read_days(closed)]
    session.add(profile)
    session.flush()
    audit.record(session, "site.describe", f"site:{site_id}", stamp)


def read_hours(typed: str, field: str = "hours") -> str:
    """Opening times of one day as they are kept; raises BadHours.

    >>> read_hours("9h-12h, 14:00–17:30"), read_hours("")
    ('09:00-12:00, 14:00-17:30', '')
    """
    plain = typed.replace("–", "-").replace(" ", "").lower()
    plain = re.sub(r"(\d{1,2})h(\d{2})?", lambda t: f"{t[1]}:{t[2] or '00'}", plain)
    times = re.sub(r"(?<!\d)(\d):", r"0\1:", plain).replace(",", ", ")
    if not times:
        return ""
    spans = [span.split("-") for span in times.split(", ")]
    if not HOURS.fullmatch(times) or any(begins >= ends or ends > "24:00" for begins, ends in spans):
        raise BadHours(field=field, got=typed[:40])
    return times


def read_days(typed: str) -> list[dt.date]:
    """Days as people list them; raises BadDays.

    >>> read_days("24/12/2026, 2027-01-01")
    [datetime.date(2026, 12, 24), datetime.date(2027, 1, 1)]
    """
    days = []
    for part in (part.strip() for part in typed.split(",")):
        if not part:
            continue
        iso = re.sub(r"^(\d{1,2})/(\d{1,2})/(\d{4})$", lambda d: f"{d[3]}-{int(d[2]):02}-{int(d[1]):02}", part)
        try:
            days.append(dt.date.fromisoformat(iso))
        except ValueError:
            raise BadDays(got=part[:40]) from None
    return sorted(set(days))


def _site(site: Site, profile: SiteProfile | None) -> SiteEntry:
    if profile is None:
        return SiteEntry(site.id, site.name)
    closed = tuple(dt.date.fromisoformat(day) for day in profile.closed_on)
    return SiteEntry(site.id, site.name, profile.address, tuple(profile.hours), closed)


def _entry(organisation: Organisation, profile: PartnerProfile | None, sites: tuple[SiteEntry, ...]) -> Entry:
    plain = Entry(organisation.id, organisation.name, organisation.kind, organisation.charter_signed_on, sites=sites)
    if profile is None:
        return plain
    return Entry(
        plain.id,
        plain.name,
        plain.kind,
        plain.charter_signed_on,
        profile.phone,
        tuple(profile.services),
        profile.accredited_until,
        sites,
    )


def _short(field: str, text: str) -> str:
    text = " ".join(text.split())
    if len(text) > LONGEST[field]:
        raise TooLong(field=field, most=LONGEST[field], length=len(text))
    return text
