"""Polars by hand judges a small city exactly as the SQL by hand. How long it takes is `make bench`'s affair."""

import sys
from datetime import date
from itertools import product

import duckdb
import polars as pl
import pytest
from benchmarks.by_hand.run import FOLDER
from benchmarks.by_hand.run import judge as judge_by_sql
from benchmarks.clock import Clock
from benchmarks.compare import counted
from benchmarks.facts import facts_of
from benchmarks.peers import run, unlike
from benchmarks.polars_by_hand import words
from benchmarks.polars_by_hand.facts import newest, on_the_day
from benchmarks.polars_by_hand.run import judge
from benchmarks.rooms import BY_HAND, by_room

from jixiang.tables.store import FactStore

SCALE = 0.002  # 15,000 people
POLICIES = {"A1", "A4", "A7", "A8", "B3", "D1", "E3", "F1"}
DAYS = [date(2019, 1, 31), date(2019, 2, 28), date(2020, 2, 29), date(2020, 3, 1), date(2021, 6, 30), date(2021, 7, 31)]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The folder of sql.parquet and polars.parquet, the facts, and the clock of Polars."""
    out = tmp_path_factory.mktemp("polars")
    facts = facts_of(SCALE, 2, kept=out)
    clock = Clock()
    judge_by_sql(FactStore(facts), out / "sql.parquet", Clock())
    judge(FactStore(facts), out / "polars.parquet", clock)
    return out, facts, clock


@pytest.fixture(scope="module")
def sql():
    """DuckDB with the words of the SQL by hand."""
    with duckdb.connect() as con:
        con.execute("SET VARIABLE today = DATE '2021-06-30'")
        con.execute("SET VARIABLE covered_month = 202104")
        con.execute((FOLDER / "1_words.sql").read_text(encoding="utf-8"))
        yield con


def test_every_candidate_has_the_same_outcome_and_amount_by_sql_and_by_polars(judged):
    out, _, _ = judged
    assert unlike(out / "sql.parquet", out / "polars.parquet") == []


def test_the_small_city_has_every_policy_and_every_outcome(judged):
    out, _, _ = judged
    counts = counted(out / "polars.parquet")
    assert set(counts) == POLICIES
    assert {kind for one in counts.values() for kind in one} == {"holds", "denied", "unknown"}


@pytest.mark.parametrize(
    "change",
    [
        pl.when(pl.col("n") == 7).then(pl.lit("void")).otherwise("outcome").alias("outcome"),
        pl.when(pl.col("n") == 7).then(1).otherwise("claimed_fen").alias("claimed_fen"),
        pl.when(pl.col("n") == 7).then(pl.lit("9999")).otherwise("period").alias("period"),
    ],
)
def test_one_changed_row_is_found_on_both_sides(judged, tmp_path, change):
    out, _, _ = judged
    rows = pl.read_parquet(out / "polars.parquet").with_row_index("n")
    rows.with_columns(change).drop("n").write_parquet(tmp_path / "changed.parquet")
    found = unlike(out / "sql.parquet", tmp_path / "changed.parquet")
    assert [line.split(":")[0] for line in found] == ["only by Polars", "only by SQL"]


def test_a_row_too_many_is_found(judged, tmp_path):
    out, _, _ = judged
    rows = pl.read_parquet(out / "polars.parquet")
    pl.concat([rows, rows.head(1)]).write_parquet(tmp_path / "changed.parquet")
    assert len(unlike(out / "sql.parquet", tmp_path / "changed.parquet")) == 1


def test_every_lap_belongs_to_a_room_of_the_sql(judged):
    _, _, clock = judged
    assert sum(wall for wall, _ in by_room(clock.spent, BY_HAND).values()) == pytest.approx(clock.total()[0])


def test_it_runs_in_a_process_of_its_own(judged, tmp_path):
    out, facts, _ = judged
    said = run(sys.executable, "polars_by_hand", facts, tmp_path / "polars.parquet")
    assert set(said) == {"spent", "peak_mb"}
    assert unlike(out / "sql.parquet", tmp_path / "polars.parquet") == []


# The words mean what those of the SQL mean ----------------------------------------------------------------------------


def test_whole_months_between_days_are_those_of_the_sql(sql):
    pairs = pl.DataFrame(list(product(DAYS, DAYS)), schema=["a", "b"], orient="row")
    ours = pairs.select(words.whole_months(pl.col("a"), pl.col("b"))).to_series().to_list()
    theirs = [sql.execute("SELECT datesub('month', ?, ?)", list(pair)).fetchone()[0] for pair in pairs.iter_rows()]
    assert ours == theirs


@pytest.mark.parametrize("amount", [-37, -24, -1, 0, 23, 24, 49])
def test_division_goes_towards_zero_as_in_the_sql(sql, amount):
    ours = pl.select(words.towards_zero(pl.lit(amount), 24)).item()
    assert ours == sql.execute("SELECT ? // 24", [amount]).fetchone()[0]


@pytest.mark.parametrize("span", [(-3, -1), (-3, 4), (0, 0), (5, 4), (12, 29), (50, 99_999), (None, 3), (3, None)])
def test_sets_of_months_are_those_of_the_sql(sql, span):
    first, last = (pl.lit(n, dtype=pl.Int64) for n in span)
    theirs = sql.execute("SELECT months_between(?::INTEGER, ?::INTEGER)", list(span)).fetchone()[0]
    assert pl.select(words.months_between(first, last)).item() == theirs


@pytest.mark.parametrize("n", [None, -1, 0, 3, 28, 29, 61, 62])
def test_a_month_is_in_a_set_or_may_come_later_as_in_the_sql(sql, n):
    months, month = pl.lit((1 << 61) + 9), pl.lit(n, dtype=pl.Int64)
    ours = pl.select(words.has_month(months, month).alias("a"), words.perhaps_later(month, 27).alias("b")).row(0)
    asked = "SELECT has_month(?::BIGINT, n), CASE WHEN not_covered(n) IS NOT FALSE THEN NULL ELSE FALSE END"
    theirs = sql.execute(f"{asked} FROM (SELECT ?::INTEGER AS n)", [(1 << 61) + 9, n]).fetchone()
    assert ours == theirs


@pytest.mark.parametrize("months", [0, 0b11111, 0b111111, 0b1110111, 0b111111 << 55, 0b1111110 | 1 << 61])
def test_six_in_a_row_is_that_of_the_sql(sql, months):
    theirs = sql.execute("SELECT six_in_a_row(?::BIGINT)", [months]).fetchone()[0]
    assert pl.DataFrame({"months": [months]}).select(words.six_in_a_row(pl.col("months"))).item() is theirs


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([True, None], True),
        ([False, None], None),
        ([False, False], False),
        ([None], None),
    ],
)
def test_any_of_is_unknown_where_only_an_unknown_could_make_it_true(answers, said):
    rows = pl.LazyFrame({"id": [1] * len(answers), "answer": pl.Series(answers, dtype=pl.Boolean)})
    found = rows.group_by("id").agg(words.any_of(pl.col("answer"))).collect(engine="streaming")
    assert found["answer"].to_list() == [said]


# The facts -------------------------------------------------------------------------------------------------------------


def test_the_newest_version_speaks_with_and_without_a_promise_of_distinct_keys(judged):
    _, facts, _ = judged

    class Silent(FactStore):
        def distinct_groups(self, table):
            return None

    for table in ("person", "employment", "education", "training"):
        key = [f"{table}_id"]
        quick, slow = (
            newest(store(facts), table, key, ["person_id"] * (table != "person")) for store in (FactStore, Silent)
        )
        assert quick.sort(key).collect().equals(slow.sort(key).collect())
        assert len(FactStore(facts).distinct_groups(table)) > 1


def test_on_a_day_speaks_the_row_that_began_last_unless_it_has_ended():
    past = pl.LazyFrame(
        {
            "employer_id": ["E1", "E1"],
            "size": ["2", "3"],
            "valid_from": [date(2020, 1, 1), date(2020, 6, 1)],
            "valid_to": [date(2020, 12, 31), date(2020, 8, 31)],
        }
    )
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2020, 8, 31), date(2020, 9, 1)]
    asking = pl.LazyFrame({"employer_id": ["E1"] * 4, "day": days})
    assert on_the_day(asking, past, "day").sort("day").collect()["size"].to_list() == [None, "2", "3", None]
