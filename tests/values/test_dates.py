"""The stated rule for month ends and 29 February, and what must follow from it."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiang.values.dates import DAWN, FOREVER, add_days, add_months, age, whole_months

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(-600, 600)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2021-01-31", 1, "2021-02-28"),
        ("2020-01-31", 1, "2020-02-29"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-02-29", 48, "2024-02-29"),
        ("2021-02-28", 12, "2022-02-28"),
        ("2021-03-31", -1, "2021-02-28"),
        ("2021-12-15", 1, "2022-01-15"),
        ("2021-01-15", -1, "2020-12-15"),
        ("2021-08-31", 1, "2021-09-30"),
        ("2021-08-31", 0, "2021-08-31"),
    ],
)
def test_a_day_that_the_month_lacks_becomes_its_last(day, months, expected):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@given(DAYS, MONTHS)
def test_adding_months_keeps_the_day_or_takes_the_months_last(day, months):
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    last = calendar.monthrange(moved.year, moved.month)[1]
    assert moved.day == day.day or (day.day > last and moved.day == last)


@given(DAYS, DAYS, MONTHS)
def test_adding_months_never_changes_the_order_of_two_days(a, b, months):
    if a <= b:
        assert add_months(a, months) <= add_months(b, months)


@given(DAYS, DAYS)
def test_whole_months_are_the_largest_number_that_does_not_go_past_the_end(start, end):
    n = whole_months(start, end)
    assert add_months(start, n) <= end
    assert add_months(start, n + 1) > end


@given(DAYS, DAYS, MONTHS)
def test_adding_months_and_counting_them_are_adjoint(start, end, n):
    assert (n <= whole_months(start, end)) == (add_months(start, n) <= end)


@given(DAYS, MONTHS)
def test_counting_the_months_that_were_added_gives_them_back(start, n):
    assert whole_months(start, add_months(start, n)) == n


@given(DAYS, DAYS, DAYS)
def test_whole_months_grow_with_the_end_and_shrink_with_the_start(a, b, c):
    low, middle, high = sorted((a, b, c))
    assert whole_months(low, middle) <= whole_months(low, high)
    assert whole_months(middle, high) <= whole_months(low, high)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2020-01-31", "2020-02-28", 0),
        ("2020-01-31", "2020-02-29", 1),
        ("2021-01-31", "2021-02-28", 1),
        ("2021-01-15", "2021-01-14", -1),
        ("2021-01-15", "2021-01-15", 0),
        ("2020-02-29", "2021-02-28", 12),
        ("2020-02-29", "2021-02-27", 11),
    ],
)
def test_whole_months_at_month_ends(start, end, months):
    assert whole_months(date.fromisoformat(start), date.fromisoformat(end)) == months


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        ("2000-02-29", "2001-02-28", 1),
        ("2000-02-29", "2001-02-27", 0),
        ("2000-02-29", "2004-02-28", 3),
        ("2000-02-29", "2004-02-29", 4),
        ("1990-06-15", "2021-06-14", 30),
        ("1990-06-15", "2021-06-15", 31),
        ("2021-06-15", "2021-06-15", 0),
        ("2021-06-15", "2021-06-14", None),
        ("2021-12-31", "2021-01-01", None),
    ],
)
def test_age_rises_on_the_birthday_and_is_missing_before_birth(birth, on, years):
    assert age(date.fromisoformat(birth), date.fromisoformat(on)) == years


@given(DAYS, st.integers(0, 120))
def test_everybody_is_n_years_old_n_years_after_birth_and_not_a_day_before(birth, years):
    birthday = add_months(birth, years * 12)
    assert age(birth, birthday) == years
    day_before = age(birth, birthday - timedelta(days=1))
    assert day_before == (years - 1 if years else None)


@given(DAYS, st.integers(-40_000, 40_000))
def test_adding_days_is_counting_days(day, days):
    assert (add_days(day, days) - day).days == days


@given(st.integers(-200_000, 200_000))
def test_no_end_stays_no_end(n):
    assert add_months(FOREVER, n) == FOREVER
    assert add_days(FOREVER, n) == FOREVER


@given(st.dates(), st.integers(-200_000, 200_000), st.integers(-5_000_000, 5_000_000))
def test_arithmetic_stops_at_the_edges_of_time_instead_of_failing(day, months, days):
    assert DAWN <= add_months(day, months) <= FOREVER
    assert DAWN <= add_days(day, days) <= FOREVER


@given(st.dates(), st.dates(), st.integers(-200_000, 200_000))
def test_the_edges_keep_the_order_too(a, b, n):
    low, high = min(a, b), max(a, b)
    assert add_months(low, n) <= add_months(high, n)
    assert add_days(low, n) <= add_days(high, n)
