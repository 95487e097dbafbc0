"""表有缺口 and 名单过期: what a policy looks up and its table does not have, though its conditions allow it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import z3

from jixiang.language import typed as t
from jixiang.language.typed import Expr, Policy
from jixiang.readings.health.ask import Asker
from jixiang.readings.health.claim import Claim, horizon
from jixiang.readings.health.finding import Finding, Probe
from jixiang.readings.health.person import NotWritten, Tried, Writer
from jixiang.readings.health.space import Solver
from jixiang.readings.health.tables import speaks
from jixiang.readings.health.term import Day, Truth, Worth, Z
from jixiang.readings.tree import children, walk

MOST = 12  # missing keys that are named


@dataclass(frozen=True)
class Use:
    """A look-up or a list in what decides: in which condition (None: the amount)."""

    node: t.Look | t.Listed
    condition: int | None
    root: Expr

    @property
    def where(self) -> tuple[str, str]:
        return self.node.table, self.node.column if isinstance(self.node, t.Look) else ""


def check_lookups(asker: Asker, policy: Policy) -> Iterator[Finding]:
    """Of one version: each table or list at most once a kind."""
    space = asker.question.space([policy])
    claim = Claim(space, asker.question.rulebook, policy)
    uses = list(_uses(policy))
    for use in uses:
        claim.reader.read(use.node)
    solver = asker.solver(space)
    expired: dict[str, date] = {}
    for use in uses:
        last = last_day(asker.question.rulebook.tables[use.node.table])
        if last is not None and use.node.table not in expired:
            finding = _expired(asker, claim, solver, use, last)
            if finding is not None:
                expired[use.node.table] = last
                yield finding
    told: set[tuple[str, str]] = set()
    for use in uses:
        if isinstance(use.node, t.Look) and use.where not in told:
            finding = _gap(asker, claim, solver, use, expired.get(use.node.table))
            if finding is not None:
                told.add(use.where)
                yield finding


def _uses(policy: Policy) -> Iterator[Use]:
    for number, condition in enumerate(policy.conditions):
        yield from (Use(node, number, condition.expr) for node in _lookups(condition.expr))
    yield from (Use(node, None, policy.amount) for node in _lookups(policy.amount))


def _lookups(expr: Expr) -> Iterator[t.Look | t.Listed]:
    """Those that do not speak of rows in an aggregate."""
    if isinstance(expr, t.Aggregate | t.Share):
        return
    if isinstance(expr, t.Look | t.Listed) and not any(isinstance(n, t.Row) and n.binder for n in walk(expr)):
        yield expr
    for child in children(expr):
        yield from _lookups(child)


def last_day(table: t.Table) -> date | None:
    """The last day on which any row is in force; None if there is no such day."""
    ends = [row.until for row in table.rows]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


# 名单过期 ----------------------------------------------------------------------------------------------------------


def _expired(asker: Asker, claim: Claim, solver: Solver, use: Use, last: date) -> Finding | None:
    policy, logic = claim.policy, claim.space.logic
    on = claim.reader.worth(use.node.on)
    others = [truth.t for n, truth in enumerate(claim.conditions) if n != use.condition]
    late = [on.known, on.value.order > logic.day(last).order, *_keys_known(claim, use)]
    wanted = [*claim.considered, *others, *late, claim.until(horizon(policy, asker.question.as_of))]
    model = solver.find(wanted, claim.liked(asker.question.as_of))
    if model is None:
        asker.give_up(policy, f"“{_name(asker, use)}”是不是过期")
    if not model:
        return None
    tried = asker.show(claim, model)
    table = asker.question.rulebook.tables[use.node.table]
    kind = "表" if isinstance(use.node, t.Look) else "名单"
    wide = "受理期、执行期" if policy.execution or policy.acceptance else "办法没有写到期,"
    return Finding(
        kind="名单过期",
        document=asker.label(policy),
        place=asker.place(policy, use.condition),
        about=table.name,
        text=f"{kind}“{table.name}”({table.document})的各行到 {last} 全部到期,{wide}以后还要用它",
        examples=(tried.example,) if tried else (),
        standing="确认" if tried else "未能确认",
        way_out="给这张表写上以后的行,或者写明办法的期限",
        probe=Probe(policy, tests=(t.Compare(">", use.node.on, t.Constant(last, use.node.on.type)),), passing="any"),
    )


# 表有缺口 ----------------------------------------------------------------------------------------------------------


def _gap(asker: Asker, claim: Claim, solver: Solver, use: Use, last: date | None) -> Finding | None:
    policy, logic, node = claim.policy, claim.space.logic, use.node
    wanted = _missed(claim, use, last, asker)
    said: list[str] = []
    first: Tried | None = None
    keys = [claim.reader.worth(key) for key in node.keys]
    liked = claim.liked(asker.question.as_of)
    while len(said) < MOST:
        model = solver.find(wanted, liked)
        if model is None:
            asker.give_up(policy, f"“{_name(asker, use)}”有没有缺口")
        if not model:
            break
        first = first or asker.show(claim, model)
        said.append(_said(asker, claim, use, model))
        liked = liked[:1]
        same = logic.all(_equal(key, model) for key in keys)
        if not keys:
            break
        wanted = [*wanted, logic.no_(same)]
    if not said:
        return None
    table = asker.question.rulebook.tables[node.table]
    heads = "、".join(name for name, _ in table.keys)
    more = "等" if len(said) == MOST else ""
    shown = first is not None and first.rows[0].result.outcome == "unknown"
    return Finding(
        kind="表有缺口",
        document=asker.label(policy),
        place=asker.place(policy, use.condition),
        about=table.name,
        text=f"条件允许的{heads}在表“{table.name}”({table.document})里查不到: {'; '.join(sorted(said))}{more}",
        examples=(first.example,) if first is not None and shown else (),
        standing="确认" if shown else "未能确认",
        way_out="在表里补上这些行,或者在条件里写明不包括它们",
        probe=Probe(policy, tests=(_missing(use.root), _missing(node)), passing="none"),
    )


def _missing(expr: Expr) -> Expr:
    return t.Not(t.Known(expr))


def _missed(claim: Claim, use: Use, last: date | None, asker: Asker) -> list[Z]:
    """All else holds, and what the look-up stands in is unknown because its keys are not in the table."""
    logic = claim.space.logic
    found = claim.reader.worth(use.node)
    root: Truth | Worth = claim.reader.read(use.root)
    unknown = logic.no_(logic.any([root.t, root.f]) if isinstance(root, Truth) else root.known)
    others = [truth.t for n, truth in enumerate(claim.conditions) if n != use.condition]
    wanted = [*claim.considered, *others, unknown, logic.no_(found.known), *_keys_known(claim, use)]
    wanted.append(claim.until(horizon(claim.policy, asker.question.as_of)))
    if last is not None:
        wanted.append(claim.reader.worth(use.node.on).value.order <= logic.day(last).order)
    return wanted


def _keys_known(claim: Claim, use: Use) -> list[Z]:
    logic, found = claim.space.logic, []
    for expr in (*use.node.keys, use.node.on):
        worth = claim.reader.read(expr)
        found.append(logic.any([worth.t, worth.f]) if isinstance(worth, Truth) else worth.known)
    return found


def _equal(key: Worth, model: Any) -> Z:
    values = [key.value.month, key.value.day] if isinstance(key.value, Day) else [key.value]
    return z3.And(*[value == model.eval(value, model_completion=True) for value in values])


def _said(asker: Asker, claim: Claim, use: Use, model: Any) -> str:
    """The keys in the words of the table; with the day where they are there on others."""
    writer = Writer(claim.space, model)
    table = asker.question.rulebook.tables[use.node.table]
    keys = [claim.reader.worth(key) for key in use.node.keys]
    try:
        words = " ".join(writer.cell(key, of) for key, (_, of) in zip(keys, table.keys, strict=True))
    except NotWritten:
        words = "…"
    undated = [t.TableRow(None, None, row.keys, row.values) for row in table.rows]
    on = claim.reader.worth(use.node.on)
    other_days = any(writer.holds(speaks(claim.reader, table, row, keys, on)) for row in undated)
    return f"{words} 在 {writer.day(on.value)}".strip() if other_days else words


def _name(asker: Asker, use: Use) -> str:
    return asker.question.rulebook.tables[use.node.table].name
