"""Workbooks: what each cell was, which rows are no data, and what refuses the file."""

import datetime
import io
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from tests.imports.reading.books import book, cell, parts, xml, zipped
from tests.imports.reading.files import CODES, COLUMNS, HEAD, NAMES, opened, read, refused, taken

import jixiang
from jixiang.imports.kinds import Layout
from jixiang.imports.reading import workbook
from jixiang.imports.reading.refused import FileRefused
from jixiang.imports.reading.workbook import Limits
from jixiang.imports.rows import BOOL, DATE, ERROR, FORMULA, NUMBER, TEXT

SOURCE = Path(jixiang.__file__).parent.parent
A = ("1", "甲", "2021-01-01", "5")
B = ("2", "乙", "2021-01-02", "6")
DAYS = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="10"/></cellXfs>'
STYLES = '<numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts>' + DAYS


def natures(folder, content, *layouts):
    """(text, nature) of each cell of the only block."""
    source = opened(folder, content, *layouts, name="a.xlsx")
    (found,) = [block for block in source.blocks() if len(block.lines)]
    codes = [
        found.natures.get(name, np.zeros(len(found.lines), np.uint8)).tolist() for name in found.cells.column_names
    ]
    texts = [column.to_pylist() for column in found.cells.columns]
    rows = zip(zip(*texts, strict=True), zip(*codes, strict=True), strict=True)
    return [list(zip(*row, strict=True)) for row in rows]


def of_row(folder, *cells, **more):
    (row,) = natures(folder, xml(f'<row r="2">{"".join(cells)}</row>', **more))
    return row


# What a cell was -------------------------------------------------------------------------------------------------


def test_c1_a_number_is_told_apart_from_text_and_shows_what_is_left_of_it(tmp_path):
    def change(made, sheet):
        sheet.write_number(1, 0, 320000199001010011)
        sheet.write_string(1, 1, "320000199001010011")
        sheet.write_number(1, 2, 1500)
        sheet.write_number(1, 3, 0.1)

    (row,) = natures(tmp_path, book([], change=change))
    assert row == [("3.2000019900101e+17", NUMBER), ("320000199001010011", TEXT), ("1500", NUMBER), ("0.1", NUMBER)]


def test_c1_eighteen_digits_that_a_library_wrote_in_full_are_still_a_number(tmp_path):
    row = of_row(tmp_path, cell("A2", "110101199003077778"), cell("C2", "1.75"), cell("D2", "-0"))
    assert row[0] == ("1.1010119900307778e+17", NUMBER)
    assert row[2:] == [("1.75", NUMBER), ("0", NUMBER)]


def test_c3_text_that_looks_like_a_number_stays_as_it_is(tmp_path):
    row = of_row(tmp_path, cell("A2", "1.10105E+17", "inlineStr"), cell("B2", "007", "str"), cell("D2", " 5 ", "str"))
    assert row == [("1.10105E+17", TEXT), ("007", TEXT), ("", TEXT), (" 5 ", TEXT)]


def test_c14_an_error_is_never_an_empty_cell(tmp_path):
    row = of_row(
        tmp_path, cell("A2", "#N/A", "e"), cell("B2", "#DIV/0!", "e", "1/0"), cell("C2", "NaN"), cell("D2", "1e400")
    )
    assert row == [("#N/A", ERROR), ("#DIV/0!", ERROR), ("NaN", ERROR), ("1e400", ERROR)]


def test_c14_a_formula_without_a_value_is_told_apart_from_one_with_an_empty_text(tmp_path):
    row = of_row(
        tmp_path,
        cell("A2", None, "", "A1+B1"),
        cell("B2", "", "", "1+1"),
        cell("C2", "", "str", '""'),
        cell("D2", "3", "", "1+2"),
    )
    assert row == [("", FORMULA), ("", FORMULA), ("", TEXT), ("3", NUMBER)]


def test_c14_formulas_as_a_library_writes_them_have_no_value(tmp_path):
    made = openpyxl.Workbook()
    made.active.append(HEAD)
    made.active.append(["=1+1", "甲", "=A2", "=1/0"])
    content = io.BytesIO()
    made.save(content)
    (row,) = natures(tmp_path, content.getvalue())
    assert row == [("", FORMULA), ("甲", TEXT), ("", FORMULA), ("", FORMULA)]


def test_c14_a_row_of_formulas_without_values_is_not_blank(tmp_path):
    assert taken(tmp_path, xml(f'<row r="2">{cell("A2", None, "", "B2")}</row>'))[0] == [(2, ("", "", "", ""))]


def test_c15_a_date_is_told_by_its_format_and_a_bare_number_stays_one(tmp_path):
    row = of_row(
        tmp_path, cell("A2", "44377", style="1"), cell("B2", "44377.5", style="2"), cell("C2", "45000"), styles=STYLES
    )
    assert row == [("2021-06-30", DATE), ("2021-06-30 12:00:00", DATE), ("45000", NUMBER), ("", TEXT)]


def test_c15_a_workbook_that_counts_from_1904_means_other_days(tmp_path):
    row = of_row(tmp_path, cell("A2", "42915", style="1"), styles=STYLES, main='<workbookPr date1904="1"/>')
    assert row[0] == ("2021-06-30", DATE)


def test_c15_a_number_that_is_no_day_stays_a_number_whatever_its_format(tmp_path):
    row = of_row(
        tmp_path,
        *(cell(f"{c}2", v, style="1") for c, v in zip("ABCD", ("0", "60", "-1", "9e9"), strict=True)),
        styles=STYLES,
    )
    assert row == [("0", NUMBER), ("60", NUMBER), ("-1", NUMBER), ("9000000000", NUMBER)]
    row = of_row(
        tmp_path, cell("A2", "59", style="1"), cell("B2", "61", style="1"), cell("D2", "0.5", style="3"), styles=STYLES
    )
    assert row == [("1900-02-28", DATE), ("1900-03-01", DATE), ("", TEXT), ("0.5", NUMBER)]


@pytest.mark.parametrize("from_1904", [False, True])
def test_c15_dates_are_those_that_were_written(tmp_path, from_1904):
    days = [datetime.datetime(2020, 2, 29), datetime.datetime(1999, 12, 31), datetime.datetime(2021, 1, 1, 23, 59, 59)]

    def change(made, sheet):
        style = made.add_format({"num_format": "yyyy/m/d"})
        for n, day in enumerate(days):
            sheet.write_datetime(1, n, day, style)

    (row,) = natures(tmp_path, book([], change=change, **({"date_1904": True} if from_1904 else {})))
    assert row[:3] == [("2020-02-29", DATE), ("1999-12-31", DATE), ("2021-01-01 23:59:59", DATE)]


def test_c15_a_boolean_is_no_number(tmp_path):
    assert of_row(tmp_path, cell("A2", "1", "b"), cell("B2", "0", "b"))[:2] == [("TRUE", BOOL), ("FALSE", BOOL)]


def test_c14_texts_in_pieces_and_with_readings_and_escapes_are_put_together(tmp_path):
    content = book([("a_x0041_b", "甲\n乙", "", " x ")])
    assert natures(tmp_path, content)[0] == [("a_x0041_b", TEXT), ("甲\n乙", TEXT), ("", TEXT), (" x ", TEXT)]
    rich = '<c r="A2" t="inlineStr"><is><r><t>张</t></r><r><rPr><b/></rPr><t>三</t></r><rPh sb="0" eb="1"><t>zhang</t></rPh></is></c>'
    assert of_row(tmp_path, rich)[0] == ("张三", TEXT)


def test_c23_a_control_character_written_as_an_escape_refuses_the_row(tmp_path):
    content = xml(f'<row r="2">{cell("A2", "a_x0007_b", "inlineStr")}</row>')
    assert taken(tmp_path, content)[1] == [(2, ("row-control",))]


def test_c1_a_number_reads_the_same_as_other_libraries_read_it(tmp_path):
    values = [0, 1, -1, 1.5, 0.1, 123456789012345, 1e15, 1e16, 1e21, 1e-7, 2**53, -0.005]
    made = openpyxl.Workbook()
    made.active.append(HEAD)
    for value in values:
        made.active.append([value])
    content = io.BytesIO()
    made.save(content)
    texts = [row[0] for row in natures(tmp_path, content.getvalue())]
    assert [(float(text), nature) for text, nature in texts] == [(value, NUMBER) for value in values]


# Rows ------------------------------------------------------------------------------------------------------------


def test_c13_blank_rows_and_totals_are_counted_and_not_read(tmp_path):
    content = book([A, ("", " ", "", ""), B, ("合计", "", "", "11")])
    assert taken(tmp_path, content) == ([(2, A), (4, B)], [], {"row-blank": 1, "row-totals": 1})


def test_c13_a_hidden_row_is_refused_with_its_cells(tmp_path):
    source = opened(tmp_path, book([A, B], change=lambda made, sheet: sheet.set_row(1, None, None, {"hidden": True})))
    rows, (refusal,) = read(source)
    assert rows == [(3, B)]
    assert (refusal.line, refusal.reasons, tuple(refusal.cells.values())) == (2, ("row-hidden",), A)


def test_c13_hidden_sheets_are_not_read(tmp_path):
    def change(made, sheet):
        other = made.get_worksheet_by_name("别的")
        other.write_row(0, 0, HEAD)
        other.hide()

    assert taken(tmp_path, book([A], sheets=("数据", "别的"), change=change))[0] == [(2, A)]


def test_c13_two_visible_sheets_are_refused_unless_the_layout_names_one(tmp_path):
    content = book(
        [A], sheets=("数据", "说明"), change=lambda made, _: made.get_worksheet_by_name("说明").write(0, 0, "x")
    )
    assert refused(tmp_path, content) == ["sheet-several"]
    named = Layout(CODES.name, CODES.headings, sheet="数据")
    assert taken(tmp_path, content, named)[0] == [(2, A)]
    assert refused(tmp_path, content, Layout(CODES.name, CODES.headings, sheet="没有")) == ["sheet-missing"]


def test_c13_an_empty_sheet_beside_the_data_does_no_harm(tmp_path):
    assert taken(tmp_path, book([A], sheets=("Sheet1", "Sheet2", "Sheet3")))[0] == [(2, A)]


def test_c13_merged_cells_in_the_data_refuse_the_file_naming_them(tmp_path):
    content = book([A, B], change=lambda made, sheet: sheet.merge_range("B2:B3", "甲"))
    with pytest.raises(FileRefused) as error:
        opened(tmp_path, content)
    (problem,) = error.value.problems
    assert (problem.code, problem.place.line, problem.place.source) == ("cells-merged", 2, "Sheet1")
    assert "B2:B3" in problem.message


def test_c13_cells_merged_within_one_row_of_data_refuse_the_file_too(tmp_path):
    assert refused(tmp_path, book([A, B], change=lambda made, sheet: sheet.merge_range("A3:B3", "甲"))) == [
        "cells-merged"
    ]


def test_c13_a_totals_row_may_have_merged_cells(tmp_path):
    content = book([A], change=lambda made, sheet: sheet.merge_range("A3:C3", "合计"))
    assert taken(tmp_path, content) == ([(2, A)], [], {"row-totals": 1})


def test_c13_a_title_above_the_headings_is_said_clearly(tmp_path):
    with pytest.raises(FileRefused, match="第 2 行才像是表头"):
        opened(tmp_path, book([HEAD, A], head=("缴费明细表",)))


def test_c13_two_header_rows_are_refused(tmp_path):
    with pytest.raises(FileRefused, match="第 1 行和第 2 行都是表头"):
        opened(tmp_path, book([tuple(COLUMNS), A]))


def test_c13_a_cell_where_no_column_is_refuses_its_row(tmp_path):
    assert taken(tmp_path, book([A, (*B, "", "多")]))[:2] == ([(2, A)], [(3, ("row-ragged",))])


def test_c17_columns_may_stand_in_any_order_and_ours_are_passed_over(tmp_path):
    head = ("退回原因", *reversed(HEAD), "AAE013", "原行号")
    source = opened(tmp_path, book([("x", *reversed(A), "备注", "7")], head=head))
    assert read(source)[0] == [(2, tuple(reversed(A)))]
    (again,) = source.rows({2})
    assert dict(again.cells) == dict(zip(HEAD, A, strict=True)) | {"AAE013": "备注"}


def test_c1_a_layout_is_found_whatever_the_file_is_called(tmp_path):
    content = book([A], head=tuple(COLUMNS))
    assert opened(tmp_path, content, CODES, NAMES, name="a.csv").layout.name == "模板"


# Limits ----------------------------------------------------------------------------------------------------------


def test_c17_a_hundred_thousand_columns_are_refused_in_seconds(tmp_path):
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    wide = "".join(f'<c t="inlineStr"><is><t>{letters[n % 26]}{n}</t></is></c>' for n in range(100_000))
    began = time.monotonic()
    assert refused(tmp_path, xml(head=f'<row r="1">{wide}</row>')) == ["file-too-wide"]
    assert refused(tmp_path, ",".join(f"c{n}" for n in range(100_000)).encode()) == ["file-too-wide"]
    assert refused(tmp_path, book([], head=tuple(f"c{n}" for n in range(1500)))) == ["file-too-wide"]
    assert time.monotonic() - began < 10


def test_c17_a_row_beyond_the_last_is_refused_at_once_where_the_sheet_says_so(tmp_path):
    entries = parts(f'<row r="2">{cell("A2", "1")}</row>')
    sheet = "xl/worksheets/sheet1.xml"
    entries[sheet] = entries[sheet].replace("<sheetData>", '<dimension ref="A1:D1048577"/><sheetData>')
    assert refused(tmp_path, zipped(entries)) == ["file-limits"]
    assert refused(tmp_path, xml('<row r="1048577"><c r="A1048577"><v>1</v></c></row>')) == ["file-limits"]


def test_c17_a_million_rows_are_answered_in_seconds(tmp_path):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, 1_048_578))
    began = time.monotonic()
    assert refused(tmp_path, xml(rows)) == ["file-limits"]
    assert time.monotonic() - began < 10


def test_c21_the_process_that_parses_is_ended_at_its_limits(tmp_path):
    content = book([A] * 2000)
    assert refused(tmp_path, content, limits=Limits(memory=24 << 20)) == ["file-limits"]
    assert refused(tmp_path, content, limits=Limits(seconds=0)) == ["file-limits"]


def children():
    """The processes that this one has started and not seen the end of, by the system's own list."""
    listed = [path.read_text().split() for path in Path("/proc/self/task").glob("*/children")]
    return [number for numbers in listed for number in numbers]


def test_c21_no_process_is_left_when_reading_stops_in_the_middle(tmp_path):
    rows = opened(tmp_path, book([A] * 22_000)).blocks()
    next(rows)
    assert len(children()) == 1
    rows.close()
    assert children() == []


def test_c21_the_process_ends_with_the_one_that_started_it():
    """A parent that is killed leaves nobody behind: the child's standard input ends."""
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        workbook.START.replace("c.main()", "c._end_with_parent()"),
        str(SOURCE),
    ]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.2)
    process.stdin.close()
    assert process.wait(10) == 4


def test_c21_the_process_imports_little():
    code = workbook.START.replace("c.main()", "print(len(sys.modules), 'pyarrow' in sys.modules)")
    command = [sys.executable, "-I", "-S", "-c", code, str(SOURCE)]
    modules, arrow = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert int(modules) < 150
    assert arrow == "False"


def test_c21_cells_out_of_place_are_never_guessed_at(tmp_path):
    for data in (
        '<row r="3"><c r="A3"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A7"><v>1</v></c></row>',
        '<c r="A2"><v>1</v></c>',
        '<rob r="2"><c r="A2"><v>1</v></c></rob>',
        '<row r="2"><d r="A2"><v>1</v></d></row>',
        '<row r="2"><c r="A2"><w>1</w></c></row>',
        '<row r="2"><c r="A2" t="s"><v>9</v></c></row>',
        '<row r="2"><c r="A2" t="z"><v>9</v></c></row>',
        '<row r="2"><row r="3"/></row>',
    ):
        assert refused(tmp_path, xml(data)) == ["file-damaged"], data
