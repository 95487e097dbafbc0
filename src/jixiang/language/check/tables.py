"""表:名称 按 甲、乙 as a typed table: the types of its columns, its cells, and that no two rows speak at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from jixiang.language import typed
from jixiang.language.check import kinds
from jixiang.language.check.cells import parse_cell, read_constant, read_meant
from jixiang.language.check.core import Desk
from jixiang.language.check.front import read_day
from jixiang.language.check.key_cells import bounds_of, clashing, pieces
from jixiang.language.check.literals import code_in
from jixiang.language.literals import meant
from jixiang.language.nearness import perhaps
from jixiang.language.parts import TablePart, Text
from jixiang.language.source import fold
from jixiang.language.types import NUMBER, TEXT, TITLES, Type, code
from jixiang.values.problem import Place, Problem, Severity

SINCE, UNTIL, OTHERS = "自", "至", "其他"


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, its place among the cells, and its cells that are not empty."""

    heading: Text
    position: int
    cells: tuple[Text, ...]

    @property
    def name(self) -> str:
        return self.heading.text.strip()


def read_table(part: TablePart, document: str, desk: Desk) -> typed.Table | None:
    """The table, without the rows that are wrong; None where its headings are."""
    headings = [heading.text.strip() for heading in part.grid.header]
    if "" in headings or len(set(headings)) < len(headings):
        return None
    missing = [key for key in part.keys or () if key.text.strip() not in headings]
    for key in missing:
        message = f"表 '{part.name.text.strip()}' 没有名为 '{key.text.strip()}' 的列"
        others = [heading for heading in headings if heading not in (SINCE, UNTIL)]
        way = perhaps(key.text.strip(), headings) or f"这张表的列是 {'、'.join(others)}"
        desk.note("table-column", key.place, message, way)
    return None if missing else _TableReader(part, document, desk).read()


def _day_meant(written: str) -> str:
    """2021/6/30 and 44377 (the day's number in a spreadsheet) as 2021-06-30; "" where it cannot be told."""
    if written.isdecimal() and len(written) == 5:
        return str(date(1899, 12, 30) + timedelta(days=int(written)))
    spelled = meant(written)
    return spelled if read_day(spelled) else ""


def _alike(count: Counter[Type], type_: Type) -> int:
    """How many cells are of the type, or go with it: most cells decide what a column is."""
    return sum(n for other, n in count.items() if kinds.agree(other, type_))


class _TableReader:
    def __init__(self, part: TablePart, document: str, desk: Desk) -> None:
        self.part = part
        self.document = document
        self.desk = desk
        self.name = part.name.text.strip()

    def read(self) -> typed.Table:
        columns = self._columns()
        named = None if self.part.keys is None else [key.text.strip() for key in self.part.keys]
        self._check_headings(columns, named)
        plain = {name: column for name, column in columns.items() if name not in (SINCE, UNTIL)}
        keys = [c for name, c in plain.items() if named is None or name in named]
        if named is not None:
            keys.sort(key=lambda column: named.index(column.name))
        values = [c for name, c in plain.items() if named is not None and name not in named]
        key_types = [(column, self._key_type(column)) for column in keys]
        value_types = [(column, self._value_type(column)) for column in values]
        rows = [
            (row, texts)
            for texts in self.part.grid.rows
            if (row := self._row(texts, columns, key_types, value_types)) is not None
        ]
        for column, type_ in value_types:
            if type_ == NUMBER:
                self._check_rates(column)
        self._check_overlaps(rows)
        return typed.Table(
            self.name,
            self.document,
            tuple((column.name, type_) for column, type_ in key_types),
            tuple((column.name, type_) for column, type_ in value_types),
            tuple(row for row, _ in rows),
            self.part.name.place,
        )

    def _check_rates(self, column: Column) -> None:
        """60 beside 30 % is sixty times the whole."""
        signed = [cell for cell in column.cells if fold(cell.text).rstrip().endswith("%")]
        for cell in column.cells if signed or kinds.is_rate(column.name) else ():
            found = read_constant(cell)
            if cell not in signed and found and isinstance(found.value, Fraction) and found.value > 1:
                message = f"这一格没有写 %,{found.value} 是 {found.value} 倍"
                severity: Severity = "error" if signed else "warning"
                self.desk.note("bare-rate", cell.place, message, f"是百分数就写 {found.value} %", severity)

    def _note(self, code_: str, place: Place, message: str, way: str = "") -> None:
        self.desk.note(code_, place, message, way)

    def _columns(self) -> dict[str, Column]:
        found: dict[str, Column] = {}
        for position, heading in enumerate(self.part.grid.header):
            cells = tuple(row[position] for row in self.part.grid.rows if row[position].text.strip())
            found[heading.text.strip()] = Column(heading, position, cells)
        return found

    def _check_headings(self, columns: dict[str, Column], named: list[str] | None) -> None:
        if named is not None and not [name for name in columns if name not in (*named, SINCE, UNTIL)]:
            way = "加一列值,或去掉 '按 …' 作为名单"
            self._note("table-column", self.part.name.place, f"表 '{self.name}' 没有值列", way)
        if not self.part.grid.rows:
            self._note("table-row", self.part.name.place, f"表 '{self.name}' 没有一行", "至少写一行")

    # Types of columns

    def _key_type(self, column: Column) -> Type:
        vocabulary = self.desk.vocabulary
        types = {
            attribute.type
            for entity in vocabulary.entities.values()
            for attribute in entity.attributes.values()
            if attribute.name == column.name
        }
        if not types and column.name in vocabulary.codes:
            return code(column.name)
        if len({(type_.kind, type_.of) for type_ in types}) > 1:
            said = " 和 ".join(sorted(kinds.spoken(type_) for type_ in types))
            fit = [type_ for type_ in sorted(types, key=kinds.spoken) if self._fits(column, type_)]
            if len(fit) == 1:
                return fit[0]
            message = f"词汇里 '{column.name}' 有几种意思: {said}"
            self._note("ambiguous-name", column.heading.place, message, "用编码的名称作列名")
        if types:
            type_ = min(types, key=kinds.spoken)
            return type_ if len({t.unit for t in types}) == 1 else Type(type_.kind, of=type_.of)
        return self._type_of_cells(column)

    def _fits(self, column: Column, type_: Type) -> bool:
        found = [self._cell(cell, type_, quiet=True) for cell in column.cells]
        return None not in found

    def _value_type(self, column: Column) -> Type:
        if column.name == "荣誉":
            return TITLES
        type_ = self._type_of_cells(column)
        if type_ != TEXT:
            return type_
        types = {
            attribute.type
            for entity in self.desk.vocabulary.entities.values()
            for attribute in entity.attributes.values()
            if attribute.name == column.name and attribute.type.kind == "code"
        }
        if len(types) == 1 and self._fits(column, min(types, key=kinds.spoken)):
            return types.pop()
        return TITLES if any("、" in cell.text for cell in column.cells) else TEXT

    def _type_of_cells(self, column: Column) -> Type:
        """Text, unless the cells say by themselves what they are: most of them do, or all are some spelling of it."""
        texts = [Text(p, cell.place) for cell in column.cells for p in pieces(cell.text) if p != OTHERS]
        constants = [found for text in texts if (found := read_constant(text)) is not None]
        if 2 * len(constants) < len(texts) or not constants:
            guessed = [found for text in texts if (found := read_meant(text)) is not None]
            constants = guessed if len(guessed) == len(texts) else []
        if not constants:
            return TEXT
        count = Counter(constant.type for constant in constants)
        return min(count, key=lambda type_: (-_alike(count, type_), type_.unit == "", type_.kind, type_.unit))

    # Rows

    def _row(
        self,
        texts: tuple[Text, ...],
        columns: dict[str, Column],
        keys: list[tuple[Column, Type]],
        values: list[tuple[Column, Type]],
    ) -> typed.TableRow | None:
        since, until = self._day(texts, columns, SINCE), self._day(texts, columns, UNTIL)
        if isinstance(since, Problem) or isinstance(until, Problem):
            return None
        if since is not None and until is not None and until < since:
            place = texts[columns[UNTIL].position].place
            self._note("table-row", place, f"这一行的 至({until})早于 自({since})", "改正其中一个日期")
            return None
        cells = [self._cell(texts[column.position], type_) for column, type_ in keys]
        found = [parse_cell(texts[column.position], type_, self.desk.vocabulary) for column, type_ in values]
        problems = [value for value in found if isinstance(value, Problem)]
        self.desk.problems.extend(problem for problem in problems if problem not in self.desk.problems)
        good = tuple(cell for cell in cells if cell is not None)
        if problems or len(good) < len(cells):
            return None
        return typed.TableRow(since, until, good, tuple(v for v in found if not isinstance(v, Problem)))

    def _day(self, texts: tuple[Text, ...], columns: dict[str, Column], name: str) -> date | None | Problem:
        if name not in columns:
            return None
        text = texts[columns[name].position]
        if not text.text.strip():
            return None
        day = read_day(text.text)
        if day is not None:
            return day
        written = text.text.strip()
        way = f"写成 {_day_meant(written) or '2021-01-01'}"
        problem = Problem("bad-cell", text.place, f"{name} 列应当是日期,写的是 '{written}'", way)
        self.desk.problems.append(problem)
        return problem

    def _cell(self, text: Text, type_: Type, quiet: bool = False) -> typed.Cell | None:
        """A key cell: a value, several, a range, or 其他."""
        desk = Desk(self.desk.vocabulary) if quiet else self.desk
        content = text.text.strip()
        if content == OTHERS:
            return typed.Otherwise()
        if not content:
            desk.note("bad-cell", text.place, "键列的格子不能空着", "写一个值;其余各种情形写 '其他'")
            return None
        if type_.kind == "code" and (stored := code_in(desk.vocabulary.codes[type_.of], content)) is not None:
            return typed.OneOf((stored,))  # a name may hold 、 or end with 以上
        bounds = bounds_of(content)
        if bounds is None and any(not piece.strip() for piece in content.split("、")):
            desk.note("bad-cell", text.place, f"'{content}' 里有一个 '、' 前后少了一个值", "写成 '甲、乙'")
            return None
        if bounds is None:
            values = [parse_cell(Text(p, text.place), type_, desk.vocabulary) for p in content.split("、")]
            good = tuple(value for value in values if not isinstance(value, Problem))
            desk.problems.extend(value for value in values if isinstance(value, Problem))
            return typed.OneOf(good) if len(good) == len(values) else None
        low, high = (self._bound(bound, text, type_, desk) for bound in bounds)
        if isinstance(low, Problem) or isinstance(high, Problem):
            return None
        return self._range(low, high, text, type_, desk)

    def _bound(self, bound: str, text: Text, type_: Type, desk: Desk) -> typed.Value | Problem:
        value = parse_cell(Text(bound, text.place), type_, desk.vocabulary)
        if isinstance(value, Problem):
            desk.problems.append(value)
        return value

    def _range(self, low: typed.Value, high: typed.Value, text: Text, type_: Type, desk: Desk) -> typed.Cell | None:
        if type_.kind == "code" and desk.vocabulary.codes[type_.of].ordered:
            rank = desk.vocabulary.codes[type_.of].rank
            first, last = rank.get(str(low), 0), rank.get(str(high), len(rank) - 1)
            inside = tuple(stored for stored, place in rank.items() if first <= place <= last)
            if inside:
                return typed.OneOf(inside)
        elif type_.ordered and (low is None or high is None or low <= high):  # type: ignore[operator]
            return typed.Between(low, high)
        message = f"'{text.text.strip()}' 不是从低到高的一段"
        desk.note("bad-cell", text.place, message, "前一个要不大于后一个,而且这一列要分得出高低")
        return None

    def _check_overlaps(self, rows: list[tuple[typed.TableRow, tuple[Text, ...]]]) -> None:
        has_values = any(row.values for row, _ in rows)
        by_since: dict[date | None, list[tuple[typed.TableRow, tuple[Text, ...]]]] = {}
        for row, texts in rows:
            by_since.setdefault(row.since, []).append((row, texts))
        for group in by_since.values():
            for position in clashing([row for row, _ in group], crossed=has_values):
                self._overlap(group[position][1])

    def _overlap(self, texts: tuple[Text, ...]) -> None:
        message = f"表 '{self.name}' 里这一行与上面的一行同时适用于同一情形"
        self._note("table-row", texts[0].place, message, "删去一行,或改正它的键、自")
