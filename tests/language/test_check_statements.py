"""The statements of a policy."""

from datetime import date
from fractions import Fraction

import pytest
from tests.language.checking import assembled, policy, policy_text, problems

from jixiang.language import typed as t
from jixiang.language.types import BOOL, DATE, MONEY, MONTH, TEXT, TITLES, Type, ref

BOAT = t.Row(0, ref("渔船"))
OWNER = t.Get(BOAT, "船东", ref("渔民"))


def codes(rules, *others, **about):
    return [code for code, _, _ in problems(rules, *others, **about)]


def test_a_policy_knows_its_subject_its_people_and_its_time():
    front = "废止: 2022-01-01\n受理期: 2020-02-01 至 2021-12-31\n追溯: 1 年\n资金: 渔业资金\n"
    found = policy("收款人: 渔船\n适用日: 下水日期", subject="渔船 其中 船东.本港户籍", front=front)
    assert (found.code, found.name, found.entity, found.each) == ("P1", "甲", "渔船", "")
    assert found.where == t.Get(OWNER, "本港户籍", BOOL)
    assert (found.beneficiary, found.payee) == (OWNER, BOAT)
    assert found.effective_date == t.Get(BOAT, "下水日期", DATE)
    assert (found.in_force_from, found.in_force_until) == (date(2020, 1, 1), date(2022, 1, 1))
    assert found.acceptance == t.Window(date(2020, 2, 1), date(2021, 12, 31))
    assert (found.lookback_months, found.fund, found.version) == (12, "渔业资金", "2020-01-01")


def test_the_effective_date_is_the_decision_date_or_the_end_of_the_period():
    assert policy("").effective_date == t.DecisionDate()
    end = t.Part("last_day", t.Period(MONTH), DATE)
    assert policy("", subject="渔船 每月").effective_date == t.Least((end, t.DecisionDate()))


def test_the_payee_is_the_beneficiary_unless_said():
    assert policy("").payee == OWNER


def test_in_force_from_is_the_first_day_of_the_execution_unless_said():
    text = policy_text("").replace("施行: 2020-01-01", "执行期: 2020-03-01 至 2021-12-31")
    found = assembled(text).rulebook.policies["P1"][0]
    assert found.in_force_from == date(2020, 3, 1)
    assert found.execution == t.Window(date(2020, 3, 1), date(2021, 12, 31))


def test_a_condition_carries_its_article_and_its_text():
    rules = "条件 大船: 功率\n  不少于 100"
    text = policy_text(rules).replace("```规则", "## 第二条 谁可以享受\n\n```规则")
    found = assembled(text).rulebook.policies["P1"][0].conditions[0]
    assert (found.name, found.article, found.text) == ("大船", "第二条 谁可以享受", "条件 大船: 功率 不少于 100")


def test_honours_are_titles_and_services_cost_nothing():
    assert policy('荣誉: "好船"').amount == t.Constant(("好船",), TITLES)
    assert policy('荣誉: "好船"').honour
    assert policy('荣誉: 若 功率 高于 9 则 "大船" 否则 "小船"').amount.then == t.Constant(("大船",), TITLES)
    assert policy('服务: "上门办理"').amount == t.Constant(Fraction(0), MONEY)


def test_a_title_is_known_by_its_name_in_a_limit():
    tables = "表:称号 按 船型\n\n| 船型 | 荣誉 |\n|--|--|\n| 拖网 | 好船、快船 |\n"
    rules = "荣誉: 称号[船型]\n上限: 每 渔民、荣誉 最多 1 次 当 荣誉 不为 快船"
    found = assembled(policy_text(rules, tables=tables)).rulebook
    rule = found.families[0].rules[0]
    binding = rule.bindings["P1", "2020-01-01"]
    assert binding.keys == (OWNER, t.Title())
    assert binding.when == t.Compare("≠", t.Title(), t.Constant("快船", TEXT))
    assert codes("荣誉: 称号[船型]\n上限: 每 渔民 最多 1 次 当 荣誉 为 快般", tables=tables) == ["unknown-name"]


def test_stages_speak_of_what_was_granted_and_of_the_rest():
    rules = (
        "金额: 100 元\n分期 先: 金额 × 50 % 当 有 功率\n分期 后: 其余 当 无 报废日期; 至迟 决定日 加 6 个月, 逾期 追回"
    )
    first, last = policy(rules).stages
    assert first.amount == t.Arithmetic("×", t.Granted(), t.Constant(Fraction(1, 2), Type("number")), MONEY)
    assert (first.deadline, last.amount) == (None, t.Remainder())
    assert isinstance(last.deadline, t.Shift)


def test_order_keys():
    found = policy("次序: 船东.本港户籍 在先, 功率 从大到小, 下水日期").order
    assert [(key.descending, key.first) for key in found] == [(False, True), (True, False), (False, False)]


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ("对象: 出海", "duplicate-statement"),
        ("受益人: 船东", "duplicate-statement"),
        ('金额: 1 元\n服务: "甲"', "duplicate-statement"),
        ("金额: 12", "type-mismatch"),
        ("荣誉: 12 元", "type-mismatch"),
        ("收款人: 下水日期", "type-mismatch"),
        ("适用日: 下水日期.当月", "not-a-date"),
        ("条件 甲: 功率", "not-boolean"),
        ("条件 甲: 有 功率\n条件 甲: 有 报废日期", "duplicate-name"),
        ("定义 甲: 1\n参数 甲: 2", "duplicate-name"),
        ("参数 甲: 1; 自 2021-01-01 起 2; 自 2020-06-01 起 3", "parameter-order"),
        ("参数 甲: 1; 自 2021-01-01 起 2 元", "mixed-types"),
        ("参数 甲: 1 + 2", "not-a-literal"),
        ("参数 甲: 功率", "not-a-literal"),
        ("金额: 1 元\n分期 甲: 其余 当 有 功率\n分期 乙: 金额 当 有 功率", "wrong-stage"),
        ("金额: 1 元\n分期 甲: 其余 × 50 % 当 有 功率", "wrong-stage"),
        ("金额: 1 元\n分期 甲: 12 当 有 功率", "type-mismatch"),
        ('服务: "甲"\n分期 乙: 1 元 当 有 功率', "wrong-stage"),
        ("次序: 船型", "no-order"),
        ("次序: 功率 在先", "no-order"),
        ("次序: 船东.本港户籍 从大到小", "no-order"),
        ("条件 甲: 金额 超过 1 元\n金额: 2 元", "unknown-name"),
        ("定义 鱼民.甲: 是", "unknown-name"),
        ("定义 渔民.渔证: 是", "duplicate-name"),
    ],
)
def test_a_statement_that_cannot_be_right_is_an_error(rules, code):
    assert codes(rules) == [code]


def test_a_policy_needs_a_subject_a_beneficiary_a_benefit_a_code_and_a_day():
    found = assembled("---\n名称: 甲\n---\n```规则\n定义 乙: 1\n```\n").problems
    told = "".join(problem.message for problem in found)
    for word in ("编号", "施行", "对象", "金额", "受益人"):
        assert word in told


def test_more_than_forty_conditions_are_too_many():
    assert codes("\n".join(f"条件 条{n}: 有 功率" for n in range(41))) == ["too-many"]


def test_unknown_front_matter_is_met_with_the_key_it_was_meant_to_be():
    assert problems("", front="资今: 甲\n") == [("unknown-key", "文件头里没有名为 '资今' 的项", "是否为 '资金'?")]


@pytest.mark.parametrize(
    "front",
    ["废止: 明年", "执行期: 2020-01-01", "执行期: 2021-01-01 至 2020-01-01", "追溯: 很久", "文种: 诗", "引用: 乙"],
)
def test_front_matter_that_cannot_be_read_is_an_error(front):
    assert codes("", front=front + "\n") == ["front-value"]


def test_a_text_with_several_titles_is_several_as_in_a_cell():
    assert policy('荣誉: "优秀、模范、优秀"').amount == t.Constant(("优秀", "模范"), TITLES)


def test_an_amount_of_nothing_is_an_error():
    assert codes("金额: 0 元") == ["zero-amount"]
    assert codes("金额: 0 元 × 功率") == []


def test_a_time_of_execution_may_begin_before_the_policy_does():
    found = policy("", front="执行期: 2019-07-01 至 2020-12-31\n")
    assert (found.in_force_from, found.execution.first) == (date(2020, 1, 1), date(2019, 7, 1))


def test_but_only_that_of_the_oldest_version():
    newer = policy_text("", front="版本: 新\n执行期: 2019-07-01 至 2020-12-31\n")
    older = policy_text("").replace("2020-01-01", "2019-01-01")
    found = assembled(newer, older).problems
    assert [(p.code, p.suggestion) for p in found] == [
        ("execution-before", "写 '执行期: 2020-01-01 至 …',以前的由更早的版本管")
    ]


def test_from_a_decision_date_on_a_window_lasts_longer():
    front = "执行期: 2020-01-01 至 2020-12-31; 自 2021-05-20 起 至 2021-12-31；自2022年1月1日起至2022年12月31日\n"
    found = policy("", front=front).execution
    assert found.extended == ((date(2021, 5, 20), date(2021, 12, 31)), (date(2022, 1, 1), date(2022, 12, 31)))
    days = [date(2021, 5, 19), date(2021, 5, 20), date(2022, 1, 1)]
    assert [found.last_on(day).year for day in days] == [2020, 2021, 2022]
    assert found.holds(date(2021, 12, 31), date(2021, 5, 20))
    assert not found.holds(date(2021, 1, 1), date(2021, 5, 19))


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("2021-05-20 起 至 2021-12-31", "延长应当是"),
        ("自 2021-05-20 起 2021-12-31", "延长应当是"),
        ("自 2021-05-20 起 至 2020-12-31", "一次比一次晚"),
        ("自 2021-05-20 起 至 2021-12-31; 自 2021-05-20 起 至 2022-12-31", "一次比一次晚"),
        ("自 2021-05-20 起 至 2022-12-31; 自 2021-06-20 起 至 2021-12-31", "一次比一次晚"),
    ],
)
def test_an_extension_that_extends_nothing_is_told(step, message):
    (found,) = problems("", front=f"受理期: 2020-01-01 至 2020-12-31; {step}\n")
    assert found[0] == "front-value"
    assert message in found[1]
