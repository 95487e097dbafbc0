"""A month is a number of months; its stored and written forms come back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiang.values.dates import add_months
from jixiang.values.month import Month

MONTHS = st.builds(lambda year, month: Month.from_yyyymm(year * 100 + month), st.integers(1, 9999), st.integers(1, 12))


@given(MONTHS)
def test_it_comes_back_from_its_stored_and_its_written_form(month):
    assert Month.from_yyyymm(month.yyyymm) == month
    assert Month.parse(str(month)) == month


@given(st.dates())
def test_a_day_lies_in_its_month(day):
    month = Month.of(day)
    assert (month.year, month.month) == (day.year, day.month)
    assert month.first_day <= day <= month.last_day


@given(MONTHS)
def test_its_first_and_last_day_are_its_own_and_the_next_day_is_not(month):
    assert Month.of(month.first_day) == Month.of(month.last_day) == month
    if month.yyyymm < 999912:
        assert (month + 1).first_day.toordinal() == month.last_day.toordinal() + 1


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(-600, 600))
def test_moving_a_month_and_moving_a_day_in_it_agree(day, n):
    assert Month.of(add_months(day, n)) == Month.of(day) + n
    assert Month.of(day) + n - n == Month.of(day)


@given(MONTHS, MONTHS)
def test_it_is_ordered_as_its_stored_form_is(a, b):
    assert (a < b) == (a.yyyymm < b.yyyymm)


@pytest.mark.parametrize("number", [0, 13, 202100, 202113, -202101, 1000001])
def test_it_refuses_a_number_that_is_no_month(number):
    with pytest.raises(ValueError):
        Month.from_yyyymm(number)


@pytest.mark.parametrize("text", ["", "2021", "2021-13", "2021-00", "abc", "2021-1-1", "2021年1月"])
def test_it_refuses_a_text_that_is_no_month(text):
    with pytest.raises(ValueError):
        Month.parse(text)
