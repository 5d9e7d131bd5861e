"""The till without network minds how much suits as the check of a plan does."""

from random import Random
from typing import Any

import pytest

from allocation.check import check
from allocation.choice import breaches, with_more
from allocation.problem import Give, Instance, Plan
from allocation.room import against
from allocation.till_kit import RATE, unfit
from tests.allocation.cases import SHOP_DAY, tight_shop
from tests.browser.conftest import Opening

pytestmark = pytest.mark.browser

JUDGE = """async (cases) => {
  const { breach, opened } = await import("/static/js/counter/till.js");
  return cases.map(({ till, basket, lot, today }) => {
    const known = opened(till, 1);
    return breach(known, new Map(basket), known.lot.get(lot), today);
  });
}"""


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
        "unfit": {str(rule): found for rule, found in unfit(problem, base, against(problem)).items()},
        "carry_grams": visit.max_grams,
        "budget_cents": visit.budget_cents,
        "cap": visit.cap,
        "eat_per_day": visit.eat_per_day,
    }
    return {"identifiers": [], "lots": lots, "visits": [told]}


def test_the_browser_refuses_what_the_check_refuses_by_the_same_rule(open_page: Opening) -> None:
    chance, cases, expected = Random(20261127), list[dict[str, Any]](), list[int]()
    for _ in range(120):
        problem = tight_shop(chance)
        some = chance.sample(problem.lots, chance.randrange(5))
        base = Plan("shop", give=tuple(sorted(Give("V", lot.id, chance.randrange(1, 4)) for lot in some)))
        known = breaches(problem, base)
        kit = as_kit(problem, base)
        for lot in problem.lots:
            new = check(problem, with_more(base, Give("V", lot.id, 1)))
            expected.append(next((broken.rule for broken in new if (broken.rule, str(broken)) not in known), 0))
            basket = [[give.lot, give.units] for give in base.give]
            cases.append({"till": kit, "basket": basket, "lot": lot.id, "today": SHOP_DAY.isoformat()})
    page = open_page()
    page.goto("/sign-in")

    judged = page.evaluate(JUDGE, cases)

    assert {3, 4, 5, 6, 8, 9, 10, 11, 12} <= set(expected)
    assert 0 in expected
    assert judged == expected
