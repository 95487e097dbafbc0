"""python -m benchmarks.polars_by_hand FACTS OUT: judges the city by the modules of this folder; prints what it took as JSON."""

from __future__ import annotations

from benchmarks.clock import Clock

CLOCK = Clock()  # before anything heavy is imported: starting is a part of the run

import json  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from benchmarks.clock import peak_mb  # noqa: E402
from benchmarks.polars_by_hand.run import judge  # noqa: E402
from jixiang.tables.store import FactStore  # noqa: E402

CLOCK.lap("start")
judge(FactStore(Path(sys.argv[1])), Path(sys.argv[2]), CLOCK)
json.dump({"spent": CLOCK.spent, "peak_mb": peak_mb()}, sys.stdout)
