"""Who gives: shops, food banks, farms, drives."""

import datetime as dt
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.clock import Stamp
from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from network import audit
from stock.instore import InStoreLayout, Payload
from stock.reference import sources
from stock.tables import Donor, Family


class DonorCodeTaken(Refusal):
    """Two donors of one short name would be one in the scan files."""

    kind = Kind.CONFLICT
    message = N_("The short name “%(code)s” already belongs to %(name)s.")
    field = "code"


class UnknownSource(Refusal):
    """A programme nobody knows the rules of: neither who may be given its goods, nor at what price."""

    message = N_("“%(source)s” is no programme goods can come under: expected one of %(known)s.")
    field = "source"


def add_donor(
    session: Session,
    *,
    code: str,
    name: str,
    kind: str,
    source: str,
    in_store: InStoreLayout | None = None,
    agreement_from: dt.date | None = None,
    agreement_until: dt.date | None = None,
) -> Donor:
    """A new donor; raises DonorCodeTaken or UnknownSource."""
    code = code.strip().upper()
    if taken := session.scalar(select(Donor.name).where(Donor.code == code)):
        raise DonorCodeTaken(code=code, name=taken)
    if source not in (known := [s.code for s in sources()]):
        raise UnknownSource(source=source, known=known)
    layout = in_store or InStoreLayout()
    donor = Donor(
        code=code,
        name=name.strip(),
        kind=kind,
        source=source,
        in_store_payload=layout.payload,
        in_store_digits=layout.digits,
        agreement_from=agreement_from,
        agreement_until=agreement_until,
    )
    session.add(donor)
    session.flush()
    return donor


class BadAgreement(Refusal):
    """An agreement that ends before it begins, or without a beginning."""

    message = N_("An agreement begins before it ends: got %(since)s to %(until)s.")
    field = "until"


class Agreement(Struct, frozen=True):
    """What was agreed on with a donor."""

    since: dt.date | None = None
    until: dt.date | None = None
    """Its last day; None where it has none."""
    renews: bool = False
    slots: str = ""
    families: tuple[str, ...] = ()
    quality_plan_on: dt.date | None = None

    def ends_soon(self, today: dt.date) -> bool:
        """Whether somebody should talk to the donor: it ends within two months, or has ended, and does not go on."""
        return self.until is not None and not self.renews and self.until <= today + NOTICE


NOTICE = dt.timedelta(days=60)


def agreement_of(donor: Donor) -> Agreement:
    """What was agreed on with this donor."""
    return Agreement(
        donor.agreement_from,
        donor.agreement_until,
        donor.agreement_renews,
        donor.agreement_slots,
        tuple(donor.agreement_families),
        donor.quality_plan_on,
    )


def agree(session: Session, donor_id: int, agreed: Agreement, stamp: Stamp) -> None:
    """Write down what was agreed on; raises BadAgreement or NotFound (donor, family)."""
    if agreed.until and (agreed.since is None or agreed.until < agreed.since):
        raise BadAgreement(since=agreed.since or "–", until=agreed.until)
    known = donor(session, donor_id)
    for code in agreed.families:
        if session.get(Family, code) is None:
            raise NotFound(what=Term(N_("family")), id=code)
    known.agreement_from, known.agreement_until, known.agreement_renews = agreed.since, agreed.until, agreed.renews
    known.agreement_slots, known.agreement_families = agreed.slots.strip()[:200], list(agreed.families)
    known.quality_plan_on = agreed.quality_plan_on
    session.flush()
    audit.record(session, "donor.agree", f"donor:{donor_id}", stamp)


def donors(session: Session) -> Sequence[Donor]:
    """The donors that still give, by name."""
    return session.scalars(select(Donor).where(Donor.active).order_by(Donor.name)).all()


def donor(session: Session, donor_id: int, *, to_change: bool = False) -> Donor:
    """The donor; raises NotFound."""
    found = session.get(Donor, donor_id, with_for_update=to_change, populate_existing=to_change)
    if found is None:
        raise NotFound(what=Term(N_("donor")), id=donor_id)
    return found


def donor_by_code(session: Session, code: str) -> Donor:
    """The donor of this short name; raises NotFound."""
    found = session.scalar(select(Donor).where(Donor.code == code.strip().upper()))
    if found is None:
        raise NotFound(what=Term(N_("donor")), id=code.strip())
    return found


def layout_of(donor: Donor) -> InStoreLayout:
    """How this donor's own codes are read."""
    return InStoreLayout(Payload(donor.in_store_payload), 4 if donor.in_store_digits == 4 else 5)
