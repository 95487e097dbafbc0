from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tables.small import paid, rows, table

from jixiang.imports.persons_of_rows import own_keys, person_columns, resolve, restate, restated

SENT = {"source": "社保@2021-06-30"}
PERSONS = {"PB": "PA", "PC": "PA"}
KEYS = st.sampled_from(["PA", "PB", "PC", "PD"])


def one(given: pa.Table, *columns: str) -> tuple[Any, ...]:
    (row,) = given.select(list(columns)).to_pylist()
    return tuple(row.values())


def test_it_finds_the_columns_that_hold_a_person():
    assert person_columns(table("contribution"), "人员") == ("person_id",)
    assert person_columns(table("person"), "人员") == ("person_id",)
    assert person_columns(table("person_district"), "人员") == ("person_id",)
    assert person_columns(table("cutoff"), "人员") == ()


def test_a_stored_row_shows_the_person_and_says_whose_the_number_was():
    stored = resolve(rows("contribution", paid("k", "PB", 1, **SENT)), table("contribution"), "人员", PERSONS)
    assert one(stored, "person_id", "source", "retracted") == ("PA", "社保@2021-06-30;person_id=PB", False)
    assert own_keys(stored, "person_id").to_pylist() == ["PB"]


def test_a_row_of_a_number_that_speaks_for_itself_is_stored_as_it_is_stated():
    stated = rows("contribution", paid("k", "PA", 1, **SENT))
    assert resolve(stated, table("contribution"), "人员", PERSONS) is stated
    assert restate(stated, table("contribution"), "人员") is stated
    assert resolve(stated, table("contribution"), "人员", {"PA": "PA"}) is stated


@pytest.mark.parametrize("name", ["person", "person_district"])
def test_what_is_the_numbers_own_is_retracted(name: str):
    stored = resolve(rows(name, {"person_id": "PB", **SENT}), table(name), "人员", PERSONS)
    assert one(stored, "person_id", "source", "retracted") == ("PB", "社保@2021-06-30;person_id=PB", True)
    assert one(restate(stored, table(name), "人员"), "source", "retracted") == ("社保@2021-06-30", False)


def test_what_a_file_has_taken_back_stays_taken_back():
    gone = rows("person", {"person_id": "PB", "retracted": True, **SENT})
    stored = resolve(gone, table("person"), "人员", PERSONS)
    assert stored == gone == restate(stored, table("person"), "人员")


@given(st.lists(st.tuples(st.sampled_from(["contribution", "person"]), KEYS, st.booleans()), max_size=6), st.data())
def test_each_form_gives_back_the_other(made: list[tuple[str, str, bool]], data: st.DataObject):
    persons = data.draw(st.dictionaries(KEYS, KEYS))
    for name in ("contribution", "person"):
        found = [{"person_id": person, "retracted": gone, **SENT} for at, person, gone in made if at == name]
        stated = rows(name, *found)
        stored = resolve(stated, table(name), "人员", persons)
        assert restate(stored, table(name), "人员") == stated
        replaced = ", ".join(f'{e.sql("duckdb")} AS "{c}"' for c, e in restated(table(name), "人员").items())
        again = duckdb.sql(f"SELECT * REPLACE ({replaced}) FROM stored").to_arrow_table()
        assert again.cast(stated.schema).to_pylist() == stated.to_pylist()
