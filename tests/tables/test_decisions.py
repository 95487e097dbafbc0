from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from jixiang.tables.decisions import DECISIONS, read_decisions, write_decisions


def decision(subject: str, **more: Any) -> dict[str, Any]:
    usual = {
        "policy": "技能提升补贴",
        "subject": subject,
        "period": "",
        "title": "",
        "version": "2017-01-01",
        "decision_date": date(2021, 6, 30),
        "outcome": "denied",
        "on_hold": False,
        "failed": 1,
        "unknown": 0,
    }
    return dict.fromkeys(DECISIONS.names) | usual | more


GRANTED = decision(
    "C2",
    outcome="granted",
    failed=0,
    claimed_fen=150_000,
    amount_fen=150_000,
    funded_fen=150_000,
    turn=[1, 7],
    stages=[{"name": "预拨", "due_fen": 75_000}, {"name": "结算", "due_fen": None}],
    places=[{"rule": "满六个月", "key": "P1|2021", "limit": 3, "holders": ["C1", "C2"]}],
)


def table(*decisions: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(decisions), DECISIONS)


def test_what_is_written_can_be_read(tmp_path: Path):
    write_decisions(tmp_path / "a.parquet", table(GRANTED, decision("C1")))
    assert read_decisions(tmp_path).to_pylist() == [decision("C1"), GRANTED]


def test_the_same_decisions_give_the_same_bytes_in_any_batches(tmp_path: Path):
    many = [decision(f"C{n:04}") for n in range(300)]
    write_decisions(tmp_path / "a.parquet", table(*reversed(many)))
    write_decisions(tmp_path / "b.parquet", table(*many).to_batches(max_chunksize=7))
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_one_decision_alone_can_be_written(tmp_path: Path):
    assert write_decisions(tmp_path / "a.parquet", [table(decision("C1"))]) == 1


def test_batches_out_of_order_are_refused_and_leave_no_file(tmp_path: Path):
    for given in ([decision("C2"), decision("C1")], [decision("C1"), decision("C1")]):
        with pytest.raises(ValueError, match="order"):
            write_decisions(tmp_path / "a.parquet", [table(*given)])
    assert list(tmp_path.iterdir()) == []


def test_order_is_that_of_bytes_title_last(tmp_path: Path):
    given = [decision("C1", title="b"), decision("C1", title="乙"), decision("C1", period="2021"), decision("C10")]
    write_decisions(tmp_path / "a.parquet", table(*given))
    read = read_decisions(tmp_path / "a.parquet", columns=["subject", "period", "title"]).to_pylist()
    assert [tuple(row.values()) for row in read] == [
        ("C1", "", "b"),
        ("C1", "", "乙"),
        ("C1", "2021", ""),
        ("C10", "", ""),
    ]


def test_no_files_are_no_decisions(tmp_path: Path):
    assert read_decisions(tmp_path).num_rows == 0
    assert write_decisions(tmp_path / "a.parquet", table()) == 0 and read_decisions(tmp_path).schema.equals(DECISIONS)
