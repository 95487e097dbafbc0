"""What a document declares: its names, parameters and tables, before any expression that uses them is checked."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from jixiang.language import surface, typed
from jixiang.language.check import kinds
from jixiang.language.check.core import Context, Desk, check
from jixiang.language.check.front import read_front
from jixiang.language.check.scope import Definition, Parameter, Scope
from jixiang.language.check.tables import read_table
from jixiang.language.nearness import perhaps
from jixiang.language.parts import Document, RulePart
from jixiang.language.types import NUMBER
from jixiang.values.problem import Place

ONLY: dict[str, tuple[type, ...]] = {
    "列表": (),
    "定义": (surface.Define, surface.Parameter),
    "办法": (surface.Define, surface.Parameter),
    "词汇": (),
}
GIVEN = re.compile(r"^\s*(?:(?:定义|参数)\s*(?:\w+\s*[.．。]\s*)?(\w+)|表\s*[:：]\s*(\w+))", re.MULTILINE)


def open_scope(document: Document, desk: Desk) -> Scope:
    """The document's own names. Tables and parameters come with `declare_values`, once all documents are open."""
    scope = Scope(document, read_front(document, desk.note))
    taken: dict[str, Place] = {}
    for part in document.rules:
        if _belongs(part, scope, desk):
            _declare(part, scope, taken, desk)
    tables = {part.name.text.strip() for part in document.tables}
    known = {*scope.definitions, *scope.parameters, *tables, *(name for _, name in scope.entity_definitions)}
    scope.lost = {name for match in GIVEN.finditer(document.text) for name in match.groups() if name} - known
    return scope


def _belongs(part: RulePart, scope: Scope, desk: Desk) -> bool:
    """May a document of this 文种 hold this statement?"""
    kind, statement = scope.front.kind, part.statement
    if kind in ("定义", "办法") and isinstance(statement, surface.Define) and statement.entity is None:
        way = f"写成 '定义 {next(iter(desk.vocabulary.entities), '事实')}.{statement.name.text}: …'"
        desk.note("wrong-kind", statement.name.place, f"文种 {kind} 的文件里要写明是谁的定义", way)
        return False
    if kind not in ONLY or isinstance(statement, ONLY[kind]):
        return True
    allowed = {"列表": "表", "定义": "定义 和 参数", "办法": "参数、定义 和表", "词汇": "词汇"}[kind]
    desk.note(
        "wrong-kind", statement.place, f"文种 {kind} 的文件里只能写 {allowed}", "政策的规则写在文种为 政策 的文件里"
    )
    return False


def _declare(part: RulePart, scope: Scope, taken: dict[str, Place], desk: Desk) -> None:
    match part.statement:
        case surface.Subject() as subject:
            if scope.subject is None:
                scope.subject = subject
        case surface.Define(entity=None, name=name) as define:
            if _is_new(name, scope, taken, desk):
                scope.definitions[name.text] = Definition(define, part.article)
        case surface.Define(name=name) as define:
            _declare_for_entity(define, part.article, scope, desk)
        case surface.Parameter(name=name) as parameter:
            if _is_new(name, scope, taken, desk):
                _read_parameter(parameter, part.article, scope, desk)
        case surface.ConditionStatement(name=name):
            if _is_new(name, scope, taken, desk):
                scope.conditions.add(name.text)
        case surface.Instalment(name=name):
            if _is_new(name, scope, taken, desk):
                scope.stages.add(name.text)


def _is_new(name: surface.Word, scope: Scope, taken: dict[str, Place], desk: Desk) -> bool:
    """定义, 参数, 条件 and 分期 of a document share one list of names: a case column must mean one of them."""
    if name.text in taken:
        message = f"'{name.text}' 在第 {taken[name.text].line} 行已经用过"
        desk.note("duplicate-name", name.place, message, "给其中一个换一个名字")
        return False
    taken[name.text] = name.place
    return True


def _declare_for_entity(define: surface.Define, article: str, scope: Scope, desk: Desk) -> None:
    assert define.entity is not None
    entity = desk.vocabulary.entities.get(define.entity.text)
    if entity is None:
        way = perhaps(define.entity.text, desk.vocabulary.entities)
        desk.note("unknown-name", define.entity.place, f"没有名为 '{define.entity.text}' 的事实", way)
        return
    key = (entity.name, define.name.text)
    if key in scope.entity_definitions:
        desk.note("duplicate-name", define.name.place, f"'{entity.name}.{define.name.text}' 已经定义过", "换一个名字")
    elif define.name.text in entity.attributes or define.name.text in entity.relations:
        message = f"'{entity.name}' 已经有名为 '{define.name.text}' 的属性"
        desk.note("duplicate-name", define.name.place, message, "换一个名字")
    else:
        scope.entity_definitions[key] = Definition(define, article)


# Parameters ------------------------------------------------------------------------------------------------------


def _read_parameter(statement: surface.Parameter, article: str, scope: Scope, desk: Desk) -> None:
    context = Context(desk, scope, scope, None)
    steps: list[tuple[date | None, typed.Constant]] = []
    before: date | None = None
    for day, expr in statement.steps:
        value = _constant(expr, context)
        if value is None:
            continue
        _warn_rate(statement.name.text, expr, value, desk)
        if steps and not kinds.agree(value.type, steps[0][1].type):
            message = (
                f"参数 '{statement.name.text}' 先是{kinds.spoken(steps[0][1].type)},后是{kinds.spoken(value.type)}"
            )
            desk.note("mixed-types", expr.place, message, "各段要是同一类值")
        elif before is not None and day is not None and day <= before:
            message = f"参数 '{statement.name.text}' 的日期要由早到晚: {day} 不晚于 {before}"
            desk.note("parameter-order", expr.place, message, "把各段按日期排好")
        else:
            steps.append((day, value))
        before = day or before
    if steps:
        name = statement.name
        scope.parameters[name.text] = Parameter(name.text, steps[0][1].type, tuple(steps), article, name.place)


def _warn_rate(name: str, expr: surface.Expr, value: typed.Constant, desk: Desk) -> None:
    """6 for 6 % is six times the whole."""
    bare = isinstance(expr, surface.Literal_) and not expr.unit
    if bare and kinds.is_rate(name) and value.type == NUMBER and isinstance(value.value, Fraction) and value.value > 1:
        message = f"'{name}' 没有写 %,{value.value} 是 {value.value} 倍"
        desk.note("bare-rate", expr.place, message, f"是百分数就写 {value.value} %", "warning")


def _constant(expr: surface.Expr, context: Context) -> typed.Constant | None:
    """The value of a parameter: a literal."""
    if not isinstance(expr, surface.Literal_):
        way = "写一个数、金额、时长或日期;要计算的写成 定义"
        context.wrong("not-a-literal", expr.place, "参数 的值要直接写出来", way)
        return None
    value = check(expr, context)
    return value if isinstance(value, typed.Constant) else None


# Tables ----------------------------------------------------------------------------------------------------------


def declare_tables(scope: Scope, desk: Desk) -> None:
    """The document's tables, each under its name."""
    for part in scope.document.tables:
        name = part.name.text.strip()
        if name in scope.tables:
            desk.note("duplicate-name", part.name.place, f"表 '{name}' 在本文里已经有了", "换一个名字,或合成一张表")
            continue
        table = read_table(part, scope.front.label, desk)
        if table is None:
            scope.lost.add(name)
            continue
        scope.tables[name] = table
        desk.titles.update(
            title for row in table.rows for value in row.values if isinstance(value, tuple) for title in value
        )


def clashes(scope: Scope, desk: Desk) -> None:
    """Names of the document that its 对象 has already: bare, they would mean two things."""
    entity = desk.vocabulary.entities.get(scope.entity)
    if entity is None:
        return
    places = {name: d.statement.name.place for name, d in scope.definitions.items()}
    places |= {name: parameter.place for name, parameter in scope.parameters.items()}
    for name, place in places.items():
        if name in entity.attributes or name == entity.name or scope.entity_definition(entity.name, name):
            desk.note("duplicate-name", place, f"对象 '{entity.name}' 已经有名为 '{name}' 的属性", "换一个名字")
