"""Both sides decided by the engine that decides the city: in force first, then the draft, month after month where months are asked for.

A run of a month stands on the run of the month before, as in the city's own chain, but by what is known today. The draft judges
only the policies that it touches; the verdicts of all others are those of the side in force, on the same date.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa

from jixiang.engines.engine import Engine
from jixiang.language.typed import Rulebook
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.concern import relation_of, ways_of
from jixiang.readings.run.before import Before, look_back
from jixiang.readings.run.decide_city import (
    DamagedFacts,
    Progress,
    cutoffs_by_entity,
    decide_offered,
    offer_facts,
)
from jixiang.readings.run.kept import Kept, keep_verdicts, mark_of, read_kept
from jixiang.readings.run.request import LaterRun, Request
from jixiang.tables.schema import fact_tables
from jixiang.tables.snapshot import damaged_files, hash_folder, read_manifest, take_snapshot, write_manifest
from jixiang.tables.store import FactStore
from jixiang.values.dates import add_months

Opened = Callable[[], AbstractContextManager[Engine]]
TAKEN = "taken"
KEYS = pa.schema([("key", pa.string())])


@dataclass(frozen=True)
class Asked:
    """`codes`: the policies to decide in force; `drafted`: those of the draft, in whole families; `touched`: of these the changed
    ones. `dates`: the run dates, the last the day of the simulation. `standing`: what both sides stand on."""

    vocabulary: Vocabulary
    before: Rulebook
    after: Rulebook
    codes: tuple[str, ...]
    drafted: tuple[str, ...]
    touched: tuple[str, ...]
    dates: tuple[date, ...]
    standing: Path | None = None
    raw: bool = False

    @property
    def as_of(self) -> date:
        return self.dates[-1]


@dataclass(frozen=True)
class Documents:
    """The hashes of both packs, for the manifests."""

    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class Sides:
    """The folders of the two runs. `taken`: what of the side in force was decided before."""

    before: Path
    after: Path
    taken: bool


class OtherRun(ValueError):
    """A run that cannot be taken for the side in force: made of other facts, documents, dates or grants."""


def month_ends(first: date, last: date) -> tuple[date, ...]:
    """The last days of the months from that of `first` on, before `last`; and `last` itself."""
    found = []
    day = first.replace(day=1)
    while (end := add_months(day, 1) - timedelta(days=1)) < last:
        found.append(end)
        day = add_months(day, 1)
    return (*found, last)


def decide_sides(
    opened: Opened,
    asked: Asked,
    store: FactStore,
    out: Path,
    documents: Documents,
    progress: Progress,
    baseline: Path | None = None,
) -> Sides:
    """Leaves `out`/before and `out`/after, each the folder of a run; `baseline` in the place of the first. Raises LaterRun, NegativeAmount,
    DamagedFacts, OtherRun."""
    chain = _Chain(opened, asked, store, out / "_months", progress)
    chain.check()
    if baseline is not None:
        _require_same(baseline, chain, documents.before)
    try:
        before = (
            [baseline] if baseline is not None else chain.decide("before", asked.before, asked.codes, documents.before)
        )
        after = chain.decide("after", asked.after, asked.drafted, documents.after, beside=before)
        found = Sides(baseline or _last(before, out / "before"), _last(after, out / "after"), baseline is not None)
    finally:
        shutil.rmtree(out / "_months", ignore_errors=True)
    return found


def _last(runs: list[Path], target: Path) -> Path:
    shutil.copytree(runs[-1], target)
    return target


def _require_same(baseline: Path, chain: _Chain, documents: Mapping[str, str]) -> None:
    """Was it made of the same facts, documents, dates and grants, and does it hold all policies that are wanted?"""
    asked, there = chain.asked, read_manifest(baseline)
    same = {
        "决定日": there.as_of == asked.as_of and len(asked.dates) == 1,
        "事实": there.tables == chain.facts.tables and there.cutoffs == chain.facts.cutoffs,
        "政策文件": dict(there.documents) == dict(documents),
        "已有的享受": there.standing == chain.standing_hash(asked.standing),
    }
    missing = [code for code in asked.codes if not (baseline / code / "decisions.parquet").is_file()]
    wrong = [name for name, holds in same.items() if not holds]
    if wrong or missing:
        raise OtherRun("、".join([*(f"{name}不同" for name in wrong), *(f"没有决定 {code}" for code in missing)]))


class _Chain:
    def __init__(self, opened: Opened, asked: Asked, store: FactStore, out: Path, progress: Progress) -> None:
        self.opened, self.asked, self.store, self.out, self.progress = opened, asked, store, out, progress
        tables = fact_tables(asked.vocabulary)
        self.facts = take_snapshot(store, tables=tables, as_of=asked.as_of, documents={}, run_dates=())
        self.done = 0

    def check(self) -> None:
        if damaged := damaged_files(self.facts):
            raise DamagedFacts("、".join(damaged))
        if self.asked.standing is not None:
            last = max(read_manifest(self.asked.standing).run_dates)
            if last > self.asked.dates[0]:
                raise LaterRun(f"已经运行到 {last},测算不能从 {self.asked.dates[0]} 起")

    def standing_hash(self, folder: Path | None) -> str:
        return "" if folder is None else hash_folder(folder)

    def decide(
        self, side: str, rulebook: Rulebook, codes: tuple[str, ...], documents: Mapping[str, str],
        beside: list[Path] | None = None,
    ) -> list[Path]:  # fmt: skip
        """One run a date, each on the one before. `beside`: the other side's, of which the verdicts on what the draft does
        not touch are taken."""
        runs: list[Path] = []
        for number, day in enumerate(self.asked.dates):
            standing = runs[-1] if runs else self.asked.standing
            request = Request(
                self.asked.vocabulary, rulebook, day, codes, standing, raw=self.asked.raw, known=self.asked.as_of
            )
            self.progress(f"{'在用' if beside is None else '草案'} {day}", self.done / (2 * len(self.asked.dates)))
            folder = self.out / side / f"{day:%Y%m%d}"
            self._run(request, folder, documents, None if beside is None else beside[number], first=not runs)
            runs.append(folder)
            self.done += 1
        return runs

    def _run(
        self, request: Request, folder: Path, documents: Mapping[str, str], beside: Path | None, *, first: bool
    ) -> None:
        dates = tuple(sorted({*request.earlier_dates(), request.as_of}))
        manifest = replace(
            self.facts, as_of=request.as_of, documents=documents, run_dates=dates,
            standing=self.standing_hash(request.standing),
        )  # fmt: skip
        if not request.codes:  # nothing of the kind is in force
            write_manifest(folder, manifest)
            return
        known = replace(request, as_of=request.known_on)
        with self.opened() as engine:
            offered, cutoffs = offer_facts(engine, known, self.store), cutoffs_by_entity(known, self.store)
            if not first or beside is not None:
                before: Before | None = self._taken(engine, request, cutoffs, beside, first=first)
            elif request.as_of == request.known_on:
                before = look_back(engine, request, self.store, manifest, offered, cutoffs)
            else:
                before = None
            run = decide_offered(engine, request, cutoffs, offered, before=before)
            run.writing.write(folder, lambda code: None)
            keep_verdicts(engine, request, run.judged, folder, manifest.id)
        write_manifest(folder, manifest)

    def _taken(
        self, engine: Engine, request: Request, cutoffs: Mapping[str, date | None], beside: Path | None, *, first: bool
    ) -> Before:
        """The verdicts that need not be judged again: of dates before this one those of the run before, for the facts are the
        same; of what the draft does not touch those of the other side, of this date too."""
        files: dict[tuple[date, str, str], tuple[str, str, str]] = {}
        if beside is not None:
            files |= _verdicts(
                beside, self.asked.before, self.asked, [c for c in request.codes if c not in self.asked.touched]
            )
        if not first and request.standing is not None:
            mine = [code for code in request.codes if beside is None or code in self.asked.touched]
            files |= _verdicts(request.standing, request.rulebook, self.asked, mine)
        codes = {code for _, code, _ in files}
        ways = {code: ways_of(request.vocabulary, request.rulebook, code) for code in codes}
        for code in codes:
            engine.offer(relation_of(code), KEYS.empty_table())
        return Before(
            request=request,
            kept=Kept(Path(), files),
            marks=dict.fromkeys(request.codes, TAKEN),
            ways=ways,
            concerned=dict.fromkeys(codes, 0),
            subjects=dict.fromkeys(codes, 1),
            cutoffs={name: (day, day) for name, day in cutoffs.items()},
        )


def _verdicts(
    run: Path, rulebook: Rulebook, asked: Asked, codes: list[str]
) -> dict[tuple[date, str, str], tuple[str, str, str]]:
    """What a run of these facts has left of some policies, by texts that mean the same as this rulebook's."""
    kept = read_kept(run, read_manifest(run).id)
    if kept is None:
        return {}
    request = Request(asked.vocabulary, rulebook, asked.as_of, tuple(codes))
    marks = {code: mark_of(request, code) for code in codes}
    return {
        key: (str((kept.folder / name).resolve()), digest, TAKEN)
        for key, (name, digest, mark) in kept.files.items()
        if marks.get(key[1]) == mark
    }
