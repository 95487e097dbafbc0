"""What is in sight while an expression is evaluated: the facts, the days, the rows. No meaning of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from jixiang.language.typed import Expr, Table, Value
from jixiang.language.vocabulary import Attribute
from jixiang.readings.bounds import Bounds
from jixiang.readings.world import Facts
from jixiang.values.month import Month

Found = TypeVar("Found")
Result = Bounds | bool | str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Unseen:
    """A row that may exist beyond the day its extract covers. All we know is between which days it would lie."""

    entity: str
    time: str
    when: Bounds


@dataclass(frozen=True)
class Env:
    """Everything an expression may speak of. `rows`: binder → the key of the row in sight. `overrides`: names of 定义,
    参数 and 条件 that a case sets. `granted`, `remainder` (fen) and `title` have a meaning in 分期 and 上限 only."""

    world: Facts
    tables: Mapping[str, Table]
    decision_date: date
    effective_date: date | None = None
    period: Month | int | None = None
    rows: Mapping[int, str | Unseen] = field(default_factory=dict)
    overrides: Mapping[str, Value] = field(default_factory=dict)
    granted: int | None = None
    remainder: int | None = None
    title: str | None = None
    _found: dict[int, tuple[Expr, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def bind(self, binder: int, row: str | Unseen) -> Env:
        """The same with one more row in sight."""
        return Env(
            self.world, self.tables, self.decision_date, self.effective_date, self.period, {**self.rows, binder: row},
            self.overrides, self.granted, self.remainder, self.title,
        )  # fmt: skip

    def once(self, expr: Expr, find: Callable[[Any, Env], Found], about: Expr) -> Found:
        """What was found about an expression when it was first asked for; nothing that is in sight ever changes."""
        if (known := self._found.get(id(expr))) is None:
            known = self._found[id(expr)] = (expr, find(about, self))
        found: Found = known[1]
        return found

    def attribute(self, of: Expr, name: str) -> Attribute:
        return self.world.vocabulary.entities[of.type.of].attributes[name]
