"""Numbers of people in columns that are not for them."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from jixiang.imports.casts import cast_column
from jixiang.imports.kinds import Column, Layout
from jixiang.language import types
from jixiang.values.resident_id import synthetic

NUMBER = synthetic(date(1990, 5, 17), 12).text
WIDE = NUMBER.translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)})
TODAY = date(2021, 6, 30)


def cast(type_: types.Type, *texts: str) -> tuple[list[object], dict[str, list[int]]]:
    column = Column("备注", type_)
    found = cast_column(column, Layout("模板", {"备注": "备注"}), pa.array(texts), None, today=TODAY)
    return found.values.to_pylist(), {mark.code: mark.rows.tolist() for mark in found.marks}


@pytest.mark.parametrize("text", [NUMBER, f" {NUMBER} ", WIDE, f"张{NUMBER}", f"{NUMBER}/2"])
def test_an_identity_number_in_a_text_refuses_the_row(text: str):
    assert cast(types.TEXT, "甲", text) == (["甲", None], {"number-misplaced": [1]})


def test_an_identity_number_is_no_count_and_no_amount():
    number = synthetic(date(1990, 5, 17), 1).text
    assert number.isdigit()
    assert cast(types.NUMBER, "7", number) == ([7, None], {"number-misplaced": [1]})
    assert cast(types.MONEY, "7.00", number)[1] == {"number-misplaced": [1]}


def test_other_long_numbers_are_left_alone():
    broken = NUMBER[:17] + ("1" if NUMBER[17] != "1" else "2")
    texts = ["3299991990051700", NUMBER + "0123", broken, "329999199013400011"]
    assert cast(types.TEXT, *texts) == (texts, {})
