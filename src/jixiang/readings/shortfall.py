"""Why a condition does not hold, and what would have to be known: 还差 1 个月, 晚了 12 天, 缴费数据截至 2021-05-31.

Reads the same tree as the interpreter and asks it for values; it never decides anything itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jixiang.language import typed as t
from jixiang.language.types import DAYS, MONTHS, Type
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.bounds import Bounds
from jixiang.readings.env import Env, Unseen
from jixiang.readings.evaluate import between, certain, evaluate, rows_for, truth, unseen_row
from jixiang.readings.tree import children
from jixiang.readings.wording import named, say, spell, word
from jixiang.values.month import Month

NEGATED: dict[t.CompareOp, t.CompareOp] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "≠", "≠": "="}
SHOWN = 3  # of many rows, how many are named


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One reason. `measured`: it says by how much, so that one can tell a near miss."""

    text: str
    measured: bool = False


def shortfalls(expr: t.Expr, env: Env, wanted: bool = True) -> list[Shortfall]:
    """The reasons why `expr` is not what it was `wanted` to be."""
    spoken = spell(expr, env.world.vocabulary)
    match expr:
        case t.Named(name, inner) if name not in env.overrides:
            return shortfalls(inner, env, wanted)
        case t.Not(item):
            return shortfalls(item, env, not wanted)
        case t.And(items) | t.Or(items):
            guilty = [item for item in items if truth(item, env) is (not wanted)]
            return [reason for item in guilty for reason in shortfalls(item, env, wanted)]
        case t.If(condition, then, otherwise) if (holds := truth(condition, env)) is not None:
            return shortfalls(then if holds else otherwise, env, wanted)
        case t.Compare(op, left, right):
            return [_compared(op if wanted else NEGATED[op], left, right, env)]
        case t.Member(item, _) | t.Listed(_, (item,)):
            value = named(spell(item, env.world.vocabulary), say(evaluate(item, env), item.type, env.world.vocabulary))
            return [Shortfall(f"{value}, {_belongs(expr, wanted, env)}")]
        case t.Listed():
            return [Shortfall(_belongs(expr, wanted, env))]
        case t.Known(item):
            return [Shortfall(f"{spell(item, env.world.vocabulary)} {'没有' if wanted else '已经'}登记")]
        case t.Aggregate(kind="exists"):
            return _rows_wanted(expr, env) if wanted else _rows_unwanted(expr, env)
        case _:
            return [Shortfall(f"{spoken} 为 {'否' if wanted else '是'}")]


def because(expr: t.Expr, env: Env) -> str:
    """Why a condition holds: the values that it compares."""
    words = env.world.vocabulary
    match expr:
        case t.Named(name, inner) if name not in env.overrides:
            return because(inner, env)
        case t.And(items):
            return "; ".join(because(item, env) for item in items)
        case t.Compare(op, left, right):
            has, needs = (
                named(spell(side, words), say(evaluate(side, env), side.type, words)) for side in (left, right)
            )
            return f"{has}, {word(op, left.type)} {needs}"
        case t.Member(item) | t.Listed(_, (item,)):
            return named(spell(item, words), say(evaluate(item, env), item.type, words))
        case _:
            return f"{spell(expr, words)} 为 是"


def _belongs(expr: t.Member | t.Listed, wanted: bool, env: Env) -> str:
    words = env.world.vocabulary
    match expr:
        case t.Member(_, options):
            names = "、".join(spell(option, words) for option in options)
            return f"{'应为' if wanted else '不应为'} {names}{' 之一' if len(options) > 1 and wanted else ''}"
        case t.Listed(table, keys, on):
            shown = "、".join(say(evaluate(key, env), key.type, words) for key in keys)
            found = "不在" if wanted else "在"
            return f"{shown} {found} {env.tables[table].name} 中({say(evaluate(on, env), on.type, words)})"


# Comparisons -----------------------------------------------------------------------------------------------------


def _compared(op: t.CompareOp, left: t.Expr, right: t.Expr, env: Env) -> Shortfall:
    """缴费月数 11 个月, 需不少于 12 个月, 还差 1 个月"""
    words = env.world.vocabulary
    has, needs = (say(evaluate(side, env), side.type, words) for side in (left, right))
    wanted = needs if isinstance(right, t.Constant) else named(spell(right, words), needs)
    gap = gap_of(op, between(left, env), between(right, env), left.type) if left.type.ordered else None
    text = f"{named(spell(left, words), has)}, 应{word(op, left.type)} {wanted}"
    if gap is None:
        return Shortfall(text)
    return Shortfall(f"{text}, {by_how_much(gap, left.type, words)}", measured=True)


def gap_of(op: t.CompareOp, left: Bounds, right: Bounds, of: Type) -> Any:
    """What must be added to the left side; below zero: taken from it. At least this much, where there are bounds."""
    if op in (">", ">="):
        have, need = left.hi, right.lo
    elif op in ("<", "<="):
        have, need = left.lo, right.hi
    else:
        have, need = (left.value, right.value) if op == "=" else (None, None)
    if have is None or need is None:
        return None
    step = 1 if of.kind in ("date", "month", "year", "months", "days") or of.unit else 0
    strict = {">": step, "<": -step}.get(op, 0)
    match have:
        case date():
            return (need - have).days + strict
        case Month():
            return need.index - have.index + strict
        case _:
            return need - have + strict


def by_how_much(gap: Any, of: Type, words: Vocabulary) -> str:
    """还差 1 个月, 超出 2 天, 晚了 12 天"""
    unit = {"date": DAYS, "month": MONTHS}.get(of.kind, of)
    size = f"{abs(gap)} 年" if of.kind == "year" else say(Bounds(abs(gap), abs(gap)), unit, words)
    if of.kind in ("date", "month", "year"):
        return f"{'早' if gap > 0 else '晚'}了 {size}"
    return f"还差 {size}" if gap > 0 else f"超出 {size}"


# Sets of rows ----------------------------------------------------------------------------------------------------


def _rows_wanted(expr: t.Aggregate, env: Env) -> list[Shortfall]:
    """No row will do: why not the one that comes nearest."""
    key = certain(expr.of, env)
    rows = env.world.related(expr.relation, key) if isinstance(key, str) else ()
    if not rows:
        return [Shortfall(f"没有{expr.relation.target}记录")]
    nearest, reasons = _nearest(expr, rows, env)
    why = "; ".join(reason.text for reason in reasons)
    measured = len(reasons) == 1 and reasons[0].measured
    return [Shortfall(f"没有符合的{expr.relation.target}记录, 最接近的一条 {nearest}: {why}", measured)]


def _nearest(expr: t.Aggregate, rows: Sequence[str], env: Env) -> tuple[str, list[Shortfall]]:
    """The row with the fewest reasons, what it is called and why it will not do; of months as near the last one."""
    reasons = {row: shortfalls(expr.where, env.bind(expr.binder, row)) for row in rows}

    def distance(row: str) -> tuple[Any, ...]:
        far = len(reasons[row]), not all(reason.measured for reason in reasons[row])
        month = _month(expr.relation.target, row, env)
        return far if month is None else (*far, -month.index, [reason.text for reason in reasons[row]])

    nearest = min(rows, key=distance)
    return _called(expr.relation.target, nearest, env), reasons[nearest]


def _rows_unwanted(expr: t.Aggregate, env: Env) -> list[Shortfall]:
    key = certain(expr.of, env)
    rows = rows_for(expr, key, env).sure if isinstance(key, str) else ()
    return [Shortfall(f"有 {len(rows)} 条{expr.relation.target}记录: {_some(expr.relation.target, rows, env)}")]


def _some(entity: str, rows: Sequence[str], env: Env) -> str:
    names = dict.fromkeys(_called(entity, row, env) for row in _in_turn(entity, rows, env))
    return "、".join([*names][:SHOWN]) + (f" 等 {len(rows)} 条" if len(rows) > min(SHOWN, len(names)) else "")


# A row that happens by the month has a key that says nothing to anybody: it goes by its month.


def _called(entity: str, key: str, env: Env) -> str:
    return str(_month(entity, key, env) or key)


def _in_turn(entity: str, rows: Sequence[str], env: Env, said: Mapping[str, list[str]] | None = None) -> list[str]:
    """By their months, where all have one, then by what is said of them; else as they come."""
    months = {row: month for row in rows if (month := _month(entity, row, env)) is not None}
    if len(months) < len(rows):
        return list(rows)
    return sorted(rows, key=lambda row: (months[row], (said or {}).get(row, [])))


def _month(entity: str, key: str, env: Env) -> Month | None:
    time = env.world.vocabulary.entities[entity].time
    found = (env.world.row(entity, key) or {}).get(time)
    return found if isinstance(found, Month) else None


# What is missing -------------------------------------------------------------------------------------------------


def missing_facts(expr: t.Expr, env: Env) -> list[str]:
    """Which facts, if they were known, would settle an expression; each once, in the order of the text."""
    return list(dict.fromkeys(_missing(expr, env)))


def _settled(expr: t.Expr, env: Env) -> bool:
    found = evaluate(expr, env)
    return found.certain if isinstance(found, Bounds) else found is not None


def _missing(expr: t.Expr, env: Env) -> Iterator[str]:
    if _settled(expr, env) or isinstance(expr, t.Constant):
        return
    match expr:
        case t.Named(name) | t.Dated(name) if name in env.overrides:
            yield f"{name} 没有给出"
        case t.Get(of, attribute) | t.GetOn(of, attribute):
            yield from _attribute_missing(expr, of, attribute, env)
        case t.Aggregate() | t.Share():
            yield from _rows_missing(expr, env)
        case t.If(condition, then, otherwise):
            holds = truth(condition, env)
            yield from _missing(condition if holds is None else then if holds else otherwise, env)
        case _:
            inner = [fact for child in children(expr) for fact in _missing(child, env)]
            yield from inner or [_own_fault(expr, env)]


def _own_fault(expr: t.Expr, env: Env) -> str:
    """All parts are known and yet there is no value."""
    words = env.world.vocabulary
    match expr:
        case t.Look(table, _, keys, on):
            shown = "、".join(say(evaluate(key, env), key.type, words) for key in keys)
            return f"{env.tables[table].name} 里没有 {shown} 的一行({say(evaluate(on, env), on.type, words)})"
        case t.Dated(name, _, on):
            return f"参数 {name} 在 {say(evaluate(on, env), on.type, words)} 没有规定"
        case t.Arithmetic(op="÷"):
            return f"{spell(expr, words)} 除以零"
        case t.EffectiveDate():
            return "适用日 不明"
        case _:
            return f"{spell(expr, words)} 无法得出"


def _attribute_missing(expr: t.Expr, of: t.Expr, attribute: str, env: Env) -> Iterator[str]:
    words = env.world.vocabulary
    key = evaluate(of, env)
    if not isinstance(key, str):
        if isinstance(of, t.Row) and isinstance(env.rows.get(of.binder), Unseen):
            return
        yield from _missing(of, env)
    elif env.world.row(of.type.of, key) is None:
        yield f"没有 {of.type.of} {key} 的记录"
    elif isinstance(expr, t.GetOn):
        unknown_day = list(_missing(expr.on, env))
        on = say(evaluate(expr.on, env), expr.on.type, words)
        yield from unknown_day or [f"{of.type.of} {key} 的 {attribute} 在 {on} 没有登记"]
    else:
        yield f"{of.type.of} {_called(of.type.of, key, env)} 的 {attribute} 没有登记"


def _rows_missing(expr: t.Aggregate | t.Share, env: Env) -> Iterator[str]:
    """The extract that ends too early, the rows of which it is unknown whether they count, the values they lack."""
    key = certain(expr.of, env)
    if not isinstance(key, str):
        yield from _missing(expr.of, env)
        return
    rows = rows_for(expr, key, env)
    if rows.more and unseen_row(expr.relation.target, env):
        yield f"{expr.relation.target}数据截至 {env.world.cutoff(expr.relation.target)}"
    parts = [expr.where, *([expr.value] if isinstance(expr, t.Aggregate) and expr.value else [])]
    for some in (rows.maybe, rows.sure):
        lacks = {row: [f for part in parts for f in _missing(part, env.bind(expr.binder, row))] for row in some}
        for row in _in_turn(expr.relation.target, some, env, lacks):
            yield from lacks[row]
    if isinstance(expr, t.Share):
        yield from _missing(expr.money, env)
    elif expr.kind in ("average", "max", "min") and rows.complete and not rows.sure:
        yield f"没有{expr.relation.target}记录"
