"""What came out of the cases of a document, against what must, and the interpreter against an engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from jixiang.language import typed as t
from jixiang.language.nearness import perhaps
from jixiang.language.parts import Document
from jixiang.readings.cases.case import WORDS, Case, CaseRow, City, Expected, RowResult
from jixiang.readings.cases.engine import run_on_duckdb
from jixiang.readings.cases.prepare import prepare
from jixiang.readings.cases.run import Results, run_interpreted
from jixiang.readings.decide import environment
from jixiang.readings.evaluate import evaluate
from jixiang.readings.explain import explain
from jixiang.readings.explanation import ExplainedAmount
from jixiang.readings.shortfall import SHOWN, because
from jixiang.readings.wording import say, yuan
from jixiang.values.problem import Problem

Runner = Callable[[Sequence[Case]], list[Results]]


@dataclass(frozen=True)
class Report:
    """What came of cases. `files`: of each document with cases how many passed, and how many there are. Errors in `problems`
    are cases that came out otherwise, or that two readings see differently. `unread`: how many were not run, for their
    cells or headings are wrong."""

    files: dict[str, tuple[int, int]]
    problems: tuple[Problem, ...]
    unread: int = 0

    @property
    def failed(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


class CheckedCity(City, Protocol):
    """A city with its documents."""

    @property
    def documents(self) -> tuple[Document, ...]: ...


def run_city(
    city: CheckedCity, run_engine: Runner | None = run_on_duckdb, progress: Callable[[str, float], None] | None = None
) -> Report:
    """Every case of every document, by the interpreter and, if there is one, by an engine."""
    files: dict[str, tuple[int, int]] = {}
    problems: list[Problem] = []
    unread = 0
    for n, document in enumerate(city.documents):
        if progress:
            progress(document.file, n / len(city.documents))
        report = run_document(city, document, run_engine)
        files |= report.files
        problems += report.problems
        unread += report.unread
    if progress:
        progress("完成", 1.0)
    return Report(files, tuple(problems), unread)


def run_document(city: City, document: Document, run_engine: Runner | None = None) -> Report:
    """The cases of one document."""
    prepared = prepare(city, document)
    problems, passed = list(prepared.problems), 0
    read = [case for case in prepared.cases if (case.sheet, case.name) not in prepared.unread]
    results = run_interpreted(read)
    others = run_engine(read) if run_engine else results
    for case, mine, other in zip(read, results, others, strict=True):
        found = [
            problem for row, result in zip(case.rows, mine, strict=True) for problem in differences(case, row, result)
        ]
        rows = zip(case.rows, mine, other, strict=True)
        found += [_disagreement(case, row, one, two) for row, one, two in rows if one != two]
        problems += found
        passed += not found
    files = {document.file: (passed, len(prepared.cases))} if prepared.cases else {}
    return Report(files, tuple(problems), len(prepared.unread))


def differences(case: Case, row: CaseRow, result: RowResult) -> list[Problem]:
    """Where a row came out otherwise than it says."""
    found = [_value_differs(case, case.checks, row, name) for name in result.wrong if case.checks]
    expected = row.expected
    if expected.outcome is not None and not _as_expected(expected, result):
        message = f"案例 '{case.name}' 应为 {_said(expected)}, 实为 {_came_out(result)}"
        place = expected.places.get("结果", row.place)
        found.append(Problem("case-differs", place, message, _why(case, row)))
    elif (part := _part_differs(expected, result)) is not None:
        column, said = part
        place = expected.places.get(column, row.place)
        found.append(Problem("case-differs", place, f"案例 '{case.name}' {said}", _why(case, row)))
    return found


def _as_expected(expected: Expected, result: RowResult) -> bool:
    """A rule that carries its policy's code behind its name is also meant by the name alone."""
    plain = {name.partition("（")[0] for name in result.names}
    named = not expected.names or expected.names in (result.names, plain)
    return expected.outcome == result.outcome and (named if expected.outcome != "granted" else True)


def _part_differs(expected: Expected, result: RowResult) -> tuple[str, str] | None:
    """The column that differs, and how."""
    if expected.amount_fen is not None and expected.amount_fen != result.amount_fen:
        actual = "没有金额" if result.amount_fen is None else yuan(result.amount_fen)
        return "金额", f"金额应为 {yuan(expected.amount_fen)}, 实为 {actual}"
    if expected.titles is not None and set(expected.titles) != set(result.titles):
        return "荣誉", f"荣誉应为 {'、'.join(expected.titles)}, 实为 {'、'.join(result.titles) or '没有'}"
    due = dict(result.stages)
    for name, fen in expected.stages:
        if result.stages and due.get(name) != fen:
            return name, f"{name} 应为 {_due(fen)}, 实为 {_due(due.get(name))}"
    return None


def _due(fen: int | None) -> str:
    return "还没有到期" if fen is None else yuan(fen)


def _said(expected: Expected) -> str:
    word = WORDS[expected.outcome] if expected.outcome else ""
    return f"{word}: {'、'.join(sorted(expected.names))}" if expected.names else word


def _came_out(result: RowResult) -> str:
    word = WORDS[result.outcome] if result.outcome else "没有结果"
    return f"{word}: {'、'.join(sorted(result.names))}" if result.names else word


def _why(case: Case, row: CaseRow) -> str:
    """The reasons the interpreter gives, for whoever mends the case or the rule: what failed or is not known, what holds
    though the case says that it fails, and what the amount comes from."""
    if case.policy is None:
        return ""
    told = explain(case.rulebook, case.policy, case.world, row.decision_date, row.subject, row.period)
    if told.outcome == "not_considered":
        return "; ".join(told.doubts)
    reasons = [f"{c.name}: {_some(c.why)}" for c in told.conditions if c.answer != "是" and c.why]
    env = environment(case.rulebook, case.policy, case.world, row.decision_date, row.subject, row.period)
    held = [
        f"{condition.name} 成立: {because(condition.expr, env)}"
        for condition, answer in zip(case.policy.conditions, told.conditions, strict=True)
        if answer.answer == "是" and condition.name in row.expected.names
    ]
    bits = [name.partition("（")[0] for name in case.rulebook.bits_of(case.policy)]
    strange = [
        f"没有叫 '{name}' 的条件或上限,{perhaps(name, bits) or '要写规则里的名称'}"
        for name in sorted(row.expected.names)
        if name.partition("（")[0] not in bits
    ]
    found = [*strange, *told.doubts, *reasons, *held]
    return "; ".join(found or _derived(told.amount))


def _derived(amount: ExplainedAmount | None) -> list[str]:
    """What an amount comes from; of one row of a table, the row says it all."""
    if amount is None:
        return []
    return list(amount.steps) if len(amount.steps) == 1 else [amount.text, *amount.steps[:SHOWN]]


def _some(why: Sequence[str]) -> str:
    return "; ".join(why[:SHOWN]) + (f" 等 {len(why)} 处" if len(why) > SHOWN else "")


def _value_differs(case: Case, checks: t.Policy, row: CaseRow, column: str) -> Problem:
    """应为 N: what it is instead."""
    env = environment(case.rulebook, checks, case.world, row.decision_date, row.subject, row.period)
    words = case.world.vocabulary
    place = row.expected.places.get(column, row.place)
    match next(condition.expr for condition in checks.conditions if condition.name == column):
        case t.If(t.Known(wanted), t.Compare(_, actual, _), _):
            said, is_ = (say(evaluate(side, env), side.type, words) for side in (wanted, actual))
            return Problem("case-differs", place, f"案例 '{case.name}' {column} {said}, 实为 {is_}")
    return Problem("case-differs", place, f"案例 '{case.name}' {column} 不成立")


def _disagreement(case: Case, row: CaseRow, one: RowResult, other: RowResult) -> Problem:
    message = f"案例 '{case.name}' 解释器得 {_came_out(one)}, 引擎得 {_came_out(other)}"
    return Problem("case-disagreement", row.place, message, "这是程序的错误, 请报告")
