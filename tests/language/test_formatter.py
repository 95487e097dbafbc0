"""Spaces, half-width punctuation, aligned tables; the meaning and the remarks stay."""

import pytest
from tests.language.corpus import GOOD, REAL, known_names, meaning

from jixiang.language.document import parse_document
from jixiang.language.formatter import format_document
from jixiang.language.width import display_width, padded

NAMES = frozenset(("缴费月数", "有效", "甲", "乙", "丙", "人员", "职业"))


def block(text):
    return f"```规则\n{text}\n```\n"


def formatted(text):
    """The inside of a rule block, formatted."""
    return format_document(block(text), NAMES).removeprefix("```规则\n").removesuffix("\n```\n")


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("条件 丁：缴费月数不少于12个月", "条件 丁: 缴费月数 不少于 12 个月"),
        ("条件 丁:甲>=1且(乙或丙)", "条件 丁: 甲 >= 1 且 (乙 或 丙)"),
        ("金额:存在( 甲.乙 其中 丙 )×５０％+丁[甲,乙] . 丙", "金额: 存在(甲.乙 其中 丙) × 50 % + 丁[甲, 乙].丙"),
        ("条件 丁: 甲 属于 { 乙 、丙 }", "条件 丁: 甲 属于 {乙、丙}"),
        (
            "上限:与《子（试行）》 《丑》合计每人员、职业5年内最多3次",
            "上限: 与《子（试行）》《丑》合计 每 人员、职业 5 年内 最多 3 次",
        ),
        ("互斥:与《子》每人员 只享其一", "互斥: 与《子》 每 人员 只享其一"),
        ("过渡: 甲 仍按 《子》", "过渡: 甲 仍按《子》"),
        ("参数 丁: 1元；自2020-01-01起2元", "参数 丁: 1 元; 自 2020-01-01 起 2 元"),
        ("条件 丁: 甲的乙 为 “寅，卯”", '条件 丁: 甲 的 乙 为 "寅，卯"'),
        ("金额: 1 元   注：这里,原样   留着", "金额: 1 元 注：这里,原样   留着"),
    ],
)
def test_it_writes_the_spaces(written, spelled):
    assert formatted(written) == spelled
    assert formatted(spelled) == spelled


def test_line_breaks_remarks_and_blank_lines_stay_and_indents_are_made_even():
    written = "条件 丁: 甲\n      且   乙\n\n注：说明\n   注:缩进的说明\n条件 戊:丙"
    assert formatted(written) == "条件 丁: 甲\n  且 乙\n\n注：说明\n  注:缩进的说明\n条件 戊: 丙"


def test_a_statement_that_is_not_understood_is_left_as_it_is():
    written = "条件 丁: (甲  且 乙\n条件 戊:丙"
    assert formatted(written) == "条件 丁: (甲  且 乙\n条件 戊: 丙"


def test_wrong_indents_are_put_right():
    assert formatted("条件 丁: 甲\n且 乙\n  条件 戊: 丙") == "条件 丁: 甲\n  且 乙\n条件 戊: 丙"


def test_it_aligns_tables_by_what_is_seen():
    text = "表：标准 按 等级\n\n|自|等级|说明 |\n|-|:-:|--:|\n|2020-01-01 | 四级 |a\\|b|\n"
    assert format_document(text) == (
        "表:标准 按 等级\n\n| 自         | 等级 | 说明 |\n|------------|:----:|-----:|\n| 2020-01-01 | 四级 | a\\|b |\n"
    )


def test_a_table_with_a_mistake_in_its_shape_is_left_as_it_is():
    text = "```案例\n|案例|甲|\n|---|---|\n|一|\n```\n"
    assert format_document(text) == text


def test_tables_and_other_blocks_in_the_prose_are_left_as_they_are():
    text = "# 甲\n\n|项目|标准|\n|-|-|\n|乙|1|\n\n```text\n条件 甲:乙\n```\n"
    assert format_document(text) == text


def test_windows_line_ends_stay():
    assert format_document("```规则\r\n金额:1元\r\n```\r\n") == "```规则\r\n金额: 1 元\r\n```\r\n"


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_the_good_documents_are_formatted(path):
    text = path.read_text(encoding="utf-8")
    assert format_document(text, known_names()) == text


@pytest.mark.parametrize("path", GOOD + REAL, ids=lambda path: path.stem)
def test_it_changes_no_meaning(path):
    text = path.read_text(encoding="utf-8")
    again = format_document(text, known_names())
    before, after = (parse_document(t, "t.md", known_names()) for t in (text, again))
    assert meaning(before[0]) == meaning(after[0])
    assert after[1] == []
    assert format_document(again, known_names()) == again


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_document_written_without_spaces_gets_them_back(path):
    text = path.read_text(encoding="utf-8")
    crowded = "\n".join(line.replace(": ", ":").replace(", ", ",") for line in text.split("\n"))
    assert crowded != text
    assert meaning(parse_document(crowded, "t.md")[0])[1] == meaning(parse_document(text, "t.md")[0])[1]
    again = format_document(crowded, known_names())
    inside = [line for line in again.split("\n") if line.startswith(("条件", "上限", "定义", "金额"))]
    assert inside == [line for line in text.split("\n") if line.startswith(("条件", "上限", "定义", "金额"))]


def test_a_chinese_character_is_as_wide_as_two_letters():
    assert [display_width(text) for text in ("abc", "四级", "（a）", "e\u0301", "≥")] == [3, 4, 5, 1, 1]
    assert padded("四级", 6) == "四级  "


def test_rows_pasted_from_a_spreadsheet_become_a_table():
    pasted = "表:标准 按 等级\n\n自\t等级\t标准\n2021-01-01\t四级\t1500元\n\t三级\t2000元\n"
    assert format_document(pasted) == (
        "表:标准 按 等级\n\n"
        "| 自         | 等级 | 标准   |\n"
        "|------------|------|--------|\n"
        "| 2021-01-01 | 四级 | 1500元 |\n"
        "|            | 三级 | 2000元 |\n"
    )
    below = "表:标准 按 等级\n\n| 等级 | 标准 |\n|---|---|\n| 四级 | 1500元 |\n三级\t2000元\n"
    assert format_document(below).splitlines()[-1] == "| 三级 | 2000元 |"
