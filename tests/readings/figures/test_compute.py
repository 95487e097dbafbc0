"""Figures of the harbour, where every number is known by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.operations.harbour import facts, write
from tests.readings.figures.port import GRANTED, TRIPS, city

from jixiang.language.city import load_city
from jixiang.readings.figures.compute import Figure, compute
from jixiang.readings.figures.measures import read_measures
from jixiang.readings.figures.words import difference, how, number, published, share
from jixiang.tables.decisions import DECISIONS, write_decisions
from jixiang.tables.store import FactStore
from jixiang.values.problem import Problem

JUNE = date(2021, 6, 30)


def figures(
    folder: Path, *, as_of: date = JUNE, scale: str = "", decided: tuple[str, ...] = ("H1",), **measures: str
) -> tuple[list[Figure], list[Problem]]:
    pack = load_city(city(folder, **measures))
    assert pack.rulebook is not None
    read, problems = read_measures(pack.folder, pack.vocabulary, pack.rulebook.policies)
    assert problems == []
    store = FactStore(write(folder / "facts", facts()))
    return compute(
        pack, read, store, decisions(folder / "run"), decided=decided, as_of=as_of, scale=Fraction(scale) if scale else None
    )  # fmt: skip


def decisions(folder: Path) -> Path:
    """Nine granted months and one that yields, of the fuel grant."""
    rows = [
        {
            **dict.fromkeys(DECISIONS.names), "policy": "H1", "subject": "B1", "period": f"2021-{month:02d}", "title": "",
            "version": "1", "decision_date": JUNE, "beneficiary": "甲", "outcome": "yielded" if month == 10 else "granted",
            "on_hold": False, "failed": 0, "unknown": 0, "amount_fen": 88_000, "places": [],
        }
        for month in range(1, 11)
    ]  # fmt: skip
    write_decisions(folder / "H1" / "decisions.parquet", DECISIONS.empty_table().from_pylist(rows, DECISIONS))
    return folder


def only(found: tuple[list[Figure], list[Problem]]) -> Figure:
    (figure,), problems = found
    assert problems == []
    return figure


def wrong(found: tuple[list[Figure], list[Problem]]) -> str:
    made, (problem,) = found
    assert made == [] and problem.place.file == "measures/a.sql" and problem.suggestion
    return problem.message


def test_facts_are_counted_as_known_on_the_day(tmp_path: Path) -> None:
    assert only(figures(tmp_path, a=TRIPS)).value == 5 * 5 + 4 * 4
    assert only(figures(tmp_path / "before", a=TRIPS, as_of=date(2021, 6, 15))).value == 5 * 5 + 3 * 4


def test_decisions_are_counted_by_their_outcome(tmp_path: Path) -> None:
    figure = only(figures(tmp_path, a=GRANTED))
    assert (figure.value, figure.expected, figure.difference, figure.reached) == (9, 8, 1, True)
    assert difference(figure) == "达到" and share(figure) is None and published(figure) == "8 以上"


def test_less_than_at_least_is_a_difference(tmp_path: Path) -> None:
    figure = only(figures(tmp_path, a=GRANTED.replace("8 以上", "12 以上")))
    assert (figure.reached, difference(figure), share(figure)) == (False, "-3", Fraction(-1, 4))


def test_decisions_of_a_policy_that_was_not_decided_are_not_counted_as_none(tmp_path: Path) -> None:
    figure = only(figures(tmp_path, a=GRANTED, decided=("H2",)))
    assert (figure.value, figure.difference, figure.lacking) == (None, None, ("H1",))
    assert number(figure, figure.value) == "—" and "没有决定 H1" in how(figure)


def test_a_figure_stands_beside_what_was_published_of_a_city_of_its_size(tmp_path: Path) -> None:
    figure = only(figures(tmp_path, a=TRIPS, scale="0.1"))
    assert (figure.value, figure.expected, figure.difference) == (41, 41, 0)
    whole = only(figures(tmp_path / "whole", a=TRIPS))
    assert (whole.expected, difference(whole), share(whole)) == (410, "-369", Fraction(-9, 10))


def test_money_is_shown_in_yuan(tmp_path: Path) -> None:
    text = GRANTED.replace("单位: 个", "单位: 元").replace("count(*)", "sum(amount_fen)").replace("8 以上", "7,000.5")
    figure = only(figures(tmp_path, a=text))
    assert (figure.value, figure.expected) == (9 * 88_000, 700_050)
    assert (number(figure, figure.value), published(figure), difference(figure)) == ("7,920", "7,000.50", "+919.50")


DOCUMENTS = """-- 名称: 文件
-- 单位: 个
-- 怎么算: 有类别的
-- 规模: 不变
SELECT count(DISTINCT code) AS value FROM document, as_of
WHERE class = '渔业' AND kind = '政策' AND fund IS NOT NULL AND in_force_from <= day AND in_force_until IS NULL
"""


def test_documents_are_counted_by_what_their_heads_say(tmp_path: Path) -> None:
    assert only(figures(tmp_path, a=DOCUMENTS)).value == 2
    assert only(figures(tmp_path / "before", a=DOCUMENTS, as_of=date(2019, 12, 31))).value == 0


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT trips AS value FROM voyage", "应当正好一行"),
        ("SELECT trips AS value FROM voyage WHERE false", "0 行"),
        ("SELECT avg(trips) AS value FROM voyage WHERE month < 202103", "不是整数"),
        ("SELECT sum(trips) > 0 AS value FROM voyage", "不是整数"),
        ("SELECT 'x' AS value FROM as_of", "不是整数"),
        ("SELECT sum(trip) AS value FROM voyage", "查询不能运行"),
    ],
)
def test_what_is_no_number_is_a_problem(tmp_path: Path, query: str, said: str) -> None:
    text = TRIPS.partition("SELECT")[0] + query
    assert said in wrong(figures(tmp_path, a=text))


def test_a_query_that_does_not_run_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    made, problems = figures(tmp_path, a=TRIPS.replace("trips", "trip"), b=GRANTED)
    assert ([figure.value for figure in made], len(problems)) == ([9], 1)


def test_what_cannot_be_counted_is_missing_and_not_zero(tmp_path: Path) -> None:
    figure = only(figures(tmp_path, a=TRIPS.replace("FROM voyage", "FROM voyage WHERE false")))
    assert (figure.value, figure.difference) == (None, None)
