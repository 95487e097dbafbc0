"""`jixiang health`: what it prints, what it writes, how it ends."""

from datetime import datetime

import pytest
from openpyxl import load_workbook
from tests.readings.health.test_subjects import FACTS
from tests.readings.health.town import STANDARD, document, explained, town, written

from jixiang.operations.main import main

LEAPS = STANDARD.replace("1500元", "3000元")


def health(folder, *more):
    return main(["health", "--city", str(folder), "--as-of", "2021-06-30", *more])


def test_it_ends_well_where_there_is_nothing(tmp_path, capsys):
    town(tmp_path, document())
    assert health(tmp_path) == 0
    assert "查到 0 处" in capsys.readouterr().out


def test_it_ends_badly_while_a_finding_is_not_explained_and_shows_what_to_paste(tmp_path, capsys):
    town(tmp_path, document(tables=LEAPS))
    assert health(tmp_path) == 1
    said = capsys.readouterr().out
    assert "1 数额跳升 《证书奖》 policies/0.md:" in said and "第三条 标准" in said
    assert "```案例" in said and "| 数额跳升 | 等级 | 为什么 |" in said


def test_what_is_explained_is_listed_with_its_reason_and_ends_well(tmp_path, capsys):
    town(tmp_path, document(tables=LEAPS, after=explained("数额跳升", "等级")))
    assert health(tmp_path) == 0
    said = capsys.readouterr().out
    assert "本来如此" in said and "```案例" not in said


def test_a_larger_jump_may_be_allowed(tmp_path):
    town(tmp_path, document(tables=LEAPS))
    assert health(tmp_path, "--jump", "200%") == 0


def test_with_facts_it_says_how_many_are_touched(tmp_path, capsys):
    town(tmp_path, document(tables=STANDARD.replace("| 2020-01-01 | 三级 | 1500元 |\n", "")))
    written(tmp_path / "facts", FACTS)
    assert health(tmp_path, "--facts", str(tmp_path / "facts")) == 1
    assert "现在的事实里涉及 1 个" in capsys.readouterr().out


def test_only_one_policy_may_be_asked_for(tmp_path, capsys):
    town(tmp_path, document(tables=LEAPS), document("T2", "第二", conditions="条件 没考好: 成绩 低于 60 分"))
    assert health(tmp_path, "--policy", "第二") == 0
    assert health(tmp_path, "--policy", "T1") == 1
    capsys.readouterr()
    assert health(tmp_path, "--policy", "T9") == 1
    assert "没有政策 'T9'" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["a.xlsx", "a.md"])
def test_the_same_findings_make_the_same_file(tmp_path, name):
    town(tmp_path, document(tables=LEAPS))
    health(tmp_path, "--out", str(tmp_path / name))
    before = (tmp_path / name).read_bytes()
    health(tmp_path, "--out", str(tmp_path / name))
    assert (tmp_path / name).read_bytes() == before


def test_the_workbook_holds_findings_and_examples(tmp_path):
    town(tmp_path, document(tables=LEAPS))
    health(tmp_path, "--out", str(tmp_path / "a.xlsx"))
    book = load_workbook(tmp_path / "a.xlsx")
    (row,) = list(book["结果"].iter_rows(min_row=2, values_only=True))
    assert row[1:3] == ("数额跳升", "证书奖")
    assert book.properties.created == datetime(2021, 6, 30)  # not the clock's
    assert book["例子"]["B2"].value == "```案例"


def test_the_page_shows_the_example_as_a_case(tmp_path):
    town(tmp_path, document(tables=LEAPS))
    health(tmp_path, "--out", str(tmp_path / "a.md"))
    page = (tmp_path / "a.md").read_text(encoding="utf-8")
    assert "## 1 数额跳升 · 《证书奖》 · 等级" in page and "```案例" in page


def test_another_kind_of_file_is_refused_before_any_work(tmp_path, capsys):
    town(tmp_path, document())
    assert health(tmp_path, "--out", str(tmp_path / "a.pdf")) == 1
    assert "以 .xlsx 或 .md 结尾" in capsys.readouterr().err
