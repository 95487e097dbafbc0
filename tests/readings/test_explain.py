"""Why a decision is as it is: shortfalls, missing facts, near misses, the steps of an amount, who holds a place."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from tests.readings.small import (
    CARDS,
    HOLDER,
    KIND,
    LEVEL,
    NO,
    NOWHERE,
    TODAY,
    UNKNOWN,
    VOCABULARY,
    YES,
    condition,
    const,
    env,
    its,
    mine,
    paid,
    payments,
    policy,
    rule,
    rulebook,
    world,
)

from jixiang.language import typed as t
from jixiang.language import types as ty
from jixiang.readings.bounds import Bounds, exactly
from jixiang.readings.explain import explain
from jixiang.readings.explanation import as_data, render
from jixiang.readings.shortfall import missing_facts, shortfalls
from jixiang.readings.wording import say
from jixiang.values.dates import FOREVER
from jixiang.values.month import Month

EXPIRY = t.Shift(mine("发证日期"), const(3, ty.MONTHS), 1)
IN_TIME = t.Compare("<=", t.DecisionDate(), EXPIRY)
PAID_MONTHS = t.Named(
    "缴费月数",
    t.Aggregate("count_distinct", HOLDER, payments("count").relation, 1, its("所属期"), its("已到账"), ty.MONTHS),
)
NEEDED = t.Dated(
    "最低缴费月数",
    ((None, const(36, ty.MONTHS)), (date(2019, 1, 1), const(12, ty.MONTHS))),
    t.DecisionDate(),
    ty.MONTHS,
)
ENOUGH = t.Compare(">=", PAID_MONTHS, NEEDED)
ELEVEN = [paid(f"c{n:02}", f"2020-{n:02}") for n in range(1, 12)]


@pytest.mark.parametrize(
    ("value", "of", "text"),
    [
        (exactly(150000), ty.MONEY, "1,500 元"),
        (exactly(150050), ty.MONEY, "1,500.50 元"),
        (exactly(Fraction(20000, 3)), ty.MONEY, "约 66.67 元"),
        (exactly(11), ty.MONTHS, "11 个月"),
        (Bounds(10, 12), ty.MONTHS, "10 个月 至 12 个月 之间"),
        (Bounds(10, None), ty.DAYS, "至少 10 天"),
        (Bounds(None, 3), ty.Type("number", unit="人"), "至多 3 人"),
        (Bounds(None, None), ty.NUMBER, "不明"),
        (exactly(Fraction(55, 1000)), ty.NUMBER, "5.5 %"),
        (exactly(Fraction(1, 3)), ty.NUMBER, "约 33.3333 %"),
        (exactly(date(2021, 3, 1)), ty.DATE, "2021-03-01"),
        (exactly(FOREVER), ty.DATE, "无截止"),
        (exactly(Month.parse("2021-03")), ty.MONTH, "2021-03"),
        (exactly(2021), ty.YEAR, "2021 年度"),
        ("4", LEVEL, "四"),
        (True, ty.BOOL, "是"),
        (("甲", "乙"), ty.TITLES, "甲、乙"),
        (None, ty.TEXT, "不明"),
    ],
)
def test_values_are_said_with_their_units(value, of, text):
    assert say(value, of, VOCABULARY) == text


@pytest.mark.parametrize(
    ("expr", "text", "measured"),
    [
        (ENOUGH, "缴费月数 11 个月, 应不少于 最低缴费月数 12 个月, 还差 1 个月", True),
        (t.Compare("<", PAID_MONTHS, const(11, ty.MONTHS)), "缴费月数 11 个月, 应少于 11 个月, 超出 1 个月", True),
        (IN_TIME, "决定日 2021-06-30, 应不晚于 发证日期 加 3 个月 2021-06-01, 晚了 29 天", True),
        (t.Compare("<", t.DecisionDate(), const(TODAY)), "决定日 2021-06-30, 应早于 2021-06-30, 晚了 1 天", True),
        (
            t.Compare(">=", t.Part("month", mine("发证日期"), ty.MONTH), const(Month.parse("2021-05"))),
            "发证日期.当月 2021-03, 应不早于 2021-05, 早了 2 个月",
            True,
        ),
        (t.Compare(">=", mine("等级"), const("3", LEVEL)), "等级 四, 应不低于 三", False),
        (t.Compare("=", mine("等级"), const("5", LEVEL)), "等级 四, 应为 五", False),
        (t.Not(t.Compare("=", mine("等级"), const("4", LEVEL))), "等级 四, 应不为 四", False),
        (t.Member(mine("等级"), (const("5", LEVEL), const("3", LEVEL))), "等级 四, 应为 五、三 之一", False),
        (t.Known(mine("费用")), "费用 没有登记", False),
        (t.Not(mine("有效")), "有效 为 是", False),
        (t.If(YES, IN_TIME, NO), "决定日 2021-06-30, 应不晚于 发证日期 加 3 个月 2021-06-01, 晚了 29 天", True),
        (t.Not(payments("exists")), "有 11 条缴费记录: 2020-01、2020-02、2020-03 等 11 条", False),
        (
            payments(
                "exists", where=t.And((its("已到账"), t.Compare("=", its("所属期"), const(Month.parse("2020-12")))))
            ),
            "没有符合的缴费记录, 最接近的一条 2020-11: 所属期 2020-11, 应为 2020-12, 早了 1 个月",
            True,
        ),
    ],
)
def test_a_shortfall_says_how_far_off_it_was(expr, text, measured):
    [reason] = shortfalls(expr, env(world(*ELEVEN)))
    assert (reason.text, reason.measured) == (text, measured)


def test_a_shortfall_against_a_list_names_the_value_the_list_and_the_day():
    shortage = t.Table("紧缺", "", (("等级", LEVEL),), (), ())
    listed = t.Listed("名单/紧缺", (mine("等级"),), t.EffectiveDate())
    sees = env(world())
    sees = replace(sees, tables={"名单/紧缺": shortage})
    assert [reason.text for reason in shortfalls(listed, sees)] == ["等级 四, 四 不在 紧缺 中(2021-03-01)"]


def test_only_the_parts_that_are_to_blame_are_told():
    both = t.And((IN_TIME, YES, t.Compare("=", mine("等级"), const("5", LEVEL))))
    assert len(shortfalls(both, env())) == 2
    either = t.Or((NO, IN_TIME))
    assert len(shortfalls(either, env())) == 2
    assert [reason.text for reason in shortfalls(t.And((NO, UNKNOWN)), env())] == ["否 为 否"]


@pytest.mark.parametrize(
    ("expr", "facts"),
    [
        (mine("费用"), ["证书 甲 的 费用 没有登记"]),
        (t.Compare("=", mine("出生日期", HOLDER), t.DecisionDate()), ["人员 张 的 出生日期 没有登记"]),
        (t.GetOn(HOLDER, "人数", t.DecisionDate(), ty.NUMBER), ["人员 张 的 人数 在 2021-06-30 没有登记"]),
        (t.And((NO, mine("退役", HOLDER))), []),
        (t.And((YES, mine("退役", HOLDER))), ["人员 张 的 退役 没有登记"]),
        (payments("exists", where=t.Compare("=", its("险种"), const("210", KIND))), ["缴费 2021-01 的 险种 没有登记"]),
        (t.Arithmetic("÷", const(1), const(0), ty.NUMBER), ["1 ÷ 0 除以零"]),
        (mine("有效", t.Get(t.Constant(None, ty.ref("证书")), "持证人", ty.ref("证书"))), []),
    ],
)
def test_what_is_missing_is_named(expr, facts):
    assert missing_facts(expr, env(world(paid("a", "2021-01")))) == facts


def test_a_row_that_is_not_there_is_named():
    assert missing_facts(mine("退役", HOLDER), env(world(("证书", "甲", {"持证人": "王"})))) == ["没有 人员 王 的记录"]


def test_an_extract_that_ends_too_early_is_named():
    in_may = t.Compare("=", its("所属期"), const(Month.parse("2021-06")))
    sees = env(world(cutoffs={"缴费": date(2021, 5, 31)}))
    assert missing_facts(payments("exists", where=in_may), sees) == ["缴费数据截至 2021-05-31"]
    assert missing_facts(ENOUGH, sees) == ["缴费数据截至 2021-05-31"]


def test_a_table_that_has_no_row_and_a_parameter_that_is_not_yet_in_force():
    rates = t.Table("标准", "", (("等级", LEVEL),), (("金额", ty.MONEY),), ())
    cell = t.Look("标准", "金额", (mine("等级"),), t.EffectiveDate(), ty.MONEY)
    assert missing_facts(cell, env(tables=(rates,))) == ["标准 里没有 四 的一行(2021-03-01)"]
    late = t.Dated("线", ((date(2022, 1, 1), const(1)),), t.DecisionDate(), ty.NUMBER)
    assert missing_facts(late, env()) == ["参数 线 在 2021-06-30 没有规定"]


# The whole -------------------------------------------------------------------------------------------------------

STANDARD = t.Table(
    "补贴标准",
    "",
    (("等级", LEVEL),),
    (("标准", ty.MONEY),),
    (t.TableRow(date(2017, 1, 1), None, (t.OneOf(("4",)),), (150000,)),),
)
ONCE = rule("年度一次", "count", HOLDER, most=const(1), per="year", text="每 人员 每年 最多 1 次")
STATED = policy(
    definitions=(t.Definition("缴费月数", PAID_MONTHS.expr, "第二条", NOWHERE),),
    conditions=(
        condition("参保满期", ENOUGH, "条件 参保满期: 缴费月数 不少于 最低缴费月数 于 决定日"),
        condition("证书有效", mine("有效"), "条件 证书有效: 有效"),
    ),
    amount=t.Look("补贴标准", "标准", (mine("等级"),), t.EffectiveDate(), ty.MONEY),
    amount_article="第三条 补贴标准",
)
BOOK = rulebook(STATED, rules=(ONCE,), tables=(STANDARD,))


def explained(*rows, made=None, **more):
    return explain(BOOK, STATED, made or world(*rows), TODAY, "甲", **more)


def test_a_near_miss_is_told_whole():
    assert render(explained(*ELEVEN)) == (
        "《证书补贴》(编号 B9, 版本 2017-01-01) · 证书 甲\n"
        "不享受: 参保满期 · 依据第一条  (只差这一条)\n"
        "决定日 2021-06-30 · 适用日 2021-03-01 · 受益人 张\n"
        "条件\n"
        "  否    参保满期: 缴费月数 不少于 最低缴费月数 于 决定日  [第一条]\n"
        "      缴费月数 11 个月, 应不少于 最低缴费月数 12 个月, 还差 1 个月\n"
        "  是    证书有效: 有效  [第一条]\n"
        "数值\n"
        "  缴费月数 = 11 个月\n"
        "  最低缴费月数 = 12 个月(按 2021-06-30)\n"
        "金额  补贴标准[等级] = 1,500 元  [第三条 补贴标准]\n"
        "  补贴标准[四] = 1,500 元(自 2017-01-01 的一行)\n"
    )


def test_who_qualifies_is_told_the_amount_and_the_places():
    found = explained(*ELEVEN, paid("c12", "2020-12"))
    assert (found.outcome, found.line, found.near_miss) == ("candidate", "已符合 1,500 元 · 依据第三条", False)
    assert [(place.rule, place.limit, place.key) for place in found.places] == [("年度一次", "最多 1 次", "张|2021")]


@pytest.mark.parametrize(
    ("became", "line"),
    [
        ({"outcome": "granted", "amount_fen": 150000}, "享受 1,500 元 · 依据第三条"),
        ({"outcome": "granted", "amount_fen": 10000}, "享受 100 元(应得 1,500 元) · 依据第三条"),
        ({"outcome": "queued"}, "候补 1,500 元, 等待资金 · 依据第三条"),
        ({"outcome": "yielded", "places": [{"rule": "年度一次"}]}, "已符合 1,500 元, 让位: 年度一次"),
    ],
)
def test_what_became_of_the_claim_comes_first(became, line):
    found = explained(*ELEVEN, paid("c12", "2020-12"), selection={"": became})
    assert (found.outcome, found.line) == (became["outcome"], line)


def test_who_holds_a_place_is_named_and_strangers_are_only_counted():
    places = [{"rule": "年度一次", "holders": ["B9 乙 1,500 元"], "others": 2}]
    found = explained(*ELEVEN, paid("c12", "2020-12"), selection={"": {"outcome": "yielded", "places": places}})
    assert render(found).endswith(
        "限次与互斥\n  年度一次: 每 人员 每年 最多 1 次 — 已占: B9 乙 1,500 元、别的受益人 2 项\n"
    )


def test_an_unknown_condition_is_a_near_miss_too_and_says_what_is_missing():
    made = world(*ELEVEN, cutoffs={"缴费": date(2021, 5, 31)})
    found = explained(made=made)
    assert (found.outcome, found.line, found.near_miss) == ("unknown", "待核: 参保满期 · 依据第一条", True)
    assert found.conditions[0].why == ("缴费数据截至 2021-05-31",)
    assert (found.values[0].value, found.values[0].missing) == ("至少 11 个月", ("缴费数据截至 2021-05-31",))


def test_two_failures_are_no_near_miss():
    found = explained(made=world(*ELEVEN, ("证书", "甲", {"有效": False})))
    assert (found.line, found.near_miss) == ("不享受: 参保满期、证书有效 · 依据第一条", False)


def test_who_is_not_considered_is_told_why():
    early = policy(execution=t.Window(date(2021, 5, 1), date(2021, 12, 31)))
    found = explain(rulebook(early), early, world(), TODAY, "甲")
    assert (found.outcome, found.line) == ("not_considered", "不在对象之内, 不作决定")
    assert found.doubts == ("适用日 2021-03-01 不由这一版决定(2021-05-01 至 2021-12-31)",)
    coming = policy(execution=t.Window(date(2021, 3, 1), date(2021, 12, 31)), in_force_from=date(2021, 7, 1))
    assert explain(rulebook(coming), coming, world(), TODAY, "甲").doubts == (
        "2021-07-01 起施行, 决定日 2021-06-30 还早",
    )
    outside = policy(where=t.Compare("=", mine("等级"), const("5", LEVEL)))
    assert explain(rulebook(outside), outside, world(), TODAY, "甲").doubts == ("等级 四, 应为 五",)


def test_doubts_besides_the_conditions_are_named():
    nobody = policy(
        where=mine("退役", HOLDER),
        acceptance=t.Window(date(2020, 1, 1), date(2020, 12, 31)),
    )
    found = explain(rulebook(nobody), nobody, world(), TODAY, "甲")
    assert found.doubts == (
        "受理期为 2020-01-01 至 2020-12-31, 决定日 2021-06-30 在外",
        "对象 不明: 人员 张 的 退役 没有登记",
    )


def test_a_rule_of_which_it_is_unknown_whether_it_binds_is_a_doubt():
    unclear = rule("限", "count", HOLDER, most=const(1), when=mine("退役", HOLDER))
    found = explain(rulebook(policy(), rules=(unclear,)), policy(), world(), TODAY, "甲")
    assert (found.line, found.doubts) == ("待核: 限", ("限 不明: 人员 张 的 退役 没有登记",))


def test_the_steps_of_an_amount_follow_the_branch_that_was_taken():
    rate = t.Dated("上浮", ((None, const(Fraction(3, 10))),), t.EffectiveDate(), ty.NUMBER)
    base = t.Look("补贴标准", "标准", (mine("等级"),), t.EffectiveDate(), ty.MONEY)
    raised = t.Arithmetic("×", base, t.Arithmetic("+", const(1), rate, ty.NUMBER), ty.MONEY)
    scarce = t.Named("紧缺", t.Compare("=", mine("等级"), const("4", LEVEL)))
    stated = policy(amount=t.If(scarce, raised, base))
    found = explain(rulebook(stated, tables=(STANDARD,)), stated, world(), TODAY, "甲")
    assert found.amount.text == "若 紧缺 则 补贴标准[等级] × (1 + 上浮) 否则 补贴标准[等级] = 1,950 元"
    assert found.amount.steps == (
        "紧缺: 是",
        "补贴标准[四] = 1,500 元(自 2017-01-01 的一行)",
        "上浮 = 30 %(按 2021-03-01)",
    )


def test_what_a_case_gives_is_told_as_given():
    found = explained(overrides={"参保满期": False, "缴费月数": None})
    assert found.conditions[0].why == ("直接给定",)
    assert found.values[0].missing == ("缴费月数 没有给出",)


def test_it_is_plain_data():
    told = as_data(explained(*ELEVEN))
    assert json.loads(json.dumps(told, ensure_ascii=False))["conditions"][0]["answer"] == "否"
    assert CARDS.name not in told


@pytest.mark.parametrize(("free", "shown"), [(YES, "单位 厂"), (NO, "人员 张")])
def test_who_is_chosen_is_shown_as_what_it_is(free, shown):
    payee = t.If(free, const("厂", ty.ref("单位")), const("张", ty.ref("人员")))
    paying = policy(definitions=(t.Definition("收款方", payee, "第四条", NOWHERE),))
    told = explain(rulebook(paying), paying, world(), TODAY, "甲")
    assert [value.value for value in told.values] == [shown]


def test_a_parameter_is_shown_for_the_day_on_which_it_is_read_and_no_other():
    on_effective = t.Dated(NEEDED.name, NEEDED.steps, t.EffectiveDate(), ty.MONTHS)
    stated = policy(
        definitions=(t.Definition("最低缴费月数", on_effective, "第二条", NOWHERE),),
        conditions=(condition("参保满期", ENOUGH),),
    )
    found = explain(rulebook(stated), stated, world(*ELEVEN), TODAY, "甲")
    assert [(value.name, value.on) for value in found.values] == [("最低缴费月数", str(TODAY))]
