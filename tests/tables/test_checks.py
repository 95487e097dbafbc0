from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tests.tables.small import VOCABULARY, paid, rows, table

from jixiang.tables.checks import check_facts
from jixiang.tables.store import FactStore

GOOD = rows("contribution", paid("a", "P1", 202101))


def codes_of(folder: Path, **how: bool) -> list[tuple[str, str]]:
    return [(p.code, p.place.file) for p in check_facts(FactStore(folder), VOCABULARY, **how)]


def write(folder: Path, given: pa.Table, name: str = "contribution") -> None:
    pq.write_table(given, folder / f"{name}.parquet")


def test_it_finds_nothing_in_good_facts(tmp_path: Path):
    FactStore(tmp_path).append(table("contribution"), GOOD)
    FactStore(tmp_path).append(table("person_district"), rows("person_district"))
    assert codes_of(tmp_path, rows=True) == []


def test_it_takes_rows_without_any_meta_column(tmp_path: Path):
    write(tmp_path, GOOD.select(list(table("contribution").columns)))
    assert codes_of(tmp_path) == []


def test_it_names_an_unknown_table_and_the_nearest_known(tmp_path: Path):
    write(tmp_path, GOOD, "contributions")
    (problem,) = check_facts(FactStore(tmp_path), VOCABULARY)
    assert problem.code == "unknown-table" and "contribution?" in problem.suggestion


def test_it_names_every_missing_and_misspelt_column(tmp_path: Path):
    write(tmp_path, GOOD.drop_columns(["paid", "source"]).rename_columns({"month": "moth"}))
    problems = check_facts(FactStore(tmp_path), VOCABULARY)
    assert [(p.code, p.place.file) for p in problems] == [
        ("missing-column", "contribution/month"),
        ("missing-column", "contribution/paid"),
        ("missing-column", "contribution/source"),
    ]
    assert "moth" in problems[0].suggestion


def test_it_refuses_a_wrong_type_but_takes_any_packing_of_text(tmp_path: Path):
    packed = GOOD["insurance"].dictionary_encode()
    given = GOOD.set_column(GOOD.schema.get_field_index("insurance"), "insurance", packed)
    month = GOOD.schema.get_field_index("month")
    write(tmp_path, given.set_column(month, "month", GOOD["month"].cast(pa.string())))
    assert codes_of(tmp_path, rows=True) == [("wrong-type", "contribution/month")]


def test_it_counts_empty_keys_and_empty_required_cells(tmp_path: Path):
    write(tmp_path, rows("contribution", paid("a", "P1", 202101), {"contribution_id": None, "insurance": "210"}))
    assert codes_of(tmp_path) == [
        ("empty-key", "contribution/contribution_id"),
        ("empty-required", "contribution/person_id"),
    ]


def test_it_finds_codes_that_their_list_lacks_only_when_rows_are_asked_for(tmp_path: Path):
    write(tmp_path, rows("contribution", paid("a", "P1", 202101) | {"insurance": "211"}))
    assert codes_of(tmp_path) == []
    (problem,) = check_facts(FactStore(tmp_path), VOCABULARY, rows=True)
    assert problem.code == "unknown-code" and "211" in problem.message and "210" in problem.suggestion


def test_c19_a_truncated_file_is_reported_and_the_rest_is_checked(tmp_path: Path):
    (tmp_path / "contribution.parquet").write_bytes(b"PAR1 not really")
    write(tmp_path, rows("person", {"person_id": None}), "person")
    assert codes_of(tmp_path) == [("unreadable-file", "contribution"), ("empty-key", "person/person_id")]


def test_it_finds_cutoffs_of_tables_that_are_not_there(tmp_path: Path):
    FactStore(tmp_path).append(table("cutoff"), rows("cutoff", {"entity": "contributions"}, {"entity": "contribution"}))
    (problem,) = check_facts(FactStore(tmp_path), VOCABULARY)
    assert problem.code == "unknown-entity" and "contribution?" in problem.suggestion
