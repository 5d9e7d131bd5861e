"""What a basket still takes is what the check of a plan lets it have."""

from random import Random

from msgspec.structs import replace

from allocation.check import check
from allocation.choice import breaches, with_more
from allocation.problem import Give, Plan
from allocation.room import Room, against
from tests.allocation.cases import tight_shop


def test_the_room_in_a_basket_is_what_the_check_leaves() -> None:
    """Baskets that break a rule already are among them: what is in one may stay, and is no reason to refuse more."""
    chance, refused = Random(20261126), set[int]()
    for turn in range(300):
        whole_shop = tight_shop(chance)
        # Every other shop has next to nothing of anything.
        problem = replace(whole_shop, lots=tuple(replace(lot, units=2 + 48 * (turn % 2)) for lot in whole_shop.lots))
        some = chance.sample(problem.lots, chance.randrange(5))
        base = Plan("shop", give=tuple(sorted(Give("V", lot.id, chance.randrange(1, 4)) for lot in some)))
        known, room = breaches(problem, base), Room(problem, base, against(problem))
        for lot in problem.lots:
            more = chance.randrange(1, 4)
            whole = check(problem, with_more(base, Give("V", lot.id, more)))
            broken = [one.rule for one in whole if (one.rule, str(one)) not in known]
            assert room.takes(lot, more) == (not broken), (problem, base, lot, more, broken)
            refused |= set(broken)

    assert {3, 4, 5, 6, 7, 8, 9, 10, 11, 12} <= refused
