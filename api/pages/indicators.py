"""The figures partners publish on the people who come, on a page and as a table for spreadsheets."""

import csv
import datetime as dt
import io
from typing import Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from api.here import Here
from api.periods import last_month, period, this_month, this_year
from api.security import May
from common.words import N_
from households.indicators import SMALLEST, Indicators, indicators
from households.reference import social_rights
from households.vocabulary import HEARD, STATUSES
from network.partners import organisations
from network.roles import Right

MAY = May(Right.SEE_REPORTS)
WHOLE = {Right.COORDINATE, Right.OPEN_FILES}
"""Who works inside the network with these households sees small counts on the page; no file ever holds one."""

ROWS = (
    ("requests", N_("New requests")),
    ("admitted", N_("Households helped for the first time")),
    ("single_parents", N_("Of those, one adult with children")),
    ("status_known", N_("Of those, main income known")),
    ("not_minimum_income", N_("Of those, not on RSA")),
    ("with_needs", N_("Of those who asked, with another need")),
    ("accompanied", N_("Of those, accompanied")),
    ("workshop_households", N_("Households at a workshop")),
    ("rights_opened", N_("Households with a right opened")),
)
BREAKDOWNS = (
    ("requests_by_heard", N_("New requests, how they heard of us"), HEARD),
    ("requests_by_status", N_("New requests, main income"), STATUSES),
    ("admitted_by_status", N_("Helped for the first time, main income"), STATUSES),
)


@get("/indicators", guards=[MAY], sync_to_thread=True)
def indicators_page(
    here: NamedDependency[Here],
    since: FromQuery[dt.date | None] = None,
    until: FromQuery[dt.date | None] = None,
    partner: FromQuery[int | None] = None,
) -> Response[Any]:
    found = _found(here, since, until, partner)
    inside = bool(WHOLE & here.me.rights)
    today = here.clock.today()
    with here.database.reading() as session:
        partners = [(o.id, o.name) for o in organisations(session)]
    quick = ((N_("This month"), this_month), (N_("Last month"), last_month), (N_("This year"), this_year))
    return here.page(
        "pages/indicators.html",
        found=found,
        rows=_rows(here, found if inside else found.outward()),
        tables=_tables(here, found if inside else found.outward()),
        partner=partner or "",
        partners=partners,
        inside=inside,
        smallest=SMALLEST,
        quick=[(here.words.text(name), *span(today)) for name, span in quick],
    )


@get("/indicators.csv", guards=[MAY], sync_to_thread=True)
def indicators_csv(
    here: NamedDependency[Here],
    since: FromQuery[dt.date | None] = None,
    until: FromQuery[dt.date | None] = None,
    partner: FromQuery[int | None] = None,
) -> Response[Any]:
    """For reports to the State and to donors: small counts are kept back whoever asks."""
    found = _found(here, since, until, partner).outward()
    out = io.StringIO()
    table = csv.writer(out, delimiter=";")
    table.writerow([found.since.isoformat(), found.until.isoformat()])
    table.writerows([name, _cell(n)] for name, n in _rows(here, found))
    for title, lines in _tables(here, found):
        table.writerows([f"{title} · {name}", _cell(n)] for name, n in lines)
    # Spreadsheets take UTF-8 for what it is only after this mark.
    answer = Response("\ufeff" + out.getvalue(), media_type=MediaType.TEXT)
    answer.headers["content-type"] = "text/csv; charset=utf-8"
    answer.headers["content-disposition"] = f'attachment; filename="{found.since}_{found.until}.csv"'
    return answer


def _found(here: Here, since: dt.date | None, until: dt.date | None, partner: int | None) -> Indicators:
    first, last = period(since, until, here.clock.today())
    with here.database.reading() as session:
        return indicators(session, first, last, partner)


def _rows(here: Here, found: Indicators) -> list[tuple[str, int | None]]:
    return [(here.words.text(name), getattr(found, field)) for field, name in ROWS]


def _tables(here: Here, found: Indicators) -> list[tuple[str, list[tuple[str, int | None]]]]:
    rights = {right.code: here.name_of(right) for right in social_rights()}
    opened = [(rights.get(code, code), n) for code, n in found.opened_by_right.items()]
    return [
        *[
            (here.words.text(title), [(here.words.text(names[code]), n) for code, n in getattr(found, field).items()])
            for field, title, names in BREAKDOWNS
        ],
        (here.words.text(N_("Rights opened, households")), opened),
    ]


def _cell(count: int | None) -> str:
    return "" if count is None else str(count)


ROUTES = [indicators_page, indicators_csv]
