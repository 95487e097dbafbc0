"""The report of an act: the same from its JSON, the same words on every surface, and in a workbook."""

from __future__ import annotations

import json
from dataclasses import replace

import openpyxl
import pytest
from tests.imports.imported import CLEAN, EARLIER, KEY, MUCH, STOPPED

from jixiang.imports.report import Report, by_code, from_json, to_json
from jixiang.imports.report_words import change, headline, history_title, missing_title, said, to_do
from jixiang.imports.report_workbook import write_report


@pytest.mark.parametrize("report", [MUCH, STOPPED, CLEAN], ids=["much", "stopped", "clean"])
def test_its_json_gives_the_same_report_back(report: Report) -> None:
    assert from_json(json.loads(json.dumps(to_json(report), ensure_ascii=False))) == report


def test_a_later_act_sees_it_in_one_line() -> None:
    counts = MUCH.counts
    assert (counts.read, counts.refused, counts.ignored) == (540_045, 31, 14)
    assert counts.accepted == {"金保": 540_000}
    assert (counts.missing["到账日期"], counts.missing_rows) == (120_000, 540_000)


def test_rows_by_code_name_the_first_place_and_the_most_frequent_code_first() -> None:
    assert by_code(MUCH.files, "refusals") == {
        "number-check": (28, "缴费_江阴.csv", 1204),
        "month-form": (5, "缴费_江阴.csv", 90_021),
    }
    assert [one.place for one in said(MUCH, "ignorings")] == [
        "缴费_江阴.csv:4500", "缴费[宜兴].xlsx:240007", "缴费[宜兴].xlsx",
    ]  # fmt: skip


def test_the_headline_says_what_became_of_the_rows() -> None:
    assert headline(MUCH) == "读入 540,045 行:接受 540,000,退回 31,略过 14"
    assert headline(STOPPED).startswith("等待确认,还没有写入。")
    assert headline(replace(CLEAN, files=())) == "没有读入新的行"


def test_what_waits_for_a_person_comes_in_order_of_urgency() -> None:
    assert list(to_do(MUCH)) == [
        "旧.xls 没有读: 文件是旧版 Excel(.xls)。请在 Excel 里另存为 .xlsx",
        "退回 31 行:改好 退回_缴费明细_20210628.xlsx 里标出的单元格,再导入这份文件",
        "3 件身份要人工核对:jixiang desk",
        "到账日期的缺失率由 1.0% 升到 22.2%:请核对导出时是不是漏了这一列",
        "2 件事实因同一天说法不一而撤下:请发送较新的数据",
        "死亡后仍有缴费 37 处:请与数据来源核对",
    ]
    assert list(to_do(CLEAN)) == []


def test_a_stop_is_something_to_do_until_it_is_confirmed() -> None:
    assert list(to_do(STOPPED))[1:] == [
        "行数比上一次少了三分之一以上。请核对是不是漏导;确认无误请加 --confirm",
        "到账日期的缺失率由 1.0% 升到 22.2%:请核对导出时是不是漏了这一列",
    ]
    assert change(STOPPED) == "这一次接受 540,000 行,上一次(截至 2021-05-28)接受 885,000 行,少 39.0%"
    assert change(MUCH) == change(STOPPED) + "。已由人确认"
    assert change(CLEAN) == "第一次导入,没有可比的"


def test_of_files_that_are_known_already_it_says_that_nothing_has_changed() -> None:
    known = replace(CLEAN, files=MUCH.files[2:3])
    assert (headline(known), change(known), list(to_do(known))) == ("没有读入新的行", "事实没有变", [])


def test_no_long_number_gets_into_it_by_a_files_name() -> None:
    report = replace(CLEAN, returned=("某人329999199001020071_退回.xlsx",))
    assert report.returned == ("某人…_退回.xlsx",)


def test_a_charts_title_answers_its_question() -> None:
    assert missing_title(MUCH) == "到账日期的缺失率由 1.0% 升到 22.2%"
    assert history_title(MUCH) == "这一次接受的行与上一次相比:少 39.0%"
    assert history_title(CLEAN) == "历次导入的行数"


def test_the_workbook_has_five_sheets_and_every_number_of_the_report(tmp_path) -> None:
    book = openpyxl.load_workbook(write_report(tmp_path / "报告.xlsx", MUCH))
    assert book.sheetnames == ["总表", "退回原因", "缺失率", "矛盾", "历次"]
    cells = {name: [[c for c in row if c is not None] for row in book[name].values] for name in book.sheetnames}
    assert ["缴费_江阴.csv", "金保", 300_037, 300_000, 25, 12, "读完"] in cells["总表"]
    assert ["缴费", "contribution", 520_000, 1200, 18_800, 0, 40, 2] in cells["总表"]
    assert [
        "退回",
        "number-check",
        "身份证号码的校验码不符",
        28,
        "缴费_江阴.csv:1204",
        "至少有一位写错,请核对原件",
    ] in cells["退回原因"]
    assert [row[0] for row in cells["缺失率"][2:]] == ["身份证号码", "到账日期", "减免金额"]
    assert cells["矛盾"][2][:3] == ["死亡后仍有缴费", "缴费", 37] and KEY in cells["矛盾"][2][4]
    assert [row[4] for row in cells["历次"][2:]] == [*(act.accepted_rows for act in EARLIER), 540_000]
    assert {name: len(book[name]._charts) for name in ("缺失率", "历次")} == {"缺失率": 1, "历次": 1}


def test_a_workbook_of_a_first_act_says_that_there_is_nothing_to_compare(tmp_path) -> None:
    book = openpyxl.load_workbook(write_report(tmp_path / "报告.xlsx", CLEAN))
    assert book["总表"]["A4"].value == "第一次导入,没有可比的"
    assert book["矛盾"]["A3"].value == "没有"
