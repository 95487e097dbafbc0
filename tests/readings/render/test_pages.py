"""What stands on the pages of a city: everything its documents say, in plain words, with the way to where it is written."""

from pathlib import Path

import pytest
from tests.readings.harbour import GRANT, table
from tests.readings.render.pages import (
    blocks,
    grid,
    item,
    items,
    links,
    pages_from,
    pair,
    prose,
    real_city,
    real_pages,
    rows,
    text,
)  # fmt: skip

from jixiang.readings.render.book import MARK
from jixiang.readings.render.page import Grid, Heading, Mark

PAGES = sorted(real_pages())
PRIZE = """---
名称: 安全奖
编号: T2
施行: 2020-01-01
---
# 安全奖

## 第一条 奖励

```规则
对象: 出海
受益人: 船长
金额: 100 元
互斥 择一: 与《出海补贴》 每 渔民 每年 只享其一, 高额优先
上限 五年一万: 每 渔民 5 年内 最多 10000 元
上限 六个月: 每 渔船 最多 6 次 当 航次 不少于 2 次
```
"""


def book():
    rulebook = real_city().rulebook
    assert rulebook is not None
    return rulebook


def test_every_document_has_a_page_and_the_index_leads_to_each():
    pages = real_pages()
    assert len(pages) == len(real_city().documents) + 1
    assert sorted(link.page for link in links(pages["index"])) == sorted(set(pages) - {"index"})


def test_policies_stand_in_the_index_by_class_and_what_else_there_is_by_kind():
    headings = [block.text for block in blocks(real_pages()["index"]) if isinstance(block, Heading)]
    classes = {policy.category for versions in book().policies.values() for policy in versions}
    assert sorted(headings[: len(classes)]) == sorted(classes)
    assert set(headings[len(classes) :]) <= {"办法", "定义", "列表"}


@pytest.mark.parametrize("code", sorted(book().policies))
def test_every_condition_of_every_policy_is_said(code):
    for policy in book().policies[code]:
        page = real_pages()[Path(policy.file).stem]
        said = {one.name: one.text for one in items(page) if one.kind == "条件"}
        assert said.keys() >= {condition.name for condition in policy.conditions}
        assert all(said.values())
        named = {stage.name for stage in policy.stages}
        assert named <= {one.name for one in items(page) if one.kind == "分期"}


@pytest.mark.parametrize("code", sorted(book().policies))
def test_every_rule_stands_on_the_page_of_every_policy_that_it_binds(code):
    for rule in book().rules_of(code):
        for policy in book().policies[code]:
            if (policy.code, policy.version) not in rule.bindings:
                continue
            page = real_pages()[Path(policy.file).stem]
            if rule.place.file == policy.file:
                named = [one.name for one in items(page) if one.kind in ("上限", "互斥", "先高后低")]
                assert any(name and rule.name.startswith(name) for name in named) or "" in named
                continue
            elsewhere = grid(page, "别的文件里对本项政策的规定")
            told = [row for row in elsewhere.rows if text(row[0]) == rule.name and rule.article in text(row[2])]
            assert [link.page for row in told for link in row[2]] == [Path(rule.place.file).stem]


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name):
    page = real_pages()[name]
    for link in links(page):
        there = real_pages()[link.page] if link.page else page
        anchors = {block.anchor for block in blocks(there) if isinstance(block, Heading)}
        assert not link.anchor or link.anchor in anchors, link


def test_the_tables_of_a_document_stand_where_it_has_them():
    for document in real_city().documents:
        page = real_pages()[Path(document.file).stem]
        captions = [block.caption for block in blocks(page) if isinstance(block, Grid)]
        for part in document.tables:
            assert any(caption.partition("（")[0] == part.name.text for caption in captions), (
                document.file,
                part.name.text,
            )


def test_what_is_for_show_is_marked_and_what_is_not_is_not(tmp_path):
    pages = pages_from(tmp_path, GRANT, PRIZE)
    shown = {name: any(block == Mark(MARK) for block in blocks(page)) for name, page in pages.items()}
    assert shown == {"index": True, "0": True, "1": False}


def test_the_official_text_stands_without_the_fences(tmp_path):
    text_ = GRANT.replace("## 第二条 标准\n", "## 第二条 标准\n\n按油费的一半补贴。\n\n每个月一次。\n")
    page = pages_from(tmp_path, text_)["0"]
    assert prose(page)[:2] == ["按油费的一半补贴。", "每个月一次。"]
    assert not any("```" in paragraph for paragraph in prose(page))


def test_a_condition_names_the_values_that_it_rests_on(tmp_path):
    page = pages_from(tmp_path, GRANT.replace("最少航次\n条件", "最少航次 于 决定日\n条件", 1))["0"]
    found = item(page, "条件", "航次够")
    assert found.text == "航次不少于最少航次（按决定日）"
    assert ("最少航次：3 次；2021年1月1日起 5 次",) in found.details
    assert any("看决定日那天的" in text(detail) for detail in found.details)


def test_limits_say_what_is_misread(tmp_path):
    page = pages_from(tmp_path, GRANT, PRIZE)["1"]
    either, five, six = (item(page, *called) for called in (("互斥", "择一"), ("上限", "五年一万"), ("上限", "六个月")))
    assert either.text == "同一渔民每个自然年，本项和《出海补贴》只能享受一项；一起办理、超过数量的，金额高的优先"
    assert [text(detail) for detail in either.details] == ["每年是一个自然年，按每一笔的适用日归年", "另见《出海补贴》"]
    assert five.text == "同一渔民任意连续 5 年里，最多 10,000 元"
    assert "例如 2020年3月1日到 2025年2月28日" in text(five.details[0])
    assert six.text == "同一渔船，最多 6 次；只算航次不少于 2 次的"


def test_a_rule_of_another_document_says_where_it_stands(tmp_path):
    page = pages_from(tmp_path, GRANT, PRIZE)["0"]
    ((name, words, where),) = rows(grid(page, "别的文件里对本项政策的规定"))
    assert (name, where) == ("择一", "《安全奖》第一条 奖励")
    assert "本项和《出海补贴》只能享受一项" in words


def test_windows_are_said_with_what_lengthens_them(tmp_path):
    front = "施行: 2020-05-20\n执行期: 2020-03-01 至 2020-12-31; 自 2021-05-20 起 至 2021-12-31"
    page = pages_from(tmp_path, GRANT.replace("施行: 2020-01-01", front))["0"]
    assert pair(page, "施行") == "2020年5月20日起"
    assert pair(page, "执行期") == (
        "适用日在2020年3月1日到 2020年12月31日；2021年5月20日起作的决定，到 2021年12月31日；"
        "施行以前的也按本文件办，但从施行的那天起才作决定"
    )


def test_versions_show_their_spans_and_what_changed(tmp_path):
    older = GRANT.replace("编号: T1", "编号: T1\n版本: 2019年版").replace("施行: 2020-01-01", "施行: 2019-01-01")
    newer = GRANT.replace("编号: T1", "编号: T1\n版本: 2020年版").replace("不少于 2\n", "不少于 3\n")
    pages = pages_from(tmp_path, older, newer)
    assert [row[:2] for row in rows(grid(pages["1"], "各个版本"))] == [
        ["2019年版", "2019年1月1日起到 2019年12月31日"],
        ["2020年版（本页）", "2020年1月1日起"],
    ]
    assert rows(grid(pages["1"], "和上一个版本（2019年版）比")) == [
        ["条件 人手够", "上船人数不少于 2", "上船人数不少于 3"]
    ]
    assert not any(isinstance(block, Grid) and "比" in block.caption for block in blocks(pages["0"]))


def test_what_is_meant_to_be_so_is_shown(tmp_path):
    fence = table("释明", "体检, 对象, 说明", "多余条件, 老船, 为了写清楚")
    page = pages_from(tmp_path, GRANT + fence)["0"]
    assert item(page, "释明", "多余条件：老船").text == "为了写清楚"


def test_cases_say_once_what_they_have_in_common(tmp_path):
    heading = "案例, 决定日, 月份, 航次, 油费, 守规, 渔船.下水日期, 上船人数, 结果, 金额"
    base = "2020-06-30, 2020-05, 3 次, 200元, {}, 2001-01-01, 2 人, {}"
    cases = table(
        "案例",
        heading,
        f"合格, {base.format('是', '享受')}, 100元",
        f"又一个, {base.format('是', '享受')}, 100元",
        f"违规, {base.format('否', '不享受: 没有违规')}, ",
        f"不知道, {base.format('', '待核: 没有违规')}, ",
    )
    page = pages_from(tmp_path, GRANT + "## 案例\n\n" + cases)["0"]
    common = next(paragraph for paragraph in prose(page) if paragraph.startswith("各例"))
    assert "渔船的下水日期：2001-01-01" in common and "守规" not in common
    found = grid(page, "案例")
    assert found.headings == ("案例", "给出的事实", "结果", "金额")
    assert rows(found)[0] == ["合格", "守规：是", "享受", "100元"]
    assert rows(found)[2][1:] == ["守规：否", "不享受: 没有违规", ""]
    assert rows(found)[3][1] == "同上面所写"
