"""The peers of the benchmark: what they are given is complete, what is said of them follows from what they said, and they stay outside."""

import json
import re
import sys
from dataclasses import replace

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from benchmarks.bounds import PASSES, wanted
from benchmarks.by_hand.run import judge
from benchmarks.clock import Clock
from benchmarks.compare import counted
from benchmarks.facts import facts_of
from benchmarks.features import ready
from benchmarks.peers import BoundRound, Cases, EngineRound, PeerRounds, measure_peers, run, section
from benchmarks.places import ROOT
from benchmarks.rooms import BY_HAND
from benchmarks.rounds import Round

from jixiang.tables.store import FactStore

PEERS = ROOT / "benchmarks" / "requirements.txt"


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    return facts_of(0.002, 3, kept=tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def features(city):
    return ready(FactStore(city), "A1", "A8", "B3")


# What the engines are given -------------------------------------------------------------------------------------------


def test_the_features_are_of_all_candidates_with_what_the_sql_says_of_them(city, features, tmp_path):
    judge(FactStore(city), tmp_path / "sql.parquet", Clock())
    said = counted(tmp_path / "sql.parquet")
    for policy, table in features.items():
        counts = {row["values"]: row["counts"] for row in pc.value_counts(table["outcome"]).to_pylist()}
        assert counts == said[policy]


def kleene(conditions):
    return "denied" if False in conditions else "unknown" if None in conditions else "holds"


def compared(value, test):
    return None if value is None else test(value)


def some(value):
    return None if value is None else True


def b3(row):
    return [
        row["dated"],
        row["months_insured"] >= 12,
        row["insured_then"],
        compared(row["days_left"], lambda days: days >= 0),
        row["valid"],
        compared(row["obtained_by"], lambda how: how == "1"),
        compared(row["level"], lambda level: level in ("5", "4", "3")),
        some(row["occupation"]),
    ]


def a8(row):
    return [
        row["dated"],
        compared(row["effective_hours"], lambda hours: hours >= 20),
        compared(row["score"], lambda score: score >= 60),
        compared(row["face_check"], lambda check: check == "1"),
        row["insured_then"],
        some(row["employer_id"]),
        some(row["course"]),
    ]


@pytest.mark.parametrize(("policy", "conditions"), [("B3", b3), ("A8", a8)])
def test_the_features_decide_the_outcome(features, policy, conditions):
    rows = features[policy].to_pylist()
    assert [kleene(conditions(row)) for row in rows] == [row["outcome"] for row in rows]
    assert {row["outcome"] for row in rows} == {"holds", "denied", "unknown"}


@pytest.mark.parametrize("policy", ["a8", "b3"])
def test_the_graphs_of_zen_read_only_features(features, policy):
    graph = json.loads((ROOT / "benchmarks" / "zen_peer" / f"{policy}.json").read_text(encoding="utf-8"))
    content = next(node["content"] for node in graph["nodes"] if "content" in node)
    if "inputs" in content:
        read = {field["field"] for field in content["inputs"]}
        assert all(set(rule) - {"_id", "outcome", "fen"} <= read for rule in content["rules"])
    else:
        text = re.sub(r"'[^']*'|\$\.\w+", "", " ".join(one["value"] for one in content["expressions"]))
        read = set(re.findall(r"[a-z_]+", text)) - {"null", "or", "and", "false"}
    assert read
    assert read <= set(features[policy.upper()].column_names)


# What reading alone takes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["duckdb", "numpy"])
def test_a_bound_reads_every_row_of_every_table(city, kind):
    said = run(sys.executable, "bounds", kind, city)
    store = FactStore(city)
    assert said["rows"] == {name: sum(store.rows(table) for table in wanted(name)) for name in PASSES}
    assert set(PASSES) <= set(said["spent"])


def test_a_bound_reads_columns_that_are_there_and_says_which_version_they_are_of(city):
    store = FactStore(city)
    for name in PASSES:
        for table, columns in wanted(name).items():
            there = pq.read_schema(store.files(table)[0]).names
            assert set(columns) <= set(there), table
            assert ("recorded_at" in columns) == ("versions" in name)
            assert len(columns) == len(set(columns)), table


# What is said of them -------------------------------------------------------------------------------------------------


def rounds_of(walls):
    """Two rounds in which the SQL takes 10 s and 20 s, and all others as long as `walls` says."""

    def round_of(wall):
        return Round({"start": (wall / 2, wall / 4), "3_contributions": (wall / 2, wall / 4)}, 100.0)

    def bound(wall, mb=None):
        return BoundRound(dict.fromkeys(PASSES, (wall, wall)), 50.0, dict.fromkeys(PASSES, 2_000_000), mb or {})

    cases = Cases(1_000_000, 7, 6, 1, evaluated=4_000_000, unknown_by_hand=3, no_room=5, no_room_granted_by_hand=2)

    def engine(wall):
        laps = ("one by one", "as a batch", "inputs set", "calculated")
        spent = {f"{policy}: {lap}": (wall * n, wall) for policy in ("A1", "A8", "B3") for n, lap in enumerate(laps, 1)}
        return EngineRound(spent, 200.0, dict.fromkeys(("A1", "A8", "B3"), cases))

    return PeerRounds(
        by_hand=[round_of(10), round_of(20)],
        polars=[round_of(wall) for wall in walls],
        files=[bound(wall) for wall in walls],
        memory=[bound(wall, dict.fromkeys(PASSES, 23_040.0)) for wall in walls],
        zen=[engine(wall) for wall in walls],
        openfisca=[engine(wall) for wall in walls],
        candidates=1000,
    )


def test_ratios_are_taken_within_a_round():
    text = section(rounds_of([5, 40]))
    polars = next(line for line in text.splitlines() if line.startswith("| Polars by hand |"))
    assert "22.50 [5.00–40.00]" in polars
    assert polars.count("1.25 [0.50–2.00]") == 2
    assert "| contribution: DuckDB, from the files | 2.0 | 22.500 [5.000–40.000] |  | 1.250 [0.500–2.000] |" in text
    assert "| contribution: NumPy, from memory, one thread | 2.0 | 22.500 [5.000–40.000] | 1.0 GiB/s |" in text


def test_seconds_of_a_million_decisions_are_microseconds_of_one():
    text = section(rounds_of([5, 5]))
    assert "| zen-engine, B3 as a decision table | 1,000,000 | 5.00 [5.00–5.00] | 7 | 6 | 1 |" in text
    assert "| the same, with setting its inputs | 1,000,000 | 35.00 [35.00–35.00] | 7 | 6 | 1 |" in text
    assert "works out 4,000,000 values for the 1,000,000 claims" in text


def test_without_their_environment_the_page_says_so_and_measures_the_rest(city, tmp_path):
    rounds = measure_peers(city, tmp_path, 1, environment=tmp_path / "nowhere")
    assert rounds.missing
    assert rounds.wrong == []
    text = section(rounds)
    assert "could not be installed" in text
    assert "SQL by hand" in text
    assert "reading alone" in text
    assert "Polars by hand |" not in text
    assert "zen-engine, B3" not in text


def test_what_zen_decides_differently_is_counted_apart_from_what_it_has_no_room_for():
    rounds = rounds_of([5, 5])
    none = {name: replace(one, different=0) for name, one in rounds.zen[-1].policies.items()}
    rounds.zen[-1] = replace(rounds.zen[-1], policies=none)
    assert "| zen-engine, A8 as expressions | 1,000,000 | 5.00 [5.00–5.00] | 7 | 6 | 0 |" in section(rounds)


def test_the_rooms_of_both_stand_side_by_side():
    text = section(rounds_of([4, 4]))
    assert all(f"| {name} |" in text for name, _ in BY_HAND)
    assert "| contributions into sets of months | 7.50 / 3.75 | 2.00 / 1.00 |" in text


# They stay outside ----------------------------------------------------------------------------------------------------


def pinned(lock):
    return set(re.findall(r"^([a-z0-9-]+==[^\s;]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def name_of(pin):
    return pin.split("==")[0]


def test_their_lock_holds_hashes_no_address_and_our_versions():
    text = PEERS.read_text(encoding="utf-8")
    ours = pinned(ROOT / "requirements.txt") | pinned(ROOT / "requirements-dev.txt")
    theirs = pinned(PEERS)
    assert text.count("--hash=sha256:") >= len(theirs)
    assert "://" not in text
    assert {pin for pin in theirs if name_of(pin) in set(map(name_of, ours))} <= ours


def test_every_package_of_theirs_is_on_the_page_of_dependencies():
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    beside = page.split("### Beside us")[1]
    known = {name_of(pin) for lock in ROOT.glob("requirements*.txt") for pin in pinned(lock)}
    asked = set((ROOT / "benchmarks" / "requirements.in").read_text(encoding="utf-8").split())
    for name in asked | ({name_of(pin) for pin in pinned(PEERS)} - known):
        assert re.search(rf"\b{name}\b", beside), name


def test_what_is_under_another_licence_is_in_no_lock_of_ours_and_imported_nowhere_but_by_its_own_bench():
    for lock in ROOT.glob("requirements*.txt"):
        assert not {"openfisca-core", "zen-engine"} & {name_of(pin) for pin in pinned(lock)}
    importers = {
        path.parent.name
        for folder in ("src", "benchmarks", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"^\s*(from|import) (openfisca|zen)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert importers == {"openfisca_peer", "zen_peer"}
