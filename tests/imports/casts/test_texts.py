"""Texts, names and the numbers of firms and certificates: C22 of the specification, and what is kept as it is."""

import pytest
from tests.imports.casts.columns import CERTIFICATE, FIRM, NAME, TEXT, cast, one

from jixiang.imports import rows
from jixiang.values import credit_code

FIRM_CODE = credit_code.synthetic(12345).text
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize("column", [NAME, TEXT], ids=["name", "text"])
@pytest.mark.parametrize(
    "text", ["=cmd|'/c calc'!A0", "@SUM(A1)", "+1", "-张三", "\t张三", " =1", "＝张三", "\r张三", "-"]
)
def test_c22_what_a_spreadsheet_could_run_is_refused(column, text):
    assert one(column, text) == (None, ["cell-inject"])


def test_c22_a_dash_may_be_declared_to_mean_an_empty_cell():
    assert cast(NAME, ["-", "张三"], empty=("-", "NULL")) == ([None, "张三"], [[], []])


@pytest.mark.parametrize(
    "name", ["张三", "阿卜杜拉·买买提", "刘𬭚", "㙍强", "欧阳〇", "O'Neil", "Anne-Marie", "\ue000明"]
)
def test_names_keep_their_dots_and_rare_characters(name):
    assert one(NAME, name) == (name, [])


def test_a_name_is_trimmed_and_loses_full_width():
    assert one(NAME, "\u3000ＬＩ　Ｍｉｎｇ\u00a0") == ("LI Ming", [])


@pytest.mark.parametrize("name", ["12345", "·", "１２", "张\x00三", "张\n三", "\u200b", "()"])
def test_what_is_no_name_is_refused(name):
    assert one(NAME, name) == (None, ["name-wrong"])


def test_a_name_that_a_workbook_holds_as_something_else_is_refused():
    assert one(NAME, "TRUE", rows.BOOL) == (None, ["name-wrong"])
    assert one(NAME, "2021-03-01", rows.DATE) == (None, ["name-wrong"])


def test_texts_are_kept_as_written_but_trimmed():
    assert one(TEXT, " 课程（１）·甲 ") == ("课程（１）·甲", [])


@pytest.mark.parametrize("text", ["甲\x00", "甲\n乙", "甲\x7f乙", "\u200b\u200d", "甲\u2028乙"])
def test_control_characters_in_a_text_are_refused(text):
    assert one(TEXT, text) == (None, ["row-control"])


def test_too_long_a_text_is_refused():
    assert one(TEXT, "甲" * 200)[1] == []
    assert one(TEXT, "甲" * 201) == (None, ["cell-long"])
    assert one(NAME, "甲" * 61) == (None, ["cell-long"])


def test_a_text_that_a_workbook_has_turned_into_something_else_is_refused():
    texts = ["12", "3.5", "3.2e+17", "1234567890123456", "2021-03-02"]
    values, said = cast(TEXT, texts, [*[rows.NUMBER] * 4, rows.DATE])
    assert values == ["12", "3.5", None, None, None]
    assert said == [[], [], ["number-cell"], ["number-cell"], ["cell-date"]]


# Firms -----------------------------------------------------------------------------------------------------------


def test_a_credit_code_is_read_as_values_read_it():
    written = [FIRM_CODE, FIRM_CODE.translate(WIDE), f" {FIRM_CODE.lower()}", FIRM_CODE[:17]]
    values, said = cast(FIRM, written)
    assert values == [FIRM_CODE] * 3 + [None]
    assert said == [[], ["number-tidied"], ["number-tidied"], ["credit-code"]]


@pytest.mark.parametrize("at", range(18))
def test_a_wrong_character_of_a_credit_code_is_found_wherever_it_is(at):
    for letter in "07AZÀ":
        written = FIRM_CODE[:at] + letter + FIRM_CODE[at + 1 :]
        code, _ = credit_code.parse(written)
        assert one(FIRM, written)[0] == (code.text if code else None)


def test_a_letter_in_the_area_of_a_credit_code_is_refused_though_its_check_character_is_right():
    body = FIRM_CODE[:5] + "A" + FIRM_CODE[6:17]
    assert one(FIRM, body + credit_code.check_character(body)) == (None, ["credit-code"])


def test_a_credit_code_that_a_workbook_holds_as_a_number_is_refused():
    assert one(FIRM, "913299990001234", rows.NUMBER) == (None, ["number-cell"])


# Certificates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number", ["Y000132ABC123195000001", "S000032000001213000001", "TJ" + "1" * 20, "0332001234567890"]
)
def test_the_known_patterns_of_certificate_numbers_are_taken_silently(number):
    assert one(CERTIFICATE, number) == (number, [])


@pytest.mark.parametrize("number", ["Y000132000001216000001", "RSN-2015-0012", "S00003200000121300001"])
def test_an_unknown_certificate_number_is_taken_with_a_note(number):
    assert one(CERTIFICATE, number) == (number, ["certificate-number"])


def test_a_certificate_number_that_a_workbook_holds_as_a_number_is_refused():
    assert one(CERTIFICATE, "332001234567890", rows.NUMBER) == (None, ["number-cell"])
