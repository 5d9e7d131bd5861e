"""What somebody did not fetch goes to who still comes, where nobody could have it later."""

from allocation.problem import Give, Instance, Lot, Visit
from allocation.unfetched import Opening
from tests.allocation.cases import NEXT_TUESDAY, household, instance, lot, visit

GONE = visit("gone", household="G")
HERE = visit("here")
LATER = visit("later", date=NEXT_TUESDAY)
KEEPS = lot("keeps", last_day=NEXT_TUESDAY)


def _town(here: Visit = HERE, *lots: Lot) -> Instance:
    return instance(households=(household(), household("G")), visits=(GONE, here, LATER), lots=lots or (lot(), KEEPS))


def _served(town: Instance, missed: list[Give], basket: list[Give]) -> dict[str, int]:
    day = Opening(town)
    day.missed(GONE, missed)
    return {give.lot: give.units for give in day.served(town.visit_by_id["here"], basket)}


def test_food_that_nobody_could_have_later_is_given_on() -> None:
    assert _served(_town(), [Give("gone", "L", 2)], [Give("here", "keeps", 1)]) == {"L": 2, "keeps": 1}


def test_food_that_is_good_at_a_later_session_waits_for_it() -> None:
    assert _served(_town(), [Give("gone", "keeps", 2)], [Give("here", "L", 1)]) == {"L": 1}


def test_it_is_given_on_up_to_the_cap_and_to_nobody_it_does_not_suit() -> None:
    full = [Give("here", "L", 8)]

    assert _served(_town(), [Give("gone", "L", 2)], full) == {"L": 8}
    assert _served(_town(HERE, lot(channels=("shop",)), KEEPS), [Give("gone", "L", 2)], []) == {}


def test_food_that_keeps_makes_room_in_the_budget_and_is_for_nobody_else_today() -> None:
    short, keeps = lot(price_cents=50), lot("keeps", last_day=NEXT_TUESDAY, price_cents=30)
    town = _town(visit("here", budget_cents=100), short, keeps)
    day = Opening(town)
    day.missed(GONE, [Give("gone", "L", 1)])

    first = {g.lot: g.units for g in day.served(town.visit_by_id["here"], [Give("here", "keeps", 3)])}

    assert first == {"L": 1, "keeps": 1}
    assert not +day.shelves.left


def test_what_made_no_room_stays_in_the_basket() -> None:
    short, keeps = lot(price_cents=500), lot("keeps", last_day=NEXT_TUESDAY, price_cents=30)
    town = _town(visit("here", budget_cents=100), short, keeps)

    assert _served(town, [Give("gone", "L", 1)], [Give("here", "keeps", 3)]) == {"keeps": 3}
