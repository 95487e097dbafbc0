"""The engine runs steps: kept ones become tables, the others are put into the queries that read them."""

from dataclasses import dataclass

import pyarrow as pa
import pytest
import sqlglot
from sqlglot import exp

from jixiang.engines.duckdb import DuckDB


@dataclass(frozen=True)
class Step:
    name: str
    query: exp.Query
    kept: bool = False


def query(text):
    return sqlglot.parse_one(text, read="duckdb")


@pytest.fixture
def engine():
    with DuckDB() as engine:
        engine.offer("numbers", pa.table({"n": [1, 2, 3]}))
        yield engine


def fetched(engine, text):
    return engine.fetch(query(text)).to_pylist()


def test_a_step_that_is_not_kept_is_read_through_those_that_stand_on_it(engine):
    engine.run(
        [
            Step("doubled", query("SELECT n * 2 AS n FROM numbers")),
            Step("more", query("SELECT n + 1 AS n FROM doubled")),
            Step("total", query("SELECT SUM(n) AS n FROM more"), kept=True),
        ]
    )
    assert fetched(engine, "SELECT n FROM total") == [{"n": 15}]
    assert fetched(engine, "SELECT n FROM more ORDER BY n") == [{"n": 3}, {"n": 5}, {"n": 7}]


def test_a_view_may_be_read_twice_and_by_a_query_that_has_its_own_names(engine):
    engine.run([Step("doubled", query("SELECT n * 2 AS n FROM numbers"))])
    both = "WITH own AS (SELECT n FROM doubled) SELECT COUNT(*) AS n FROM own JOIN doubled ON own.n = doubled.n"
    assert fetched(engine, both) == [{"n": 3}]


def test_a_view_of_the_same_name_takes_the_place_of_the_one_before(engine):
    for factor in (2, 10):
        engine.run(
            [
                Step("scaled", query(f"SELECT n * {factor} AS n FROM numbers")),
                Step("top", query("SELECT MAX(n) AS n FROM scaled"), kept=True),
            ]
        )
    assert fetched(engine, "SELECT n FROM top") == [{"n": 30}]


def test_what_is_dropped_is_gone_and_its_name_is_free_for_the_other_kind(engine):
    engine.run([Step("one", query("SELECT 1 AS n")), Step("two", query("SELECT 2 AS n"), kept=True)])
    engine.drop("one", kept=False)
    engine.drop("two", kept=True)
    engine.run([Step("one", query("SELECT 10 AS n"), kept=True), Step("two", query("SELECT 20 AS n"))])
    assert fetched(engine, "SELECT one.n + two.n AS n FROM one, two") == [{"n": 30}]


def test_progress_names_each_step_before_it_is_done(engine):
    heard = []
    steps = [Step("one", query("SELECT 1 AS n")), Step("two", query("SELECT 2 AS n"), kept=True)]
    engine.run(steps, lambda name, done, of: heard.append((name, done, of)))
    assert heard == [("one", 0, 2), ("two", 1, 2), ("", 2, 2)]


def test_tables_beyond_the_memory_limit_go_to_disk_and_are_gone_afterwards(tmp_path):
    with DuckDB(memory_mb=64, folder=tmp_path) as engine:
        engine.keep(
            "many",
            query(
                "SELECT n, CAST(n AS VARCHAR) || ' is far too long to be inlined' AS text FROM range(2000000) AS r(n)"
            ),
        )
        assert fetched(engine, "SELECT COUNT(DISTINCT LENGTH(text)) AS n FROM many") == [{"n": 7}]
        assert any(tmp_path.rglob("*.tmp*"))
    assert list(tmp_path.iterdir()) == []
