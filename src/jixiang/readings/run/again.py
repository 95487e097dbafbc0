"""Some subjects judged again at once, in a process that stays: the plan is made beforehand and used with other keys each time.

What comes back are verdicts as a run would find them on the facts that the engine offers; who gets it when not all can is
decided by a run alone. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
from sqlglot import exp

from jixiang.engines.engine import Engine
from jixiang.language.typed import Policy
from jixiang.readings.concern import Concern, Ways, relation_of, ways_of
from jixiang.readings.near import Near, renamed
from jixiang.readings.query import sql
from jixiang.readings.query.judge import Verdicts
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.plan import Step
from jixiang.readings.query.sources import Sources
from jixiang.readings.query.sql import col
from jixiang.readings.run.request import Request
from jixiang.readings.run.verdicts import forget, plan_of

KEYS = pa.schema([("key", pa.string())])


@dataclass(frozen=True)
class Found:
    """A version's verdicts on the subjects that were asked for."""

    policy: Policy
    rows: pa.Table


@dataclass(frozen=True)
class Rejudging:
    """The plan of one date over the facts near those whom the relations `only_<code>` name, and what fetches these facts; and
    each policy's ways, by which it is known whom a change concerns. Policies whose versions are about different kinds of
    subjects are not in it."""

    engine: Engine
    request: Request
    verdicts: tuple[Verdicts, ...]
    steps: tuple[Step, ...]
    ways: Mapping[str, Ways]
    sources: Sources
    _chosen: dict[frozenset[str], tuple[Step, ...]] = field(default_factory=dict)

    @classmethod
    def ready(
        cls,
        engine: Engine,
        request: Request,
        cutoffs: Mapping[str, date | None],
        offered: Offered,
        day: date | None = None,
    ) -> Rejudging:
        """Makes the plan of a date; of the run's own without one."""
        traced = {code: ways_of(request.vocabulary, request.rulebook, code) for code in request.codes}
        ways = {code: found for code, found in traced.items() if found is not None}
        only = {code: _only(code) for code in ways}
        others = set(request.codes) - ways.keys()
        made = plan_of(request, day or request.as_of, cutoffs, offered, frozenset(ways), only=only, without=others)
        fetching, named = Near(request.vocabulary, offered, ways, only, made.steps).steps()
        sources = Sources(request.vocabulary, request.rulebook, request.as_of, request.as_of, cutoffs, offered)
        return cls(engine, request, made.verdicts, (*fetching, *renamed(made.steps, named)), ways, sources)

    def rejudge(self, only: Mapping[str, Sequence[str]]) -> list[Found]:
        """The verdicts on the subjects of these keys, by policy code; policies that are not named are not judged."""
        for code in self.ways:
            listed = list(dict.fromkeys(only.get(code, ())))
            self.engine.offer(_only(code), pa.table({"key": listed}, schema=KEYS))
        return self._judge(frozenset(code for code, keys in only.items() if keys))

    def changed(self, entity: str, keys: Sequence[str]) -> list[Found]:
        """The verdicts on all whom it concerns if anything of these rows of an entity is another than before: of people, say,
        their birthdays, their contributions, their certificates. Raises ValueError where that would be everybody."""
        touched = f"touched_{self.request.vocabulary.entities[entity].table}"
        self.engine.offer(touched, pa.table({"key": list(dict.fromkeys(keys))}, schema=KEYS))
        counted = Concern(self.engine, self.sources, {}, frozenset({entity})).find(self.ways)
        if everybody := sorted(code for code, count in counted.items() if count is None):
            raise ValueError(f"it concerns everybody under {', '.join(everybody)}")
        for code in counted:
            self.engine.keep(_only(code), sql.select([col("key")], sql.table(relation_of(code), "r")))
        return self._judge(frozenset(code for code, count in counted.items() if count))

    def _judge(self, codes: frozenset[str]) -> list[Found]:
        wanted = [one for one in self.verdicts if one.policy.code in codes]
        if codes not in self._chosen:
            self._chosen[codes] = _needed(self.steps, [one.relation for one in wanted])
        steps = self._chosen[codes]
        self.engine.run(steps)
        rows = [self.engine.fetch(sql.select([sql.star()], sql.table(one.relation, "r"))) for one in wanted]
        forget(self.engine, steps)
        return [Found(one.policy, found) for one, found in zip(wanted, rows, strict=True)]


def _only(code: str) -> str:
    return f"only_{code.lower()}"


def _needed(steps: Sequence[Step], relations: Iterable[str]) -> tuple[Step, ...]:
    """Of the steps of a plan those that lead to some of its relations."""
    needed = set(relations)
    for step in reversed(steps):
        if step.name in needed:
            needed |= {source.name for source in step.query.find_all(exp.Table)}
    return tuple(step for step in steps if step.name in needed)
