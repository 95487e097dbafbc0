"""What is kept, advanced step by step, is what the facts say: equal to the bit to the same built anew."""

import shutil
from datetime import date, datetime, time
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.agreement.histories import lives
from tests.agreement.storage import append_recorded, write_recorded
from tests.agreement.town import VOCABULARY

from jixiang.language.city import load_city
from jixiang.readings.kept_facts.advance import advance
from jixiang.readings.kept_facts.build import build
from jixiang.readings.kept_facts.compare import differences
from jixiang.readings.kept_facts.state import path_of, read_state
from jixiang.synthetic.city import make_city
from jixiang.tables.store import FactStore

CITY = Path(__file__).parents[3] / "cities" / "wuxi"
DAYS = (date(2021, 1, 31), date(2021, 4, 30), date(2021, 5, 31), date(2022, 2, 28))


def end_of(day):
    return datetime.combine(day, time.max)


def anew(store, vocabulary, day, kept):
    """The file of the same facts built from nothing."""
    path = path_of(store)
    aside = kept.with_name("advanced.duckdb")
    path.rename(aside)
    build(store, vocabulary, end_of(day))
    rebuilt = kept.with_name("anew.duckdb")
    path.rename(rebuilt)
    aside.rename(path)
    return rebuilt


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=max(15, settings().max_examples // 8))
@given(life=lives(runs=4, rows=8), shuffled=st.integers(0, 99), files_grow=st.booleans())
def test_step_by_step_is_as_if_built_at_once(tmp_path_factory, life, shuffled, files_grow):
    folder = tmp_path_factory.mktemp("facts")
    if not files_grow:
        write_recorded(folder, life.dates, life.worlds, shuffled=shuffled, parts=2)
    before = None
    for number, (day, world) in enumerate(zip(life.dates, life.worlds, strict=True)):
        if files_grow:
            append_recorded(folder, number, day, before, world)
        before = world
        state = advance(FactStore(folder), VOCABULARY, end_of(day))
        event("with months" if state.months else "rows only")
    store = FactStore(folder)
    rebuilt = anew(store, VOCABULARY, life.dates[-1], path_of(store))
    try:
        assert not differences(path_of(store), rebuilt)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def city():
    return load_city(CITY)


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city") / "facts"
    assert not make_city(folder, 0.002, 5, CITY, lambda what, done: None)
    return folder


def test_a_city_month_by_month(city, facts):
    store = FactStore(facts)
    for day in DAYS:
        advance(store, city.vocabulary, end_of(day))
    assert read_state(store).months.keys() == {"contribution", "headcount"}
    rebuilt = anew(store, city.vocabulary, DAYS[-1], path_of(store))
    assert not differences(path_of(store), rebuilt)
    with duckdb.connect(str(rebuilt)) as con:
        con.execute("UPDATE months_contribution SET m0 = xor(m0, 1) WHERE rowid = 7")
        con.execute("DELETE FROM employer WHERE rowid = 3")
    assert differences(path_of(store), rebuilt) == {"employer": 1, "months_contribution": 2}


def test_every_row_is_in_some_month(city, facts):
    """Bits are as many as there are months, and the rows of all years as many as rows speak."""
    store = FactStore(facts)
    advance(store, city.vocabulary, end_of(DAYS[-1]))
    with duckdb.connect(str(path_of(store)), read_only=True) as con:
        years = [n for (n, *_) in con.execute("DESCRIBE months_contribution").fetchall() if n.startswith("n")]
        (rows,) = con.execute(f"SELECT sum({' + '.join(years)}) FROM months_contribution").fetchall()[0]
    known = f"FROM read_parquet({list(store.files('contribution'))!r}) WHERE recorded_at <= '{end_of(DAYS[-1])}'"
    newest = "QUALIFY row_number() OVER (PARTITION BY contribution_id ORDER BY recorded_at DESC, source_row DESC) = 1"
    (speak,) = duckdb.sql(f"SELECT count(*) FROM (SELECT * {known} {newest}) WHERE NOT retracted").fetchall()[0]
    assert rows == speak > 0


def test_a_file_that_was_cut_off_is_not_read_and_is_made_again(city, facts):
    store = FactStore(facts)
    build(store, city.vocabulary, end_of(DAYS[0]))
    path = path_of(store)
    path.write_bytes(path.read_bytes()[:5000])
    assert read_state(store) is None
    assert advance(store, city.vocabulary, end_of(DAYS[0])) == read_state(store)
