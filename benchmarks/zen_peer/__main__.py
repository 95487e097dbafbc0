"""python -m benchmarks.zen_peer FACTS OUT: decides B3 and A8 by zen-engine from ready features; prints what it took as JSON.

Runs in the environment of the peers. Its graphs are the JSON files of this folder. They give three outcomes, because the cases of
an unknown are written out in them, condition by condition: a cell of a table that compares with nothing does not match, and an
expression that does so stops with an error.
"""

from __future__ import annotations

from benchmarks.clock import Clock

CLOCK = Clock()  # before anything heavy is imported: starting is a part of the run

import json  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
import zen  # noqa: E402

from benchmarks.clock import peak_mb  # noqa: E402
from benchmarks.features import ready  # noqa: E402
from jixiang.tables.store import FactStore  # noqa: E402

POLICIES = ("A8", "B3")
CASES = 200_000  # of each policy at most: an engine that goes case by case takes as long for each
FIELDS = {
    "A8": ["dated", "effective_hours", "score", "face_check", "insured_then", "employer_id", "course"],
    "B3": ["dated", "months_insured", "insured_then", "days_left", "valid", "obtained_by", "level", "occupation"],
}


def decide(facts: Path, out: Path, clock: Clock) -> dict[str, object]:
    """Writes policy, subject, outcome and fen of every case to `out`; what came of them beside the SQL by hand."""
    features = ready(FactStore(facts), *POLICIES)
    clock.lap("features")
    graphs = {
        p: json.loads((Path(__file__).parent / f"{p.lower()}.json").read_text(encoding="utf-8")) for p in POLICIES
    }
    engine = zen.ZenEngine({"loader": {"type": "static", "content": graphs}})
    clock.lap("graphs")
    written, said = [], {}
    for policy in POLICIES:
        table = features[policy].slice(0, CASES)
        cases = table.select(FIELDS[policy]).to_pylist()
        clock.lap(f"{policy}: cases made")
        singly = [engine.evaluate(policy, case)["result"] for case in cases]
        clock.lap(f"{policy}: one by one")
        asked = [{"key": policy, "context": case} for case in cases]
        at_once = [answer["data"]["result"] for answer in engine.evaluate_batch(asked)]
        clock.lap(f"{policy}: as a batch")
        answers = [(answer["outcome"], answer.get("fen")) for answer in singly]
        expected = list(zip(table["outcome"].to_pylist(), table["fen"].to_pylist(), strict=True))
        different = sum(one != other for one, other in zip(answers, expected, strict=True))
        different += sum(one != other for one, other in zip(singly, at_once, strict=True))
        said[policy] = {
            "decisions": len(cases),
            "granted": sum(outcome == "holds" for outcome, _ in answers),
            "granted_by_hand": sum(outcome == "holds" for outcome, _ in expected),
            "different": different,
        }
        written.append(_rows(policy, table["subject"], answers))
    pq.write_table(pa.concat_tables(written), out)
    clock.lap("written")
    return said


def _rows(policy: str, subjects: pa.ChunkedArray, answers: list[tuple[str, int | None]]) -> pa.Table:
    columns = {
        "policy": pa.array([policy] * len(answers)),
        "subject": subjects,
        "outcome": pa.array([outcome for outcome, _ in answers], pa.string()),
        "fen": pa.array([fen for _, fen in answers], pa.int64()),
    }
    return pa.table(columns)


def main() -> None:
    CLOCK.lap("start")
    policies = decide(Path(sys.argv[1]), Path(sys.argv[2]), CLOCK)
    json.dump({"spent": CLOCK.spent, "peak_mb": peak_mb(), "policies": policies}, sys.stdout)


if __name__ == "__main__":
    main()
