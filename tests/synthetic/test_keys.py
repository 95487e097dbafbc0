from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jixiang.synthetic.keys import credit_codes, numbered
from jixiang.values.credit_code import CreditCode


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
