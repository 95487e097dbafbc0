"""A policy made fit for a block of cases: what the columns set becomes an attribute of the 对象, what they do not give
is taken as met, and only the rows listed are considered.

So a case is facts and a policy like any other, and every engine can run it; and facts may be given that no extract holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import lcm

from jixiang.language import typed as t
from jixiang.language.types import DATE, MONEY, MONTH, NUMBER, YEAR, Type, ref
from jixiang.language.vocabulary import Attribute, Vocabulary
from jixiang.readings.cases.case import CHECKS
from jixiang.readings.cases.columns import Column
from jixiang.readings.cases.given import TRUE, Given, as_given, bind_as_given, path_of, together
from jixiang.readings.cases.sheet import Line, Sheet
from jixiang.readings.tree import rebuild, walk

DAY, PERIOD = "案例决定日", "案例当期"  # of each row listed, numbered
Path = tuple[str, ...]


@dataclass(frozen=True)
class Extra:
    """An attribute that a column adds to the 对象. Numbers are stored whole, `scale` times as large."""

    attribute: str
    type: Type
    scale: int


@dataclass(frozen=True)
class Fit:
    """`extras` by column; `made_up`: refs from the 对象 that a case must make up rows for; `met`: conditions that are taken as
    met altogether; `slots`: how many rows may be listed of one 对象."""

    vocabulary: Vocabulary
    rulebook: t.Rulebook
    policy: t.Policy | None
    checks: t.Policy | None
    extras: dict[str, Extra]
    made_up: tuple[Path, ...]
    met: frozenset[str]
    slots: int


def fit(sheet: Sheet, rulebook: t.Rulebook, policy: t.Policy | None) -> Fit:
    """`policy` is None for a definition document: then only its 应为 columns are checked."""
    fitter = _Fitter(sheet, policy.each if policy else "")
    given = fitter.given()
    versions = rulebook.policies[policy.code] if policy else ()
    fitted = [fitter.policy(version, given) for version in versions if policy and version.entity == policy.entity]
    mine = next((version for version in fitted if policy and version.version == policy.version), None)
    rules = [fitter.rule(rule, policy.code) for rule in rulebook.rules_of(policy.code)] if policy else []
    checks = fitter.checks(mine)
    made_up = tuple(_made_up([*fitted, *([checks] if checks else [])], rules, given))
    kept = tuple(bound for rule in rules if (bound := bind_as_given(rule, given, frozenset(made_up))).bindings)
    policies = {p.code: (p,) for p in (checks,) if p} | ({policy.code: tuple(fitted)} if policy else {})
    families = [_family(rulebook, policy.code, kept)] if policy else []
    if checks:
        families.append(t.Family((CHECKS,), (), True, {}))
    met = frozenset(c.name for c in mine.conditions if c.expr == TRUE) if mine else frozenset()
    fitted_rulebook = replace(rulebook, policies=policies, families=tuple(families))
    return Fit(fitter.vocabulary(), fitted_rulebook, mine, checks, fitter.extras, made_up, met, fitter.slots)


def _family(rulebook: t.Rulebook, code: str, rules: tuple[t.Rule, ...]) -> t.Family:
    whole = next(family for family in rulebook.families if code in family.policies)
    return t.Family((code,), rules, whole.early, {c: at for c, at in whole.precedence.items() if c == code})


def _made_up(policies: Iterable[t.Policy], rules: Iterable[t.Rule], given: Given) -> Iterator[Path]:
    """Steps on the way to what is read, the beneficiary, and keys of rules, as far as no column gives them."""
    found: dict[Path, None] = {}
    for expr in _read(policies, rules):
        for node in walk(expr):
            on_the_way = node.of if isinstance(node, t.Get | t.GetOn | t.Aggregate | t.Share) else None
            path = path_of(on_the_way) if on_the_way is not None else None
            found.update({path[: n + 1]: None for n in range(len(path or ()))} if path else {})
    for expr in _named_by_key(policies, rules):
        for node in walk(expr):
            path = path_of(node) if isinstance(node, t.Get | t.GetOn) and node.type.kind == "ref" else None
            found.update({path[: n + 1]: None for n in range(len(path))} if path else {})
    return (path for path in sorted(found, key=len) if path not in given.paths)


def _read(policies: Iterable[t.Policy], rules: Iterable[t.Rule]) -> Iterator[t.Expr]:
    for p in policies:
        yield from (p.effective_date, p.beneficiary, p.payee, p.amount, *([p.where] if p.where else []))
        yield from (definition.expr for definition in p.definitions)
        yield from (condition.expr for condition in p.conditions)
        yield from (expr for stage in p.stages for expr in (stage.amount, stage.when, stage.deadline) if expr)
        yield from (key.expr for key in p.order)
    for rule in rules:
        for binding in rule.bindings.values():
            wanted = (*binding.keys, binding.most, binding.when, binding.level)
            yield from (expr for expr in wanted if expr is not None)


def _named_by_key(policies: Iterable[t.Policy], rules: Iterable[t.Rule]) -> Iterator[t.Expr]:
    for p in policies:
        yield from (p.beneficiary, p.payee)
    yield from (key for rule in rules for binding in rule.bindings.values() for key in binding.keys)


class _Fitter:
    """What the columns of one block do to a policy."""

    def __init__(self, sheet: Sheet, each: str) -> None:
        self.sheet = sheet
        self.row = t.Row(0, ref(sheet.subject.entity))
        self.period = {"": None, "month": MONTH, "year": YEAR}[each]
        self.extras = {key: self._extra(key, column) for key, column in sheet.columns.items() if self._adds(column)}
        self.slots = max(Counter((line.case, self._name(line)) for line in sheet.lines).values(), default=1)

    def _adds(self, column: Column) -> bool:
        return column.kind in ("set", "single", "check") or (column.kind == "fixed" and column.name == "适用日")

    def _name(self, line: Line) -> object:
        own = line.values.get(self.sheet.subject.entity)
        return own if own is not None else id(line)

    def _extra(self, key: str, column: Column) -> Extra:
        taken = self.sheet.vocabulary.entities[self.sheet.subject.entity].attributes
        values = [line.values.get(key) for line in self.sheet.lines]
        scale = lcm(*(value.denominator for value in values if isinstance(value, Fraction)))
        return Extra(f"案例 {key}" if key in taken else key, column.type, scale)

    def get(self, key: str) -> t.Expr:
        """The attribute that a column adds."""
        extra = self.extras[key]
        if extra.scale == 1:
            return t.Get(self.row, extra.attribute, extra.type)
        whole = t.Get(self.row, extra.attribute, NUMBER)
        return t.Arithmetic("÷", whole, t.Constant(Fraction(extra.scale), NUMBER), extra.type)

    def vocabulary(self) -> Vocabulary:
        """The vocabulary with what the columns add."""
        entity = self.sheet.vocabulary.entities[self.sheet.subject.entity]
        added = [(e.attribute, e.type if e.scale == 1 else NUMBER) for e in self.extras.values()]
        for n in range(self.slots):
            added += [(f"{DAY}{n}", DATE), *([(f"{PERIOD}{n}", self.period)] if self.period else [])]
        attributes = {name: Attribute(name, f"case_{n}", of) for n, (name, of) in enumerate(added)}
        widened = replace(entity, attributes={**entity.attributes, **attributes})
        return replace(self.sheet.vocabulary, entities={**self.sheet.vocabulary.entities, entity.name: widened})

    def given(self) -> Given:
        paths: set[Path] = {(extra.attribute,) for extra in self.extras.values()}
        refs: dict[Path, str] = {}
        for column in self.sheet.of_kind("path"):
            paths |= {column.path[: n + 1] for n in range(len(column.path))}
            if column.type.kind == "ref":
                refs[column.path] = column.type.of
        for fact in self.sheet.facts:
            if fact.name:
                paths |= {(*path, name) for path, of in refs.items() if of == fact.entity for name in fact.values}
        entities = frozenset(fact.entity for fact in self.sheet.facts)
        return Given(self.sheet.subject.entity, frozenset(paths), entities)

    # Rewriting

    def _set(self, node: t.Expr) -> t.Expr | None:
        match node:
            case t.Named(name) | t.Dated(name) if self._sets(name):
                return self.get(name)
            case t.Get(t.TheOne(of), attribute) | t.GetOn(t.TheOne(of), attribute):
                key = f"{of.of}.{attribute}"
                return self.get(key) if key in self.extras else None
            case _:
                return None

    def _sets(self, name: str) -> bool:
        return name in self.extras and self.sheet.columns[name].kind == "set"

    def change(self, expr: t.Expr) -> t.Expr:
        return rebuild(expr, self._set)

    def _perhaps(self, expr: t.Expr | None) -> t.Expr | None:
        return None if expr is None else self.change(expr)

    def policy(self, p: t.Policy, given: Given) -> t.Policy:
        """The policy with what the case sets, and without what it does not give."""
        where = [self.listed(), *([as_given(self.change(p.where), given)] if p.where else [])]
        return replace(
            p,
            where=together([part for part in where if part != TRUE]),
            effective_date=self.get("适用日") if "适用日" in self.extras else self.change(p.effective_date),
            beneficiary=self.change(p.beneficiary),
            payee=self.change(p.payee),
            definitions=tuple(replace(d, expr=self._own(d.name, d.expr)) for d in p.definitions),
            conditions=tuple(replace(c, expr=as_given(self._own(c.name, c.expr), given)) for c in p.conditions),
            amount=self.change(p.amount),
            stages=tuple(self._stage(stage) for stage in p.stages),
            transitions=tuple((self.change(condition), version) for condition, version in p.transitions),
            order=tuple(replace(key, expr=self.change(key.expr)) for key in p.order),
        )

    def _own(self, name: str, expr: t.Expr) -> t.Expr:
        return self.get(name) if self._sets(name) else self.change(expr)

    def _stage(self, stage: t.Stage) -> t.Stage:
        amount, when = self.change(stage.amount), self.change(stage.when)
        return replace(stage, amount=amount, when=when, deadline=self._perhaps(stage.deadline))

    def rule(self, rule: t.Rule, code: str) -> t.Rule:
        """The rule as it binds this policy alone."""
        bindings = {
            version: t.Binding(
                tuple(self.change(key) for key in b.keys),
                self._perhaps(b.most),
                self._perhaps(b.when),
                self._perhaps(b.level),
            )
            for version, b in rule.bindings.items()
            if version[0] == code
        }
        return replace(rule, bindings=bindings)

    def listed(self) -> t.Expr:
        """Is this row, on this day and in this period, one of the case's?"""
        slots = [self._slot(n) for n in range(self.slots)]
        return slots[0] if len(slots) == 1 else t.Or(tuple(slots))

    def _slot(self, n: int) -> t.Expr:
        wanted = [(t.DecisionDate(), t.Get(self.row, f"{DAY}{n}", DATE))]
        if self.period:
            wanted.append((t.Period(self.period), t.Get(self.row, f"{PERIOD}{n}", self.period)))  # type: ignore[arg-type]
        return t.And(tuple(part for now, one in wanted for part in (t.Known(one), t.Compare("=", now, one))))

    # 应为

    def checks(self, policy: t.Policy | None) -> t.Policy | None:
        """A policy whose conditions are what the 应为 columns say."""
        columns = [(key, column) for key, column in self.sheet.columns.items() if column.kind == "check"]
        conditions = tuple(self._check(key, column, policy) for key, column in columns)
        if not conditions:
            return None
        base = policy or self._any_day()
        return replace(
            base,
            code=CHECKS,
            name=CHECKS,
            honour=False,
            where=self.listed(),
            in_force_until=None,
            acceptance=None,
            beneficiary=self.row,
            payee=self.row,
            definitions=(),
            conditions=conditions,
            amount=t.Constant(0, MONEY),
            stages=(),
            transitions=(),
            order=(),
        )

    def _check(self, key: str, column: Column, policy: t.Policy | None) -> t.Condition:
        place = next(iter(self.sheet.lines)).place
        stated = {c.name: c.expr for c in policy.conditions} if policy else {}
        actual = stated.get(column.name) or self._own(column.name, self.sheet.subject.values[column.name])
        wanted = self.get(key)
        holds = t.If(t.Known(wanted), t.Compare("=", actual, wanted), t.Not(t.Known(actual)))
        return t.Condition(key, holds, "", key, place)

    def _any_day(self) -> t.Policy:
        """In a definition document there is no policy: each row is asked on its own 适用日."""
        day: t.Expr = self.get("适用日") if "适用日" in self.extras else t.DecisionDate()
        entity = self.sheet.subject.entity
        return t.Policy(
            code=CHECKS, name=CHECKS, version="", hash="", file="", category="", fund="", honour=False, entity=entity,
            each="", where=None, effective_date=day, in_force_from=date.min, in_force_until=None, execution=None,
            acceptance=None, lookback_months=None, beneficiary=self.row, payee=self.row, definitions=(), conditions=(),
            amount=t.Constant(0, MONEY), amount_article="", stages=(), transitions=(), order=(),
        )  # fmt: skip
