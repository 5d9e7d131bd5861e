"""What donors are given back: the certificate of their gifts, tax receipts, the statement of their year."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.amounts import euros_typed
from api.here import Here
from api.paper import pdf
from api.papers import body_of, company_on_paper, gifts_on_paper, receipt_on_paper
from api.security import May
from api.writing import write_once
from common.errors import Invalid, Refusal
from common.words import N_, Term
from labels.gifts import Body, Certificate, MonthRow, ReceiptRow, Statement, donation_certificate, yearly_statement
from labels.receipt import QUALITIES, tax_receipt
from network.partners import organisations
from network.roles import Right
from network.tables import Organisation
from stock import tax_receipts
from stock.donors import donor as get_donor
from stock.donors import donors
from stock.tables import Family, TaxReceipt
from stock.tax_receipts import Company, Issuer, content_of, gifts_of, numbered

MAY = May(Right.MAKE_OUT_RECEIPTS)
ADMINISTRATOR = May(Right.MANAGE_ACCOUNTS)


@dataclass
class ReceiptForm:
    first: str = ""
    last: str = ""
    value: str = ""
    name: str = ""
    form: str = ""
    siren: str = ""
    address: str = ""
    key: str = ""


@dataclass
class CancelForm:
    because: str = ""
    key: str = ""


@dataclass
class IssuerForm:
    organisation: str = ""
    since: str = ""
    name: str = ""
    number: str = ""
    address: str = ""
    purpose: str = ""
    quality: str = ""
    signatory: str = ""


@get("/gifts", guards=[MAY], sync_to_thread=True)
def gifts_page(here: NamedDependency[Here]) -> Response[Any]:
    """Every donor with what it gave this year, and the register of receipts."""
    today = here.clock.today()
    mine = here.me.organisation_id
    with here.database.reading() as session:
        names = {donor.id: donor.name for donor in donors(session)}
        given = tax_receipts.grams_by_donor(session, mine, today.replace(month=1, day=1), today)
        return here.page(
            "pages/gifts.html",
            donors=[{"id": one, "name": name, "grams": given.get(one, 0)} for one, name in names.items()],
            receipts=[_row(one, names.get(one.donor_id)) for one in tax_receipts.receipts_of(session, mine)],
            year=today.year,
            entitled=_entitled(session, mine, today),
        )


@get("/gifts/{donor_id:int}", guards=[MAY], sync_to_thread=True)
def donor_gifts_page(
    here: NamedDependency[Here], donor_id: FromPath[int], first: FromQuery[str] = "", last: FromQuery[str] = ""
) -> Response[Any]:
    """One donor: its gifts over the days asked for, and what may be printed about them."""
    today = here.clock.today()
    days = ReceiptForm(first or today.replace(day=1).isoformat(), last or today.isoformat())
    try:
        _days(days)
    except Refusal as refusal:
        return _donor_page(here, donor_id, days, refusal)
    return _donor_page(here, donor_id, days)


@post("/gifts/{donor_id:int}/receipts", guards=[MAY], sync_to_thread=True)
def make_out(here: NamedDependency[Here], donor_id: FromPath[int], data: URLEncodedBody[ReceiptForm]) -> Response[Any]:
    """The next receipt of the year, for everything the donor gave over these days."""

    def work(session: Session) -> str:
        first, last = _days(data)
        company = Company(data.name.strip(), data.form.strip(), data.siren.strip(), data.address.strip())
        cents = euros_typed(data.value, "value") or 0
        made = tax_receipts.make_out(
            session, here.me.organisation_id, donor_id, company, first, last, cents, here.stamp()
        )
        return numbered(made)

    try:
        asked = [data.first, data.last, data.value, data.name, data.form, data.siren, data.address]
        number = write_once(here, data.key, asked, work, str)
    except Refusal as refusal:
        return _donor_page(here, donor_id, data, refusal)
    return here.go(f"/gifts/{donor_id}", N_("Receipt %(number)s is made out."), number=number)


@post("/gifts/receipts/{receipt_id:int}/cancelled", guards=[MAY], sync_to_thread=True)
def cancel(here: NamedDependency[Here], receipt_id: FromPath[int], data: URLEncodedBody[CancelForm]) -> Response[Any]:
    """The receipt keeps its number and is marked."""

    def work(session: Session) -> str:
        return numbered(tax_receipts.cancel(session, receipt_id, here.me.organisation_id, data.because, here.stamp()))

    try:
        number = write_once(here, data.key, data.because, work, str)
    except (tax_receipts.AlreadyCancelled, tax_receipts.NotDescribed) as refusal:
        return here.refused("/gifts", refusal)
    return here.go("/gifts", N_("Receipt %(number)s is cancelled; its number stays."), number=number)


@get("/gifts/receipts/{receipt_id:int}/receipt.pdf", guards=[MAY], sync_to_thread=True)
def receipt_pdf(here: NamedDependency[Here], receipt_id: FromPath[int]) -> Response[Any]:
    with here.database.reading() as session:
        receipt = receipt_on_paper(tax_receipts.get_receipt(session, receipt_id, here.me.organisation_id))
    return pdf(f"receipt-{receipt.number}.pdf", lambda: tax_receipt(receipt, here.words))


@get("/gifts/{donor_id:int}/certificate.pdf", guards=[MAY], sync_to_thread=True)
def certificate_pdf(
    here: NamedDependency[Here], donor_id: FromPath[int], first: FromQuery[str], last: FromQuery[str]
) -> Response[Any]:
    """What the donor gave over these days, without any value."""
    since, until = _days(ReceiptForm(first, last))
    mine = here.me.organisation_id
    with here.database.reading() as session:
        gifts = gifts_of(session, donor_id, mine, since, until)
        certificate = Certificate(
            body=_body(session, mine),
            company=company_on_paper(_company(session, mine, donor_id)),
            first=since,
            last=until,
            made_on=here.clock.today(),
            gifts=gifts_on_paper(gifts),
        )
    return pdf("certificate.pdf", lambda: donation_certificate(certificate, here.words))


@get("/gifts/{donor_id:int}/statement.pdf", guards=[MAY], sync_to_thread=True)
def statement_pdf(here: NamedDependency[Here], donor_id: FromPath[int], year: FromQuery[int]) -> Response[Any]:
    """The donor's year, month by month."""
    if not 2000 <= year <= here.clock.today().year:
        raise Invalid(field="year", what=Term(N_("Year")), expected="2000…", got=str(year))
    mine = here.me.organisation_id
    with here.database.reading() as session:
        receipts = [r for r in tax_receipts.receipts_of(session, mine, donor_id) if r.first.year == year]
        statement = Statement(
            body=_body(session, mine),
            company=company_on_paper(_company(session, mine, donor_id)),
            year=year,
            made_on=here.clock.today(),
            months=tuple(
                MonthRow(month.first, month.receptions, month.received, month.refused)
                for month in tax_receipts.months_of(session, donor_id, mine, year)
            ),
            families=_families(here, session, donor_id, year),
            receipts=tuple(
                ReceiptRow(numbered(r), r.issued_on, r.cents, cancelled=r.cancelled_on is not None)
                for r in reversed(receipts)
            ),
        )
    return pdf("statement.pdf", lambda: yearly_statement(statement, here.words))


@get("/accounts/receipts", guards=[ADMINISTRATOR], sync_to_thread=True)
def issuers_page(here: NamedDependency[Here]) -> Response[Any]:
    return _issuers_page(here)


@post("/accounts/receipts", guards=[ADMINISTRATOR], sync_to_thread=True)
def entitle(here: NamedDependency[Here], data: URLEncodedBody[IssuerForm]) -> Response[Any]:
    """Record that a partner may make out receipts, and how the form names it."""
    try:
        if data.quality not in QUALITIES:
            raise tax_receipts.NotDescribed(what=Term(N_("Quality")), field="quality")
        with here.database.writing() as session:
            known = {str(one.id): one.id for one in organisations(session)}
            if data.organisation not in known:
                raise tax_receipts.NotDescribed(what=Term(N_("Organisation")), field="organisation")
            issuer = Issuer(
                data.name.strip(),
                data.number.strip(),
                data.address.strip(),
                data.purpose.strip(),
                data.quality,
                data.signatory.strip(),
            )
            since = _day("since", data.since)
            tax_receipts.entitle(session, known[data.organisation], issuer, since, here.stamp())
    except Refusal as refusal:
        return _issuers_page(here, data, refusal)
    return here.go("/accounts/receipts", N_("%(name)s may make out tax receipts."), name=data.name.strip())


def _donor_page(here: Here, donor_id: int, typed: ReceiptForm, refusal: Refusal | None = None) -> Response[Any]:
    today, mine = here.clock.today(), here.me.organisation_id
    with here.database.reading() as session:
        donor = get_donor(session, donor_id)
        try:
            first, last = _days(typed)
        except Refusal:
            first, last = today.replace(month=1, day=1), today
        gifts = gifts_of(session, donor_id, mine, first, last)
        known = _company(session, mine, donor_id)
        for field in ("name", "form", "siren", "address"):
            setattr(typed, field, getattr(typed, field) or getattr(known, field))
        return here.page(
            "pages/donor_gifts.html",
            status=refusal.kind.value if refusal else 200,
            donor={"id": donor.id, "name": donor.name},
            gifts=gifts,
            grams=sum(gift.grams for gift in gifts),
            first=first,
            last=last,
            typed=typed,
            refusal={"field": refusal.field, "text": refusal.say(here.words)} if refusal else None,
            receipts=[_row(receipt, donor.name) for receipt in tax_receipts.receipts_of(session, mine, donor_id)],
            entitled=_entitled(session, mine, today),
            years=list(range(today.year, today.year - 3, -1)),
        )


def _issuers_page(here: Here, typed: IssuerForm | None = None, refusal: Refusal | None = None) -> Response[Any]:
    with here.database.reading() as session:
        known = [(one.id, one.name) for one in organisations(session)]
        issuers = [tax_receipts.issuer_of(session, number) for number, _ in known]
        return here.page(
            "pages/receipt_issuers.html",
            status=refusal.kind.value if refusal else 200,
            organisations=known,
            issuers=[
                {"name": issuer.name, "number": issuer.number, "since": issuer.since} for issuer in issuers if issuer
            ],
            qualities=[(code, here.words.text(name)) for code, name in QUALITIES.items()],
            typed=typed or IssuerForm(since=here.clock.today().isoformat()),
            refusal={"field": refusal.field, "text": refusal.say(here.words)} if refusal else None,
        )


def _days(typed: ReceiptForm) -> tuple[dt.date, dt.date]:
    """First and last day as date fields send them; raises Invalid or OutsideOneYear."""
    first, last = _day("first", typed.first), _day("last", typed.last)
    if not first <= last:
        raise tax_receipts.OutsideOneYear(first=first, last=last)
    return first, last


def _day(field: str, typed: str) -> dt.date:
    try:
        return dt.date.fromisoformat(typed.strip())
    except ValueError:
        expected = Term(N_("a day, for instance 2026-11-28"))
        raise Invalid(field=field, what=Term(N_("Day")), expected=expected, got=typed[:40]) from None


def _entitled(session: Session, organisation_id: int, today: dt.date) -> bool:
    issuer = tax_receipts.issuer_of(session, organisation_id)
    return issuer is not None and issuer.since <= today


def _body(session: Session, organisation_id: int) -> Body:
    """The partner as its entitlement names it, else by its usual name."""
    issuer = tax_receipts.issuer_of(session, organisation_id)
    return body_of(issuer) if issuer else Body(session.get_one(Organisation, organisation_id).name)


def _company(session: Session, organisation_id: int, donor_id: int) -> Company:
    """The donor as its last receipt names it, else by its usual name."""
    donor = get_donor(session, donor_id)
    last = tax_receipts.receipts_of(session, organisation_id, donor_id)
    return content_of(last[0]).company if last else Company(donor.name)


def _families(here: Here, session: Session, donor_id: int, year: int) -> tuple[tuple[str, int], ...]:
    """What was given of each family over a year, the heaviest first."""
    whole = dt.date(year, 1, 1), dt.date(year, 12, 31)
    grams = tax_receipts.grams_by_family(session, donor_id, here.me.organisation_id, *whole)
    names = {family.code: here.name_of(family) for family in session.scalars(select(Family))}
    return tuple((names[code], weight) for code, weight in grams.items())


def _row(receipt: TaxReceipt, donor: str | None) -> dict[str, Any]:
    return {
        "id": receipt.id,
        "number": numbered(receipt),
        "donor": donor or content_of(receipt).company.name,
        "on": receipt.issued_on,
        "first": receipt.first,
        "last": receipt.last,
        "cents": receipt.cents,
        "cancelled_on": receipt.cancelled_on,
    }


ROUTES = [
    gifts_page,
    donor_gifts_page,
    make_out,
    cancel,
    receipt_pdf,
    certificate_pdf,
    statement_pdf,
    issuers_page,
    entitle,
]
