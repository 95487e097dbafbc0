"""What of an earlier run's verdicts still holds, and whom a run on top of it must judge again.

On a date on which the run before has judged, only those can be judged differently whose facts are others now, or of whom more
could be known now. Everybody is judged again where the texts are others, where nothing was kept, or where it can not be said
what has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from jixiang.engines.engine import Engine
from jixiang.readings.concern import Concern, Ways, relation_of, ways_of
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.sources import Sources
from jixiang.readings.run.kept import Kept, mark_of, read_kept
from jixiang.readings.run.request import Request
from jixiang.tables.changes import changed_rows
from jixiang.tables.snapshot import Manifest, read_manifest
from jixiang.tables.store import FactStore

CHANGED_MAX = 500_000  # rows of one table; where more have changed nearly everybody is concerned
SHARE = 2  # where every second subject is concerned it is cheaper to judge all


@dataclass(frozen=True)
class Holds:
    """Of a policy on a date: the files of each version's verdicts, and the relation of those subjects (`key`) for whom they hold
    no longer. `concerned`: how many these are."""

    files: Mapping[str, Path]
    relation: str
    concerned: int


@dataclass
class Before:
    """The run before, as far as a run can build on it. `cutoffs`: then and now, by the entity's Chinese name."""

    request: Request
    kept: Kept
    marks: Mapping[str, str]
    ways: Mapping[str, Ways | None]
    concerned: Mapping[str, int | None]
    subjects: Mapping[str, int]
    cutoffs: Mapping[str, tuple[date | None, date | None]]

    def holds(self, day: date, code: str) -> Holds | None:
        """None: the policy must be judged as a whole."""
        count, ways = self.concerned.get(code), self.ways.get(code)
        if count is None or ways is None or count * SHARE > self.subjects[code]:
            return None
        if any(_seen(then, day) != _seen(now, day) for then, now in map(self.cutoffs.__getitem__, ways.counted)):
            return None
        versions = self.request.rulebook.policies[code]
        files = {p.version: self.kept.file(day, p, self.marks[code]) for p in versions}
        there = {version: file for version, file in files.items() if file is not None}
        return Holds(there, relation_of(code), count) if len(there) == len(files) else None


def _seen(covered: date | None, day: date) -> date:
    """Up to which day, of those up to a decision date, rows are all there."""
    return day if covered is None else min(covered, day)


def look_back(
    engine: Engine,
    request: Request,
    store: FactStore,
    now: Manifest,
    offered: Offered,
    cutoffs: Mapping[str, date | None],
) -> Before | None:
    """Whom what has come in since concerns; the engine then has a relation of them a policy. None: nothing can be built on."""
    if request.standing is None:
        return None
    then = read_manifest(request.standing)
    kept = read_kept(request.standing, then.id)
    if kept is None or _replaced(then, now):
        return None
    marks = {code: mark_of(request, code) for code in request.codes}
    judged_alike = [code for code, mark in marks.items() if kept.has(code, mark)]
    ways = {code: ways_of(request.vocabulary, request.rulebook, code) for code in judged_alike}
    columns: dict[str, set[str]] = defaultdict(set)
    for way in ways.values():
        for table, names in way.tables().items() if way is not None else ():
            columns[table] |= names
    until = datetime.combine(request.as_of, time.max)
    try:
        changed = changed_rows(store, request.vocabulary, columns, then, until=until, rows_max=CHANGED_MAX)
    except ValueError:  # the run has read other facts than these
        return None
    entities = request.vocabulary.entities
    sources = Sources(request.vocabulary, request.rulebook, request.as_of, request.as_of, cutoffs, offered)
    return Before(
        request=request,
        kept=kept,
        marks=marks,
        ways=ways,
        concerned=Concern(engine, sources, changed).find(ways),
        subjects={c: store.rows(entities[request.rulebook.policies[c][0].entity].table) for c in request.codes},
        cutoffs={name: (then.cutoffs.get(entity.table), cutoffs.get(name)) for name, entity in entities.items()},
    )


def _replaced(then: Manifest, now: Manifest) -> bool:
    """Has any file that the run before read another content now?"""
    files = {file.path: file.sha256 for group in now.tables.values() for file in group}
    return any(files.get(file.path, file.sha256) != file.sha256 for group in then.tables.values() for file in group)
