"""The rules of the house that a linter does not know, as detectors over the source.

Each detector takes the sources and yields a sentence for every place where its rule is broken.
`test_architecture.py` runs them on the house, and on samples that each of them must see.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent

ROOMS = {
    "common": set(),
    "network": {"common"},
    "stock": {"common", "network"},
    "households": {"common", "network"},
    "allocation": {"common", "network", "stock", "households"},
    "labels": set(),
    "api": {"common", "network", "stock", "households", "allocation", "labels"},
}
"""What each room may import: docs/architecture.md draws it."""

SOLVER = {"allocation/model.py", "allocation/solve.py", "allocation/bounds.py"}
HOLE = re.compile(r"%\((\w+)\)s")
SQL = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|DROP|ALTER|PRAGMA|VACUUM|ATTACH)\s")


@dataclass(frozen=True)
class Source:
    """One Python file, by its path from the root of the house."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @property
    def room(self) -> str:
        return self.path.split("/")[0]

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """Line and full name of everything imported, wherever in the file."""
        return self._imported(self.nodes)

    @property
    def imports_at_once(self) -> list[tuple[int, str]]:
        """The same of what is imported with the file itself."""
        return self._imported(self.tree.body)

    def _imported(self, nodes: Iterable[ast.AST]) -> list[tuple[int, str]]:
        found = []
        for node in nodes:
            if isinstance(node, ast.Import):
                found += [(node.lineno, alias.name) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                base = self._base(node)
                found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
        return found

    def _base(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.path.split("/")[: -node.level]
        return ".".join([*package, *filter(None, [node.module])])

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the last name of what is called: `execute` for `session.execute(…)`."""
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield last_name(node.func), node

    def names_of(self, name: str) -> set[str]:
        """What a class imported by this name is called in this file."""
        found = {name}
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom):
                found |= {alias.asname for alias in node.names if alias.name == name and alias.asname}
        return found


Rule = Callable[[list[Source]], Iterator[str]]


def sources(*folders: str) -> list[Source]:
    """The Python files of these folders of the house."""
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    return [Source(file.relative_to(ROOT).as_posix(), file.read_text()) for file in files]


def last_name(node: ast.expr) -> str:
    """`c` of `a.b.c`; nothing for what has no name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def imports_go_one_way(house: list[Source]) -> Iterator[str]:
    for source in house:
        for line, name in source.imports:
            room = name.split(".")[0]
            if room in {*ROOMS, "tests", "tools", "benchmarks"} - {source.room} - ROOMS[source.room]:
                allowed = ", ".join(sorted(ROOMS[source.room])) or "no other room"
                yield f"{source.path}:{line} imports {name}: {source.room} may import {allowed}"


def only_api_knows_the_web(house: list[Source]) -> Iterator[str]:
    for source in house:
        for line, name in source.imports:
            if name.split(".")[0] in {"litestar", "granian"} and source.room != "api":
                yield f"{source.path}:{line} imports {name}: only api knows the web"


def only_the_solver_knows_ortools(house: list[Source]) -> Iterator[str]:
    for source in house:
        for line, name in source.imports:
            if name.split(".")[0] == "ortools" and source.path not in SOLVER:
                yield f"{source.path}:{line} imports {name}: only {', '.join(sorted(SOLVER))} know OR-Tools"


def the_solver_knows_no_database(house: list[Source]) -> Iterator[str]:
    """From an instance to a plan there is no database: nothing the solver or the check needs may open one."""
    yield from no_database_behind(house, ["allocation.solve", "allocation.check"])


def no_database_behind(house: list[Source], modules: list[str]) -> Iterator[str]:
    """Modules that take plain values and give plain values, with all that they import."""
    for source, line, name in _behind(house, modules, lambda source: source.imports):
        if name.split(".")[0] == "sqlalchemy" or name.startswith("common.database"):
            yield f"{source.path}:{line} imports {name}: what is pure takes plain values and gives plain values"


def a_server_starts_without_a_compiler(house: list[Source]) -> Iterator[str]:
    """numba takes a second and sixty megabytes: it is imported where a plan is made, inside the function."""
    for source, line, name in _behind(house, ["api.serving", "api.cli"], lambda source: source.imports_at_once):
        if name.split(".")[0] == "numba":
            yield f"{source.path}:{line} imports {name} as a server starts: import it where a plan is made"


def _behind(
    house: list[Source], starts: list[str], imports: Callable[[Source], list[tuple[int, str]]]
) -> Iterator[tuple[Source, int, str]]:
    """Every import of these modules and of all that they import."""
    modules = {source.path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): source for source in house}
    waiting, seen = list(starts), set[str]()
    while waiting:
        module = waiting.pop()
        if module in seen or module not in modules:
            continue
        seen.add(module)
        for line, name in imports(modules[module]):
            yield modules[module], line, name
            waiting += [name, name.rpartition(".")[0]]


def only_the_ledger_writes_movements(house: list[Source]) -> Iterator[str]:
    for source in house:
        movement = source.names_of("Movement")
        for called, call in source.calls():
            about = {last_name(argument) for argument in call.args} & movement
            appends = called in movement or (called in {"insert", "bulk_insert_mappings"} and about)
            changes = called in {"update", "delete", "merge"} and about
            if changes or (appends and source.path != "stock/ledger.py"):
                yield (
                    f"{source.path}:{call.lineno} writes a movement: only stock/ledger.py appends them, "
                    "and nothing changes or removes one"
                )


def only_the_clock_looks_at_the_clock(house: list[Source]) -> Iterator[str]:
    for source in house:
        if source.path == "common/clock.py":
            continue
        for called, call in source.calls():
            owner = last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
            if (owner, called) in {
                ("datetime", "now"),
                ("datetime", "utcnow"),
                ("datetime", "today"),
                ("date", "today"),
                ("time", "time"),
                ("time", "time_ns"),
                ("time", "localtime"),
                ("time", "gmtime"),
                ("func", "now"),
                ("func", "current_date"),
                ("func", "current_timestamp"),
            }:
                yield f"{source.path}:{call.lineno} calls {owner}.{called}(): ask common.clock.Clock, or take `today`"


def sql_is_never_glued(house: list[Source]) -> Iterator[str]:
    """Values travel beside SQL, never inside it."""
    for source in house:
        runs = {"execute", "exec_driver_sql", "executescript"}
        if any(name == "sqlalchemy.text" for _, name in source.imports):
            runs |= {"text"}
        glued = {
            call.args[0].lineno
            for called, call in source.calls()
            if called in runs and call.args and _glued(call.args[0])
        }
        expressions = [node for node in source.nodes if isinstance(node, ast.expr)]
        glued |= {node.lineno for node in expressions if _glued(node) and SQL.match(_start(node))}
        for line in sorted(glued):
            yield f"{source.path}:{line} glues SQL together: bind its values, or say it with SQLAlchemy"


def _glued(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr(values=values):
            return any(isinstance(value, ast.FormattedValue) for value in values)
        case ast.BinOp(op=ast.Add() | ast.Mod()):
            return any(isinstance(leaf, ast.Constant) and isinstance(leaf.value, str) for leaf in ast.walk(node))
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format" | "join")):
            return True
    return False


def _start(node: ast.AST) -> str:
    """The first words of a glued string."""
    while True:
        match node:
            case ast.JoinedStr(values=[first, *_]):
                node = first
            case ast.BinOp(left=left):
                node = left
            case ast.Call(func=ast.Attribute(value=value)):
                node = value
            case ast.Constant(value=str(words)):
                return words
            case _:
                return ""


def only_the_doors_commit(house: list[Source]) -> Iterator[str]:
    for source in house:
        if source.path == "common/database.py" or source.path.startswith("api/migrations/"):
            continue
        for called, call in source.calls():
            if called == "commit":
                yield f"{source.path}:{call.lineno} commits: verbs flush, Database.writing() commits"


def refusals_are_marked_for_translation(house: list[Source]) -> Iterator[str]:
    for source in house:
        classes = [node for node in source.nodes if isinstance(node, ast.ClassDef)]
        for statement in (statement for node in classes for statement in node.body):
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id="message")], value=ast.Constant() | ast.JoinedStr())
                    | ast.AnnAssign(target=ast.Name(id="message"), value=ast.Constant() | ast.JoinedStr())
                ):
                    yield f'{source.path}:{statement.lineno} has a message nobody can translate: write N_("…")'


def refusals_fill_their_holes(house: list[Source]) -> Iterator[str]:
    """Whoever raises a refusal gives every value its sentence speaks of."""
    holes: dict[str, list[set[str]]] = {}
    for source in house:
        for node in source.nodes:
            if isinstance(node, ast.ClassDef) and not _speaks_for_itself(node) and (message := _message(node)):
                holes.setdefault(node.name, []).append(set(HOLE.findall(message)))
    for source in house:
        for called, call in source.calls():
            given = {keyword.arg for keyword in call.keywords}
            if called in holes and None not in given and not any(needed <= given for needed in holes[called]):
                missing = ", ".join(sorted(holes[called][0] - given))
                yield f"{source.path}:{call.lineno} raises {called} without {missing}"


def _speaks_for_itself(node: ast.ClassDef) -> bool:
    return any(isinstance(statement, ast.FunctionDef) and statement.name == "say" for statement in node.body)


def _message(node: ast.ClassDef) -> str:
    for statement in node.body:
        match statement:
            case ast.Assign(
                targets=[ast.Name(id="message")],
                value=ast.Call(func=ast.Name(id="N_"), args=[ast.Constant(value=said)]),
            ):
                return str(said)
    return ""


def tests_neither_mock_nor_skip(house: list[Source]) -> Iterator[str]:
    for source in house:
        for line, name in source.imports:
            if name.startswith(("unittest.mock", "mock.")):
                yield f"{source.path}:{line} imports {name}: test at a border that lasts, with the real thing"
        for node in source.nodes:
            if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "xfail", "importorskip"}:
                yield f"{source.path}:{node.lineno} uses {node.attr}: a test that does not run proves nothing"
