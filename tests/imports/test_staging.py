"""Rows wait in buckets by key: none is lost, none twice, and those of one key lie together."""

import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.imports.settling import FACTS, FILE, kind

from jixiang.imports.staging import Staging
from jixiang.imports.stating import stated_schema

ALPHABET = "234567ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def payments(keys, *, first=1, month=202101):
    rows = [
        {"payment_id": key, "person_id": key[:17], "employer_id": "F1", "month": month, "paid": n, "_row": FILE + n}
        for n, key in enumerate(keys, first)
    ]
    return pa.Table.from_pylist(rows, stated_schema(FACTS[0]))


def staged(staging, table="payment"):
    """The rows of each bucket, which must lie within its bounds."""
    found = []
    for bucket in staging.buckets(table):
        rows = bucket.read().to_pylist()
        assert len(rows) == bucket.rows
        for row in rows:
            assert bucket.low is None or row[f"{table}_id"] >= bucket.low
            assert bucket.high is None or row[f"{table}_id"] < bucket.high
        found.append(rows)
    return found


@given(
    keys=st.lists(
        st.one_of(
            st.text(ALPHABET, min_size=16, max_size=16).map(lambda text: f"P{text}/F1/202101"),
            st.text("PA2/é中", min_size=1, max_size=4),
        ),
        min_size=1,
        max_size=60,
    ),
    held=st.integers(1, 30),
    bucket=st.integers(1, 30),
)
@settings(max_examples=max(20, settings.default.max_examples // 3))
def test_every_row_is_in_one_bucket_by_its_key(keys, held, bucket):
    with tempfile.TemporaryDirectory() as folder:
        staging = Staging(Path(folder), kind(), held=held, bucket=bucket)
        for n in range(0, len(keys), 7):
            staging.add(0, payments(keys[n : n + 7], first=n + 1))
        buckets = staging.buckets("payment")
        assert buckets[0].low is None and buckets[-1].high is None
        assert [b.high for b in buckets[:-1]] == [b.low for b in buckets[1:]]
        found = sorted((row["_row"] - FILE, row["payment_id"]) for rows in staged(staging) for row in rows)
        assert found == list(enumerate(keys, 1))


def test_a_small_import_waits_in_one_bucket(tmp_path):
    staging = Staging(tmp_path, kind())
    staging.add(0, payments(["PA/F1/202101", "P2/F1/202101"]))
    assert len(staging.buckets("payment")) == 1
    assert [row["payment_id"] for row in staged(staging)[0]] == ["PA/F1/202101", "P2/F1/202101"]
    assert staging.rows("payment") == 2


def test_a_table_of_which_nothing_is_stated_has_one_empty_bucket(tmp_path):
    (bucket,) = Staging(tmp_path, kind()).buckets("employer")
    assert (bucket.rows, bucket.low, bucket.high) == (0, None, None)
    assert bucket.read().num_rows == 0
    assert bucket.read(["employer_id"]).column_names == ["employer_id"]


def test_keys_of_persons_spread_over_the_buckets_in_their_order(tmp_path):
    keys = [f"P{a}{b}{'A' * 14}/F1/202101" for a in ALPHABET for b in ALPHABET]
    staging = Staging(tmp_path, kind(), held=100, bucket=40)
    for n in range(0, len(keys), 100):
        staging.add(0, payments(keys[n : n + 100], first=n + 1))
    found = staged(staging)
    assert len(found) == 32
    assert [sorted(row["payment_id"] for row in rows) for rows in found] == [
        sorted(keys)[n : n + 32] for n in range(0, 1024, 32)
    ]


def test_it_reads_some_columns_alone(tmp_path):
    staging = Staging(tmp_path, kind())
    staging.add(0, payments(["PA"]))
    assert staging.buckets("payment")[0].read(["payment_id", "_row"]).to_pylist() == [
        {"payment_id": "PA", "_row": FILE + 1}
    ]


def test_it_knows_the_scope_of_what_it_holds(tmp_path):
    staging = Staging(tmp_path, kind("scope"))
    staging.add(0, payments(["PA"], month=202101))
    staging.add(0, payments(["PB", "PC"], month=202103))
    assert staging.scope() == {(202101,), (202103,)}


def test_files_hold_the_columns_of_facts_and_nothing_else(tmp_path):
    staging = Staging(tmp_path, kind())
    with pytest.raises((ValueError, pa.ArrowInvalid)):
        staging.add(0, payments(["PA"]).append_column("name", pa.array(["某人"])))
    staging.add(0, payments(["PA"]))
    for bucket in staging.buckets("payment"):
        assert bucket.read().column_names == ["payment_id", "person_id", "employer_id", "month", "paid", "_row"]
