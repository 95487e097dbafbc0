"""The engine runs steps, as the other one does: kept ones become tables, the others are read through."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import exp

from jixiang.engines.spark import Spark


@dataclass(frozen=True)
class Step:
    name: str
    query: exp.Query
    kept: bool = False


def query(text):
    return sqlglot.parse_one(text, read="duckdb")


def fetched(engine, text):
    return engine.fetch(query(text)).to_pylist()


def test_a_step_that_is_not_kept_is_read_through_those_that_stand_on_it(spark):
    spark.offer("numbers", pa.table({"n": [1, 2, 3]}))
    heard = []
    spark.run(
        [
            Step("doubled", query("SELECT n * 2 AS n FROM numbers")),
            Step("more", query("SELECT n + 1 AS n FROM doubled")),
            Step("total", query("SELECT COUNT(*) AS n, MAX(n) AS top FROM more"), kept=True),
        ],
        lambda name, done, of: heard.append((name, done, of)),
    )
    assert fetched(spark, "SELECT n, top FROM total") == [{"n": 3, "top": 7}]
    assert fetched(spark, "SELECT n FROM more ORDER BY n") == [{"n": 3}, {"n": 5}, {"n": 7}]
    assert heard == [("doubled", 0, 3), ("more", 1, 3), ("total", 2, 3), ("", 3, 3)]


def test_a_table_of_the_same_name_takes_the_place_of_the_one_before(spark):
    spark.keep("one", query("SELECT 1 AS n"))
    spark.keep("one", query("SELECT n + 1 AS n FROM one"))
    assert fetched(spark, "SELECT n FROM one") == [{"n": 2}]


def test_what_is_dropped_is_gone_and_its_name_is_free_for_the_other_kind(spark):
    spark.run([Step("one", query("SELECT 1 AS n")), Step("two", query("SELECT 2 AS n"), kept=True)])
    spark.drop("one", kept=False)
    spark.drop("two", kept=True)
    with pytest.raises(Exception, match="TABLE_OR_VIEW_NOT_FOUND"):
        fetched(spark, "SELECT n FROM two")
    spark.run([Step("one", query("SELECT 10 AS n"), kept=True), Step("two", query("SELECT 20 AS n"))])
    assert fetched(spark, "SELECT one.n + two.n AS n FROM one, two") == [{"n": 30}]


def test_two_engines_of_one_connection_do_not_see_each_other(spark, session):
    spark.offer("mine", pa.table({"n": [1]}))
    with Spark(session) as other, pytest.raises(Exception, match="TABLE_OR_VIEW_NOT_FOUND"):
        fetched(other, "SELECT n FROM mine")


def test_nothing_is_left_in_the_folder(session, tmp_path):
    with Spark(session, folder=tmp_path) as engine:
        engine.keep("one", query("SELECT 1 AS n"))
        assert any(tmp_path.rglob("*.parquet"))
    assert list(tmp_path.iterdir()) == []


def test_files_may_have_different_columns_and_widths_and_lie_in_odd_places(spark, tmp_path):
    folder = tmp_path / "月份 [1]{a}*?"
    folder.mkdir()
    files = [str(folder / name) for name in ("k=1.parquet", "b,c.parquet")]
    pq.write_table(pa.table({"id": pa.array([1], pa.int32()), "word": ["甲"]}), files[0])
    pq.write_table(pa.table({"id": pa.array([2**40], pa.int64()), "late": [True]}), files[1])
    stated = pa.schema([("id", pa.int64()), ("word", pa.string()), ("day", pa.date32())])
    spark.offer_files("raw", files, stated)
    assert fetched(spark, "SELECT id, word, day, late FROM raw ORDER BY id") == [
        {"id": 1, "word": "甲", "day": None, "late": None},
        {"id": 2**40, "word": None, "day": None, "late": True},
    ]


def test_without_files_there_is_a_relation_without_rows(spark):
    spark.offer_files("raw", [], pa.schema([("id", pa.int64()), ("places", pa.list_(pa.struct([("n", pa.int64())])))]))
    assert fetched(spark, "SELECT id, places FROM raw") == []


def test_a_file_that_spark_would_pass_over_is_not_passed_over(spark, tmp_path):
    pq.write_table(pa.table({"id": [1]}), tmp_path / "_0.parquet")
    with pytest.raises(ValueError, match="does not see"):
        spark.offer_files("raw", [str(tmp_path / "_0.parquet")], pa.schema([("id", pa.int64())]))


def test_batches_come_in_order_from_however_many_parts(spark, tmp_path):
    rows = pa.table(
        {"n": pa.array(range(200_000), pa.int64()), "word": [f"{n * 7919 % 200_000:06d}" for n in range(200_000)]}
    )
    spark.offer("many", rows)
    found = list(spark.batches(query("SELECT word, n FROM many ORDER BY word"), 10_000))
    assert max(batch.num_rows for batch in found) <= 10_000
    words = pa.Table.from_batches(found)["word"].to_pylist()
    assert words == [f"{n:06d}" for n in range(200_000)]
    assert not any(path.name.endswith("-batches") for path in tmp_path.rglob("*"))
