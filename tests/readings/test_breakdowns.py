"""What a city is broken down by: read from its pack, checked like a document, answered by the engine for a day of each row."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from tests.operations.harbour import CITY, facts, write

from jixiang.engines.duckdb import DuckDB
from jixiang.language.city import City, load_city
from jixiang.readings.breakdowns import FILE, Breakdown, group, read_breakdowns
from jixiang.readings.offering import offer_facts
from jixiang.tables.store import FactStore
from jixiang.values.problem import Problem

GOOD = """
[[breakdown]]
title = "本港"
entity = "渔民"
value = "本港户籍"

[[breakdown]]
title = "年龄"
entity = "渔民"
several = true
quotes = ["老渔民认定"]
[breakdown.parts]
"老渔民" = "老渔民"
"满七十岁" = "年龄(渔民, 适用日) 不少于 70 岁"

[[breakdown]]
title = "船型"
entity = "渔船"
value = "船型"
"""


def port(folder: Path, text: str) -> City:
    shutil.copytree(CITY, folder / "city")
    (folder / "city" / FILE).write_text(text, encoding="utf-8")
    return load_city(folder / "city")


def read(folder: Path, text: str) -> tuple[tuple[Breakdown, ...], tuple[Problem, ...]]:
    return read_breakdowns(port(folder, text))


def test_rows_are_called_by_what_they_were_on_the_day_that_is_asked(tmp_path: Path) -> None:
    city = port(tmp_path, GOOD)
    assert city.rulebook is not None
    breakdowns, problems = read_breakdowns(city)
    assert problems == ()
    days = [date(2010, 2, 28), date(2010, 3, 1), date(2021, 6, 30), date(2021, 6, 30), date(2021, 6, 30)]
    people = {"key": ["甲", "甲", "甲", "乙", "无"], "day": days}
    boats = {"key": ["B1", "B2"], "day": days[:2]}
    with DuckDB() as engine:
        offered = offer_facts(engine, city.vocabulary, FactStore(write(tmp_path / "facts", facts())))
        engine.offer("people", pa.table(people))
        engine.offer("boats", pa.table(boats))
        asked = {"渔民": "people", "渔船": "boats"}
        found = group(engine, city.vocabulary, city.rulebook, {}, offered, breakdowns, asked, as_of=date(2021, 6, 30))

        def rows(title: str, entity: str) -> list[tuple[object, ...]]:
            name = found[title, entity]
            return sorted(engine.execute(f"SELECT key, day, called FROM {name}"), key=str)

        assert rows("本港", "渔民") == [("乙", days[2], "是"), *(("甲", day, "是") for day in days[:3])]
        assert rows("年龄", "渔民") == [
            ("乙", days[2], "其他"),
            ("甲", days[0], "其他"),
            ("甲", days[1], "老渔民"),
            ("甲", days[2], "满七十岁"),
            ("甲", days[2], "老渔民"),
        ]
        assert rows("船型", "渔船") == [("B1", days[0], "拖网"), ("B2", days[1], "围网")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[breakdown]]\ntitle = "甲"\nentity = "渔名"\nvalue = "渔证"', "没有名为 '渔名' 的事实"),
        ('[[breakdown]]\ntitle = "甲"\nentity = "渔民"\nvalue = "户籍地"', "户籍地"),
        ('[[breakdown]]\ntitle = "甲"\nentity = "渔民"\nvalue = "出生日期"', "按它分不了组"),
        ('[[breakdown]]\ntitle = "甲"\nentity = "渔民"\n[breakdown.parts]\n"一" = "出生日期"', "不是一个是或否"),
        ('[[breakdown]]\ntitle = "甲"\nentity = "渔民"', "value 或 parts"),
        ('[[breakdown]]\ntitle = "甲"\nentity = "渔民"\nvalue = "渔证"\nby = 1', "不认识 by"),
        (
            '[[breakdown]]\ntitle = "甲"\nentity = "渔民"\nvalue = "渔证"\nquotes = ["没有的"]',
            "没有名为《没有的》的文件",
        ),
        ('[[breakdown]]\ntitle = "甲"\nentity = "渔民"\nvalue = "渔证 且"', ""),
        (GOOD + '[[breakdown]]\ntitle = "船型"\nentity = "渔船"\nvalue = "船型"', "写了两次"),
        ("[[breakdown]\n", "不是 TOML"),
        ("", "[[breakdown]]"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    breakdowns, problems = read(tmp_path, text)
    assert breakdowns == ()
    assert said in problems[0].message
    assert problems[0].place.file == FILE
    assert problems[0].place.source in text


def test_a_city_without_the_file_has_none(tmp_path: Path) -> None:
    shutil.copytree(CITY, tmp_path / "city")
    assert read_breakdowns(load_city(tmp_path / "city")) == ((), ())
