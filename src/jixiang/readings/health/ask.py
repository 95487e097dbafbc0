"""What all checks share: the question, the desk where blocks are run, and what the solver gave up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from jixiang.language.city import City
from jixiang.language.surface import Benefit
from jixiang.language.typed import Policy
from jixiang.readings.health.claim import Claim, Question
from jixiang.readings.health.finding import Undecided
from jixiang.readings.health.person import Desk, NotWritten, Tried, Writer, write_row
from jixiang.readings.health.space import RLIMIT, Solver, Space
from jixiang.readings.health.term import Z
from jixiang.values.problem import Place

NAME = "体检所举"  # how the cases of counter-examples are called


@dataclass
class Asker:
    """`jump`: by what share an amount may rise at one step without being called a cliff. `limit`: steps of the solver a question."""

    city: City
    question: Question
    jump: Fraction
    limit: int = RLIMIT
    desk: Desk = field(init=False)
    undecided: list[Undecided] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = Desk(self.city)

    def solver(self, space: Space) -> Solver:
        """One that knows all that is asserted of a space."""
        space.close()
        return Solver(space, self.limit)

    def label(self, policy: Policy) -> str:
        return self.desk.label(policy)

    def place(self, policy: Policy, condition: int | None = None) -> Place:
        """Where a condition stands; without one, where the amount does."""
        if condition is not None:
            return policy.conditions[condition].place
        rules = self.desk.document(policy).rules
        due = next(rule for rule in rules if isinstance(rule.statement, Benefit))
        return replace(due.statement.place, article=due.article)

    def front(self, policy: Policy, *keys: str) -> Place:
        """Where the first of these entries stands in the head of the document."""
        document = self.desk.document(policy)
        return next((document.front[key].place for key in keys if key in document.front), document.first_line)

    def give_up(self, policy: Policy, question: str) -> None:
        self.undecided.append(Undecided(self.label(policy), question))

    def person(self, solver: Solver, claim: Claim, wanted: Sequence[Z]) -> Tried | None:
        """Somebody of whom all that is wanted is true, as the interpreter sees him; None where there is none to be shown."""
        model = solver.find(wanted, claim.liked(self.question.as_of))
        return self.show(claim, model) if model else None

    def show(self, claim: Claim, model: Any) -> Tried | None:
        return self.show_all([(NAME, claim)], model)

    def show_all(self, claims: Sequence[tuple[str, Claim]], model: Any, writer: Writer | None = None) -> Tried | None:
        """The claims of one policy in one model, each a case."""
        writer = writer or Writer(claims[0][1].space, model)
        try:
            rows = [(name, write_row(claim, model, writer)) for name, claim in claims]
        except NotWritten:
            return None
        return self.desk.run(claims[0][1].policy, rows)
