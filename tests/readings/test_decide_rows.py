"""What sets of rows are worth: unknown rows, missing values, rows beyond 事实截止, and fair shares."""

from datetime import date
from fractions import Fraction

import pytest
from tests.readings.small import (
    CARD,
    HOLDER,
    KIND,
    ME,
    PERSON,
    TEAM,
    UNKNOWN,
    YES,
    const,
    env,
    its,
    mine,
    paid,
    payments,
    world,
)

from jixiang.language import typed as t
from jixiang.language import types as ty
from jixiang.readings.bounds import MISSING, Bounds, exactly
from jixiang.readings.evaluate import evaluate, truth
from jixiang.values.month import Month

SETTLED = its("已到账")
MONTH = its("所属期")
THREE = (paid("a", "2021-01"), paid("b", "2021-02", None), paid("c", "2021-04", False))


@pytest.mark.parametrize(
    ("settled", "exists", "count"),
    [
        ((True, None), True, Bounds(1, 2)),
        ((False, None), None, Bounds(0, 1)),
        ((False, False), False, exactly(0)),
        ((True, True), True, exactly(2)),
        ((), False, exactly(0)),
    ],
)
def test_rows_of_which_it_is_unknown_whether_they_count(settled, exists, count):
    sees = env(world(*(paid(str(n), "2021-01", value) for n, value in enumerate(settled))))
    assert truth(payments("exists", where=SETTLED), sees) is exists
    assert evaluate(payments("count", where=SETTLED), sees) == count


def test_without_the_row_itself_its_rows_are_unknown():
    nobody = t.Constant(None, PERSON)
    assert truth(payments("exists", of=nobody), env()) is None
    assert evaluate(payments("count", of=nobody), env()) == MISSING
    assert truth(payments("exists", of=const("陌生", PERSON)), env()) is False


def test_different_months_are_counted_once_and_a_missing_one_may_be_another():
    rows = [
        paid("a", "2021-01"),
        paid("b", "2021-01"),
        paid("c", "2021-02"),
        paid("d", None),
        paid("e", "2021-05", None),
    ]
    assert evaluate(payments("count_distinct", MONTH, SETTLED), env(world(*rows))) == Bounds(2, 4)
    assert evaluate(payments("count_distinct", MONTH, SETTLED), env(world(*rows[:3]))) == exactly(2)


@pytest.mark.parametrize(
    ("settled", "amount", "expected"),
    [
        ((True, True), (100, 200), exactly(300)),
        ((True, None), (100, 200), Bounds(100, 300)),
        ((True, False), (100, None), exactly(100)),
        ((True, True), (100, None), Bounds(100, None)),
        ((True, None), (100, None), Bounds(100, None)),
        ((), (), exactly(0)),
    ],
)
def test_a_sum_of_amounts_that_cannot_be_negative_lies_between_two(settled, amount, expected):
    rows = [paid(str(n), "2021-01", s, 实缴=a) for n, (s, a) in enumerate(zip(settled, amount, strict=True))]
    assert evaluate(payments("sum", its("实缴"), SETTLED), env(world(*rows))) == expected


@pytest.mark.parametrize(
    ("settled", "amount", "expected"),
    [
        ((True, True), (100, -200), exactly(-100)),
        ((True, None), (100, 200), MISSING),
        ((True, True), (100, None), MISSING),
        ((True, False), (100, None), exactly(100)),
    ],
)
def test_a_sum_with_signs_needs_every_row(settled, amount, expected):
    rows = [paid(str(n), "2021-01", s, 结余=a) for n, (s, a) in enumerate(zip(settled, amount, strict=True))]
    assert evaluate(payments("sum", its("结余"), SETTLED), env(world(*rows))) == expected


def test_a_sum_of_anything_but_a_stored_amount_is_taken_as_signed():
    double = t.Arithmetic("×", its("实缴"), const(2), ty.MONEY)
    rows = paid("a", "2021-01", True, 实缴=5), paid("b", "2021-01", None, 实缴=5)
    assert evaluate(payments("sum", double, SETTLED), env(world(*rows))) == MISSING
    assert evaluate(payments("sum", double, SETTLED), env(world(*rows[:1]))) == exactly(10)


def test_averages_and_extremes_need_every_row_and_one_at_least():
    rows = [paid(str(n), "2021-01", True, 实缴=fen) for n, fen in enumerate((100, 100, 101))]
    whole, empty = env(world(*rows)), env()
    unsure = env(world(*rows, paid("x", "2021-01", None, 实缴=5)))
    hole = env(world(*rows, paid("x", "2021-01", True)))
    for kind, expected in (("average", Fraction(301, 3)), ("max", 101), ("min", 100)):
        aggregate = payments(kind, its("实缴"), SETTLED)
        assert evaluate(aggregate, whole) == exactly(expected)
        assert [evaluate(aggregate, sees) for sees in (empty, unsure, hole)] == [MISSING] * 3


def test_the_longest_run_of_months():
    run = payments("longest_run", MONTH, SETTLED)
    assert evaluate(run, env()) == exactly(0)
    months = ["2020-11", "2020-12", "2021-01", "2021-01", "2021-03"]
    rows = [paid(str(n), month) for n, month in enumerate(months)]
    assert evaluate(run, env(world(*rows))) == exactly(3)
    assert evaluate(run, env(world(*rows, paid("x", "2021-02", None)))) == Bounds(3, 5)
    assert evaluate(run, env(world(*rows, paid("x", None)))) == Bounds(3, None)


def test_beyond_the_day_an_extract_covers_rows_may_exist():
    sees = env(world(paid("a", "2021-01"), cutoffs={"缴费": date(2021, 4, 30)}))
    assert truth(payments("exists"), sees) is True
    assert evaluate(payments("count"), sees) == Bounds(1, None)
    assert evaluate(payments("count_distinct", MONTH), sees) == Bounds(1, None)
    assert evaluate(payments("sum", its("实缴")), sees) == Bounds(0, None)
    assert evaluate(payments("longest_run", MONTH), sees) == Bounds(1, None)
    assert evaluate(payments("max", MONTH), sees) == MISSING


@pytest.mark.parametrize(
    ("month", "expected"),
    [("2021-04", False), ("2021-05", None), ("2021-06", None), ("2021-07", False)],
)
def test_a_row_that_we_have_not_got_lies_between_the_cutoff_and_today(month, expected):
    sees = env(world(cutoffs={"缴费": date(2021, 4, 30)}))
    in_month = t.Compare("=", MONTH, const(Month.parse(month)))
    assert truth(payments("exists", where=in_month), sees) is expected
    assert truth(payments("exists", where=t.And((in_month, SETTLED))), sees) is expected


def test_a_cutoff_in_the_middle_of_a_month_leaves_that_month_open():
    in_april = payments("exists", where=t.Compare("=", MONTH, const(Month.parse("2021-04"))))
    assert truth(in_april, env(world(cutoffs={"缴费": date(2021, 4, 29)}))) is None
    assert truth(in_april, env(world(cutoffs={"缴费": date(2021, 6, 30)}))) is False


def test_of_an_unseen_row_nothing_but_its_time_is_known():
    sees = env(world(cutoffs={"缴费": date(2021, 4, 30)}))
    other = payments("exists", where=t.Compare("=", its("险种"), const("210", KIND)))
    same = t.Compare("=", its("参保人"), HOLDER)
    assert truth(other, sees) is None
    assert truth(payments("exists", where=same), sees) is None
    assert truth(payments("exists", where=t.Known(its("实缴"))), sees) is None  # what nobody has seen may well be there
    assert truth(payments("exists", where=t.Known(MONTH)), sees) is None
    nested = t.Aggregate("exists", its("参保人"), payments("exists").relation, 2, None, YES, ty.BOOL)
    assert truth(payments("exists", where=nested), sees) is None


def test_an_entity_without_a_time_is_complete():
    sees = env(world(cutoffs={"人员": date(2020, 1, 1)}))
    assert truth(payments("exists"), sees) is False


def team(*members, **changes):
    """Cards of one team: (key, turn, valid)."""
    rows = [("证书", key, {"队伍": "一队", "队序": turn, "有效": valid}) for key, turn, valid in members]
    return env(world(*rows, **changes))


def share(money=20000, where=None):
    return t.Share(const(money, ty.MONEY), ME, TEAM, 1, where or its("有效", entity="证书"), ty.MONEY)


def test_the_first_of_a_team_takes_the_fen_left_over():
    assert evaluate(share(), team(("甲", 1, True), ("乙", 2, True), ("丙", 3, True))) == exactly(6668)
    assert evaluate(share(), team(("甲", 2, True), ("乙", 1, True), ("丙", 3, True))) == exactly(6666)
    assert evaluate(share(), team(("甲", None, True), ("乙", None, True), ("丙", 3, True))) == exactly(6666)


def test_a_share_is_missing_unless_the_whole_team_is_known():
    whole = [("甲", 1, True), ("乙", 2, True)]
    assert evaluate(share(), team(*whole, ("丙", 3, False))) == exactly(10000)
    assert evaluate(share(), team(*whole, ("丙", 3, None))) == MISSING
    assert evaluate(share(), team(("甲", 1, False), ("乙", 2, True))) == MISSING
    assert evaluate(share(), team(*whole, cutoffs={"证书": date(2021, 5, 1)})) == MISSING
    assert evaluate(share(None), team(*whole)) == MISSING


def test_who_is_in_no_team_has_the_whole():
    assert evaluate(share(), env()) == exactly(20000)
    assert evaluate(share(where=UNKNOWN), env()) == MISSING


def test_a_team_is_found_in_its_own_order_whoever_asks():
    made = team(("甲", 3, True), ("乙", 1, True), ("丙", None, True)).world
    assert list(made.related(TEAM, "丙")) == ["乙", "甲", "丙"]
    assert list(made.related(TEAM, "丁")) == []
    assert mine("队伍").type == ty.TEXT and CARD.of == "证书"
