"""A scenario names cells; each is changed in the text and nothing else is, or it is said what is wrong with it."""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path

import pytest
from tests.operations.harbour import CITY

from jixiang.language.city import City, load_city
from jixiang.readings.simulate.overlay import differences, lay_over, read_draft
from jixiang.readings.simulate.scenario import Scenario, read_scenario
from jixiang.readings.simulate.touched import families, touched

ROOT = Path(__file__).parents[3]
HEAD = "| 文件 | 位置 | 原值 | 改为 | 自 |\n|---|---|---|---|---|\n"
LIST = """---
名称: 名单
文种: 列表
---
表:重点船型

| 自         | 至 | 船型 |
|------------|----|------|
| 2020-01-01 |    | 拖网 |
| 2020-01-01 |    | 围网 |

表:老名单

| 船型       |
|------------|
| 拖网、围网 |
| 钓船       |
"""


@pytest.fixture
def city(tmp_path: Path) -> City:
    shutil.copytree(CITY, tmp_path / "city")
    (tmp_path / "city" / "lists").mkdir(exist_ok=True)
    (tmp_path / "city" / "lists" / "名单.md").write_text(LIST, encoding="utf-8")
    found = load_city(tmp_path / "city")
    assert found.rulebook is not None, found.errors
    return found


def scenario(city: City, *rows: str) -> Scenario:
    return read_scenario(f"# 试一试\n\n{HEAD}" + "\n".join(f"| {row} |" for row in rows) + "\n", "试.md", city)


def changed(city: City, *rows: str) -> list[str]:
    """The lines that go and come."""
    found = scenario(city, *rows)
    assert found.problems == ()
    lines = []
    for file, text in found.texts.items():
        before = (city.folder / file).read_text("utf-8").splitlines()
        diff = list(difflib.unified_diff(before, text.splitlines(), lineterm="", n=0))[2:]
        lines += [line for line in diff if line[0] in "+-"]
    return lines


H1 = "渔船燃油补贴"


def test_a_parameter_gets_one_more_step_on_its_day(city: City) -> None:
    assert changed(city, f"《{H1}》 | 参数 最低航次 | 4 次 | 5 次 | 2021-07-01") == [
        "-参数 最低航次: 3 次; 自 2021-01-01 起 4 次",
        "+参数 最低航次: 3 次; 自 2021-01-01 起 4 次; 自 2021-07-01 起 5 次",
    ]
    assert changed(city, "H1 | 参数 最低航次 | 3次 | 2 次 | 2020-07-01")[1] == (
        "+参数 最低航次: 3 次; 自 2020-07-01 起 2 次; 自 2021-01-01 起 4 次"
    )


def test_a_step_that_begins_on_the_day_is_changed_itself_and_without_a_day_the_one_of_that_value(city: City) -> None:
    assert changed(city, "H1 | 参数 最低航次 | 4 次 | 5 次 | 2021-01-01")[1].endswith("自 2021-01-01 起 5 次")
    assert changed(city, "H1 | 参数 最低航次 | 3 次 | 2 次 | ")[1] == "+参数 最低航次: 2 次; 自 2021-01-01 起 4 次"


def test_a_cell_of_a_table_gets_a_row_from_its_day_and_without_one_is_changed(city: City) -> None:
    whole = f"{H1} | 表 油补[拖网、围网, 100 以上].标准 | 800 元 | 900 元"
    assert changed(city, f"{whole} | 2021-04-01") == ["+| 2021-04-01 | 拖网、围网 | 100 以上 | 900 元 |"]
    assert changed(city, f"{whole} | ") == [
        "-| 2020-01-01 | 拖网、围网 | 100 以上 | 800元  |",
        "+| 2020-01-01 | 拖网、围网 | 100 以上 | 900 元  |",
    ]


def test_of_several_in_one_cell_one_can_change_from_a_day(city: City) -> None:
    row = f"{H1} | 表 油补[拖网, 100 以上].标准 | 800 元 | 900 元"
    assert changed(city, f"{row} | 2021-04-01") == ["+| 2021-04-01 | 拖网 | 100以上 | 900 元 |"]
    assert "合写在一行" in scenario(city, f"{row} | ").problems[0].message


def test_rows_of_lists_come_and_go(city: City) -> None:
    assert changed(city, "名单 | 列表 重点船型[钓船] | 不在列 | 在列 | 2021-07-01") == ["+| 2021-07-01 |  | 钓船 |"]
    gone = changed(city, "名单 | 列表 重点船型[围网] | 在列 | 不在列 | 2021-07-01")
    assert gone[0].startswith("-| 2020-01-01 |") and "2021-06-30" in gone[1]
    assert changed(city, "名单 | 列表 老名单[钓船] | 在列 | 不在列 | ") == ["-| 钓船       |"]


def test_an_entry_of_the_front_matter_is_changed_or_written(city: City) -> None:
    assert changed(city, "H1 | 文件头 资金 | 渔业资金 | 油补资金 | ") == ["-资金: 渔业资金", "+资金: 油补资金"]
    assert changed(city, "H1 | 文件头 追溯 |  | 6 个月 | ") == ["+追溯: 6 个月"]


def test_two_changes_of_one_document_are_both_made(city: City) -> None:
    rows = ("H1 | 参数 最低航次 | 4 次 | 5 次 | 2021-07-01", "H1 | 参数 最低航次 | 5 次 | 6 次 | 2021-09-01")
    assert changed(city, *rows)[1].endswith("自 2021-07-01 起 5 次; 自 2021-09-01 起 6 次")


@pytest.mark.parametrize(
    ("row", "said", "way"),
    [
        ("H1 | 参数 最低航次 | 3 次 | 5 次 | 2021-07-01", "在 2021-07-01 是 '4 次',不是 '3 次'", "4 次"),
        ("H1 | 参数 最低航次 | 9 次 | 5 次 | ", "没有 '9 次'", "3 次、4 次"),
        ("H1 | 参数 最少航次 | 3 次 | 5 次 | ", "没有名为 '最少航次' 的参数", "最低航次"),
        ("H9 | 参数 最低航次 | 3 次 | 5 次 | ", "没有名为 'H9' 的文件", ""),
        ("H1 | 航次 | 3 次 | 5 次 | ", "看不懂位置", "参数"),
        ("H1 | 参数 最低航次 | 4 次 | 5 次 | 7 月 1 日", "不是日期", "2021-07-01"),
        ("H1 | 参数 最低航次 | 4 次 | 4次 | 2021-07-01", "与原值相同", "删去"),
        ("H1 | 表 油价[拖网].标准 | 4 | 5 | ", "没有名为 '油价' 的表", "油补"),
        ("H1 | 表 油补[拖网].标准 | 800 元 | 1 元 | ", "要按 船型、功率 查", "油补[船型, 功率]"),
        ("H1 | 表 油补[渔网, 100 以上].标准 | 800 元 | 1 元 | ", "没有 渔网、100以上 这一行", "草案"),
        ("H1 | 表 油补[拖网、围网, 100 以上].金额 | 8 元 | 1 元 | ", "没有名为 '金额' 的列", "标准"),
        ("H1 | 表 油补[拖网、围网, 100 以上] | 900 元 | 1 元 | 2021-01-01", "是 '800元',不是 '900 元'", "800元"),
        ("H1 | 文件头 资金 | 渔港资金 | 油补资金 | ", "是 '渔业资金'", "渔业资金"),
        ("H1 | 文件头 资金 | 渔业资金 | 油补资金 | 2021-07-01", "没有起算的日子", "新版本"),
        ("名单 | 列表 重点船型[钓船] | 在列 | 不在列 | 2021-07-01", "是 '不在列'", "不在列"),
        ("名单 | 列表 老名单[拖网] | 在列 | 不在列 | ", "还有别的", "草案"),
        ("名单 | 列表 老名单[钓船] | 在列 | 不在列 | 2021-07-01", "没有 至 一列", "草案"),
        ("名单 | 列表 重点船型[围网] | 在列 | 没有 | 2021-07-01", "只能改为", "不在列"),
    ],
)
def test_what_cannot_be_changed_is_said_with_its_place_and_a_way_out(city: City, row: str, said: str, way: str) -> None:
    found = scenario(city, row)
    assert found.wrong and found.texts == {}
    (problem,) = found.problems
    assert said in problem.message
    assert way in problem.suggestion
    assert (problem.place.file, problem.place.line) == ("试.md", 5)


def test_a_page_without_the_table_says_how_it_is_written(city: City) -> None:
    assert "没有找到情景的表" in read_scenario("# 只有字\n", "试.md", city).problems[0].message
    wrong = "| 文件 | 位置 | 从 | 到 | 自 |\n|---|---|---|---|---|\n"
    assert "表头不对" in read_scenario(wrong, "试.md", city).problems[0].message


def test_the_day_of_a_scenario_is_its_first_and_none_if_a_part_reaches_back(city: City) -> None:
    dated = ("H1 | 参数 最低航次 | 4 次 | 5 次 | 2021-07-01", "H1 | 参数 最低航次 | 5 次 | 6 次 | 2021-09-01")
    assert str(scenario(city, *dated).since) == "2021-07-01"
    assert scenario(city, *dated, "H1 | 文件头 资金 | 渔业资金 | 油补资金 | ").since is None


# Drafts ----------------------------------------------------------------------------------------------------------


def draft(folder: Path, city: City, change: tuple[str, str], name: str = "燃油.md") -> Path:
    text = (city.folder / "policies" / "燃油补贴.md").read_text("utf-8")
    assert change[0] in text
    (folder / "draft").mkdir(exist_ok=True)
    (folder / "draft" / name).write_text(text.replace(*change), encoding="utf-8")
    return folder / "draft"


def test_a_document_of_the_same_version_takes_the_place_of_the_pack_s_and_reaches_back(
    city: City, tmp_path: Path
) -> None:  # fmt: skip
    texts, since = read_draft(city, draft(tmp_path, city, ("起 4 次", "起 5 次")))
    assert list(texts) == ["policies/燃油补贴.md"] and since is None


def test_another_version_stands_beside_it_and_begins_on_its_own_day(city: City, tmp_path: Path) -> None:
    new = ("施行: 2020-01-01\n", "施行: 2021-07-01\n版本: 2021年版\n")
    texts, since = read_draft(city, draft(tmp_path, city, new))
    assert list(texts) == ["policies/渔业/燃油.md"] and str(since) == "2021-07-01"


def test_a_document_that_is_the_same_is_no_draft(city: City, tmp_path: Path) -> None:
    assert read_draft(city, draft(tmp_path, city, ("", ""))) == ({}, None)


def test_laid_over_the_pack_it_is_a_pack_and_the_difference_can_be_read(city: City, tmp_path: Path) -> None:
    texts = scenario(city, "H1 | 参数 最低航次 | 4 次 | 5 次 | 2021-07-01").texts
    lay_over(city, texts, tmp_path / "pack")
    assert load_city(tmp_path / "pack").rulebook is not None
    diff = list(differences(city, texts))
    assert diff[:2] == ["--- 在用/policies/燃油补贴.md", "+++ 草案/policies/燃油补贴.md"]
    assert sum(line.startswith("+") for line in diff) == 2


# What is touched -------------------------------------------------------------------------------------------------


def books(city: City, tmp_path: Path, file: str, *change: str) -> tuple[str, ...]:
    text = (city.folder / file).read_text("utf-8")
    assert change[0] in text
    lay_over(city, {file: text.replace(change[0], change[1])}, tmp_path / "pack")
    after = load_city(tmp_path / "pack").rulebook
    assert city.rulebook is not None and after is not None
    return touched(city.rulebook, after)


def test_only_policies_that_mean_something_else_are_touched(city: City, tmp_path: Path) -> None:
    assert books(city, tmp_path, "policies/燃油补贴.md", "起 4 次", "起 5 次") == ("H1",)


def test_prose_and_lists_that_nobody_reads_touch_nothing(city: City, tmp_path: Path) -> None:
    assert (
        books(city, tmp_path, "policies/燃油补贴.md", "## 第一条 谁可以享受", "\n一句话。\n\n## 第一条 谁可以享受")
        == ()
    )
    assert books(city, tmp_path, "lists/名单.md", "| 钓船       |", "") == ()


def test_a_definition_touches_whoever_asks_it(city: City, tmp_path: Path) -> None:
    assert books(city, tmp_path, "definitions/老渔民.md", "60 周岁", "61 周岁") == ("H1",)


def test_a_rule_touches_all_that_it_binds_and_they_are_decided_together(city: City, tmp_path: Path) -> None:
    rule = ("最多 1 次, 高额优先", "最多 2 次, 高额优先")
    assert books(city, tmp_path, "policies/安全出海奖.md", *rule) == ("H1", "H2")
    assert city.rulebook is not None
    assert families(city.rulebook, city.rulebook, ("H2",)) == ("H1", "H2")


# The page --------------------------------------------------------------------------------------------------------


def test_the_scenario_on_the_page_can_be_applied_to_the_city_that_it_speaks_of() -> None:
    page = (ROOT / "docs" / "simulate.md").read_text("utf-8")
    shown = page.split("## 情景:只改几格")[1].split("```")[1]
    found = read_scenario(shown, "页.md", load_city(ROOT / "cities" / "wuxi"))
    assert found.problems == ()
    assert len(found.changes) == 4 and len(found.texts) == 3
