"""python -m benchmarks.peers: the SQL by hand beside Polars, zen-engine, OpenFisca-core and what reading alone takes.

They run by turns, each in a process of its own and, but for the SQL, in the peers' own environment; without that environment the
section says so, and only what needs none is measured. Polars and zen-engine fail the benchmark by a wrong answer; what OpenFisca
answers otherwise is stated, for it follows from what it has no room for. Slowness never fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import duckdb

from benchmarks.bounds import PASSES
from benchmarks.clock import Spent
from benchmarks.facts import facts_of
from benchmarks.places import KEPT, ROOT
from benchmarks.report import spread, table
from benchmarks.rooms import BY_HAND, by_room
from benchmarks.rounds import Round

T = TypeVar("T")
ENVIRONMENT = ROOT / ".venv-bench"
SHOWN = 20  # differences
UNLIKE = """
WITH sql AS (SELECT {columns} FROM read_parquet(?)), polars AS (SELECT {columns} FROM read_parquet(?))
SELECT 'only by SQL: ' || CAST(o AS VARCHAR) FROM (FROM sql EXCEPT ALL FROM polars) AS o
UNION ALL
SELECT 'only by Polars: ' || CAST(o AS VARCHAR) FROM (FROM polars EXCEPT ALL FROM sql) AS o
ORDER BY ALL
"""


@dataclass(frozen=True)
class Cases:
    """What an engine that goes case by case said of one policy, counted; `different`: answers other than those of the SQL.

    `evaluated`: values worked out for these decisions, where an engine works out more; `no_room`: claims it can not be asked about.
    """

    decisions: int
    granted: int
    granted_by_hand: int
    different: int
    evaluated: int = 0
    unknown_by_hand: int = 0
    no_room: int = 0
    no_room_granted_by_hand: int = 0


@dataclass(frozen=True)
class EngineRound(Round):
    policies: Mapping[str, Cases]

    def each(self, policy: str, *laps: str) -> float:
        """Microseconds of wall that the laps of a policy took for each decision: seconds for a million."""
        return sum(self.spent[f"{policy}: {lap}"][0] for lap in laps) / max(self.policies[policy].decisions, 1) * 1e6


@dataclass(frozen=True)
class BoundRound(Round):
    rows: Mapping[str, int]
    mb: Mapping[str, float]


@dataclass
class PeerRounds:
    """A list holds one entry a round; those of the peers are empty where their environment is `missing`."""

    by_hand: list[Round] = field(default_factory=list)
    polars: list[Round] = field(default_factory=list)
    files: list[BoundRound] = field(default_factory=list)
    memory: list[BoundRound] = field(default_factory=list)
    zen: list[EngineRound] = field(default_factory=list)
    openfisca: list[EngineRound] = field(default_factory=list)
    candidates: int = 0
    missing: bool = False
    wrong: list[str] = field(default_factory=list)  # of the last round


def measure_peers(facts: Path, out: Path, count: int, environment: Path = ENVIRONMENT) -> PeerRounds:
    """`count` rounds by turns. Leaves the last round's files under `out`; `wrong` says who has given a wrong answer."""
    peers = environment / "bin" / "python"
    there = (environment / ".ready").exists()
    rounds = PeerRounds(missing=not there)
    out.mkdir(parents=True, exist_ok=True)
    hand, polars = out / "by_hand.parquet", out / "polars.parquet"
    for _ in range(count):
        rounds.by_hand.append(_round(run(sys.executable, "by_hand", facts, hand)))
        if there:
            rounds.polars.append(_round(run(peers, "polars_by_hand", facts, polars)))
        rounds.files.append(_bound(run(sys.executable, "bounds", "duckdb", facts)))
        if there:
            rounds.zen.append(_engine(run(peers, "zen_peer", facts, out / "zen.parquet")))
        rounds.memory.append(_bound(run(sys.executable, "bounds", "numpy", facts)))
        if there:
            rounds.openfisca.append(_engine(run(peers, "openfisca_peer", facts, out / "openfisca.parquet")))
    rounds.candidates = _rows(hand)
    if there:
        rounds.wrong = unlike(hand, polars)
        for policy, cases in rounds.zen[-1].policies.items():
            if cases.different:
                rounds.wrong.append(
                    f"{policy}: zen-engine decides {cases.different} of {cases.decisions} cases differently"
                )
    return rounds


def run(python: str | Path, module: str, *arguments: object) -> Any:
    """One run of a module of this package in a process of its own; what it says."""
    path = os.pathsep.join(part for part in (str(ROOT / "src"), os.environ.get("PYTHONPATH")) if part)
    done = subprocess.run(
        [str(python), "-m", f"benchmarks.{module}", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    if done.returncode:
        raise SystemExit(f"{module} stopped:\n{done.stderr}")
    return json.loads(done.stdout)


def unlike(by_sql: Path, by_polars: Path) -> list[str]:
    """The candidates of which two files of outcomes say different things."""
    columns = "policy, subject, period, title, outcome, claimed_fen"
    with duckdb.connect() as con:
        rows = con.execute(UNLIKE.format(columns=columns), [str(by_sql), str(by_polars)]).fetchall()
    return [row for (row,) in rows]


def section(rounds: PeerRounds) -> str:
    """The rounds as Markdown."""
    parts = [INTRODUCTION]
    if rounds.missing:
        parts.append("**The peers could not be installed here** (`.venv-bench`): below is what needs none of them.\n")
    parts.append(_columns(rounds))
    if rounds.polars:
        parts.append(_rooms(rounds))
    parts.append(_bounds(rounds))
    if rounds.zen:
        parts += [CASE_BY_CASE, _cases(rounds), _in_words(rounds), CAN_NOT]
    return "\n".join(parts)


INTRODUCTION = """## Peers

Others on the same files and the same machine, by turns with the SQL by hand: a run of the one, then of the next, and so on in
every round. **Polars**: the same eight policies written by hand as lazy frames on its streaming engine, with months as bits, one
pass over the contributions, and the keys that came again looked up in a set; its outcomes are those of the SQL, row by row.
"""
CASE_BY_CASE = """### Engines that go case by case

They are given **ready features**: which version of a row speaks, the joins, the months insured and what was so on a day were
worked out before, by the SQL by hand, and are not counted here, nor is making a case out of a row. That is most of the work: for
comparison, the last line is the SQL by hand with all of it, eight policies, by candidate. Microseconds a decision are seconds a
million. zen-engine runs its fast path: graphs in a static loader, `evaluate` of a dictionary; its `evaluate_batch` stands beside it.
"""
CAN_NOT = """What they can not express, or only if somebody else works it out for them:

- **zen-engine** (decision tables and expressions over one JSON document): aggregates over the facts of a city, joins, what was so
  on a day, which version of a row speaks: all of it comes ready. No candidates of its own: somebody must say which cases there are.
  No unknown: a cell of a table that compares with nothing does not match, an expression that does so stops with an error, so each
  unknown is a line written by hand. Nothing between cases: limits (three a year, once for a trade and level), exclusions across
  policies, funds, a line in which people stand. Its trace says which nodes and lines matched; no shortfall, no article.
- **OpenFisca-core** (formulas over entities and periods, with parameters by date): one value a person and month, so of two jobs in
  one month, and of several certificates or trainings of a person, one is asked about; the claims that it has no room for are counted
  above. Certificates, courses, apprenticeships and contest entries are no persons, so entitlements for each of them (A4, A7, A8, D1,
  F1) have no natural place. Employers (E3) could be groups of persons, but a person belongs to one group of a kind, at all times.
  No unknown: what is not known is told to it as not so, which denies most of those cases and grants some. A formula works for
  everybody at once, so most of the values that it works out nobody asks for. Limits, exclusions, the line and funds are outside it,
  as are several versions of a fact.
- **Polars** can express all of this; by hand it is as much to write as the SQL, policy by policy, and as hard for others to read.
  Limits, exclusions, funds, instalments and reasons are left out of it, as they are of the SQL.
"""


def _columns(rounds: PeerRounds) -> str:
    def row(name: str, side: list[Round]) -> tuple[str, ...]:
        return (
            name,
            spread(side, lambda r: r.wall),
            spread(side, lambda r: r.processor),
            f"{median(r.peak_mb for r in side):,.0f}",
            spread(_ratios(rounds, side, lambda r: r.wall), float),
            spread([one.processor / hand.processor for one, hand in zip(side, rounds.by_hand, strict=True)], float),
        )

    sides = [("SQL by hand", rounds.by_hand), ("Polars by hand", rounds.polars)]
    heads = ("judged", "wall s", "processor s", "peak MB", "to the SQL, wall", "to the SQL, processor")
    return table(heads, [row(name, side) for name, side in sides if side])


def _rooms(rounds: PeerRounds) -> str:
    """Where the time of the two goes."""
    names = [name for name, _ in BY_HAND]

    def medians(side: list[Round]) -> dict[str, str]:
        found = [by_room(r.spent, BY_HAND) for r in side]
        return {
            name: f"{median(f[name][0] for f in found):.2f} / {median(f[name][1] for f in found):.2f}" for name in names
        }

    sql, polars = medians(rounds.by_hand), medians(rounds.polars)
    return table(
        ("wall s / processor s", "SQL by hand", "Polars by hand"), [(name, sql[name], polars[name]) for name in names]
    )


def _bounds(rounds: PeerRounds) -> str:
    """What reading alone takes, in seconds and beside the SQL by hand of the same round."""
    rows = []
    for name in PASSES:
        for what, side in (("DuckDB, from the files", rounds.files), ("NumPy, from memory, one thread", rounds.memory)):

            def wall(r: Round, name: str = name) -> float:
                return r.spent[name][0]

            millions = side[-1].rows[name] / 1e6
            mb = side[-1].mb.get(name)
            rate = "" if mb is None else f"{mb / 1024 / median(wall(r) for r in side):.1f} GiB/s"
            seconds, ratio = _thousandths(map(wall, side)), _thousandths(_ratios(rounds, side, wall))
            rows.append((f"{name}: {what}", f"{millions:.1f}", seconds, rate, ratio))
    heads = ("reading alone the columns that the policies ask of", "million rows", "wall s", "", "to the SQL, wall")
    return f"### What bounds them\n\n{BOUNDS}\n{table(heads, rows)}"


BOUNDS = """Every cell once and nothing else: from the Parquet files as DuckDB decodes them, and from memory as Arrow lays them out.
Who looks at every row is not faster than this; who keeps what it has worked out need not look.
"""


def _cases(rounds: PeerRounds) -> str:
    def row(name: str, side: list[EngineRound], policy: str, *laps: str) -> tuple[str, ...]:
        cases = side[-1].policies[policy]
        counts = (cases.granted, cases.granted_by_hand, cases.different)
        return name, f"{cases.decisions:,}", spread(side, lambda r: r.each(policy, *laps)), *(f"{n:,}" for n in counts)

    rows = [
        row("zen-engine, B3 as a decision table", rounds.zen, "B3", "one by one"),
        row("the same, as a batch", rounds.zen, "B3", "as a batch"),
        row("zen-engine, A8 as expressions", rounds.zen, "A8", "one by one"),
        row("the same, as a batch", rounds.zen, "A8", "as a batch"),
        row("OpenFisca, A1 by person and month: formulas alone", rounds.openfisca, "A1", "calculated"),
        row("the same, with setting its inputs", rounds.openfisca, "A1", "inputs set", "calculated"),
        row("OpenFisca, B3 of one certificate a person: formulas alone", rounds.openfisca, "B3", "calculated"),
        row("the same, with setting its inputs", rounds.openfisca, "B3", "inputs set", "calculated"),
    ]
    hand = spread(rounds.by_hand, lambda r: r.wall / max(rounds.candidates, 1) * 1e6)
    rows.append(("SQL by hand, from the files, all of it", f"{rounds.candidates:,}", hand, "", "", ""))
    return table(
        ("", "decisions", "µs a decision (s a million)", "granted", "granted by the SQL", "decided differently"), rows
    )


def _in_words(rounds: PeerRounds) -> str:
    a1, b3 = (rounds.openfisca[-1].policies[policy] for policy in ("A1", "B3"))
    peaks = [f"{median(r.peak_mb for r in side):,.0f} MB" for side in (rounds.zen, rounds.openfisca)]
    return (
        f"OpenFisca works out {a1.evaluated:,} values for the {a1.decisions:,} claims of A1. It has no room for {a1.no_room:,} further\n"
        f"claims of A1, of which the SQL grants {a1.no_room_granted_by_hand:,}, and for {b3.no_room:,} certificates of B3, of which the "
        f"SQL grants {b3.no_room_granted_by_hand:,}.\nOf A1 {a1.unknown_by_hand:,} and of B3 {b3.unknown_by_hand:,} claims are unknown "
        f"by the SQL; OpenFisca grants or denies them.\nPeak memory, making the features included: zen-engine {peaks[0]}, OpenFisca "
        f"{peaks[1]}.\n"
    )


def _ratios(rounds: PeerRounds, side: Sequence[T], of: Callable[[T], float]) -> list[float]:
    """To the wall of the SQL by hand in the same round."""
    return [of(one) / hand.wall for one, hand in zip(side, rounds.by_hand, strict=True)]


def _thousandths(values: Iterable[float]) -> str:
    found = list(values)
    return f"{median(found):.3f} [{min(found):.3f}–{max(found):.3f}]"


def _round(said: Any) -> Round:
    return Round(_spent(said), said["peak_mb"])


def _bound(said: Any) -> BoundRound:
    return BoundRound(_spent(said), said["peak_mb"], said["rows"], said.get("mb", {}))


def _engine(said: Any) -> EngineRound:
    return EngineRound(_spent(said), said["peak_mb"], {name: Cases(**one) for name, one in said["policies"].items()})


def _spent(said: Any) -> dict[str, Spent]:
    return {name: (wall, processor) for name, (wall, processor) in said["spent"].items()}


def _rows(file: Path) -> int:
    with duckdb.connect() as con:
        found = con.execute("SELECT count(*) FROM read_parquet(?)", [str(file)]).fetchall()
    return int(found[0][0])


def main() -> int:
    parser = ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--scale", type=float, default=0.1, help="1 is the whole city")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    rounds = measure_peers(facts_of(given.scale, given.seed), KEPT / "peers", given.rounds)
    print(section(rounds))
    print(*rounds.wrong[:SHOWN], sep="\n", file=sys.stderr)
    return 1 if rounds.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
