"""Rows with one planted fault each, made of good rows of the same file: the rows of the truth are left as they are.

Every planted row is one more row, so that leaving it out gives the truth back. Two kinds of note are on good rows: a number
written untidily, and one in its old form. Which text is wrong in which way says `wrong_cells`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from jixiang.imports.kinds import Cell, Column, Key, Kind, Person, Sum
from jixiang.imports.rows import ERROR, FORMULA, NUMBER
from jixiang.synthetic.extracts.planted import Weight
from jixiang.synthetic.extracts.spelling import Speller
from jixiang.synthetic.extracts.strangers import Strangers
from jixiang.synthetic.extracts.wrong_cells import CHANGES, CREDIT_CODE
from jixiang.values import credit_code

ROWS = (  # faults of a whole row, and of several
    "cell-required", "key-partial", "cell-error", "cell-formula", "number-cell", "row-ragged", "row-undecodable",
    "row-quotes", "row-hidden", "row-duplicate", "row-totals", "row-blank", "row-conflict", "person-two-names",
    "person-two-numbers",
)  # fmt: skip
CODES = (*CHANGES, *ROWS)
ON_GOOD_ROWS = ("number-tidied", "number-old")  # see `WRITTEN`
IGNORED = {"row-duplicate", "row-totals", "row-blank"}
TEXT_ONLY = {"row-ragged", "row-undecodable", "row-quotes", "row-control"}
WORKBOOK_ONLY = {"cell-error", "cell-formula", "number-cell", "row-hidden"}
BAD_BYTE = b"\xff"
NO_FIRM = 99_000_000  # credit codes from here on are nobody's
Row = Mapping[str, str]  # logical column → its text; ignored headings under themselves


@dataclass(frozen=True)
class Line:
    """One planted row. `late`: only after all good rows.

    `raw`: place of a cell → its bytes where they are no text; under −1 those of the whole line.
    """

    cells: Sequence[str]
    codes: tuple[str, ...]
    natures: Mapping[int, int] = field(default_factory=dict)
    raw: Mapping[int, bytes] = field(default_factory=dict)
    hidden: bool = False
    late: bool = False

    @property
    def weight(self) -> Weight:
        if IGNORED & {*self.codes}:
            return "ignored"
        return "note" if self.codes == ("person-two-numbers",) else "refused"


@dataclass(frozen=True)
class Spoiler:
    """For one file. `order`: logical columns, then ignored headings, as they stand in it. `natures`: cells that are no text.

    `sample`: good rows of the file.
    """

    kind: Kind
    speller: Speller
    order: Sequence[str]
    natures: Mapping[str, int]
    sample: Sequence[Row]
    strangers: Strangers

    def lines(self, code: str, n: int) -> list[Line]:
        """The n-th planting of a fault: one row or two; none where the file has no cell for it."""
        if code in (TEXT_ONLY if self.speller.workbook else WORKBOOK_ONLY):
            return []
        if code in CHANGES:
            return self._changed(code, n)
        makers: Mapping[str, Callable[[str, int], list[Line]]] = {
            "cell-required": self._emptied,
            "key-partial": self._partial,
            "cell-error": self._broken,
            "cell-formula": self._broken,
            "number-cell": self._number_cell,
            "row-conflict": self._conflict,
            "person-two-names": self._two_names,
            "person-two-numbers": self._two_numbers,
        }
        return makers.get(code, self._row)(code, n)

    # One cell ----------------------------------------------------------------------------------------------------

    def _changed(self, code: str, n: int) -> list[Line]:
        for column, row in self._cells(n):
            text = CHANGES[code](column, self.speller, row[column.name], n)
            if text is not None and self._writable(text):
                return [self._line({**row, column.name: text}, code, plain=column.name)]
        return []

    def _cells(self, n: int) -> Iterator[tuple[Column, Row]]:
        """Filled cells: another column and another row each time."""
        columns = [self.kind.columns[name] for name in self.order if name in self.kind.columns]
        for at in range(len(columns)):
            column = columns[(n + at) % len(columns)]
            row = self._row_with(column.name, n)
            if row is not None:
                yield column, row

    def _row_with(self, name: str, n: int) -> Row | None:
        size = len(self.sample)
        rows = (self.sample[(n * 7 + at) % size] for at in range(size))
        return next((row for row in rows if row[name] not in self.speller.layout.empty), None)

    def _emptied(self, code: str, n: int) -> list[Line]:
        joint = {name for names in self._joint() for name in names}
        columns = [c for c in self.kind.columns.values() if c.required and c.name in self.order and c.name not in joint]
        row = self.sample[n % len(self.sample)]
        return [self._line({**row, columns[n % len(columns)].name: ""}, code)] if columns else []

    def _partial(self, code: str, n: int) -> list[Line]:
        for names in self._joint():
            free = [name for name in names if name in self.order and not self.kind.columns[name].required]
            row = self._row_with(names[0], n)
            if free and row is not None:
                return [self._line({**row, free[n % len(free)]: ""}, code)]
        return []

    def _joint(self) -> list[tuple[str, ...]]:
        sources = (source for fact in self.kind.facts for source in fact.cells.values())
        return [source.columns for source in sources if isinstance(source, Key) and len(source.columns) > 1]

    def _broken(self, code: str, n: int) -> list[Line]:
        for column, row in self._cells(n):
            text, nature = {"cell-error": (("#N/A", "#REF!")[n % 2], ERROR), "cell-formula": ("A2*1", FORMULA)}[code]
            return [self._line({**row, column.name: text}, code, natures={column.name: nature})]
        return []

    def _number_cell(self, code: str, n: int) -> list[Line]:
        for column, row in self._cells(n):
            if column.role == "number":
                text = f"{row[column.name][0]}.{row[column.name][1:15]}E+17"
                return [self._line({**row, column.name: text}, code, natures={column.name: NUMBER})]
        return []

    # A whole row -------------------------------------------------------------------------------------------------

    def _row(self, code: str, n: int) -> list[Line]:
        line = self._line(self.sample[n * 5 % len(self.sample)], code)
        width = len(line.cells)
        match code:
            case "row-ragged":
                return [replace(line, cells=[*line.cells, "多"] if n % 2 or width < 2 else line.cells[:-1])]
            case "row-undecodable" | "row-quotes":
                at = next(at for at, text in enumerate(line.cells) if text)
                text = line.cells[at].encode(self.speller.layout.encoding)
                return [replace(line, raw={at: text + BAD_BYTE if code == "row-undecodable" else b'"' + text + b'"1'})]
            case "row-hidden":
                return [replace(line, hidden=True)]
            case "row-totals":
                return [replace(line, cells=[self.speller.layout.totals[0], *[""] * (width - 1)], natures={})]
            case "row-blank":
                return [replace(line, cells=[""] * width, natures={}, raw={} if n % 2 else {-1: b""})]
        return [replace(line, late=True)]

    # Several rows, and whose they are ----------------------------------------------------------------------------

    def _conflict(self, code: str, n: int) -> list[Line]:
        """Two rows under a key that no good row has, which differ in one cell beside the key."""
        row = self._rekeyed(self.sample[n * 3 % len(self.sample)], n)
        if row is None:
            return []
        free = [name for name in self._told() if name in self.order and row[name]]
        for name in free[n % len(free) :] + free[: n % len(free)] if free else []:
            other = next((r[name] for r in self.sample if r[name] and self._meaning(name, r, row)), None)
            if other is not None:
                return [self._line(row, code), self._line({**row, name: other}, code)]
        return []

    def _told(self) -> list[str]:
        """Columns that state something of the main fact and are no part of any key."""
        keys = {
            name
            for fact in self.kind.facts
            for part in (*fact.key, *(fact.cells[column] for column in fact.table.key if column in fact.cells))
            for name in _names(part)
        }
        main = [name for source in self.kind.main.cells.values() for name in _names(source)]
        used = [name for fact in self.kind.facts if not fact.main for s in fact.cells.values() for name in _names(s)]
        return [n for n in main if n not in keys and n not in used and self.kind.columns[n].role == "value"]

    def _meaning(self, name: str, one: Row, other: Row) -> bool:
        """Do the cells say different things, not one thing in two spellings?"""
        column = self.kind.columns[name]
        stored = [self._stored(column, row[name]) for row in (one, other)]
        return stored[0] != stored[1]

    def _stored(self, column: Column, text: str) -> str:
        layout = self.speller.layout
        if column.type.kind == "bool":
            return str(text in layout.true)
        if column.codes is not None:
            return layout.codes.get(column.name, {}).get(text, text)
        if column.type.kind == "date":
            return "".join(part.zfill(2) for part in re.findall("[0-9]+", text)) if text else ""
        return text

    def _rekeyed(self, row: Row, n: int) -> Row | None:
        number = self._own_number()
        if number and len(row[number]) == 18:
            return {**self._as_stranger(row, number), **self._named(number)}
        for part in self.kind.main.key:
            column = self.kind.columns.get(part.column) if isinstance(part, Cell) else None
            if column is None or column.name not in self.order or column.type.kind != "text":
                continue
            text = row[column.name]
            if column.attribute is not None and column.attribute.format == CREDIT_CODE:
                return {**row, column.name: credit_code.synthetic(NO_FIRM + n).text}
            if len(text) > 6 and text[-6:].isdigit():
                return {**row, column.name: f"{text[:-6]}9{99_990 - n:05d}"}
            return {**row, column.name: f"{text}之{n + 2}"}
        return None

    def _own_number(self) -> str:
        """The number that is part of the key, "" where rows are not told apart by persons."""
        named = (part.number for part in self.kind.main.key if isinstance(part, Person))
        return next((name for name in named if name in self.order), "")

    def _as_stranger(self, row: Row, number: str) -> dict[str, str]:
        """The same of somebody else, who has no account."""
        accounts = {c.name: "" for c in self.kind.columns.values() if c.role == "account" and c.name in self.order}
        return {**row, **accounts, number: self.strangers.number(row[number])}

    def _named(self, number: str) -> dict[str, str]:
        name = self._name_of(number)
        return {name: self.strangers.name()} if name else {}

    def _name_of(self, number: str) -> str:
        """The column with the name of whoever has that number."""
        sources = [s for fact in self.kind.facts for s in (*fact.cells.values(), *fact.key)]
        names = (s.name for s in sources if isinstance(s, Person) and s.number == number)
        return next((name for name in names if name and name in self.order), "")

    def _two_names(self, code: str, n: int) -> list[Line]:
        number = self._own_number() or next((c.name for c in self.kind.columns.values() if c.role == "number"), "")
        row = self._row_with(number, n) if number in self.order else None
        if row is None or not self._name_of(number):
            return []
        if self._is_register() and len(row[number]) == 18:  # it confirms names, so that neither of two in it stands
            stranger = self._as_stranger(row, number)
            return [replace(self._line({**stranger, **self._named(number)}, code), late=True) for _ in range(2)]
        return [replace(self._line({**row, **self._named(number)}, code), late=True)]

    def _two_numbers(self, code: str, n: int) -> list[Line]:
        number = self._own_number()
        row = self._row_with(number, n * 11 + 1) if number else None
        if row is None or len(row[number]) != 18 or not self._name_of(number) or not row[self._name_of(number)]:
            return []
        if self._is_register():  # both are new in it
            row = {**row, **self._named(number)}
        changed = [self._as_stranger(row, number) for _ in range(1 + self._is_register())]
        self.strangers.accepted.update(stranger[number] for stranger in changed)
        return [replace(self._line(stranger, code), late=True) for stranger in changed]

    def _is_register(self) -> bool:
        """Whether the rows are persons themselves."""
        return len(self.kind.main.key) == 1 and isinstance(self.kind.main.key[0], Person)

    # -------------------------------------------------------------------------------------------------------------

    def _line(self, row: Row, code: str, *, plain: str = "", natures: Mapping[str, int] | None = None) -> Line:
        """`plain`: a column whose cell is text here."""
        of_row = {**self.natures, **(natures or {})}
        of_row.pop(plain, None)
        places = {at: of_row[name] for at, name in enumerate(self.order) if name in of_row}
        return Line([row[name] for name in self.order], (code,), places)

    def _writable(self, text: str) -> bool:
        try:
            text.encode(self.speller.layout.encoding)
        except UnicodeEncodeError:
            return False
        return True


def _untidy(number: str, n: int) -> str:
    """The number as people write it."""
    if number[17] == "X":
        return number.lower()
    full = "".join(chr(ord(c) + 0xFEE0) for c in number)
    return (full, f"{number[:6]} {number[6:14]} {number[14:]}", f"{number}\u3000")[n % 3]


def _old_form(number: str, n: int) -> str | None:
    """The fifteen digits that it was before; None for who never had such a number."""
    return number[:6] + number[8:17] if number[6:8] == "19" else None


WRITTEN: Mapping[str, Callable[[str, int], str | None]] = {"number-tidied": _untidy, "number-old": _old_form}


def _names(source: object) -> tuple[str, ...]:
    match source:
        case Cell():
            return (source.column,)
        case Sum() | Key():
            return source.columns
        case Person():
            return tuple(name for name in (source.number, source.name, source.account) if name)
    return ()
