from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from jixiang.imports.ledger import NAMES_SPOKEN, NAMES_WITHDRAWN, Act, Extract, Ledger, Part, ReceivedFile
from jixiang.imports.settle import Authority, Coverage

MAY, JUNE, JULY = date(2021, 5, 31), date(2021, 6, 30), date(2021, 7, 31)
NOON = datetime(2021, 7, 1, 12)
SHA = "ab" * 32
DESK = Act("desk", datetime(2021, 7, 2), names=NAMES_SPOKEN)
WITHDRAWN = replace(DESK, names=NAMES_WITHDRAWN)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(sqlite3.connect(":memory:", isolation_level=None))


def file(number: int = 1, sha256: str = SHA, refused: int = 0, **more) -> ReceivedFile:
    given = {"layout": "金保", "bytes": 9, "rows_read": 10 + refused, "accepted": 8, "ignored": 2} | more
    return ReceivedFile(number=number, name=f"{number}.csv", sha256=sha256, refused=refused, **given)


def taken(extracted: date = JUNE, hour: int = 12, **more) -> Act:
    return Act("import", datetime(2021, 7, 1, hour), **({"kind": "缴费", "extracted": extracted} | more))


def part(table: str, version: int, file: str = "") -> Part:
    return Part(table, version, file or f"{version:06}.parquet", 100, 3, SHA)


def test_it_gives_back_an_act_as_it_was_recorded(ledger: Ledger):
    counts = {"contribution": {"changed": 2, "new": 6}}
    act = taken(
        shape="scope",
        scope=frozenset({(202105, "甲"), (202106, "乙")}),
        files=(file(1), file(2, "cd" * 32)),
        counts=counts,
    )
    act = replace(act, report={"缺失": 0.5})
    assert ledger.record(act) == 1
    assert list(ledger.acts()) == [replace(act, id=1)]
    assert list(ledger.acts(kind="证书")) == list(ledger.acts(after=1)) == []


def test_it_numbers_files_on_from_the_last(ledger: Ledger):
    assert ledger.next_file() == 1
    ledger.record(taken(files=(file(1), file(2, "cd" * 32))))
    assert ledger.next_file() == 3


def test_it_knows_a_file_of_the_same_kind_and_extract_by_its_bytes(ledger: Ledger):
    ledger.record(taken(files=(file(7),)))
    assert ledger.file_known("缴费", JUNE, SHA) == 7
    assert ledger.file_known("缴费", JUNE, "cd" * 32) is None
    assert ledger.file_known("缴费", JULY, SHA) is None and ledger.file_known("证书", JUNE, SHA) is None
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        ledger.record(taken(hour=13, files=(file(8),)))


def test_a_file_with_refused_rows_may_come_again_once_the_mapping_has_changed_or_the_desk_decided(ledger: Ledger):
    ledger.record(taken(files=(file(refused=1, definition="one"),)))
    assert ledger.file_known("缴费", JUNE, SHA, "one") == 1
    assert ledger.file_known("缴费", JUNE, SHA, "two") is None
    ledger.record(DESK)
    assert ledger.file_known("缴费", JUNE, SHA, "one") is None
    ledger.record(Act("import", datetime(2021, 7, 3), "缴费", JUNE, files=(file(2, definition="one"),)))
    assert ledger.file_known("缴费", JUNE, SHA, "any") == 2


def test_a_file_without_refused_rows_may_come_again_once_rows_have_been_withdrawn(ledger: Ledger):
    ledger.record(taken(files=(file(),)))
    ledger.record(DESK)
    assert ledger.file_known("缴费", JUNE, SHA) == 1
    ledger.record(replace(WITHDRAWN, received_at=datetime(2021, 7, 3)))
    assert ledger.file_known("缴费", JUNE, SHA) is None
    ledger.record(Act("import", datetime(2021, 7, 4), "缴费", JUNE, files=(file(2),)))
    assert ledger.file_known("缴费", JUNE, SHA) == 2


def test_a_row_that_is_not_accounted_for_can_not_be_recorded(ledger: Ledger):
    with pytest.raises(sqlite3.IntegrityError, match="rows_read"):
        ledger.record(taken(files=(file(accepted=7),)))


def test_it_adds_up_the_files_of_the_newest_extract(ledger: Ledger):
    ledger.record(taken(JUNE, 12, files=(file(1),)))
    ledger.record(taken(JUNE, 13, files=(file(2, "cd" * 32, refused=3),)))
    ledger.record(taken(MAY, 14, files=(file(3, layout="模板"),)))
    assert ledger.last("缴费") == Extract("缴费", JUNE, 2, 23, 16, 3, 4)
    assert (
        ledger.last("缴费", layout="模板") == ledger.last("缴费", before=JUNE) == Extract("缴费", MAY, 1, 10, 8, 0, 2)
    )
    assert ledger.last("缴费", before=MAY) is None


def test_it_knows_what_newer_extracts_and_those_of_the_same_day_have_spoken_of(ledger: Ledger):
    for day, hour, months in ((JUNE, 1, (5, 6)), (JUNE, 2, (4,)), (JULY, 3, (7,))):
        ledger.record(taken(day, hour, shape="scope", scope=frozenset((202100 + month,) for month in months)))
    nothing, june = Coverage(), frozenset({(202104,), (202105,), (202106,)})
    july = Coverage(True, frozenset({(202107,)}))
    assert ledger.authority("缴费", MAY) == Authority(Coverage(True, june | july.scope), nothing)
    assert ledger.authority("缴费", JUNE) == Authority(july, Coverage(True, june))
    assert ledger.authority("缴费", JULY) == Authority(nothing, july)
    assert ledger.authority("证书", MAY) == Authority(nothing, nothing)


def test_it_knows_the_versions_after_each_act(ledger: Ledger):
    ledger.record(taken(hour=1), [part("a", 0, "x"), part("a", 0, "y"), part("b", 0)])
    ledger.record(taken(hour=2), [part("a", 1)])
    assert ledger.versions() == {"a": 1, "b": 0}
    assert ledger.versions(1) == {"a": 0, "b": 0} and ledger.versions(0) == {}
    assert [p.file for p in ledger.parts("a")] == ["x", "y", "000001.parquet"]
    assert list(ledger.parts("a", after=0)) == [part("a", 1)]


def test_a_version_that_does_not_follow_is_refused(ledger: Ledger):
    with pytest.raises(sqlite3.IntegrityError, match="follows"):
        ledger.record(taken(), [part("a", 1)])


def test_an_act_counts_as_received_after_the_one_before_though_the_clock_be_set_back(ledger: Ledger):
    assert ledger.moment(NOON) == NOON
    ledger.record(taken(hour=12))
    assert ledger.moment(datetime(2021, 6, 1)) == datetime(2021, 7, 1, 12, 0, 0, 1)
    with pytest.raises(sqlite3.IntegrityError, match="follows"):
        ledger.record(taken(hour=12))


def test_long_numbers_in_the_names_of_files_are_not_kept(ledger: Ledger):
    sent = replace(file(), name="刘某32999919800101001X_20210630.xlsx")
    ledger.record(taken(files=(sent,)))
    assert next(ledger.acts()).files[0].name == "刘某…_20210630.xlsx"


def test_nothing_in_it_can_be_changed_or_removed(ledger: Ledger):
    ledger.record(taken(scope=frozenset({("1",)}), files=(file(),), counts={"a": {"new": 1}}), [part("a", 0)])
    tables = [name for (name,) in ledger.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert len(tables) == 6
    for name in tables:
        column = ledger.connection.execute(f"SELECT * FROM {name}").description[0][0]
        for statement in (f"DELETE FROM {name}", f"UPDATE {name} SET {column} = {column}"):
            with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                ledger.connection.execute(statement)


def test_it_joins_a_transaction_that_is_open(tmp_path: Path):
    connection = sqlite3.connect(tmp_path / "vault.sqlite", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    Ledger(connection).record(taken())
    connection.execute("ROLLBACK")
    assert list(Ledger(connection).acts()) == []
