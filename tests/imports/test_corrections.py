"""Anna has the number of PA, and had another one, of PB, until the desk found out. Carl is PC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tables.small import VOCABULARY, paid, rows, table

from jixiang.imports.corrections import Move, Overlap, apply_moves
from jixiang.imports.persons_of_rows import resolve
from jixiang.tables.schema import fact_tables
from jixiang.tables.store import FactStore

MERGE, UNDO = Move("PB", "PB", "PA"), Move("PB", "PA", "PB")
SOURCE = "社保@2021-06-30"


class City:
    """A fact folder, the desk's decisions so far, and a clock that goes on by an hour with every act."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = datetime(2021, 7, 1)
        self.persons: dict[str, str] = {}

    def tick(self) -> datetime:
        self.clock += timedelta(hours=1)
        return self.clock

    def come(self, name: str, *given: dict[str, Any]) -> None:
        """An import: rows as their files state them."""
        usual = {"recorded_at": self.tick(), "source": SOURCE}
        stated = rows(name, *(usual | row for row in given))
        FactStore(self.folder).append(table(name), resolve(stated, table(name), "人员", self.persons))

    def decide(self, *moves: Move) -> tuple[Overlap, ...]:
        tables = fact_tables(VOCABULARY).values()
        found = apply_moves(FactStore(self.folder), tables, "人员", moves, received=self.tick())
        for addition in found.additions():
            for part in addition.parts:
                FactStore(self.folder).append(addition.table, pa.concat_tables(part))
        self.persons |= {move.own: move.after for move in moves}
        return found.overlaps

    def known(self) -> dict[str, dict[tuple[str, ...], dict[str, Any]]]:
        """The newest row of every key, without when it was recorded."""
        found: dict[str, dict[tuple[str, ...], dict[str, Any]]] = {}
        for name in FactStore(self.folder).tables():
            listed = FactStore(self.folder).read(name).sort_by("recorded_at").to_pylist()
            found[name] = {tuple(str(row[key]) for key in table(name).key): row for row in listed}
            for row in found[name].values():
                del row["recorded_at"]
        return found

    def whose(self) -> dict[str, str]:
        return {key: row["person_id"] for (key,), row in self.known()["contribution"].items()}

    def stands(self, name: str) -> set[str]:
        return {row["person_id"] for row in self.known()[name].values() if not row["retracted"]}


@pytest.fixture
def city(tmp_path: Path) -> City:
    city = City(tmp_path)
    city.come("person", *({"person_id": person, "birth_date": date(1980, 1, 1)} for person in ("PA", "PB", "PC")))
    city.come("person_district", {"person_id": "PB", "valid_from": date(2020, 1, 1), "district": "01"})
    city.come("contribution", paid("PA/1", "PA", 202101), paid("PB/1", "PB", 202101), paid("PC/1", "PC", 202101))
    city.come("contribution", paid("NO7", "PB", 202102), paid("NO8", "PA", 202102))
    return city


def test_rows_of_a_number_become_rows_of_the_person_it_speaks_of(city: City):
    city.decide(MERGE)
    assert city.whose() == {"PA/1": "PA", "PB/1": "PA", "PC/1": "PC", "NO7": "PA", "NO8": "PA"}


def test_the_numbers_own_rows_are_taken_back(city: City):
    city.decide(MERGE)
    assert city.stands("person") == {"PA", "PC"} and city.stands("person_district") == set()


def test_undoing_restores_exactly_what_was_known(city: City):
    before = city.known()
    city.decide(MERGE)
    assert city.known() != before
    city.decide(UNDO)
    assert city.known() == before


def test_what_came_in_meanwhile_goes_to_the_number_it_came_with(city: City):
    city.decide(MERGE)
    city.come("contribution", paid("NO9", "PB", 202103), paid("NO8", "PA", 202102, paid=5), paid("NO7", "PC", 202102))
    city.come("person", {"person_id": "PB", "birth_date": date(1981, 1, 1)})
    assert city.whose() == {"PA/1": "PA", "PB/1": "PA", "PC/1": "PC", "NO7": "PC", "NO8": "PA", "NO9": "PA"}
    assert city.stands("person") == {"PA", "PC"}
    city.decide(UNDO)
    assert city.whose() == {"PA/1": "PA", "PB/1": "PB", "PC/1": "PC", "NO7": "PC", "NO8": "PA", "NO9": "PB"}
    assert city.stands("person") == {"PA", "PB", "PC"}
    assert city.known()["person"]["PB",]["birth_date"] == date(1981, 1, 1)


def test_what_was_taken_back_before_is_not_there_again_after_undoing(city: City):
    city.come("person", {"person_id": "PB", "retracted": True})
    city.decide(MERGE)
    city.decide(UNDO)
    assert city.stands("person") == {"PA", "PC"}


def test_a_decision_adds_only_rows_that_differ(city: City):
    city.decide(MERGE)
    tables = fact_tables(VOCABULARY).values()
    again = apply_moves(FactStore(city.folder), tables, "人员", [Move("PB", "PA", "PA")], received=city.tick())
    assert again.rows == {} and again.additions() == []


def test_one_thing_that_both_numbers_have_stated_is_told_and_stays_twice(city: City):
    assert city.decide(MERGE) == (Overlap("contribution", "PA", ("PA/1", "PB/1")),)
    assert city.decide(UNDO) == ()


def test_a_person_may_gather_numbers_and_be_gathered(city: City):
    before = city.known()
    city.decide(MERGE)
    merged = city.known()
    overlaps = city.decide(Move("PA", "PA", "PC"), Move("PB", "PA", "PC"))
    assert set(city.whose().values()) == {"PC"} and city.stands("person") == {"PC"}
    assert overlaps == (Overlap("contribution", "PC", ("PA/1", "PB/1", "PC/1")),)
    city.decide(Move("PA", "PC", "PA"), Move("PB", "PC", "PA"))
    assert city.known() == merged
    city.decide(UNDO)
    assert city.known() == before


def test_the_day_of_the_extract_and_the_place_in_the_file_stay(city: City):
    city.decide(MERGE)
    row = city.known()["contribution"]["NO7",]
    assert row["source"] == f"{SOURCE};person_id=PB" and row["source_row"] == 1


# In any order -------------------------------------------------------------------------------------------------------

Acts = st.lists(
    st.one_of(
        st.tuples(
            st.just("come"), st.sampled_from(["PA", "PB", "PC"]), st.sampled_from(["1", "NO"]), st.integers(1, 3)
        ),
        st.tuples(st.just("decide"), st.sampled_from(["PA", "PB", "PC"]), st.sampled_from(["PA", "PB", "PC"])),
    ),
    max_size=6,
)


@settings(max_examples=15)
@given(Acts)
def test_it_does_not_matter_whether_files_or_decisions_come_first(tmp_path_factory, acts: Sequence[tuple[Any, ...]]):
    """In the end a city knows what it would know had all decisions been made before the first file came."""
    mixed, decided_first = (City(tmp_path_factory.mktemp("city")) for _ in range(2))
    come = [act for act in acts if act[0] == "come"]
    for what, *given_ in acts:
        if what == "come":
            bring(mixed, *given_)
        else:
            own, after = given_
            mixed.decide(Move(own, mixed.persons.get(own, own), after))
    decided_first.persons = mixed.persons
    for _, *given_ in come:
        bring(decided_first, *given_)
    assert mixed.known() == decided_first.known()


def bring(city: City, own: str, key: str, month: int) -> None:
    city.come("contribution", paid(f"{own}/1" if key == "1" else "NO", own, month))
    city.come("person", {"person_id": own, "birth_date": date(1980, 1, month)})
