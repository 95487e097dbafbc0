"""数额倒退 and 数额跳升: an amount that falls when a fact gets better, and one that leaps at a single step.

What is better follows from the document: a fact that a condition wants to be at least so much is better when there is more of
it, one that may be at most so much when there is less, a level of 先高后低 when it is higher. A fact that is wanted both ways
has no better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from jixiang.language import typed as t
from jixiang.language.typed import Expr, Policy
from jixiang.readings.cases.given import path_of
from jixiang.readings.health.ask import Asker
from jixiang.readings.health.claim import Claim, horizon
from jixiang.readings.health.finding import Finding, Probe
from jixiang.readings.health.person import Tried
from jixiang.readings.health.space import Solver, Space
from jixiang.readings.health.term import Worth, Z
from jixiang.readings.tree import children, walk
from jixiang.readings.wording import yuan

NUMERIC = ("number", "money", "months", "days")
STEPS = 24  # of one fact, how many are looked at
BEFORE, AFTER = "前一级", "后一级"


@dataclass(frozen=True)
class Fact:
    """A fact by which an amount may differ. `better`: 1 if more is better, -1 if less is, 0 if nothing says so."""

    expr: Expr
    name: str
    better: int


def check_amounts(asker: Asker, policy: Policy) -> Iterator[Finding]:
    """Of one version that pays money."""
    if policy.amount.type.kind != "money":
        return
    for fact in facts_of(asker, policy):
        pair = _Pair.of(asker, policy, fact)
        falls = _falls(asker, pair)
        if falls is not None:
            yield falls
        leaps = _leaps(asker, pair, both_ways=falls is None)
        if leaps is not None:
            yield leaps


# Which facts, and what is better ------------------------------------------------------------------------------------


def facts_of(asker: Asker, policy: Policy) -> list[Fact]:
    """The ordered facts that the amount rests on."""
    ways = _ways(asker, policy)
    found: dict[Expr, Fact] = {}
    for expr, name in _named(policy.amount, ""):
        if _is_fact(asker, expr) and expr not in found:
            directions = ways.get(expr, set())
            better = next(iter(directions)) if len(directions) == 1 else 0
            found[expr] = Fact(expr, name or ".".join(path_of(expr) or ()) or _said(expr), better)
    return list(found.values())


def _named(expr: Expr, name: str) -> Iterator[tuple[Expr, str]]:
    """Each node with the 定义 that is just it."""
    if isinstance(expr, t.Named):
        yield from _named(expr.expr, expr.name)
        return
    yield expr, name
    if not isinstance(expr, t.Aggregate | t.Share):
        for child in children(expr):
            yield from _named(child, "")


def _said(expr: Expr) -> str:
    return expr.relation.name if isinstance(expr, t.Aggregate) else "事实"


def _is_fact(asker: Asker, expr: Expr) -> bool:
    match expr:
        case t.Get() | t.GetOn() if path_of(expr) or isinstance(expr.of, t.TheOne):
            codes = asker.question.vocabulary.codes
            return expr.type.kind in NUMERIC or (expr.type.kind == "code" and codes[expr.type.of].ordered)
        case t.Aggregate():
            inner = [node for node in walk(expr.of) if isinstance(node, t.Row) and node.binder]
            return (
                expr.type.kind in NUMERIC
                and expr.kind in ("count", "count_distinct", "sum", "longest_run")
                and not inner
            )
        case _:
            return False


def _plain(expr: Expr) -> Expr:
    while isinstance(expr, t.Named):
        expr = expr.expr
    return expr


def _ways(asker: Asker, policy: Policy) -> dict[Expr, set[int]]:
    found: dict[Expr, set[int]] = {}
    for condition in policy.conditions:
        for expr, way in _wanted(condition.expr, 1):
            found.setdefault(_plain(expr), set()).add(way)
    for rule in asker.question.rulebook.rules_of(policy.code):
        binding = rule.bindings.get((policy.code, policy.version))
        if rule.kind == "ladder" and binding is not None and binding.level is not None:
            found.setdefault(_plain(binding.level), set()).add(1)
    return found


def _wanted(expr: Expr, sign: int) -> Iterator[tuple[Expr, int]]:
    """What a condition wants more of (1) or less of (-1)."""
    match expr:
        case t.Named(_, inner):
            yield from _wanted(inner, sign)
        case t.And(items) | t.Or(items):
            for item in items:
                yield from _wanted(item, sign)
        case t.Not(item):
            yield from _wanted(item, -sign)
        case t.Compare(op, left, right) if op in ("<", "<=", ">", ">="):
            more = sign if op in (">", ">=") else -sign
            yield left, more
            yield right, -more


# Two persons who differ in one fact ------------------------------------------------------------------------------


@dataclass
class _Pair:
    """One subject twice: with `low` of a fact, and with `high` of it, all else alike."""

    fact: Fact
    one: Claim
    other: Claim
    low: Z
    high: Z
    solver: Solver

    @classmethod
    def of(cls, asker: Asker, policy: Policy, fact: Fact) -> _Pair:
        space, rulebook = asker.question.space([policy]), asker.question.rulebook
        low, high = (_like(space, fact.expr) for _ in range(2))
        swapped = [{fact.expr: Worth(value, space.logic.yes)} for value in (low, high)]
        one = Claim(space, rulebook, policy, swapped=swapped[0])
        other = Claim(space, rulebook, policy, one.subject, swapped=swapped[1], period=one.period)
        return cls(fact, one, other, low, high, asker.solver(space))

    @property
    def both(self) -> list[Z]:
        return [*self.one.holds, *self.one.worth, *self.other.holds, *self.other.worth]

    def show(self, asker: Asker, model: Any) -> Tried | None:
        return asker.show_all([(BEFORE, self.one), (AFTER, self.other)], model)


def _like(space: Space, expr: Expr) -> Z:
    """Any value that the fact may have."""
    value = space.free_integer("值")
    match expr:
        case t.Get(of, attribute) | t.GetOn(of, attribute):
            space.axioms += space.bounds(space.vocabulary.entities[of.type.of].attributes[attribute], value)
        case _:
            space.axioms.append(value >= 0)
    return value


def amounts(tried: Tried) -> tuple[int, int] | None:
    """What the two get, where both are granted."""
    found = [row.result.amount_fen for row in tried.rows if row.result.outcome == "granted"]
    return (found[0], found[1]) if len(found) == 2 and found[0] is not None and found[1] is not None else None


# 数额倒退 ----------------------------------------------------------------------------------------------------------


def _falls(asker: Asker, pair: _Pair) -> Finding | None:
    if not pair.fact.better:
        return None
    policy, better = pair.one.policy, pair.fact.better
    worse = pair.other.amount.value <= pair.one.amount.value - 1
    wanted = [*pair.both, worse, pair.one.until(horizon(policy, asker.question.as_of))]
    steps = [pair.high == pair.low + better, pair.high > pair.low if better > 0 else pair.high < pair.low]
    unsure = False
    for step in steps:
        model = pair.solver.find([*wanted, step], pair.one.liked(asker.question.as_of))
        unsure = unsure or model is None
        tried = pair.show(asker, model) if model else None
        if model and (tried is None or (got := amounts(tried)) is None or got[0] <= got[1]):
            return _fell(asker, pair, None, (0, 0))
        if tried is not None and (got := amounts(tried)) is not None:
            return _fell(asker, pair, tried, got)
    if unsure:
        asker.give_up(policy, f"“{pair.fact.name}”变好时金额会不会倒退")
    return None


def _fell(asker: Asker, pair: _Pair, tried: Tried | None, got: tuple[int, int]) -> Finding:
    policy, name = pair.one.policy, pair.fact.name
    more = "多" if pair.fact.better > 0 else "少"
    how = f"{_step(tried, name)},金额从 {yuan(got[0])} 降到 {yuan(got[1])}" if tried else "金额反而降低"
    return Finding(
        kind="数额倒退",
        document=asker.label(policy),
        place=asker.place(policy),
        about=name,
        text=f"“{name}”越{more}越好,{how}",
        examples=(tried.example,) if tried else (),
        standing="确认" if tried else "未能确认",
        way_out="改标准,或者用 较大、较小 保证不倒退",
        probe=_probe(asker, pair, tried),
    )


def _probe(asker: Asker, pair: _Pair, tried: Tried | None, place: int = 1) -> Probe | None:
    """Those who stand on the far side of the step that is shown."""
    if tried is None:
        return None
    value = tried.value(place, pair.fact.name, asker.question.vocabulary)
    if value is None:
        return None
    at = t.Compare("=", pair.fact.expr, t.Constant(value, pair.fact.expr.type))
    return Probe(pair.one.policy, tests=(at,))


def _step(tried: Tried | None, name: str) -> str:
    if tried is None:
        return "变好一级"
    cells = [row.cells.get(name, "") for row in tried.rows]
    return f"从 {cells[0]} 到 {cells[1]}" if all(cells) else "变好一级"


# 数额跳升 ----------------------------------------------------------------------------------------------------------


def _leaps(asker: Asker, pair: _Pair, *, both_ways: bool) -> Finding | None:
    """All steps at which the amount leaps; the farthest leap is shown."""
    policy, found = pair.one.policy, list[tuple[Fraction, Tried, tuple[int, int]]]()
    until = pair.one.until(horizon(policy, asker.question.as_of))
    for low, high in _steps_of(asker, policy, pair.fact):
        ends = [pair.low == low, pair.high == high]
        for rising in (True, False) if both_ways else (True,):
            share = 1 + asker.jump
            if rising and low > 0 and pair.fact.expr.type.kind != "code":
                share *= Fraction(high, low)
            more, less = (pair.other, pair.one) if rising else (pair.one, pair.other)
            far = more.amount.value * share.denominator > less.amount.value * share.numerator
            model = pair.solver.find([*pair.both, *ends, far, until], pair.one.liked(asker.question.as_of))
            if model is None:
                asker.give_up(policy, f"“{pair.fact.name}”一级之差金额会不会跳升")
            tried = pair.show(asker, model) if model else None
            got = amounts(tried) if tried else None
            if tried is not None and got is not None and min(got) > 0:
                found.append((Fraction(max(got), min(got)), tried, got))
    return _leapt(asker, pair, found) if found else None


def _leapt(asker: Asker, pair: _Pair, found: list[tuple[Fraction, Tried, tuple[int, int]]]) -> Finding:
    policy, name = pair.one.policy, pair.fact.name
    _, far, _ = max(found, key=lambda one: one[0])
    said = [f"{_step(tried, name)}: {yuan(got[0])} → {yuan(got[1])}({_times(size)})" for size, tried, got in found]
    return Finding(
        kind="数额跳升",
        document=asker.label(policy),
        place=asker.place(policy),
        about=name,
        text=f"“{name}”只差一级,金额相差超过 {_percent(asker.jump)}: {'; '.join(said)}",
        examples=(far.example,),
        way_out="在中间加几级,或者写释明",
        probe=_probe(asker, pair, far, 0),
    )


def _times(size: Fraction) -> str:
    return f"{float(size):.2f} 倍".replace(".00", "")


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):g} %"


def _steps_of(asker: Asker, policy: Policy, fact: Fact) -> list[tuple[int, int]]:
    """Neighbours between which the amount is chosen anew."""
    of = fact.expr.type
    chosen = set(_chosen_at(asker, policy.amount, fact.expr))
    if not chosen:
        return []
    if of.kind == "code":
        return [(n, n + 1) for n in range(len(asker.question.vocabulary.codes[of.of].codes) - 1)]
    steps = {(at + below, at + below + 1) for at in chosen if at is not None for below in (-1, 0)}
    return sorted(steps)[:STEPS]


def _chosen_at(asker: Asker, expr: Expr, fact: Expr) -> Iterator[int | None]:
    """The values at which a comparison or a table chooses by the fact; None of a code, whose steps are its codes."""
    for node in walk(expr):
        match node:
            case t.Compare(_, left, right):
                for side, other in ((left, right), (right, left)):
                    if _plain(side) == fact:
                        yield from _constants(other)
            case t.Look(table, _, keys):
                for place, key in enumerate(keys):
                    if _plain(key) == fact:
                        rows = asker.question.rulebook.tables[table].rows
                        yield from (end for row in rows for end in _ends(row.keys[place]))
            case t.Member(item) if _plain(item) == fact:
                yield None


def _constants(expr: Expr) -> Iterator[int | None]:
    for node in walk(expr):
        if isinstance(node, t.Constant):
            yield _whole(node.value)


def _ends(cell: t.Cell) -> Iterator[int | None]:
    match cell:
        case t.OneOf(values):
            yield from map(_whole, values)
        case t.Between(low, high):
            yield from (_whole(end) for end in (low, high) if end is not None)


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else None
