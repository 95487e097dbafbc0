"""The city's rulebook is whole: 27 documents in 6 classes, each with cases that show it granting, refusing and not knowing."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from jixiang.language.city import City, load_city
from jixiang.language.parts import Document
from jixiang.readings.cases import run_city
from jixiang.readings.cases.engine import run_on_duckdb

CITY = Path(__file__).parents[2] / "cities" / "wuxi"
POLICIES = {
    *("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "B1", "B2", "B3", "C1", "C2", "C3", "C4"),
    *("D1", "D2", "D3", "D4", "E1", "E2", "E3", "F1", "F2", "F3", "F4"),
}
LEAST_CASES = 6


@cache
def city() -> City:
    found = load_city(CITY)
    assert found.rulebook is not None, found.errors
    return found


def front(document: Document, key: str) -> str:
    return document.front[key].text.strip() if key in document.front else ""


def policies() -> list[Document]:
    return [document for document in city().documents if document.file.startswith("policies/")]


def granting() -> list[Document]:
    return [document for document in policies() if front(document, "文种") in ("", "政策")]


def results(document: Document) -> Counter[str]:
    """What the cases expect, by 享受, 不享受: 条件, 待核: 条件, 让位: 规则 …, each name apart."""
    found: Counter[str] = Counter()
    for part in document.cases:
        heads = [cell.text.strip() for cell in part.grid.header]
        if "结果" not in heads:
            continue
        for row in part.grid.rows:
            kind, _, names = row[heads.index("结果")].text.strip().partition(":")
            found.update(f"{kind.strip()} {name}".strip() for name in re.split("[、,，]", names.strip()) or [""])
    return found


def test_there_are_27_policies_in_6_classes():
    assert {front(document, "编号") for document in policies()} == POLICIES
    assert len({front(document, "类别") for document in policies()}) == 6


def test_nothing_is_left_to_say_of_the_documents():
    assert [str(problem) for problem in city().problems] == []


def test_each_is_marked_as_an_illustration_with_a_number_of_its_own():
    numbers = [front(document, "文号") for document in city().documents]
    assert all(re.fullmatch(r"演示〔\d{4}〕\d+号", number) for number in numbers)
    assert [number for number, times in Counter(numbers).items() if times > 1] == []
    assert {front(document, "性质") for document in city().documents} == {"演示"}


@pytest.mark.parametrize("document", granting(), ids=lambda document: Path(document.file).stem)
def test_its_cases_show_it_granting_refusing_for_each_condition_not_knowing_and_not_considering(document: Document):
    rulebook, found = city().rulebook, results(document)
    assert rulebook is not None
    versions = [v for code in rulebook.policies for v in rulebook.policies[code] if v.file == document.file]
    (policy,) = versions
    assert sum(found.values()) >= LEAST_CASES
    assert found["享受"] and found["不考虑"] and any(name.startswith("待核") for name in found)
    never_fails = [c.name for c in policy.conditions if not found[f"不享受 {c.name}"]]
    assert never_fails == []


def test_every_limit_and_exclusion_makes_somebody_yield_in_some_case():
    rulebook = city().rulebook
    assert rulebook is not None
    yielded = {name.removeprefix("让位 ") for document in granting() for name in results(document)}
    rules = {
        rule.name.partition("（")[0] for family in rulebook.families for rule in family.rules if rule.kind != "money"
    }
    assert sorted(rules - yielded) == []


def test_every_case_comes_out_as_it_says_in_both_readings():
    report = run_city(city(), run_on_duckdb)  # type: ignore[arg-type]
    assert [str(problem) for problem in report.problems] == []
    assert report.unread == 0
    assert set(report.files) >= {document.file for document in granting()}
