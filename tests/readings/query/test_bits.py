"""Sets of months as integers, held to Python's own sets."""

from __future__ import annotations

from itertools import groupby

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jixiang.readings.query import bits, sql
from jixiang.readings.query.bits import BLOCK, Span, Window
from jixiang.readings.query.sql import Sql, col

FIRST = 2011 * 12
SPAN = Span.of(FIRST + 3, FIRST + 12 * 12 - 1)  # twelve years: two whole blocks and two years of a third
INSIDE = range(SPAN.first, SPAN.start(SPAN.blocks))
EDGES = tuple(sorted({m for b in range(SPAN.blocks + 1) for m in (SPAN.start(b) - 1, SPAN.start(b)) if m in INSIDE}))
MONTHS = st.sets(st.one_of(st.sampled_from(INSIDE), st.sampled_from(EDGES)), max_size=40)
STRETCH = st.tuples(st.sampled_from(INSIDE), st.integers(1, 130)).map(
    lambda s: set(range(s[0], min(s[0] + s[1], INSIDE.stop)))
)
SETS = st.one_of(MONTHS, STRETCH, st.tuples(STRETCH, MONTHS).map(lambda s: s[0] - s[1]), st.just(set(INSIDE)))
NEAR = st.one_of(st.none(), st.integers(SPAN.first - 14, INSIDE.stop + 14), st.sampled_from(EDGES))


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        yield con


class Levels:
    """Values become columns, each level of a query reading the one before."""

    def __init__(self) -> None:
        self.levels: list[tuple[str, str]] = []

    def let(self, value: Sql) -> Sql:
        name = f"v{len(self.levels)}"
        self.levels.append((name, value.sql("duckdb")))
        return col(name)

    def answer(self, con: duckdb.DuckDBPyConnection, row: str, *wanted: Sql) -> tuple[int, ...]:
        text = f"SELECT {row}"
        for name, value in self.levels:
            text = f"SELECT r.*, {value} AS {name} FROM ({text}) AS r"
        shown = ", ".join(one.sql("duckdb") for one in wanted)
        found: tuple[int, ...] = con.execute(f"SELECT {shown} FROM ({text}) AS r").fetchall()[0]
        return found


def blocks_of(months: set[int]) -> list[int]:
    return [sum(1 << m - SPAN.start(b) for m in months if 0 <= m - SPAN.start(b) < BLOCK) for b in range(SPAN.blocks)]


def columns(months: set[int]) -> tuple[str, list[Sql]]:
    """The blocks of a set as columns."""
    named = [(f"m{b}", value) for b, value in enumerate(blocks_of(months))]
    return ", ".join(f"CAST({value} AS BIGINT) AS {name}" for name, value in named), [col(name) for name, _ in named]


def longest(months: set[int]) -> int:
    runs = groupby(enumerate(sorted(months)), lambda placed: placed[1] - placed[0])
    return max((len(list(run)) for _, run in runs), default=0)


def test_a_span_begins_in_january_and_its_blocks_are_whole_years() -> None:
    assert (SPAN.first, SPAN.blocks) == (FIRST, 3) and list(SPAN.years) == list(range(2011, 2023))
    assert Span.of(FIRST, FIRST + BLOCK - 1).blocks == 1 and Span.of(FIRST, FIRST + BLOCK).blocks == 2


@given(months=SETS)
@example(set(range(FIRST + 59, FIRST + 121)))
def test_rows_are_gathered_into_the_months_they_are_of(con: duckdb.DuckDBPyConnection, months: set[int]) -> None:
    listed = ", ".join(f"({m})" for m in [*months, *months]) or "(NULL)"
    shown = ", ".join(bits.gathered(bits.bit(col("month"), SPAN, b)).sql("duckdb") for b in range(SPAN.blocks))
    (found,) = con.execute(f"SELECT {shown} FROM (VALUES {listed}) AS r(month)").fetchall()
    assert [value or 0 for value in found] == blocks_of(months)


@given(months=SETS)
@example(set(INSIDE))
@example({FIRST + 59, FIRST + 60})
@example(set(range(FIRST + 59, FIRST + 121)))
@example(set(range(FIRST + 60, FIRST + 120)))
@example(set(INSIDE) - {FIRST, FIRST + 60, FIRST + 119})
def test_how_many_whether_any_and_how_many_in_a_row(con: duckdb.DuckDBPyConnection, months: set[int]) -> None:
    row, sets = columns(months)
    levels = Levels()
    run = bits.longest_run(sets, levels.let)
    found = levels.answer(con, row, bits.count(sets), bits.any_of(sets), run)
    assert (found[0], found[1] > 0, found[2]) == (len(months), bool(months), longest(months))


@given(months=SETS, empty=st.sets(st.integers(0, SPAN.blocks - 1)))
def test_blocks_that_nobody_has_months_in(con: duckdb.DuckDBPyConnection, months: set[int], empty: set[int]) -> None:
    """They stand as a plain zero, of which no column is made."""
    left = {m for m in months if (m - SPAN.first) // BLOCK not in empty}
    row, sets = columns(left)
    sets = [bits.ZERO if b in empty else one for b, one in enumerate(sets)]
    levels = Levels()
    assert levels.answer(con, row, bits.longest_run(sets, levels.let)) == (longest(left),)
    assert len(levels.levels) < 40 * SPAN.blocks


@given(months=SETS)
def test_one_block_alone(con: duckdb.DuckDBPyConnection, months: set[int]) -> None:
    only = {m for m in months if m < SPAN.start(1)}
    row, sets = columns(only)
    levels = Levels()
    run = bits.longest_run(sets[:1], levels.let)
    assert levels.answer(con, row, bits.count(sets[:1]), run) == (len(only), longest(only))


@given(
    months=SETS, lows=st.lists(NEAR, max_size=2), highs=st.lists(NEAR, max_size=2), open_=st.booleans(),
    written=st.booleans(),
)  # fmt: skip
def test_windows(
    con: duckdb.DuckDBPyConnection,
    months: set[int],
    lows: list[int | None],
    highs: list[int | None],
    open_: bool,
    written: bool,
) -> None:
    """Bounds as numbers in the plan, and as cells of a row, which may be empty."""
    row, sets = columns(months)
    cells = {f"b{n}": bound for n, bound in enumerate([*lows, *highs])}
    row += "".join(f", CAST({'NULL' if b is None else b} AS BIGINT) AS {name}" for name, b in cells.items())
    bounds = [sql.number(b) if written and b is not None else col(name) for name, b in cells.items()]
    window, levels = Window(open_, bounds[: len(lows)], bounds[len(lows) :]), Levels()
    left = [levels.let(bits.both(s, window.within(SPAN, b, levels.let))) for b, s in enumerate(sets)]

    def lets(bound: int | None, holds: bool) -> bool:
        return open_ if bound is None else holds

    expected = {
        m
        for m in months
        if all(lets(low, low is not None and m >= low) for low in lows)
        and all(lets(high, high is not None and m <= high) for high in highs)
    }
    assert list(levels.answer(con, row, *left)) == blocks_of(expected)
