"""Structured logs, one line of JSON an event, to standard error. Nothing personal is ever logged: no path, no body."""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import structlog

HOUSE = Path(__file__).parent.parent


def configure(level: str) -> None:
    """Log from this level up; readable in a terminal, JSON otherwise."""
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_where_it_failed,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def only_where_it_failed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of an exception, its kind and where it was raised; never its message, which may say what a person typed."""
    if isinstance(error := event.pop("exc_info", None), BaseException):
        event["error"] = [line for each in _chain(error) for line in _lines(each)]
    return event


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and what it was raised from, the last one first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _lines(error: BaseException) -> Iterator[str]:
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {_short(Path(frame.filename))}:{frame.lineno} {frame.name}"


def _short(path: Path) -> str:
    """A file of ours by its path in the house, another one by its last parts."""
    ours = path.is_relative_to(HOUSE) and "site-packages" not in path.parts
    return path.relative_to(HOUSE).as_posix() if ours else "/".join(path.parts[-3:])
