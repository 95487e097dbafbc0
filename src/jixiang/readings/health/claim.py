"""One policy version and one subject in the solver's terms: when it is considered, what must hold, what it is worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import z3

from jixiang.language import typed as t
from jixiang.language.typed import Expr, Policy, Rulebook, Window
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.decide import is_service
from jixiang.readings.health.reader import Reader
from jixiang.readings.health.space import Space
from jixiang.readings.health.term import Day, Truth, Worth, Z
from jixiang.readings.tree import walk
from jixiang.values.dates import FOREVER, add_months
from jixiang.values.month import Month

YEARS, PLENTY = 40, 100_00  # how far back days may lie, and what is an amount, where it can be chosen


@dataclass(frozen=True)
class Question:
    """What is asked about: a rulebook, and the day up to which open windows are looked at."""

    vocabulary: Vocabulary
    rulebook: Rulebook
    as_of: date

    def space(self, policies: Iterable[Policy]) -> Space:
        """Facts of which may be missing what one of the policies asks whether it is known."""
        gaps = set()
        for policy in policies:
            for expr in expressions(policy):
                gaps |= {found for node in walk(expr) if (found := _asked_known(node)) is not None}
        return Space(self.vocabulary, frozenset(gaps))


def _asked_known(node: Expr) -> tuple[str, str] | None:
    item = node.item if isinstance(node, t.Known) else None
    while isinstance(item, t.Named):
        item = item.expr
    return (item.of.type.of, item.attribute) if isinstance(item, t.Get) else None


def expressions(policy: Policy) -> Iterator[Expr]:
    """All that decides about a claim."""
    yield from (policy.effective_date, policy.beneficiary, policy.payee, policy.amount)
    yield from ([policy.where] if policy.where is not None else [])
    yield from (condition.expr for condition in policy.conditions)
    yield from (condition for condition, _ in policy.transitions)


@dataclass
class Claim:
    """`parts`: name → what must be true for the claim to be considered. `conditions` in the policy's order. `today`: another
    decision date than the space's own."""

    space: Space
    rulebook: Rulebook
    policy: Policy
    subject: Z | None = None
    today: Day | None = None
    swapped: Mapping[Expr, Worth] = field(default_factory=dict)
    period: Z = None

    def __post_init__(self) -> None:
        if self.subject is None:
            self.subject = self.space.row(self.policy.entity, self.policy.entity)
        if self.policy.each and self.period is None:
            self.period = self.space.free_integer("当期")
        today = self.today or self.space.today
        tables = self.rulebook.tables
        self.reader = Reader(self.space, tables, self.subject, today, self.period, None, dict(self.swapped))
        self.reader.effective = self.reader.worth(self.policy.effective_date)
        self.parts = self._considered(today, self.reader.effective)
        self.conditions = [self.reader.truth(condition.expr) for condition in self.policy.conditions]
        self.worth = self._worth()

    @property
    def amount(self) -> Worth:
        return self.reader.worth(self.policy.amount)

    @property
    def pays_money(self) -> bool:
        return not self.policy.honour and not is_service(self.policy)

    @property
    def considered(self) -> list[Z]:
        return list(self.parts.values())

    @property
    def holds(self) -> list[Z]:
        """Considered, and every condition."""
        return [*self.considered, *(condition.t for condition in self.conditions)]

    def _worth(self) -> list[Z]:
        """The amount is known, and more than nothing."""
        if is_service(self.policy):
            return []
        more = [self.amount.value * 2 >= 1] if self.pays_money else []  # half a fen is rounded up to one
        receives = [self.reader.worth(e).known for e in (self.policy.beneficiary, self.policy.payee)]
        return [self.amount.known, *more, *receives]

    def _considered(self, today: Day, effective: Worth) -> dict[str, Z]:
        logic, policy = self.space.logic, self.policy
        parts = {"适用日": logic.all([effective.known, effective.value.order <= today.order])}
        if policy.each:
            first = self.period * 32 + 1 if policy.each == "month" else self.period * 12 * 32 + 1
            parts["当期"] = logic.all([first <= today.order, *self._period_in_sight()])
        if policy.where is not None:
            parts["对象"] = self.reader.truth(policy.where).t
        parts["执行期"] = logic.any(self._speaks(effective))
        if policy.acceptance is not None:
            parts["受理期"] = self._in_window(policy.acceptance, today, today)
        return parts

    def _period_in_sight(self) -> list[Z]:
        low, high = (1900 * 12, 2100 * 12) if self.policy.each == "month" else (1900, 2100)
        return [self.period >= low, self.period < high]

    def _within(self, day: Day, first: date | None, last: date | None) -> Z:
        logic = self.space.logic
        ends = [] if first is None else [day.order >= logic.day(first).order]
        return logic.all([*ends, *([] if last is None else [day.order <= logic.day(last).order])])

    def _in_window(self, window: Window, day: Day, today: Day) -> Z:
        """From some decision dates on the last day is a later one."""
        logic = self.space.logic
        last: Z = logic.day(window.last).order
        for since, until in window.extended:
            last = logic.pick(today.order >= logic.day(since).order, logic.day(until).order, last)
        return logic.all([self._within(day, window.first, None), day.order <= last])

    def _speaks(self, effective: Worth) -> list[Z]:
        """In its own time unless it hands over to an older version; in a newer one's where that hands over to it."""
        logic, policy = self.space.logic, self.policy
        own = [self.in_time(policy, effective), *(self.reader.truth(c).f for c, _ in policy.transitions)]
        found = [logic.all(own)]
        for newer in self.rulebook.policies[policy.code]:
            before: list[Z] = []
            for condition, version in newer.transitions:
                holds: Truth = self.reader.truth(condition)
                if version == policy.version and newer.entity == policy.entity:
                    found.append(logic.all([self.in_time(newer, effective), holds.t, *before]))
                before.append(holds.f)
        return found

    def in_time(self, policy: Policy, effective: Worth) -> Z:
        """In force, and in 执行期, which may begin before 施行; a decision may not."""
        logic, day, today = self.space.logic, effective.value, self.today or self.space.today
        parts = [self._within(today, policy.in_force_from, None)]
        if policy.in_force_until is not None:
            parts.append(day.order < logic.day(policy.in_force_until).order)
        if policy.execution is not None:
            parts.append(self._in_window(policy.execution, day, today))
        else:
            parts.append(self._within(day, policy.in_force_from, None))
        return logic.all(parts)

    def until(self, last: date) -> Z:
        """Decided no later than a day."""
        return self._within(self.today or self.space.today, None, last)

    def liked(self, as_of: date) -> list[Z]:
        """What makes a counter-example plain: days within a working life, a decision by the day of the check and
        soon after the claim, an amount that is one."""
        today, effective = self.today or self.space.today, self.reader.effective
        if effective is None:
            return []
        logic = self.space.logic
        month = Month.of(as_of).index
        near = [logic.all([day.month >= month - 36, day.month <= month + 24]) for day in self.space.days]
        plain = [day.month >= month - YEARS * 12 for day in self.space.days]
        enough = [self.amount.value >= PLENTY] if self.pays_money else []
        return [
            self.until(as_of),
            logic.all(z3.IsInt(real) for real in self.space.reals),
            logic.all(plain),
            *(near if len(near) < 16 else []),
            today.month - effective.value.month <= 12,
            *enough,
            today.order == logic.day(as_of).order,
        ]


def horizon(policy: Policy, as_of: date) -> date:
    """The last day that is of interest: of a window its end, of an open one the day of the check."""
    windows = [window for window in (policy.execution, policy.acceptance) if window is not None]
    ends = [end for window in windows for end in (window.last, *(last for _, last in window.extended)) if end < FOREVER]
    begins = policy.in_force_from
    ends += [add_months(begins, 12)] if begins > as_of else []
    return max([as_of, *ends])
