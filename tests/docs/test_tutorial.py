"""docs/tutorial.md is true: done as it says, it prints what it says, and the decisions change as it tells."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.docs.example import ROOT
from tests.docs.tutorial import POLICIES, quoted, replay, steps, table_under

from jixiang.language.city import load_city
from jixiang.language.diagnostics import render
from jixiang.operations.main import main

PAGE = ROOT / "docs" / "tutorial.md"
MISTAKES = [(old, new, said) for old, new, *said in table_under(PAGE, "常见的写错")]


def granted(run: Path) -> tuple[int, int]:
    rows = pq.read_table(run / "B3" / "decisions.parquet", filters=[("outcome", "=", "granted")]).to_pylist()
    return len(rows), sum(row["amount_fen"] for row in rows) // 100


def test_the_tutorial_does_and_prints_what_it_says(officer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(words: list[str]) -> tuple[int, str]:
        code = main(words)
        return code, capsys.readouterr().out

    told = list(replay(PAGE, run))
    assert [(command, missing, printed) for command, missing, printed in told if missing] == []
    assert len(told) > 10
    out = officer / "out"
    assert (granted(out / "before"), granted(out / "after")) == ((76, 118_500), (80, 128_400))
    assert (out / "changes.csv").read_text("utf-8-sig").count("\n") == 1 + 2 + 19
    assert load_city(out / "draft").rulebook is not None


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES, ids=[new for _, new, _ in MISTAKES])
def test_a_mistake_of_the_table_is_told_as_it_says(officer: Path, old: str, new: str, said: list[str]) -> None:
    shutil.copytree(ROOT / "cities" / "wuxi", "draft")
    path = POLICIES / "技能人才评价" / "B3.md"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    city = load_city(Path("draft"))
    assert {problem.place.file for problem in city.errors} == {"policies/技能人才评价/B3.md"}
    printed = render(city.errors)
    assert said and [words for words in said if words not in printed] == []


def test_the_page_is_short_and_every_fence_is_replayed() -> None:
    assert {step.kind for step in steps(PAGE)} == {"console", "diff", "markdown"}
    assert len(PAGE.read_text("utf-8").splitlines()) <= 200


def test_a_line_that_is_not_printed_is_found() -> None:
    """Or the test above would hold of anything."""
    assert quoted(["甲", "…", "丙"], "甲\n乙\n丙\n") == []
    assert quoted(["甲", "丙"], "甲\n乙\n丙\n") == ["丙"]
    assert quoted(["…", "丁"], "甲\n乙\n") == ["丁"]
