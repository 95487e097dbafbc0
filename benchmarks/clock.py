"""Seconds of wall and of processor, lap by lap, and the most memory this process has held."""

from __future__ import annotations

import re
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

Spent = tuple[float, float]  # wall, processor


def now() -> Spent:
    return time.perf_counter(), time.process_time()


@dataclass
class Clock:
    """Adds up what passes between two laps under the name of the lap that ended."""

    spent: dict[str, Spent] = field(default_factory=dict)
    since: Spent = field(default_factory=now)

    def lap(self, name: str) -> None:
        """What passed since the last lap was `name`."""
        at = now()
        wall, processor = self.spent.get(name, (0.0, 0.0))
        self.spent[name] = (wall + at[0] - self.since[0], processor + at[1] - self.since[1])
        self.since = at

    @contextmanager
    def inside(self, name: str, around: str) -> Iterator[None]:
        """What happens in here is `name`; what passed before it is `around`."""
        self.lap(around)
        yield
        self.lap(name)

    def total(self) -> Spent:
        return sum(w for w, _ in self.spent.values()), sum(p for _, p in self.spent.values())


def peak_mb() -> float:
    """This process alone: Linux would otherwise count what the process that started it had held."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(found[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
