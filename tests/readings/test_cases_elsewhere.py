"""别处已享受: what another policy has granted holds the places that both ask for."""

import pytest
from tests.readings.harbour import GRANT, report, said, table

EXCLUSION = "互斥 与风险补贴择一: 与《风险补贴》 每 渔民 每月 只享其一, 就高补差\n"
LIMIT = "上限 合计一年限额: 与《风险补贴》合计 每 渔民 每年 最多 120 元\n"
MONTHLY = "上限 每月一次: 每 渔民 每月"
OTHER = GRANT.replace("出海补贴", "风险补贴").replace("T1", "T2")
ELSEWHERE = "案例, 决定日, 船长, 月份, 航次, 守规, 油费, 别处已享受, 结果, 金额"


def test_what_another_policy_has_granted_holds_the_places_that_both_ask_for(tmp_path):
    text = GRANT.replace(MONTHLY, EXCLUSION + MONTHLY) + table(
        "案例",
        ELSEWHERE,
        "补差, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, 《风险补贴》 60元, 享受, 90元",
        "一样多, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, 《风险补贴》, 让位: 与风险补贴择一,",
        "别处没有, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, , 享受, 150元",
    )
    assert said(report(tmp_path, text, OTHER)) == []


def test_money_of_another_policy_counts_toward_a_common_limit(tmp_path):
    text = GRANT.replace(MONTHLY, LIMIT + MONTHLY) + table(
        "案例",
        ELSEWHERE,
        "还剩三十, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, 《风险补贴》 90元, 享受, 30元",
        "一分不剩, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, 《风险补贴》 120元, 让位: 合计一年限额,",
    )
    assert said(report(tmp_path, text, OTHER)) == []


@pytest.mark.parametrize(
    ("cell", "message", "way"),
    [
        ("《风暴补贴》", "没有一条上限、互斥把本政策和《风暴补贴》合在一起", "风险补贴"),
        ("风险补贴", "别处已享受 要写政策的名称,可以带金额", "《甲》"),
        ("《风险补贴》 两次", "别处已享受 要写政策的名称,可以带金额", "《甲》"),
    ],
)
def test_a_grant_elsewhere_that_means_nothing_is_said(tmp_path, cell, message, way):
    row = f"错, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, {cell}, 享受, 150元"
    found = report(tmp_path, GRANT.replace(MONTHLY, EXCLUSION + MONTHLY) + table("案例", ELSEWHERE, row), OTHER)
    [problem] = [problem for problem in found.problems if problem.severity == "error"]
    assert problem.message == message and way in problem.suggestion
