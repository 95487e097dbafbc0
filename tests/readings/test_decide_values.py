"""What single values are worth: rows and their attributes, three-valued logic, parameters, tables and lists."""

from datetime import date
from fractions import Fraction

import pytest
from tests.readings.small import (
    CARD,
    HOLDER,
    LEVEL,
    ME,
    NO,
    PERSON,
    TODAY,
    UNKNOWN,
    YES,
    const,
    env,
    mine,
    world,
)

from jixiang.language import typed as t
from jixiang.language import types as ty
from jixiang.readings.bounds import MISSING, Bounds, exactly
from jixiang.readings.evaluate import certain, evaluate, truth
from jixiang.values.dates import FOREVER
from jixiang.values.month import Month


def test_the_built_in_days_and_names():
    sees = env()
    assert certain(t.DecisionDate(), sees) == TODAY
    assert certain(t.EffectiveDate(), sees) == date(2021, 3, 1)
    assert certain(t.Period(ty.MONTH), env(period=Month.parse("2021-02"))) == Month.parse("2021-02")
    assert evaluate(t.Period(ty.MONTH), sees) == MISSING
    assert certain(t.Title(), sees) is None


def test_an_attribute_that_is_empty_is_missing():
    assert evaluate(mine("等级"), env()) == "4"
    assert evaluate(mine("费用"), env()) == MISSING
    assert evaluate(mine("队伍"), env()) is None
    assert evaluate(mine("退役", HOLDER), env()) is None


def test_every_attribute_of_a_row_that_is_not_there_is_missing():
    lost = world(("证书", "甲", {"持证人": "王"}))
    lost.histories[("人员", "人数")] = {"王": [(date.min, None, 7)]}
    assert evaluate(HOLDER, env(lost)) == "王"
    assert evaluate(mine("退役", HOLDER), env(lost)) is None
    assert evaluate(t.GetOn(HOLDER, "人数", t.DecisionDate(), ty.NUMBER), env(lost)) == MISSING


def test_an_open_end_reads_as_for_ever_but_is_not_known():
    end = mine("失效日期")
    assert evaluate(end, env()) == exactly(FOREVER)
    assert truth(t.Known(end), env()) is False
    assert truth(t.Known(t.Named("止", end)), env()) is False
    assert truth(t.Known(t.Part("month", end, ty.MONTH)), env()) is True
    assert evaluate(t.Shift(end, const(3, ty.MONTHS), 1), env()) == exactly(FOREVER)
    assert evaluate(mine("失效日期", t.Constant(None, CARD)), env()) == MISSING


def test_what_changes_with_time_is_read_on_its_day():
    made = world()
    made.since("人员", "张", "人数", [(date(2020, 1, 1), date(2020, 12, 31), 5), (date(2020, 12, 1), None, 8)])

    def on(day):
        return certain(t.GetOn(HOLDER, "人数", const(day), ty.NUMBER), env(made))

    assert [on(date(2019, 12, 31)), on(date(2020, 11, 30)), on(date(2020, 12, 1)), on(date(2022, 1, 1))] == [
        None,
        5,
        8,
        8,
    ]
    assert certain(t.GetOn(HOLDER, "人数", t.Constant(None, ty.DATE), ty.NUMBER), env(made)) is None


def test_the_only_row_of_the_city():
    people = mine("人口", t.TheOne(ty.ref("全市")))
    assert evaluate(people, env()) == MISSING
    assert evaluate(people, env(world(("全市", "锡", {"人口": 746})))) == exactly(746)


@pytest.mark.parametrize(
    ("items", "both", "either"),
    [
        ((YES, YES), True, True),
        ((YES, NO), False, True),
        ((YES, UNKNOWN), None, True),
        ((NO, UNKNOWN), False, None),
        ((NO, NO), False, False),
        ((UNKNOWN, UNKNOWN), None, None),
    ],
)
def test_three_values(items, both, either):
    assert truth(t.And(items), env()) is both
    assert truth(t.Or(items), env()) is either
    assert truth(t.Not(t.And(items)), env()) is (None if both is None else not both)


def test_a_choice_with_an_unknown_condition_is_missing():
    choice = [t.If(c, const(1), const(2)) for c in (YES, NO, UNKNOWN)]
    assert [certain(c, env()) for c in choice] == [1, 2, None]


def test_a_name_means_its_expression_unless_a_case_sets_it():
    named = t.Named("缴费月数", const(3))
    assert evaluate(named, env()) == exactly(3)
    assert evaluate(named, env(overrides={"缴费月数": 12})) == exactly(12)
    assert evaluate(named, env(overrides={"缴费月数": None})) == MISSING


def test_ordered_codes_compare_by_their_list_and_not_by_their_digits():
    level = mine("等级")  # "4", 四级
    assert truth(t.Compare(">=", level, const("5", LEVEL)), env()) is True
    assert truth(t.Compare(">=", level, const("3", LEVEL)), env()) is False
    assert truth(t.Compare("=", level, const("4", LEVEL)), env()) is True
    assert truth(t.Compare("=", level, const(None, LEVEL)), env()) is None
    assert truth(t.Compare("<", const("9", LEVEL), level), env()) is None


def test_references_are_equal_where_their_keys_are():
    assert truth(t.Compare("=", HOLDER, const("张", PERSON)), env()) is True
    assert truth(t.Compare("≠", HOLDER, const("王", PERSON)), env()) is True
    assert truth(t.Compare("=", mine("持证人", t.Constant(None, CARD)), const("王", PERSON)), env()) is None
    assert truth(t.Compare("=", ME, const("甲", CARD)), env()) is True


def test_membership_of_a_missing_item_is_unknown():
    options = (const("5", LEVEL), const("4", LEVEL))
    assert truth(t.Member(mine("等级"), options), env()) is True
    assert truth(t.Member(mine("等级"), options[:1]), env()) is False
    assert truth(t.Member(const(None, LEVEL), options), env()) is None


def test_a_parameter_is_read_on_its_day():
    steps = ((None, const(36)), (date(2019, 1, 1), const(12)))

    def on(day):
        return certain(t.Dated("最低", steps, t.Constant(day, ty.DATE), ty.NUMBER), env())

    assert [on(date(2018, 12, 31)), on(date(2019, 1, 1)), on(None)] == [36, 12, None]
    late = t.Dated("最低", steps[1:], const(date(2018, 1, 1)), ty.NUMBER)
    assert certain(late, env()) is None


def row(since, keys, *values, until=None):
    return t.TableRow(since, until, tuple(keys), values)


def one(*values):
    return t.OneOf(values)


RATES = t.Table(
    "比例",
    "稳岗",
    (("等级", LEVEL), ("名次", ty.NUMBER)),
    (("标准", ty.NUMBER),),
    (
        row(date(2020, 1, 1), (one("5", "4"), t.Between(2, 3)), 1),
        row(date(2021, 1, 1), (one("4"), t.Between(2, 3)), 2),
        row(date(2020, 1, 1), (t.Otherwise(), t.Between(1, None)), 3),
        row(None, (t.Otherwise(), t.Otherwise()), 4),
        row(None, (t.Between("3", "2"), one(Fraction(9))), 5, until=date(2020, 6, 30)),
    ),
)


@pytest.mark.parametrize(
    ("level", "rank", "day", "expected"),
    [
        ("4", 2, date(2020, 5, 1), 1),
        ("4", 2, date(2021, 1, 1), 2),
        ("5", 3, date(2022, 1, 1), 1),
        ("5", 4, date(2022, 1, 1), 3),
        ("3", 2, date(2020, 1, 1), 3),
        ("3", 0, date(2020, 1, 1), 4),
        ("3", 2, date(2019, 12, 31), 4),
        ("2", 9, date(2020, 6, 30), 5),
        ("2", 9, date(2020, 7, 1), 3),
        (None, 9, date(2020, 7, 1), None),
        ("2", None, date(2020, 7, 1), None),
        ("2", 9, None, None),
    ],
)
def test_of_a_table_the_row_with_fewest_others_then_the_latest_speaks(level, rank, day, expected):
    keys = (t.Constant(level, LEVEL), t.Constant(rank, ty.NUMBER))
    cell = t.Look("比例", "标准", keys, t.Constant(day, ty.DATE), ty.NUMBER)
    assert certain(cell, env(tables=(RATES,))) == expected


def test_no_row_is_missing_and_never_zero():
    cell = t.Look("比例", "标准", (const("3", LEVEL), const(2)), const(date(2020, 1, 1)), ty.NUMBER)
    assert evaluate(cell, env(tables=(t.Table("比例", "", RATES.keys, RATES.values, RATES.rows[:2]),))) == MISSING


def test_a_list_holds_on_its_days_only():
    shortage = t.Table(
        "紧缺", "", (("等级", LEVEL),), (), (row(date(2020, 1, 1), (one("4"),), until=date(2021, 12, 31)),)
    )

    def on(day, level="4"):
        return truth(t.Listed("紧缺", (t.Constant(level, LEVEL),), t.Constant(day, ty.DATE)), env(tables=(shortage,)))

    assert [on(date(2019, 12, 31)), on(date(2021, 12, 31)), on(date(2022, 1, 1))] == [False, True, False]
    assert [on(None), on(date(2020, 1, 1), None), on(date(2020, 1, 1), "5")] == [None, None, False]


def test_a_shift_by_an_unknown_span_is_missing():
    assert evaluate(t.Shift(t.DecisionDate(), const(None, ty.MONTHS), 1), env()) == MISSING
    assert certain(t.Shift(t.DecisionDate(), const(4, ty.MONTHS), -1), env()) == date(2021, 2, 28)


def test_known_is_never_unknown():
    items = (const(None), const(3), UNKNOWN, NO)
    assert [truth(t.Known(item), env()) for item in items] == [False, True, False, True]


def test_money_keeps_its_fractions_until_the_end():
    third = t.Arithmetic("÷", const(10000, ty.MONEY), const(3), ty.MONEY)
    assert evaluate(t.Arithmetic("×", third, const(3), ty.MONEY), env()) == exactly(10000)
    assert evaluate(t.Round(third, 100, "down", ty.MONEY), env()) == exactly(3300)
    assert evaluate(t.Least((third, const(5, ty.MONEY))), env()) == exactly(5)
    assert evaluate(t.Greatest((third, const(5, ty.MONEY))), env()) == Bounds(Fraction(10000, 3), Fraction(10000, 3))


def test_ages_and_whole_months():
    made = world(("人员", "张", {"出生日期": date(1980, 6, 30)}))
    assert certain(t.Age(mine("出生日期", HOLDER), t.DecisionDate()), env(made)) == 41
    assert certain(t.Age(mine("出生日期", HOLDER), t.DecisionDate()), env()) is None
    assert certain(t.WholeMonths(mine("发证日期"), t.DecisionDate()), env(made)) == 3


def test_days_count_both_ends_and_none_backwards():
    january = t.DaysBetween(const(date(2021, 1, 1), ty.DATE), const(date(2021, 1, 31), ty.DATE))
    assert certain(january, env()) == 31
    assert certain(t.DaysBetween(january.start, january.start), env()) == 1
    assert certain(t.DaysBetween(january.end, january.start), env()) == 0
    assert certain(t.DaysBetween(const(None, ty.DATE), january.end), env()) is None
