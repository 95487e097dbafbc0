"""python -m benchmarks.simulating FACTS: one parameter changed and simulated, beside the run of its policy's family and that of all.

Each is a command in a process of its own, from its start to its files. What is kept ready beside the facts (jixiang keep) is read if it
is there. Prints a table in Markdown; with --check it fails unless the draft's decisions are those of a run of the draft.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.places import CITY

AS_OF = "2021-06-30"
POLICY = "B3"
SCENARIO = """# One parameter

| 文件 | 位置 | 原值 | 改为 | 自 |
|------|------|------|------|----|
| B3 | 参数 最低缴费月数 | 12 个月 | 6 个月 | 2021-04-01 |
"""


@dataclass(frozen=True)
class Measured:
    name: str
    seconds: float
    processor: float
    peak_mb: float


def main() -> int:
    parser = ArgumentParser(prog="python -m benchmarks.simulating", description=__doc__)
    parser.add_argument("facts", type=Path)
    parser.add_argument("--city", type=Path, default=CITY)
    parser.add_argument("--scenario", type=Path, help="another one than the parameter of B3")
    parser.add_argument("--policy", default=POLICY, help="the policy that it touches")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="simulating-") as folder:
        out = Path(folder)
        scenario = given.scenario or out / "scenario.md"
        if given.scenario is None:
            scenario.write_text(SCENARIO, encoding="utf-8")
        common = ["--city", given.city, "--facts", given.facts, "--as-of", AS_OF]
        drafted = ["simulate", *common, "--scenario", scenario]
        rows = [
            command("all policies decided", "decide", *common, "--out", out / "all"),
            command(
                f"the family of {given.policy} decided",
                "decide",
                *common,
                "--policy",
                given.policy,
                "--out",
                out / "family",
            ),
            command("simulated, both sides decided", *drafted, "--out", out / "both"),
            command("simulated beside that run of all", *drafted, "--baseline", out / "all", "--out", out / "taken"),
        ]
        print(table(rows, os.getloadavg()[0]))
        return 1 if given.check and differs(out, common, given.policy) else 0


def command(name: str, *words: object) -> Measured:
    call = [sys.executable, "-m", "jixiang.operations.main", *map(str, words)]
    begun = perf_counter()
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = perf_counter() - begun
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{name}: exit code {os.waitstatus_to_exitcode(status)}")
    return Measured(name, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def table(rows: list[Measured], load: float) -> str:
    family = rows[1].seconds
    lines = ["| what | wall s | processor s | peak MB | of the family's run |", "|---|---:|---:|---:|---:|"]
    lines += [
        f"| {r.name} | {r.seconds:.1f} | {r.processor:.1f} | {r.peak_mb:,.0f} | {r.seconds / family:.2f} |"
        for r in rows
    ]
    return "\n".join([*lines, "", f"Load average {load:.1f}; each once, in the order shown."])


def differs(out: Path, common: list[object], policy: str) -> bool:
    """Are the draft's decisions not those of a run of its own? Who waits for money there is granted here: a simulation knows no queue."""
    own = [*common]
    own[1] = out / "taken" / "pack"
    command("the draft decided", "decide", *own, "--policy", policy, "--out", out / "own")
    files = sorted(file.relative_to(out / "own") for file in (out / "own").glob("*/decisions.parquet"))
    same = [said(out / "own" / file).equals(said(out / "taken" / "after" / file)) for file in files]
    print(f"{sum(same)} of {len(same)} decision files of the draft are those of a run of its own")
    return not all(same)


def said(file: Path) -> pa.Table:
    """The decisions of a file but for the fund's queue."""
    rows = pq.read_table(file)
    outcome = pc.if_else(pc.equal(rows["outcome"], "queued"), "granted", rows["outcome"])
    return rows.drop_columns(["outcome", "funded_fen"]).append_column("outcome", outcome)


if __name__ == "__main__":
    raise SystemExit(main())
