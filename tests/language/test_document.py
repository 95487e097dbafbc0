"""From the text of a file to its parts: front matter, articles, tables, blocks, each with its place."""

import hashlib
import re
from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.language.corpus import GOOD, REAL, known_names, meaning

from jixiang.language.diagnostics import as_json, render
from jixiang.language.document import parse_document, read_document
from jixiang.language.formatter import format_document
from jixiang.language.parts import Text
from jixiang.language.source import split_lines
from jixiang.language.surface import ConditionStatement
from jixiang.values.problem import Place


def parsed(text, names=frozenset()):
    return parse_document(text, "t.md", names)


def codes(text, names=frozenset()):
    return [problem.code for problem in parsed(text, names)[1]]


def places(node):
    """Every place in a tree."""
    if isinstance(node, Place):
        yield node
    elif is_dataclass(node):
        for field in fields(node):
            yield from places(getattr(node, field.name))
    elif isinstance(node, tuple):
        for item in node:
            yield from places(item)
    elif isinstance(node, dict):
        for item in node.values():
            yield from places(item)


def texts(node):
    if isinstance(node, Text):
        yield node
    elif is_dataclass(node):
        for field in fields(node):
            yield from texts(getattr(node, field.name))
    elif isinstance(node, tuple):
        for item in node:
            yield from texts(item)


# Good documents


@pytest.mark.parametrize("path", GOOD + REAL, ids=lambda path: path.stem)
def test_a_good_document_has_no_problem(path):
    document, problems = read_document(path, path.name, known_names())
    assert render(problems) == "没有发现问题\n"
    assert document.rules or document.tables


@pytest.mark.parametrize("path", GOOD + REAL, ids=lambda path: path.stem)
def test_every_place_is_exact(path):
    document, _ = read_document(path, path.name)
    lines = path.read_text(encoding="utf-8").split("\n")
    for place in places(document):
        assert place.file == path.name
        assert place.source == lines[place.line - 1]
        assert 1 <= place.column <= len(place.source) + 1
    for text in (*texts(document.tables), *texts(document.cases), *texts(document.facts)):
        start = text.place.column - 1
        assert text.place.source[start : start + len(text.text)] == text.text


def test_it_finds_the_parts_of_a_document():
    path = next(path for path in GOOD if path.stem == "certificate")
    document, _ = read_document(path)
    assert document.front["编号"].text == "T1"
    assert document.front["公示"].text == "5 个工作日"
    assert [article.heading for article in document.articles] == [
        "技能证书补贴",
        "第一条 谁可以享受",
        "第二条 补贴标准",
        "第三条 次数",
    ]
    assert [article.level for article in document.articles] == [1, 2, 2, 2]
    assert document.articles[1].prose == "参加失业保险满一定月数、取得职业资格证书的职工，可以申请补贴。"
    assert document.articles[2].prose == ""
    (table,) = document.tables
    assert (table.name.text, [key.text for key in table.keys], table.article) == (
        "补贴标准",
        ["等级"],
        "第二条 补贴标准",
    )
    assert [cell.text for cell in table.grid.rows[1]] == ["2017-01-01", "四级、三级", "1500元"]
    assert [case.article for case in document.cases] == ["第三条 次数"]
    assert [fact.entity.text for fact in document.facts] == ["缴费"]
    assert document.file == str(path)
    assert document.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_statement_knows_its_article_and_how_it_is_spelled():
    document, _ = parsed("# 甲\n## 第一条 乙\n```规则\n条件 丙： 丁>=1且\n  戊 注: 己\n```\n", frozenset("丁戊"))
    (rule,) = document.rules
    assert isinstance(rule.statement, ConditionStatement)
    assert rule.article == "第一条 乙"
    assert rule.text == "条件 丙: 丁 >= 1 且 戊"
    assert rule.statement.name.place == Place("t.md", 4, 4, 1, "第一条 乙", "条件 丙： 丁>=1且")


# Front matter


def test_front_matter_takes_full_width_colons_and_keeps_colons_in_values():
    document, problems = parsed("---\n名称：甲（试行）\n执行期: 2020-01-01 至 2020-12-31\n说明: 见: 乙\n---\n")
    assert problems == []
    assert {key: value.text for key, value in document.front.items()} == {
        "名称": "甲（试行）",
        "执行期": "2020-01-01 至 2020-12-31",
        "说明": "见: 乙",
    }
    assert document.front["名称"].place == Place("t.md", 2, 4, 5, "", "名称：甲（试行）")


def test_front_matter_that_does_not_close_ends_where_the_body_begins():
    document, problems = parsed("---\n名称: 甲\n# 乙\n")
    assert [(problem.code, problem.place.line) for problem in problems] == [("front-not-closed", 1)]
    assert document.front["名称"].text == "甲"
    assert [article.heading for article in document.articles] == ["乙"]


def test_front_matter_without_its_first_line_is_still_read():
    document, problems = parsed("名称: 甲\n施行: 2020-01-01\n---\n# 乙\n")
    assert [problem.code for problem in problems] == ["front-not-opened"]
    assert list(document.front) == ["名称", "施行"]
    assert [article.heading for article in document.articles] == ["乙"]


def test_a_key_written_twice_keeps_its_first_value():
    document, problems = parsed("---\n名称: 甲\n名称: 乙\n---\n")
    assert [problem.code for problem in problems] == ["front-duplicate"]
    assert document.front["名称"].text == "甲"


# Tables


def test_a_table_without_its_heading_line_is_prose():
    document, problems = parsed("# 甲\n\n| 项目 | 标准 |\n|---|---|\n| 乙 | 1 |\n")
    assert (document.tables, problems) == ((), [])
    assert "| 乙 | 1 |" in document.articles[0].prose


def test_a_lost_heading_line_of_a_parameter_table_is_noticed():
    assert codes("| 自 | 标准 |\n|---|---|\n| 2020-01-01 | 1 |\n") == ["table-without-name"]
    assert codes("表 甲 按 乙\n\n| 自 | 乙 |\n|---|---|\n| 2020-01-01 | 1 |\n") == ["missing-colon"]


def test_a_table_may_follow_its_heading_line_at_once_and_a_pipe_may_be_escaped():
    document, problems = parsed("表：甲 按 乙，丙\n| 乙 | 丙 | 丁 |\n| --- | :-: | --- |\n| a\\|b | 1 | |\n")
    assert problems == []
    (table,) = document.tables
    assert [key.text for key in table.keys] == ["乙", "丙"]
    assert [cell.text for cell in table.grid.rows[0]] == ["a|b", "1", ""]
    assert table.grid.rows[0][0].place.column == 3


def test_a_list_has_no_key_columns():
    document, _ = parsed("表:甲\n\n| 乙 |\n|---|\n| 1 |\n")
    assert document.tables[0].keys is None


def test_short_rows_are_filled_and_long_rows_are_cut():
    document, problems = parsed("```案例\n| 案例 | 甲 |\n|---|---|\n| 一 |\n| 二 | 1 | 2 |\n```\n")
    assert [problem.code for problem in problems] == ["short-row", "extra-cells"]
    assert [[cell.text for cell in row] for row in document.cases[0].grid.rows] == [["一", ""], ["二", "1"]]


# Blocks


def test_a_block_that_is_not_closed_ends_at_the_next_heading_or_block():
    document, problems = parsed(
        "```规则\n金额: 1 元\n## 第二条\n```规则\n服务: 甲\n```案例\n| 案例 |\n|---|\n| 一 |\n```\n"
    )
    assert [(problem.code, problem.place.line) for problem in problems] == [
        ("unclosed-block", 1),
        ("unclosed-block", 4),
    ]
    assert [rule.article for rule in document.rules] == ["", "第二条"]
    assert len(document.cases) == 1


def test_other_blocks_are_prose():
    document, problems = parsed("# 甲\n```python\nprint(1)\n```\n")
    assert (document.rules, problems) == ((), [])
    assert "print(1)" in document.articles[0].prose


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```规侧\n金额: 1 元\n```", "unknown-block"),
        ("```例子\n| 案例 |\n|---|\n```", "unknown-block"),
        ("```\n金额: 1 元\n```", "block-without-kind"),
        ("```规则 甲\n金额: 1 元\n```", "extra-word"),
        ("```事实\n| 案例 |\n|---|\n```", "missing-name"),
        ("```事实缴费\n| 案例 |\n|---|\n```", "needs-spaces"),
        ("```案例\n```", "empty-block"),
        ("｀｀｀规则\n金额: 1 元\n", "crooked-fence"),
        ("> ```规则\n> 金额: 1 元\n> ```", "quoted-block"),
        ("##第二条 标准", "heading-space"),
        ("<!-- 暂不执行", "html-comment"),
        ("表:甲 按 乙\n\n没有表格", "table-missing"),
        ("表:\n\n| 甲 |\n|---|", "missing-name"),
        ("表:甲 乙\n\n| 乙 |\n|---|", "table-head"),
        ("表:甲按乙\n\n| 乙 | 丙 |\n|---|---|", "needs-spaces"),
        ("表:甲\n\n| 乙 |\n| 1 |", "missing-ruler"),
        ("表:甲\n\n| 乙 | 丙 |\n|---|\n| 1 | 2 |", "ruler-width"),
        ("表:甲\n\n| 乙 |\n|---|\n| 1 |\n后面的话", "no-blank-line"),
        ("```案例\n| 案例 | 案例 |\n|---|---|\n```", "duplicate-heading"),
        ("```案例\n| 案例 | |\n|---|---|\n```", "empty-heading"),
        ("```案例\n| 案例 |\n|---|\n说明\n```", "not-a-row"),
        ("```案例\n| 案例 |\n|---|\n| 一 |\n|---|\n```", "second-table"),
    ],
)
def test_it_notices_what_was_meant_to_be_a_part(text, code):
    assert codes(text) == [code]


def test_a_misspelt_block_is_still_read():
    document, _ = parsed("```规侧\n金额: 1 元\n```")
    assert len(document.rules) == 1


def test_a_file_in_another_encoding_is_read_and_reported(tmp_path):
    path = tmp_path / "甲.md"
    path.write_bytes("---\n名称: 甲\n---\n".encode("gb18030"))
    document, problems = read_document(path, "甲.md")
    assert [problem.code for problem in problems] == ["not-utf8"]
    assert document.front["名称"].text == "甲"


def test_a_byte_order_mark_and_windows_line_ends_are_no_problem(tmp_path):
    path = tmp_path / "甲.md"
    path.write_bytes("\ufeff---\r\n名称: 甲\r\n---\r\n# 乙\r\n".encode())
    document, problems = read_document(path, "甲.md")
    assert problems == []
    assert [article.place.line for article in document.articles] == [4]


# Any text at all

DOCUMENTS = [path.read_text(encoding="utf-8") for path in GOOD + REAL]
CHARACTERS = (
    st.sampled_from('|`#-:;,.、()[]{}《》"\n 　\t注表按且或非为12年月日个元%条件规则自\\<>~。\u200b') | st.characters()
)


@st.composite
def edited_documents(draw):
    """A good document after one to six slips of the hand: deleted, doubled, swapped, struck."""
    text = draw(st.sampled_from(DOCUMENTS))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(text) - 1)))
        length = draw(st.integers(1, 8) | st.integers(1, 200))
        match draw(st.sampled_from(["delete", "double", "swap", "strike", "delete line"])):
            case "delete":
                text = text[:at] + text[at + length :]
            case "double":
                text = text[: at + length] + text[at:]
            case "swap":
                text = text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
            case "strike":
                text = text[:at] + draw(CHARACTERS) + text[at:]
            case "delete line":
                lines = text.split("\n")
                del lines[draw(st.integers(0, len(lines) - 1))]
                text = "\n".join(lines)
    return text


def assert_every_problem_is_placed(text, problems):
    lines = split_lines(text.removeprefix("\ufeff"))
    for problem in problems:
        place = problem.place
        assert place.file == "t.md"
        assert place.source == lines[place.line - 1]
        assert 1 <= place.column <= len(place.source) + 2
        assert place.length >= 1
        assert re.search(r"[一-鿿]", problem.message)
    render(problems, color=True)
    as_json(problems)


@given(edited_documents())
def test_no_slip_of_the_hand_ever_crashes_it(text):
    document, problems = parsed(text, known_names())
    assert_every_problem_is_placed(text, problems)
    for place in places(document):
        assert place.source == split_lines(text.removeprefix("\ufeff"))[place.line - 1]


@given(st.text(CHARACTERS, max_size=300))
def test_no_text_ever_crashes_it(text):
    assert_every_problem_is_placed(text, parsed(f"```规则\n条件 甲: {text}\n```\n{text}")[1] and parsed(text)[1])


@given(edited_documents())
def test_formatting_changes_no_meaning_and_formatting_again_changes_nothing(text):
    formatted = format_document(text, known_names())
    assert meaning(parsed(formatted, known_names())[0]) == meaning(parsed(text, known_names())[0])
    assert format_document(formatted, known_names()) == formatted
