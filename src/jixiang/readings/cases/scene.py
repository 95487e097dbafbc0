"""The facts of one case: the rows of the 案例 block, the rows they speak of, and the rows of 事实 blocks.

Every key begins with the name of the case. A name in a cell (甲公司) is one row of its entity, whoever speaks of it. The
facts are complete up to the decision date; what no column and no block says is missing, or is no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import product

from jixiang.language import typed as t
from jixiang.language.typed import Value
from jixiang.language.types import Type
from jixiang.readings.cases.case import CaseRow
from jixiang.readings.cases.columns import Column
from jixiang.readings.cases.fit import DAY, PERIOD, Fit, Path
from jixiang.readings.cases.given import path_of
from jixiang.readings.cases.sheet import FactLine, Line, Sheet
from jixiang.readings.decide import Period
from jixiang.readings.tree import walk
from jixiang.readings.world import World
from jixiang.values.month import Month
from jixiang.values.problem import Place


@dataclass
class Scene:
    """The world of one case while it is made."""

    sheet: Sheet
    fit: Fit
    case: str
    world: World
    subjects: list[str] = field(default_factory=list)
    listed: dict[str, int] = field(default_factory=dict)
    made: int = 0

    @classmethod
    def of(cls, sheet: Sheet, fit: Fit, case: str, lines: list[Line]) -> tuple[Scene, tuple[CaseRow, ...]]:
        """The scene and its rows; rows without a decision date are left out, and noted."""
        scene = cls(sheet, fit, case, World(fit.vocabulary))
        rows = [row for n, line in enumerate(lines) if (row := scene.line(n, line)) is not None]
        for fact in sheet.facts:
            if fact.case in ("", case):
                scene.fact(fact)
        return scene, tuple(rows)

    # 案例

    def line(self, n: int, line: Line) -> CaseRow | None:
        columns = self.sheet.columns
        day, period = line.values.get("决定日") or line.values.get("适用日"), line.values.get("当期")
        if not isinstance(day, date):
            if not any(problem.place.line == line.place.line for problem in self.sheet.problems):
                way = "在决定日一格写上日期" if "决定日" in columns else "加一列 决定日"
                self.sheet.wrong("case-cell", line.place, f"案例 '{line.case}' 没有决定日", way)
            return None
        if self._needs_period() and period is None:
            self.sheet.wrong("case-cell", line.place, f"案例 '{line.case}' 没有当期", "加一列 当期")
            return None
        own = line.values.get(self.sheet.subject.entity) if self.sheet.subject.entity in columns else None
        subject = self.named(self.sheet.subject.entity, str(own)) if own else self._new(n)
        self._list(subject, day, period)
        for column in sorted(self.sheet.of_kind("path"), key=lambda column: len(column.path)):
            if column.path:
                self._path(subject, column, line)
        for path in self.fit.made_up:
            self.follow(subject, path, make=True)
        for key, extra in self.fit.extras.items():
            value = self._plain(line.values.get(key), extra.type)
            whole = value * extra.scale if isinstance(value, Fraction | int) and extra.scale != 1 else value
            self.put(self.sheet.subject.entity, subject, extra.attribute, whole, line.place)
        return CaseRow(
            subject, _period(period), day, line.expected, line.place, line.held, line.held_fen, line.elsewhere
        )

    def _needs_period(self) -> bool:
        return bool(self.sheet.subject.each)

    def _new(self, n: int) -> str:
        key = f"{self.case}·{n + 1:03d}"
        self.world.put(self.sheet.subject.entity, key)
        return key

    def _list(self, subject: str, day: date, period: Value) -> None:
        """Note that the case asks for this 对象 on this day."""
        n = self.listed[subject] = self.listed.get(subject, -1) + 1
        asked: dict[str, Value] = {f"{DAY}{n}": day}
        if self._needs_period():
            asked[f"{PERIOD}{n}"] = _period(period)
        self.world.put(self.sheet.subject.entity, subject, **asked)
        if subject not in self.subjects:
            self.subjects.append(subject)

    def _path(self, subject: str, column: Column, line: Line) -> None:
        value = self._plain(line.values.get(column.name), column.type)
        owner = self.follow(subject, column.path[:-1], make=True)
        if owner is None:
            if value is not None:
                gap = ".".join(column.path[:-1])
                self.sheet.wrong("case-cell", line.place, f"'{gap}' 空着,却写了 '{column.name}'", f"给 {gap} 一个名字")
            return
        self.put(*owner, column.path[-1], value, line.place)

    # Rows

    def named(self, entity: str, name: str) -> str:
        """The one row of that name in this case."""
        key = f"{self.case}·{name}"
        self.world.put(entity, key)
        return key

    def _plain(self, value: Value, of: Type) -> Value:
        return self.named(of.of, str(value)) if of.kind == "ref" and value is not None else value

    def put(self, entity: str, key: str, attribute: str, value: Value, place: Place, span: object = None) -> None:
        """Say one thing of a row; noted if something else has been said before."""
        if value is None:
            return
        if self.fit.vocabulary.entities[entity].attributes[attribute].varies:
            self._put_history(entity, key, attribute, value, span)
            return
        before = self.world.rows[entity][key].get(attribute)
        if before is not None and before != value:
            message = f"案例 '{self.case}' 里同一个 {entity} 的 '{attribute}' 有两个不同的值"
            self.sheet.wrong("case-cell", place, message, "给两行的对象不同的名字")
        self.world.put(entity, key, **{attribute: value})

    def _put_history(self, entity: str, key: str, attribute: str, value: Value, span: object) -> None:
        spans = self.world.histories.setdefault((entity, attribute), {}).setdefault(key, [])
        since, until = span if isinstance(span, tuple) else (None, None)
        one = (since or date.min, until, value)
        if one not in spans:
            spans.append(one)

    def follow(self, subject: str, path: Path, *, make: bool) -> tuple[str, str] | None:
        """The row at the end of a path, as entity and key; made up on the way where no column speaks of it."""
        entity, key = self.sheet.subject.entity, subject
        for n, step in enumerate(path):
            of = self.fit.vocabulary.entities[entity].attributes[step].type.of
            found = self._ref(entity, key, step)
            if found is None:
                if not make or ".".join(path[: n + 1]) in self.sheet.columns:
                    return None
                found = f"{key}.{step}"
                self.world.put(of, found)
                self.put(entity, key, step, found, next(iter(self.sheet.lines)).place)
            entity, key = of, found
        return entity, key

    def _ref(self, entity: str, key: str, attribute: str) -> str | None:
        spans = self.world.history(entity, key, attribute)
        found = spans[-1][2] if spans else (self.world.row(entity, key) or {}).get(attribute)
        return found if isinstance(found, str) else None

    # 事实

    def fact(self, fact: FactLine) -> None:
        """A row of a 事实 block; where it does not say whose it is, one for each 对象 of the case."""
        attributes = self.fit.vocabulary.entities[fact.entity].attributes
        unsaid = {name: path for name, path in self._whose(fact).items() if name not in fact.values}
        owners = dict.fromkeys(tuple(self._key(subject, path) for path in unsaid.values()) for subject in self.subjects)
        for owner in owners or [()]:
            key = self.named(fact.entity, fact.name) if fact.name else self._next(fact.entity)
            said = {name: self._plain(value, attributes[name].type) for name, value in fact.values.items()}
            for name, value in {**dict(zip(unsaid, owner, strict=True)), **said}.items():
                self.put(fact.entity, key, name, value, fact.place, fact.span)

    def _key(self, subject: str, path: Path) -> str | None:
        found = self.follow(subject, path, make=False)
        return found[1] if found else None

    def _next(self, entity: str) -> str:
        self.made += 1
        key = f"{self.case}·{entity}{self.made:03d}"
        self.world.put(entity, key)
        return key

    def _whose(self, fact: FactLine) -> dict[str, Path]:
        """For each ref of the row: the path from the 对象 along which the policy reads such rows, else one of its own name."""
        if fact.name:
            return {}
        attributes = self.fit.vocabulary.entities[fact.entity].attributes
        own = self.fit.vocabulary.entities[self.sheet.subject.entity].attributes
        found = {}
        for name, attribute in attributes.items():
            if attribute.type.kind == "ref":
                read = self._read_along(fact.entity, name)
                if len(read) == 1:
                    found[name] = read[0]
                elif name in own and own[name].type == attribute.type:
                    found[name] = (name,)
        return found

    def _read_along(self, entity: str, attribute: str) -> list[Path]:
        paths: dict[Path, None] = {}
        for node in self._aggregates():
            if node.relation.target == entity and ("", attribute) in node.relation.pairs:
                path = path_of(node.of)
                if path is not None:
                    paths[path] = None
        return list(paths)

    def _aggregates(self) -> Iterator[t.Aggregate | t.Share]:
        for policy, part in product((self.fit.policy, self.fit.checks), ("conditions", "definitions")):
            for named in getattr(policy, part, ()):
                yield from (node for node in walk(named.expr) if isinstance(node, t.Aggregate | t.Share))
        if self.fit.policy:
            for expr in (self.fit.policy.where, self.fit.policy.amount):
                yield from (n for n in (walk(expr) if expr else ()) if isinstance(n, t.Aggregate | t.Share))


def _period(value: Value) -> Period:
    return value if isinstance(value, Month) else int(value) if isinstance(value, int | Fraction) else None
