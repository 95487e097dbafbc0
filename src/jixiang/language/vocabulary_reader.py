"""Reads the city's vocabulary (`vocabulary.md`) into a `Vocabulary`, with everything that is wrong in it.

One `##` heading per entity (中文名 english_table) or code list (编码 中文名 english_column[, 由低到高]), the lines and the
pipe table under it. What does not follow the form is a placed problem and is left out; the rest is still read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from jixiang.language.nearness import perhaps
from jixiang.language.types import Type
from jixiang.language.vocabulary import Attribute, Code, CodeList, Entity, Relation, Vocabulary
from jixiang.language.vocabulary_types import TypeCell, read_type_cell
from jixiang.values.problem import Place, Problem

ENGLISH = re.compile(r"[a-z][a-z0-9_]*\Z")
HEADER = ("属性", "列", "类型", "说明")
T = TypeVar("T", CodeList, Entity)


@dataclass(frozen=True)
class Section:
    """A `##` heading and the numbered lines under it."""

    heading: str
    place: Place
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Line:
    """One attribute as declared; `cell` says what its type cell means."""

    name: str
    column: str
    meaning: str
    cell: TypeCell
    place: Place


def read_vocabulary(path: Path) -> tuple[Vocabulary, list[Problem]]:
    """The vocabulary in a file. Raises OSError where there is none."""
    text = path.read_text(encoding="utf-8-sig")
    sections = _sections(text, str(path))
    reader = _Reader(str(path), text.splitlines())
    lists = [reader.code_list(section) for section in sections if section.heading.startswith("编码 ")]
    codes = reader.unique("编码", lists)
    drafts = [reader.entity(section) for section in sections if reader.is_entity(section)]
    entities = reader.linked(reader.unique("事实", [entity for entity, _ in drafts]), drafts, codes)
    names = [name for section in sections if section.heading == "办法名称" for name in _bullets(section)]
    name = re.search(r"^名称:\s*(.+)$", text, re.MULTILINE)
    vocabulary = Vocabulary(name[1].strip() if name else path.stem, entities, codes, tuple(names))
    return vocabulary, sorted(reader.problems, key=lambda problem: problem.place)


def _sections(text: str, file: str) -> list[Section]:
    found: list[tuple[str, Place, list[tuple[int, str]]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("## "):
            heading = line[3:].strip()
            found.append((heading, Place(file, number, 4, len(heading), heading, line), []))
        elif found:
            found[-1][2].append((number, line))
    return [Section(heading, place, tuple(lines)) for heading, place, lines in found]


def _bullets(section: Section) -> list[str]:
    text = "、".join(line.lstrip("-* ").strip() for _, line in section.lines if line.startswith(("- ", "* ")))
    return [name.strip() for name in re.split("[、,，]", text) if name.strip()]


def _cells(section: Section) -> list[tuple[int, list[str]]]:
    """The rows of the section's pipe table, the heading row first, the ruler left out."""
    rows = [
        (number, [cell.strip() for cell in line.strip().strip("|").split("|")])
        for number, line in section.lines
        if line.lstrip().startswith("|")
    ]
    return [(number, row) for number, row in rows if not all(set(cell) <= set("-: ") for cell in row)]


class _Reader:
    """Gathers what is wrong while the sections are read."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file = file
        self.lines = lines
        self.problems: list[Problem] = []

    def wrong(self, code: str, place: Place, message: str, suggestion: str = "") -> None:
        self.problems.append(Problem(code, place, message, suggestion))

    def place(self, number: int, text: str, article: str) -> Place:
        line = self.lines[number - 1]
        return Place(self.file, number, max(line.find(text), 0) + 1, max(len(text), 1), article, line)

    def is_entity(self, section: Section) -> bool:
        return not section.heading.startswith("编码 ") and section.heading != "办法名称"

    def unique(self, kind: str, items: list[T]) -> dict[str, T]:
        found: dict[str, T] = {}
        for item in items:
            if item.name in found:
                self.wrong("duplicate-name", item.place, f"{kind} '{item.name}' 登记了两次", "删去其中一个")
            else:
                found[item.name] = item
        return found

    # Code lists --------------------------------------------------------------------------------------------------

    def code_list(self, section: Section) -> CodeList:
        heading, _, mark = (part.strip() for part in re.sub("，", ",", section.heading).partition(","))
        words = heading.split()
        name = words[1] if len(words) > 1 else ""
        column = words[2] if len(words) == 3 else ""
        if not ENGLISH.match(column):
            self.wrong(
                "vocabulary-heading", section.place, "编码的标题应当有中文名和英文名", "写成 '## 编码 险种 insurance'"
            )
        if mark not in ("", "由低到高"):
            self.wrong("vocabulary-heading", section.place, f"不认识的说明 '{mark}'", "有高低之分的写 '由低到高'")
        return CodeList(name, column, self._codes(section, name), mark == "由低到高", section.place)

    def _codes(self, section: Section, name: str) -> tuple[Code, ...]:
        codes: list[Code] = []
        for number, row in _cells(section)[1:]:
            if len(row) < 2 or not row[0] or not row[1]:
                self.wrong("vocabulary-row", self.place(number, "", name), "一行编码要有 编码 和 名称 两格")
            elif any(code.value == row[0] or code.name == row[1] for code in codes):
                self.wrong("duplicate-name", self.place(number, row[1], name), f"编码 '{row[0]} {row[1]}' 与上面的重复")
            else:
                codes.append(Code(row[0], row[1]))
        if not codes:
            self.wrong("vocabulary-row", section.place, f"编码 '{name}' 里没有一行编码")
        return tuple(codes)

    # Entities ----------------------------------------------------------------------------------------------------

    def entity(self, section: Section) -> tuple[Entity, list[Line]]:
        name, _, table = section.heading.partition(" ")
        if not ENGLISH.match(table):
            self.wrong("vocabulary-heading", section.place, "标题应当有中文名和英文表名", "写成 '## 缴费 contribution'")
        facts = self._facts(section, name, table)
        meaning = next((line for _, line in section.lines if line.strip() and not line.startswith(("|", "主键"))), "")
        lines = self._attributes(section, name)
        entity = Entity(
            name,
            table,
            facts.get("主键", "").partition(" ")[0],
            meaning.strip(),
            tuple(source.strip() for source in facts.get("来源", "").split("、") if source.strip()),
            {line.name: _attribute(line) for line in lines if not line.cell.same},
            {},
            facts.get("事实截止", ""),
            "只有一行" in facts,
            section.place,
        )
        return entity, lines

    def _facts(self, section: Section, name: str, table: str) -> dict[str, str]:
        """The line `主键: … · 来源: … · 事实截止: … · 只有一行`."""
        for number, line in section.lines:
            if not line.startswith("主键"):
                continue
            parts = [re.split("[:：]", part.strip(), maxsplit=1) for part in line.split("·")]
            facts = {part[0].strip(): part[-1].strip() for part in parts}
            for key in facts.keys() - {"主键", "来源", "事实截止", "只有一行"}:
                known = ("主键", "来源", "事实截止", "只有一行")
                self.wrong("vocabulary-line", self.place(number, key, name), f"不认识的 '{key}'", perhaps(key, known))
            if facts["主键"].split()[1:] != [f"{table}_id"]:
                there = self.place(number, facts["主键"], name)
                self.wrong("vocabulary-key", there, f"主键的列应当叫 {table}_id", f"写成 '主键: {name}编号 {table}_id'")
            return facts
        self.wrong(
            "vocabulary-key", section.place, f"'{name}' 没有写主键", f"加一行 '主键: {name}编号 {table}_id · 来源: …'"
        )
        return {}

    def _attributes(self, section: Section, entity: str) -> list[Line]:
        rows = _cells(section)
        if not rows or tuple(rows[0][1]) != HEADER:
            self.wrong("vocabulary-row", section.place, f"'{entity}' 的表头应当是 | 属性 | 列 | 类型 | 说明 |")
            return []
        found: dict[str, Line] = {}
        for number, row in rows[1:]:
            line = self._attribute(number, row, entity)
            if line and (line.name in found or any(line.column and line.column == o.column for o in found.values())):
                self.wrong("duplicate-name", line.place, f"'{entity}' 里 '{line.name}' 或它的列 '{line.column}' 重复")
            elif line:
                found[line.name] = line
        return list(found.values())

    def _attribute(self, number: int, row: list[str], entity: str) -> Line | None:
        name, column, kind, meaning = (row + [""] * 4)[:4]
        place = self.place(number, name, entity)
        if len(row) > 4 or not name or not kind:
            self.wrong("vocabulary-row", place, "一行属性有四格: 属性、列、类型、说明")
            return None
        cell = read_type_cell(kind)
        if isinstance(cell, str):
            self.wrong("vocabulary-type", self.place(number, kind, entity), *_split(cell))
            return None
        if not cell.same and not ENGLISH.match(column):
            self.wrong("vocabulary-column", place, f"'{name}' 没有英文列名", "列名用小写英文字母、数字和下划线")
            return None
        return Line(name, column, meaning, cell, place)

    # Relations ---------------------------------------------------------------------------------------------------

    def linked(
        self, entities: dict[str, Entity], drafts: list[tuple[Entity, list[Line]]], codes: dict[str, CodeList]
    ) -> dict[str, Entity]:
        """The entities with their relations, once every name can be looked up."""
        relations: dict[str, dict[str, Relation]] = {name: {} for name in entities}
        for entity, lines in drafts:
            for line in lines:
                if self._resolved(line, entities, codes):
                    self._relate(entity, line, entities, relations)
            if entity.time and not _is_time(entity.attributes.get(entity.time)):
                there = f"'{entity.time}' 不是 '{entity.name}' 的日期或月份属性"
                self.wrong(
                    "vocabulary-line", entity.place, f"事实截止: {there}", perhaps(entity.time, entity.attributes)
                )
        return {name: replace(entity, relations=relations[name]) for name, entity in entities.items()}

    def _resolved(self, line: Line, entities: dict[str, Entity], codes: dict[str, CodeList]) -> bool:
        kind = line.cell.type
        if kind.kind == "code" and kind.of not in codes:
            self.wrong("unknown-name", line.place, f"没有名为 '{kind.of}' 的编码", perhaps(kind.of, codes))
            return False
        if kind.kind == "ref" and kind.of not in entities:
            self.wrong("unknown-name", line.place, f"没有名为 '{kind.of}' 的事实", perhaps(kind.of, entities))
            return False
        return True

    def _relate(
        self, entity: Entity, line: Line, entities: dict[str, Entity], relations: dict[str, dict[str, Relation]]
    ) -> None:
        cell, target = line.cell, line.cell.type.of
        if cell.same:
            pairs = tuple((name, name) for name in cell.same)
            found = Relation(line.name, entity.name, target, pairs, cell.order, cell.with_self)
            self._check_names(line, entities[target], (*cell.same, *cell.order))
        elif cell.inverse:
            found = Relation(cell.inverse, target, entity.name, (("", line.name),), cell.order)
            self._check_names(line, entity, cell.order)
        else:
            return
        if found.name in relations[found.source] or found.name in entities[found.source].attributes:
            self.wrong(
                "duplicate-name",
                line.place,
                f"'{found.source}' 已经有名为 '{found.name}' 的属性或反向关系",
                "换一个名字",
            )
        else:
            relations[found.source][found.name] = found

    def _check_names(self, line: Line, entity: Entity, names: tuple[str, ...]) -> None:
        for name in names:
            if name not in entity.attributes:
                message = f"'{entity.name}' 没有名为 '{name}' 的属性"
                self.wrong("unknown-name", line.place, message, perhaps(name, entity.attributes))


def _split(message: str) -> tuple[str, str]:
    head, _, tail = message.partition("。")
    return head, tail


def _is_time(attribute: Attribute | None) -> bool:
    return attribute is not None and attribute.type.kind in ("date", "month") and not attribute.varies


def _attribute(line: Line) -> Attribute:
    cell = line.cell
    kind: Type = cell.type
    return Attribute(
        line.name,
        line.column,
        kind,
        line.meaning,
        cell.varies,
        cell.open_ended,
        cell.signed,
        cell.required,
        cell.inverse,
        cell.low,
        cell.high,
        cell.format,
        line.place,
    )
