"""The till without network minds how much suits as the check of a plan does."""

import datetime as dt
from random import Random
from typing import Any

import pytest

from allocation.check import check
from allocation.choice import breaches, with_more
from allocation.problem import Give, Group, Household, Instance, Lot, Plan, Visit
from allocation.till_kit import RATE, unfit
from tests.browser.conftest import Opening

pytestmark = pytest.mark.browser

TODAY = dt.date(2026, 11, 27)
GROUPS = ("fruit", "dairy", "starch")
JUDGE = """async (cases) => {
  const { breach, opened } = await import("/static/js/counter/till.js");
  return cases.map(({ till, basket, lot, today }) => {
    const known = opened(till, 1);
    return breach(known, new Map(basket), known.lot.get(lot), today);
  });
}"""


def shop(chance: Random) -> Instance:
    """One visit to a shop where little of each thing suits: every limit is near."""
    excludes, lacks = chance.choice([(), ("pork",)]), chance.choice([(), ("fridge",)])
    household = Household("H", 1.0, excludes=excludes, lacks=lacks)
    visit = Visit(
        id="V",
        household="H",
        site="shop",
        date=TODAY,
        need=dict.fromkeys(GROUPS, 1000),
        cap={group: chance.randrange(0, 4000, 500) for group in GROUPS},
        eat_per_day={group: chance.randrange(0, 600, 100) for group in GROUPS},
        max_grams=chance.randrange(1000, 9000, 500),
        channel="shop",
        budget_cents=chance.choice([None, 0, 150, 400]),
    )
    lots = tuple(_lot(chance, f"L{n}") for n in range(8))
    return Instance(
        name="shop",
        today=TODAY,
        ends=TODAY + dt.timedelta(days=20),
        groups=tuple(Group(group, 1.0) for group in GROUPS),
        sites=("shop",),
        households=(household,),
        visits=(visit,),
        lots=lots,
    )


def _lot(chance: Random, name: str) -> Lot:
    return Lot(
        id=name,
        site="shop",
        product=name,
        group=chance.choice(GROUPS),
        unit_grams=chance.choice([100, 500, 1000]),
        units=50,
        available_from=TODAY,
        last_day=TODAY + dt.timedelta(days=chance.randrange(12)),
        use_by=chance.random() < 0.6,
        contains=chance.choice([(), (), (), ("pork",)]),
        needs=chance.choice([(), (), (), ("fridge",)]),
        infant_only=chance.random() < 0.1,
        price_cents=chance.choice([0, 30, 90]),
        channels=chance.choice([("free", "shop"), ("free", "shop"), ("free",)]),
        max_per_visit=chance.choice([1, 3, 9]),
    )


def as_kit(problem: Instance, base: Plan) -> dict[str, Any]:
    (visit,) = problem.visits
    lots = [
        {
            "code": lot.id,
            "product": lot.product,
            "group": lot.group,
            "last_day": lot.last_day.isoformat(),
            "measure": "unit",
            "use_by": lot.use_by,
            "portion": 1,
            "portion_grams": lot.unit_grams,
            "most": lot.max_per_visit,
            "value_cents": lot.price_cents,
            "source": "any",
        }
        for lot in problem.lots
    ]
    told = {
        "visit_id": 1,
        "rates": {"any": RATE},
        "unfit": {str(rule): found for rule, found in unfit(problem, base).items()},
        "carry_grams": visit.max_grams,
        "budget_cents": visit.budget_cents,
        "cap": visit.cap,
        "eat_per_day": visit.eat_per_day,
    }
    return {"identifiers": [], "lots": lots, "visits": [told]}


def test_the_browser_refuses_what_the_check_refuses_by_the_same_rule(open_page: Opening) -> None:
    chance, cases, expected = Random(20261127), list[dict[str, Any]](), list[int]()
    for _ in range(120):
        problem = shop(chance)
        some = chance.sample(problem.lots, chance.randrange(5))
        base = Plan("shop", give=tuple(sorted(Give("V", lot.id, chance.randrange(1, 4)) for lot in some)))
        known = breaches(problem, base)
        kit = as_kit(problem, base)
        for lot in problem.lots:
            new = check(problem, with_more(base, Give("V", lot.id, 1)))
            expected.append(next((broken.rule for broken in new if (broken.rule, str(broken)) not in known), 0))
            basket = [[give.lot, give.units] for give in base.give]
            cases.append({"till": kit, "basket": basket, "lot": lot.id, "today": TODAY.isoformat()})
    page = open_page()
    page.goto("/sign-in")

    judged = page.evaluate(JUDGE, cases)

    assert {3, 4, 5, 6, 8, 9, 10, 11, 12} <= set(expected)
    assert 0 in expected
    assert judged == expected
