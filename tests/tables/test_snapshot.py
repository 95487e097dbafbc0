from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path

import pytest
from tests.tables.small import TODAY, paid, rows, table

from jixiang.tables.cutoffs import read_cutoffs
from jixiang.tables.snapshot import (
    MANIFEST,
    Manifest,
    changed_files,
    damaged_files,
    hash_documents,
    hash_folder,
    read_manifest,
    take_snapshot,
    write_manifest,
)
from jixiang.tables.store import FactStore


def city(folder: Path) -> FactStore:
    store = FactStore(folder)
    store.append(table("contribution"), rows("contribution", paid("a", "P1", 202101), paid("b", "P2", 202101)))
    store.append(table("cutoff"), rows("cutoff", {"entity": "contribution", "covers_until": date(2021, 5, 31)}))
    return store


def snapshot(store: FactStore, as_of: date = TODAY) -> Manifest:
    names = ("person", "contribution", "cutoff")
    return take_snapshot(store, tables=names, as_of=as_of, documents={"a.md": "00"}, run_dates=[as_of])


def test_the_id_does_not_depend_on_where_the_files_lie(tmp_path: Path):
    one, two = snapshot(city(tmp_path / "one")), snapshot(city(tmp_path / "somewhere" / "two"))
    assert one.id == two.id and one.canonical == two.canonical


def test_the_id_changes_with_every_part(tmp_path: Path):
    store = city(tmp_path)
    before = snapshot(store)
    later = snapshot(store, date(2021, 7, 31))
    store.append(table("person"), rows("person", {"person_id": "P1"}))
    more = snapshot(store)
    assert len({before.id, later.id, more.id}) == 3


def test_the_id_is_the_hash_of_the_written_file(tmp_path: Path):
    manifest = snapshot(city(tmp_path / "facts"))
    path = write_manifest(tmp_path / "out", manifest)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == manifest.id
    assert read_manifest(tmp_path / "out") == manifest and b" " not in path.read_bytes()


def test_it_counts_rows_and_leaves_out_tables_that_are_not_there(tmp_path: Path):
    manifest = snapshot(city(tmp_path))
    assert {name: [file.rows for file in files] for name, files in manifest.tables.items()} == {
        "contribution": [2],
        "cutoff": [1],
    }


def test_it_refuses_a_file_that_is_no_manifest(tmp_path: Path):
    (tmp_path / MANIFEST).write_text("[]")
    with pytest.raises(ValueError, match="manifest"):
        read_manifest(tmp_path)


def test_it_tells_which_files_are_no_longer_the_same(tmp_path: Path):
    store = city(tmp_path)
    manifest = snapshot(store)
    assert changed_files(store, manifest) == []
    Path(store.files("cutoff")[0]).write_bytes(b"")
    Path(store.files("contribution")[0]).unlink()
    assert {path.split("/")[0] for path in changed_files(store, manifest)} == {"contribution", "cutoff"}


def test_it_hashes_documents_by_their_path_in_the_pack(tmp_path: Path):
    (tmp_path / "政策").mkdir()
    (tmp_path / "政策" / "B3.md").write_text("条文")
    assert hash_documents(tmp_path) == {"政策/B3.md": hashlib.sha256("条文".encode()).hexdigest()}


def test_the_standing_hash_knows_names_and_contents(tmp_path: Path):
    (tmp_path / "a.parquet").write_bytes(b"1")
    before = hash_folder(tmp_path)
    (tmp_path / "a.parquet").rename(tmp_path / "b.parquet")
    assert hash_folder(tmp_path) != before


def test_the_standing_hash_is_of_decisions_only(tmp_path: Path):
    (tmp_path / "a.parquet").write_bytes(b"1")
    before = hash_folder(tmp_path)
    (tmp_path / "_beside" / "20210630").mkdir(parents=True)
    (tmp_path / "_beside" / "20210630" / "a.parquet").write_bytes(b"2")
    assert hash_folder(tmp_path) == before


def test_the_newest_cutoff_known_by_the_day_speaks(tmp_path: Path):
    def said(until: date, recorded: datetime, **more: object) -> dict[str, object]:
        return {"entity": "contribution", "covers_until": until, "recorded_at": recorded, **more}

    FactStore(tmp_path).append(
        table("cutoff"),
        rows(
            "cutoff",
            said(date(2021, 4, 30), datetime(2021, 5, 20)),
            said(date(2021, 5, 31), datetime(2021, 6, 30, 23, 59)),
            said(date(2021, 3, 31), datetime(2021, 7, 1)),
            said(date(2021, 6, 30), datetime(2021, 8, 1), retracted=True),
        ),
    )
    known = {day: read_cutoffs(FactStore(tmp_path), day) for day in (date(2021, 5, 1), TODAY, date(2021, 7, 1))}
    assert known[date(2021, 5, 1)] == {}
    assert known[TODAY] == {"contribution": date(2021, 5, 31)}
    assert known[date(2021, 7, 1)] == {"contribution": date(2021, 3, 31)}
    assert read_cutoffs(FactStore(tmp_path), date(2021, 8, 1)) == {}


def test_c20_a_single_bit_that_tips_over_is_found_before_anything_is_read(tmp_path: Path):
    store = city(tmp_path)
    assert damaged_files(snapshot(store)) == []
    victim = Path(store.files("contribution")[0])
    whole = victim.read_bytes()
    for place in range(4, 400, 20):
        victim.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert damaged_files(snapshot(store)) == [victim.relative_to(tmp_path).as_posix()]
