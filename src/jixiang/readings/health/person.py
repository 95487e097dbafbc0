"""A counter-example as a person: from the solver's model to a 案例 block, and what the interpreter says of it.

A column is given for each fact that the document reads of the 对象; where it reads rows or histories, its 定义 or 条件 is
set, as officials do in their own cases. What the block says is then what came out when the interpreter ran it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import z3

from jixiang.language import typed as t
from jixiang.language.check.cells import parse_cell
from jixiang.language.city import City
from jixiang.language.parts import CasePart, Document, Grid, Text
from jixiang.language.typed import Expr, Policy
from jixiang.language.types import Type
from jixiang.language.vocabulary import Vocabulary
from jixiang.language.width import display_width, padded
from jixiang.readings.cases.case import WORDS, Case, RowResult
from jixiang.readings.cases.given import path_of
from jixiang.readings.cases.prepare import prepare
from jixiang.readings.cases.run import run_interpreted
from jixiang.readings.decide import NegativeAmount, is_service
from jixiang.readings.health.claim import Claim
from jixiang.readings.health.finding import Example
from jixiang.readings.health.rows import parts
from jixiang.readings.health.space import Space
from jixiang.readings.health.term import FOREVER_MONTH, Day, Truth, Worth, Z
from jixiang.readings.tree import children
from jixiang.readings.wording import yuan
from jixiang.values.month import Month
from jixiang.values.problem import Place, Problem

STEMS = "甲乙丙丁戊己庚辛壬癸"


class NotWritten(Exception):
    """A value that no cell of a document can say."""


@dataclass
class Columns:
    """What a case must give: column → the expression that it is worth."""

    policy: Policy
    found: dict[str, Expr] = field(default_factory=dict)

    @classmethod
    def of(cls, policy: Policy) -> Columns:
        columns = cls(policy)
        for part in parts(policy.where) if policy.where is not None else ():
            columns._take(part)
        if not columns._take(policy.effective_date):
            columns.found["适用日"] = policy.effective_date
        for condition in policy.conditions:
            if not columns._take(condition.expr):
                columns.found[condition.name] = condition.expr
        for expr in (policy.amount, policy.beneficiary, policy.payee):
            columns._take(expr, partly=True)
        for test, _ in policy.transitions:
            columns._take(test, partly=True)
        return columns

    def _take(self, expr: Expr, *, partly: bool = False) -> bool:
        """The columns of an expression, if they say all of it."""
        wanted: dict[str, Expr] = {}
        whole = self._cover(expr, wanted)
        if whole or partly:
            self.found.update(wanted)
        return whole

    def _cover(self, expr: Expr, wanted: dict[str, Expr]) -> bool:
        match expr:
            case t.Get(of, attribute) | t.GetOn(of, attribute):
                path = path_of(expr)
                if isinstance(expr, t.GetOn) and expr.on != t.EffectiveDate():
                    return False
                if path:
                    self._on_the_way(of, wanted)
                    wanted[".".join(path)] = expr
                    return True
                if isinstance(of, t.TheOne):
                    wanted[f"{of.type.of}.{attribute}"] = expr
                    return True
                return False
            case t.Aggregate() | t.Share():
                return False
            case t.Named(name, inner):
                inside: dict[str, Expr] = {}
                if self._cover(inner, inside):
                    wanted.update(inside)
                    return True
                if all(definition.name != name for definition in self.policy.definitions):
                    return False
                wanted[name] = expr
                return True
            case _:
                found = [self._cover(child, wanted) for child in children(expr)]
                return all(found)

    def _on_the_way(self, of: Expr, wanted: dict[str, Expr]) -> None:
        while isinstance(of, t.Get | t.GetOn):
            path = path_of(of)
            if path:
                wanted.setdefault(".".join(path), of)
            of = of.of


@dataclass
class Writer:
    """Spells what the solver found."""

    space: Space
    model: Any
    names: dict[tuple[str, int], str] = field(default_factory=dict)

    def integer(self, value: Z) -> int:
        return int(self.model.eval(value, model_completion=True).as_long())

    def fraction(self, value: Z) -> Fraction:
        found = self.model.eval(value, model_completion=True)
        if z3.is_int_value(found):
            return Fraction(found.as_long())
        if not z3.is_rational_value(found):
            raise NotWritten
        return Fraction(found.numerator_as_long(), found.denominator_as_long())

    def holds(self, value: Z) -> bool:
        return bool(z3.is_true(self.model.eval(value, model_completion=True)))

    def cell(self, found: Worth | Truth, of: Type) -> str:
        if isinstance(found, Truth):
            return "是" if self.holds(found.t) else "否" if self.holds(found.f) else ""
        if not self.holds(found.known):
            return ""
        if isinstance(found.value, Day):
            return self.day(found.value)
        return self._said(self.fraction(found.value), of)

    def day(self, day: Day) -> str:
        month, number = self.integer(day.month), self.integer(day.day)
        return "" if month == FOREVER_MONTH else f"{Month(month)}-{number:02d}"

    def row(self, entity: str, row: Z) -> str:
        return self._named(entity, self.integer(row))

    def _named(self, entity: str, key: int) -> str:
        taken = sum(one == entity for one, _ in self.names)
        return self.names.setdefault((entity, key), f"{entity}{STEMS[taken % 10]}{taken // 10 or ''}")

    def _said(self, number: Fraction, of: Type) -> str:
        match of.kind:
            case "month":
                return str(Month(int(number)))
            case "year":
                return f"{int(number)} 年度"
            case "code":
                return self.space.vocabulary.codes[of.of].codes[int(number)].name
            case "ref":
                return self._named(of.of, int(number))
            case "text" | "titles":
                known = {place: text for text, place in self.space.texts.items()}
                return known.get(int(number), f"其他{abs(int(number))}")
            case "money":
                return f"{_decimal(number / 100)}元"
            case "months":
                return f"{_decimal(number)} 个月"
            case "days":
                return f"{_decimal(number)} 天"
            case _:
                return f"{_decimal(number)} {of.unit}".strip()


def _decimal(number: Fraction) -> str:
    """Only what digits can say in full."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1 or abs(number) > 10**15:
        raise NotWritten
    return f"{Decimal(number.numerator) / Decimal(number.denominator):f}"


@dataclass(frozen=True)
class Shown:
    """One row of a block: its name, what each column says, what came out."""

    name: str
    cells: Mapping[str, str]
    result: RowResult


@dataclass(frozen=True)
class Tried:
    """A block as the interpreter saw it."""

    policy: Policy
    label: str
    rows: tuple[Shown, ...]

    def value(self, row: int, name: str, vocabulary: Vocabulary) -> t.Value:
        """What a column says of a row; None where it says nothing."""
        wanted = Columns.of(self.policy).found.get(name)
        if wanted is None:
            return None
        found = parse_cell(Text(self.rows[row].cells.get(name, ""), Place("", 1)), wanted.type, vocabulary)
        return None if isinstance(found, Problem) else found

    @property
    def example(self) -> Example:
        return Example(self.label, block(self.policy, self.rows))


def write_row(claim: Claim, model: Any, writer: Writer | None = None) -> dict[str, str]:
    """The columns of one claim. Raises NotWritten."""
    writer = writer or Writer(claim.space, model)
    cells = {"决定日": writer.day(claim.today or claim.space.today)}
    if claim.policy.each:
        index = writer.integer(claim.period)
        cells["当期"] = str(Month(index)) if claim.policy.each == "month" else f"{index} 年度"
    cells[claim.policy.entity] = writer.row(claim.policy.entity, claim.subject)
    wanted = Columns.of(claim.policy).found
    for name in sorted(wanted, key=lambda name: wanted[name].type.kind != "ref"):
        cells[name] = writer.cell(claim.reader.read(wanted[name]), wanted[name].type)
    return cells


@dataclass
class Desk:
    """Runs blocks by the interpreter, in the place of a document's own."""

    city: City

    def label(self, policy: Policy) -> str:
        return self.city.scopes[policy.file].front.label

    def document(self, policy: Policy) -> Document:
        return next(document for document in self.city.documents if document.file == policy.file)

    def run(self, policy: Policy, rows: Sequence[tuple[str, Mapping[str, str]]]) -> Tried | None:
        """What the interpreter says of these rows, each a case of its own; None where a cell cannot be read."""
        cases = self.cases(policy, [{"案例": name, **cells} for name, cells in rows])
        if cases is None or len(cases) != len(rows):
            return None
        try:
            results = run_interpreted(cases)
        except NegativeAmount:
            return None
        shown = [Shown(n, c, found[0]) for (n, c), found in zip(rows, results, strict=True)]
        return Tried(policy, self.label(policy), tuple(shown))

    def cases(self, policy: Policy, lines: Sequence[Mapping[str, str]]) -> tuple[Case, ...] | None:
        header = list(dict.fromkeys(name for line in lines for name in line))
        place = Place(policy.file, 1)
        grid = Grid(
            tuple(Text(name, place) for name in header),
            tuple(
                tuple(Text(line.get(name, ""), replace(place, line=n)) for name in header)
                for n, line in enumerate(lines, 2)
            ),
            place,
        )
        document = replace(self.document(policy), cases=(CasePart(grid, ""),), facts=())
        prepared = prepare(self.city, document)  # type: ignore[arg-type]
        wrong = any(problem.severity == "error" for problem in prepared.problems)
        return None if wrong or prepared.unread else prepared.cases


def block(policy: Policy, rows: Iterable[Shown]) -> str:
    """A 案例 fence that says what came out."""
    pays = not is_service(policy)
    last = "荣誉" if policy.honour else "金额"
    lines = []
    for row in rows:
        what = "、".join(row.result.titles)
        if not policy.honour:
            what = "" if row.result.amount_fen is None or row.result.outcome != "granted" else _money(row.result)
        lines.append({"案例": row.name, **row.cells, "结果": _outcome(row.result), **({last: what} if pays else {})})
    header = list(dict.fromkeys(name for line in lines for name in line))
    return fence("案例", header, [[line.get(name, "") for name in header] for line in lines])


def fence(kind: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in a fence, its columns straight."""
    wide = [max(display_width(row[n]) for row in (header, *rows)) for n in range(len(header))]
    lines = [_line([padded(cell, wide[n]) for n, cell in enumerate(row)]) for row in (header, *rows)]
    ruler = "|" + "|".join("-" * (size + 2) for size in wide) + "|"
    return "\n".join([f"```{kind}", lines[0], ruler, *lines[1:], "```"])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _money(result: RowResult) -> str:
    return yuan(result.amount_fen or 0).replace(",", "").replace(" ", "")


def _outcome(result: RowResult) -> str:
    if result.outcome is None:
        return ""
    names = "、".join(sorted(result.names))
    return WORDS[result.outcome] + (f": {names}" if names else "")
