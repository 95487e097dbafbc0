"""What expressions mean, and which are wrong."""

from datetime import date
from fractions import Fraction

import pytest
from tests.language.checking import policy, problems, tiny_vocabulary, value, wrong

from jixiang.language import typed as t
from jixiang.language.types import BOOL, DATE, DAYS, MONEY, MONTH, MONTHS, NUMBER, TEXT, YEAR, Type, code, ref
from jixiang.values.month import Month

BOAT = t.Row(0, ref("渔船"))
LAUNCHED = t.Get(BOAT, "下水日期", DATE)
SCRAPPED = t.Get(BOAT, "报废日期", DATE)
OWNER = t.Get(BOAT, "船东", ref("渔民"))
POWER = t.GetOn(BOAT, "功率", t.EffectiveDate(), NUMBER)
VOYAGE = t.Row(1, ref("出海"))
VOYAGES = tiny_vocabulary().entities["渔船"].relations["出海"]
YES = t.Constant(True, BOOL)


def number(n):
    return t.Constant(Fraction(n), NUMBER)


# Literals and comparisons


@pytest.mark.parametrize(
    ("written", "constant"),
    [
        ("2021-01-31", t.Constant(date(2021, 1, 31), DATE)),
        ("2021 年度", t.Constant(2021, YEAR)),
        ("12 个月", t.Constant(12, MONTHS)),
        ("2 年", t.Constant(24, MONTHS)),
        ("30 天", t.Constant(30, DAYS)),
        ("1.5 万元", t.Constant(Fraction(1_500_000), MONEY)),
        ("0.01 元", t.Constant(Fraction(1), MONEY)),
        ("5.5 %", t.Constant(Fraction(55, 1000), NUMBER)),
        ("3 次", t.Constant(Fraction(3), Type("number", unit="次"))),
        ('"甲"', t.Constant("甲", TEXT)),
        ("是", YES),
    ],
)
def test_a_literal_is_a_constant_with_its_unit(written, constant):
    assert value(written) == constant


@pytest.mark.parametrize(
    ("written", "op"),
    [("不少于", ">="), ("满", ">="), ("超过", ">"), ("少于", "<"), ("不超过", "<="), ("为", "="), ("不为", "≠")],
)
def test_comparisons_in_words_are_comparisons(written, op):
    assert value(f"功率 {written} 100") == t.Compare(op, POWER, number(100))


def test_在_至_includes_both_ends():
    today = t.DecisionDate()
    assert value("决定日 在 下水日期 至 报废日期") == t.And(
        (t.Compare(">=", today, LAUNCHED), t.Compare("<=", today, SCRAPPED))
    )


def test_在_a_month_or_year_is_inside_it():
    month, year = t.Constant(Month.parse("2020-03"), MONTH), t.Constant(2020, YEAR)
    assert value("下水日期 在 2020-03") == t.Compare("=", t.Part("month", LAUNCHED, MONTH), month)
    assert value("下水日期 在 2020 年度") == t.Compare("=", t.Part("year", LAUNCHED, YEAR), year)
    assert value("下水日期.当月 在 2020 年度").left == t.Part("year", t.Part("month", LAUNCHED, MONTH), YEAR)


def test_属于_a_set_is_one_of_its_constants():
    kind = t.Get(BOAT, "船型", code("船型"))
    member = t.Member(kind, (t.Constant("1", code("船型")), t.Constant("2", code("船型"))))
    assert value("船型 属于 {拖网、围网}") == member
    assert value("船型 不属于 {拖网、围网}") == t.Not(member)


def test_属于_a_set_that_holds_more_than_constants_is_one_comparison_or_another():
    found = value("决定日 属于 {下水日期、报废日期}")
    assert found == t.Or((t.Compare("=", t.DecisionDate(), LAUNCHED), t.Compare("=", t.DecisionDate(), SCRAPPED)))


def test_ordered_codes_compare_by_their_order():
    level = t.GetOn(OWNER, "渔证", t.EffectiveDate(), code("渔证等级"))
    assert value("船东.渔证 不低于 中级") == t.Compare(">=", level, t.Constant("B", code("渔证等级")))


def test_codes_without_an_order_only_are_or_are_not():
    assert wrong("船型 不低于 围网")[0] == "no-order"


def test_known_and_not_known():
    assert value("有 报废日期") == t.Known(SCRAPPED)
    assert value("无 报废日期") == t.Not(t.Known(SCRAPPED))


def test_a_choice_has_branches_of_one_type():
    assert value("若 有 报废日期 则 报废日期 否则 决定日") == t.If(t.Known(SCRAPPED), SCRAPPED, t.DecisionDate())
    assert wrong("若 有 报废日期 则 报废日期 否则 12")[0] == "mixed-types"


def test_a_choice_between_two_kinds_of_payee_may_be_paid_but_not_asked():
    rules = "定义 收款方: 若 守规 则 渔船 否则 船长\n收款人: 收款方"
    assert policy(rules, subject="出海").payee.type == ref("渔船")
    assert wrong("(若 守规 则 渔船 否则 船长) 为 船长", subject="出海")[0] == "type-mismatch"


@pytest.mark.parametrize(
    ("written", "way_out"),
    [
        ("下水日期 晚于 12", "日期要与日期比较"),
        ("下水日期 晚于 2020-03", ".当月"),
        ("整月数(下水日期, 决定日) 不少于 12", "12 个月"),
        ("整月数(下水日期, 决定日) 不少于 12 天", "不能混用"),
        ("天数(下水日期, 决定日) 不少于 12", "30 天"),
        ("天数(下水日期, 决定日) 不少于 12 个月", "不能混用"),
        ("100 元 不少于 100", "500 元"),
        ("船东 为 渔船", "两种事实"),
        ("功率 不少于 3 次 + 2 人", "统一成"),
        ("船东.渔证 为 船型", "两种编码"),
    ],
)
def test_two_kinds_of_value_cannot_be_compared_and_the_way_out_is_said(written, way_out):
    found = wrong(written)
    assert found[0] == "type-mismatch"
    assert way_out in found[2]


def test_units_must_agree_but_a_bare_number_goes_with_any():
    trips = value("求和(出海.航次) 不少于 3")
    assert trips.right == number(3)
    assert wrong("求和(出海.航次) 不少于 3 人")[0] == "type-mismatch"


# Arithmetic


def test_sums_keep_the_unit_and_products_drop_it():
    assert value("3 次 + 2").type == Type("number", unit="次")
    assert value("3 次 × 2").type == NUMBER


def test_money_times_months_through_months_is_money():
    assert value("600 元 × 整月数(下水日期, 决定日) ÷ 12 个月").type == MONEY
    assert value("100 元 ÷ 50 元").type == NUMBER
    assert value("6 个月 ÷ 12 个月").type == NUMBER
    assert value("600 元 × 天数(下水日期, 决定日) ÷ 天数(决定日.当月.首日, 决定日.当月.末日)").type == MONEY


def test_a_date_moves_by_months_or_days():
    assert value("下水日期 加 12 个月") == t.Shift(LAUNCHED, t.Constant(12, MONTHS), 1)
    assert value("下水日期.当月 减 1 个月").sign == -1


@pytest.mark.parametrize(
    ("written", "way_out"),
    [
        ("下水日期 加 12", "加 12 个月"),
        ("决定日 - 下水日期", "整月数"),
        ("下水日期.当月 加 3 天", ".首日"),
        ("100 元 + 3 个月", ""),
        ("100 元 × 100 元", "乘以"),
        ("3 ÷ 100 元", ""),
    ],
)
def test_arithmetic_that_has_no_meaning_is_an_error(written, way_out):
    found = wrong(written)
    assert found[0] == "type-mismatch"
    assert way_out in found[1] + found[2]


# Aggregates


def test_existence_over_the_rows_of_a_relation():
    where = t.Get(VOYAGE, "守规", BOOL)
    assert value("存在(出海 其中 守规)") == t.Aggregate("exists", BOAT, VOYAGES, 1, None, where, BOOL)
    assert value("不存在(出海 其中 守规)") == t.Not(value("存在(出海 其中 守规)"))


def test_counts_and_sums():
    assert value("计数(出海)") == t.Aggregate("count", BOAT, VOYAGES, 1, None, YES, NUMBER)
    fuel = t.Get(VOYAGE, "油费", MONEY)
    assert value("求和(出海.油费 其中 守规)").value == fuel
    assert value("平均(出海.油费)").type == MONEY


def test_counting_different_months_gives_months():
    assert value("去重计数(出海.月份)").type == MONTHS
    assert value("去重计数(出海.船长)").type == NUMBER
    assert value("最长连续(出海.月份)").type == MONTHS


def test_behind_the_to_many_step_come_more_to_one_steps():
    captain = t.Get(VOYAGE, "船长", ref("渔民"))
    assert value("去重计数(出海.船长.渔证)").value == t.GetOn(captain, "渔证", t.EffectiveDate(), code("渔证等级"))


def test_a_path_to_the_rows_may_begin_with_to_one_steps():
    assert value("计数(船东.渔船)").of == OWNER


def test_a_row_may_be_read_on_a_day_of_its_own():
    row = t.Row(1, ref("渔船"))
    found = value("平均(船东.渔船.功率 于 其.下水日期)")
    assert found.value == t.GetOn(row, "功率", t.Get(row, "下水日期", DATE), NUMBER)


def test_whose_rows_they_are_may_be_read_on_a_day():
    rules = "定义 人: 若 功率 超过 100 则 船东 否则 受益人\n定义 值: 计数(人.带船 于 下水日期)"
    condition = policy(rules).definitions[1].expr.of.condition
    assert condition.left == t.GetOn(BOAT, "功率", LAUNCHED, NUMBER)
    assert problems(rules) == []


@pytest.mark.parametrize("rows", ["计数(出海 于 下水日期 其中 守规)", "求和(出海.航次 于 下水日期)"])
def test_that_rows_do_not_change_with_time_is_told(rows):
    assert wrong(rows)[0] == "nothing-dated"


def test_the_day_of_rows_must_be_a_day():
    assert {"unknown-name"} == {code_ for code_, _, _ in problems("定义 值: 计数(出海 于 开船日)")} - {"nothing-dated"}
    assert wrong("计数(出海 于 2020 年度)")[0] == "not-a-date"


def test_aggregates_do_not_nest_but_a_definition_of_the_row_may_hold_one():
    assert wrong("存在(船东.渔船 其中 存在(出海 其中 守规))")[0] == "nested"
    rules = "定义 渔船.出过海: 存在(出海 其中 守规)\n条件 有船出海: 存在(船东.渔船 其中 其.出过海)"
    inner = policy(rules).conditions[0].expr.where
    assert inner.of == t.Row(1, ref("渔船"))
    assert inner.binder == 2


@pytest.mark.parametrize(
    ("written", "code_"),
    [
        ("存在(出海.守规)", "arguments"),
        ("求和(出海)", "arguments"),
        ("计数(下水日期)", "not-rows"),
        ("计数(1)", "not-rows"),
        ("求和(出海.月份)", "type-mismatch"),
        ("最大(出海.月份)", "type-mismatch"),
        ("最长连续(出海.油费)", "type-mismatch"),
        ("求和(船东.渔船.出海.油费)", "to-many"),
        ("计数(出每)", "unknown-name"),
        ("存在(出海 其中 月份)", "not-boolean"),
        ("总和(出海.油费)", "unknown-name"),
        ("年龄(船东)", "arguments"),
        ("年龄(渔船, 决定日)", "type-mismatch"),
        ("较小(下水日期, 决定日)", "type-mismatch"),
        ("较早(下水日期, 决定日.当月)", "type-mismatch"),
        ("取整(100 元, 斤)", "arguments"),
        ("取整(3, 元)", "type-mismatch"),
        ("均分(100 元, 出海)", "arguments"),
        ("非 功率", "not-boolean"),
        ("功率 于 2020-03", "not-a-date"),
    ],
)
def test_a_call_that_has_no_meaning_is_an_error(written, code_):
    assert wrong(written)[0] == code_


def test_the_share_of_a_row_among_its_peers():
    found = value("均分(1000 元, 同船 其中 其.序号 不少于 1)", subject="船员")
    peers = tiny_vocabulary().entities["船员"].relations["同船"]
    assert (found.of, found.relation, found.binder) == (t.Row(0, ref("船员")), peers, 1)


def test_functions():
    birth = t.Get(OWNER, "出生日期", DATE)
    assert value("年龄(船东, 决定日)") == value("年龄(船东.出生日期, 决定日)") == t.Age(birth, t.DecisionDate())
    assert value("整月数(下水日期, 决定日)") == t.WholeMonths(LAUNCHED, t.DecisionDate())
    assert value("天数(下水日期, 决定日)") == t.DaysBetween(LAUNCHED, t.DecisionDate())
    assert value("较早(下水日期, 决定日)") == t.Least((LAUNCHED, t.DecisionDate()))
    assert value("较大(功率, 100)") == t.Greatest((POWER, number(100)))
    assert value("取整(99.5 元, 元, 向下)") == t.Round(t.Constant(Fraction(9950), MONEY), 100, "down", MONEY)


# 定义 E.N

OLD = """---
名称: 老
文种: 定义
施行: 2019-01-01
---
```规则
定义 渔民.老渔民: 年龄(本, 适用日) 不少于 60 周岁 且 渔证 不低于 中级
```
"""


def test_a_definition_of_an_entity_is_asked_of_a_row_on_a_day():
    found = policy("条件 老: 船东 属于 老渔民 于 下水日期", OLD, front="引用: [《老》]\n").conditions[0].expr
    assert found.items[0].left == t.Age(t.Get(OWNER, "出生日期", DATE), LAUNCHED)
    assert found.items[1].left == t.GetOn(OWNER, "渔证", LAUNCHED, code("渔证等级"))


def test_a_definition_of_an_entity_is_also_an_attribute_of_it():
    about = {"front": "引用: [《老》]\n"}
    same = policy("条件 老: 船东 属于 老渔民", OLD, **about).conditions[0].expr
    assert policy("条件 老: 船东.老渔民", OLD, **about).conditions[0].expr == same


def test_without_引用_another_documents_definition_is_not_known():
    found = problems("条件 老: 船东 属于 老渔民", OLD)
    assert [code_ for code_, _, _ in found] == ["unknown-name"]


def test_a_boolean_attribute_serves_as_a_group():
    assert policy("条件 本地: 船东 属于 本港户籍").conditions[0].expr == t.Get(OWNER, "本港户籍", BOOL)


def test_what_is_no_group_is_an_error():
    assert wrong("船东 属于 出生日期")[0] == "bad-membership"
    assert wrong("船型 属于 拖网")[0] == "bad-membership"


@pytest.mark.parametrize(
    ("unit", "fen"), [("角", 10), ("十元", 1_000), ("百元", 10_000), ("万元", 1_000_000), ("50 元", 5_000)]
)
def test_money_is_rounded_to_a_unit(unit, fen):
    assert value(f"取整(155.55 元, {unit}, 向下)").unit_fen == fen
