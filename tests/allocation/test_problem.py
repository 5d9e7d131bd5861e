import msgspec
import pytest
from msgspec.structs import replace

from allocation.generate import generate
from allocation.problem import BadInstance, Instance, Pin, read_instance, read_plan, to_json
from allocation.solve import solve
from tests.allocation.cases import MONDAY, SUNDAY_AFTER, household, instance, lot, trip, visit


def test_a_plan_survives_being_written_and_read() -> None:
    made = solve(generate(1), effort=0.05)

    assert read_plan(to_json(made)) == made


def test_keys_that_may_be_left_out_have_their_usual_value() -> None:
    written = msgspec.json.decode(to_json(instance()))
    for key in ("transfers", "pins", "bans", "policy"):
        del written[key]

    assert read_instance(msgspec.json.encode(written)) == instance()


@pytest.mark.parametrize("data", [b'{"instance":"\xff"}', b'{"name":"\xff"}', b'{"a":' + b"[" * 50_000])
def test_what_is_no_text_or_has_brackets_without_end_is_refused(data: bytes) -> None:
    for read in (read_instance, read_plan):
        with pytest.raises(BadInstance):
            read(data)


@pytest.mark.parametrize("figure", ["units", "unit_grams", "price_cents"])
def test_a_figure_no_town_needs_is_refused(figure: str) -> None:
    written = msgspec.json.decode(to_json(instance()))
    written["lots"][0][figure] = 2**63

    with pytest.raises(BadInstance, match=figure):
        read_instance(msgspec.json.encode(written))


def test_what_is_not_an_instance_is_refused_with_the_place() -> None:
    written = msgspec.json.decode(to_json(instance()))
    written["lots"][0]["unit_grams"] = -5

    with pytest.raises(BadInstance, match=r"lots\[0\].unit_grams|lots\[...\].unit_grams"):
        read_instance(msgspec.json.encode(written))


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (instance(today=SUNDAY_AFTER, ends=MONDAY), "before today"),
        (instance(lots=(lot(), lot())), "lot L is there twice"),
        (instance(visits=(visit(household="?"),)), "unknown household"),
        (instance(visits=(visit(site="?"),)), "unknown site"),
        (instance(visits=(visit(need={"?": 1}),)), "unknown group"),
        (instance(lots=(lot(group="?"),)), "unknown group"),
        (instance(lots=(lot(site="?"),)), "unknown site"),
        (instance(transfers=(trip(origin="?"),)), "unknown sites"),
        (instance(transfers=(trip(arrives=MONDAY.replace(day=1)),)), "before it departs"),
        (instance(pins=(Pin("V", "?", 1),)), "unknown visit or lot"),
    ],
)
def test_an_instance_that_contradicts_itself_is_refused(problem: Instance, reason: str) -> None:
    with pytest.raises(BadInstance, match=reason):
        read_instance(to_json(problem))


def test_visits_of_a_household_are_in_date_order() -> None:
    late, early = visit("A", date=SUNDAY_AFTER), visit("B", date=MONDAY)
    problem = instance(households=(household(), household("away")), visits=(late, early))

    assert problem.visits_of == {"H": (early, late), "away": ()}


def test_weights_sum_to_one() -> None:
    plain = instance()
    heavy = replace(plain, groups=(replace(plain.groups[0], weight=4.0), replace(plain.groups[0], id="fat")))

    assert heavy.weights == {"bread": 0.8, "fat": 0.2}
