"""The facts that may be, as the solver sees them: every attribute of every row, free within what the vocabulary allows.

An attribute is a function of a row, so two ways to one row come to one value. A row that a policy asks for (存在 …) is a
witness: it is there if the solver says so. What is asserted here is only what the vocabulary says; an impossible person
would be a false alarm, a possible one left out a wrong proof.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import z3

from jixiang.language.types import Type
from jixiang.language.vocabulary import Attribute, Relation, Vocabulary
from jixiang.readings.health.term import FIRST_YEAR, LAST_YEAR, Day, Logic, Truth, Worth, Z

RLIMIT = 4_000_000  # of one question; the solver's own count of steps, so that it ends alike everywhere


@dataclass(frozen=True)
class Witness:
    """A row that is there if `alive`."""

    entity: str
    row: Z
    alive: Z


@dataclass(frozen=True)
class Asked:
    """A set of rows that an aggregate looks at: is there one (`exists`)? `where` of any row; `size` if it is counted. `said`: what
    is counted, and each part of 其中, with all that they may speak of."""

    relation: Relation
    owner: Z
    where: Callable[[Z], Truth]
    exists: Z
    witness: Z
    kind: str
    said: tuple[Any, frozenset[Any]]
    size: Z | None = None


@dataclass
class Space:
    """`gaps`: (entity, attribute) that may be missing, for a document asks whether they are known."""

    vocabulary: Vocabulary
    gaps: frozenset[tuple[str, str]]
    logic: Logic = field(default_factory=Logic)
    axioms: list[Z] = field(default_factory=list)
    texts: dict[str, int] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)  # all that are stored
    reals: list[Z] = field(default_factory=list)  # all that need be no whole numbers
    shared: dict[Any, Any] = field(default_factory=dict)
    _made: dict[Any, Any] = field(default_factory=dict)
    _names: int = 0

    def __post_init__(self) -> None:
        self.today = self.free_day("决定日")

    # What is free ------------------------------------------------------------------------------------------------

    def name(self, of: str) -> str:
        self._names += 1
        return f"{of}#{self._names}"

    def free_integer(self, of: str) -> Z:
        return z3.Int(self.name(of), self.logic.context)

    def free_truth(self, of: str) -> Z:
        return z3.Bool(self.name(of), self.logic.context)

    def free_day(self, of: str) -> Day:
        day = Day(self.free_integer(of), self.free_integer(of))
        self.axioms.append(self.logic.valid(day))
        return day

    def free(self, of: Type, name: str) -> Worth | Truth:
        """Anything of a type: what is not followed any further."""
        if of.kind == "bool":
            return self.logic.truth(self.free_truth(name), self.free_truth(name))
        if of.kind == "date":
            return Worth(self.free_day(name), self.free_truth(name))
        value = self.free_integer(name)
        if of.kind in ("number", "money"):
            value = z3.Real(self.name(name), self.logic.context)
        if of.kind == "code":
            self.axioms += [value >= 0, value < len(self.vocabulary.codes[of.of].codes)]
        return Worth(value, self.free_truth(name))

    # What is stored ----------------------------------------------------------------------------------------------

    def stored(self, entity: str, attribute: str, row: Z, on: Day | None = None) -> Worth | Truth:
        """An attribute of a row, of one that varies on a day."""
        key = (entity, attribute, row.get_id(), *((on.month.get_id(), on.day.get_id()) if on else ()))
        if key not in self._made:
            arguments = [row, *([on.month, on.day] if on else [])]
            found = self._attribute(entity, self.vocabulary.entities[entity].attributes[attribute], arguments)
            self._made[key] = (found, arguments)
        worth: Worth | Truth = self._made[key][0]
        return worth

    def _attribute(self, entity: str, attribute: Attribute, arguments: list[Z]) -> Worth | Truth:
        name, kind = f"{entity}.{attribute.name}", attribute.type.kind
        whole, truth = z3.IntSort(self.logic.context), z3.BoolSort(self.logic.context)
        sorts = [whole] * len(arguments)
        known = self.logic.yes
        if (entity, attribute.name) in self.gaps and not attribute.required and not attribute.open_ended:
            known = z3.Function(f"有 {name}", *sorts, truth)(*arguments)
        if kind == "bool":
            return self.logic.truth(z3.Function(name, *sorts, truth)(*arguments), known)
        value = z3.Function(name, *sorts, whole)(*arguments)
        if kind == "date":
            day = Day(value, z3.Function(f"{name}日", *sorts, whole)(*arguments), attribute.open_ended)
            self.axioms += [self.logic.valid(day), *self._bounds_of_day(attribute, day)]
            self.days.append(day)
            return Worth(day, known)
        self.axioms += self.bounds(attribute, value)
        return Worth(value, known)

    def _bounds_of_day(self, attribute: Attribute, day: Day) -> list[Z]:
        found = []
        for text, above in ((attribute.low, True), (attribute.high, False)):
            if text == "今日":
                end = self.today
            else:
                known = _day(text)
                if known is None:
                    continue
                end = self.logic.day(known)
            found.append(day.order >= end.order if above else day.order <= end.order)
        return found

    def bounds(self, attribute: Attribute, value: Z) -> list[Z]:
        match attribute.type.kind:
            case "code":
                return [value >= 0, value < len(self.vocabulary.codes[attribute.type.of].codes)]
            case "month":
                return [value >= FIRST_YEAR * 12, value < (LAST_YEAR + 1) * 12]
            case "year":
                return [value >= FIRST_YEAR, value <= LAST_YEAR]
            case "number" | "money" | "months" | "days":
                low = _number(attribute.low)
                ends = [value >= self.logic.number(low)] if low is not None else []
                high = _number(attribute.high)
                ends += [value <= self.logic.number(high)] if high is not None else []
                return ends if attribute.signed or low is not None else [*ends, value >= 0]
            case _:
                return []

    def text(self, text: str) -> int:
        """The number that stands for a text or a list of titles."""
        return self.texts.setdefault(text, len(self.texts))

    # Rows --------------------------------------------------------------------------------------------------------

    def row(self, entity: str, name: str) -> Z:
        """A row that is there."""
        row = self.free_integer(name)
        self.witnesses.append(Witness(entity, row, self.logic.yes))
        return row

    def ask(
        self, relation: Relation, owner: Z, where: Callable[[Z], Truth], kind: str, said: tuple[Any, frozenset[Any]]
    ) -> Asked:
        """One more set of rows: there is one exactly if its witness is one."""
        exists, witness = self.free_truth(f"存在 {relation.name}"), self.free_integer(relation.target)
        size = (
            self.free_integer(f"{kind} {relation.name}") if kind in ("count", "count_distinct", "longest_run") else None
        )
        made = Asked(relation, owner, where, exists, witness, kind, said, size)
        self.witnesses.append(Witness(relation.target, witness, exists))
        self.asked.append(made)
        inside = self.logic.all([self.belongs(relation, witness, owner), where(witness).t])
        self.axioms.append(self.logic.implies(exists, inside))
        if size is not None:
            self.axioms += [size >= 0, (size > 0) == exists]
        return made

    def belongs(self, relation: Relation, row: Z, owner: Z) -> Z:
        same = []
        for source, target in relation.pairs:
            sides = [
                Worth(at, self.logic.yes) if not attribute else self.stored(entity, attribute, at)
                for entity, attribute, at in ((relation.source, source, owner), (relation.target, target, row))
            ]
            same += [self.same(sides[0], sides[1])]
        found = self.logic.all(same)
        return self.logic.any([found, row == owner]) if relation.with_self else found

    def same(self, one: Any, other: Any) -> Z:
        """Are two values known and equal?"""
        if isinstance(one, Truth):
            return self.logic.any([self.logic.all([one.t, other.t]), self.logic.all([one.f, other.f])])
        equal = one.value.order == other.value.order if isinstance(one.value, Day) else one.value == other.value
        return self.logic.all([one.known, other.known, equal])

    def close(self) -> None:
        """Where there is no row, none of the rows that are there is one; more narrowly asked for, fewer are found."""
        asked, witnesses = list(self.asked), list(self.witnesses)
        for one in asked:
            for witness in witnesses:
                if witness.entity == one.relation.target and witness.row is not one.witness:
                    inside = [
                        witness.alive,
                        self.belongs(one.relation, witness.row, one.owner),
                        one.where(witness.row).t,
                    ]
                    self.axioms.append(self.logic.implies(self.logic.all(inside), one.exists))
            for other in asked:
                if other is not one and one.size is not None and other.size is not None and _within(one, other):
                    self.axioms.append(one.size <= other.size)


def _within(one: Asked, other: Asked) -> bool:
    """Is what one counts never more than what the other counts?"""
    if one.relation != other.relation or one.owner.get_id() != other.owner.get_id() or not one.said[1] >= other.said[1]:
        return False
    match one.kind, other.kind:
        case ("count", "count"):
            return True
        case ("count_distinct" | "longest_run", "count"):
            return True
        case ("longest_run", "longest_run" | "count_distinct") | ("count_distinct", "count_distinct"):
            return bool(one.said[0] == other.said[0])
        case _:
            return False


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text.split()[0]) if text else None
    except ValueError:
        return None


@dataclass
class Solver:
    """Asks questions about a space; each ends after a fixed number of the solver's steps."""

    space: Space
    limit: int = RLIMIT
    _taken: int = 0

    def __post_init__(self) -> None:
        self.solver = z3.Solver(ctx=self.space.logic.context)
        self.solver.set("random_seed", 1)
        self.solver.set("rlimit", self.limit)

    def _catch_up(self) -> None:
        while self._taken < len(self.space.axioms):
            self.solver.add(self.space.axioms[self._taken])
            self._taken += 1

    def find(self, wanted: Sequence[Z], liked: Sequence[Z] = ()) -> Any:
        """A model, or False if there is none, or None if that was not found out. What is liked is kept where it can be,
        one after another."""
        self._catch_up()
        assumed = [item for item in wanted if not z3.is_true(item)]
        if any(z3.is_false(item) for item in assumed):
            return False
        answer = self.solver.check(*assumed)
        if answer == z3.unsat:
            return False
        if answer != z3.sat:
            return None
        model = self.solver.model()
        for like in liked:
            if z3.is_true(model.eval(like, model_completion=True)):
                assumed.append(like)
            elif self.solver.check(*assumed, like) == z3.sat:
                assumed.append(like)
                model = self.solver.model()
        return model

    def needed(self, wanted: Sequence[Z], fixed: Sequence[Z]) -> list[int]:
        """Of conditions that cannot hold together with what is fixed, the places of some that cannot, none too many."""
        kept = list(range(len(wanted)))
        for place in range(len(wanted)):
            fewer = [n for n in kept if n != place]
            if self.find([*fixed, *(wanted[n] for n in fewer)]) is False:
                kept = fewer
        return kept
