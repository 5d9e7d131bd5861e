"""Folders for what a test run forgets: in memory where there is room, as writing files is most of what it does."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Bytes free that the databases of a test run never fill."""


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A new folder for the length of a block."""
    root = Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if _has_room() else None))
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _has_room() -> bool:
    return MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM
