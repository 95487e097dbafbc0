from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jixiang.synthetic import days
from jixiang.values import dates
from jixiang.values.month import Month

EPOCH = date(1970, 1, 1)
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


def number(day: date) -> np.ndarray:
    return np.array([(day - EPOCH).days], dtype=np.int32)


@given(DAYS, st.integers(-400, 400))
def test_months_are_shifted_by_the_one_stated_rule(day: date, months: int):
    shifted = EPOCH + timedelta(days=int(days.shift_months(number(day), months)[0]))
    assert shifted == dates.add_months(day, months)


@given(DAYS)
def test_months_begin_end_and_are_stored_as_everywhere(day: date):
    month = days.month_of(number(day))
    assert int(days.yyyymm(month)[0]) == Month.of(day).yyyymm
    assert days.from_yyyymm(Month.of(day).yyyymm) == int(month[0])
    assert EPOCH + timedelta(days=int(days.first_day(month)[0])) == Month.of(day).first_day
    assert EPOCH + timedelta(days=int(days.last_day(month)[0])) == Month.of(day).last_day
