"""A shop's plan made again after one decision: lines that have to change, lines that do, and what it costs.

.venv/bin/python -m benchmarks.again --family shop --seed 200
"""

import argparse
import time
from collections import Counter

from allocation.again import Before, plan_again
from allocation.changes import changes
from allocation.check import check
from allocation.figures import figures
from allocation.generate import FAMILIES, generate
from allocation.hand import Hand, apply
from allocation.problem import Ban, Instance, Plan
from allocation.solve import solve


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--family", default="shop", choices=FAMILIES)
    asked.add_argument("--seed", type=int, default=200)
    told = asked.parse_args()
    problem = generate(told.seed, FAMILIES[told.family])
    made = solve(problem)
    print("| decision | have to change | change | of | waste kg | floor | mean | CPU s |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    print(row("(the plan before)", 0, changes(made, made, problem.visit_by_id).of, problem, made, 0, 0.0))
    for name, hand in decisions(made).items():
        again(name, Before(problem, made), problem, hand)
    for name, first, then in TWICE:
        before = again("", Before(problem, made), problem, first)
        again(name, before, problem, then)


TWICE = (
    ("a tenth kept back, then nothing", Hand(reserve_percent=10), Hand()),
    ("27 lots a basket, then as many as fit", Hand(max_lines=27), Hand()),
)


def decisions(made: Plan) -> dict[str, Hand]:
    line = made.give[len(made.give) // 2]
    return {
        "nothing": Hand(),
        "a line left out": Hand(bans=(Ban(line.visit, line.lot),)),
        "a household away": Hand(absent=(line.visit,)),
        "a tenth kept back": Hand(reserve_percent=10),
        "at most 27 lots a basket": Hand(max_lines=27),
    }


def again(name: str, before: Before, problem: Instance, hand: Hand) -> Before:
    now, began = apply(problem, hand), time.process_time()
    plan = plan_again(before, now, hand).plan
    spent = time.process_time() - began
    broken = check(now, plan)
    if broken:
        raise SystemExit(str(broken[0]))
    if name:
        told = changes(before.plan, plan, now.visit_by_id)
        print(row(name, required(now, before.plan), told.of, now, plan, len(told.lines), spent))
    return Before(now, plan, hand)


def required(now: Instance, made: Plan) -> int:
    """Lines that cannot stay: of lots of which there is too little, the largest first, or beyond a basket's most."""
    gone = 0
    for lot in now.lots:
        units = sorted((g.units for g in made.give if g.lot == lot.id and g.visit in now.visit_by_id), reverse=True)
        over = sum(units) - lot.units
        while over > 0:
            over -= units.pop(0)
            gone += 1
    lots = Counter(g.visit for g in made.give)
    banned = {(ban.visit, ban.lot) for ban in now.bans}
    left_out = sum((g.visit, g.lot) in banned for g in made.give)
    return gone + left_out + sum(max(0, lots[visit.id] - visit.max_lines) for visit in now.visits)


def row(name: str, needed: int, of: int, now: Instance, plan: Plan, changed: int, spent: float) -> str:
    worth = figures(now, plan)
    of_plan = f"{needed} | {changed} | {of} | {worth.waste_kg:.1f} | {worth.floor:.4f} | {worth.mean:.4f}"
    return f"| {name} | {of_plan} | {spent:.1f} |"


if __name__ == "__main__":
    main()
