"""A document's own cases: what they give, what is taken as met, what must come out, and how it is told that it did not."""

from dataclasses import replace

import pytest
from tests.readings.harbour import GRANT, counts, harbour, report, said, table

from jixiang.readings.cases import prepare, run_interpreted, run_on_duckdb, run_with
from jixiang.readings.decide import judge_all

HEADING = "案例, 决定日, 月份, 航次, 守规, 油费, 结果, 金额"


def grant(*rows, heading=HEADING, facts=""):
    return GRANT + table("案例", heading, *rows) + facts


def test_cases_that_come_out_as_they_say_pass(tmp_path):
    found = report(
        tmp_path,
        grant(
            "够, 2021-06-30, 2021-05, 5 次, 是, 300元, 享受, 150元",
            "旧标准, 2020-06-30, 2020-05, 3 次, 是, 300元, 享受, 150元",
            "差两次, 2021-06-30, 2021-05, 3 次, 是, 300元, 不享受: 航次够,",
            "两项不够, 2021-06-30, 2021-05, 3 次, 否, 300元, 不享受: 航次够、没有违规,",
            "不明, 2021-06-30, 2021-05, 5 次, , 300元, 待核: 没有违规,",
            "油费不明, 2021-06-30, 2021-05, 5 次, 是, , 待核: 金额,",
            "没有出海, 2021-06-30, 2021-05, 0 次, 是, 300元, 不考虑,",
            "还没到, 2021-05-30, 2021-05, 5 次, 是, 300元, 不考虑,",
        ),
    )
    assert said(found) == []
    assert counts(found) == [(8, 8)]


def test_a_case_that_comes_out_otherwise_says_where_and_why(tmp_path):
    found = report(tmp_path, grant("差两次, 2021-06-30, 2021-05, 3 次, 是, 300元, 享受, 150元"))
    [problem] = [problem for problem in found.problems if problem.severity == "error"]
    assert problem.code == "case-differs"
    assert problem.message == "案例 '差两次' 应为 享受, 实为 不享受: 航次够"
    assert problem.suggestion == "航次够: 航次 3 次, 应不少于 最少航次 5 次, 还差 2 次"
    assert (problem.place.file, problem.place.article) == ("policies/0.md", "第二条 标准")
    assert problem.place.source.startswith("| 差两次")
    assert found.failed
    assert counts(found) == [(0, 1)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("甲, 2021-06-30, 2021-05, 5 次, 是, 300元, 享受, 100元", "案例 '甲' 金额应为 100 元, 实为 150 元"),
        (
            "甲, 2021-06-30, 2021-05, 3 次, 否, 300元, 不享受: 航次够,",
            "案例 '甲' 应为 不享受: 航次够, 实为 不享受: 没有违规、航次够",
        ),
        ("甲, 2021-06-30, 2021-05, 5 次, 是, 300元, 不考虑,", "案例 '甲' 应为 不考虑, 实为 享受"),
        ("甲, 2021-06-30, 2021-05, 5 次, 是, 300元, 享有,", "没有 '享有' 这种结果"),
        ("甲, , 2021-05, 5 次, 是, 300元, 享受,", "案例 '甲' 没有决定日"),
        ("甲, 2021-06-30, 五月, 5 次, 是, 300元, 享受,", "这一格应当是月份,写的是 '五月'"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(tmp_path, row, message):
    assert message in said(report(tmp_path, grant(row)))


def test_a_heading_that_means_nothing_is_said_with_what_is_near(tmp_path):
    found = report(tmp_path, grant("甲, 2021-06-30, 3 次", heading="案例, 决定日, 航班"))
    [problem] = [problem for problem in found.problems if problem.code == "case-column"]
    assert problem.message == "'航班' 不是定义、条件、分期,也不是 '出海' 的属性"
    assert "航次" in problem.suggestion


def test_a_condition_that_rests_on_facts_not_given_is_taken_as_met_and_reported(tmp_path):
    found = report(tmp_path, grant("够, 2021-06-30, 2021-05, 5 次, 是, 300元, 享受, 150元"))
    assert said(found, "warning") == [
        "条件 '老船' 未经案例检验: 没有一个案例给出它要的事实",
        "条件 '人手够' 未经案例检验: 没有一个案例给出它要的事实",
    ]


def test_paths_make_the_rows_they_speak_of(tmp_path):
    found = report(
        tmp_path,
        grant(
            "老, 2021-06-30, 2021-05, 5 次, 是, 300元, 2009-12-31, 享受",
            "新, 2021-06-30, 2021-05, 5 次, 是, 300元, 2010-01-01, 不享受: 老船",
            "不明, 2021-06-30, 2021-05, 5 次, 是, 300元, , 待核: 老船",
            heading="案例, 决定日, 月份, 航次, 守规, 油费, 渔船.下水日期, 结果",
        ),
    )
    assert said(found) == []


def test_a_name_in_a_cell_is_one_row_described_in_a_block(tmp_path):
    rows = (
        "一, 2021-06-30, 2021-05, 5 次, 是, 300元, 大船, 享受",
        "二, 2021-06-30, 2021-05, 5 次, 是, 300元, 新船, 不享受: 老船",
    )
    boats = table("事实 渔船", "案例, 渔船, 下水日期", ", 大船, 2001-05-01", "二, 新船, 2015-05-01")
    heading = "案例, 决定日, 月份, 航次, 守规, 油费, 渔船, 结果"
    assert said(report(tmp_path, grant(*rows, heading=heading, facts=boats))) == []


def test_related_rows_stand_in_a_block_and_others_are_none(tmp_path):
    rows = (
        "两人, 2021-06-30, 2021-05, 5 次, 是, 300元, 2, 享受",
        "一人, 2021-06-30, 2021-05, 5 次, 是, 300元, 1, 不享受: 人手够",
        "没有人, 2021-06-30, 2021-05, 5 次, 是, 300元, 0, 不享受: 人手够",
    )
    crew = table("事实 船员", "案例, 渔民, 序号", "两人, 甲, 1", "两人, 乙, 2", "一人, 甲, 1")
    heading = "案例, 决定日, 月份, 航次, 守规, 油费, 应为 上船人数, 结果"
    found = report(tmp_path, grant(*rows, heading=heading, facts=crew))
    assert said(found) == []
    assert "条件 '人手够' 未经案例检验: 没有一个案例给出它要的事实" not in said(found, "warning")


def test_a_value_that_is_not_as_expected_is_told_with_what_it_is(tmp_path):
    crew = table("事实 船员", "案例, 渔民", "甲, 甲", "甲, 乙")
    heading = "案例, 决定日, 月份, 航次, 守规, 油费, 应为 上船人数"
    found = report(tmp_path, grant("甲, 2021-06-30, 2021-05, 5 次, 是, 300元, 3", heading=heading, facts=crew))
    assert said(found) == ["案例 '甲' 应为 上船人数 3, 实为 2"]


def test_a_named_value_may_be_set_and_is_then_not_tested(tmp_path):
    heading = "案例, 决定日, 月份, 航次, 守规, 油费, 上船人数, 老船, 结果"
    found = report(
        tmp_path,
        grant(
            "够, 2021-06-30, 2021-05, 5 次, 是, 300元, 2, 是, 享受",
            "不够, 2021-06-30, 2021-05, 5 次, 是, 300元, 1, 是, 不享受: 人手够",
            "不明, 2021-06-30, 2021-05, 5 次, 是, 300元, , , 待核: 老船、人手够",
            heading=heading,
        ),
    )
    assert said(found) == []
    assert said(found, "warning") == ["'上船人数' 未经案例检验: 每个案例都直接给了它的值, 没有一个算过"]


def test_a_named_end_that_is_open_may_be_set(tmp_path):
    rules = GRANT.replace("定义 上船人数", "定义 报废: 渔船.报废日期\n条件 还在用: 无 报废\n定义 上船人数")
    cases = table(
        "案例",
        "案例, 决定日, 月份, 航次, 油费, 报废, 结果",
        "报废了, 2021-06-30, 2021-05, 5 次, 300元, 2021-01-01, 不享受: 还在用",
        "还在用, 2021-06-30, 2021-05, 5 次, 300元, , 享受",
    )
    assert said(report(tmp_path, rules + cases, run_engine=run_on_duckdb)) == []


def test_a_parameter_may_be_set(tmp_path):
    heading = "案例, 决定日, 月份, 航次, 守规, 油费, 最少航次, 结果"
    rows = (
        "松, 2021-06-30, 2021-05, 3 次, 是, 300元, 2 次, 享受",
        "严, 2021-06-30, 2021-05, 3 次, 是, 300元, 4 次, 不享受: 航次够",
    )
    assert said(report(tmp_path, grant(*rows, heading=heading))) == []


def test_a_fact_that_names_no_case_is_an_error(tmp_path):
    crew = table("事实 船员", "案例, 渔民", "夠, 甲")
    found = report(tmp_path, grant("够, 2021-06-30, 2021-05, 5 次, 是, 300元, 享受, 150元", facts=crew))
    assert said(found) == ["没有名为 '夠' 的案例"]


def test_two_values_of_one_thing_are_an_error(tmp_path):
    heading = "案例, 决定日, 月份, 航次, 守规, 油费, 渔船, 渔船.下水日期"
    rows = [f"甲, 2021-06-30, 2021-05, 5 次, 是, 300元, 大船, {day}" for day in ("2001-05-01", "2002-05-01")]
    assert said(report(tmp_path, grant(*rows, heading=heading))) == [
        "案例 '甲' 里同一个 渔船 的 '下水日期' 有两个不同的值"
    ]


# Who gets it -----------------------------------------------------------------------------------------------------

CAPTAIN = "案例, 决定日, 船长, 月份, 航次, 守规, 油费, 结果, 金额"


def test_rows_of_one_name_are_decided_together(tmp_path):
    found = report(
        tmp_path,
        grant(
            "同月, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, 让位: 每月一次,",
            "同月, 2021-06-30, 甲, 2021-05, 5 次, 是, 400元, 享受, 200元",
            "两人, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, 享受, 150元",
            "两人, 2021-06-30, 乙, 2021-05, 5 次, 是, 300元, 享受, 150元",
            "封顶, 2021-06-30, 甲, 2021-04, 5 次, 是, 1600元, 享受, 800元",
            "封顶, 2021-06-30, 甲, 2021-05, 5 次, 是, 1600元, 享受, 200元",
            "封顶, 2021-06-30, 甲, 2021-06, 5 次, 是, 1600元, 让位: 一年限额,",
            heading=CAPTAIN,
        ),
    )
    assert said(found) == []


def test_without_a_name_each_row_is_somebody_else(tmp_path):
    rows = ["各人, 2021-06-30, 2021-05, 5 次, 是, 300元, 享受, 150元"] * 2
    assert said(report(tmp_path, grant(*rows))) == []


def test_what_stands_before_holds_its_places(tmp_path):
    found = report(
        tmp_path,
        grant(
            "还剩一百, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, 900元, 享受, 100元",
            "一分不剩, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, 1000元, 让位: 一年限额,",
            "用过一次, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, 1 次, 让位: 每月一次,",
            "没有用过, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, , 享受, 150元",
            heading="案例, 决定日, 船长, 月份, 航次, 守规, 油费, 已享受, 结果, 金额",
        ),
    )
    assert said(found) == []


def test_later_rows_of_a_case_find_what_earlier_days_granted(tmp_path):
    found = report(
        tmp_path,
        grant(
            "先小后大, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, 享受, 150元",
            "先小后大, 2021-07-31, 甲, 2021-05, 5 次, 是, 900元, 让位: 每月一次,",
            heading=CAPTAIN,
        ),
    )
    assert said(found) == []


# Other kinds of documents ----------------------------------------------------------------------------------------

MONTHLY = (
    GRANT.replace("出海补贴", "船东补贴").replace("T1", "T2").split("```规则")[0]
    + """```规则
对象: 渔船 每月 其中 当期 不早于 下水日期.当月
受益人: 船东
条件 够大: 功率 不少于 100
条件 油价高: 全港.油价指数 高于 1.5
金额: 100 元
上限 满三个月: 每 渔民 最多 3 个月
分期 先付: 金额 × 40 % 当 够大之日 不晚于 决定日
分期 后付: 其余 当 决定日 不早于 当期.末日 加 3 个月; 至迟 当期.末日 加 6 个月, 逾期 追回
定义 够大之日: 当期.首日
```

"""
)


def test_each_period_is_a_row_and_one_thing_may_have_many(tmp_path):
    found = report(
        tmp_path,
        MONTHLY
        + table(
            "案例",
            "案例, 决定日, 当期, 渔船, 船东, 下水日期, 功率, 结果",
            *[
                f"四个月, 2021-06-30, 2021-0{n}, 大船, 甲, 2001-01-01, 120, {'享受' if n < 4 else '让位: 满三个月'}"
                for n in (1, 2, 3, 4)
            ],
            "还没下水, 2021-06-30, 2021-01, 大船, 甲, 2021-02-01, 120, 不考虑",
        )
        + table(
            "案例",
            "案例, 决定日, 当期, 渔船, 船东, 已享受, 结果",
            "用过两个月, 2021-06-30, 2021-01, 大船, 甲, 2 个月, 享受",
            "用过三个月, 2021-06-30, 2021-01, 大船, 甲, 3 个月, 让位: 满三个月",
        ),
    )
    assert said(found) == []


def test_a_history_is_read_on_its_day(tmp_path):
    found = report(
        tmp_path,
        MONTHLY
        + table(
            "案例",
            "案例, 决定日, 当期, 渔船, 船东, 结果",
            "改装, 2021-06-30, 2021-01, 大船, 甲, 不享受: 够大",
            "改装, 2021-06-30, 2021-02, 大船, 甲, 享受",
        )
        + table(
            "事实 渔船 功率",
            "案例, 渔船, 自, 至, 功率",
            "改装, 大船, 2001-01-01, 2021-02-10, 80",
            "改装, 大船, 2021-02-11, , 120",
        ),
    )
    assert said(found) == []


def test_the_only_row_of_the_city_may_differ_from_case_to_case(tmp_path):
    found = report(
        tmp_path,
        MONTHLY
        + table(
            "案例",
            "案例, 决定日, 当期, 全港.油价指数, 结果",
            "高, 2021-06-30, 2021-01, 1.6, 享受",
            "不高, 2021-06-30, 2021-01, 1.5, 不享受: 油价高",
        ),
    )
    assert said(found) == []


def test_stages_are_expected_by_their_names(tmp_path):
    found = report(
        tmp_path,
        MONTHLY
        + table(
            "案例",
            "案例, 决定日, 当期, 已享受, 结果, 先付, 后付",
            "先付了, 2021-03-31, 2021-01, , 享受, 40元,",
            "到期, 2021-04-30, 2021-01, 40元, 享受, 40元, 60元",
            "先付少了, 2021-04-30, 2021-01, 30元, 享受, 30元, 70元",
        ),
    )
    assert said(found) == []
    wrong = MONTHLY + table("案例", "案例, 决定日, 当期, 结果, 后付", "甲, 2021-03-31, 2021-01, 享受, 60元")
    assert said(report(tmp_path, wrong)) == ["案例 '甲' 后付 应为 60 元, 实为 还没有到期"]


HONOUR = (
    GRANT.replace("出海补贴", "出海荣誉").replace("T1", "T3").replace("资金: 渔港\n", "").split("```规则")[0]
    + """表:授予荣誉 按 航次

| 自         | 航次      | 荣誉         |
|------------|-----------|--------------|
| 2020-01-01 | 10 以上   | 金锚奖、能手 |
| 2020-01-01 | 5 至 9    | 能手         |

```规则
对象: 出海
适用日: 月份.末日
受益人: 船长
条件 没有违规: 守规
荣誉: 授予荣誉[航次]
上限 一人一次: 每 渔民、荣誉 最多 1 次
```

"""
)


def test_titles_are_expected_together(tmp_path):
    found = report(
        tmp_path,
        HONOUR
        + table(
            "案例",
            "案例, 决定日, 船长, 月份, 航次, 守规, 结果, 荣誉",
            "两次, 2021-06-30, 甲, 2021-04, 6, 是, 享受, 能手",
            "两次, 2021-06-30, 甲, 2021-05, 12, 是, 享受, 金锚奖",
            "两次, 2021-06-30, 甲, 2021-06, 7, 是, 让位: 一人一次,",
            "违规, 2021-06-30, 甲, 2021-05, 12, 否, 不享受: 没有违规,",
        ),
    )
    assert said(found) == []
    wrong = HONOUR + table("案例", "案例, 决定日, 月份, 航次, 守规, 荣誉", "甲, 2021-06-30, 2021-05, 12, 是, 能手")
    assert said(report(tmp_path, wrong)) == ["案例 '甲' 荣誉应为 能手, 实为 能手、金锚奖"]


DEFINITIONS = """---
名称: 渔民身份
文种: 定义
性质: 演示
施行: 2019-01-01
---
```规则
定义 渔民.当过船长: 存在(带船 其中 月份 在 2019-01 至 适用日.当月)
定义 渔民.老船长: 当过船长 且 年龄(出生日期, 适用日) 满 50 周岁
```

"""


def test_definitions_are_asked_as_on_a_day(tmp_path):
    cases = table(
        "案例",
        "案例, 适用日, 出生日期, 应为 当过船长, 应为 老船长",
        "当月起, 2020-03-01, 1970-03-01, 是, 是",
        "差一天, 2020-03-01, 1970-03-02, 是, 否",
        "上月还没有, 2020-02-29, 1960-01-01, 否, 否",
        "生日不明, 2020-03-01, , 是,",
    )
    voyages = table("事实 出海", "案例, 月份", ", 2020-03 至 2020-05")
    assert said(report(tmp_path, DEFINITIONS + cases + voyages)) == []
    wrong = DEFINITIONS + table("案例", "案例, 适用日, 应为 当过船长", "甲, 2020-03-01, 是")
    assert said(report(tmp_path, wrong)) == ["案例 '甲' 应为 当过船长 是, 实为 否"]


# Two readings ----------------------------------------------------------------------------------------------------

BOTH = grant(
    "同月, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, 2, 让位: 每月一次,",
    "同月, 2021-06-30, 甲, 2021-05, 5 次, 是, 400元, 2, 享受, 200元",
    "一人, 2021-06-30, 甲, 2021-05, 5 次, 是, 300元, 1, 不享受: 人手够,",
    "不明, 2021-07-31, 甲, 2021-05, 5 次, , 300元, 1, 不享受: 人手够,",
    heading="案例, 决定日, 船长, 月份, 航次, 守规, 油费, 应为 上船人数, 结果, 金额",
    facts=table("事实 船员", "案例, 渔民", "同月, 甲", "同月, 乙", "一人, 甲", "不明, 甲"),
)


def test_the_embedded_engine_sees_the_same(tmp_path):
    assert said(report(tmp_path, BOTH, MONTHLY, HONOUR, run_engine=run_on_duckdb)) == []


def test_worlds_of_a_block_may_be_judged_together(tmp_path):
    city = harbour(tmp_path, BOTH)
    cases = prepare(city, city.documents[0]).cases
    assert run_with(judge_all, cases) == run_interpreted(cases)


def test_an_engine_that_sees_it_otherwise_is_caught(tmp_path):
    def blind(rulebook, world, day):
        return [replace(verdict, places=()) for verdict in judge_all(rulebook, world, day)]

    found = report(tmp_path, BOTH, run_engine=lambda cases: run_with(blind, cases))
    assert said(found) == ["案例 '同月' 解释器得 让位: 每月一次, 引擎得 享受"]
    assert counts(found) == [(2, 3)]


# What is told of a case that does not come out as it says ----------------------------------------------------------


def only(found):
    [problem] = [problem for problem in found.problems if problem.severity == "error"]
    return problem


def test_the_cell_that_differs_is_marked(tmp_path):
    outcome = only(report(tmp_path, grant("甲, 2021-06-30, 2021-05, 5 次, 是, 300元, 待核: 航次够,")))
    amount = only(report(tmp_path, grant("甲, 2021-06-30, 2021-05, 5 次, 是, 300元, 享受, 100元")))
    at = [p.place.source[p.place.column - 1 :][: p.place.length] for p in (outcome, amount)]
    assert at == ["待核: 航次够", "100元"]


def test_a_condition_that_holds_against_the_case_says_by_which_values(tmp_path):
    found = only(report(tmp_path, grant("甲, 2021-06-30, 2021-05, 5 次, 是, 300元, 不享受: 航次够,")))
    assert found.suggestion == "航次够 成立: 航次 5 次, 不少于 最少航次 5 次"


def test_a_reason_that_the_rules_do_not_have_is_named(tmp_path):
    found = only(report(tmp_path, grant("甲, 2021-06-30, 2021-05, 3 次, 是, 300元, 不享受: 航次不够,")))
    assert found.suggestion.startswith("没有叫 '航次不够' 的条件或上限,是否为 '航次够'?")


def test_an_amount_that_differs_says_what_it_comes_from(tmp_path):
    found = only(report(tmp_path, grant("甲, 2021-06-30, 2021-05, 5 次, 是, 300元, 享受, 100元")))
    assert found.suggestion == "油费 × 50 % = 150 元"


def test_a_case_with_a_bad_cell_is_not_run_and_the_others_are(tmp_path):
    rows = (
        "甲, 2021-06-30, 2021-05, 五回, 是, 300元, 享受, 1元",
        "乙, 2021-06-30, 2021-05, 5 次, 是, 300元, 享受, 150元",
    )
    found = report(tmp_path, grant(*rows))
    assert said(found) == ["这一格应当是数(次),写的是 '五回'"]
    assert (counts(found), found.unread) == ([(1, 2)], 1)


def test_with_a_bad_heading_no_case_is_run(tmp_path):
    row = "甲, 2021-06-30, 2021-05, 5 次, 是, 300元, 享受, 1元"
    found = report(tmp_path, grant(row, heading=HEADING.replace("守规", "受规")))
    assert len(said(found)) == found.unread == 1
