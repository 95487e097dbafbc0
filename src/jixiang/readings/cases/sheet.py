"""A 案例 block with the 事实 blocks that belong to it, every cell read; and the problems found on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from jixiang.language.check.cells import parse_cell, read_constant
from jixiang.language.nearness import perhaps
from jixiang.language.parts import CasePart, Document, FactPart, Text
from jixiang.language.source import fold
from jixiang.language.typed import Value
from jixiang.language.types import DATE, Type, ref
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.cases.case import OUTCOMES, Elsewhere, Expected
from jixiang.readings.cases.columns import Column, Subject, read_column
from jixiang.values.month import Month
from jixiang.values.problem import Place, Problem

SPAN = ("自", "至")
GRANTED = re.compile(r"[、,，]?\s*《([^》]+)》([^《、,，]*)")  # a policy, and what it granted


@dataclass(frozen=True)
class Line:
    """One row of a 案例 block: the value of each column by its name; what must come out; what stands before."""

    case: str
    values: dict[str, Value]
    expected: Expected
    place: Place
    held: int = 0
    held_fen: int = 0
    elsewhere: tuple[Elsewhere, ...] = ()


@dataclass(frozen=True)
class FactLine:
    """One row of a 事实 block. `case` empty: of all cases. `values` by attribute; `name`: the row's own name, where the
    block has a column for it; `since`, `until`: of attributes that change with time."""

    case: str
    entity: str
    values: dict[str, Value]
    name: str
    span: tuple[Value, Value] | None
    place: Place


@dataclass
class Sheet:
    """`columns` by heading; `lines` and `facts` in the order written."""

    subject: Subject
    vocabulary: Vocabulary
    problems: list[Problem] = field(default_factory=list)
    columns: dict[str, Column] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    facts: list[FactLine] = field(default_factory=list)

    @property
    def cases(self) -> dict[str, list[Line]]:
        """The lines of each case, in the order of their first line."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.case, []).append(line)
        return found

    def of_kind(self, kind: str) -> Iterator[Column]:
        return (column for column in self.columns.values() if column.kind == kind)

    def wrong(self, code: str, place: Place, message: str, suggestion: str = "") -> None:
        self.problems.append(Problem(code, place, message, suggestion))

    def value(self, cell: Text, of: Type) -> Value:
        """What a cell says; None where it is empty or wrong. A whole number as an int, as facts are."""
        found = parse_cell(cell, of, self.vocabulary)
        if isinstance(found, Problem):
            self.problems.append(found)
            return None
        return int(found) if isinstance(found, Fraction) and found.denominator == 1 else found


def read_sheets(document: Document, subject_of: dict[int, Subject], vocabulary: Vocabulary) -> list[Sheet]:
    """The 案例 blocks of a document, each with the facts that speak of its cases. `subject_of`: by number of the block."""
    sheets = [_read_cases(part, subject_of[n], vocabulary) for n, part in enumerate(document.cases)]
    every = {line.case for sheet in sheets for line in sheet.lines}
    for part in document.facts:
        facts = _Facts(part, every, vocabulary)
        for sheet in sheets:
            names = {line.case for line in sheet.lines}
            sheet.facts += [line for line in facts.lines if line.case in names or not line.case]
        if sheets:
            sheets[0].problems += facts.sheet.problems
    return sheets


# 案例 ------------------------------------------------------------------------------------------------------------


def _read_cases(part: CasePart, subject: Subject, vocabulary: Vocabulary) -> Sheet:
    sheet = Sheet(subject, vocabulary)
    order: list[Column | None] = []
    for heading in part.grid.header:
        column = read_column(heading, subject, vocabulary)
        if isinstance(column, Problem):
            sheet.problems.append(column)
            order.append(None)
        elif _key(column) in sheet.columns:
            sheet.wrong("case-column", heading.place, f"'{heading.text}' 有两列", "删去其中一列")
            order.append(None)
        else:
            sheet.columns[_key(column)] = column
            order.append(column)
    if "案例" not in sheet.columns:
        sheet.wrong("case-column", part.grid.place, "案例的表格没有 '案例' 一列", "第一列写 案例,给每个案例一个名字")
        return sheet
    for row in part.grid.rows:
        sheet.lines.append(_read_line(sheet, order, row))
    return sheet


def _key(column: Column) -> str:
    return f"应为 {column.name}" if column.kind == "check" else column.name


def _read_line(sheet: Sheet, order: list[Column | None], row: tuple[Text, ...]) -> Line:
    cells = {_key(column): cell for column, cell in zip(order, row, strict=False) if column is not None}
    said = {"案例", "结果", "金额", "荣誉", "已享受", "别处已享受"}
    values = {
        name: sheet.value(cell, sheet.columns[name].type)
        for name, cell in cells.items()
        if name not in said and sheet.columns[name].kind != "stage"
    }
    held, held_fen = _held(sheet, cells.get("已享受"))
    elsewhere = _elsewhere(sheet, cells.get("别处已享受"))
    place = cells["案例"].place
    return Line(cells["案例"].text.strip(), values, _expected(sheet, cells), place, held, held_fen, elsewhere)


def _held(sheet: Sheet, cell: Text | None) -> tuple[int, int]:
    """已享受: a number of grants or months, or an amount of money."""
    if cell is None or not cell.text.strip():
        return 0, 0
    found = read_constant(cell)
    if (
        found is None
        or not isinstance(found.value, int | Fraction)
        or found.type.kind not in ("money", "number", "months")
    ):
        sheet.wrong("case-cell", cell.place, "已享受 要写次数、月数或金额", "如 5、6 个月 或 300元")
        return 0, 0
    return (0, int(found.value)) if found.type.kind == "money" else (int(found.value), 0)


def _elsewhere(sheet: Sheet, cell: Text | None) -> tuple[Elsewhere, ...]:
    """别处已享受: policies by their names, each with the amount that it granted where that matters."""
    if cell is None or not cell.text.strip():
        return ()
    found = []
    for name, rest in GRANTED.findall(cell.text):
        granted = read_constant(Text(rest.strip(), cell.place)) if rest.strip() else None
        fen = granted.value if granted is not None and granted.type.kind == "money" else None
        if rest.strip() and not isinstance(fen, int | Fraction):
            break
        found.append(Elsewhere(name, int(fen) if isinstance(fen, int | Fraction) else 0, cell.place))
    else:
        if found and not GRANTED.sub("", cell.text).strip():
            return tuple(found)
    sheet.wrong("case-cell", cell.place, "别处已享受 要写政策的名称,可以带金额", "如 《甲》 或 《甲》 300元、《乙》")
    return ()


def _expected(sheet: Sheet, cells: dict[str, Text]) -> Expected:
    word, names = "", frozenset[str]()
    if "结果" in cells and cells["结果"].text.strip():
        head, _, rest = fold(cells["结果"].text).partition(":")
        word = head.strip()
        names = frozenset(name.strip() for name in rest.replace(",", "、").split("、") if name.strip())
        if word not in OUTCOMES:
            sheet.wrong(
                "case-cell", cells["结果"].place, f"没有 '{word}' 这种结果", perhaps(word, OUTCOMES) or _outcomes()
            )
    amount = sheet.value(cells["金额"], sheet.columns["金额"].type) if "金额" in cells else None
    titles = sheet.value(cells["荣誉"], sheet.columns["荣誉"].type) if "荣誉" in cells else None
    stages = [(c.name, sheet.value(cells[c.name], c.type)) for c in sheet.of_kind("stage") if c.name in cells]
    return Expected(
        OUTCOMES.get(word),
        names,
        int(amount) if isinstance(amount, int | Fraction) else None,
        titles if isinstance(titles, tuple) else None,
        tuple((name, int(fen) if isinstance(fen, int | Fraction) else None) for name, fen in stages),
        {name: cell.place for name, cell in cells.items()},
    )


def _outcomes() -> str:
    return f"写 {'、'.join(OUTCOMES)} 之一"


# 事实 ------------------------------------------------------------------------------------------------------------


class _Facts:
    """A 事实 block, read. `事实 单位 参保人数` says the history of one attribute."""

    def __init__(self, part: FactPart, cases: set[str], vocabulary: Vocabulary) -> None:
        self.sheet = Sheet(Subject("", {}, frozenset(), frozenset()), vocabulary)
        self.cases = cases
        self.lines: list[FactLine] = []
        self.entity = fold(part.entity.text).split()[0]
        if self.entity not in vocabulary.entities:
            way = perhaps(self.entity, vocabulary.entities)
            self.sheet.wrong("unknown-name", part.entity.place, f"没有名为 '{self.entity}' 的事实", way)
            return
        headings = [self._heading(text) for text in part.grid.header]
        for row in part.grid.rows:
            cells = {name: cell for name, cell in zip(headings, row, strict=False) if name}
            self.lines += self._lines(cells, row[0].place)

    def _heading(self, text: Text) -> str:
        name, known = fold(text.text).strip(), self.sheet.vocabulary.entities[self.entity].attributes
        if name not in known and name not in ("案例", self.entity, *SPAN):
            message = f"'{self.entity}' 没有名为 '{name}' 的属性"
            way = perhaps(name, known) or f"可以写 {'、'.join(known)}"
            self.sheet.wrong("case-column", text.place, message, way)
            return ""
        return name

    def _lines(self, cells: dict[str, Text], place: Place) -> Iterator[FactLine]:
        case = cells["案例"].text.strip() if "案例" in cells else ""
        if case and case not in self.cases:
            way = perhaps(case, self.cases)
            self.sheet.wrong("case-cell", cells["案例"].place, f"没有名为 '{case}' 的案例", way)
            return
        own, known = cells.get(self.entity), self.sheet.vocabulary.entities[self.entity].attributes
        name = str(self.sheet.value(own, ref(self.entity)) or "") if own and self.entity not in known else ""
        span = None
        if any(word in cells for word in SPAN):
            since, until = (self.sheet.value(cells[word], DATE) if word in cells else None for word in SPAN)
            span = (since, until)
        columns = {n: cell for n, cell in cells.items() if n in known and n not in SPAN}
        for values in self._values(columns):
            yield FactLine(case, self.entity, values, name, span, place)

    def _values(self, cells: dict[str, Text]) -> Iterator[dict[str, Value]]:
        """The values of a row; `2025-01 至 2025-06` in a month column is one row each."""
        known = self.sheet.vocabulary.entities[self.entity].attributes
        many = next((n for n, c in cells.items() if known[n].type.kind == "month" and "至" in c.text), None)
        if many is None:
            yield {name: self.sheet.value(cell, known[name].type) for name, cell in cells.items()}
            return
        for month in self._months(cells[many]):
            single = {**cells, many: Text(str(month), cells[many].place)}
            yield {name: self.sheet.value(cell, known[name].type) for name, cell in single.items()}

    def _months(self, cell: Text) -> list[Month]:
        ends = [read_constant(Text(end.strip(), cell.place)) for end in cell.text.split("至")]
        months = [end.value for end in ends if end is not None and isinstance(end.value, Month)]
        if len(months) != 2 or months[1] < months[0]:
            self.sheet.wrong("case-cell", cell.place, f"'{cell.text}' 不是起止两个月份", "写成 2025-01 至 2025-06")
            return []
        return [Month(index) for index in range(months[0].index, months[1].index + 1)]
