"""Each kind of fault is planted in a town that has none: it is found, and its example is a case that passes."""

from datetime import date

import pytest
from tests.readings.health.town import (
    CONDITIONS,
    STANDARD,
    TODAY,
    checked,
    document,
    explained,
    found,
    pasted,
    the_only,
    town,
)

from jixiang.readings.health import check_health


def passes(city, finding):
    report = pasted(city, finding)
    assert sum(total for _, total in report.files.values()) >= len(finding.examples) > 0
    return not report.failed


def test_a_sound_town_has_no_finding(tmp_path):
    assert checked(town(tmp_path, document())).findings == ()


# 无人能享 and 多余条件 ---------------------------------------------------------------------------------------------------


def test_conditions_that_exclude_each_other_let_nobody_have_it(tmp_path):
    city = town(tmp_path, document(conditions=f"{CONDITIONS}\n条件 没考好: 成绩 低于 50 分"))
    one = the_only(city, "无人能享")
    assert "“有本事”、“没考好” 不能同时成立" in one.text
    assert "不享受: 没考好" in one.examples[0].block
    assert passes(city, one)


def test_a_condition_that_the_time_in_force_excludes_lets_nobody_have_it(tmp_path):
    city = town(tmp_path, document(conditions="条件 从前: 发证日期 早于 2019-06-01"))
    one = the_only(city, "无人能享")
    assert "“从前”" in one.text and one.place.article == "第二条 条件"


def test_an_amount_that_is_always_nothing_lets_nobody_have_it(tmp_path):
    city = town(tmp_path, document(amount="标准[等级] × 0 %"))
    assert "“金额”" in the_only(city, "无人能享").text


def test_a_condition_that_follows_from_another_is_superfluous(tmp_path):
    city = town(tmp_path, document(conditions=f"{CONDITIONS}\n条件 及格: 成绩 不少于 30 分"))
    one = the_only(city, "多余条件")
    assert one.about == "及格" and "从“有本事”就能推出“及格”" in one.text
    assert "不享受: 及格、有本事" in one.examples[0].block
    assert passes(city, one)


def test_a_condition_that_the_vocabulary_already_says_is_superfluous(tmp_path):
    city = town(tmp_path, document(conditions=f"{CONDITIONS}\n条件 有分: 成绩 不少于 0 分"))
    one = the_only(city, "多余条件")
    assert one.about == "有分" and "对谁都成立" in one.text
    assert passes(city, one)


def test_who_is_not_born_yet_is_nobody(tmp_path):
    """The vocabulary says that nobody is born after today; that nobody gets a certificate before birth it does not say."""
    born = "条件 已出生: 年龄(持证人, {}) 不少于 0 岁"
    assert found(town(tmp_path, document(conditions=born.format("决定日")))) == [("多余条件", "已出生")]
    assert found(town(tmp_path, document(conditions=born.format("发证日期")))) == []


def test_what_the_solver_gives_up_is_said_and_nothing_is_claimed(tmp_path):
    city = town(tmp_path, document(conditions=f"{CONDITIONS}\n条件 没考好: 成绩 低于 50 分"))
    health = check_health(city, city.rulebook, TODAY, limit=1)
    assert health.findings == ()
    assert ("证书奖", "有没有人能享受") in [(one.document, one.question) for one in health.undecided]


def test_a_condition_is_not_superfluous_where_without_it_the_answer_would_be_unknown(tmp_path):
    conditions = "条件 有证: 有 证书\n条件 证书真: 证书.有效"
    assert found(town(tmp_path, document(subject="培训", day="结束日期", receives="学员", conditions=conditions))) == []


def test_rows_that_one_condition_asks_for_are_seen_by_another(tmp_path):
    more = (
        "条件 缴过: 存在(持证人.缴费 其中 已到账)\n条件 年内缴过: 存在(持证人.缴费 其中 已到账 且 所属期 在 2020 年度)"
    )
    one = the_only(town(tmp_path, document(conditions=more)), "多余条件")
    assert one.about == "缴过"


def test_there_are_no_more_months_than_the_months_asked_about(tmp_path):
    months = "条件 年年缴: 去重计数(持证人.缴费.所属期 其中 已到账 且 所属期 在 2020 年度) 不少于 {} 个月"
    assert found(town(tmp_path, document(conditions=months.format(12)))) == []
    assert found(town(tmp_path, document(conditions=months.format(13)))) == [("无人能享", "证书奖")]


def test_a_month_that_lacks_the_day_ends_on_its_last(tmp_path):
    """From 30 or 31 January one month later is the end of February; from the 28th on it is never March."""
    day = "条件 一月: 发证日期 在 2021-01-28 至 2021-01-31\n条件 {}: 发证日期 加 1 个月 {} 2021-02-28"
    assert found(town(tmp_path, document(conditions=day.format("二月底", "不晚于")))) == [("多余条件", "二月底")]
    assert found(town(tmp_path, document(conditions=day.format("三月", "晚于")))) == [("无人能享", "证书奖")]


# 表有缺口 and 名单过期 ---------------------------------------------------------------------------------------------------


def test_a_code_that_the_table_lacks_is_a_gap(tmp_path):
    city = town(tmp_path, document(tables=STANDARD.replace("| 2020-01-01 | 三级 | 1500元 |\n", "")))
    one = the_only(city, "表有缺口")
    assert one.about == "标准" and one.text.endswith("查不到: 三级")
    assert "| 三级 | 待核: 金额 |" in one.examples[0].block
    assert passes(city, one)


def test_a_code_that_the_conditions_exclude_is_no_gap(tmp_path):
    tables = STANDARD.replace("| 2020-01-01 | 三级 | 1500元 |\n", "")
    conditions = f"{CONDITIONS}\n条件 可补: 等级 属于 {{五级、四级}}"
    assert found(town(tmp_path, document(tables=tables, conditions=conditions))) == []


def test_a_row_that_begins_too_late_is_a_gap_before_it(tmp_path):
    city = town(tmp_path, document(tables=STANDARD.replace("2020-01-01 | 三级", "2020-07-01 | 三级")))
    one = the_only(city, "表有缺口")
    assert "三级 在 2020-" in one.text
    assert passes(city, one)


RANGES = """表:分数档 按 {}

| {} | 标准  |
|------|-------|
| {} | 500元 |
| 80 以上 | 600元 |
"""


@pytest.mark.parametrize(("low", "missed"), [("60 至 79", []), ("60 至 78", ["79"]), ("60 至 60", ["61", "78", "79"])])
def test_a_number_between_the_ranges_is_a_gap(tmp_path, low, missed):
    city = town(tmp_path, document(tables=RANGES.format("成绩", "成绩", low), amount="分数档[成绩]"))
    findings = checked(city).findings
    assert bool(findings) == bool(missed)
    assert all(any(f"{number} 分" in one.text for number in missed) for one in findings)


def test_a_number_that_cannot_be_below_zero_leaves_no_gap_there_but_a_signed_one_does(tmp_path):
    hours = document(tables=RANGES.format("课时", "课时", "0 至 79"), amount="分数档[课时]", subject="培训", day="结束日期",
                     receives="学员", conditions="条件 成人: 年龄(学员, 结束日期) 不少于 18 周岁")  # fmt: skip
    assert found(town(tmp_path, hours)) == []
    tables = "表:按结余 按 结余\n\n| 结余 | 标准 |\n|---|---|\n| 0元以上 | 500元 |\n".replace("0元以上", "0元 以上")
    assert found(town(tmp_path, document(tables=tables, amount="按结余[结余]"))) == [("表有缺口", "按结余")]


def test_a_table_whose_rows_have_all_ended_is_out_of_date(tmp_path):
    ended = STANDARD.replace("| 自         | 等级", "| 自         | 至 | 等级").replace(
        "|------------|------|", "|---|---|---|"
    )
    ended = ended.replace("| 2020-01-01 | ", "| 2020-01-01 | 2020-12-31 | ")
    city = town(tmp_path, document(tables=ended))
    one = the_only(city, "名单过期")
    assert one.about == "标准" and "到 2020-12-31 全部到期" in one.text
    assert passes(city, one)
    assert found(town(tmp_path, document(tables=ended, front="执行期: 2020-01-01 至 2020-12-31"))) == []
    assert found(town(tmp_path, document(tables=ended)), TODAY.replace(year=2020)) == []


def test_a_list_that_has_ended_is_out_of_date(tmp_path):
    tables = f"{STANDARD}\n表:紧缺\n\n| 自 | 至 | 职业 |\n|---|---|---|\n| 2020-01-01 | 2020-12-31 | 车工 |\n"
    city = town(tmp_path, document(tables=tables, conditions="条件 名单内: 职业 属于 紧缺"))
    one = the_only(city, "名单过期")
    assert one.about == "紧缺" and "不享受: 名单内" in one.examples[0].block
    assert passes(city, one)


def test_that_a_table_will_end_may_be_explained_before_it_does(tmp_path):
    tables = f"{STANDARD}\n表:紧缺\n\n| 自 | 至 | 职业 |\n|---|---|---|\n| 2020-01-01 | 2021-12-31 | 车工 |\n"
    said = {"tables": tables, "conditions": "条件 名单内: 职业 属于 紧缺", "after": explained("名单过期", "紧缺")}
    assert found(town(tmp_path, document(**said))) == []
    health = checked(town(tmp_path, document(**said)), date(2022, 6, 30))
    assert [one.kind for one in health.findings] == ["名单过期"] and health.alarms == ()


# 重复给付 ------------------------------------------------------------------------------------------------------------


def other(more="", conditions=CONDITIONS, **changes):
    said = {"code": "T2", "name": "再奖一次", "amount": "300 元", "tables": "", "more": more, "conditions": conditions}
    return document(**{**said, **changes})


def test_two_policies_that_pay_for_one_certificate_pay_twice(tmp_path):
    city = town(tmp_path, document(), other())
    one = the_only(city, "重复给付")
    assert one.about == "再奖一次" and "为同一证书" in one.text
    assert [example.document for example in one.examples] == ["证书奖", "再奖一次"]
    assert all("享受" in example.block for example in one.examples)
    assert passes(city, one)


@pytest.mark.parametrize(
    "rule",
    [
        "互斥 择一: 与《证书奖》 每 证书 只享其一",
        "上限 一次: 与《证书奖》合计 每 人员、职业、等级 最多 1 次",
        "上限 限额: 与《证书奖》合计 每 人员 最多 1000 元",
    ],
)
def test_a_rule_between_them_keeps_them_apart(tmp_path, rule):
    assert found(town(tmp_path, document(), other(rule))) == []


@pytest.mark.parametrize(
    "rule",
    [
        "上限 三次: 与《证书奖》合计 每 人员 最多 3 次",
        "上限 车工一次: 与《证书奖》合计 每 证书 最多 1 次 当 职业 为 车工",
    ],
)
def test_a_rule_that_lets_both_through_does_not(tmp_path, rule):
    assert found(town(tmp_path, document(), other(rule))) == [("重复给付", "再奖一次")]


def test_conditions_that_exclude_each_other_keep_them_apart(tmp_path):
    assert found(town(tmp_path, document(), other(conditions="条件 没考好: 成绩 低于 60 分"))) == []


def test_policies_that_pay_others_do_not_pay_twice(tmp_path):
    paid = other(subject="培训", day="结束日期", receives="学员", conditions="条件 课时够: 课时 不少于 20 课时")
    assert found(town(tmp_path, document(), paid)) == []


def test_what_a_training_led_to_is_the_same_thing_if_both_look_at_it(tmp_path):
    conditions = "条件 取证: 有 证书 且 证书.持证人 为 学员"
    city = town(tmp_path, document(), other(subject="培训", day="结束日期", receives="学员", conditions=conditions))
    one = the_only(city, "重复给付")
    assert "为同一证书" in one.text
    assert passes(city, one)


def test_one_person_with_the_same_trade_and_level_is_the_same_thing(tmp_path):
    conditions = "条件 车工四级: 职业 为 车工 且 等级 为 四级"
    training = other(subject="培训", day="结束日期", receives="学员", conditions=conditions)
    city = town(tmp_path, document(conditions="条件 车工: 职业 为 车工"), training)
    one = the_only(city, "重复给付")
    assert "同一人同一" in one.text and "等级" in one.text
    assert passes(city, one)


# 数额倒退 and 数额跳升 ---------------------------------------------------------------------------------------------------

LEVELS = "条件 够级: 等级 不低于 五级 且 成绩 不少于 1 分"


def test_an_amount_that_falls_at_a_higher_level_falls_back(tmp_path):
    tables = STANDARD.replace("1500元", "1100元")
    city = town(tmp_path, document(tables=tables, more="先高后低 不补低级: 每 人员、职业 比 等级"))
    one = the_only(city, "数额倒退")
    assert one.about == "等级" and "从 四级 到 三级,金额从 1,200 元 降到 1,100 元" in one.text
    assert passes(city, one)


def test_without_a_better_nothing_falls_back(tmp_path):
    assert found(town(tmp_path, document(tables=STANDARD.replace("1500元", "1100元")))) == []


def test_more_of_what_a_condition_wants_must_not_pay_less(tmp_path):
    amount = "若 成绩 不少于 90 分 则 800 元 否则 1000 元"
    city = town(tmp_path, document(tables="", amount=amount))
    one = the_only(city, "数额倒退")
    assert "从 89 分 到 90 分,金额从 1,000 元 降到 800 元" in one.text
    assert passes(city, one)


def test_a_count_of_rows_may_be_what_is_better(tmp_path):
    conditions = "定义 月数: 去重计数(持证人.缴费.所属期 其中 已到账)\n条件 缴满: 月数 不少于 12 个月"
    amount = "若 月数 不少于 36 个月 则 500 元 否则 600 元"
    city = town(tmp_path, document(tables="", amount=amount, conditions=conditions))
    one = the_only(city, "数额倒退")
    assert one.about == "月数" and "从 35 个月 到 36 个月" in one.text
    assert passes(city, one)


def test_an_amount_that_more_than_doubles_at_one_step_leaps(tmp_path):
    city = town(tmp_path, document(tables=STANDARD.replace("1500元", "3000元")))
    one = the_only(city, "数额跳升")
    assert "从 四级 到 三级: 1,200 元 → 3,000 元(2.50 倍)" in one.text
    assert passes(city, one)


def test_an_amount_that_rises_with_each_hour_does_not_leap(tmp_path):
    hours = document(tables="", amount="10 元 × 课时", subject="培训", day="结束日期", receives="学员",
                     conditions="条件 课时够: 课时 不少于 1 课时")  # fmt: skip
    assert found(town(tmp_path, hours)) == []


# 版本断档 and 版本重叠 ---------------------------------------------------------------------------------------------------


def version(label, front):
    return document(front=f"版本: {label}\n{front}")


def test_days_between_two_versions_are_a_gap(tmp_path):
    city = town(tmp_path, version("一", "执行期: 2020-01-01 至 2020-06-30"), version("二", "施行: 2020-09-01"))
    one = the_only(city, "版本断档")
    assert one.about == "一" and "2020-07-01 至 2020-08-31" in one.text and "不考虑" in one.examples[0].block
    assert passes(city, one)


def test_a_version_that_follows_the_next_day_leaves_no_gap(tmp_path):
    city = town(tmp_path, version("一", "执行期: 2020-01-01 至 2020-08-31"), version("二", "施行: 2020-09-01"))
    assert found(city) == []
    assert found(town(tmp_path, version("一", "施行: 2020-01-01"), version("二", "施行: 2020-09-01"))) == []


def test_days_that_both_versions_claim_overlap(tmp_path):
    city = town(tmp_path, version("一", "执行期: 2020-01-01 至 2020-12-31"), version("二", "施行: 2020-09-01"))
    one = the_only(city, "版本重叠")
    assert "2020-09-01 至 2020-12-31" in one.text
    assert passes(city, one)


# 释明 ----------------------------------------------------------------------------------------------------------------


def test_what_is_explained_is_no_alarm(tmp_path):
    tables = STANDARD.replace("1500元", "3000元")
    health = checked(town(tmp_path, document(tables=tables, after=explained("数额跳升", "等级"))))
    assert [one.kind for one in health.findings] == ["数额跳升"] and health.alarms == ()


@pytest.mark.parametrize("place", [0, 1])
def test_what_two_documents_pay_may_be_explained_in_either(tmp_path, place):
    said = [explained("重复给付", "《再奖一次》"), explained("重复给付", "《证书奖》")]
    after = [said[0] if place == 0 else "", said[1] if place == 1 else ""]
    health = checked(town(tmp_path, document(after=after[0]), other(after=after[1])))
    assert [one.kind for one in health.findings] == ["重复给付"] and health.alarms == ()


@pytest.mark.parametrize(("kind", "about"), [("数额跳升", "等级"), ("数额跳", "等级"), ("重复给付", "证书奖")])
def test_an_explanation_of_nothing_is_a_finding(tmp_path, kind, about):
    assert found(town(tmp_path, document(after=explained(kind, about)))) == [("释明落空", about)]


def test_where_only_some_policies_are_looked_at_explanations_may_speak_of_others(tmp_path):
    city = town(tmp_path, document(), other(), document("T3", "第三", after=explained("数额跳升", "等级")))
    assert ("释明落空", "等级") not in found(city, codes=["T1"])
    assert ("重复给付", "再奖一次") in found(city, codes=["T1"])


def test_the_same_town_has_the_same_findings_to_the_letter(tmp_path):
    city = town(tmp_path, document(tables=STANDARD.replace("1500元", "3000元")), other())
    assert checked(city) == checked(city)
