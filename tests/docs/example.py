"""The worked example of docs/engine.md: the document on the page, and the plan that the real planner makes of it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from jixiang.language.city import names_of_vocabulary
from jixiang.language.document import parse_document
from jixiang.language.rulebook import assemble
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.plan import Plan, plan

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "engine.md"
DAY, COVERED = date(2021, 6, 30), date(2021, 5, 31)
SQL = re.compile(r"```sql\n-- (\w+)\n(.*?)\n```", re.DOTALL)


def fences(text: str, kind: str) -> list[str]:
    """What stands in the fences of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def worked_example(rule: str) -> Plan:
    """The plan of one policy with these statements, over the vocabulary of the demonstration city."""
    vocabulary, _ = read_vocabulary(ROOT / "cities" / "wuxi" / "vocabulary.md")
    front = "---\n名称: 例\n编号: X1\n施行: 2020-01-01\n---\n# 例\n"
    document, problems = parse_document(f"{front}```规则\n{rule}```\n", "例.md", names_of_vocabulary(vocabulary))
    assembled = assemble([document], vocabulary)
    assert assembled.rulebook is not None, [*problems, *assembled.problems]
    versions = assembled.rulebook.policies["X1"]
    cutoffs: dict[str, date | None] = {"缴费": COVERED}
    return plan(
        vocabulary, assembled.rulebook, versions,
        decision_date=DAY, known_on=DAY, cutoffs=cutoffs, offered=Offered(),
    )  # fmt: skip


def with_steps_as_planned(page: str) -> str:
    """The page, with each SQL fence holding what the planner says of the step that it names."""
    steps = {s.name: s.query.sql("duckdb", pretty=True) for s in worked_example(fences(page, "规则")[0]).steps}
    return SQL.sub(lambda found: f"```sql\n-- {found[1]}\n{steps.get(found[1], 'there is no such step')}\n```", page)
