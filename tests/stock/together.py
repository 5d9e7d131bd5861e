"""Several people at once: each work in a thread and a transaction of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.orm import Session

from common.database import Database
from common.errors import Refusal


def at_once(database: Database, works: Sequence[Callable[[Session], int]]) -> list[int | Refusal]:
    """What each work answered or was refused, all of them started together."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[Session], int]) -> int | Refusal:
        start.wait()
        try:
            with database.writing() as session:
                return work(session)
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
