"""The run judges a small city exactly as eight policies written by hand in SQL: a reading that shares no line with ours.

How long it takes is `make bench`'s affair. Here only a wrong answer counts.
"""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from benchmarks.by_hand.run import judge
from benchmarks.clock import Clock
from benchmarks.compare import counted, differences
from benchmarks.facts import facts_of
from benchmarks.ours import decide
from benchmarks.places import ROOT
from benchmarks.rooms import BY_HAND, OURS, by_room

from jixiang.tables.store import FactStore

SCALE = 0.002  # 15,000 people
POLICIES = {"A1", "A4", "A7", "A8", "B3", "D1", "E3", "F1"}


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """The folder that holds both readings' outcomes: decisions/ and by_hand.parquet; and both clocks."""
    out = tmp_path_factory.mktemp("benchmark")
    store = FactStore(facts_of(SCALE, 1, kept=out))
    clocks = Clock(), Clock()
    judge(store, out / "by_hand.parquet", clocks[0])
    decide(store, out / "decisions", out / "ours.parquet", clocks[1])
    return out, clocks


def test_every_candidate_has_the_same_outcome_and_amount_by_hand(decided):
    out, _ = decided
    assert [str(one) for one in differences(out / "decisions", out / "by_hand.parquet")] == []


def test_the_small_city_has_every_policy_and_every_outcome(decided):
    out, _ = decided
    counts = counted(out / "by_hand.parquet")
    assert set(counts) == POLICIES
    assert {kind for one in counts.values() for kind in one} == {"holds", "denied", "unknown"}


def test_what_is_timed_as_judged_is_what_the_decisions_say(decided):
    out, _ = decided
    assert differences(out / "decisions", out / "ours.parquet") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("SELECT * REPLACE ('holds' AS outcome) FROM o WHERE outcome = 'denied'", "ours denied, by hand holds"),
        ("SELECT * REPLACE (claimed_fen + 1 AS claimed_fen) FROM o WHERE claimed_fen > 0", "fen, by hand"),
        ("SELECT * REPLACE ('X' || subject AS subject) FROM o WHERE outcome = 'unknown'", "ours nothing"),
    ],
)
def test_a_changed_row_is_found(decided, tmp_path, change, said):
    """Shows that the comparison can fail."""
    out, _ = decided
    with duckdb.connect() as con:
        con.execute(f"CREATE VIEW o AS FROM read_parquet('{out / 'by_hand.parquet'}') ORDER BY ALL")
        con.execute(f"CREATE TABLE changed AS ({change} ORDER BY ALL LIMIT 1)")
        con.execute(f"COPY changed TO '{tmp_path / 'changed.parquet'}' (FORMAT parquet)")
    found = differences(out / "decisions", tmp_path / "changed.parquet")
    assert any(said in str(one) for one in found)


def test_every_lap_belongs_to_a_room(decided):
    _, (hand, ours) = decided
    assert sum(wall for wall, _ in by_room(hand.spent, BY_HAND).values()) == pytest.approx(hand.total()[0])
    assert sum(wall for wall, _ in by_room(ours.spent, OURS).values()) == pytest.approx(ours.total()[0])


def test_the_same_facts_are_made_once(tmp_path):
    first = facts_of(0.0005, 2, kept=tmp_path)
    before = {path: path.stat().st_mtime_ns for path in first.rglob("*.parquet")}
    assert facts_of(0.0005, 2, kept=tmp_path) == first
    assert {path: path.stat().st_mtime_ns for path in first.rglob("*.parquet")} == before


def test_facts_that_the_sql_is_not_written_for_are_refused(decided, tmp_path):
    out, _ = decided
    source = next(Path(FactStore(next(out.glob("facts-*"))).files("contribution")[0]).parents[1].glob("cutoff"))
    facts = tmp_path / "facts"
    facts.mkdir()
    (facts / "cutoff").symlink_to(source)
    with duckdb.connect() as con:
        con.execute(f"COPY (SELECT 'P1' AS person_id) TO '{facts / 'person.parquet'}' (FORMAT parquet)")
    with pytest.raises(ValueError, match="person do not say"):
        judge(FactStore(facts), tmp_path / "none.parquet", Clock())


def test_the_side_by_hand_runs_in_a_process_of_its_own(decided, tmp_path):
    out, _ = decided
    facts = next(out.glob("facts-*"))
    command = [sys.executable, "-m", "benchmarks.by_hand", str(facts), str(tmp_path / "hand.parquet")]
    said = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert set(said) == {"spent", "peak_mb"}
    assert counted(tmp_path / "hand.parquet") == counted(out / "by_hand.parquet")
