"""State and EU returns: the figures of a period as tables and CSV, and those that were published, as they were sent."""

import datetime as dt
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from msgspec import Struct

from allocation import published, returns
from allocation.published import withheld
from allocation.returned import DASH, Line, Return, Section
from allocation.returned_people import SEXES
from api.here import Here
from api.periods import last_month, this_year
from api.scopes import Asked, asked
from api.security import May
from api.spreadsheets import Table, as_csv
from api.writing import write_once
from common.errors import Refusal
from common.words import N_, Words
from network.partners import organisations
from network.roles import Right

SEE, PUBLISH = May(Right.SEE_REPORTS), May(Right.MAKE_PLANS, Right.MANAGE_ACCOUNTS)
HERE = "/waste/returns"
OF_GOODS = frozenset({"programmes", "families"})
WHY_WITHHELD = N_(
    "Numbers of people below five are withheld, and so are those from which they could be worked out:"
    " nobody is to be recognised."
)


class Goods(Struct, frozen=True):
    """A table of goods: a row of each, and what became of it."""

    columns: tuple[str, ...]
    rows: dict[str, dict[str, Line]]
    lines: list[tuple[str, Line]]
    """What has no row of its own."""

    @property
    def heads(self) -> list[tuple[str, str]]:
        return [(column, "number") for column in self.columns]


@get(HERE, guards=[SEE], sync_to_thread=True)
def returns_page(here: NamedDependency[Here]) -> Response[Any]:
    """As the books stand now, with what was published before."""
    chosen = asked(here)
    with here.database.reading() as session:
        made = returns.make_return(session, chosen.scope(session), chosen.partner)
        sent = published.published(session)
        crossed = published.crossed_by(session, made.since, made.until, chosen.partner)
        elsewhere = published.crossed_elsewhere(session, made.since, made.until, chosen.partner)
        partners = [(o.id, o.name) for o in organisations(session)]
    return here.page(
        "pages/returns.html",
        made=made,
        crossed=[(here.words.text(sex), "number") for _, sex in SEXES.values()],
        why_withheld=here.words.text(WHY_WITHHELD),
        withheld=withheld(made),
        goods=_goods(made, here.words),
        frozen=None,
        may_publish=_may_publish(here, chosen.partner),
        crosses=crossed and published.CrossesPublished(since=crossed.since, until=crossed.until).say(here.words),
        elsewhere=elsewhere,
        sent=sent,
        chosen=chosen,
        partners=partners,
        periods=_periods(here, chosen),
        csv=chosen.address(f"{HERE}.csv"),
    )


@get(f"{HERE}.csv", guards=[SEE], sync_to_thread=True)
def returns_csv(here: NamedDependency[Here]) -> Response[Any]:
    chosen = asked(here)
    with here.database.reading() as session:
        made = returns.make_return(session, chosen.scope(session), chosen.partner)
    return as_csv(_name(made), _tables(made, here.words))


@post(f"{HERE}/published", guards=[PUBLISH], sync_to_thread=True)
def publish_return(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Keep these figures as they are sent."""
    chosen = asked(here)

    def work(session: Any) -> int:
        if not _may_publish(here, chosen.partner):
            raise published.NotYoursToPublish()
        made = returns.make_return(session, chosen.scope(session), chosen.partner)
        return published.publish(session, made, chosen.partner, here.stamp())

    try:
        number = write_once(here, str(data.get("key", "")), chosen, work, int)
    except Refusal as refusal:
        return here.refused(chosen.address(HERE), refusal)
    return here.go(f"{HERE}/published/{number}", N_("These figures are kept as they are."))


@get(f"{HERE}/published/{{number:int}}", guards=[SEE], sync_to_thread=True)
def published_page(here: NamedDependency[Here], number: FromPath[int]) -> Response[Any]:
    with here.database.reading() as session:
        made = published.published_return(session, number)
        sent = published.published(session)
    return here.page(
        "pages/returns.html",
        made=made,
        crossed=[(here.words.text(sex), "number") for _, sex in SEXES.values()],
        why_withheld=here.words.text(WHY_WITHHELD),
        withheld=withheld(made),
        goods=_goods(made, here.words),
        may_publish=False,
        frozen=next(one for one in sent if one.id == number),
        elsewhere=[],
        sent=sent,
        chosen=Asked(made.since, made.until),
        partners=[],
        periods=[],
        csv=f"{HERE}/published/{number}/file.csv",
    )


@get(f"{HERE}/published/{{number:int}}/file.csv", guards=[SEE], sync_to_thread=True)
def published_csv(here: NamedDependency[Here], number: FromPath[int]) -> Response[Any]:
    with here.database.reading() as session:
        made = published.published_return(session, number)
    return as_csv(f"{_name(made)}-{number}", _tables(made, here.words))


def _may_publish(here: Here, partner_id: int | None) -> bool:
    """Each partner its own return; that of all together who works for all of them."""
    if partner_id is None:
        return bool(here.me.rights & {Right.COORDINATE, Right.MANAGE_ACCOUNTS})
    return PUBLISH.allows(here.me) and partner_id == here.me.organisation_id


def _tables(made: Return, words: Words) -> list[Table]:
    """One table a section: code, name, value, unit; what would point at few people is withheld, and said to be."""
    french = words.language == "fr"
    kept_back = withheld(made)
    said = words.text(N_("withheld"))
    headings = tuple(map(words.text, (N_("Code"), N_("Figure"), N_("Value"), N_("Unit"))))
    sections = [
        Table(
            section.name_fr if french else section.name_en,
            headings,
            tuple(
                (x.code, x.name_fr if french else x.name_en, said if x.code in kept_back else x.value, x.unit)
                for x in section.lines
            ),
        )
        for section in made.sections
        if section.lines
    ]
    return [*sections, Table(words.text(N_("Withheld")), (words.text(WHY_WITHHELD),), ())] if kept_back else sections


def _goods(made: Return, words: Words) -> dict[str, Goods]:
    """The tables of goods by their sections, a row each for what came in, went out and was lost of the same."""
    return {section.code: goods_of(section, words) for section in made.sections if section.code in OF_GOODS}


def goods_of(section: Section, words: Words) -> Goods:
    """Lines are named “what – how”: their names make the rows, what became of it the columns; others stay lines."""
    named = [((x.name_fr if words.language == "fr" else x.name_en), x) for x in section.lines]
    rows: dict[str, dict[str, Line]] = {}
    for name, x in named:
        row, dash, column = name.rpartition(DASH)
        if dash:
            rows.setdefault(row, {})[column] = x
    columns = tuple(dict.fromkeys(column for row in rows.values() for column in row))
    return Goods(columns, rows, [(name, x) for name, x in named if DASH not in name])


def _periods(here: Here, chosen: Asked) -> list[dict[str, Any]]:
    today = here.clock.today()
    quick = (
        (N_("Last month"), last_month(today)),
        (N_("Last quarter"), _last_quarter(today)),
        (N_("This year"), this_year(today)),
        (N_("Last year"), (dt.date(today.year - 1, 1, 1), dt.date(today.year - 1, 12, 31))),
    )
    return [
        {
            "label": here.words.text(label),
            "href": chosen.address(HERE, since=begins, until=ends),
            "current": (begins, ends) == (chosen.since, chosen.until),
        }
        for label, (begins, ends) in quick
    ]


def _last_quarter(today: dt.date) -> tuple[dt.date, dt.date]:
    """The whole quarter before today's.

    >>> _last_quarter(dt.date(2026, 11, 25))
    (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    """
    ends = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - dt.timedelta(days=1)
    return ends.replace(month=ends.month - 2, day=1), ends


def _name(made: Return) -> str:
    return f"returns-{made.since}-{made.until}"


ROUTES = [returns_page, returns_csv, publish_return, published_page, published_csv]
