from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jixiang.synthetic import days
from jixiang.synthetic.draws import apportion, sample, stream
from jixiang.synthetic.keys import credit_codes, numbered
from jixiang.values import dates
from jixiang.values.credit_code import CreditCode
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


@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 100), min_size=1, max_size=9))
def test_apportioned_parts_add_up_and_follow_the_weights(total: int, weights: list[float]):
    parts = apportion(total, weights)
    assert sum(parts) == total
    assert all(
        abs(part - total * weight / sum(weights)) < 1 + 1e-6 for part, weight in zip(parts, weights, strict=True)
    )


@given(st.integers(0, 50), st.integers(0, 60), st.integers(0, 9))
def test_a_sample_has_different_members_and_none_of_no_weight(size: int, count: int, seed: int):
    among, weights = np.arange(size, dtype=np.int32) + 100, (np.arange(size) % 3).astype(float)
    drawn = sample(stream(seed, "test"), among, count, weights)
    assert len(set(drawn.tolist())) == len(drawn) == min(count, int((weights > 0).sum()))
    assert all(weights[member - 100] > 0 for member in drawn)


@given(st.lists(st.integers(0, 99_999_999), min_size=1, max_size=20))
def test_credit_codes_have_correct_check_characters(numbers: list[int]):
    at = np.array(numbers, dtype=np.int32)
    none = np.zeros(len(at), dtype=bool)
    for code in credit_codes(["91", "52"], at % 2, at, none).to_pylist():
        assert CreditCode(code).text == code


@given(st.lists(st.integers(0, 2**40), max_size=20))
def test_keys_are_numbers_with_leading_zeros(numbers: list[int]):
    keys = numbered("C", 14, np.array(numbers, dtype=np.int64)).to_pylist()
    assert keys == [f"C{number:014d}" for number in numbers]
