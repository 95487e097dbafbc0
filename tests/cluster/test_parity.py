"""Every form that a plan emits means the same on both engines: the same tree over the same rows gives the same table."""

from functools import cache

import pyarrow as pa
import pytest
import sqlglot
from sqlglot import exp
from tests.cluster.forms import RELATIONS, longest_in_a_row
from tests.cluster.queries import ORDERED, QUERIES, TABLES
from tests.cluster.same import alike, in_one_order

from jixiang.engines.duckdb import DuckDB
from jixiang.engines.spark import Spark
from jixiang.readings.query import sql

FORMS = [(relation, name) for relation, (_, forms) in RELATIONS.items() for name in forms]


@pytest.fixture(scope="module")
def engines(session, tmp_path_factory):
    with DuckDB(threads=1) as duck, Spark(session, folder=tmp_path_factory.mktemp("parity")) as spark:
        for engine in (duck, spark):
            for name, rows in TABLES.items():
                engine.offer(name, rows)
        yield duck, spark


@pytest.fixture(scope="module")
def evaluated(engines):
    """All forms over a relation at once, by each engine."""

    @cache
    def of(relation):
        rows, forms = RELATIONS[relation]
        given = rows.append_column("place", pa.array(range(rows.num_rows), pa.int64()))
        shown = [sql.col("place"), *(sql.alias(form, f"form {n}") for n, form in enumerate(forms.values()))]
        query = sql.select(shown, sql.table(f"placed_{relation}", "r"))
        for engine in engines:
            engine.offer(f"placed_{relation}", given)
        return [alike(engine.fetch(query)).sort_by("place") for engine in engines]

    return of


@pytest.mark.parametrize(("relation", "name"), FORMS)
def test_an_expression_has_the_same_values(evaluated, relation, name):
    duck, spark = evaluated(relation)
    column = f"form {list(RELATIONS[relation][1]).index(name)}"
    rows = RELATIONS[relation][0].to_pylist()
    differing = [
        (row, mine, theirs)
        for row, mine, theirs in zip(rows, duck[column].to_pylist(), spark[column].to_pylist(), strict=True)
        if mine != theirs
    ]
    assert differing == []
    assert spark[column].type == duck[column].type


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_has_the_same_rows(engines, name):
    duck, spark = (in_one_order(alike(engine.fetch(QUERIES[name]))) for engine in engines)
    assert spark.schema == duck.schema
    assert spark.to_pylist() == duck.to_pylist()
    assert spark.equals(duck)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_has_the_same_rows_once_it_is_kept(engines, name):
    kept = sql.select([sql.star()], sql.table("kept", "r"))
    found = []
    for engine in engines:
        engine.keep("kept", QUERIES[name])
        found.append(in_one_order(alike(engine.fetch(kept))))
        engine.drop("kept", kept=True)
    assert found[1].equals(found[0])


@pytest.mark.parametrize("name", ORDERED)
def test_a_query_has_the_same_order(engines, name):
    duck, spark = (alike(engine.fetch(ORDERED[name])) for engine in engines)
    assert spark.equals(duck)
    batches = alike(pa.Table.from_batches(engines[1].batches(ORDERED[name], 2)))
    assert batches.equals(duck)


def test_months_in_a_row_are_as_many(engines):
    found = []
    for engine in engines:
        engine.offer("masks", RELATIONS["masks"][0])
        engine.run(longest_in_a_row())
        found.append(in_one_order(alike(engine.fetch(sql.select([sql.star()], sql.table("in_a_row", "r"))))))
    assert found[0].num_rows == 144
    assert found[1].equals(found[0])


REFUSED = {
    "a sum beyond 64 bits": "SELECT fen + fen AS x FROM rows",
    "a day beyond all days": "SELECT r.day + CAST(2147483000 AS INT) AS x FROM rows AS r",
    "a month that is none": "SELECT MAKE_DATE(2020, 13, 1) AS x",
    "a division by nothing": "SELECT month // (month - 4) AS x FROM rows",
    "a remainder by nothing": "SELECT month % (month - 4) AS x FROM rows",
    "a bit beyond 64": "SELECT CAST(3 AS BIGINT) << CAST(id + 61 AS INT) AS x FROM rows WHERE id = 1",
    "a number beyond its type": "SELECT CAST(fen AS INT) AS x FROM rows",
    "a text that is no number": "SELECT CAST(k AS BIGINT) AS x FROM rows",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_said_stops_both(engines, name):
    tree = _as_planned(sqlglot.parse_one(REFUSED[name], read="duckdb"))
    for engine in engines:
        with pytest.raises(Exception, match=r"."):
            engine.fetch(tree)


def _as_planned(tree):
    """A plan names this function without knowing it."""
    for node in list(tree.find_all(exp.DateFromParts)):
        node.replace(exp.Anonymous(this="MAKE_DATE", expressions=[node.args[n] for n in ("year", "month", "day")]))
    return tree
