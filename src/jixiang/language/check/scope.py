"""What one document declares, and what it can therefore speak of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from jixiang.language import surface, typed
from jixiang.language.check.front import Front
from jixiang.language.parts import Document
from jixiang.language.types import Type
from jixiang.values.problem import Place

Declared = TypeVar("Declared")


@dataclass(frozen=True)
class Definition:
    """定义 N or 定义 E.N, unchecked."""

    statement: surface.Define
    article: str

    @property
    def name(self) -> str:
        return self.statement.name.text

    @property
    def entity(self) -> str:
        return self.statement.entity.text if self.statement.entity else ""


@dataclass(frozen=True)
class Parameter:
    """参数 N, checked: the values and the days from which they hold."""

    name: str
    type: Type
    steps: tuple[tuple[date | None, typed.Constant], ...]
    article: str
    place: Place

    def on(self, day: typed.Expr) -> typed.Dated:
        return typed.Dated(self.name, self.steps, day, self.type)


@dataclass(frozen=True)
class Found(Generic[Declared]):
    """Something declared, and the document that declares it."""

    scope: Scope
    item: Declared


@dataclass(eq=False)
class Scope:
    """One document, filled pass by pass: names and tables first, then the documents it 引用s, then expressions.

    Names are looked for in the document itself, then in those it 引用s (directly: their own 引用 are not handed on).
    `lost` are names that the document gives in a statement or table which was itself wrong: that was said, and nothing
    more is to be said where they are used.
    """

    document: Document
    front: Front
    subject: surface.Subject | None = None
    definitions: dict[str, Definition] = field(default_factory=dict)
    entity_definitions: dict[tuple[str, str], Definition] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    tables: dict[str, typed.Table] = field(default_factory=dict)
    conditions: set[str] = field(default_factory=set)
    stages: set[str] = field(default_factory=set)
    quotes: list[Scope] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)

    @property
    def entity(self) -> str:
        """The entity of the 对象, or nothing."""
        return self.subject.entity.text if self.subject else ""

    def _found(self, of: Callable[[Scope], Declared | None]) -> list[Found[Declared]]:
        """This document's own, or else those of the documents that it 引用s."""
        own = of(self)
        if own is not None:
            return [Found(self, own)]
        return [Found(scope, item) for scope in self.quotes if (item := of(scope)) is not None]

    def definition(self, name: str) -> list[Found[Definition]]:
        return self._found(lambda scope: scope.definitions.get(name))

    def parameter(self, name: str) -> list[Found[Parameter]]:
        return self._found(lambda scope: scope.parameters.get(name))

    def table(self, name: str) -> list[Found[typed.Table]]:
        return self._found(lambda scope: scope.tables.get(name))

    def entity_definition(self, entity: str, name: str) -> list[Found[Definition]]:
        return self._found(lambda scope: scope.entity_definitions.get((entity, name)))

    def declared(self) -> set[str]:
        """Names of 定义 and 参数 that can be spoken of here."""
        return {name for scope in (self, *self.quotes) for name in (*scope.definitions, *scope.parameters)}

    def is_lost(self, name: str) -> bool:
        return any(name in scope.lost for scope in (self, *self.quotes))

    def tables_in_sight(self) -> set[str]:
        return {name for scope in (self, *self.quotes) for name in scope.tables}

    def attributes_given(self, entity: str) -> set[str]:
        """Names that 定义 E.N adds to an entity here."""
        return {n for scope in (self, *self.quotes) for e, n in scope.entity_definitions if e == entity}

    def transition_place(self, version: str) -> Place:
        """Where 过渡 names an older version."""
        for part in self.document.rules:
            if isinstance(part.statement, surface.Transition) and part.statement.version.text == version:
                return part.statement.version.place
        return self.document.first_line
