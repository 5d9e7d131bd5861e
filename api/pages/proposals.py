"""The proposals made for a session: what each was worth, by which rules, and what changed from one to the next."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from sqlalchemy.orm import Session

from allocation import proposals
from allocation.board import cards, goods_by_code
from allocation.changes import Changes, changes
from allocation.problem import Plan, Policy
from allocation.proposals import BasketsConfirmed, PlanFigures
from allocation.tables import PlanRecord
from api.here import Here
from api.pages.plan import author_of, figure_rows, session_row, side_by_side
from api.replan import go_back
from api.security import May
from common.errors import NotFound
from common.words import N_, Term
from network.roles import Right

MAY = May(Right.MAKE_PLANS)
SHOWN = 20
"""Proposals of a session that its history shows, newest first."""

GOALS = {
    "waste": N_("what is lost"),
    "floor": N_("who is served least"),
    "mean": N_("the mean balance"),
    "lines": N_("lines to pack"),
}


def goals_in_order(here: Here, policy: Policy) -> list[str]:
    """Each goal in words, with what those below it may use up of it."""
    return [goal_within(here, level.goal, level.slack) for level in policy.levels]


def goal_within(here: Here, goal: str, slack: float) -> str:
    name = here.words.text(GOALS[goal])
    if not slack:
        return name
    return here.words.text(N_("%(goal)s (within %(slack)s)"), goal=name, slack=here.words.percent(slack, 1))


@dataclass
class Chosen:
    plan: int = 0
    visit: str = ""
    """The basket that is open on the board, and stays so."""


@get("/sessions/{session_id:int}/plan/history", guards=[MAY], sync_to_thread=True)
def history_page(here: NamedDependency[Here], session_id: FromPath[int]) -> Response[Any]:
    with here.database.reading() as session:
        row = session_row(session, session_id)
        made = proposals.made_for(session, session_id)[:SHOWN]
        baskets = cards(session, session_id).keys()
        by_id = {kept.id: _plan(kept) for kept in made}
        rows = [_row(here, session, kept, _against(by_id, kept, baskets)) for kept in made]
    return here.page("pages/plan_history.html", session=row, rows=rows)


@get("/sessions/{session_id:int}/plan/history/{plan_id:int}", guards=[MAY], sync_to_thread=True)
def changes_page(here: NamedDependency[Here], session_id: FromPath[int], plan_id: FromPath[int]) -> Response[Any]:
    """What this proposal changed, basket by basket, beside the one before."""
    with here.database.reading() as session:
        row = session_row(session, session_id)
        kept = _of_session(session, session_id, plan_id)
        before = None if kept.previous_id is None else proposals.get_proposal(session, kept.previous_id)
        by_card = cards(session, session_id)
        told = changes(_plan(before), _plan(kept), by_card.keys()) if before else None
        names = goods_by_code(session, {c.lot for c in told.lines} if told else ())
    return here.page(
        "pages/plan_changes.html",
        session=row,
        made_at=kept.made_at,
        changed=told,
        baskets=_by_basket(told, by_card, names),
        figures=side_by_side(_measured(before), _measured(kept)) if before else [],
    )


@post("/sessions/{session_id:int}/plan/restore", guards=[MAY], sync_to_thread=True)
def restore_proposal(
    here: NamedDependency[Here], session_id: FromPath[int], data: URLEncodedBody[Chosen]
) -> Response[Any]:
    """An older proposal counts again, with what had been decided by hand when it was made."""
    base = f"/sessions/{session_id}/plan"
    try:
        with here.database.writing() as session:
            _of_session(session, session_id, data.plan)
            go_back(session, data.plan, here.stamp())
    except BasketsConfirmed as refusal:
        return here.refused(base, refusal)
    return here.go(f"{base}?visit={quote(data.visit)}" if data.visit else base, N_("This proposal counts again."))


def _of_session(session: Session, session_id: int, plan_id: int) -> PlanRecord:
    kept = proposals.get_proposal(session, plan_id)
    if kept.session_id != session_id:
        raise NotFound(what=Term(N_("proposal")), id=plan_id)
    return kept


def _plan(kept: PlanRecord) -> Plan:
    return msgspec.convert(kept.plan, Plan)


def _measured(kept: PlanRecord) -> PlanFigures:
    return msgspec.convert(kept.figures, PlanFigures)


def _against(by_id: dict[int, Plan], kept: PlanRecord, baskets: Any) -> Changes | None:
    before = by_id.get(kept.previous_id or 0)
    return changes(before, by_id[kept.id], baskets) if before else None


def _row(here: Here, session: Session, kept: PlanRecord, changed: Changes | None) -> dict[str, Any]:
    hand = proposals.hand_of(kept)
    return {
        "id": kept.id,
        "made_at": kept.made_at,
        "author": author_of(session, kept),
        "state": kept.state,
        "figures": figure_rows(_measured(kept)),
        "goals": here.words.listing(goals_in_order(here, msgspec.convert(kept.instance["policy"], Policy))),
        "policy_from": kept.policy_from,
        "changed": changed,
        "fixed": len(hand.pins),
        "left_out": len(hand.bans),
        "absent": len(hand.absent),
        "first": len(hand.first),
        "reserve": hand.reserve_percent,
        "lines": hand.max_lines,
        "kinds": hand.most_baskets,
    }


def _by_basket(told: Changes | None, by_card: dict[str, str], names: dict[str, str]) -> list[dict[str, Any]]:
    """The changed baskets in the order of card numbers."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for change in told.lines if told else ():
        row = {"name": names.get(change.lot, change.lot), "before": change.before, "after": change.after}
        lines.setdefault(by_card[change.visit], []).append(row)
    return [{"card": card, "lines": lines[card]} for card in sorted(lines)]


ROUTES = [history_page, changes_page, restore_proposal]
