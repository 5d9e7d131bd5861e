"""Donors: what was agreed with each, what its gifts were worth this year, and registering a new one."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy.orm import Session

from api.amounts import day_typed, pieces_typed
from api.damage import shown
from api.filters import Filters
from api.here import Here
from api.list_files import SHAPES, Columns, Shape, file_links, list_file
from api.security import May
from api.sorting import order_of
from api.typed import whole_typed
from api.unchanged import mark_of, refuse_changed
from api.writing import write_once
from common.errors import Invalid, NotFound, Refusal
from common.words import N_, Term, plain
from network import audit
from network.partners import sites
from network.roles import Right
from stock import catalogue, donors
from stock.agreed_times import MOST, BadTime, When, agree_times, times_of
from stock.donor_quality import DonorPeriod, donor_period
from stock.donors import Agreement, agreement_of
from stock.instore import InStoreLayout, Payload
from stock.photos import photos_of_donor
from stock.reference import refusal_reasons, sources
from stock.tables import Donor

SEE, MANAGE = May(Right.SEE_STOCK), May(Right.MANAGE_DONORS)
PATH = "/donors"
KINDS = {
    "supermarket": N_("Shop"),
    "bakery": N_("Bakery"),
    "food_bank": N_("Food bank"),
    "farm": N_("Farm"),
    "catering": N_("Collective catering"),
    "industry": N_("Industry or wholesale"),
    "food_drive": N_("Food drive"),
    "state": N_("State or European programme"),
    "supplier": N_("Supplier"),
    "other": N_("Other"),
}
SORTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "name": lambda row: plain(row["name"]),
    "kind": lambda row: plain(row["kind"]),
    "received": lambda row: row["year"].received,
    "refused": lambda row: row["year"].refused,
    "until": lambda row: row["agreement"].until,
}
FILTERS = Filters("donors", ("kind",))
HOUR = re.compile(r"([01]?\d|2[0-3])\s*[:hH]\s*([0-5]\d)?")
WEEKDAYS = {str(day) for day in range(7)}
PAYLOADS = {Payload.NONE: N_("nothing"), Payload.PRICE: N_("a price"), Payload.WEIGHT: N_("a weight")}


@dataclass
class DonorForm:
    code: str = ""
    name: str = ""
    kind: str = ""
    source: str = ""
    payload: str = "none"
    digits: str = "5"
    key: str = ""


@dataclass
class AgreementForm:
    since: str = ""
    until: str = ""
    renews: str = ""
    slots: str = ""
    weekdays: list[str] | str = ""
    hours: list[str] | str = ""
    places: list[str] | str = ""
    """One of each for every time."""
    families: list[str] | str = ""
    """One ticked box comes as a text, several as a list."""
    quality_plan_on: str = ""
    key: str = ""
    seen: str = ""

    @property
    def ticked(self) -> list[str]:
        return [self.families] if isinstance(self.families, str) and self.families else list(self.families)

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Weekday, hour and site of each time, as typed."""
        said = [[one] if isinstance(one, str) else one for one in (self.weekdays, self.hours, self.places)]
        return [(day, hour, place) for day, hour, place in zip_longest(*said, fillvalue="") if day or hour]


@get(PATH, guards=[SEE], sync_to_thread=True)
def donors_page(here: NamedDependency[Here], shape: Shape = "") -> Response[Any]:
    if shape in SHAPES:
        rows = order_of(here, "donors", SORTS, "name").sorted(_rows(here), SORTS)
        return list_file(here, shape, "donors", N_("Donors"), COLUMNS, rows)
    return FILTERS.again(here) or FILTERS.remember(here, _list_page(here))


@post(PATH, guards=[MANAGE], sync_to_thread=True)
def register_donor(here: NamedDependency[Here], data: URLEncodedBody[DonorForm]) -> Response[Any]:
    def work(session: Session) -> int:
        if not data.name.strip() or not data.code.strip() or data.kind not in KINDS:
            raise Invalid(what=Term(N_("donor")), expected=Term(N_("a short name, a name and a kind")), got=data.name)
        if data.payload not in set(Payload):
            raise Invalid(what=Term(N_("what its own codes carry")), expected=list(Payload), got=data.payload[:40])
        layout = InStoreLayout(Payload(data.payload), 4 if data.digits == "4" else 5)
        added = donors.add_donor(
            session, code=data.code[:20], name=data.name[:120], kind=data.kind, source=data.source, in_store=layout
        )
        audit.record(session, "donor.add", f"donor:{added.id}", here.stamp())
        return added.id

    try:
        asked = [data.code, data.name, data.kind, data.source, data.payload, data.digits]
        number = write_once(here, data.key, asked, work, int)
    except Refusal as refusal:
        return _list_page(here, data, refusal)
    return here.go(f"{PATH}/{number}", N_("The donor is registered: write down what was agreed."))


@get(PATH + "/{donor_id:int}", guards=[SEE], sync_to_thread=True)
def donor_page(here: NamedDependency[Here], donor_id: FromPath[int], year: FromQuery[str] = "") -> Response[Any]:
    return _donor_page(here, donor_id, year)


@post(PATH + "/{donor_id:int}/agreement", guards=[MANAGE], sync_to_thread=True)
def write_agreement(
    here: NamedDependency[Here], donor_id: FromPath[int], data: URLEncodedBody[AgreementForm]
) -> Response[Any]:
    def work(session: Session) -> int:
        refuse_changed(here, session, data.seen, lambda: _kept(session, donor_id))
        donors.agree(session, donor_id, _agreed(data), here.stamp())
        agree_times(session, donor_id, [_when(*row) for row in data.rows])
        return donor_id

    try:
        asked = [data.since, data.until, data.renews, data.slots, *data.ticked, data.quality_plan_on, data.rows]
        write_once(here, data.key, asked, work, int)
    except NotFound:
        raise
    except Refusal as refusal:
        return _donor_page(here, donor_id, "", data, refusal)
    return here.go(f"{PATH}/{donor_id}", N_("The agreement is written down."))


def _kept(session: Session, donor_id: int) -> tuple[Agreement, tuple[When, ...]]:
    """What the form of an agreement is made from."""
    return agreement_of(donors.donor(session, donor_id, to_change=True)), times_of(session, donor_id)


def _agreed(data: AgreementForm) -> Agreement:
    return Agreement(
        since=day_typed(data.since, "since"),
        until=day_typed(data.until, "until"),
        renews=bool(data.renews),
        slots=data.slots,
        families=tuple(data.ticked),
        quality_plan_on=day_typed(data.quality_plan_on, "quality_plan_on"),
    )


def _when(weekday: str, hour: str, place: str) -> When:
    """One time as its three fields say it; raises BadTime."""
    read = HOUR.fullmatch(hour.strip())
    if read is None or weekday not in WEEKDAYS:
        raise BadTime(most=MOST)
    return When(int(weekday), int(read[1]) * 60 + int(read[2] or 0), pieces_typed(place, "places"))


COLUMNS: Columns[dict[str, Any]] = {
    N_("Donor"): lambda row: row["name"],
    N_("Kind"): lambda row: row["kind"],
    N_("Received this year (g)"): lambda row: row["year"].received,
    N_("Turned away this year (g)"): lambda row: row["year"].refused,
    N_("Agreement from"): lambda row: row["agreement"].since,
    N_("Agreement to"): lambda row: row["agreement"].until,
}


def _rows(here: Here) -> list[dict[str, Any]]:
    today, kind = here.clock.today(), _kind_chosen(here)
    with here.database.reading() as session:
        return [
            {
                "href": f"{PATH}/{one.id}",
                "name": one.name,
                "kind": _kind(here, one),
                "agreement": agreement_of(one),
                "ends_soon": agreement_of(one).ends_soon(today),
                "year": donor_period(session, one.id, today.replace(month=1, day=1), today),
            }
            for one in donors.donors(session)
            if kind in ("", one.kind)
        ]


def _kind_chosen(here: Here) -> str:
    return here.request.query_params.get("kind", "")


def _list_page(here: Here, form: DonorForm | None = None, refusal: Refusal | None = None) -> Response[Any]:
    order = order_of(here, "donors", SORTS, "name")
    answer = here.page(
        "pages/donors.html",
        status=refusal.kind.value if refusal else 200,
        donors=order.sorted(_rows(here), SORTS),
        order=order,
        chosen={"kind": _kind_chosen(here)},
        files=file_links(here, PATH),
        may_manage=Right.MANAGE_DONORS in here.me.rights,
        kinds=[(code, here.words.text(name)) for code, name in KINDS.items()],
        sources=[(s.code, here.name_of(s)) for s in sources()],
        payloads=[(code.value, here.words.text(name)) for code, name in PAYLOADS.items()],
        form=form or DonorForm(),
        refusal=refusal.say(here.words) if refusal else None,
    )
    return order.remember(answer)


def _donor_page(
    here: Here, donor_id: int, year: str, form: AgreementForm | None = None, refusal: Refusal | None = None
) -> Response[Any]:
    today = here.clock.today()
    typed = whole_typed(year)
    chosen = typed if typed is not None and 2000 <= typed <= today.year else today.year
    with here.database.reading() as session:
        one = donors.donor(session, donor_id)
        period = donor_period(session, donor_id, dt.date(chosen, 1, 1), dt.date(chosen, 12, 31))
        damage = shown(
            here, session, photos_of_donor(session, donor_id, dt.date(chosen, 1, 1), dt.date(chosen, 12, 31))
        )
        times = times_of(session, donor_id)
        known = [(site.id, site.name) for site in sites(session)]
        families = dict(here.choices(catalogue.families(session)))
    source = next(s for s in sources() if s.code == one.source)
    agreement = agreement_of(one)
    mark = mark_of((agreement, times))
    return here.page(
        "pages/donor.html",
        status=refusal.kind.value if refusal else 200,
        donor=one,
        kind=_kind(here, one),
        source={"name": here.name_of(source), "shop": "shop" in source.channels, "rate": float(source.max_price_rate)},
        payload=here.words.text(PAYLOADS[Payload(one.in_store_payload)]),
        agreement=agreement,
        mark=mark,
        ends_soon=agreement.ends_soon(today),
        period=period,
        **damage,
        shares=_shares(here, period),
        reasons={r.code: here.name_of(r) for r in refusal_reasons()},
        families=families,
        year=chosen,
        times=_times(here, times, dict(known)),
        weekdays=[(str(day), here.words.weekday(day)) for day in range(7)],
        sites=known,
        years=[today.year - ago for ago in range(3)],
        form=form or _form_of(agreement, times),
        may_manage=Right.MANAGE_DONORS in here.me.rights,
        statement=f"/gifts/{one.id}" if Right.MAKE_OUT_RECEIPTS in here.me.rights else None,
        refusal=refusal.say(here.words) if refusal else None,
    )


def _shares(here: Here, period: DonorPeriod) -> list[dict[str, Any]]:
    """The four figures of the talk about quality, each with its share."""
    parts = (
        (N_("Turned away at the door"), period.refused, period.brought),
        (N_("Of what bears a date, came with three days or less"), period.short, period.dated),
        (N_("Eaten so far"), period.eaten, period.received),
        (N_("Lost so far"), period.lost, period.received),
    )
    return [
        {"name": here.words.text(name), "grams": grams, "share": period.share(grams, whole)}
        for name, grams, whole in parts
    ]


def _times(here: Here, times: tuple[When, ...], names: dict[int, str]) -> list[dict[str, Any]]:
    """The weekdays of each hour and site, in one line."""
    days: dict[tuple[str, int | None], list[str]] = {}
    for time in times:
        days.setdefault((time.clock, time.site_id), []).append(here.words.weekday(time.weekday))
    return [
        {"days": ", ".join(named), "at": at, "site": names.get(site, "") if site else ""}
        for (at, site), named in days.items()
    ]


def _form_of(agreement: Agreement, times: tuple[When, ...]) -> AgreementForm:
    return AgreementForm(
        since=agreement.since.isoformat() if agreement.since else "",
        until=agreement.until.isoformat() if agreement.until else "",
        renews="yes" if agreement.renews else "",
        slots=agreement.slots,
        weekdays=[str(time.weekday) for time in times],
        hours=[time.clock for time in times],
        places=[str(time.site_id or "") for time in times],
        families=list(agreement.families),
        quality_plan_on=agreement.quality_plan_on.isoformat() if agreement.quality_plan_on else "",
    )


def _kind(here: Here, one: Donor) -> str:
    return here.words.text(KINDS.get(one.kind, KINDS["other"]))


ROUTES = [donors_page, register_donor, donor_page, write_agreement]
