"""The city's vocabulary: what a document may speak of. Read from `vocabulary.md` by `vocabulary_reader`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from jixiang.language.types import Type
from jixiang.values.problem import Place


@dataclass(frozen=True, slots=True)
class Code:
    value: str  # as stored: "4"
    name: str  # as spoken: "四级"


@dataclass(frozen=True)
class CodeList:
    """A closed list of codes. `ordered`: declared from low to high, so that 不低于 has a meaning."""

    name: str
    column: str
    codes: tuple[Code, ...]
    ordered: bool = False
    place: Place = field(default=Place("", 1), compare=False)

    @cached_property
    def rank(self) -> dict[str, int]:
        """Stored code → position, from low to high."""
        return {code.value: n for n, code in enumerate(self.codes)}

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Name → stored code."""
        return {code.name: code.value for code in self.codes}

    @cached_property
    def names(self) -> dict[str, str]:
        """Stored code → name."""
        return {code.value: code.name for code in self.codes}


@dataclass(frozen=True)
class Attribute:
    """One attribute of an entity.

    `varies`: it changes with time and lives in the table `<entity>_<column>` (`<entity>_id`, column, `valid_from`,
    `valid_to`). `open_ended` (空为至今): an empty cell reads as `FOREVER`. `signed` (可为负): may be below zero.
    `low`/`high` bound a number or a date (`high` may be the word 今日).
    """

    name: str
    column: str
    type: Type
    meaning: str = ""
    varies: bool = False
    open_ended: bool = False
    signed: bool = False
    required: bool = False
    inverse: str = ""
    low: str = ""
    high: str = ""
    format: str = ""
    place: Place = field(default=Place("", 1), compare=False)


@dataclass(frozen=True)
class Relation:
    """A to-many relation, seen from `source`: the rows of `target` for which every pair (attribute of source, attribute
    of target) is equal. "" stands for the key. `order`: attributes of target by which its rows are sorted (then the key).
    `with_self` (含本行): the row itself belongs to it even where a key is empty.
    """

    name: str
    source: str
    target: str
    pairs: tuple[tuple[str, str], ...]
    order: tuple[str, ...] = ()
    with_self: bool = False


@dataclass(frozen=True)
class Entity:
    """`name` in Chinese, `table` in English; the key column is `<table>_id`.

    `time` names the attribute (a date or a month) that says when a row of this entity happened: 事实截止 speaks of it.
    Empty: rows of this entity count as complete. `single`: the entity has one row (全市).
    """

    name: str
    table: str
    key: str
    meaning: str
    sources: tuple[str, ...]
    attributes: dict[str, Attribute]
    relations: dict[str, Relation] = field(default_factory=dict)
    time: str = ""
    single: bool = False
    place: Place = field(default=Place("", 1), compare=False)

    @property
    def key_column(self) -> str:
        return f"{self.table}_id"


@dataclass(frozen=True)
class Vocabulary:
    name: str
    entities: dict[str, Entity]  # by Chinese name
    codes: dict[str, CodeList]  # by Chinese name
    process_names: tuple[str, ...] = ()  # names that a 办法 document may set: 公示期, 退款期限 …
