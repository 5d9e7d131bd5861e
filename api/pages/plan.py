"""The plan board: propose, look, fix or leave out by hand, confirm."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from sqlalchemy.orm import Session

from allocation import baskets, proposals
from allocation.baskets import NoLongerSuits, PlanOutdated
from allocation.board import INFANTS, Board, BoardBasket, BoardLine, LeftOver, board, cards, goods
from allocation.hand import Hand
from allocation.how_good import BEST, gaps, nothing_more_to_save
from allocation.problem import Bounds, Instance, Plan
from allocation.proposals import PlanFigures
from allocation.series import series
from allocation.sessions import SessionRow, get_session, list_sessions
from allocation.swaps import has_room
from allocation.tables import PlanRecord
from allocation.what_would_help import usual_goods, what_would_help
from allocation.why_not import BUDGET, HINDRANCES, Lack, why_lacking
from api.here import Here
from api.marks import marks
from api.pages.hand import amount, hand_rows
from api.replan import last_failure, propose_again, under_way
from api.security import May
from common.errors import Refusal
from common.jobs import JobState
from common.words import N_
from network.roles import Right
from network.tables import Account

MAY = May(Right.MAKE_PLANS)
WORTH_SAYING = 0.005
"""What closing a lack is worth is said where it would bring a household half a point nearer to what it could get."""
WAYS_SHOWN = 5


@dataclass
class Confirmation:
    plan: int = 0


@get("/sessions/{session_id:int}/plan", guards=[MAY], sync_to_thread=True)
def plan_page(
    here: NamedDependency[Here],
    session_id: FromPath[int],
    visit: FromQuery[str | None] = None,
    reserve: FromQuery[str | None] = None,
    lines: FromQuery[str | None] = None,
    seconds: FromQuery[str | None] = None,
) -> Response[Any]:
    """The board; wishes that were refused are in the address, as they were typed."""
    with here.database.reading() as session:
        row = session_row(session, session_id)
        job, failed = under_way(session, session_id), last_failure(session, session_id)
        kept = proposals.latest(session, session_id)
        shown = board(session, kept, here.clock.today()) if kept else None
        hand = proposals.hand_of(kept)
        base = f"/sessions/{session_id}/plan"
        decided = hand_rows(session, hand, cards(session, session_id), base, here)
        author = author_of(session, kept)
        may_take_back = baskets.may_take_back(session, session_id)
    return here.page(
        "pages/plan.html",
        session=row,
        plan=shown and {**_head(shown, author, hand), "may_take_back": may_take_back},
        job=job and job_part(here, job),
        figures=figure_rows(shown.figures) if shown else [],
        groups=_columns(here, shown),
        rows=_rows(here, shown, base),
        basket=_chosen(here, shown, kept, hand, visit, base),
        left=_left(here, shown, base),
        help=_help(kept, _columns(here, shown)) if row.state == "planned" else None,
        refused=[failed.why(here.words)] if failed and row.state == "planned" else [],
        hand={
            "rows": decided,
            "absent": len(hand.absent),
            "reserve": hand.reserve_percent if reserve is None else reserve,
            "lines": hand.max_lines if lines is None else lines,
            "seconds": hand.max_seconds if seconds is None else seconds,
            "open": bool(decided) or reserve is not None,
        },
    )


@post("/sessions/{session_id:int}/plan", guards=[MAY], sync_to_thread=True)
def propose_now(here: NamedDependency[Here], session_id: FromPath[int]) -> Response[Any]:
    """Ask for a proposal; what was fixed or left out by hand stays so."""
    return propose_again(here, session_id)


@post("/sessions/{session_id:int}/plan/confirm", guards=[MAY], sync_to_thread=True)
def confirm_plan(
    here: NamedDependency[Here], session_id: FromPath[int], data: URLEncodedBody[Confirmation]
) -> Response[Any]:
    base = f"/sessions/{session_id}/plan"
    try:
        with here.database.writing() as session:
            baskets.confirm(session, data.plan, here.stamp())
    except PlanOutdated as outdated:
        return _moved_meanwhile(here, session_id, outdated.data["lots"])
    except NoLongerSuits as changed:
        return propose_again(here, session_id, sentence=_changed_meanwhile(here, changed))
    except Refusal as refusal:
        return here.refused(base, refusal)
    return here.go(base, N_("The baskets are confirmed: their food is set aside."), undo=f"{base}/take-back")


def _moved_meanwhile(here: Here, session_id: int, lots: list[str]) -> Response[Any]:
    """Nothing was set aside: the baskets are proposed again with what is there now."""
    with here.database.reading() as session:
        named = goods(session, lots)
    sentence = N_(
        "These lots were used elsewhere or may no longer be given: %(lots)s. The baskets are being proposed again."
    )
    return propose_again(here, session_id, moved=lots, sentence=here.words.text(sentence, lots=named))


def _changed_meanwhile(here: Here, changed: NoLongerSuits) -> str:
    """Why the baskets are proposed again: what a household is given, or the goods, are not any more what they were."""
    sentence = N_("Something changed since this proposal: %(reasons)s The baskets are being proposed again.")
    return here.words.text(sentence, reasons=changed.reasons(here.words))


@post("/sessions/{session_id:int}/plan/take-back", guards=[MAY], sync_to_thread=True)
def take_back_plan(here: NamedDependency[Here], session_id: FromPath[int]) -> Response[Any]:
    base = f"/sessions/{session_id}/plan"
    try:
        with here.database.writing() as session:
            baskets.take_back(session, session_id, here.stamp())
    except Refusal as refusal:
        return here.refused(base, refusal)
    return here.go(base, N_("The confirmation is taken back: the food is free again."))


def session_row(session: Session, session_id: int) -> SessionRow:
    """The session as lists show it; raises NotFound."""
    planned = get_session(session, session_id)
    rows = list_sessions(session, planned.on, planned.on, planned.site_id)
    return next(row for row in rows if row.id == session_id)


def job_part(here: Here, job: JobState) -> dict[str, Any]:
    """A job as `pages/jobs.html` shows it."""
    told = job.progress
    return {
        "id": job.id,
        "label": here.words.text(N_("Proposing the baskets")),
        "sentence": here.words.text(_sentence(job)),
        "done": round(100 * told.get("share", 0)),
        "total": 100 if told else 0,
        "cancel": f"/jobs/{job.id}/cancel",
        "figures": _progress_figures(told) if told else None,
    }


def _sentence(job: JobState) -> str:
    if job.state == "waiting":
        return N_("Waiting for the planner…")
    if not job.progress:
        return N_("Reading the shelves and who is expected…")
    return N_("Looking for something better; the best so far is shown.")


def _progress_figures(told: dict[str, Any]) -> list[dict[str, Any]]:
    bounds = msgspec.convert(told.get("bounds", {}), Bounds)
    return [
        {"key": "lost", "value": told["waste_kg"], "bound": bounds.waste_kg, "usual": None},
        {"key": "floor", "value": told["floor"], "bound": bounds.floor, "usual": None},
        {"key": "mean", "value": told["mean"], "bound": bounds.mean, "usual": None},
    ]


def figure_rows(figures: PlanFigures) -> list[dict[str, Any]]:
    """The four figures beside their bounds and beside FEFO."""
    ours, usual, bounds = figures.ours, figures.usual, figures.bounds
    return [
        {"key": "lost", "value": ours.waste_kg, "bound": bounds.waste_kg, "usual": usual.waste_kg},
        {"key": "floor", "value": ours.floor, "bound": bounds.floor, "usual": usual.floor},
        {"key": "mean", "value": ours.mean, "bound": bounds.mean, "usual": usual.mean},
        {"key": "lines", "value": ours.lines, "bound": None, "usual": usual.lines},
    ]


def side_by_side(before: PlanFigures, now: PlanFigures) -> list[dict[str, Any]]:
    """The four figures, each with what it was before."""
    old = {row["key"]: row["value"] for row in figure_rows(before)}
    return [{**row, "before": old[row["key"]]} for row in figure_rows(now)]


def weakest(figures: PlanFigures) -> dict[str, Any] | None:
    """The goal that is furthest from what is possible, and by how much of that; None where it is not known."""
    ours = figures.ours
    of_goal = gaps(figures.bounds, ours.waste_kg, ours.floor, ours.mean)
    if of_goal is None:
        return None
    goal = max(of_goal, key=lambda key: of_goal[key])
    return {"goal": goal, "gap": max(0.0, of_goal[goal])}


def author_of(session: Session, kept: PlanRecord | None) -> str:
    """Who asked for a proposal; nothing where nobody did."""
    if kept is None or kept.made_by is None:
        return ""
    return session.get_one(Account, kept.made_by).name


def _head(shown: Board, author: str, hand: Hand) -> dict[str, Any]:
    return {
        "id": shown.plan_id,
        "state": shown.state,
        "made_at": shown.made_at,
        "author": author,
        "kg": sum(b.grams for b in shown.baskets) / 1000,
        # Nothing is proven about few kinds or few lots: the bounds are those of plans without that limit. A plan that
        # leaves room for what is announced is not held against plans that do not.
        "weakest": None if hand.most_baskets or hand.max_lines or shown.announced else weakest(shown.figures),
        "limited": bool(hand.most_baskets or hand.max_lines),
        "kept": sum(row.grams for row in shown.left_over),
        "disliked": max(0, round(1000 * shown.figures.ours.waste_kg) - sum(row.grams for row in shown.left_over)),
        "sessions": shown.sessions,
        "ends": shown.ends,
        "lines": sum(len(basket.lines) for basket in shown.baskets),
        "saved": nothing_more_to_save(shown.figures.bounds, shown.figures.ours.waste_kg),
        "best": shown.figures.status == BEST,
        "stopped": shown.figures.status.startswith("stopped"),
        "previous": shown.previous_id,
        "since": _since(shown),
        "moved": shown.moved,
        "announced": _announced(shown),
    }


def _since(shown: Board) -> dict[str, Any] | None:
    """What became of the proposal before, if there is one."""
    if shown.since is None:
        return None
    since = shown.since
    return {
        "changed": since.lines,
        "later": since.later,
        "decided": since.decided,
        "searched": since.same_problem,
        "figures": side_by_side(since.figures, shown.figures),
    }


def _announced(shown: Board) -> dict[str, Any] | None:
    """What it counts on that was not there, by when, and what it is worth then; None where nothing was announced."""
    if not shown.announced:
        return None
    return {
        "grams": sum(one.grams for one in shown.announced),
        "last": max(one.on for one in shown.announced),
        "worth": shown.figures.if_it_comes,
    }


def _columns(here: Here, shown: Board | None) -> list[dict[str, str]]:
    if shown is None:
        return []
    return [{"id": g.id, "name": here.name_of(g), "pictogram": g.pictogram} for g in shown.groups]


def _rows(here: Here, shown: Board | None, base: str) -> list[dict[str, Any]]:
    """Worst served first."""
    if shown is None:
        return []
    letter = _letters(shown)
    return [
        {
            "visit": b.basket,
            "card": b.card,
            "series": letter.get(b.basket, ""),
            "people": b.persons,
            "served": b.relative,
            "marks": marks(here.words, b.excludes, b.lacks),
            "covered": {cell.group: cell.filled if cell.need else None for cell in b.cells},
            "href": f"{base}?visit={b.basket}#basket",
        }
        for b in _worst_first(shown)
    ]


def _letters(shown: Board) -> dict[str, str]:
    """The letter of the series each basket is one of."""
    return series({b.basket: frozenset((line.lot, line.units) for line in b.lines) for b in shown.baskets if b.lines})


def _worst_first(shown: Board) -> list[BoardBasket]:
    return sorted(shown.baskets, key=lambda b: (b.relative, b.card))


def _chosen(
    here: Here, shown: Board | None, kept: PlanRecord | None, hand: Hand, visit: str | None, base: str
) -> dict[str, Any] | None:
    if shown is None or kept is None:
        return None
    order = _worst_first(shown)
    at = next((i for i, b in enumerate(order) if b.basket == visit), None)
    if at is None:
        return None
    chosen = order[at]
    instance, plan = msgspec.convert(kept.instance, Instance), msgspec.convert(kept.plan, Plan)
    pinned = {(p.visit, p.lot) for p in hand.pins}
    names = {g.id: here.name_of(g) for g in shown.groups}
    letters = _letters(shown)
    letter = letters.get(chosen.basket, "")

    def hand_base(line: BoardLine) -> str:
        return f"{base}/baskets/{chosen.basket}/{line.lot}"

    return {
        "visit": chosen.basket,
        "card": chosen.card,
        "series": letter,
        "alike": list(letters.values()).count(letter),
        "people": chosen.persons,
        "served": chosen.relative,
        "marks": marks(here.words, chosen.excludes, chosen.lacks),
        "grams": chosen.grams,
        "carry": instance.visit_by_id[chosen.basket].max_grams,
        "spent": _spent(instance, plan, chosen.basket),
        "absent": f"{base}/visits/{chosen.basket}/absent" if shown.state == "draft" else None,
        "add": f"{base}/baskets/{chosen.basket}/add"
        if shown.state == "draft" and has_room(instance, plan, chosen.basket)
        else None,
        "previous": f"{base}?visit={order[at - 1].basket}#basket" if at else None,
        "next": f"{base}?visit={order[at + 1].basket}#basket" if at + 1 < len(order) else None,
        "lacks": _lacks(here, instance, plan, chosen.basket, names),
        "lines": [
            _line(
                here,
                line,
                names,
                (chosen.basket, line.lot) in pinned,
                hand_base(line) if shown.state == "draft" else None,
            )
            for line in chosen.lines
        ],
    }


def _spent(instance: Instance, plan: Plan, visit: str) -> float | None:
    """The share of the visit's budget that its basket costs; None where nothing is paid."""
    budget = instance.visit_by_id[visit].budget_cents
    cents = sum(g.units * instance.lot_by_id[g.lot].price_cents for g in plan.give if g.visit == visit)
    return cents / budget if budget else None


def _lacks(here: Here, instance: Instance, plan: Plan, visit: str, names: dict[str, str]) -> list[dict[str, Any]]:
    """What this basket leaves short, why, and what closing the gap would be worth."""
    usual = usual_goods(instance)
    infant = instance.household_by_id[instance.visit_by_id[visit].household].infant

    def cost(lack: Lack) -> int | None:
        if lack.hindrance != BUDGET or lack.group not in usual:
            return None
        return round(lack.grams * usual[lack.group].cents_per_gram)

    return [
        {
            "group": names[lack.group],
            "filled": lack.filled,
            "grams": lack.grams,
            "why": here.words.text(HINDRANCES[lack.hindrance]),
            "worth": lack.worth if lack.worth >= WORTH_SAYING else None,
            "cost": cost(lack),
        }
        for lack in why_lacking(instance, plan, instance.visit_by_id[visit])
        if lack.group != INFANTS or infant
    ]


def _help(kept: PlanRecord | None, groups: list[dict[str, str]]) -> dict[str, Any] | None:
    """What would lift those served least by a point, the least food first; None where nothing alone would."""
    if kept is None:
        return None
    told = what_would_help(msgspec.convert(kept.instance, Instance), msgspec.convert(kept.plan, Plan))
    names = {group["id"]: group["name"] for group in groups}
    ways = [
        {"group": names[way.group], "grams": way.grams, "households": way.households, "cents": way.cents}
        for way in told.ways[:WAYS_SHOWN]
        if way.group in names
    ]
    return {"floor": told.floor, "target": told.target, "ways": ways} if ways else None


def _left(here: Here, shown: Board | None, base: str) -> list[dict[str, Any]]:
    """What nobody gets before its last day, and why not."""
    return [
        {
            "name": row.product,
            "pictogram": row.pictogram,
            "href": f"/stock/lots/{row.lot}",
            "last_day": row.last_day,
            "grams": row.grams,
            "why": [said_of(here, reason.why, reason.households) for reason in row.why_not[:3]],
            "first": f"{base}/lots/{row.lot}/first" if _can_go_first(row, shown) else None,
        }
        for row in (shown.left_over if shown else ())
        if shown
    ]


def _can_go_first(row: LeftOver, shown: Board) -> bool:
    """Somebody comes for it, and it is still to be decided."""
    return shown.state == "draft" and not row.first and any(reason.households for reason in row.why_not)


def said_of(here: Here, why: str, households: int) -> str:
    """What stands in the way of a lot, and of how many households."""
    phrase = here.words.text(why)
    if not households:
        return phrase
    return here.words.plural("%(n)s household: %(why)s", "%(n)s households: %(why)s", households, why=phrase)


def _line(here: Here, line: BoardLine, names: dict[str, str], pinned: bool, hand: str | None) -> dict[str, Any]:
    """`hand` is where the manager's hand on this line is posted to, None once the baskets are confirmed."""
    return {
        "name": line.product,
        "pictogram": line.pictogram,
        "quantity": amount(line),
        "units": line.units,
        "measure": line.measure,
        "grams": line.grams,
        "last_day": line.last_day,
        "group": line.group,
        "why": here.words.text(line.why, **{**line.facts, "group": names[line.group]}) if line.why else "",
        "pinned": pinned,
        "pin": f"{hand}/pin" if hand and not pinned else None,
        "lift": f"{hand}/lift" if hand and pinned else None,
        "ban": f"{hand}/ban" if hand else None,
        "swap": f"{hand}/swap" if hand else None,
    }


ROUTES = [plan_page, propose_now, confirm_plan, take_back_plan]
