"""Amounts and whole numbers: C16 of the specification. To the fen, in declared forms, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.imports.casts.columns import COUNT, MONEY, SIGNED, cast, one

from jixiang.imports import rows
from jixiang.imports.kinds import Column
from jixiang.language import types
from jixiang.language.vocabulary import Attribute

MOST = 2**63 - 1
PER_UNIT = {"分": 1, "元": 100, "万元": 1_000_000}


@pytest.mark.parametrize(
    "text",
    [
        "1,500.10",
        "１５００",
        "¥1500",
        "￥1500",
        "NaN",
        "1e400",
        "1e3",
        "inf",
        "1500元",
        "+5",
        "1500.",
        ".5",
        "--5",
        "1 500",
    ],
)
def test_c16_an_amount_in_any_other_form_than_a_plain_decimal_is_refused(text):
    assert one(MONEY, text) == (None, ["money-form"])


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1500", 150000), ("1500.10", 150010), ("1500.1", 150010), ("0", 0), ("0.00", 0), ("007.50", 750), ("-0", 0)],
)
def test_c16_a_plain_decimal_is_read_to_the_fen(text, fen):
    assert one(MONEY, text) == (fen, [])


def test_c16_an_amount_below_zero_is_taken_only_where_the_vocabulary_allows_it():
    assert one(MONEY, "-3.50") == (None, ["value-bounds"])
    assert one(SIGNED, "-3.50") == (-350, [])


def test_c16_less_than_a_fen_is_refused_and_zeros_behind_it_are_not():
    assert one(MONEY, "1.005") == (None, ["money-fen"])
    assert one(MONEY, "1.2300") == (123, [])
    assert one(MONEY, "5", money="分") == (5, [])
    assert one(MONEY, "5.0", money="分") == (5, [])
    assert one(MONEY, "5.5", money="分") == (None, ["money-fen"])
    assert one(MONEY, "0.000001", money="万元") == (1, [])
    assert one(MONEY, "0.0000001", money="万元") == (None, ["money-fen"])


def test_c16_an_amount_too_large_to_be_stored_is_refused():
    largest = f"{MOST // 100}.{MOST % 100:02}"
    assert one(MONEY, largest) == (MOST, [])
    assert one(MONEY, f"{(MOST + 1) // 100}.{(MOST + 1) % 100:02}") == (None, ["value-bounds"])
    assert one(MONEY, str(MOST)) == (None, ["value-bounds"])
    assert one(MONEY, "9" * 5000) == (None, ["value-bounds"])
    assert one(MONEY, "0" * 5000 + "1") == (100, [])


def test_c16_a_number_of_a_workbook_must_read_as_a_plain_decimal():
    texts = ["1500", "1500.1", "1.1e+17", "0.30000000000000004"]
    values, said = cast(MONEY, texts, [rows.NUMBER] * 4)
    assert values == [150000, 150010, None, None]
    assert said == [[], [], ["money-form"], ["money-fen"]]


@given(
    st.sampled_from(list(PER_UNIT)),
    st.lists(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18), max_size=6),
)
def test_every_decimal_is_exact_or_refused(unit, amounts):
    values, said = cast(SIGNED, [f"{amount:f}" for amount in amounts], money=unit)
    for amount, value, codes in zip(amounts, values, said, strict=True):
        exact = amount.as_integer_ratio()
        fen, rest = divmod(exact[0] * PER_UNIT[unit], exact[1])
        if rest:
            assert (value, codes) == (None, ["money-fen"])
        elif abs(fen) > MOST:
            assert (value, codes) == (None, ["value-bounds"])
        else:
            assert (value, codes) == (fen, [])


@given(st.lists(st.integers(0, MOST), max_size=6))
def test_fen_written_in_yuan_are_read_back(fen):
    texts = [str(Decimal(f).scaleb(-2).quantize(Decimal("0.01"))) if f < 10**20 else "" for f in fen]
    assert cast(MONEY, texts) == (fen, [[] for _ in fen])


@pytest.mark.parametrize("text", ["1.0", "1,000", "1e3", "十", "１２", "12人", "+1", "- 1"])
def test_what_is_no_whole_number_is_refused(text):
    assert one(COUNT, text) == (None, ["number-form"])


def test_whole_numbers_keep_to_their_bounds():
    assert one(COUNT, "0012") == (12, [])
    assert one(COUNT, "-1") == (None, ["value-bounds"])
    assert one(COUNT, "9" * 25) == (None, ["value-bounds"])
    rank = Attribute("名次", "rank", types.NUMBER, low="1", high="500")
    assert cast(Column("名次", types.NUMBER, attribute=rank), ["0", "1", "500", "501"]) == (
        [None, 1, 500, None],
        [["value-bounds"], [], [], ["value-bounds"]],
    )


def test_a_duration_that_does_not_fit_is_refused():
    column = Column("月数", types.MONTHS)
    assert cast(column, ["12", str(2**31)]) == ([12, None], [[], ["value-bounds"]])
