"""The parts of a policy document: what the Markdown holds, each piece with its place. Nothing is understood yet."""

from __future__ import annotations

from dataclasses import dataclass

from jixiang.language.surface import Statement
from jixiang.values.problem import Place


@dataclass(frozen=True, slots=True)
class Text:
    """A stretch of text in a document: one front matter value, one table cell (trimmed)."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Grid:
    """A pipe table: its heading cells and its rows, cell by cell. Short rows are filled with empty texts."""

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class TablePart:
    """表:名称 按 甲、乙 and the pipe table after it. `keys` is None without 按."""

    name: Text
    keys: tuple[Text, ...] | None
    grid: Grid
    article: str


@dataclass(frozen=True, slots=True)
class RulePart:
    """One statement of a 规则 block, parsed, and the article it stands in ("第一条 谁可以享受", or ""). `text` is the
    statement on one line, as the language spells it, without remarks."""

    statement: Statement
    article: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class CasePart:
    """A 案例 block."""

    grid: Grid
    article: str


@dataclass(frozen=True, slots=True)
class ExplainedPart:
    """A 释明 block: findings of the health check that are meant to be so."""

    grid: Grid
    article: str


@dataclass(frozen=True, slots=True)
class FactPart:
    """A 事实 block; `entity` is the name behind the word 事实."""

    entity: Text
    grid: Grid
    article: str


@dataclass(frozen=True, slots=True)
class Article:
    """A heading and the prose under it (fences and parameter tables left out)."""

    heading: str
    level: int
    prose: str
    place: Place


@dataclass(frozen=True)
class Document:
    """`front` holds the front matter as written, key → value. `sha256` is over the file's bytes."""

    file: str
    text: str
    sha256: str
    front: dict[str, Text]
    articles: tuple[Article, ...]
    tables: tuple[TablePart, ...]
    rules: tuple[RulePart, ...]
    cases: tuple[CasePart, ...]
    facts: tuple[FactPart, ...]
    first_line: Place
    explained: tuple[ExplainedPart, ...] = ()
