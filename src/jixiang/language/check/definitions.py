"""Definitions put in the place of their names.

A 定义 is checked anew at each use, for the row and the day it is used with: that is what `X 于 D` and 定义 E.N mean.
"""

from __future__ import annotations

from dataclasses import replace

from jixiang.language import surface, typed
from jixiang.language.check.core import EFFECTIVE, Context, check
from jixiang.language.check.scope import Definition, Found
from jixiang.language.check.size import is_too_large
from jixiang.language.types import ref

INLINED_MAX = 40  # definitions one inside another


def inline_definition(found: Found[Definition], word: surface.Word, context: Context) -> typed.Expr | None:
    """A 定义 N of the 对象. That of another document must speak of the same kind of 对象."""
    scope = found.scope
    if scope is not context.root and scope.entity != context.root.entity:
        message = f"《{scope.front.name}》的 '{word.text}' 说的是 '{scope.entity}',这里的对象是 '{context.root.entity}'"
        context.wrong("other-subject", word.place, message, "在本文里另写一条 定义")
        return None
    this = typed.Row(0, ref(scope.entity)) if scope.entity else None
    words = {name: expr for name, expr in context.words.items() if name in ("受益人", "收款人")}
    inner = replace(context, scope=scope, this=this, rows=(), effective=context.on, words=words)
    expr = _inlined(found, inner, context, word)
    if expr is not None and scope is context.root and context.standing:
        return typed.Named(word.text, expr)
    return expr


def inline_entity_definition(
    found: Found[Definition], row: typed.Expr, word: surface.Word, context: Context
) -> typed.Expr | None:
    """A 定义 E.N, asked of a row of E."""
    inner = entity_context(found, row, context)
    expr = _inlined(found, inner, context, word)
    own = found.scope is context.root and context.standing and row == typed.Row(0, row.type)
    return typed.Named(word.text, expr) if expr is not None and own else expr


def entity_context(found: Found[Definition], row: typed.Expr, context: Context) -> Context:
    """Inside 定义 E.N: 本 is the row of E, and 适用日 is the day on which it is asked."""
    return replace(
        context,
        scope=found.scope,
        this=row,
        rows=(),
        effective=context.on,
        period=None,
        words={},
        of_entity=True,
    )


def _inlined(found: Found[Definition], inner: Context, context: Context, word: surface.Word) -> typed.Expr | None:
    definition = found.item
    mark = (found.scope.document.file, definition.entity, definition.name)
    if mark in context.inlining:
        _ring(context.inlining[context.inlining.index(mark) :], word, context)
        return None
    if len(context.inlining) >= INLINED_MAX:
        _too_large(definition, context)
        return None
    key = (
        mark,
        inner.this,
        inner.on,
        inner.effective,
        inner.depth,
        inner.period,
        context.root.document.file,
        *inner.words,
    )
    memo = context.desk.memo
    if key not in memo:
        quiet = replace(inner.muted(), inlining=(*context.inlining, mark))
        quiet.desk.memo = memo
        expr = check(definition.statement.expr, quiet)
        told = _hand_on(quiet, context)
        if expr is None and not told and _stands_alone(found, inner, context):
            first = quiet.desk.problems[0]
            context.wrong(first.code, word.place, f"'{word.text}' 用在这里: {first.message}", first.suggestion)
        if expr is not None and is_too_large(expr, context.desk.sizes):
            _too_large(definition, context)
            expr = None
        memo[key] = expr
    return memo[key]


def _too_large(definition: Definition, context: Context) -> None:
    place = definition.statement.name.place
    context.wrong("too-large", place, f"'{definition.name}' 一层套一层,展开以后太大", "少套几层,或者分成几项条件")


def _hand_on(quiet: Context, context: Context) -> bool:
    """Of what was found wrong inside a definition, what concerns more than one of them is told; its own place tells the rest."""
    shared = [problem for problem in quiet.desk.problems if problem.code in ("ring", "too-large")]
    context.desk.problems.extend(problem for problem in shared if problem not in context.desk.problems)
    context.desk.rings |= quiet.desk.rings
    return bool(shared)


def _stands_alone(found: Found[Definition], inner: Context, context: Context) -> bool:
    """Is the definition right by itself, so that only this use of it is wrong? (Else its own place tells.)"""
    if inner.as_written and inner.depth == 0:
        return False  # this was the definition by itself
    mark = (found.scope.document.file, found.item.entity, found.item.name)
    sound = context.desk.sound
    if mark not in sound:
        sound[mark] = False
        row = typed.Row(0, ref(found.item.entity or found.scope.entity)) if inner.this is not None else None
        alone = replace(inner.muted(), this=row, on=EFFECTIVE, effective=EFFECTIVE, depth=0, inlining=())
        sound[mark] = check(found.item.statement.expr, alone) is not None
    return sound[mark]


def _ring(ring: tuple[tuple[str, str, str], ...], word: surface.Word, context: Context) -> None:
    if frozenset(ring) in context.desk.rings:
        return
    context.desk.rings.add(frozenset(ring))
    names = " → ".join([*(name for _, _, name in ring), ring[0][2]])
    context.wrong("ring", word.place, f"定义绕成了圈: {names}", "去掉其中一处引用")
