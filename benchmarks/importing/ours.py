"""python -m benchmarks.importing.ours HOME KIND FILE DAY: one import into a home, begun if it is not there; prints what it
took as JSON.

The whole act, as `jixiang import` does it without looking for contradictions afterwards.
"""

from __future__ import annotations

from benchmarks.clock import Clock, peak_mb

CLOCK = Clock()  # before anything heavy is imported: starting is a part of the run

import json  # noqa: E402
import sys  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from datetime import date, datetime, time  # noqa: E402
from pathlib import Path  # noqa: E402

from benchmarks.places import CITY  # noqa: E402
from jixiang.imports.act import Order, import_files  # noqa: E402
from jixiang.imports.home import Home  # noqa: E402
from jixiang.imports.report import Report  # noqa: E402
from jixiang.operations.home import city_imports, opened  # noqa: E402
from jixiang.operations.vault import create  # noqa: E402

PHASES = {
    "打开文件": "opened",
    "读入": "taken",
    "比对": "settled",
    "写入": "written",
}


@dataclass
class Laps:
    """Follows the import by what it says: of its progress, and of the points that it has reached."""

    clock: Clock
    phase: str = "opened"

    def moved(self, what: str, done: float) -> None:
        phase = next((phase for begins, phase in PHASES.items() if what.startswith(begins)), self.phase)
        if phase != self.phase:
            self.clock.lap("taken" if phase == "taken" else self.phase)
            self.phase = phase

    def reached(self, point: str) -> None:
        if point == "recovered":
            self.clock.lap("opened")
            self.phase = "taken"
        elif point == "files written":
            self.clock.lap("written")
            self.phase = "committed"


def bring(folder: Path, kind: str, file: Path, day: date, clock: Clock) -> Report:
    home = Home(folder)
    if not home.begun:
        create(home)
    city = city_imports(CITY)
    clock.lap("start")
    laps = Laps(clock)
    order = Order(
        kind=city.kind(kind),
        files=(file,),
        extracted=day,
        received=datetime.combine(day, time(20)),
        returned=folder / "returned",
        check=False,
    )
    with opened(home) as vault:
        imported = import_files(home, vault, city.files, order, progress=laps.moved, reached=laps.reached)
    clock.lap(laps.phase)
    return imported.report


def main() -> None:
    CLOCK.lap("start")
    folder, kind, file, day = sys.argv[1:]
    report = bring(Path(folder), kind, Path(file), date.fromisoformat(day), CLOCK)
    said = {"read": report.read, "accepted": report.accepted, "facts": sum(t.written for t in report.tables)}
    json.dump({**said, "spent": CLOCK.spent, "peak_mb": peak_mb()}, sys.stdout)


if __name__ == "__main__":
    main()
