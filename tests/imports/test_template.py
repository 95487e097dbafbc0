"""The workbook to fill in: what a person sees in it, and that it reads back as data."""

from datetime import date

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string
from tests.imports.kind_files import CITY, TINY, kinds, vocabulary

from jixiang.imports.casts import cast_block
from jixiang.imports.reading.opening import open_file
from jixiang.imports.template import write_template
from jixiang.imports.template_words import words_of

EVERY = [(city, code) for city in (CITY, TINY) for code in kinds(city)]


@pytest.fixture
def opened(tmp_path):
    def write(code, city=CITY):
        path = tmp_path / f"{code}.xlsx"
        write_template(kinds(city)[code], vocabulary(city), path)
        return openpyxl.load_workbook(path)

    return write


def headings(sheet):
    return [cell.value for cell in sheet[1]]


def column_of(sheet, heading):
    return sheet.cell(1, headings(sheet).index(heading) + 1)


def check_of(sheet, heading):
    """The data validation of the column, and the rows it is for."""
    letter = column_of(sheet, heading).column_letter
    found = [check for check in sheet.data_validations.dataValidation if str(check.sqref).startswith(f"{letter}2:")]
    assert len(found) == 1, heading
    return found[0]


@pytest.mark.parametrize(("city", "code"), EVERY, ids=[code for _, code in EVERY])
def test_the_sheet_of_data_holds_the_headings_of_the_template_and_nothing_below(city, code, opened):
    kind = kinds(city)[code]
    book = opened(code, city)
    sheet = book["数据"]
    assert book.sheetnames[:2] == ["数据", "说明"]
    assert headings(sheet) == list(kind.layouts[-1].headings.values())
    assert sheet.max_row == 1
    assert sheet.freeze_panes == "A2"
    for cell in sheet[1]:
        assert cell.comment is not None
        assert ("必填" in cell.comment.text.splitlines()[0]) == kind.columns[cell.value].required
    assert len(sheet.data_validations.dataValidation) == len(kind.columns)


def test_required_headings_are_marked_by_colour_and_not_by_their_text(opened):
    sheet = opened("contributions")["数据"]
    fills = {cell.value: cell.fill.start_color.rgb for cell in sheet[1]}
    required = {name for name, column in kinds()["contributions"].columns.items() if column.required}
    assert {fills[name] for name in required} == {"FF0B5C7A"}
    assert {fills[name] for name in fills.keys() - required} == {"FFE8ECEF"}


def test_numbers_of_people_accounts_dates_and_months_are_text_for_the_whole_column(opened):
    sheet = opened("persons")["数据"]
    for heading in ("身份证号", "姓名", "银行账号", "出生日期", "迁入日期"):
        letter = column_of(sheet, heading).column_letter
        assert formats_of(sheet, letter) == "@", heading
    sheet = opened("contributions")["数据"]
    assert formats_of(sheet, column_of(sheet, "所属期").column_letter) == "@"
    assert formats_of(sheet, column_of(sheet, "实缴金额").column_letter) == "General"


def formats_of(sheet, letter):
    """The number format that new cells of a column get; openpyxl keeps columns of one look together."""
    for group in sheet.column_dimensions.values():
        if group.min <= column_index_from_string(letter) <= group.max:
            return group.number_format
    return "General"


def test_codes_are_picked_by_their_names_from_a_list_of_any_length(opened):
    book = opened("certificates")
    check = check_of(book["数据"], "职业")
    assert check.type == "list"
    sheet, _, cells = check.formula1.partition("!")
    picked = [row[0].value for row in book[sheet][cells.replace("$", "")]]
    assert picked == [code.name for code in vocabulary().codes["职业"].codes]
    assert str(check.sqref).endswith("1048576")


def test_yes_and_no_are_picked(opened):
    assert check_of(opened("certificates")["数据"], "有效").formula1 == '"是,否"'


def test_what_is_typed_is_checked_by_type_and_bounds(opened):
    sheet = opened("persons")["数据"]
    assert (check_of(sheet, "身份证号").type, check_of(sheet, "银行账号").type) == ("custom", "textLength")
    born = check_of(sheet, "出生日期").formula1
    assert "DATEVALUE" in born and '"1900-01-01"' in born and "TODAY()" in born
    sheet = opened("contributions")["数据"]
    paid = check_of(sheet, "实缴金额")
    assert (paid.type, float(paid.formula1)) == ("decimal", 0)
    assert "LEN(" in check_of(sheet, "所属期").formula1
    sheet = opened("headcounts")["数据"]
    assert check_of(sheet, "参保人数").type == "whole"
    balance = check_of(opened("voyages", TINY)["数据"], "盈亏")
    assert float(balance.formula1) < 0


def test_no_message_is_longer_than_excel_takes(opened):
    for code in kinds():
        for check in opened(code)["数据"].data_validations.dataValidation:
            assert len(check.error) <= 255 and len(check.errorTitle) <= 32
            assert len(check.formula1) <= 255


def test_the_guide_says_of_every_column_what_it_means_and_gives_an_example(opened):
    rows = [[cell.value or "" for cell in row] for row in opened("contributions")["说明"].iter_rows()]
    told = {row[0]: row for row in rows}
    assert told["参保人身份证号"][1] == "必填"
    assert told["参保人身份证号"][5].startswith("329999")
    assert told["单位应缴"][3] == "计入“应缴金额”"
    assert told["参保人姓名"][3].startswith("参保人的姓名")
    assert told["单位信用代码"][3] == "指明“单位”"
    assert told["险种"][5] == "养老保险"
    assert {*kinds()["contributions"].columns} <= told.keys()


def test_the_guide_says_which_stretch_a_day_begins_and_ends(opened):
    told = {row[0].value: row[3].value for row in opened("residences")["说明"].iter_rows()}
    assert told["迁入日期"] == "“常住区县”自这一天起"
    assert told["迁出日期"] == "“常住区县”到这一天为止,空着表示至今"


@pytest.mark.parametrize(("city", "code"), EVERY, ids=[code for _, code in EVERY])
def test_what_is_filled_in_reads_back_without_a_fault(city, code, opened, tmp_path):
    """A row of the examples themselves, typed into the template; and a row of nothing but what is required."""
    kind, book = kinds(city)[code], opened(code, city)
    sheet = book["数据"]
    for place, column in enumerate(kind.columns.values(), 1):
        sheet.cell(2, place, words_of(kind, column).example or "A-1")
        sheet.cell(3, place, sheet.cell(2, place).value if column.required else None)
    path = tmp_path / "filled.xlsx"
    book.save(path)
    file = open_file(path, kind.layouts, columns=kind.columns)
    blocks = list(file.blocks())
    assert (file.layout.name, sum(block.cells.num_rows for block in blocks), file.refusals) == ("模板", 2, [])
    for block in blocks:
        for name, cast in cast_block(kind, file.layout, block, today=date(2021, 7, 1)).items():
            assert [mark.code for mark in cast.marks] in ([], ["certificate-number"]), name
            assert cast.values.null_count == (0 if kind.columns[name].required else 1), name


def test_the_example_of_a_column_follows_what_is_said_of_its_form():
    for kind in kinds().values():
        for column in kind.columns.values():
            words = words_of(kind, column)
            if column.type.kind == "date":
                assert date.fromisoformat(words.example) and words.example in words.form
            assert column.codes is None or words.example in column.codes.by_name
            assert words.form


def test_the_same_template_is_the_same_file(tmp_path):
    for name in ("one.xlsx", "other.xlsx"):
        write_template(kinds()["members"], vocabulary(), tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "other.xlsx").read_bytes()
