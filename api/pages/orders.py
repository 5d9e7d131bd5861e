"""What each order of the goals would have done on a site's own past weeks, for the partners' council to look at."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation.past import has_past
from allocation.propose import rules_in_force
from allocation.simulation import ORDERS, Report, order_of
from api.here import Here
from api.pages.proposals import GOALS
from api.security import May
from common import jobs
from common.jobs import JobState
from common.tables import Job
from common.words import N_
from network import partners
from network.roles import Right
from network.tables import Site

MAY = May(Right.MAKE_PLANS)
DAYS = (28, 56, 84)
"""How far back the council may look."""
HABIT = "fefo"
"""The first of the ways, which the others are told beside."""
LOOK_BACK = 50


@dataclass
class Asked:
    site: int = 0
    days: int = DAYS[1]


@get("/orders", guards=[MAY], sync_to_thread=True)
def orders_page(here: NamedDependency[Here], site: FromQuery[int | None] = None) -> Response[Any]:
    with here.database.reading() as session:
        sites = [(s.id, s.name) for s in session.scalars(select(Site).order_by(Site.name)) if has_past(session, s.id)]
        chosen = site or here.me.site_id or (sites[0][0] if sites else None)
        job = _last(session, chosen)
        now = order_of(rules_in_force(session, here.clock.today()).policy)
    report = msgspec.convert(job.result["report"], Report) if job and job.state == "done" and job.result else None
    return here.page(
        "pages/orders.html",
        sites=sites,
        chosen=chosen,
        days=[(n, here.words.plural("%(n)s week", "%(n)s weeks", n // 7)) for n in DAYS],
        asked=job.payload if job else {"days": DAYS[1]},
        job=_progress(here, job) if job and not job.ended else None,
        refused=job.why(here.words) if job else "",
        period=None if job is None or report is None else [dt.date.fromisoformat(d) for d in job.result["period"]],
        report=report,
        rows=_rows(here, report, now) if report else [],
    )


@post("/orders", guards=[MAY], sync_to_thread=True)
def replay_orders(here: NamedDependency[Here], data: URLEncodedBody[Asked]) -> Response[Any]:
    """Ask for the replay; one that is under way for the site is left to end."""
    with here.database.writing() as session:
        site = partners.site(session, data.site)
        days = data.days if data.days in DAYS else DAYS[1]
        now = order_of(rules_in_force(session, here.clock.today()).policy)
        ways = [HABIT, *dict.fromkeys((now, *ORDERS))]
        busy = _last(session, site.id)
        job_id = None
        if busy is None or busy.ended:
            payload = {"site_id": site.id, "days": days, "ways": ways}
            job_id = jobs.ask(session, "simulate", payload, here.stamp())
    if job_id is not None:
        here.house.transport.wake(here.database, job_id)
    return here.go(f"/orders?site={data.site}")


def _last(session: Session, site_id: int | None) -> JobState | None:
    """The last replay that was asked for at this site."""
    query = select(Job.id, Job.payload).where(Job.kind == "simulate").order_by(Job.id.desc()).limit(LOOK_BACK)
    found = next((job_id for job_id, payload in session.execute(query) if payload["site_id"] == site_id), None)
    return None if found is None else jobs.state_of(session, found)


def _progress(here: Here, job: JobState) -> dict[str, Any]:
    return {"done": round(100 * job.progress.get("share", 0)), "label": here.words.text(N_("Replaying"))}


def _rows(here: Here, report: Report, now: str) -> list[dict[str, Any]]:
    """A row for each way: its name in words, its figures, and what it does to food and people beside habit."""
    habit = next(told.figures for told in report.ways if told.way == HABIT)
    return [
        {
            "name": here.words.text(N_("As usual: shortest dates first"))
            if told.way == HABIT
            else _named(here, told.way),
            "current": told.way == now,
            "figures": {name: figure.mean for name, figure in told.figures.items()},
            "saved": habit["waste_kg"].mean - told.figures["waste_kg"].mean,
            "lifted": told.figures["floor"].mean - habit["floor"].mean,
            "habit": told.way == HABIT,
            "people": told.people,
        }
        for told in report.ways
    ]


def _named(here: Here, order: str) -> str:
    goals: Sequence[str] = order.split(">")
    return " › ".join(here.words.text(GOALS[goal]) for goal in goals)


ROUTES = [orders_page, replay_orders]
