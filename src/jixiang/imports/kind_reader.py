"""Reads how a city's files are written (`imports/*.toml`), one kind a file, and all that is wrong with it.

`keys.toml` says what tells the rows of each entity apart. A kind with an error is left out; the others are still read.
Knows no city: every name comes from the vocabulary or from these files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from jixiang.imports.kind_columns import Columns
from jixiang.imports.kind_facts import FactReader
from jixiang.imports.kind_keys import FILE as KEYS_FILE
from jixiang.imports.kind_keys import Keys, read_keys
from jixiang.imports.kind_layouts import read_layouts
from jixiang.imports.kind_text import TomlText
from jixiang.imports.kinds import Fact, Kind, Shape
from jixiang.language.vocabulary import Vocabulary
from jixiang.tables.schema import FactTable, fact_tables
from jixiang.values.problem import Place, Problem

FOLDER = "imports"
KIND_KEYS = ("name", "source", "replaces", "covers", "columns", "fact", "layout")
_SHAPES = ("nothing", "register", "everything")
_COVERS = ("extracted", "month")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True)
class _Read:
    kind: Kind
    text: TomlText


def read_kinds(city_folder: Path, vocabulary: Vocabulary) -> tuple[dict[str, Kind], list[Problem]]:
    """The kinds by their codes (contributions), and every problem in the order of its place."""
    folder = city_folder / FOLDER
    if not (folder / KEYS_FILE).is_file():
        place = Place(f"{FOLDER}/{KEYS_FILE}", 1)
        return {}, [Problem("no-keys", place, "城市包里没有这个文件", "写明每种事实凭哪几个属性辨认一行")]
    keys, keys_text = read_keys(folder, vocabulary)
    problems = list(keys_text.problems)
    if any(problem.code == "bad-toml" for problem in problems) or not keys.identity:
        return {}, problems
    tables = fact_tables(vocabulary)
    found = [_kind(path, keys, tables) for path in sorted(folder.glob("*.toml")) if path.name != KEYS_FILE]
    _check_together(found)
    problems += [problem for read in found for problem in read.text.problems]
    kinds = {read.kind.code: read.kind for read in found if not read.text.problems}
    return kinds, sorted(problems, key=lambda problem: (problem.place, problem.code, problem.message))


def _kind(path: Path, keys: Keys, tables: Mapping[str, FactTable]) -> _Read:
    text = TomlText(path)
    empty = Kind(path.stem, "", "", {}, (), ())
    if text.problems:
        return _Read(empty, text)
    if not _NAME.match(path.stem):
        text.wrong("file-name", (), f"文件名 '{path.stem}' 不能作为代号", "用小写英文字母、数字和下划线")
    text.check_keys(text.content, (), KIND_KEYS)
    name, source = (_named(text, key) for key in ("name", "source"))
    columns = Columns(text, keys.vocabulary)
    facts = FactReader(text, keys, tables, columns).facts()
    found = columns.finished()
    shape, scope = _shape(text, facts)
    covers = _covers(text, keys.vocabulary, facts)
    layouts = read_layouts(text, found) if _whole(text, facts) else ()
    return _Read(Kind(path.stem, name, source, found, facts, layouts, shape, scope, covers), text)


def _whole(text: TomlText, facts: tuple[Fact, ...]) -> bool:
    """Were all facts read? Else headings would seem to name columns that nobody knows."""
    return bool(facts) and len(facts) == len(text.tables("fact"))


def _named(text: TomlText, key: str) -> str:
    value = text.text(text.content, key, ())
    if not value.strip() and not any(problem.code == "wrong-type" for problem in text.problems):
        text.wrong("no-name", (), f"没有写 {key}", f'加 {key} = "…"')
    if key == "source" and "@" in value:
        text.wrong("file-name", ("source",), "来源的名字里不能有 '@'", "去掉它")
    return value


def _shape(text: TomlText, facts: Iterable[Fact]) -> tuple[Shape, tuple[str, ...]]:
    """`replaces`: a word, or a list of attributes of the main fact within whose values the extract is complete."""
    written: Any = text.content.get("replaces", "nothing")
    if isinstance(written, str):
        if written not in _SHAPES:
            text.unknown(("replaces",), written, "替换方式", _SHAPES, "unknown-form")
            return "nothing", ()
        return cast(Shape, written), ()
    names = text.texts(text.content, "replaces", ())
    main = next((fact for fact in facts if fact.main), None)
    if main is None or not names:
        return "nothing", ()
    columns = []
    for name in names:
        attribute = main.entity.attributes.get(name)
        if attribute is None or attribute.column not in main.cells:
            filled = [a.name for a in main.entity.attributes.values() if a.column in main.cells]
            text.unknown(("replaces",), name, "主要的事实所填的属性", filled)
        else:
            columns.append(attribute.column)
    return "scope", tuple(columns)


def _covers(
    text: TomlText, vocabulary: Vocabulary, facts: tuple[Fact, ...]
) -> dict[str, Literal["extracted", "month"]]:
    """Entity → up to which day its rows are then all there; only where the vocabulary says by what they are."""
    found: dict[str, Literal["extracted", "month"]] = {}
    stated = {fact.table.name for fact in facts}
    for name, until in text.table(text.content, "covers").items():
        entity = vocabulary.entities.get(name)
        if entity is None:
            text.unknown(("covers", name), name, "事实", vocabulary.entities)
        elif not entity.time:
            text.wrong("covers-time", ("covers", name), f"'{name}' 没有事实截止", "删去这一行")
        elif entity.table not in stated and _whole(text, facts):
            text.wrong("covers-fact", ("covers", name), f"这一类文件不说 '{name}'", "删去这一行")
        elif until not in _COVERS:
            text.unknown(("covers", name), str(until), "截止", _COVERS, "unknown-form")
        else:
            found[entity.table] = until
    return found


def _check_together(found: list[_Read]) -> None:
    """Names told apart; and a table that two kinds write must get the same columns from both, as a row replaces a row."""
    names: dict[str, str] = {}
    written: dict[str, tuple[str, frozenset[str]]] = {}
    for read in found:
        kind = read.kind
        if kind.name and names.setdefault(kind.name, kind.code) != kind.code:
            read.text.wrong("twice", ("name",), f"'{kind.name}' 与 {names[kind.name]}.toml 同名", "换一个名字")
        for n, fact in enumerate(kind.facts):
            columns = frozenset(fact.cells) - {"valid_to"}
            other, known = written.setdefault(fact.table.name, (kind.code, columns))
            if columns != known:
                message = f"'{fact.entity.name}' 在 {other}.toml 里填的属性不同,一行会盖掉另一行"
                read.text.wrong("table-two-kinds", ("fact", n, "entity"), message, "让两处填同样的属性,或合成一类")
