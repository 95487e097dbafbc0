"""All policies together as one plan: named steps in an order in which each reads only what stands before it.

A step that several others read is kept as a table; the rest are views. What only a later step could narrow is not narrowed:
a step never waits for one that waits for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from jixiang.language.typed import Policy, Rulebook
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.query import sql
from jixiang.readings.query.expressions import Expressions
from jixiang.readings.query.instalments import Instalments, instalments
from jixiang.readings.query.judge import Verdicts, judged
from jixiang.readings.query.narrow import narrowed
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.sources import Sources
from jixiang.readings.query.sql import col


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
    sources: Sources

    def sql(self, dialect: str) -> str:
        """The whole plan as text, for auditors."""
        return "\n\n".join(f"-- {s.name}\n{s.query.sql(dialect, pretty=True)};" for s in self.steps)


@dataclass(frozen=True)
class DuePlan:
    """The steps still to be done, those of the plan before whose names they take over, and what of which version's grants
    is due."""

    steps: tuple[Step, ...]
    replaced: tuple[Step, ...]
    instalments: tuple[Instalments, ...]


def plan(
    vocabulary: Vocabulary,
    rulebook: Rulebook,
    policies: Iterable[Policy],
    *,
    decision_date: date,
    known_on: date,
    cutoffs: Mapping[str, date | None],
    offered: Offered,
    only: Mapping[str, str] | None = None,
) -> Plan:
    """Verdicts of these policy versions on a date, with what was known on another. `only`: policy code → a relation whose
    `key` names the subjects to judge; of other policies all are judged."""
    sources = Sources(vocabulary, rulebook, decision_date, known_on, cutoffs, offered)
    expressions = Expressions(sources)
    verdicts = tuple(
        judged(expressions, policy, f"p{number}_{policy.code.lower()}", (only or {}).get(policy.code))
        for number, policy in enumerate(policies)
    )
    results = [(name, query) for v in verdicts for name, query in _unless_newer(v, verdicts)]
    return Plan(steps_of(expressions, dict(results)), verdicts, sources)


def _unless_newer(verdicts: Verdicts, every: Iterable[Verdicts]) -> list[tuple[str, Callable[[], exp.Query]]]:
    """One version speaks of each subject and period. Versions that tell 适用日 differently may both find it in their own
    time; then the newer one speaks."""
    mine = verdicts.policy
    newer = [
        v.relation
        for v in every
        if v.policy.code == mine.code
        and v.policy.in_force_from > mine.in_force_from
        and v.policy.effective_date != mine.effective_date
    ]
    if not newer:
        return [(verdicts.relation, verdicts.query)]
    said, spoken = f"{verdicts.relation}_said", f"{verdicts.relation}_spoken"
    keys = [col("subject"), col("period")]

    def by_others() -> exp.Query:
        every_key = sql.union_all([sql.select(keys, sql.table(relation, "r")) for relation in newer])
        source = exp.Subquery(this=every_key, alias=exp.TableAlias(this=exp.to_identifier("r")))
        return sql.select(keys, source, group=keys)

    def query() -> exp.Query:
        same = sql.and_([sql.binary("=", col(k.name, "n"), k) for k in keys])
        joins = [sql.join(sql.table(spoken, "n"), same)]
        return sql.select([sql.star()], sql.table(said, "r"), joins=joins, where=sql.is_null(col("subject", "n")))

    return [(said, verdicts.query), (spoken, by_others), (verdicts.relation, query)]


def due_plan(before: Plan, grants: Iterable[tuple[Policy, str]]) -> DuePlan:
    """What is due of grants, each version's in a relation of its own, on the date and the facts of a plan made before.

    Facts are asked for with the columns of that plan too, so that a step which it has done need not be done again.
    """
    asked = before.sources.columns, before.sources.histories
    columns, histories = ({name: dict(found) for name, found in one.items()} for one in asked)
    sources = replace(before.sources, columns=columns, histories=histories, pasts={})
    expressions = Expressions(sources)
    found = tuple(
        instalments(expressions, policy, f"d{number}_{policy.code.lower()}", relation)
        for number, (policy, relation) in enumerate(grants)
    )
    steps = to_do(steps_of(expressions, {one.relation: one.query for one in found}), before.steps)
    names = {step.name for step in steps}
    return DuePlan(steps, tuple(step for step in before.steps if step.name in names), found)


def to_do(steps: Iterable[Step], done: Iterable[Step]) -> tuple[Step, ...]:
    """The steps that were not done before, in the same words and on the same things."""
    before = {step.name: step.query for step in done}
    fresh: dict[str, Step] = {}
    for step in steps:
        if before.get(step.name) != step.query or fresh.keys() & _reads(step.query):
            fresh[step.name] = step
    return tuple(fresh.values())


def steps_of(expressions: Expressions, results: Mapping[str, Callable[[], exp.Query]]) -> tuple[Step, ...]:
    """All that was asked for while expressions were compiled, in order; `results` are wanted in the end."""
    aggregates = expressions.aggregates
    queries: dict[str, exp.Query] = {}
    for frame in aggregates.frames:
        queries |= dict(frame.queries())
    queries |= {name: query() for name, query in aggregates.grouped}
    queries |= {name: query() for name, query in results.items()}
    queries |= dict(expressions.sources.steps())
    reads = _all_read(queries)
    for shared in aggregates.shared.values():
        grouped = dict(aggregates.shared_steps(shared, aggregates.wanted_keys(shared)))
        if not _ordered(reads | _all_read(grouped)):
            grouped = dict(aggregates.shared_steps(shared, None))
        queries, reads = queries | grouped, reads | _all_read(grouped)
    order = _ordered(reads)
    assert order is not None, "a step waits for itself"
    readers = Counter(source for sources in reads.values() for source in sources)
    lying = expressions.sources.as_they_lie()
    queries = narrowed(queries, order, results)
    return tuple(
        Step(name, queries[name], name in results or (readers[name] > 1 and name not in lying)) for name in order
    )


def _reads(query: exp.Query) -> list[str]:
    """Each relation as often as it is read: a union's parts one by one, as each would compute it again."""
    return [source.name for source in query.find_all(exp.Table)]


def _all_read(queries: Mapping[str, exp.Query]) -> dict[str, list[str]]:
    return {name: _reads(query) for name, query in queries.items()}


def _ordered(reads: Mapping[str, Iterable[str]]) -> list[str] | None:
    """The steps so that each comes after all it reads; None if two wait for each other."""
    waiting = {name: set(sources) & reads.keys() for name, sources in reads.items()}
    done: list[str] = []
    while waiting:
        ready = [name for name, needs in waiting.items() if needs <= set(done)]
        if not ready:
            return None
        done += ready
        for name in ready:
            del waiting[name]
    return done
