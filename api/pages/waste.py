"""The waste report: one page to look at, one PDF to print, tables to take away, the same figures in all."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from sqlalchemy.orm import Session

from allocation import habit
from allocation.impact import Factors
from allocation.waste import WasteReport, waste_report
from api.documents import waste_on_paper
from api.here import Here
from api.paper import pdf
from api.scopes import Asked, asked, choices, periods
from api.security import May
from api.spreadsheets import as_csv, as_xlsx
from api.waste_tables import MEASURE_NAMES, replayed_said, waste_tables
from api.writing import write_once
from common import jobs
from common.jobs import JobState
from common.words import N_
from labels.waste import waste_report as waste_paper
from network.partners import network_name
from network.roles import Right

MAY, COMPARE = May(Right.SEE_REPORTS), May(Right.MAKE_PLANS)


@get("/waste", guards=[MAY], sync_to_thread=True)
def waste_page(here: NamedDependency[Here]) -> Response[Any]:
    chosen = asked(here)
    with here.database.reading() as session:
        seen = chosen.scope(session)
        report = waste_report(session, seen, Factors())
        job = habit.last_replay(session, seen) if seen.of_all_goods else None
        offered: dict[str, Any] = choices(here, session)
    return here.page(
        "pages/waste.html",
        report=report,
        beside=_beside(here, report, job),
        measures=[(m, here.words.text(MEASURE_NAMES[m.key])) for m in report.measures],
        chosen=chosen,
        periods=periods(here, chosen, "/waste"),
        next=_what_next(here, report, chosen),
        **offered,
    )


@post("/waste/habit", guards=[COMPARE], sync_to_thread=True)
def ask_for_habit(here: NamedDependency[Here], data: URLEncodedBody[dict[str, Any]]) -> Response[Any]:
    """Ask what habit would have lost in this period; a replay of it that is under way is left to end."""
    chosen = asked(here)

    def work(session: Session) -> int:
        seen = chosen.scope(session)
        busy = habit.last_replay(session, seen)
        if busy is not None and not busy.ended:
            return busy.id
        return jobs.ask(session, habit.REPLAY, habit.question(seen), here.stamp())

    job_id = write_once(here, str(data.get("key", "")), chosen, work, int)
    here.house.transport.wake(here.database, job_id)
    return here.go(chosen.address("/waste") + "#habit")


@get("/waste.pdf", guards=[MAY], sync_to_thread=True)
def waste_pdf(here: NamedDependency[Here]) -> Response[Any]:
    chosen, today = asked(here), here.clock.today()
    with here.database.reading() as session:
        report = waste_report(session, chosen.scope(session), Factors())
        paper = waste_on_paper(report, network_name(session, today), today, here.words)
    return pdf(f"{_name(chosen)}.pdf", lambda: waste_paper(paper, here.words))


@get("/waste.csv", guards=[MAY], sync_to_thread=True)
def waste_csv(here: NamedDependency[Here]) -> Response[Any]:
    chosen = asked(here)
    return as_csv(_name(chosen), waste_tables(_report(here, chosen), here.words))


@get("/waste.xlsx", guards=[MAY], sync_to_thread=True)
def waste_xlsx(here: NamedDependency[Here]) -> Response[Any]:
    chosen = asked(here)
    return as_xlsx(_name(chosen), waste_tables(_report(here, chosen), here.words))


def _report(here: Here, chosen: Asked) -> WasteReport:
    with here.database.reading() as session:
        return waste_report(session, chosen.scope(session), Factors())


def _beside(here: Here, report: WasteReport, job: JobState | None) -> dict[str, Any]:
    """What habit would have lost, or how far its replay is, or why it could not be made."""
    replayed = report.habit.replayed if report.habit else None
    busy = job is not None and not job.ended
    return {
        "said": replayed_said(replayed, here.words) if replayed else [],
        "done": round(100 * job.progress.get("share", 0)) if job and busy else None,
        "refused": job.why(here.words) if job else "",
    }


def _name(chosen: Asked) -> str:
    return f"waste-{chosen.since}-{chosen.until}"


def _what_next(here: Here, report: WasteReport, chosen: Asked) -> list[dict[str, str]]:
    """What the figures suggest doing: at most four things, each a link for who may follow it."""
    advice: list[dict[str, str]] = []
    if report.causes and report.causes[0].key == "date":
        said = N_("Most of what is lost has passed its date: look every morning at what is to be saved.")
        advice.append({"text": here.words.text(said), "href": "/at-risk", "right": Right.SEE_STOCK})
    worst = next((family for family in report.families if family.lost), None)
    if worst is not None:
        said = N_("%(family)s is lost most: give more of it at once, or ask the donor for less.")
        text = here.words.text(said, family=here.name_of(worst))
        advice.append({"text": text, "href": f"/stock?family={worst.key}", "right": Right.SEE_STOCK})
    if giver := _short_lived(report):
        said = N_("Of what %(donor)s gives, %(share)s is lost: speak with them of dates and quantities.")
        href = chosen.address("/waste", donor=giver.key)
        text = here.words.text(said, donor=giver.name_fr, share=here.words.percent(giver.grams / giver.of_grams))
        advice.append({"text": text, "href": href, "right": Right.SEE_REPORTS})
    missed = report.visits_absent / max(report.visits_absent + report.visits_served, 1)
    if missed > 0.1:
        said = N_("%(share)s of the baskets were not collected: a reminder the day before helps.")
        text = here.words.text(said, share=here.words.percent(missed))
        advice.append({"text": text, "href": "/sessions", "right": Right.SEE_CARDS})
    return advice


def _short_lived(report: WasteReport) -> Any:
    """The donor of whose gifts most is lost, where that is more than one part in ten."""
    lossy = [d for d in report.donors if d.of_grams > 0 and d.grams > d.of_grams / 10]
    return max(lossy, key=lambda d: d.grams / d.of_grams, default=None)


ROUTES = [waste_page, ask_for_habit, waste_pdf, waste_csv, waste_xlsx]
