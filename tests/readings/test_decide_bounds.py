"""Arithmetic between bounds, checked by hand against the table in docs/language.md."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiang.readings import bounds as b
from jixiang.readings.bounds import MISSING, Bounds, exactly
from jixiang.values.dates import FOREVER, days_between, whole_months
from jixiang.values.month import Month

SPAN = Bounds(10, 12)
FLOOR, CEILING = Bounds(10, None), Bounds(None, 12)


@pytest.mark.parametrize(
    ("op", "left", "right", "expected"),
    [
        ("<", SPAN, exactly(13), True),
        ("<", SPAN, exactly(12), None),
        ("<", SPAN, exactly(10), False),
        ("<", FLOOR, exactly(10), False),
        ("<", FLOOR, exactly(11), None),
        ("<", CEILING, exactly(13), True),
        ("<", MISSING, exactly(13), None),
        ("<=", SPAN, exactly(12), True),
        ("<=", SPAN, exactly(11), None),
        ("<=", SPAN, exactly(9), False),
        (">=", SPAN, exactly(10), True),
        (">=", FLOOR, exactly(10), True),
        (">=", SPAN, exactly(13), False),
        (">=", CEILING, exactly(13), False),
        (">", SPAN, exactly(9), True),
        (">", SPAN, exactly(12), False),
        (">", SPAN, SPAN, None),
        ("=", exactly(3), exactly(Fraction(6, 2)), True),
        ("=", exactly(3), exactly(4), False),
        ("=", SPAN, exactly(13), False),
        ("=", SPAN, exactly(11), None),
        ("=", SPAN, SPAN, None),
        ("=", exactly(None), exactly(None), None),
        ("≠", SPAN, exactly(9), True),
        ("≠", SPAN, exactly(11), None),
    ],
)
def test_a_comparison_is_unknown_only_if_it_needs_to_know_which(op, left, right, expected):
    assert b.compare(op, left, right) is expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (b.add(SPAN, exactly(1)), Bounds(11, 13)),
        (b.add(SPAN, FLOOR), Bounds(20, None)),
        (b.add(SPAN, MISSING), MISSING),
        (b.subtract(exactly(100), SPAN), Bounds(88, 90)),
        (b.subtract(exactly(100), FLOOR), Bounds(None, 90)),
        (b.subtract(SPAN, SPAN), Bounds(-2, 2)),
        (b.multiply(SPAN, exactly(2)), Bounds(20, 24)),
        (b.multiply(exactly(-2), SPAN), Bounds(-24, -20)),
        (b.multiply(FLOOR, exactly(-1)), Bounds(None, -10)),
        (b.multiply(FLOOR, exactly(0)), Bounds(0, None)),
        (b.multiply(SPAN, SPAN), MISSING),
        (b.multiply(MISSING, exactly(0)), MISSING),
        (b.divide(SPAN, exactly(-2)), Bounds(-6, -5)),
        (b.divide(exactly(1), exactly(3)), exactly(Fraction(1, 3))),
        (b.divide(SPAN, exactly(0)), MISSING),
        (b.divide(exactly(60), SPAN), MISSING),
    ],
)
def test_sums_and_products_keep_their_bounds(found, expected):
    assert found == expected


@pytest.mark.parametrize(
    ("items", "smallest", "largest"),
    [
        ([exactly(3), exactly(5)], exactly(3), exactly(5)),
        ([SPAN, exactly(11)], Bounds(10, 11), Bounds(11, 12)),
        ([FLOOR, exactly(11)], Bounds(10, 11), Bounds(11, None)),
        ([CEILING, exactly(20)], Bounds(None, 12), Bounds(20, 20)),
        ([FLOOR, CEILING], Bounds(None, 12), Bounds(10, None)),
        ([exactly(1), MISSING], MISSING, MISSING),
    ],
)
def test_the_smaller_and_the_larger_of_several(items, smallest, largest):
    assert (b.least(items), b.greatest(items)) == (smallest, largest)


def test_a_share_of_the_calendar_is_taken_of_both_ends():
    span = Bounds(date(2020, 12, 31), date(2021, 1, 1))
    assert span.each(lambda day: b.part("year", day)) == Bounds(2020, 2021)
    assert span.each(lambda day: b.part("previous_month", day)) == Bounds(
        Month.parse("2020-11"), Month.parse("2020-12")
    )


@pytest.mark.parametrize(
    ("kind", "of", "expected"),
    [
        ("month", date(2021, 3, 31), Month.parse("2021-03")),
        ("month", FOREVER, Month.parse("9999-12")),
        ("year", date(2021, 3, 31), 2021),
        ("year", Month.parse("2021-03"), 2021),
        ("previous_month", date(2021, 1, 31), Month.parse("2020-12")),
        ("previous_month", Month.parse("2021-01"), Month.parse("2020-12")),
        ("previous_year", 2021, 2020),
        ("previous_year", date(2021, 1, 1), 2020),
        ("first_day", Month.parse("2020-02"), date(2020, 2, 1)),
        ("last_day", Month.parse("2020-02"), date(2020, 2, 29)),
        ("first_day", 2021, date(2021, 1, 1)),
        ("last_day", 2021, date(2021, 12, 31)),
    ],
)
def test_steps_of_days_months_and_years(kind, of, expected):
    assert b.part(kind, of) == expected


def test_a_shift_moves_both_ends_and_for_ever_stays_for_ever():
    assert b.shift(Bounds(date(2021, 1, 31), FOREVER), 1, "months") == Bounds(date(2021, 2, 28), FOREVER)
    assert b.shift(exactly(date(2021, 3, 1)), -1, "days") == exactly(date(2021, 2, 28))
    assert b.shift(exactly(Month.parse("2021-01")), -1, "months") == exactly(Month.parse("2020-12"))
    assert b.shift(exactly(Month.parse("9999-12")), 1, "months") == exactly(Month.parse("9999-12"))


def test_months_and_days_between_uncertain_days():
    start, end = Bounds(date(2020, 1, 1), date(2020, 2, 1)), Bounds(date(2021, 1, 1), None)
    assert b.passed(whole_months, start, end) == Bounds(11, None)
    assert b.passed(days_between, start, end) == Bounds(336, None)
    assert b.passed(whole_months, exactly(date(2020, 1, 1)), exactly(date(2021, 1, 1))) == exactly(12)
    assert b.passed(whole_months, MISSING, end) == MISSING


def test_an_age_needs_both_days_for_certain_and_is_missing_before_birth():
    assert b.age_on(exactly(date(2000, 2, 29)), exactly(date(2021, 2, 28))) == exactly(21)
    assert b.age_on(exactly(date(2000, 2, 29)), exactly(date(1999, 1, 1))) == MISSING
    assert b.age_on(Bounds(date(2000, 1, 1), date(2000, 1, 2)), exactly(date(2021, 2, 28))) == MISSING


@pytest.mark.parametrize(
    ("fen", "half_up", "down", "up"),
    [(149, 100, 100, 200), (150, 200, 100, 200), (-150, -200, -200, -100), (Fraction(1, 2), 0, 0, 100)],
)
def test_rounding_to_a_multiple(fen, half_up, down, up):
    assert [b.rounded(fen, 100, how) for how in ("half_up", "down", "up")] == [half_up, down, up]


def test_a_half_fen_moves_away_from_zero():
    assert [b.half_up(Fraction(n, 2)) for n in (1, -1, 3, -3, 4)] == [1, -1, 2, -2, 2]


numbers = st.integers(-20, 20)
spans = st.tuples(numbers, numbers).map(sorted).map(lambda ends: Bounds(*ends))
OPERATIONS = [(b.add, lambda x, y: x + y), (b.subtract, lambda x, y: x - y), (b.multiply, lambda x, y: x * y)]


@given(spans, spans, st.data())
def test_whatever_the_values_are_the_result_lies_between_its_bounds(left, right, data):
    x, y = data.draw(st.integers(left.lo, left.hi)), data.draw(st.integers(right.lo, right.hi))
    for bounded, exact in OPERATIONS:
        found = bounded(left, right)
        assert found.missing or found.lo <= exact(x, y) <= found.hi
    for op, exact in (("<", x < y), ("<=", x <= y), (">", x > y), (">=", x >= y), ("=", x == y), ("≠", x != y)):
        assert b.compare(op, left, right) in (None, exact)
    assert b.least([left, right]).lo <= min(x, y) <= b.least([left, right]).hi
    assert b.greatest([left, right]).lo <= max(x, y) <= b.greatest([left, right]).hi


days = st.dates(date(2018, 1, 1), date(2022, 12, 31))


@given(st.tuples(days, days).map(sorted), st.tuples(days, days).map(sorted), st.data())
def test_whole_months_and_days_lie_between_their_bounds_too(start, end, data):
    first, last = data.draw(st.dates(*start)), data.draw(st.dates(*end))
    for counted in (whole_months, days_between):
        found = b.passed(counted, Bounds(*start), Bounds(*end))
        assert found.lo <= counted(first, last) <= found.hi
