"""The same facts under several folders: bare, with what is kept ready, and as they were kept a month ago. Only the small folder
of what is kept differs; the tables are links."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from benchmarks.by_hand.run import AS_OF
from benchmarks.clock import Clock
from benchmarks.ours import MEMORY_MB
from benchmarks.places import CITY
from jixiang.language.city import load_city
from jixiang.readings.kept_facts.build import build
from jixiang.readings.kept_facts.state import FOLDER, path_of
from jixiang.tables.store import FactStore

MONTH_BEFORE = date(2021, 5, 31)


@dataclass(frozen=True)
class Folders:
    """`warm`: kept as of the day of the run; `before`: the kept file of a month before; `month`: where a copy of it is put."""

    facts: Path
    warm: Path
    month: Path
    before: Path
    building_s: float
    kept_mb: float

    def a_month_ago(self) -> Path:
        """The folder of last month, as it was then."""
        shutil.copyfile(self.before, path_of(FactStore(self.month)))
        return self.month


def folders_of(facts: Path) -> Folders:
    """Made once for a city; what is kept is built anew each time."""
    warm, month = (_linked(facts, name) for name in ("warm", "month"))
    clock = Clock()
    _keep(warm, AS_OF)
    clock.lap("built")
    _keep(month, MONTH_BEFORE)
    built = path_of(FactStore(month))
    before = month.with_name(f"{month.name}.duckdb")
    shutil.copyfile(built, before)
    return Folders(facts, warm, month, before, clock.spent["built"][0], path_of(FactStore(warm)).stat().st_size / 2**20)


def _linked(facts: Path, name: str) -> Path:
    folder = facts.with_name(f"{facts.name}-{name}")
    folder.mkdir(exist_ok=True)
    for table in facts.iterdir():
        link = folder / table.name
        if table.name != FOLDER and not link.exists():
            link.symlink_to(table, target_is_directory=table.is_dir())
    return folder


def _keep(folder: Path, day: date) -> None:
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    build(FactStore(folder), load_city(CITY).vocabulary, datetime.combine(day, time.max), memory_mb=MEMORY_MB)
