"""Money is whole fen: what is read, shown, rounded and split adds up to the fen."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiang.values.money import Money, round_half_up, split

FEN = st.integers(-(10**14), 10**14)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1500", 150_000),
        ("1,500.00", 150_000),
        ("1500元", 150_000),
        ("1,500 元", 150_000),
        ("￥1,500", 150_000),
        ("¥ 0.5", 50),
        ("5 万元", 5_000_000),
        ("1.23456万元", 1_234_560),
        ("2亿", 20_000_000_000),
        ("-12.30", -1_230),
        ("１，５００．００元", 150_000),
        (" 6,666.68 元 ", 666_668),
        ("0", 0),
    ],
)
def test_it_reads_money_as_people_write_it(text, fen):
    assert Money.parse(text) == Money(fen)


@pytest.mark.parametrize(
    "text", ["", "元", "1,50", "15,00", "1500.", ".5", "1.005", "12 美元", "1e3", "一千", "--1", "0.0000001万元"]
)
def test_it_refuses_what_is_no_amount_or_less_than_a_fen(text):
    with pytest.raises(ValueError):
        Money.parse(text)


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (150_000, "1,500 元"),
        (666_668, "6,666.68 元"),
        (5, "0.05 元"),
        (0, "0 元"),
        (-150_050, "-1,500.50 元"),
        (-1, "-0.01 元"),
    ],
)
def test_it_shows_fen_only_where_there_are_any(fen, text):
    assert str(Money(fen)) == text


@given(FEN)
def test_it_reads_what_it_shows(fen):
    assert Money.parse(str(Money(fen))) == Money(fen)


@given(FEN, FEN, st.integers(-1000, 1000))
def test_it_adds_and_multiplies_as_whole_fen_do(a, b, times):
    assert Money(a) + Money(b) == Money(a + b)
    assert Money(a) - Money(b) == Money(a - b)
    assert Money(a) * times == times * Money(a) == Money(a * times)
    assert -Money(a) == Money(-a)
    assert abs(Money(a)) == Money(abs(a))
    assert (Money(a) < Money(b)) == (a < b)
    assert bool(Money(a)) == (a != 0)


def test_it_counts_whole_yuan():
    assert Money.yuan(500) == Money(50_000)


@pytest.mark.parametrize("wrong", [1.0, True, "1", None, Fraction(1, 2)])
def test_it_is_made_of_whole_numbers_only(wrong):
    with pytest.raises(TypeError):
        Money(wrong)


@pytest.mark.parametrize(
    "act",
    [
        lambda: Money(1) * 1.5,
        lambda: 0.5 * Money(1),
        lambda: Money(1) * True,
        lambda: Money(1) * Money(1),
        lambda: Money(1) + 1,
        lambda: 1 + Money(1),
        lambda: Money(1) - 0.5,
        lambda: Money(1) / 2,
        lambda: Money(1) < 2,
        lambda: round_half_up(0.5),
    ],
)
def test_it_never_mixes_with_floats_or_bare_numbers(act):
    with pytest.raises(TypeError):
        act()


def test_it_cannot_be_changed():
    with pytest.raises(AttributeError):
        Money(1).fen = 2


@pytest.mark.parametrize(
    ("amount", "whole"),
    [("5/2", 3), ("-5/2", -3), ("7/3", 2), ("-7/3", -2), ("1/2", 1), ("-1/2", -1), ("49/100", 0), ("4", 4)],
)
def test_it_rounds_a_half_away_from_zero(amount, whole):
    assert round_half_up(Fraction(amount)) == whole
    assert Money.rounded(Fraction(amount)) == Money(whole)


@given(st.fractions())
def test_it_rounds_to_the_nearest_and_alike_on_both_sides_of_zero(amount):
    rounded = round_half_up(amount)
    assert abs(rounded - amount) <= Fraction(1, 2)
    assert round_half_up(-amount) == -rounded
    if abs(rounded - amount) == Fraction(1, 2):
        assert abs(rounded) > abs(amount)


@given(FEN, st.integers(1, 500))
def test_it_splits_without_losing_a_fen_and_only_the_first_share_differs(total, shares):
    parts = split(total, shares)
    assert sum(parts) == total
    assert len(parts) == shares
    assert len(set(parts[1:])) <= 1
    assert 0 <= parts[0] - parts[-1] < shares


@pytest.mark.parametrize("shares", [0, -1])
def test_it_does_not_split_among_nobody(shares):
    with pytest.raises(ValueError):
        split(100, shares)
