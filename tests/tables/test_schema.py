from __future__ import annotations

import pyarrow as pa
from tests.tables.small import VOCABULARY, table

from jixiang.tables.schema import META, fact_tables


def test_it_names_one_table_an_entity_one_a_history_and_the_cutoff():
    assert list(fact_tables(VOCABULARY)) == ["person", "person_district", "contribution", "cutoff"]


def test_it_stores_each_type_in_its_column():
    expected = {
        "contribution_id": pa.string(),
        "person_id": pa.string(),
        "insurance": pa.string(),
        "month": pa.int32(),
        "paid": pa.int64(),
        "people": pa.int64(),
        "settled": pa.bool_(),
    }
    assert {name: table("contribution").schema.field(name).type for name in expected} == expected


def test_it_ends_every_table_with_what_we_knew_when():
    for fact_table in fact_tables(VOCABULARY).values():
        assert fact_table.schema.names[-4:] == META.names
        assert list(fact_table.columns) == fact_table.schema.names[:-4]


def test_it_keeps_what_changes_with_time_out_of_the_entity_table():
    assert "district" not in table("person").columns
    assert list(table("person_district").columns) == ["person_id", "district", "valid_from", "valid_to"]
    assert table("person_district").key == ("person_id", "valid_from")


def test_it_lays_the_rows_of_one_person_together():
    assert table("contribution").order == ("person_id", "contribution_id")
    assert table("person").order == ("person_id",)
