"""The meaning of expressions in the solver's terms, one form after another: written apart from the interpreter, which then
confirms what the solver finds. A form that is not followed is worth anything: then nothing wrong can be proved of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import z3

from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.readings.health.rows import Rows, aggregate
from jixiang.readings.health.space import Space
from jixiang.readings.health.tables import listed, look
from jixiang.readings.health.term import Day, Truth, Worth, Z
from jixiang.values.month import Month


@dataclass
class Reader:
    """Reads the expressions of one policy version for one subject. `swapped`: what is worth something else here than the facts
    say. `effective`: set once it has been read."""

    space: Space
    tables: Mapping[str, t.Table]
    subject: Z
    today: Day
    period: Z | None = None
    effective: Worth | None = None
    swapped: dict[t.Expr, Worth] = field(default_factory=dict)
    _read: dict[Any, Any] = field(default_factory=dict)

    def read(self, expr: t.Expr, rows: Rows | None = None) -> Any:
        """A `Truth` of a boolean, else a `Worth`."""
        bound = rows or {}
        key = (id(expr), tuple((binder, row.get_id()) for binder, row in bound.items()), self.effective is None)
        if key not in self._read:
            swaps = self.swapped and not bound and isinstance(expr, t.Get | t.GetOn | t.Aggregate)
            known = self.swapped.get(expr) if swaps else None
            form = FORMS.get(type(expr))
            found = known or (form(self, expr, bound) if form else self.anything(expr))
            self._read[key] = (found, expr, bound)
        return self._read[key][0]

    def truth(self, expr: t.Expr, rows: Rows | None = None) -> Truth:
        found: Truth = self.read(expr, rows)
        return found

    def worth(self, expr: t.Expr, rows: Rows | None = None) -> Worth:
        found: Worth = self.read(expr, rows)
        return found

    def anything(self, expr: t.Expr) -> Worth | Truth:
        return self.space.free(expr.type, type(expr).__name__)

    # What is stored and what is written

    def constant(self, value: t.Value, of: Type) -> Any:
        logic = self.space.logic
        if isinstance(value, bool):
            return Truth(logic.yes, logic.no) if value else Truth(logic.no, logic.yes)
        if value is None:
            return Truth(logic.no, logic.no) if of.kind == "bool" else Worth(self.plain(None, of), logic.no)
        return Worth(self.plain(value, of), logic.yes)

    def plain(self, value: t.Value, of: Type) -> Any:
        logic = self.space.logic
        match value:
            case None:
                return logic.day(date(2000, 1, 1)) if of.kind == "date" else logic.integer(0)
            case date():
                return logic.day(value)
            case Month(index):
                return logic.integer(index)
            case int() | Fraction():
                return logic.number(value)
            case str() if of.kind == "code":
                return logic.integer(self.space.vocabulary.codes[of.of].rank.get(value, -1))
            case str():
                return logic.integer(self.space.text(value))
            case _:
                return logic.integer(self.space.text("、".join(value)))

    def _get(self, expr: t.Get, rows: Rows) -> Any:
        return self._of_row(self.worth(expr.of, rows), self.space, expr)

    def _of_row(self, of: Worth, space: Space, expr: t.Get | t.GetOn, on: Worth | None = None) -> Any:
        found = space.stored(expr.of.type.of, expr.attribute, of.value, on.value if on else None)
        there = space.logic.all([of.known, *([on.known] if on else [])])
        if isinstance(found, Truth):
            return Truth(space.logic.all([there, found.t]), space.logic.all([there, found.f]))
        return Worth(found.value, space.logic.all([there, found.known]))

    def _get_on(self, expr: t.GetOn, rows: Rows) -> Any:
        return self._of_row(self.worth(expr.of, rows), self.space, expr, self.worth(expr.on, rows))

    def _dated(self, expr: t.Dated, rows: Rows) -> Any:
        logic, on = self.space.logic, self.worth(expr.on, rows)
        first, *later = expr.steps
        found = self.read(first[1])
        there = logic.yes if first[0] is None else on.value.order >= logic.day(first[0]).order
        for since, step in later:
            if since is not None:
                found = self._chosen(on.value.order >= logic.day(since).order, self.read(step), found)
        return self._where(logic.all([on.known, there]), found)

    def _chosen(self, holds: Z, then: Any, otherwise: Any) -> Any:
        logic = self.space.logic
        if isinstance(then, Truth):
            return Truth(logic.pick(holds, then.t, otherwise.t), logic.pick(holds, then.f, otherwise.f))
        known = logic.pick(holds, then.known, otherwise.known)
        return Worth(logic.pick(holds, then.value, otherwise.value), known)

    def _where(self, known: Z, found: Any) -> Any:
        """The same, missing where `known` does not hold."""
        logic = self.space.logic
        if isinstance(found, Truth):
            return Truth(logic.all([known, found.t]), logic.all([known, found.f]))
        return Worth(found.value, logic.all([known, found.known]))

    # Truths

    def _compare(self, expr: t.Compare, rows: Rows) -> Truth:
        logic = self.space.logic
        left, right = self.read(expr.left, rows), self.read(expr.right, rows)
        if isinstance(left, Truth):
            same = logic.any([logic.all([left.t, right.t]), logic.all([left.f, right.f])])
            apart = logic.any([logic.all([left.t, right.f]), logic.all([left.f, right.t])])
            return Truth(same, apart) if expr.op == "=" else Truth(apart, same)
        one, other = (side.value.order if isinstance(side.value, Day) else side.value for side in (left, right))
        match expr.op:
            case "<":
                holds = one < other
            case "<=":
                holds = one <= other
            case ">":
                holds = one > other
            case ">=":
                holds = one >= other
            case "=":
                holds = one == other
            case _:
                holds = one != other
        return logic.truth(z3.simplify(holds), logic.all([left.known, right.known]))

    def _member(self, expr: t.Member, rows: Rows) -> Truth:
        logic, item = self.space.logic, self.read(expr.item, rows)
        options = [self.read(option) for option in expr.options]
        if isinstance(item, Truth):
            found = logic.any(self.space.same(item, option) for option in options)
            return logic.truth(found, logic.any([item.t, item.f]))
        same = [self.space.same(Worth(item.value, logic.yes), option) for option in options]
        return logic.truth(logic.any(same), item.known)

    def _and(self, expr: t.And, rows: Rows) -> Truth:
        items = [self.truth(item, rows) for item in expr.items]
        return Truth(self.space.logic.all(i.t for i in items), self.space.logic.any(i.f for i in items))

    def _or(self, expr: t.Or, rows: Rows) -> Truth:
        items = [self.truth(item, rows) for item in expr.items]
        return Truth(self.space.logic.any(i.t for i in items), self.space.logic.all(i.f for i in items))

    def _not(self, expr: t.Not, rows: Rows) -> Truth:
        item = self.truth(expr.item, rows)
        return Truth(item.f, item.t)

    def _known(self, expr: t.Known, rows: Rows) -> Truth:
        logic, item = self.space.logic, expr.item
        while isinstance(item, t.Named):
            item = item.expr
        found = self.read(item, rows)
        there = logic.any([found.t, found.f]) if isinstance(found, Truth) else found.known
        if isinstance(item, t.Get) and isinstance(found, Worth) and isinstance(found.value, Day):
            there = logic.all([there, logic.no_(logic.is_forever(found.value))])
        return logic.truth(there, logic.yes)

    def _if(self, expr: t.If, rows: Rows) -> Any:
        logic, holds = self.space.logic, self.truth(expr.condition, rows)
        then, otherwise = self.read(expr.then, rows), self.read(expr.otherwise, rows)
        return self._where(logic.any([holds.t, holds.f]), self._chosen(holds.t, then, otherwise))

    # Numbers and days

    def _arithmetic(self, expr: t.Arithmetic, rows: Rows) -> Worth:
        logic = self.space.logic
        left, right = self.worth(expr.left, rows), self.worth(expr.right, rows)
        known = logic.all([left.known, right.known])
        one, other = left.value, right.value
        match expr.op:
            case "+":
                return Worth(one + other, known)
            case "-":
                return Worth(one - other, known)
            case "×":
                return Worth(one * other, known)
            case _:
                real = z3.ToReal(one) if z3.is_int(one) else one
                divisor = z3.ToReal(other) if z3.is_int(other) else other
                return Worth(real / divisor, logic.all([known, z3.simplify(divisor != 0)]))

    def _shift(self, expr: t.Shift, rows: Rows) -> Worth:
        logic, of, by = self.space.logic, self.worth(expr.of, rows), self.worth(expr.by, rows)
        known, steps = logic.all([of.known, by.known]), z3.simplify(by.value * expr.sign)
        if not isinstance(of.value, Day):
            return Worth(of.value + steps, known)
        if expr.by.type.kind == "months":
            return Worth(logic.plus_months(of.value, steps), known)
        return Worth(self._plus_days(of.value, steps), known)

    def _plus_days(self, day: Day, steps: Z) -> Day:
        logic = self.space.logic
        moved = Day(self.space.free_integer("月"), self.space.free_integer("日"))
        right = [moved.day >= 1, moved.day <= logic.length(moved.month)]
        if z3.is_int_value(steps) and steps.as_long() in (1, -1):
            right.append(self._next(day, moved) if steps.as_long() == 1 else self._next(moved, day))
        else:
            right.append(logic.ordinal(moved) == logic.ordinal(day) + steps)
        self.space.axioms.append(logic.any([logic.is_forever(day), logic.all(right)]))
        return logic.pick(logic.is_forever(day), day, Day(moved.month, moved.day, day.endless))  # type: ignore[no-any-return]

    def _next(self, day: Day, after: Day) -> Z:
        logic = self.space.logic
        last = day.day == logic.length(day.month)
        over = [last, after.month == day.month + 1, after.day == 1]
        within = [logic.no_(last), after.month == day.month, after.day == day.day + 1]
        return logic.any([logic.all(over), logic.all(within)])

    def _part(self, expr: t.Part, rows: Rows) -> Worth:
        found, logic = self.worth(expr.of, rows), self.space.logic
        month = found.value.month if isinstance(found.value, Day) else found.value
        is_year = expr.of.type.kind == "year"
        value: Any
        match expr.kind:
            case "month":
                value = month
            case "year":
                value = month if is_year else month / 12
            case "previous_month":
                value = month - 1
            case "previous_year":
                value = (month if is_year else month / 12) - 1
            case "first_day":
                value = Day(month * 12 if is_year else month, logic.integer(1))
            case _:
                value = Day(month * 12 + 11, logic.integer(31)) if is_year else Day(month, logic.length(month))
        return Worth(value, found.known)

    def _age(self, expr: t.Age, rows: Rows) -> Worth:
        logic, birth, on = self.space.logic, self.worth(expr.birth, rows), self.worth(expr.on, rows)
        months = logic.whole_months(birth.value, on.value)
        return Worth(months / 12, logic.all([birth.known, on.known, months >= 0]))

    def _whole_months(self, expr: t.WholeMonths, rows: Rows) -> Worth:
        start, end = self.worth(expr.start, rows), self.worth(expr.end, rows)
        found = self.space.logic.whole_months(start.value, end.value)
        return Worth(found, self.space.logic.all([start.known, end.known]))

    def _days_between(self, expr: Any, rows: Rows) -> Worth:
        logic, start, end = self.space.logic, self.worth(expr.start, rows), self.worth(expr.end, rows)
        days = logic.ordinal(end.value) - logic.ordinal(start.value) + 1
        return Worth(z3.If(days > 0, days, logic.integer(0)), logic.all([start.known, end.known]))

    def _extreme(self, expr: t.Least | t.Greatest, rows: Rows) -> Worth:
        logic = self.space.logic
        items = [self.worth(item, rows) for item in expr.items]
        best = items[0].value
        for item in items[1:]:
            one, other = (v.order if isinstance(v, Day) else v for v in (item.value, best))
            best = logic.pick(one < other if isinstance(expr, t.Least) else one > other, item.value, best)
        return Worth(best, logic.all(item.known for item in items))

    def _round(self, expr: t.Round, rows: Rows) -> Worth:
        money = self.worth(expr.money, rows)
        real = z3.ToReal(money.value) if z3.is_int(money.value) else money.value
        count = real / expr.unit_fen
        match expr.direction:
            case "down":
                whole = z3.ToInt(count)
            case "up":
                whole = -z3.ToInt(-count)
            case _:
                half = z3.Q(1, 2, self.space.logic.context)
                whole = z3.If(count >= 0, z3.ToInt(count + half), -z3.ToInt(-count + half))
        return Worth(whole * expr.unit_fen, money.known)


def _row(reader: Reader, expr: t.Row, rows: Rows) -> Worth:
    return Worth(reader.subject if expr.binder == 0 else rows[expr.binder], reader.space.logic.yes)


def _the_one(reader: Reader, expr: t.TheOne, rows: Rows) -> Worth:
    row = reader.space.shared.setdefault(("the one", expr.type.of), reader.space.logic.integer(0))
    return Worth(row, reader.space.logic.yes)


FORMS: dict[type, Callable[[Reader, Any, Rows], Any]] = {
    t.Constant: lambda r, e, rows: r.constant(e.value, e.type),
    t.DecisionDate: lambda r, e, rows: Worth(r.today, r.space.logic.yes),
    t.EffectiveDate: lambda r, e, rows: r.effective or r.anything(e),
    t.Period: lambda r, e, rows: Worth(r.period, r.space.logic.yes),
    t.Row: _row,
    t.TheOne: _the_one,
    t.Get: Reader._get,
    t.GetOn: Reader._get_on,
    t.Named: lambda r, e, rows: r.read(e.expr, rows),
    t.Dated: Reader._dated,
    t.Look: look,
    t.Listed: listed,
    t.Aggregate: aggregate,
    t.Compare: Reader._compare,
    t.Member: Reader._member,
    t.And: Reader._and,
    t.Or: Reader._or,
    t.Not: Reader._not,
    t.Known: Reader._known,
    t.If: Reader._if,
    t.Arithmetic: Reader._arithmetic,
    t.Shift: Reader._shift,
    t.Part: Reader._part,
    t.Age: Reader._age,
    t.WholeMonths: Reader._whole_months,
    t.DaysBetween: Reader._days_between,
    t.Least: Reader._extreme,
    t.Greatest: Reader._extreme,
    t.Round: Reader._round,
}
