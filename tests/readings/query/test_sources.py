"""Of the rows of one key the newest known speaks, whatever is known of the loads in which they came."""

from datetime import date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readings.small import VOCABULARY

from jixiang.engines.duckdb import DuckDB
from jixiang.language.typed import Rulebook
from jixiang.readings.query import sql
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.plan import Step
from jixiang.readings.query.sources import Sources
from jixiang.tables.schema import fact_tables

ENTITY = VOCABULARY.entities["人员"]
TABLE = fact_tables(VOCABULARY)[ENTITY.table]
KEY = ENTITY.key_column
DAY = date(2021, 6, 30)

VERSIONS = st.tuples(st.sampled_from("甲乙丙"), st.integers(-2, 1), st.booleans(), st.booleans())
LOAD = st.lists(VERSIONS, max_size=3, unique_by=lambda version: version[0])


def rows(load, number):
    """Versions (key, days after the run, value, taken back) as rows of the table."""
    listed = [
        {
            KEY: key,
            "退役": value,
            "recorded_at": datetime(2021, 6, 30, 20) + timedelta(days=days),
            "source": "来源",
            "source_row": number * 10 + at,
            "retracted": retracted,
        }
        for at, (key, days, value, retracted) in enumerate(load)
    ]
    return pa.Table.from_pylist(listed, schema=TABLE.schema)


@pytest.fixture(scope="module")
def engine():
    with DuckDB() as engine:
        yield engine


def spoken(engine, loads, how, columns):
    """What the view shows, sorted."""
    sources = Sources(VOCABULARY, Rulebook({}, (), {}, {}, {}), DAY, DAY, {}, Offered({TABLE.name: how}))
    name = sources.fact(ENTITY, columns)
    tables = [rows(load, number) for number, load in enumerate(loads)]
    engine.offer(f"raw_{TABLE.name}", pa.concat_tables(tables))
    if how == "several":
        engine.offer(f"later_{TABLE.name}", pa.concat_tables(tables[1:]))
    engine.run([Step(step, query, kept=True) for step, query in sources.steps()])
    found = engine.fetch(sql.select([sql.star()], sql.table(name, "r")))
    assert found.column_names == list(columns or (KEY,))
    return sorted(tuple(row.values()) for row in found.to_pylist())


def newest(loads):
    """The rule in plain words, for one key after another."""
    known = [row for number, load in enumerate(loads) for row in rows(load, number).to_pylist()]
    known = [row for row in known if row["recorded_at"].date() <= DAY]
    speaking = {row[KEY]: row for row in sorted(known, key=lambda row: (row["recorded_at"], row["source_row"]))}
    return sorted((row[KEY], row["退役"]) for row in speaking.values() if not row["retracted"])


@given(st.lists(LOAD, min_size=2, max_size=4))
def test_the_newest_version_speaks_however_much_is_known_of_loads(engine, loads):
    assert spoken(engine, loads, "several", (KEY, "退役")) == newest(loads)
    assert spoken(engine, loads, "unknown", (KEY, "退役")) == newest(loads)


@given(LOAD)
def test_one_load_needs_no_search_for_later_versions(engine, load):
    assert spoken(engine, [load], "one", (KEY, "退役")) == newest([load])


def test_only_columns_that_are_asked_for_are_read(engine):
    load = [("甲", 0, True, False), ("乙", 0, False, False)]
    assert spoken(engine, [load, []], "several", ("退役",)) == [(False,), (True,)]
    assert spoken(engine, [load, []], "several", ()) == [("乙",), ("甲",)]


@pytest.mark.parametrize("how", ["several", "unknown"])
def test_a_correction_that_came_first_does_not_speak_for_a_newer_row(engine, how):
    loads = [[("甲", 0, True, False)], [("甲", -1, False, False)]]
    assert spoken(engine, loads, how, (KEY, "退役")) == [("甲", True)]
