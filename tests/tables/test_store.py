from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from tests.tables.small import paid, rows, table

from jixiang.tables.parquet import ROW_GROUP
from jixiang.tables.store import FactStore

FIRST = rows("contribution", paid("b", "P2", 202101), paid("a", "P2", 202101), paid("c", "P1", 202102))
SECOND = rows("contribution", paid("d", "P1", 202103))


def test_it_takes_a_missing_table_for_an_empty_one(tmp_path: Path):
    store = FactStore(tmp_path / "none")
    assert store.tables() == () and store.files("person") == () and not store.has_meta("person")
    assert store.read("person") is None and store.rows("person") == 0


def test_it_appends_sorted_rows_to_a_delta_table(tmp_path: Path):
    store = FactStore(tmp_path)
    store.append(table("contribution"), FIRST)
    store.append(table("contribution"), SECOND)
    assert store.tables() == ("contribution",) and store.rows("contribution") == 4 and store.has_meta("contribution")
    assert store.read("contribution")["contribution_id"].to_pylist() == ["c", "a", "b", "d"]
    assert DeltaTable(str(tmp_path / "contribution")).to_pyarrow_table().num_rows == 4


def test_it_reads_an_older_version_of_a_delta_table(tmp_path: Path):
    FactStore(tmp_path).append(table("contribution"), FIRST)
    FactStore(tmp_path).append(table("contribution"), SECOND)
    assert FactStore(tmp_path, {"contribution": 0}).rows("contribution") == 3


def test_it_writes_the_same_bytes_for_the_same_rows(tmp_path: Path):
    for name, given in (("one", FIRST), ("two", FIRST.take(pa.array([2, 0, 1])))):
        FactStore(tmp_path / name).append(table("contribution"), given)
    one, two = (Path(FactStore(tmp_path / name).files("contribution")[0]) for name in ("one", "two"))
    assert one.name == two.name and one.read_bytes() == two.read_bytes()


def test_it_reads_plain_parquet_files_with_or_without_meta(tmp_path: Path):
    bare = FIRST.select(["contribution_id", "person_id"])
    pq.write_table(bare, tmp_path / "contribution.parquet")
    (tmp_path / "person").mkdir()
    pq.write_table(rows("person", {"person_id": "P1"}), tmp_path / "person" / "2.parquet")
    pq.write_table(rows("person", {"person_id": "P2"}), tmp_path / "person" / "1.parquet")
    store = FactStore(tmp_path)
    assert store.tables() == ("contribution", "person")
    assert not store.has_meta("contribution") and store.has_meta("person")
    assert [Path(file).name for file in store.files("person")] == ["1.parquet", "2.parquet"]


def test_it_finds_files_in_folders_with_chinese_names_and_spaces(tmp_path: Path):
    store = FactStore(tmp_path / "无锡 市")
    store.append(table("person"), rows("person", {"person_id": "P1"}))
    assert store.rows("person") == 1


def test_it_refuses_to_append_to_plain_files(tmp_path: Path):
    pq.write_table(SECOND, tmp_path / "contribution.parquet")
    with pytest.raises(ValueError, match="Delta"):
        FactStore(tmp_path).append(table("contribution"), FIRST)


def test_it_creates_an_empty_table_from_no_rows(tmp_path: Path):
    store = FactStore(tmp_path)
    store.append(table("person"), rows("person"))
    assert store.files("person") == () and DeltaTable(str(tmp_path / "person")).to_pyarrow_table().num_rows == 0


def test_it_cuts_row_groups_of_one_size_whatever_comes_in(tmp_path: Path):
    many = rows("person", *({"person_id": f"P{n:06}"} for n in range(1000))).slice(0, 1000)
    pieces = [many] * 130
    FactStore(tmp_path).append_sorted(table("person"), pieces)
    FactStore(tmp_path / "x").append_sorted(table("person"), [pa.concat_tables(pieces)])
    (one,), (two,) = FactStore(tmp_path).files("person"), FactStore(tmp_path / "x").files("person")
    sizes = [pq.read_metadata(one).row_group(n).num_rows for n in range(2)]
    assert sizes == [ROW_GROUP, 130_000 - ROW_GROUP] and Path(one).read_bytes() == Path(two).read_bytes()


def test_it_knows_which_files_hold_no_key_twice(tmp_path: Path):
    store = FactStore(tmp_path)
    store.append(table("contribution"), FIRST)
    store.append(table("contribution"), FIRST)
    assert [len(group) for group in store.distinct_groups("contribution")] == [1, 1]
    store.append(table("contribution"), pa.concat_tables([SECOND, SECOND]))
    assert store.distinct_groups("contribution") is None
