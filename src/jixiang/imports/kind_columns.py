"""Gathers the logical columns of one kind while its facts are read: each typed by what it fills, in the order of use.

A column that nothing fills a fact from, and one that would have to be two things at once, is a problem of the file.
"""

from __future__ import annotations

from dataclasses import replace

from jixiang.imports.kind_keys import Part
from jixiang.imports.kind_text import Spot, TomlText
from jixiang.imports.kinds import Column, Role
from jixiang.language.types import DATE, TEXT, Type
from jixiang.language.vocabulary import Attribute, Vocabulary
from jixiang.language.vocabulary_types import TypeCell, read_type_cell

COLUMN_KEYS = ("type", "required")
_ROLES: dict[Role, str] = {"number": "证件号码", "name": "姓名", "account": "账号", "value": "值"}


class Columns:
    """`declared` in [columns], `found` by being used."""

    def __init__(self, text: TomlText, vocabulary: Vocabulary) -> None:
        self._text = text
        self._vocabulary = vocabulary
        self._types: dict[str, Type] = {}
        self._required: set[str] = set()
        self.found: dict[str, Column] = {}
        declared = text.table(text.content, "columns")
        self._declared = tuple(declared)
        for name in declared:
            self._declare(name, text.table(declared, name, ("columns",)))

    def _declare(self, name: str, table: dict[str, object]) -> None:
        spot = ("columns", name)
        self._text.check_keys(table, spot, COLUMN_KEYS)
        if self._text.flag(table, "required", spot):
            self._required.add(name)
        if "type" in table:
            type = self._type(self._text.text(table, "type", spot), (*spot, "type"))
            if type is not None:
                self._types[name] = type

    def _type(self, written: str, spot: Spot) -> Type | None:
        cell = read_type_cell(written)
        if isinstance(cell, str):
            self._text.wrong("column-type", spot, cell)
        elif cell.type.kind == "ref" or cell != TypeCell(cell.type):
            self._text.wrong(
                "column-type", spot, f"列的类型不能是 '{written}'", "只写类型,如 '文本'、'日期'、'编码 险种'"
            )
        elif cell.type.kind == "code" and cell.type.of not in self._vocabulary.codes:
            self._text.unknown(spot, cell.type.of, "编码", self._vocabulary.codes)
        else:
            return cell.type
        return None

    def fill(self, name: str, attribute: Attribute, spot: Spot, *, required: bool) -> None:
        self._use(Column(name, attribute.type, required=required, attribute=attribute), spot)

    def add_up(self, name: str, type: Type, spot: Spot) -> None:
        self._use(Column(name, type), spot)

    def day(self, name: str, spot: Spot, *, required: bool) -> None:
        self._use(Column(name, DATE, required=required), spot)

    def identity(self, name: str, role: Role, spot: Spot, *, required: bool) -> None:
        self._use(Column(name, TEXT, role, required), spot)

    def part(self, name: str, part: Part, spot: Spot, *, required: bool) -> None:
        if part.number:
            self.identity(name, "number", spot, required=required)
        else:
            self._use(Column(name, part.type, required=required, attribute=part.attribute), spot)

    def look(self, name: str, spot: Spot) -> None:
        """A column that only decides whether something is said at all: it must be used or typed elsewhere."""
        if name not in self.found:
            if name not in self._types:
                self._text.unknown(spot, name, "列", [*self.found, *self._declared])
            else:
                self._use(Column(name, self._types[name]), spot)

    def need(self, name: str) -> None:
        """A column that turns out to be one that no row may lack."""
        self.found[name] = replace(self.found[name], required=True)

    def _use(self, column: Column, spot: Spot) -> None:
        if not column.name.strip():
            self._text.wrong("wrong-type", spot, "列名是空的", "写明列名")
            return
        known = self.found.get(column.name, column)
        if (known.type, known.role) != (column.type, column.role):
            self._two_things(column, known, spot)
            return
        declared = self._types.get(column.name, column.type)
        if declared != column.type:
            at = ("columns", column.name, "type")
            self._text.wrong("column-type", at, f"'{column.name}' 的类型与它填的属性不符", "删去这里的类型")
        self.found[column.name] = replace(
            known,
            required=known.required or column.required or column.name in self._required,
            attribute=_stricter(known.attribute, column.attribute),
            codes=self._vocabulary.codes.get(column.type.of) if column.type.kind == "code" else None,
        )

    def _two_things(self, column: Column, known: Column, spot: Spot) -> None:
        if column.role != known.role:
            said = f"'{column.name}' 既是{_ROLES[known.role]}又是{_ROLES[column.role]}"
        else:
            said = f"'{column.name}' 填了两种类型的属性"
        self._text.wrong("column-two-types", spot, said, "分成两列,各起一个名字", text=column.name)

    def finished(self) -> dict[str, Column]:
        for name in self._declared:
            if name not in self.found:
                self._text.wrong("unused", ("columns", name), f"没有事实用到 '{name}'", "删去,或写进 fields")
        return self.found


def _stricter(known: Attribute | None, new: Attribute | None) -> Attribute | None:
    """The one with bounds, where a column fills two attributes."""
    if known is None or (new is not None and not (known.low or known.high or known.format)):
        return new
    return known
