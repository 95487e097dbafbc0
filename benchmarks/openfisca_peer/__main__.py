"""python -m benchmarks.openfisca_peer FACTS OUT: A1 and B3 by OpenFisca-core from ready features; prints what it took as JSON.

Runs in the environment of the peers. What is not known is told to it as not so, for it knows no third value; of two claims of one
person in one month (A1), and of all certificates of one person (B3), one is asked about, for it has no room for the others.
"""

from __future__ import annotations

from benchmarks.clock import Clock

CLOCK = Clock()  # before anything heavy is imported: starting is a part of the run

import json  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from openfisca_core.simulations import Simulation, SimulationBuilder  # noqa: E402

from benchmarks.clock import peak_mb  # noqa: E402
from benchmarks.features import ready  # noqa: E402
from benchmarks.openfisca_peer.rules import system  # noqa: E402
from jixiang.tables.store import FactStore  # noqa: E402

MONTHS = range(12, 30)  # January 2020 to June 2021, counted from January 2019
NOBODY_KNOWS = np.datetime64("1800-01-01")  # a day of birth or of a certificate that makes every condition fail
BY_MONTH = {  # variable → column of the features
    "trained": "trained",
    "small_firm": "small_firm",
    "listed": "listed",
    "key_group": "key_group",
    "legal_person": "legal_person",
    "insured_there": "insured_then",
    "counted": "counted",
}


def decide(facts: Path, out: Path, clock: Clock) -> dict[str, object]:
    """Writes policy, subject and granted of every claim that was asked about to `out`; what came of them beside the SQL by hand."""
    features = ready(FactStore(facts), "A1", "B3")
    clock.lap("features")
    written, said = [], {}
    for policy, judged in (("A1", _a1), ("B3", _b3)):
        table = features[policy]
        asked, fen, evaluated = judged(table, clock)
        kept = table.filter(pa.array(asked))
        outcomes = np.array(kept["outcome"].to_pylist())
        said[policy] = {
            "decisions": kept.num_rows,
            "evaluated": evaluated,
            "granted": int((fen > 0).sum()),
            "granted_by_hand": int((outcomes == "holds").sum()),
            "different": int((fen != _numbers(kept, "fen", 0)).sum()),
            "unknown_by_hand": int((outcomes == "unknown").sum()),
            "no_room": table.num_rows - kept.num_rows,
            "no_room_granted_by_hand": table["outcome"].to_pylist().count("holds") - int((outcomes == "holds").sum()),
        }
        names = pa.array([policy] * kept.num_rows)
        written.append(pa.table({"policy": names, "subject": kept["subject"], "fen": pa.array(fen, pa.int64())}))
        clock.lap("compared")
    pq.write_table(pa.concat_tables(written), out)
    clock.lap("written")
    return said


def _a1(table: pa.Table, clock: Clock) -> tuple[Any, Any, int]:
    """Which claims were asked about, what each of those is given in fen, and how many values were worked out for that."""
    persons, first, person = np.unique(_texts(table, "person_id"), return_index=True, return_inverse=True)
    month = _numbers(table, "month", 0)
    asked = np.zeros(table.num_rows, bool)
    asked[np.unique(np.stack([person, month], axis=1), axis=0, return_index=True)[1]] = True
    person, month = person[asked], month[asked]
    clock.lap("A1: persons found")
    simulation = _city(len(persons))
    simulation.set_input("birth", "ETERNITY", _days(table, "birth_date")[first])
    simulation.set_input("female", "ETERNITY", _texts(table, "sex")[first] == "2")
    columns = {name: _flags(table, column)[asked] for name, column in BY_MONTH.items()}
    for n in MONTHS:
        here = month == n
        for name, flags in columns.items():
            values = np.zeros(len(persons), bool)
            values[person[here]] = flags[here]
            simulation.set_input(name, _name(n), values)
    clock.lap("A1: inputs set")
    given = np.stack([simulation.calculate("a1", _name(n)) for n in MONTHS])
    clock.lap("A1: calculated")
    return asked, given[month - MONTHS.start, person], given.size


def _b3(table: pa.Table, clock: Clock) -> tuple[Any, Any, int]:
    """The same, of the newest certificate of each person."""
    person_id, issued = _texts(table, "person_id"), _days(table, "issued_on")
    newest_first = np.lexsort((issued, person_id))[::-1]
    chosen = np.zeros(table.num_rows, bool)
    chosen[newest_first[np.unique(person_id[newest_first], return_index=True)[1]]] = True
    table = table.filter(pa.array(chosen))
    months = _numbers(table, "months", 0)
    clock.lap("B3: persons found")
    simulation = _city(table.num_rows)
    for n in range(MONTHS.stop):
        simulation.set_input("insured", _name(n), (months >> n) & 1 == 1)
    inputs = {
        "certified": _days(table, "issued_on"),
        "certificate_valid": _flags(table, "valid"),
        "by_examination": _texts(table, "obtained_by") == "1",
        "level": np.array([int(level) if level.isdigit() else 0 for level in _texts(table, "level")]),
    }
    for name, values in inputs.items():
        simulation.set_input(name, "ETERNITY", values)
    clock.lap("B3: inputs set")
    given = simulation.calculate("b3", _name(MONTHS.stop - 1))
    clock.lap("B3: calculated")
    return chosen, given, given.size


def _city(persons: int) -> Simulation:
    return SimulationBuilder().build_default_simulation(system(), count=persons)


def _name(n: int) -> str:
    return f"{2019 + n // 12}-{n % 12 + 1:02d}"


def _texts(table: pa.Table, column: str) -> Any:
    return np.array(table[column].fill_null("").to_pylist())


def _numbers(table: pa.Table, column: str, nothing: int) -> Any:
    return table[column].fill_null(nothing).to_numpy().astype(np.int64)


def _flags(table: pa.Table, column: str) -> Any:
    return table[column].fill_null(False).to_numpy().astype(bool)


def _days(table: pa.Table, column: str) -> Any:
    days = table[column].to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), NOBODY_KNOWS, days)


def main() -> None:
    CLOCK.lap("start")
    policies = decide(Path(sys.argv[1]), Path(sys.argv[2]), CLOCK)
    json.dump({"spent": CLOCK.spent, "peak_mb": peak_mb(), "policies": policies}, sys.stdout)


if __name__ == "__main__":
    main()
