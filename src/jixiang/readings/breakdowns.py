"""By what a city's figures are broken down: by district, group, age, size of firm. What there is to break down by is data.

`breakdowns.toml` of a city pack says it in the policy language; here it is checked like a 定义 of a document, and answered by
the engine for any rows on any days. Every reading that counts people or firms uses the same ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
from sqlglot import exp

from jixiang.engines.engine import Engine
from jixiang.language import typed as t
from jixiang.language.check.core import Desk
from jixiang.language.check.declarations import open_scope
from jixiang.language.check.scope import Scope
from jixiang.language.check.statements import check_entity_definition, root_context
from jixiang.language.city import City, names_of_vocabulary
from jixiang.language.document import parse_document
from jixiang.language.nearness import perhaps
from jixiang.language.typed import Rulebook
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.query import sql
from jixiang.readings.query.columns import Asked, columns_plan
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.sources import Sources
from jixiang.readings.query.sql import col
from jixiang.values.problem import Place, Problem

FILE = "breakdowns.toml"
KEYS = ("title", "entity", "value", "parts", "several", "quotes")
UNCLEAR, OTHERS = "不清楚", "其他"
YES, NO = "是", "否"
ASKED = pa.schema([("key", pa.string()), ("day", pa.date32())])


@dataclass(frozen=True)
class Breakdown:
    """Of rows of an entity. `values`: what a row can be called, in order; free text has none. Either `value`, a code, yes or no
    or a text, or `parts`: the name of each and whether a row belongs to it. `several`: a row counts in all parts that it belongs
    to, so that they add up to more than all; else in the first."""

    title: str
    entity: str
    values: tuple[str, ...]
    value: t.Expr | None = None
    parts: tuple[tuple[str, t.Expr], ...] = ()
    several: bool = False
    names: Mapping[str, str] | None = None

    @property
    def expressions(self) -> tuple[t.Expr, ...]:
        return tuple(expr for _, expr in self.parts) if self.value is None else (self.value,)

    def called(self, row: Sequence[Any]) -> tuple[str, ...]:
        """What a row is called, from the values of its expressions: one name, or those of all its parts."""
        if self.value is None:
            found = tuple(name for (name, _), holds in zip(self.parts, row, strict=True) if holds)
            return (found if self.several else found[:1]) or ((UNCLEAR,) if None in row else (OTHERS,))
        if row[0] is None:
            return (UNCLEAR,)
        if isinstance(row[0], bool):
            return (YES if row[0] else NO,)
        return ((self.names or {}).get(row[0], str(row[0])),)


def titles(breakdowns: Iterable[Breakdown]) -> tuple[str, ...]:
    """Each once, in order: several entities may share one (the district of a person and of a firm)."""
    return tuple(dict.fromkeys(one.title for one in breakdowns))


# Reading ---------------------------------------------------------------------------------------------------------


def read_breakdowns(city: City) -> tuple[tuple[Breakdown, ...], tuple[Problem, ...]]:
    """The breakdowns of a city pack, and all that is wrong with them; none where it has no such file."""
    path = city.folder / FILE
    if not path.exists():
        return (), ()
    text = path.read_text(encoding="utf-8")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return (), (Problem("breakdown", Place(FILE, 1), f"不是 TOML: {error}", "名称和式子都写在引号里"),)
    return _Reader(city, text).read(content)


class _Reader:
    def __init__(self, city: City, text: str) -> None:
        self.city = city
        self.lines = text.split("\n")
        self.problems: list[Problem] = []

    def read(self, content: Mapping[str, Any]) -> tuple[tuple[Breakdown, ...], tuple[Problem, ...]]:
        entries = content.get("breakdown", [])
        if set(content) - {"breakdown"} or not isinstance(entries, list) or not entries:
            self.wrong(
                "", "文件里只写 [[breakdown]]", "每一种分组一个 [[breakdown]],下面写 title、entity、value 或 parts"
            )
            return (), tuple(self.problems)
        found = [one for entry in entries if (one := self._one(entry)) is not None]
        seen: set[tuple[str, str]] = set()
        for one in found:
            if (one.title, one.entity) in seen:
                self.wrong(one.title, f"{one.entity}的 '{one.title}' 写了两次", "删去一个")
            seen.add((one.title, one.entity))
        return (tuple(found) if not self.problems else ()), tuple(self.problems)

    def wrong(self, said: str, message: str, way: str = "") -> None:
        """A note on the line on which something is said, in quotes; on the first if it is nowhere."""
        at = next((n for n, line in enumerate(self.lines, 1) if said and f'"{said}"' in line), 1)
        source = self.lines[at - 1]
        column = source.find(f'"{said}"') + 2 if said and said in source else 1
        self.problems.append(Problem("breakdown", Place(FILE, at, column, max(len(said), 1), "", source), message, way))

    def _one(self, entry: Mapping[str, Any]) -> Breakdown | None:
        title, entity = str(entry.get("title", "")), str(entry.get("entity", ""))
        parts = entry.get("parts", {})
        if unknown := set(entry) - set(KEYS):
            self.wrong(title, f"不认识 {'、'.join(sorted(unknown))}", f"可以写 {'、'.join(KEYS)}")
            return None
        if not title or ("value" in entry) == bool(parts) or not isinstance(parts, dict):
            self.wrong(title, "每一种分组要有 title,再写 value 或 parts 中的一个", 'value = "常住区县"')
            return None
        if entity not in self.city.vocabulary.entities:
            known = self.city.vocabulary.entities
            self.wrong(entity or title, f"没有名为 '{entity}' 的事实", perhaps(entity, known) or "写词汇里的一种事实")
            return None
        written = {"": str(entry["value"])} if "value" in entry else {str(n): str(e) for n, e in parts.items()}
        quoted = self._quoted(entry.get("quotes", []))
        if quoted is None:
            return None
        checked = {name: self._checked(text, entity, quoted, whole=not name) for name, text in written.items()}
        good = {name: expr for name, expr in checked.items() if expr is not None}
        return self._made(title, entity, good, entry.get("several") is True) if len(good) == len(checked) else None

    def _made(self, title: str, entity: str, good: Mapping[str, t.Expr], several: bool) -> Breakdown:
        if "" not in good:
            return Breakdown(title, entity, (*good, OTHERS, UNCLEAR), parts=tuple(good.items()), several=several)
        value = good[""]
        if value.type.kind == "code":
            names = self.city.vocabulary.codes[value.type.of].names
            return Breakdown(title, entity, (*names.values(), UNCLEAR), value, names=names)
        values = (YES, NO, UNCLEAR) if value.type.kind == "bool" else ()
        return Breakdown(title, entity, values, value)

    def _quoted(self, names: object) -> list[Scope] | None:
        if not isinstance(names, list):
            self.wrong("", "quotes 是文件名称的列表", 'quotes = ["就业群体认定"]')
            return None
        found = []
        for name in names:
            called = [scope for scope in self.city.scopes.values() if scope.front.is_called(str(name).strip("《》"))]
            if len(called) != 1:
                labels = [scope.front.label for scope in self.city.scopes.values()]
                message = f"《{name}》有几个版本" if called else f"没有名为《{name}》的文件"
                self.wrong(str(name), message, perhaps(str(name), labels) or "写城市目录里一份文件的名称")
                return None
            found += called
        return found

    def _checked(self, text: str, entity: str, quoted: Sequence[Scope], *, whole: bool) -> t.Expr | None:
        """The expression as the 定义 of a document that 引用s these; of a part it must be yes or no."""
        document, problems = parse_document(_document(text, entity), FILE, self._names(quoted))
        desk = Desk(self.city.vocabulary)
        scope = open_scope(document, desk)
        scope.quotes.extend(quoted)
        expr = check_entity_definition(scope, entity, NAME, root_context(scope, desk))
        said = [p for p in (*problems, *desk.problems) if p.severity == "error"]
        for problem in said:
            self.wrong(text, problem.message, problem.suggestion)
        if said or expr is None:
            if not said:
                self.wrong(text, "这里要写名称或式子")
            return None
        kinds = ("code", "bool", "text") if whole else ("bool",)
        if expr.type.kind not in kinds:
            way = "用 parts 分成几段,每段写一个是或否的式子" if whole else "写一个是或否的式子"
            self.wrong(text, "按它分不了组" if whole else "这不是一个是或否的式子", way)
            return None
        return expr

    def _names(self, quoted: Sequence[Scope]) -> frozenset[str]:
        given = {name for scope in quoted for _, name in scope.entity_definitions}
        given |= {name for scope in quoted for name in (*scope.parameters, *scope.tables)}
        return names_of_vocabulary(self.city.vocabulary) | given


NAME = "分组"


def _document(text: str, entity: str) -> str:
    return f"---\n名称: 分组\n文种: 定义\n---\n# 分组\n\n```规则\n定义 {entity}.{NAME}: {text}\n```\n"


# Answering -------------------------------------------------------------------------------------------------------


def group(
    engine: Engine,
    vocabulary: Vocabulary,
    rulebook: Rulebook,
    cutoffs: Mapping[str, date | None],
    offered: Offered,
    breakdowns: Sequence[Breakdown],
    asked: Mapping[str, str],
    *,
    as_of: date,
) -> dict[tuple[str, str], str]:
    """Leaves one relation for each breakdown whose entity is asked of; by title and entity, its name. Its columns are key,
    day, called (one row for each part that a row belongs to) and place (where that stands among the values).

    The engine offers the facts. `asked`: entity → a relation of `key` and `day`, each pair once; 适用日 is the day. Whoever
    has no row in the facts is in none of them."""
    wanted = [one for one in breakdowns if one.entity in asked]
    sources = Sources(vocabulary, rulebook, as_of, as_of, cutoffs, offered)
    columns = {
        entity: {f"v{n}_{i}": expr for n, one in enumerate(wanted) if one.entity == entity
                 for i, expr in enumerate(one.expressions)}
        for entity in dict.fromkeys(one.entity for one in wanted)
    }  # fmt: skip
    listed = tuple(
        Asked(f"grouped_{number}", entity, asked[entity], of) for number, (entity, of) in enumerate(columns.items())
    )
    if listed:
        engine.run(columns_plan(sources, listed))
    relation = {one.entity: one.relation for one in listed}
    found = {}
    for number, one in enumerate(wanted):
        name = f"breakdown_{number}"
        engine.offer(f"{name}_called", _called(engine, relation[one.entity], one, number))
        engine.keep(name, _joined(relation[one.entity], one, number, f"{name}_called"))
        found[one.title, one.entity] = name
    return found


def _called(engine: Engine, relation: str, one: Breakdown, number: int) -> pa.Table:
    """Each combination of values that occurs with what it is called: few rows, however many there are of people."""
    names = [f"v{number}_{i}" for i in range(len(one.expressions))]
    columns = [col(name) for name in names]
    found = engine.fetch(sql.select(columns, sql.table(relation, "r"), group=columns))
    known = list(one.values)
    rows = [
        (*row, name, known.index(name) if name in known else len(known))
        for row in zip(*(found[name].to_pylist() for name in names), strict=True)
        for name in one.called(row)
    ]
    schema = pa.schema([*(found.schema.field(name) for name in names), ("called", pa.string()), ("place", pa.int64())])
    return pa.table([pa.array([row[i] for row in rows], field.type) for i, field in enumerate(schema)], schema=schema)


def _joined(relation: str, one: Breakdown, number: int, called: str) -> exp.Query:
    """Rows with their names, by their values, of which some may be missing."""
    names = [f"v{number}_{i}" for i in range(len(one.expressions))]
    same = sql.and_([exp.NullSafeEQ(this=col(name), expression=col(name, "c")) for name in names])
    shown = [col("key"), col("day"), col("called", "c"), col("place", "c")]
    joins = [sql.join(sql.table(called, "c"), same, kind="INNER")]
    return sql.select(shown, sql.table(relation, "r"), joins=joins)
