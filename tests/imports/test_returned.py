"""The rows that go back: nothing of them is lost, every reason stands beside them, and mended they can be sent again."""

from __future__ import annotations

import csv
import stat
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.tables.small import CONTRIBUTION, table

from jixiang.imports.faults import FAULTS
from jixiang.imports.kinds import Column, Fact, Kind, Layout, Person
from jixiang.imports.reading.headings import RETURNED, fit
from jixiang.imports.reading.opening import open_file
from jixiang.imports.returned import CELL_MOST, reasons, write_returned
from jixiang.imports.rows import DATE as DAY
from jixiang.imports.rows import TEXT as TEXT_CELL
from jixiang.imports.rows import Refusal
from jixiang.language.types import DATE, MONEY, TEXT
from jixiang.values.resident_id import synthetic

NUMBER = synthetic(date(1990, 1, 2), 7).text
COLUMNS = {
    "号码": Column("号码", TEXT, "number", required=True),
    "姓名": Column("姓名", TEXT, "name"),
    "日期": Column("日期", DATE),
    "金额": Column("金额", MONEY),
}
LAYOUT = Layout(
    "金保",
    {"号码": "AAC002", "姓名": "AAC003", "日期": "AAB191", "金额": "AAE480"},
    ignored=("AAE013",),
    encoding="gbk",
)
FACT = Fact(CONTRIBUTION, table("contribution"), {}, (Person("号码"),), main=True)
KIND = Kind("contributions", "缴费明细", "社保征缴", COLUMNS, (FACT,), (LAYOUT,))


def row(line: int, *reasons: tuple[str, str], **cells: str) -> Refusal:
    usual = {"AAE013": "备注", "AAC003": "某某", "AAC002": NUMBER, "AAE480": "1500.00"}
    given = {**usual, **cells}
    return Refusal("六月.csv", line, given, tuple(code for code, _ in reasons), tuple(column for _, column in reasons))


def back(folder: Path, *refusals: Refusal, **more: Any) -> Path:
    written = write_returned(folder / "退回.xlsx", kind=KIND, layout=LAYOUT, refusals=refusals, **more)
    assert written is not None
    return written


def read(path: Path) -> list[list[str]]:
    sheet = openpyxl.load_workbook(path).active
    return [["" if cell is None else cell for cell in line] for line in sheet.iter_rows(values_only=True)]


def test_a_row_goes_back_as_it_stood_in_the_senders_order_with_reason_way_out_and_place(tmp_path):
    path = back(tmp_path, row(12, ("number-check", "AAC002"), ("money-form", "AAE480"), AAE480="１５００"))
    heads, only = read(path)
    assert heads == ["AAE013", "AAC003", "AAC002", "AAE480", *RETURNED]
    assert only[:4] == ["备注", "某某", NUMBER, "１５００"]
    assert only[4] == "【AAC002】身份证号码的校验码不符;【AAE480】不是约定写法的金额"
    assert only[5] == "至少有一位写错,请核对原件;写成 1500.00"
    assert only[6:] == ["六月.csv", "12"]


def test_mended_it_has_the_headings_that_the_layout_expects(tmp_path):
    path = back(tmp_path, row(12, ("number-check", "AAC002"), AAC002="123"))
    book = openpyxl.load_workbook(path)
    book.active["C2"] = NUMBER
    book.save(path)
    heads, only = read(path)
    assert fit(heads, LAYOUT, COLUMNS).exact
    assert only[2] == NUMBER
    assert [sheet.sheet_state for sheet in openpyxl.load_workbook(path).worksheets] == ["visible"]


@pytest.mark.parametrize("most", [10, 0], ids=["workbook", "text"])
def test_the_reader_takes_it_back_row_for_row(tmp_path, most):
    whole = Refusal("六月.csv", 17, {"": "一,二"}, ("row-ragged",), ("",))
    path = back(tmp_path, row(12, ("number-check", "AAC002")), whole, row(19, ("row-conflict", "")), rows_most=most)
    source = open_file(path, [LAYOUT], columns=COLUMNS)
    blocks = [block.cells for block in source.blocks()]
    assert source.headings[:4] == ("AAE013", "AAC003", "AAC002", "AAE480")
    assert source.headings[-4:] == RETURNED
    assert [text for block in blocks for text in block["AAC002"].to_pylist()] == [NUMBER, "", NUMBER]
    assert (source.read, source.refused, sum(source.ignored.values())) == (3, 0, 0)


def test_every_cell_is_text_however_much_it_looks_like_a_number_or_a_formula(tmp_path):
    odd = {"AAC003": "=1+1", "AAC002": "0012", "AAE480": "3.2E+17", "AAE013": "@SUM(A1)"}
    path = back(tmp_path, row(2, ("cell-inject", "AAC003"), **odd), row(3, ("cell-inject", "AAC003"), AAC003="-5"))
    sheet = openpyxl.load_workbook(path).active
    cells = [cell for line in sheet.iter_rows(min_row=2, max_col=4) for cell in line]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert [cell.value for cell in cells[:4]] == ["@SUM(A1)", "=1+1", "0012", "3.2E+17"]


def test_a_day_that_was_typed_as_one_is_one_again_where_the_layout_would_not_read_its_text(tmp_path):
    layout = Layout("表", LAYOUT.headings, ignored=("AAE013",), dates=("yyyy年m月d日", "excel"))
    days = ["2021-06-30", "2021年6月30日", "2021-02-30", "1899-12-31", "2021-06-30 08:00:00"]
    rows = [row(n, ("number-check", "AAC002"), AAB191=day) for n, day in enumerate(days, 2)]
    rows.append(row(9, ("date-form", "AAB191"), AAB191="2021-06-30"))
    path = write_returned(tmp_path / "a.xlsx", kind=KIND, layout=layout, refusals=rows)
    assert path is not None
    (block,) = open_file(path, [layout], columns=COLUMNS).blocks()
    assert block.cells["AAB191"].to_pylist() == [*days, "2021-06-30"]
    assert [int(nature) for nature in block.natures["AAB191"]] == [DAY, TEXT_CELL, TEXT_CELL, TEXT_CELL, DAY, TEXT_CELL]
    plain = Layout("表", LAYOUT.headings, ignored=("AAE013",), dates=("yyyy-mm-dd", "excel"))
    path = write_returned(tmp_path / "b.xlsx", kind=KIND, layout=plain, refusals=rows)
    assert path is not None
    (block,) = open_file(path, [plain], columns=COLUMNS).blocks()
    assert "AAB191" not in block.natures


def test_the_faulty_cell_is_coloured_and_says_why(tmp_path):
    sheet = openpyxl.load_workbook(back(tmp_path, row(2, ("number-check", "AAC002")))).active
    assert sheet["C2"].comment.text.startswith(FAULTS["number-check"].message)
    assert sheet["C2"].fill.fgColor.rgb != sheet["B2"].fill.fgColor.rgb
    assert sheet["B2"].comment is None
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:H2"


def test_a_line_that_could_not_be_taken_apart_stands_whole_in_the_first_cell_and_is_never_an_empty_row(tmp_path):
    line = f'备注,"某某,{NUMBER},1500.00'
    whole = Refusal("六月.csv", 7, {"": line}, ("row-quotes",), ("",))
    _, first, second = read(back(tmp_path, row(2, ("money-form", "AAE480")), whole))
    assert second[:4] == [line, "", "", ""]
    assert second[4] == FAULTS["row-quotes"].message
    assert first[0] == "备注"


def test_of_lines_that_could_not_be_taken_apart_alone_the_headings_are_the_layouts(tmp_path):
    heads, _ = read(back(tmp_path, Refusal("六月.csv", 7, {"": "a,b"}, ("row-ragged",), ("",))))
    assert heads == [*LAYOUT.headings.values(), *RETURNED]


def test_too_many_rows_go_into_text_that_the_layout_can_read(tmp_path):
    rows = [row(n, ("number-check", "AAC002"), AAC003="𠮷" if n == 3 else "某某") for n in range(2, 7)]
    path = back(tmp_path, *rows, rows_most=4)
    assert path.name == "退回.csv"
    with path.open(encoding="gbk", newline="") as file:
        lines = list(csv.reader(file))
    assert fit(lines[0], LAYOUT, COLUMNS).exact
    assert [line[lines[0].index("原行号")] for line in lines[1:]] == ["2", "3", "4", "5", "6"]
    assert lines[2][1] == "\\U00020bb7"


def test_text_in_utf_8_begins_with_a_mark_and_holds_no_formula(tmp_path):
    layout = Layout("中文", LAYOUT.headings, delimiter="|")
    rows = [row(2, ("cell-inject", "AAC003"), AAC003="=cmd|'/c'!A1", AAE480="-12.50")]
    path = write_returned(tmp_path / "a.xlsx", kind=KIND, layout=layout, refusals=rows, rows_most=0)
    assert path is not None
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = list(csv.reader(file, delimiter="|"))[1]
    assert cells[1] == "'=cmd|'/c'!A1"
    assert cells[3] == "-12.50"


def test_a_cell_too_long_for_excel_is_not_cut_off(tmp_path):
    path = back(tmp_path, row(2, ("cell-long", "AAE013"), AAE013="长" * (CELL_MOST + 1)))
    assert path.suffix == ".csv"
    assert "长" * (CELL_MOST + 1) in path.read_text(encoding="gbk")


def test_without_rows_nothing_is_written(tmp_path):
    assert write_returned(tmp_path / "退回.xlsx", kind=KIND, layout=LAYOUT, refusals=[]) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("most", [10, 0], ids=["workbook", "text"])
def test_only_its_owner_may_read_it_and_no_other_file_is_made(tmp_path, monkeypatch, most):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    before = tmp_path / f"退回.{'xlsx' if most else 'csv'}"
    before.touch(0o644)
    made: list[str] = []
    monkeypatch.setattr(tempfile, "mkstemp", lambda *given, **more: made.append("file"))
    monkeypatch.setattr(tempfile, "mkdtemp", lambda *given, **more: made.append("folder"))
    path = back(tmp_path, row(2, ("number-check", "AAC002")), rows_most=most)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["elsewhere", path.name])
    assert made == [] and list(elsewhere.iterdir()) == []


def test_a_detail_stands_beside_its_reason():
    one = Refusal("六月.csv", 2, {"AAE140": "99"}, ("code-unknown", "row-conflict"), ("AAE140", ""), ("99", ""))
    assert reasons(one)[0] == "【AAE140】编码不在编码表里(99);同一件事在这份数据里有不同的说法"
    assert NUMBER not in repr(row(2, ("number-check", "AAC002")))
