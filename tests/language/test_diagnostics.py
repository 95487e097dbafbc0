"""Problems as they are shown."""

import json

from jixiang.language.diagnostics import as_json, render, summary
from jixiang.values.problem import Place, Problem

SOURCE = "条件 参保满期: 缴费月数不少于12个月"
SPACES = Problem(
    "needs-spaces", Place("b3.md", 24, 10, 11, "第一条 谁可以享受", SOURCE), "要空一格", "缴费月数 不少于 12 个月"
)
WARNING = Problem("short-row", Place("b3.md", 9, 1, 5, "", "| 一 |"), "少了格子", severity="warning")


def test_it_shows_place_article_message_source_mark_and_the_way_out():
    assert render([SPACES]) == (
        "b3.md:24:10  第一条 谁可以享受\n"
        "  错误: 要空一格\n"
        "  24 | 条件 参保满期: 缴费月数不少于12个月\n"
        "     |                ^^^^^^^^^^^^^^^^^^^^\n"
        "  改法: 缴费月数 不少于 12 个月\n"
        "\n"
        "1 处错误, 0 处提醒\n"
    )


def test_problems_come_by_place_each_once_with_a_count():
    shown = render([SPACES, WARNING, SPACES])
    assert shown.index("b3.md:9:1") < shown.index("b3.md:24:10")
    assert shown.endswith("1 处错误, 1 处提醒\n")
    assert shown.count("要空一格") == 1


def test_no_problem_is_said_too():
    assert render([]) == "没有发现问题\n"
    assert summary([]) == "没有发现问题"


def test_a_mark_never_runs_past_its_line_and_stands_behind_it_for_what_is_missing():
    place = Place("a.md", 1, 3, 50, "", "ab")
    assert render([Problem("x", place, "缺")]).split("\n")[3] == "    |   ^"
    place = Place("a.md", 1, 2, 50, "", "甲乙丙")
    assert render([Problem("x", place, "缺")]).split("\n")[3] == "    |   ^^^^"


def test_a_long_line_is_shown_around_its_mark():
    source = "甲" * 200 + "错" + "乙" * 200
    lines = render([Problem("x", Place("a.md", 1, 201, 1, "", source), "缺")]).split("\n")
    assert lines[2].startswith("  1 | …甲") and lines[2].endswith("乙…")
    assert lines[2].index("错") == 6 + 1 + 48
    assert lines[3].index("^") == 6 + 1 + 2 * 48


def test_nothing_that_a_terminal_would_act_on_is_shown():
    source = "甲\x1b[31m\t乙\u202e"
    shown = render([Problem("x", Place("a.md", 1, 1, 1, "", source), f"不认识 {source}")])
    assert all(character.isprintable() or character == "\n" for character in shown)


def test_a_problem_without_a_source_line_has_no_mark():
    assert "^" not in render([Problem("not-utf8", Place("a.md", 1), "编码")])


def test_colours_only_add_to_the_text():
    plain, coloured = render([SPACES, WARNING]), render([SPACES, WARNING], color=True)
    assert "\x1b" not in plain
    for code in ("31", "33", "36", "1", "2", "0"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == plain


def test_as_json_is_plain_data_in_the_same_order():
    found = json.loads(json.dumps(as_json([SPACES, WARNING])))
    assert [entry["line"] for entry in found] == [9, 24]
    assert found[1] == {
        "code": "needs-spaces",
        "severity": "error",
        "file": "b3.md",
        "line": 24,
        "column": 10,
        "length": 11,
        "article": "第一条 谁可以享受",
        "message": "要空一格",
        "suggestion": "缴费月数 不少于 12 个月",
        "source": SOURCE,
    }
