"""What a measure says of itself, and what is said of one that is wrong."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from tests.readings.figures.port import GRANTED, TRIPS, city

from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.readings.figures.measures import Measure, Published, read_measures
from jixiang.readings.figures.relations import DOCUMENTS, SEEN
from jixiang.values.problem import Problem

ROOT = Path(__file__).parents[3]


def read(folder: Path, **measures: str) -> tuple[list[Measure], list[Problem]]:
    pack = city(folder, **measures)
    return read_measures(pack, read_vocabulary(pack / "vocabulary.md")[0], ("H1", "H2"))


def wrong(folder: Path, text: str) -> Problem:
    measures, problems = read(folder, wrong=text)
    assert measures == [] and problems[0].place.file == "measures/wrong.sql" and problems[0].suggestion
    return problems[0]


def test_a_measure_says_what_it_counts_and_what_was_published(tmp_path: Path) -> None:
    (granted, trips), problems = read(tmp_path, b=TRIPS, a=GRANTED)
    assert problems == []
    assert (granted.code, granted.name, granted.unit, granted.policies) == ("a", "享受补贴的月数", "个", ("H1",))
    assert granted.published == Published(Decimal(8), True, "2021-08-20", "渔报")
    assert (trips.how, trips.proportional, granted.proportional) == ("知道的航次相加", True, False)
    assert trips.published == Published(Decimal(410), False, "2021-08", "渔报")


def test_what_was_published_of_the_whole_is_scaled_only_where_it_is_proportional(tmp_path: Path) -> None:
    (granted, trips), _ = read(tmp_path, a=GRANTED, b=TRIPS)
    assert (trips.expected(None), trips.expected(Fraction("0.1")), trips.expected(Fraction("0.01"))) == (410, 41, 4)
    assert (granted.expected(None), granted.expected(Fraction("0.1"))) == (8, 8)


def test_half_of_one_is_one(tmp_path: Path) -> None:
    (only,), _ = read(tmp_path, a=TRIPS.replace("410,", "2857,"))
    assert [only.expected(Fraction(scale)) for scale in ("0.1", "0.5", "0.001")] == [286, 1429, 3]


def test_money_is_published_in_yuan_and_counted_in_fen(tmp_path: Path) -> None:
    (only,), _ = read(tmp_path, a=TRIPS.replace("单位: 次", "单位: 元").replace("410,", "1,428,500.05,"))
    assert only.kind == "money"
    assert only.expected(None) == 142_850_005


def test_nothing_need_have_been_published(tmp_path: Path) -> None:
    (only,), problems = read(tmp_path, a=TRIPS.replace("-- 公布: 410, 2021-08, 渔报\n", ""))
    assert (only.published, only.expected(None), problems) == (None, None, [])


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("-- 单位: 次\n", "", "没有 单位"),
        ("-- 规模: 同比", "-- 规模: 一比十", "一比十"),
        ("410, 2021-08, 渔报", "四百一十, 2021-08, 渔报", "读不懂"),
        ("410, 2021-08, 渔报", "410", "读不懂"),
        ("410, 2021-08, 渔报", "410.125, 2021-08, 渔报", "读不懂"),
        ("-- 公布:", "-- 公佈:", "公佈"),
        ("-- 单位: 次", "-- 单位: 次\n-- 政策: H1", "却没有读 decision"),
        ("sum(trips) AS value", "sum(trips) AS number", "没有选出 value"),
        ("FROM voyage", "FROM voyages", "没有表 'voyages'"),
        ("FROM voyage", "FROM cutoff", "没有表 'cutoff'"),
        ("FROM voyage", "FROM read_parquet('facts/*')", "不能从"),
        ("SELECT sum(trips) AS value FROM voyage", "DROP TABLE voyage", "不是 SELECT"),
    ],
)
def test_it_says_what_is_wrong(tmp_path: Path, was: str, now: str, said: str) -> None:
    assert was in TRIPS
    assert said in wrong(tmp_path, TRIPS.replace(was, now)).message


def test_a_count_of_decisions_says_of_which_policies(tmp_path: Path) -> None:
    assert "哪些政策" in wrong(tmp_path, GRANTED.replace("-- 政策: H1\n", "")).message
    problem = wrong(tmp_path / "other", GRANTED.replace("政策: H1", "政策: H3"))
    assert "'H3'" in problem.message


def test_one_wrong_measure_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    measures, problems = read(tmp_path, a=TRIPS, b="SELECT 1 AS value FROM voyage")
    assert ([one.code for one in measures], len(problems)) == (["a"], 1)


def test_a_city_without_measures_has_no_figures(tmp_path: Path) -> None:
    assert read(tmp_path) == ([], [])


def test_the_page_shows_a_measure_of_the_city_and_every_column_that_may_be_read() -> None:
    page = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    shown = re.findall("```sql\n(.*?)```", page, re.DOTALL)
    texts = {path.read_text(encoding="utf-8") for path in (ROOT / "cities").glob("*/measures/*.sql")}
    assert shown and {*shown} <= texts
    rows = dict(re.findall(r"^\| `(decision|document)` \| [^|]* \| (.*) \|$", page, re.MULTILINE))
    assert re.findall("`([a-z_]+)`", rows["decision"]) == [*SEEN]
    assert re.findall("`([a-z_]+)`", rows["document"]) == DOCUMENTS.names


@pytest.mark.parametrize("pack", sorted((ROOT / "cities").iterdir()), ids=lambda path: path.name)
def test_the_measures_of_every_city_can_be_read(pack: Path) -> None:
    """Whose policies there are is for the command to know: the documents need not be compiled for this."""
    vocabulary = read_vocabulary(pack / "vocabulary.md")[0]
    codes = {path.stem.partition("-")[0] for path in (pack / "policies").rglob("*.md")}
    measures, problems = read_measures(pack, vocabulary, codes)
    assert problems == [] and len(measures) >= 20
    assert len({measure.name for measure in measures}) == len(measures)
