"""What a query of the city's people says of itself, and what it reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from jixiang.engines.city_queries import CityQuery, Form, read_query

FORM = Form("wrong", ("名称",), ("key", "value"), {"boat", "as_of"}, "写 名称", "写 key 和 value", "可以读 boat")
QUERY = "WITH old AS (SELECT boat_id AS key, 1 AS value FROM boat, as_of) SELECT key, value FROM old"


def read(folder: Path, text: str) -> CityQuery | list[str]:
    path = folder / "one.sql"
    path.write_text(text, encoding="utf-8")
    found = read_query(path, "queries/one.sql", FORM)
    if isinstance(found, CityQuery):
        return found
    assert {(problem.code, problem.place.file) for problem in found} == {("wrong", "queries/one.sql")}
    return [f"{problem.message}; {problem.suggestion}" for problem in found]


def test_what_the_first_comments_say_is_read_in_either_punctuation_and_later_ones_are_not(tmp_path: Path) -> None:
    found = read(tmp_path, f"-- 名称:老船\n-- 说明: 例: 甲 \n\n-- 别的话\n{QUERY}\n-- 名称: 新船\n-- 后来: 话\n")
    assert isinstance(found, CityQuery)
    assert dict(found.said) == {"名称": "老船", "说明": "例: 甲"}


def test_it_reads_relations_and_not_the_names_of_its_own(tmp_path: Path) -> None:
    found = read(tmp_path, f"-- 名称: 老船\n{QUERY}")
    assert isinstance(found, CityQuery) and found.reads == {"boat", "as_of"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT key, value FROM ship", ["没有表 'ship'; 可以读 boat"]),
        ("SELECT key FROM boat", ["没有选出 value; 写 key 和 value"]),
        ("SELECT number FROM ship", ["没有表 'ship'; 可以读 boat", "没有选出 key、value; 写 key 和 value"]),
        (QUERY.replace("old", "boat"), ["WITH 里的名称 boat 是表的名称; 请换一个名称"]),
        ("SELECT 1 AS key, getenv('HOME') AS value FROM boat", ["不能用函数 getenv; 请用普通的比较和日期函数"]),
    ],
)
def test_all_that_is_wrong_with_a_query_is_said_at_once(tmp_path: Path, query: str, said: list[str]) -> None:
    assert read(tmp_path, f"-- 名称: 老船\n{query}") == said


def test_without_what_it_must_say_nothing_else_is_looked_at(tmp_path: Path) -> None:
    assert read(tmp_path, "SELECT number FROM ship") == ["开头的注释里没有 名称; 写 名称"]
