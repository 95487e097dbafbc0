"""docs/new-policy.md is true: done as it says, it prints what it says; and every phrase of its tables is a policy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.docs.example import ROOT, fences
from tests.docs.tutorial import replay, steps

from jixiang.language.city import City, load_city, names_of_vocabulary
from jixiang.language.document import parse_document
from jixiang.language.parts import Document
from jixiang.language.rulebook import assemble
from jixiang.operations.main import main
from jixiang.values.problem import Problem

PAGE = ROOT / "docs" / "new-policy.md"
FRONT = {"版本", "施行", "执行期", "受理期", "引用"}
DUE = {"金额", "荣誉"}


def test_the_page_does_and_prints_what_it_says(officer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(words: list[str]) -> tuple[int, str]:
        code = main(words)
        return code, capsys.readouterr().out

    told = list(replay(PAGE, run))
    assert [(command, missing, printed) for command, missing, printed in told if missing] == []
    assert {command.split()[1] for command, _, _ in told} >= {
        "check",
        "cases",
        "health",
        "decide",
        "explain",
        "simulate",
    }
    decided = pq.read_table(officer / "out" / "after" / "F5" / "decisions.parquet", columns=["outcome"])
    assert {"granted", "denied", "unknown"} <= set(decided["outcome"].to_pylist())
    assert load_city(officer / "out" / "draft").problems == ()


def test_every_fence_of_the_walk_is_replayed() -> None:
    assert {step.kind for step in steps(PAGE)} == {"console", "diff", "markdown"}


def phrases() -> Iterator[tuple[str, str, list[str]]]:
    """Of each row under 要说的话怎么写: the words, the rules that its table begins with, what is written."""
    section = PAGE.read_text(encoding="utf-8").partition("\n## 要说的话怎么写\n")[2]
    for part in re.split(r"^### .*$", section, flags=re.MULTILINE)[1:]:
        begins = fences(part, "规则")[0]
        for row in part.splitlines():
            if "`" in row and row.startswith("|"):
                yield row.split("|")[1].strip(), begins, re.findall("`([^`]+)`", row)


@cache
def city() -> City:
    return load_city(ROOT / "cities" / "wuxi")


def policy(begins: str, written: list[str], version: str = "") -> Document:
    """A policy of the fewest words that holds what is written."""
    front = {"名称": "例", "编号": "X1", "施行": "2020-01-01"}
    lines = []
    for text in written:
        key, _, value = text.partition(":")
        if key in FRONT:
            front[key] = value.strip()
        else:
            lines.append(text)
    if "执行期" in front and "施行: " not in "".join(written):
        del front["施行"]
    if not any(line.partition(":")[0] in DUE for line in lines):
        lines.append("金额: 1000 元")
    head = "".join(f"{key}: {value}\n" for key, value in front.items())
    body = begins + "".join(f"{line}\n" for line in lines)
    text = f"---\n{head}---\n# 例\n\n## 第一条\n\n```规则\n{body}```\n"
    names = names_of_vocabulary(city().vocabulary) | {"紧缺职业", "就业困难人员"}
    document, problems = parse_document(text, f"例{version}.md", names)
    assert [problem.message for problem in problems] == []
    return document


def told(begins: str, written: list[str]) -> list[Problem]:
    """What is wrong with it, beside the documents of the demonstration city."""
    mine = [policy(begins, written)]
    if any(line.startswith("版本") for line in written):
        mine.append(policy(begins, ["版本: 2020年版"], "2020"))
    found = assemble([*city().documents, *mine], city().vocabulary)
    return [problem for problem in found.problems if problem.place.file.startswith("例")]


@pytest.mark.parametrize(("words", "begins", "written"), list(phrases()), ids=[words for words, _, _ in phrases()])
def test_a_phrase_of_the_table_is_written_as_it_says(words: str, begins: str, written: list[str]) -> None:
    assert words and written
    assert [problem.message for problem in told(begins, written)] == []


def test_a_phrase_that_is_wrong_is_found() -> None:
    """Or the test above would hold of anything."""
    begins = next(phrases())[1]
    assert [problem.severity for problem in told(begins, ["条件 在期: 决定日 不晚于 核发之日"])] == ["error"]
    assert [problem.severity for problem in told(begins, ["上限 一次: 与《没有的补贴》合计 每 人员 最多 1 次"])] == [
        "warning"
    ]
    assert len(list(phrases())) > 30
