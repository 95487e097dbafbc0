"""The import report in the terminal: aligned, complete, and readable without colour."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from tests.imports.imported import CLEAN, MUCH, STOPPED

from jixiang.imports.report import Report
from jixiang.language.width import display_width
from jixiang.operations.import_report import show_report


def shown(report: Report, **more: bool) -> str:
    written = io.StringIO()
    show_report(report, Console(file=written, width=120, highlight=False, soft_wrap=True, emoji=False, **more))
    return written.getvalue()


def test_it_begins_with_the_result_and_what_waits_for_a_person() -> None:
    lines = shown(MUCH).splitlines()
    assert lines[:5] == [
        "缴费明细 · 社保征缴 · 截至 2021-06-28 · 写法 金保",
        "读入 540,045 行:接受 540,000,退回 31,略过 14",
        "这一次接受 540,000 行,上一次(截至 2021-05-28)接受 885,000 行,少 39.0%。已由人确认",
        "要处理的事 6 件",
        "  1. 旧.xls 没有读: 文件是旧版 Excel(.xls)。请在 Excel 里另存为 .xlsx",
    ]


@pytest.mark.parametrize(
    "said",
    ["身份证号码的校验码不符", "缴费_江阴.csv:1204", "至少有一位写错,请核对原件", "缴费[宜兴].xlsx:240007", "新登记 812 人",
     "缴费按所属期,最新 2021-06,全到 2021-05-31,距今 32 天", "死亡后仍有缴费 37 处", "另有 35 处", "查了 2 条规则,1 条有发现"],
)  # fmt: skip
def test_it_says(said: str) -> None:
    assert said in shown(MUCH)


def test_tables_are_aligned_though_chinese_is_twice_as_wide() -> None:
    block: list[int] = []
    for line in [*shown(MUCH).splitlines(), ""]:
        if line[:1] in tuple("┏┃┡│└"):
            block.append(display_width(line))
        else:
            assert len(set(block)) <= 1
            block = []


def test_without_colour_nothing_is_lost() -> None:
    plain, coloured = shown(MUCH), shown(MUCH, force_terminal=True)
    assert "\x1b" not in plain and "\x1b" in coloured


def test_a_stopped_act_says_that_nothing_was_written() -> None:
    text = shown(STOPPED)
    assert "等待确认,还没有写入" in text and "--confirm" in text
    assert "确认后要写入的事实" in text and "新登记" not in text and "退回_" not in text


def test_of_a_clean_act_little_is_said() -> None:
    text = shown(CLEAN)
    assert "没有要处理的事" in text and "原因" not in text and "文件" not in text
    assert text.splitlines()[0] == "人员 · 公安人口库 · 截至 2021-06-28 · 写法 中文 · 人员.csv"
