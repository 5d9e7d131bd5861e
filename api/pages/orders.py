"""What each order of the goals would have done on a site's own past weeks, for the partners' council to look at."""

import datetime as dt
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from allocation import council
from allocation.council import VOTED, order_in_force
from allocation.past import has_past
from allocation.problem import Policy
from allocation.simulation import ORDERS, Report, loosened, order_of
from api.amounts import day_typed, number_typed
from api.here import Here
from api.pages.proposals import GOALS, goal_within, goals_in_order
from api.security import May
from api.unchanged import mark_of, refuse_changed
from api.writing import write_once
from common import jobs
from common.errors import Refusal
from common.jobs import JobState
from common.tables import Job
from common.words import N_
from network import partners
from network.parameters import all_set, in_force_since
from network.roles import Right
from network.tables import Site

MAY, MAY_VOTE = May(Right.MAKE_PLANS), May(Right.COORDINATE)
DAYS = (28, 56, 84)
"""How far back the council may look."""
HABIT = "fefo"
"""The first of the ways, which the others are told beside."""
LOOK_BACK = 50
LOOSER = (2, 5, 10)
"""What every goal may give up to those below it, in per cent, in one more way that is replayed."""
VOTES = tuple(">".join(goals) for goals in permutations(VOTED))


@dataclass
class Asked:
    site: int = 0
    days: int = DAYS[1]
    slack: int = LOOSER[1]


class Looked(Struct, frozen=True):
    """What the last replay was asked with."""

    days: int = DAYS[1]
    slack: int = LOOSER[1]


@dataclass
class Vote:
    """As typed; the slacks in per cent, by goal."""

    order: str = ""
    waste: str = ""
    floor: str = ""
    mean: str = ""
    valid_from: str = ""
    source: str = ""
    key: str = ""
    seen: str = ""


@get("/orders", guards=[MAY], sync_to_thread=True)
def orders_page(here: NamedDependency[Here], site: FromQuery[int | None] = None) -> Response[Any]:
    return _page(here, site)


def _page(
    here: Here, site: int | None = None, typed: Vote | None = None, refusal: Refusal | None = None
) -> Response[Any]:
    with here.database.reading() as session:
        sites = [(s.id, s.name) for s in session.scalars(select(Site).order_by(Site.name)) if has_past(session, s.id)]
        chosen = site or here.me.site_id or (sites[0][0] if sites else None)
        job = _last(session, chosen)
        policy = order_in_force(session, here.clock.today())
        votes = all_set(session, council.NAME)
        since = in_force_since(session, council.NAME, here.clock.today())
    now = order_of(policy)
    report = msgspec.convert(job.result["report"], Report) if job and job.state == "done" and job.result else None
    return here.page(
        "pages/orders.html",
        status=refusal.kind.value if refusal else 200,
        sites=sites,
        chosen=chosen,
        days=[(n, here.words.plural("%(n)s week", "%(n)s weeks", n // 7)) for n in DAYS],
        slacks=[(n, here.words.percent(n / 100)) for n in LOOSER],
        asked=msgspec.convert(job.payload if job else {}, Looked),
        job=_progress(here, job) if job and not job.ended else None,
        refused=job.why(here.words) if job else "",
        period=None if job is None or report is None else [dt.date.fromisoformat(d) for d in job.result["period"]],
        report=report,
        rows=_rows(here, report, now) if report else [],
        vote=_vote(here, policy, since, votes, typed),
        refusal=refusal.say(here.words) if refusal else None,
    )


def _vote(
    here: Here, policy: Policy, since: dt.date | None, votes: list[tuple[dt.date, Any]], typed: Vote | None
) -> dict[str, Any]:
    """What is in force, what was voted for a later day, and the form for what the council decides."""
    slack: dict[str, float] = {level.goal: level.slack for level in policy.levels}
    return {
        "goals": goals_in_order(here, policy),
        "since": since,
        "later": [
            (day, here.words.listing(goals_in_order(here, msgspec.convert(said, Policy))))
            for day, said in votes
            if day > here.clock.today()
        ],
        "may": Right.COORDINATE in here.me.rights,
        "orders": [(order, _named(here, order)) for order in VOTES],
        "order": typed.order if typed else ">".join(g.goal for g in policy.levels if g.goal in VOTED),
        "slack": [
            (goal, here.words.text(GOALS[goal]), getattr(typed, goal) if typed else _per_cent(here, slack.get(goal, 0)))
            for goal in VOTED
        ],
        "valid_from": typed.valid_from if typed else here.clock.today().isoformat(),
        "source": typed.source if typed else "",
        "mark": mark_of(votes),
    }


def _per_cent(here: Here, share: float) -> str:
    return here.words.number(round(100 * share, 1))


@post("/orders/vote", guards=[MAY_VOTE], sync_to_thread=True)
def vote_order(here: NamedDependency[Here], data: URLEncodedBody[Vote]) -> Response[Any]:
    """The order the council chose, from a day on; a refusal shows the page again with what was typed."""

    def work(session: Session) -> bool:
        refuse_changed(here, session, data.seen, lambda: all_set(session, council.NAME))
        goals = data.order.split(">")
        slack = [_share_typed(getattr(data, goal, ""), goal) for goal in goals]
        day = day_typed(data.valid_from, "valid_from") or here.clock.today()
        council.vote(session, goals, slack, day, data.source.strip()[:200], here.stamp())
        return True

    try:
        write_once(here, data.key, msgspec.to_builtins(data), work, bool)
    except Refusal as refusal:
        return _page(here, typed=data, refusal=refusal)
    return here.go("/orders", N_("The order is written down: proposals made from that day on keep to it."))


def _share_typed(typed: str, goal: str) -> float:
    number = number_typed(typed.strip().removesuffix("%"), goal, "2")
    return 0.0 if number is None else float(number) / 100


@post("/orders", guards=[MAY], sync_to_thread=True)
def replay_orders(here: NamedDependency[Here], data: URLEncodedBody[Asked]) -> Response[Any]:
    """Ask for the replay; one that is under way for the site is left to end."""
    with here.database.writing() as session:
        site = partners.site(session, data.site)
        days = data.days if data.days in DAYS else DAYS[1]
        policy = order_in_force(session, here.clock.today())
        slack = data.slack if data.slack in LOOSER else LOOSER[1]
        ways = [HABIT, *dict.fromkeys((order_of(policy), *ORDERS, order_of(loosened(policy, slack / 100))))]
        busy = _last(session, site.id)
        job_id = None
        if busy is None or busy.ended:
            payload = {"site_id": site.id, "days": days, "slack": slack, "ways": ways}
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
    """An order in words; what those below a goal may use up is said where it is not the usual."""
    said = [level.partition(":") for level in order.split(">")]
    return " › ".join(goal_within(here, goal, float(slack or 0)) for goal, _, slack in said)


ROUTES = [orders_page, replay_orders, vote_order]
