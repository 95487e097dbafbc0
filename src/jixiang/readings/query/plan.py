"""All policies together as one plan: named steps in an order in which each reads only what stands before it.

A step that several others read is kept as a table; the rest are views. What only a later step could narrow is not narrowed:
a step never waits for one that waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from jixiang.language.typed import Policy, Rulebook
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.query.expressions import Expressions
from jixiang.readings.query.judge import Verdicts, judged
from jixiang.readings.query.sources import Sources


@dataclass(frozen=True)
class Step:
    """`kept`: read more than once, or wanted in the end: computed once and held."""

    name: str
    query: exp.Query
    kept: bool


@dataclass(frozen=True)
class Plan:
    steps: tuple[Step, ...]
    verdicts: tuple[Verdicts, ...]

    def sql(self, dialect: str) -> str:
        """The whole plan as text, for auditors."""
        return "\n\n".join(f"-- {s.name}\n{s.query.sql(dialect, pretty=True)};" for s in self.steps)


def plan(
    vocabulary: Vocabulary,
    rulebook: Rulebook,
    policies: Iterable[Policy],
    *,
    decision_date: date,
    known_on: date,
    cutoffs: Mapping[str, date | None],
    dated: frozenset[str],
) -> Plan:
    """Verdicts of these policy versions on a date, with what was known on another."""
    sources = Sources(vocabulary, rulebook, decision_date, known_on, cutoffs, dated)
    expressions = Expressions(sources)
    verdicts = tuple(
        judged(expressions, policy, f"p{number}_{policy.code.lower()}") for number, policy in enumerate(policies)
    )
    aggregates = expressions.aggregates
    queries: dict[str, exp.Query] = {}
    for frame in aggregates.frames:
        queries |= dict(frame.queries())
    queries |= {name: query() for name, query in aggregates.grouped}
    queries |= {v.relation: v.query() for v in verdicts}
    queries |= dict(sources.steps())
    for shared in aggregates.shared.values():
        wanted = aggregates.wanted_keys(shared)
        narrowed = queries | dict(aggregates.shared_steps(shared, wanted))
        queries = narrowed if _ordered(narrowed) else queries | dict(aggregates.shared_steps(shared, None))
    order = _ordered(queries)
    assert order is not None, "a step waits for itself"
    readers = _readers(queries)
    wanted_in_the_end = {v.relation for v in verdicts}
    steps = (Step(name, queries[name], readers.get(name, 0) > 1 or name in wanted_in_the_end) for name in order)
    return Plan(tuple(steps), verdicts)


def _reads(query: exp.Query) -> set[str]:
    return {source.name for source in query.find_all(exp.Table)}


def _readers(queries: Mapping[str, exp.Query]) -> dict[str, int]:
    """How many times each step is read. A union's parts count one by one, as each would compute it again."""
    count: dict[str, int] = {}
    for query in queries.values():
        for source in query.find_all(exp.Table):
            count[source.name] = count.get(source.name, 0) + 1
    return count


def _ordered(queries: Mapping[str, exp.Query]) -> list[str] | None:
    """The steps so that each comes after all it reads; None if two wait for each other."""
    reads = {name: _reads(query) & queries.keys() for name, query in queries.items()}
    done: list[str] = []
    waiting = dict(reads)
    while waiting:
        ready = [name for name, needs in waiting.items() if needs <= set(done)]
        if not ready:
            return None
        done += ready
        for name in ready:
            del waiting[name]
    return done
