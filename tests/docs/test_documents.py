"""What the documents show is true of the code: rules parse, commands exist, columns are the columns, SQL is the planner's."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.example import PAGE, ROOT, fences, with_steps_as_planned

from jixiang.language.city import names_of_vocabulary
from jixiang.language.document import parse_document
from jixiang.language.rulebook import assemble
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.language.words import FUNCTIONS, HEADS
from jixiang.operations.main import VERBS, parser
from jixiang.tables.decisions import DECISIONS

DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"))]
RULES = [
    pytest.param(page, rules, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, rules in enumerate(fences(page.read_text(encoding="utf-8"), "规则"))
]
COMMAND = re.compile(r"`((?:\S*/)?jixiang [^`\n]+)`|^(?: {4,}|\$ )?((?:\S*/)?jixiang .+)$", re.MULTILINE)
LEFT_OUT = ("…", "[", "<")  # what says that a command is not written out


# Rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "rules"), RULES)
def test_rules_on_a_page_parse(page: Path, rules: str) -> None:
    vocabulary, _ = read_vocabulary(ROOT / "cities" / "wuxi" / "vocabulary.md")
    text = f"---\n名称: 例\n---\n# 例\n```规则\n{rules}```\n"
    document, problems = parse_document(text, page.name, names_of_vocabulary(vocabulary))
    assert [problem.message for problem in problems] == []
    assert document.rules


CERTIFICATE = "对象: 证书\n适用日: 发证日期\n受益人: 持证人\n"
TABLES = """
表:补贴标准 按 等级

| 等级 | 标准   |
|------|--------|
| 五级 | 1000元 |

表:紧缺职业

| 职业 |
|------|
| 电工 |
"""


@pytest.mark.parametrize(
    ("page", "number", "before"),
    [
        ("language", 0, ""),
        ("language", 1, f"{CERTIFICATE}定义 证书有效: 有效\n"),
        ("selection", 0, f"{CERTIFICATE}条件 证书有效: 有效\n金额: 1000 元\n"),
        ("selection", 1, "对象: 用工 每月\n受益人: 单位\n条件 已参保: 有 参保日期\n金额: 500 元\n"),
        ("engine", 0, ""),
    ],
    ids=["language", "language-2", "selection", "selection-2", "engine"],
)
def test_rules_on_a_page_mean_something(page: str, number: int, before: str) -> None:
    """They check against the vocabulary of the demonstration city, with what the page leaves out put before."""
    vocabulary, _ = read_vocabulary(ROOT / "cities" / "wuxi" / "vocabulary.md")
    rules = fences((DOCS / f"{page}.md").read_text(encoding="utf-8"), "规则")[number]
    front = "---\n名称: 以工代训补贴\n编号: X1\n施行: 2020-01-01\n---\n# 例\n"
    text = f"{front}```规则\n{before}{rules}```\n{TABLES}"
    document, _ = parse_document(text, f"{page}.md", names_of_vocabulary(vocabulary))
    found = assemble([document], vocabulary)
    assert [problem.message for problem in found.problems if problem.severity == "error"] == []


def test_the_language_page_speaks_of_every_statement_and_function() -> None:
    text = (DOCS / "language.md").read_text(encoding="utf-8")
    assert [word for word in (*HEADS, *sorted(FUNCTIONS)) if word not in text] == []


# Commands --------------------------------------------------------------------------------------------------------


def commands(text: str) -> Iterator[tuple[list[str], bool]]:
    """Every call of jixiang, without its program and remarks; whether it stands alone, so that it could be typed."""
    for found in COMMAND.finditer(text.replace("\\\n", " ")):
        written = found[1] or found[2]
        left_out = any(mark in written for mark in LEFT_OUT)
        words = written.split() if left_out else shlex.split(written, comments=True)
        if not words[1].startswith("…") and not words[1].endswith(":"):
            yield words[1:], not found[1] and not left_out


def parser_of(verb: str, *, whole: bool) -> argparse.ArgumentParser:
    """What parses the verb's arguments; a mention in a sentence need not give them all."""
    verbs = next(a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    found: argparse.ArgumentParser = verbs.choices[verb]
    for action in found._actions:
        action.required = action.required and whole
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_on_a_page_exist_with_their_options(page: Path) -> None:
    for (verb, *rest), whole in commands(page.read_text(encoding="utf-8")):
        assert verb in VERBS, verb
        takes = parser_of(verb, whole=whole)
        options = {word.strip("[]") for word in rest if word.strip("[]").startswith("--")}
        known = {option for action in takes._actions for option in action.option_strings}
        assert options <= known, (verb, options - known)
        if whole or not any(mark in word for mark in LEFT_OUT for word in rest):
            takes.parse_args(rest)


def test_commands_are_found_in_the_documents() -> None:
    """Or the test above would hold of nothing."""
    found = {words[0] for page in PAGES for words, _ in commands(page.read_text(encoding="utf-8"))}
    assert found >= {"decide", "check", "explain"}


# Decisions -------------------------------------------------------------------------------------------------------


def test_the_columns_of_the_decisions_are_the_ones_on_the_page() -> None:
    text = (DOCS / "decisions.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(\w+)` \| (\w+)(?: or null)? \| ", text.partition("## Bits")[0], re.MULTILINE)
    stored = [(field.name, str(field.type).partition("[")[0].partition("<")[0]) for field in DECISIONS]
    assert shown == stored


def test_the_page_says_which_columns_may_be_empty() -> None:
    text = (DOCS / "decisions.md").read_text(encoding="utf-8")
    empty = re.findall(r"^\| `(\w+)` \| \w+ or null \|", text, re.MULTILINE)
    assert empty == [field.name for field in DECISIONS if field.nullable]


# Plans -----------------------------------------------------------------------------------------------------------


def test_the_sql_on_the_page_is_what_the_planner_makes_of_the_rule() -> None:
    """Write it anew with `python -m tests.docs.record`."""
    text = PAGE.read_text(encoding="utf-8")
    assert "```sql" in text
    assert with_steps_as_planned(text) == text
