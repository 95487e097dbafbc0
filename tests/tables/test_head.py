from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.tables.small import paid, rows, table

from jixiang.tables.head import HEAD, read_head, write_head
from jixiang.tables.store import FactStore

FIRST = rows("contribution", paid("a", "P1", 202101))
SECOND = rows("contribution", paid("b", "P1", 202102))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for given in (FIRST, SECOND):
        FactStore(tmp_path).append(table("contribution"), given)
    FactStore(tmp_path).append(table("person"), rows("person", {"person_id": "P1"}))
    return tmp_path


def test_it_gives_back_the_head_that_was_written(tmp_path: Path):
    assert read_head(tmp_path) is None
    write_head(tmp_path, {"person": 3, "contribution": 0})
    assert read_head(tmp_path) == {"contribution": 0, "person": 3}
    assert [path.name for path in tmp_path.iterdir()] == [HEAD]


@pytest.mark.parametrize("text", ["", "[]", '{"person": "1"}', '{"person": true}'])
def test_it_refuses_what_is_no_head(tmp_path: Path, text: str):
    (tmp_path / HEAD).write_text(text)
    with pytest.raises(ValueError, match="not a head"):
        FactStore(tmp_path).tables()


def test_a_store_reads_the_versions_that_the_head_names(folder: Path):
    write_head(folder, {"contribution": 0, "person": 0})
    assert FactStore(folder).rows("contribution") == 1
    write_head(folder, {"contribution": 1, "person": 0})
    assert FactStore(folder).rows("contribution") == 2


def test_a_table_that_the_head_does_not_name_is_not_there_yet(folder: Path):
    write_head(folder, {"contribution": 1})
    store = FactStore(folder)
    assert store.tables() == ("contribution",)
    assert store.files("person") == () and store.delta("person") is None and store.read("person") is None


def test_data_files_without_a_log_are_no_table_where_there_is_a_head(tmp_path: Path):
    (tmp_path / "person").mkdir()
    pq.write_table(rows("person", {"person_id": "P1"}), tmp_path / "person" / "1.parquet")
    write_head(tmp_path, {})
    assert FactStore(tmp_path).tables() == () and FactStore(tmp_path).files("person") == ()


def test_versions_that_are_asked_for_win_over_the_head(folder: Path):
    write_head(folder, {"contribution": 0})
    assert FactStore(folder, {"contribution": 1}).rows("contribution") == 2


def test_a_store_keeps_to_the_head_that_it_saw_first(folder: Path):
    write_head(folder, {"contribution": 0, "person": 0})
    store = FactStore(folder)
    assert store.rows("person") == 1
    write_head(folder, {"contribution": 1, "person": 0})
    assert store.rows("contribution") == 1


def test_a_folder_with_a_head_is_not_appended_to_table_by_table(folder: Path):
    write_head(folder, {"contribution": 1})
    with pytest.raises(ValueError, match="head"):
        FactStore(folder).append(table("contribution"), FIRST)
