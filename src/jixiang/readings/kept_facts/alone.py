"""One writer at a time. Readers are in nobody's way: a file that lies in its place is never written to again."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jixiang.readings.kept_facts.state import path_of
from jixiang.tables.store import FactStore

LOCK = ".lock"
HALF_DONE = ("*.draft", "*.draft.wal", "jixiang-*")  # what a writer leaves behind that was killed


class Busy(RuntimeError):
    """Somebody else is writing what is kept of these facts."""


@contextmanager
def alone(store: FactStore) -> Iterator[None]:
    """Nobody else writes meanwhile. What is half done is swept away: it is of no worth. Raises Busy, or OSError."""
    folder = path_of(store).parent
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(f"{folder} is being written") from error
        _sweep(folder)
        try:
            yield
        finally:
            _sweep(folder)


def _sweep(folder: Path) -> None:
    for pattern in HALF_DONE:
        for path in folder.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
