"""What a file of a kind says: its columns, under whatever headings, and the facts that each of its rows states.

A kind (缴费明细) has logical columns under Chinese names; the city's vocabulary types them. A layout is how one source
spells them: its headings, encoding, forms of dates and amounts, its own codes. The template that a person fills in is one
more layout, in which every logical column is called by its own name. Read from `imports/*.toml` by `kind_reader`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from jixiang.language.types import Type
from jixiang.language.vocabulary import Attribute, CodeList, Entity
from jixiang.tables.schema import FactTable

Role = Literal["value", "number", "name", "account"]
Shape = Literal["nothing", "register", "everything", "scope"]


@dataclass(frozen=True)
class Column:
    """One logical column. Of an identity (`role` number, name, account) the type is text and nothing enters the facts.

    `codes`: the list that its values come from. `attribute`: what it fills, with its bounds; None for a column that only
    helps to tell rows apart (a class number), or is one of several that are added up.
    """

    name: str
    type: Type
    role: Role = "value"
    required: bool = False
    attribute: Attribute | None = None
    codes: CodeList | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of one logical column."""

    column: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Amounts or numbers added up; empty ones count as nothing, but all empty is empty."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever has the number. `name` is compared with the name known, `account` is kept; either may be missing ("")."""

    number: str
    name: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """The row of another entity, by the columns that its natural key consists of, in that key's order.

    The key is empty where all of them are; where only some are, the row is refused.
    """

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value in every row, as it is stored."""

    value: str


@dataclass(frozen=True, slots=True)
class Extracted:
    """The day of the extract."""


Source: TypeAlias = Cell | Sum | Person | Key | Constant | Extracted


@dataclass(frozen=True)
class Fact:
    """One row of a fact table for every row of the file.

    `cells`: column of the table → where its value comes from, the key's columns excepted. `key`: the parts whose
    texts, joined by "/", are the key; of an entity that is a person only the person's own key. Of a history
    the key is that of the entity, and `cells` holds `valid_from`. `when`: states nothing where this column is empty.
    Facts of one key must say the same within an extract. Several rows may repeat a fact unless it is `main`: then a
    repeated row counts as a duplicate.
    """

    entity: Entity
    table: FactTable
    cells: Mapping[str, Source]
    key: tuple[Source, ...]
    when: str = ""
    main: bool = False


@dataclass(frozen=True)
class Layout:
    """How one source writes a kind.

    `headings`: logical column → heading. Columns that are not there are empty; required ones must be. `ignored`: headings
    that are known and not read; any other heading is a problem. `codes`: logical column → its value → the stored code.
    `dates`, `months`: forms such as yyyymmdd, yyyy-mm-dd, yyyy/m/d, yyyy年m月d日; "excel" allows cells that are typed as
    dates. `money`: what one stands for. `empty`: texts that mean an empty cell. `totals`: a row whose first filled
    cell begins so is ignored. A sheet is by name, "" the only visible one; encodings and delimiters are of text files.
    """

    name: str
    headings: Mapping[str, str]
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    dates: tuple[str, ...] = ("yyyy-mm-dd",)
    months: tuple[str, ...] = ("yyyymm",)
    money: Literal["元", "分", "万元"] = "元"
    true: tuple[str, ...] = ("是", "1")
    false: tuple[str, ...] = ("否", "0")
    empty: tuple[str, ...] = ("",)
    totals: tuple[str, ...] = ("合计", "总计")
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> dict[str, str]:
        """Heading → logical column."""
        return {heading: column for column, heading in self.headings.items()}


@dataclass(frozen=True)
class Kind:
    """`code` is the file's name (contributions), `name` the Chinese one, `source` what facts say of where they come from.

    What an extract leaves out: `nothing` says nothing; `register`: the newest extract speaks for all rows it has, and
    those that it lacks stay; `everything`: they are taken back; `scope`: they are taken back where the columns `scope`
    of the main fact have values that the extract has (all contributions of its months).
    `covers`: table → up to which day an extract makes it complete: "extracted", or "month" for the month before the
    extract's: what belongs to that one may still come in.
    """

    code: str
    name: str
    source: str
    columns: Mapping[str, Column]
    facts: tuple[Fact, ...]
    layouts: tuple[Layout, ...]
    shape: Shape = "nothing"
    scope: tuple[str, ...] = ()
    covers: Mapping[str, Literal["extracted", "month"]] = field(default_factory=dict)

    @property
    def main(self) -> Fact:
        return next(fact for fact in self.facts if fact.main)
