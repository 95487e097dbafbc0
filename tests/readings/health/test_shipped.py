"""The rulebook that is shipped: nothing is left unexplained, and each kind of fault planted in a copy of it is found."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from tests.readings.health.town import checked, loaded, pasted

CITY = Path(__file__).parents[3] / "cities" / "wuxi"
AS_OF = date(2021, 6, 30)


def test_every_finding_in_the_shipped_rulebook_is_mended_or_explained():
    health = checked(loaded(CITY), AS_OF)
    assert [(one.kind, one.document, one.about) for one in health.alarms] == []
    assert health.undecided == ()
    assert all(one.standing == "确认" for one in health.findings)


def test_a_table_that_ends_later_is_explained_before_and_after_it_has_ended():
    (one,) = [one for one in checked(loaded(CITY), date(2026, 6, 30), ["C3"]).findings if one.kind == "名单过期"]
    assert one.explained is not None and one.examples


# One edit each: the file, what it says, what it says then, and the finding that follows.
PLANTED = [
    ("B3.md", "{五级、四级、三级}", "{五级、四级、三级、二级}", "表有缺口", "补贴标准"),
    ("B3.md", "| 2017-01-01 | 三级 | 2000元 |", "| 2017-01-01 | 三级 | 1200元 |", "数额倒退", "等级"),
    ("B3.md", "| 2017-01-01 | 三级 | 2000元 |", "| 2017-01-01 | 三级 | 4000元 |", "数额跳升", "等级"),
    (
        "B3.md",
        "《就业重点群体职业培训补贴》合计 每 人员、职业、等级",
        "合计 每 人员、职业、等级",
        "重复给付",
        "失业保险技能提升补贴",
    ),
    (
        "F1.md",
        "条件 学籍属实:",
        "条件 太早: 入学日期 早于 2018-12-01\n条件 学籍属实:",
        "无人能享",
        "求学圆梦行动学历提升补助",
    ),
    ("A8.md", "条件 考试合格:", "条件 有成绩: 考试成绩 不低于 30 分\n条件 考试合格:", "多余条件", "有成绩"),
    ("E3-2020.md", "施行: 2020-01-01", "执行期: 2020-01-01 至 2020-11-30", "版本断档", "2020年版"),
    ("E3-2020.md", "施行: 2020-01-01", "执行期: 2020-01-01 至 2021-12-31", "版本重叠", "2020年版"),
]


@pytest.mark.parametrize(("file", "was", "then", "kind", "about"), PLANTED)
def test_a_fault_planted_in_a_copy_is_found_with_an_example_that_passes(
    tmp_path, monkeypatch, file, was, then, kind, about
):
    if kind != "重复给付":  # then no other policy need be looked at
        monkeypatch.setattr("jixiang.readings.health.check.pairs", lambda rulebook, chosen: iter(()))
    shutil.copytree(CITY, tmp_path / "city")
    path = next((tmp_path / "city").rglob(file))
    text = path.read_text(encoding="utf-8")
    assert text.count(was) == 1
    path.write_text(text.replace(was, then), encoding="utf-8")
    city = loaded(tmp_path / "city")
    code = next(line.split()[1] for line in text.splitlines() if line.startswith("编号:"))
    (one,) = [one for one in checked(city, AS_OF, [code]).alarms if (one.kind, one.about) == (kind, about)]
    assert one.standing == "确认" and one.examples
    for document in city.documents:  # only the pasted cases need be run
        if document.file != path.relative_to(city.folder).as_posix():
            _without_cases(city.folder / document.file)
    report = pasted(city, one)
    assert report.unread == 0
    assert not [p for p in report.problems if "体检所举" in p.message or "一级" in p.message]


def _without_cases(path):
    text = path.read_text(encoding="utf-8")
    path.write_text(text.partition("\n## 案例")[0] + "\n", encoding="utf-8")
