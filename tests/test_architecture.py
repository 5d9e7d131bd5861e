"""The house keeps its rules, and each rule's detector sees what it is for."""

import pytest

from tests import house_rules as rules
from tests.house_rules import ROOMS, Rule, Source, sources

HOUSE = sources(*ROOMS)
TESTS = sources("tests")

PLANTED: dict[Rule, list[tuple[str, str]]] = {
    rules.imports_go_one_way: [
        ("common/words.py", "import stock"),
        ("network/audit.py", "from households.tables import Household"),
        ("stock/ledger.py", "from households import feeding"),
        ("households/feeding.py", "def late():\n    import stock.ledger"),
        ("labels/text.py", "from common.words import Words"),
        ("allocation/sessions.py", "from ..api import app"),
        ("api/app.py", "from tests.databases import BOTH"),
    ],
    rules.only_api_knows_the_web: [("stock/receive.py", "from litestar import get")],
    rules.only_the_solver_knows_ortools: [
        ("allocation/check.py", "from ortools.math_opt.python import mathopt"),
        ("api/cli.py", "import ortools"),
    ],
    rules.only_the_ledger_writes_movements: [
        ("stock/receive.py", "from stock.tables import Movement\nsession.add(Movement(lot_id=1))"),
        ("stock/receive.py", "from stock.tables import Movement as M\nsession.add(M(lot_id=1))"),
        ("allocation/handover.py", "session.execute(insert(tables.Movement).values(lot_id=1))"),
        ("stock/ledger.py", "session.execute(update(Movement).values(quantity=2))"),
    ],
    rules.only_the_clock_looks_at_the_clock: [
        ("stock/dates.py", "import datetime as dt\ntoday = dt.date.today()"),
        ("api/app.py", "from datetime import datetime\nat = datetime.now(UTC)"),
        ("common/tables.py", "default = func.now()"),
        ("common/jobs.py", "import time\nseen_at = time.time()"),
    ],
    rules.sql_is_never_glued: [
        ("stock/search.py", "session.execute(f'select * from {table}')"),
        ("stock/search.py", "from sqlalchemy import text\nquery = text('select 1 where a = ' + name)"),
        ("stock/search.py", "query = f'SELECT * FROM lots WHERE code = {code}'"),
        ("stock/search.py", "query = 'DELETE FROM lots WHERE code = %s' % code"),
        ("stock/search.py", "query = 'DELETE FROM lots WHERE code = {}'.format(code)"),
    ],
    rules.only_the_doors_commit: [("stock/receive.py", "session.commit()")],
    rules.refusals_are_marked_for_translation: [
        ("stock/receive.py", "class TooLate(Refusal):\n    message = 'Too late.'"),
    ],
    rules.refusals_fill_their_holes: [
        (
            "stock/receive.py",
            "class TooLate(Refusal):\n    message = N_('Lot %(lot)s ended on %(day)s.')\n\nraise TooLate(lot=lot)",
        ),
    ],
    rules.tests_neither_mock_nor_skip: [
        ("tests/stock/test_receive.py", "from unittest.mock import patch"),
        ("tests/stock/test_receive.py", "@pytest.mark.xfail\ndef test_it(): ..."),
    ],
}

RIGHTFUL: dict[Rule, list[tuple[str, str]]] = {
    rules.imports_go_one_way: [
        ("allocation/sessions.py", "from stock.ledger import post\nfrom households import tables"),
        ("api/app.py", "import labels.sheets"),
    ],
    rules.only_api_knows_the_web: [("api/app.py", "from litestar import get")],
    rules.only_the_solver_knows_ortools: [("allocation/model.py", "from ortools.math_opt.python import mathopt")],
    rules.only_the_ledger_writes_movements: [
        ("stock/ledger.py", "session.execute(insert(Movement))"),
        ("stock/waste.py", "session.scalars(select(Movement))"),
    ],
    rules.only_the_clock_looks_at_the_clock: [
        ("common/clock.py", "dt.datetime.now(dt.UTC)"),
        ("api/app.py", "today = clock.today()"),
        ("common/jobs.py", "started = time.monotonic()"),
    ],
    rules.sql_is_never_glued: [
        ("stock/search.py", "session.execute(select(Lot).where(Lot.code == code))"),
        ("labels/text.py", "text(f'{a} {b}')"),
    ],
    rules.only_the_doors_commit: [("stock/receive.py", "session.flush()")],
    rules.refusals_are_marked_for_translation: [
        ("stock/receive.py", "class TooLate(Refusal):\n    message = N_('Too late.')"),
    ],
    rules.refusals_fill_their_holes: [
        (
            "stock/receive.py",
            "class Late(Refusal):\n    message = N_('Lot %(lot)s.')\n\nraise Late(lot=1, field='a')\nLate(**data)",
        ),
    ],
    rules.tests_neither_mock_nor_skip: [("tests/test_it.py", "import pytest\n@pytest.mark.browser\ndef test(): ...")],
}

HOUSE_RULES = [rule for rule in PLANTED if rule is not rules.tests_neither_mock_nor_skip]


def cases(samples: dict[Rule, list[tuple[str, str]]]) -> list[object]:
    """One parameter set for each sample, named after its rule."""
    return [
        pytest.param(rule, Source(path, text), id=f"{rule.__name__}-{number}")
        for rule, planted in samples.items()
        for number, (path, text) in enumerate(planted)
    ]


@pytest.mark.parametrize("rule", HOUSE_RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Rule) -> None:
    broken = list(rule(HOUSE))

    assert not broken, "\n".join(broken)


def test_the_solver_knows_no_database() -> None:
    broken = list(rules.the_solver_knows_no_database(HOUSE))

    assert not broken, "\n".join(broken)


def test_a_server_starts_without_a_compiler() -> None:
    broken = list(rules.a_server_starts_without_a_compiler(HOUSE))

    assert not broken, "\n".join(broken)


def test_tests_neither_mock_nor_skip() -> None:
    broken = list(rules.tests_neither_mock_nor_skip(TESTS))

    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(("rule", "planted"), cases(PLANTED))
def test_a_rule_sees_what_breaks_it(rule: Rule, planted: Source) -> None:
    assert len(list(rule([planted]))) == 1


@pytest.mark.parametrize(("rule", "rightful"), cases(RIGHTFUL))
def test_a_rule_lets_rightful_code_pass(rule: Rule, rightful: Source) -> None:
    assert list(rule([rightful])) == []


def test_a_database_behind_the_solver_is_seen_through_what_it_imports() -> None:
    house = [
        Source("allocation/solve.py", "from allocation.arrays import may_eat"),
        Source("allocation/arrays.py", "from sqlalchemy import select"),
        Source("allocation/sessions.py", "from sqlalchemy import select"),
    ]

    broken = list(rules.the_solver_knows_no_database(house))

    assert [sentence.split(" ")[0] for sentence in broken] == ["allocation/arrays.py:1"]


def test_a_compiler_is_seen_behind_what_a_server_imports_and_not_inside_a_function() -> None:
    house = [
        Source("api/cli/__init__.py", "from allocation.past import compare\nimport allocation.solve"),
        Source("allocation/past.py", "from allocation.kernel import door"),
        Source("allocation/solve.py", "def solve():\n    from allocation.descent import settle"),
        Source("allocation/kernel.py", "import numba"),
        Source("allocation/descent.py", "import numba"),
    ]

    broken = list(rules.a_server_starts_without_a_compiler(house))

    assert [sentence.split(" ")[0] for sentence in broken] == ["allocation/kernel.py:1"]


def test_every_room_of_the_house_is_read() -> None:
    assert {source.room for source in HOUSE} == set(ROOMS)
