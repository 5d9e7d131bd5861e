"""The waste report: one page to look at, one PDF to print, the same figures."""

import datetime as dt
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from allocation.impact import Factors
from allocation.waste import WasteReport, waste_report
from api.documents import waste_on_paper
from api.here import Here
from api.paper import pdf
from api.periods import last_month, period, this_month, this_year
from api.security import May
from common.words import N_
from labels.waste import waste_report as waste_paper
from network.partners import network_name, sites
from network.roles import Right

MAY = May(Right.SEE_REPORTS)


@get("/waste", guards=[MAY], sync_to_thread=True)
def waste_page(
    here: NamedDependency[Here], since: FromQuery[str] = "", until: FromQuery[str] = "", site: FromQuery[str] = ""
) -> Response[Any]:
    first, last = _period(here, since, until)
    with here.database.reading() as session:
        report = waste_report(session, first, last, Factors(), _site(site))
        places = [(s.id, s.name) for s in sites(session)]
    return here.page(
        "pages/waste.html",
        report=report,
        chosen={"since": first, "until": last, "site": _site(site) or ""},
        sites=places,
        periods=_periods(here, first, last, site),
        pdf=f"/waste.pdf?since={first}&until={last}&site={site}",
        next=_what_next(here, report),
    )


@get("/waste.pdf", guards=[MAY], sync_to_thread=True)
def waste_pdf(
    here: NamedDependency[Here], since: FromQuery[str] = "", until: FromQuery[str] = "", site: FromQuery[str] = ""
) -> Response[Any]:
    first, last = _period(here, since, until)
    today = here.clock.today()
    with here.database.reading() as session:
        report = waste_report(session, first, last, Factors(), _site(site))
        paper = waste_on_paper(report, network_name(session, today), today, here.words)
    return pdf(f"waste-{first}-{last}.pdf", lambda: waste_paper(paper, here.words))


def _period(here: Here, since: str, until: str) -> tuple[dt.date, dt.date]:
    return period(_day(since), _day(until), here.clock.today())


def _day(text: str) -> dt.date | None:
    """A day from the address; what is no day counts as not chosen."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _site(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _periods(here: Here, first: dt.date, last: dt.date, site: str) -> list[dict[str, Any]]:
    today = here.clock.today()
    choices = (
        (N_("Last four weeks"), period(None, None, today)),
        (N_("This month"), this_month(today)),
        (N_("Last month"), last_month(today)),
        (N_("This year"), this_year(today)),
    )
    return [
        {
            "label": here.words.text(label),
            "href": f"/waste?since={begins}&until={ends}&site={site}",
            "current": (begins, ends) == (first, last),
        }
        for label, (begins, ends) in choices
    ]


def _what_next(here: Here, report: WasteReport) -> list[dict[str, str]]:
    """What the figures suggest doing: at most three things, each a link."""
    advice: list[dict[str, str]] = []
    if report.causes and report.causes[0].key == "date":
        said = N_("Most of what is lost has passed its date: look every morning at what is to be saved.")
        advice.append({"text": here.words.text(said), "href": "/at-risk"})
    worst = next((family for family in report.families if family.lost), None)
    if worst is not None:
        said = N_("%(family)s is lost most: give more of it at once, or ask the donor for less.")
        advice.append({"text": here.words.text(said, family=here.name_of(worst)), "href": f"/stock?family={worst.key}"})
    missed = report.visits_absent / max(report.visits_absent + report.visits_served, 1)
    if missed > 0.1:
        said = N_("%(share)s of the baskets were not collected: a reminder the day before helps.")
        advice.append({"text": here.words.text(said, share=here.words.percent(missed)), "href": "/sessions"})
    return advice[:3]


ROUTES = [waste_page, waste_pdf]
