"""A city is data: the same compiler reads a small harbour and Wuxi."""

from pathlib import Path
from shutil import copytree

import pytest

from jixiang.language.city import load_city

CITIES = Path(__file__).parent.parent / "cities"
WUXI = Path(__file__).parent.parent.parent / "cities" / "wuxi"


def test_the_tiny_city_is_whole():
    city = load_city(CITIES / "tiny")
    assert city.problems == ()
    assert list(city.rulebook.policies) == ["H1", "H2"]
    assert city.rulebook.families[0].policies == ("H1", "H2")
    assert list(city.rulebook.entity_definitions) == ["老渔民认定"]
    assert [document.file for document in city.documents] == [
        "policies/安全出海奖.md",
        "policies/燃油补贴.md",
        "definitions/老渔民.md",
    ]


def test_wuxi_is_whole():
    city = load_city(WUXI)
    assert city.errors == ()
    assert {"A1", "A4", "A7", "A8", "B3", "D1", "E3", "F1"} <= set(city.rulebook.policies)


def test_with_an_error_there_is_no_rulebook_and_the_problem_names_the_file(tmp_path):
    folder = copytree(CITIES / "tiny", tmp_path / "city")
    path = folder / "policies" / "燃油补贴.md"
    path.write_text(path.read_text(encoding="utf-8").replace("受益人: 船东", "受益人: 船冬"), encoding="utf-8")
    city = load_city(folder)
    assert city.rulebook is None
    assert [(p.place.file, p.suggestion) for p in city.errors] == [("policies/燃油补贴.md", "是否为 '船东'?")]


def test_problems_of_all_documents_come_together(tmp_path):
    folder = copytree(CITIES / "tiny", tmp_path / "city")
    for path in (folder / "policies").glob("*.md"):
        path.write_text(path.read_text(encoding="utf-8").replace("条件 ", "条件 条 件"), encoding="utf-8")
    assert {problem.place.file for problem in load_city(folder).errors} == {
        "policies/燃油补贴.md",
        "policies/安全出海奖.md",
    }


def test_a_folder_without_a_vocabulary_is_a_problem_not_a_crash(tmp_path):
    assert [problem.code for problem in load_city(tmp_path).problems] == ["no-vocabulary"]


@pytest.mark.parametrize("folder", [CITIES / "tiny", WUXI], ids=["tiny", "wuxi"])
def test_reading_twice_gives_the_same(folder):
    assert load_city(folder).rulebook == load_city(folder).rulebook
