"""python -m benchmarks.ours FACTS OUT [--advance] [--judge-only]: decides the city by its documents; prints what it took as JSON.

With facts kept ready in the folder it reads those (warm), without them the raw rows (cold); --advance takes into what is kept
what has come since, before it decides.
Judging is timed apart from what follows: at its end the outcomes are written once more, as the SQL by hand writes its own, so
that both have done the same work. Only then come the line, the fund and the decision files.
"""

from __future__ import annotations

from benchmarks.clock import Clock, peak_mb

CLOCK = Clock()  # before anything heavy is imported: starting is a part of the run

import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import Iterable  # noqa: E402
from contextlib import suppress  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from datetime import datetime, time  # noqa: E402
from pathlib import Path  # noqa: E402

import pyarrow as pa  # noqa: E402
from sqlglot import exp  # noqa: E402

from benchmarks.by_hand.run import AS_OF  # noqa: E402
from benchmarks.pack import by_hand_city  # noqa: E402
from jixiang.engines.duckdb import DuckDB, Progress, Runnable  # noqa: E402
from jixiang.readings.kept_facts.advance import advance  # noqa: E402
from jixiang.readings.query import sql  # noqa: E402
from jixiang.readings.query.sql import col  # noqa: E402
from jixiang.readings.run.decide_city import decide_city  # noqa: E402
from jixiang.readings.run.request import Request, whole_families  # noqa: E402
from jixiang.tables.store import FactStore  # noqa: E402

LINE = "排队与上限"  # what the run says when all is judged
WRITING = "写出"
MEMORY_MB = 1200  # for the engine; what exceeds it goes to the disk


class TimedDuckDB(DuckDB):
    """Says of every step how long it took. What passes between steps belongs to `phase`."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(memory_mb=MEMORY_MB)
        self.clock = clock
        self.phase = "plan"
        self.verdicts: list[str] = []

    def run(self, steps: Iterable[Runnable], progress: Progress | None = None) -> None:
        running = [self.phase]

        def heard(name: str, done: int, of: int) -> None:
            self.clock.lap(running[0])
            running[0] = name or self.phase
            if name.endswith("_verdicts"):
                self.verdicts.append(name)

        super().run(steps, heard)
        self.clock.lap(running[0])

    def keep(self, name: str, query: exp.Query) -> None:
        with self.clock.inside(name, self.phase):
            super().keep(name, query)

    def offer(self, name: str, rows: pa.Table) -> None:
        with self.clock.inside(name, self.phase):
            super().offer(name, rows)

    def offer_files(self, name: str, files: Iterable[str], schema: pa.Schema) -> None:
        with self.clock.inside(name, self.phase):
            super().offer_files(name, files, schema)


@dataclass
class Marks:
    """Follows the run by what it says of its progress."""

    engine: TimedDuckDB
    outcomes: Path
    judge_only: bool = False
    judged: dict[str, object] = field(default_factory=dict)

    def heard(self, what: str, done: float) -> None:
        engine = self.engine
        if what == LINE:
            with engine.clock.inside("outcomes written", engine.phase):
                write_outcomes(engine, self.outcomes)
            self.judged = {"spent": dict(engine.clock.spent), "peak_mb": peak_mb()}
            engine.phase = "line"
            if self.judge_only:
                raise Judged
        elif what.startswith(WRITING):
            engine.clock.lap("snapshot" if engine.phase == "line" else engine.phase)
            engine.phase = "writing"


def write_outcomes(engine: TimedDuckDB, out: Path) -> None:
    """What the SQL by hand writes too: every candidate's outcome before the line."""
    parts = [_outcomes(name) for name in engine.verdicts]
    text = sql.union_all(parts).sql(engine.dialect)
    engine._con.execute(f"COPY ({text}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")


def _outcomes(relation: str) -> exp.Query:
    nothing = sql.number(0)
    outcome = sql.case(
        (sql.binary("≠", col("failed"), nothing), sql.text("denied")),
        (sql.binary("≠", col("unknown"), nothing), sql.text("unknown")),
        otherwise=sql.text("holds"),
    )
    policy = sql.text(relation.split("_")[1].upper())
    columns = [sql.alias(policy, "policy"), *(col(n) for n in ("subject", "period", "title"))]
    return sql.select([*columns, sql.alias(outcome, "outcome"), col("claimed_fen")], sql.table(relation, "r"))


class Judged(Exception):
    """All is judged, and no more was asked for."""


def decide(
    store: FactStore, out: Path, outcomes: Path, clock: Clock, *, forward: bool = False, judge_only: bool = False
) -> dict[str, object]:
    """The whole run; what judging alone took."""
    city = by_hand_city()
    assert city.rulebook is not None
    clock.lap("documents")
    if forward:
        advance(store, city.vocabulary, datetime.combine(AS_OF, time.max), memory_mb=MEMORY_MB)
        clock.lap("new facts taken in")
    codes = whole_families(city.rulebook, tuple(city.rulebook.policies))
    request = Request(city.vocabulary, city.rulebook, AS_OF, codes)
    engine = TimedDuckDB(clock)
    with engine:
        marks = Marks(engine, outcomes, judge_only)
        with suppress(Judged):
            decide_city(engine, request, store, out, documents=city.rulebook.documents, progress=marks.heard)
            clock.lap("writing")
    return marks.judged


def main() -> None:
    CLOCK.lap("start")
    out = Path(sys.argv[2])
    asked = {"forward": "--advance" in sys.argv, "judge_only": "--judge-only" in sys.argv}
    judged = decide(FactStore(Path(sys.argv[1])), out / "decisions", out / "ours.parquet", CLOCK, **asked)
    json.dump({"judged": judged, "spent": CLOCK.spent, "peak_mb": peak_mb()}, sys.stdout)


if __name__ == "__main__":
    main()
