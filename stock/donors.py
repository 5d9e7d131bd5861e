"""Who gives: shops, food banks, farms, drives."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from common.errors import Kind, NotFound, Refusal
from common.words import N_, Term
from stock.instore import InStoreLayout, Payload
from stock.reference import sources
from stock.tables import Donor


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


def donors(session: Session) -> Sequence[Donor]:
    """The donors that still give, by name."""
    return session.scalars(select(Donor).where(Donor.active).order_by(Donor.name)).all()


def donor(session: Session, donor_id: int) -> Donor:
    """The donor; raises NotFound."""
    found = session.get(Donor, donor_id)
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
