from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tables.small import TODAY, VOCABULARY, paid, rows, table

from jixiang.tables.changes import Since, changed_facts, changed_rows, changed_subjects, subject_columns
from jixiang.tables.snapshot import Manifest, take_snapshot
from jixiang.tables.store import FactStore

JULY = {"recorded_at": datetime(2021, 7, 1)}


@pytest.fixture
def store(tmp_path: Path) -> FactStore:
    store = FactStore(tmp_path)
    store.append(table("contribution"), rows("contribution", paid("a", "P1", 202101), paid("b", "P2", 202101)))
    store.append(table("person_district"), rows("person_district", district("P1", "01")))
    return store


def district(person: str, code: str, **more: Any) -> dict[str, Any]:
    return {"person_id": person, "valid_from": date(2020, 1, 1), "district": code, **more}


def run(store: FactStore) -> Manifest:
    names = ("person", "person_district", "contribution", "cutoff")
    return take_snapshot(FactStore(store.folder), tables=names, as_of=TODAY, documents={}, run_dates=[TODAY])


def come(store: FactStore, name: str, *given: dict[str, Any]) -> FactStore:
    FactStore(store.folder).append(table(name), rows(name, *(JULY | row for row in given)))
    return FactStore(store.folder)


def concerned(store: FactStore, since: Since, **how: Any) -> list[tuple[Any, ...]]:
    found = changed_subjects(store, VOCABULARY, since, **how).subjects
    return [(entity, *row.values()) for entity, listed in found.items() for row in listed.to_pylist()]


def test_a_row_concerns_itself_and_whom_it_refers_to():
    assert subject_columns(table("contribution"), VOCABULARY) == [
        ("contribution", "contribution_id"),
        ("person", "person_id"),
    ]
    assert subject_columns(table("person_district"), VOCABULARY) == [("person", "person_id")]
    assert subject_columns(table("cutoff"), VOCABULARY) == []


def test_a_new_row_concerns_somebody(store: FactStore):
    since = run(store)
    later = come(store, "contribution", paid("c", "P1", 202102), paid("d", "P1", 202103))
    assert concerned(later, since) == [
        ("contribution", "c", "contribution", "contribution_id", "new", 1, "c"),
        ("contribution", "d", "contribution", "contribution_id", "new", 1, "d"),
        ("person", "P1", "contribution", "person_id", "new", 2, "c"),
    ]


def test_a_row_that_says_again_what_was_known_concerns_nobody(store: FactStore):
    since = run(store)
    later = come(store, "contribution", paid("a", "P1", 202101, source="别处", source_row=9))
    assert concerned(later, since) == []


def test_a_row_that_moves_concerns_both_persons(store: FactStore):
    since = run(store)
    later = come(store, "contribution", paid("a", "P3", 202101))
    persons = [row for row in concerned(later, since) if row[0] == "person"]
    assert [row[1] for row in persons] == ["P1", "P3"] and {row[4] for row in persons} == {"changed"}


def test_a_row_that_is_taken_back_concerns_somebody_and_so_does_its_return(store: FactStore):
    since = run(store)
    later = come(store, "contribution", paid("a", "P1", 202101, retracted=True))
    assert {row[4] for row in concerned(later, since)} == {"retracted"}
    back = FactStore(store.folder)
    back.append(table("contribution"), rows("contribution", paid("a", "P1", 202101, recorded_at=datetime(2021, 8, 1))))
    assert concerned(FactStore(store.folder), since) == []
    assert {row[4] for row in concerned(FactStore(store.folder), datetime(2021, 7, 15))} == {"new"}


def test_a_history_concerns_whose_it_is(store: FactStore):
    since = run(store)
    later = come(store, "person_district", district("P1", "02"), district("P2", "02"))
    assert concerned(later, since) == [
        ("person", "P1", "person_district", "person_id", "changed", 1, "P1/2020-01-01"),
        ("person", "P2", "person_district", "person_id", "new", 1, "P2/2020-01-01"),
    ]


def test_it_compares_with_versions_of_the_tables_or_an_instant_as_with_a_run(store: FactStore):
    later = come(come(store, "contribution", paid("c", "P3", 202102)), "person", {"person_id": "P3"})
    every = concerned(later, run(FactStore(store.folder / "none")))
    assert {row[1] for row in every} == {"P1", "P2", "P3", "a", "b", "c"}
    found = concerned(later, {"contribution": 0, "person_district": 0})
    assert found == concerned(later, datetime(2021, 6, 30)) and {row[1] for row in found} == {"P3", "c"}


def test_what_was_recorded_after_the_end_does_not_count(store: FactStore):
    since = run(store)
    later = come(store, "contribution", paid("c", "P3", 202102))
    assert concerned(later, since, until=datetime(2021, 6, 30, 23)) == []


def test_what_a_run_had_in_its_files_and_did_not_know_yet_has_come_since(store: FactStore):
    later = come(store, "contribution", paid("c", "P3", 202102))
    assert {row[1] for row in concerned(later, run(later))} == {"P3", "c"}


def test_a_cutoff_that_moved_is_told(store: FactStore):
    come(
        store,
        "cutoff",
        {"entity": "contribution", "covers_until": date(2021, 5, 31)} | {"recorded_at": datetime(2021, 6, 1)},
    )
    since = run(store)
    later = come(store, "cutoff", {"entity": "contribution", "covers_until": date(2021, 6, 30)})
    found = changed_subjects(later, VOCABULARY, since)
    assert found.cutoffs == {"contribution": (date(2021, 5, 31), date(2021, 6, 30))} and found.subjects == {}
    assert changed_subjects(later, VOCABULARY, {}).cutoffs == {"contribution": (None, date(2021, 6, 30))}


def test_it_can_be_asked_for_some_entities_only(store: FactStore):
    found = changed_subjects(store, VOCABULARY, {}, entities=["person"]).subjects
    assert list(found) == ["person"] and found["person"]["subject"].to_pylist() == ["P1", "P1", "P2"]


def test_the_rows_that_differ_can_be_listed(store: FactStore):
    since = run(store)
    later = come(store, "contribution", paid("a", "P1", 202101, paid=5), paid("b", "P2", 202101))
    (row,) = changed_facts(later, VOCABULARY, "contribution", since).to_pylist()
    assert (row["key"], row["what"], row["before"]["paid"], row["after"]["paid"]) == ("a", "changed", None, 5)


def test_the_rows_that_differ_can_be_had_as_they_were_and_as_they_are(store: FactStore):
    since = run(store)
    later = come(store, "contribution", paid("a", "P3", 202101), paid("b", "P2", 202101), paid("c", "P1", 202101))
    later = come(later, "person_district", district("P1", "01", retracted=True))
    asked = {"contribution": ["person_id"], "person_district": ["district"], "person": ["person_id"]}
    found = changed_rows(later, VOCABULARY, asked, since)
    assert sorted(found) == ["contribution", "person_district"]
    assert sorted(tuple(row.values()) for row in found["contribution"].to_pylist()) == [
        ("changed", "P1", "P3"),
        ("new", None, "P1"),
    ]
    assert found["person_district"].to_pylist() == [
        {"what": "retracted", "before_district": "01", "after_district": None}
    ]
    assert changed_rows(later, VOCABULARY, asked, since, rows_max=1)["contribution"] is None


def test_rows_of_which_some_only_say_when_they_were_recorded_are_not_told_apart(store: FactStore):
    since, asked = run(store), {"contribution": ["person_id"]}
    later = come(store, "contribution", paid("c", "P1", 202101, recorded_at=None))
    assert changed_rows(later, VOCABULARY, asked, since) == {"contribution": None}


def test_files_without_meta_were_known_at_all_times(tmp_path: Path):
    bare = rows("contribution", paid("a", "P1", 202101)).select(["contribution_id", "person_id"])
    pq.write_table(bare, tmp_path / "contribution.parquet")
    store = FactStore(tmp_path)
    assert concerned(store, run(store)) == [] == concerned(store, datetime(2000, 1, 1))
    assert {row[1] for row in concerned(store, {})} == {"a", "P1"}


def test_a_run_over_other_facts_is_refused(store: FactStore, tmp_path: Path):
    with pytest.raises(ValueError, match="no file of these facts"):
        concerned(FactStore(tmp_path / "other"), run(store))


Versions = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["P1", "P2"]), st.booleans(), st.integers(1, 3)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25)
@given(Versions, Versions)
def test_it_agrees_with_comparing_row_by_row(tmp_path_factory, first: list[tuple], second: list[tuple]):
    store = FactStore(tmp_path_factory.mktemp("city"))
    known: list[dict[str, str]] = []
    newest: dict[str, tuple[Any, ...]] = {}
    for month, given_ in ((5, first), (7, second)):
        versions = [
            paid(key, person, 202101, retracted=gone, recorded_at=datetime(2021, month, day), source_row=n)
            for n, (key, person, gone, day) in enumerate(given_)
        ]
        store.append(table("contribution"), rows("contribution", *versions))
        newest |= {v["contribution_id"]: v for v in sorted(versions, key=lambda v: (v["recorded_at"], v["source_row"]))}
        known.append({key: row["person_id"] for key, row in newest.items() if not row["retracted"]})
    before, after = known
    expected = {
        (person, "new" if key not in before else "changed" if key in after else "retracted")
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
        for person in (before.get(key), after.get(key))
        if person
    }
    found = concerned(FactStore(store.folder), {"contribution": 0})
    assert {(row[1], row[4]) for row in found if row[0] == "person"} == expected
