"""A whole run in the order in which it happens: facts, verdicts, selection, funds, files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from jixiang.engines.duckdb import DuckDB
from jixiang.engines.engine import Engine
from jixiang.readings import offering
from jixiang.readings.kept_facts.offer import offer_kept
from jixiang.readings.query import sql
from jixiang.readings.query.offered import Offered
from jixiang.readings.query.sql import col
from jixiang.readings.run.before import Before, look_back
from jixiang.readings.run.due import find_due
from jixiang.readings.run.kept import keep_verdicts
from jixiang.readings.run.request import LaterRun, Request, Rules
from jixiang.readings.run.settle import Settling
from jixiang.readings.run.standing import offer_standing
from jixiang.readings.run.verdicts import Again, Judged, judge_dates
from jixiang.readings.run.write import Writing
from jixiang.tables.cutoffs import read_cutoffs
from jixiang.tables.schema import fact_tables
from jixiang.tables.snapshot import Manifest, damaged_files, hash_folder, take_snapshot, write_manifest
from jixiang.tables.store import FactStore

Progress = Callable[[str, float], None]


class NegativeAmount(ValueError):
    """A policy computed less than nothing for somebody: the run stops, and nothing is written."""


class DamagedFacts(ValueError):
    """Data files are not as they were written: nothing is decided by them."""


@dataclass(frozen=True)
class Run:
    """What a run left in its engine, before anything is written."""

    engine: Engine
    request: Request
    offered: Offered
    judged: list[Judged]
    again: list[Again]
    writing: Writing


def decide_city(
    engine: Engine,
    request: Request,
    store: FactStore,
    out: Path,
    *,
    documents: Mapping[str, str],
    progress: Progress,
    whole: bool = False,
    told: Callable[[list[Again]], None] = lambda again: None,
    offers: Callable[[Offered], None] = lambda offered: None,
) -> Manifest:
    """Decides, writes every outcome and the manifest under `out`. Raises LaterRun, NegativeAmount, DamagedFacts.

    `whole`: everybody is judged on every date, whatever the run before has left; the decisions are the same. `told` hears how
    many were judged again, `offers` what the facts were read from.
    """
    progress("快照", 0.0)
    manifest = _snapshot(request, store, documents)
    if damaged := damaged_files(manifest):
        raise DamagedFacts("、".join(damaged))
    run = decide(engine, request, store, progress, None if whole else manifest)
    offers(run.offered)
    codes = iter(range(len(request.codes)))
    run.writing.write(out, lambda code: progress(f"写出 {code}", 0.9 + 0.1 * next(codes) / len(request.codes)))
    keep_verdicts(engine, request, run.judged, out, manifest.id)
    write_manifest(out, manifest)
    told(run.again)
    progress("完成", 1.0)
    return manifest


def decide(
    engine: Engine, request: Request, store: FactStore, progress: Progress, now: Manifest | None = None
) -> Run:  # fmt: skip
    """Everything but the writing. `now`: what the run reads, so that it can build on the run before; without it everybody is
    judged on every date."""
    refuse_later(request)
    offered, cutoffs = offer_facts(engine, request, store), cutoffs_by_entity(request, store)
    before = None if now is None else look_back(engine, request, store, now, offered, cutoffs)
    return decide_offered(engine, request, cutoffs, offered, progress, before)


def decide_offered(
    engine: Engine,
    request: Request,
    cutoffs: Mapping[str, date | None],
    offered: Offered,
    progress: Progress = lambda what, done: None,
    before: Before | None = None,
) -> Run:
    """The same over facts that the engine already offers."""
    refuse_later(request)
    rules = Rules.taken_from(request)
    steps = lambda name, done, of: progress(f"判断 {name}", 0.8 * done / max(of, 1))  # noqa: E731
    offer_standing(engine, request)
    judging = judge_dates(engine, request, rules, cutoffs, offered, steps, before)
    refuse_negative(engine, judging.judged)
    progress("排队与上限", 0.8)
    Settling(engine, request, rules).settle()
    find_due(engine, request, judging)
    return Run(engine, request, offered, judging.judged, judging.again, Writing(engine, request, judging.judged))


def refuse_later(request: Request) -> None:
    if any(day > request.as_of for day in request.run_dates_before()):
        raise LaterRun(f"{request.as_of} 之后已经运行过;运行日期只能往后走")


def offer_facts(engine: Engine, request: Request, store: FactStore) -> Offered:
    """The fact tables: those that are kept ready where they fit, else from the files."""
    until = datetime.combine(request.as_of, time.max)
    if (
        isinstance(engine, DuckDB)
        and not request.raw
        and (kept := offer_kept(engine, request.vocabulary, store, until)) is not None
    ):
        return kept
    return offering.offer_facts(engine, request.vocabulary, store)


def cutoffs_by_entity(request: Request, store: FactStore) -> dict[str, date | None]:
    """事实截止 by the entity's Chinese name."""
    by_table = read_cutoffs(store, request.as_of)
    return {entity.name: by_table.get(entity.table) for entity in request.vocabulary.entities.values()}


def refuse_negative(engine: Engine, judged: list[Judged]) -> None:
    for one in judged:
        below = sql.binary("<", col("claimed_fen"), sql.number(0))
        query = sql.select([col("subject"), col("claimed_fen")], sql.table(one.relation, "r"), where=below)
        found: pa.Table = engine.fetch(query.order_by(exp.column("subject", quoted=True)).limit(1))
        if found.num_rows:
            row = found.to_pylist()[0]
            raise NegativeAmount(
                f"《{one.policy.name}》对 {one.policy.entity} {row['subject']} 算出 {row['claimed_fen']} 分,小于零"
            )


def _snapshot(request: Request, store: FactStore, documents: Mapping[str, str]) -> Manifest:
    dates = sorted({*request.earlier_dates(), request.as_of})
    return take_snapshot(
        store,
        tables=fact_tables(request.vocabulary),
        as_of=request.as_of,
        documents=documents,
        run_dates=dates,
        standing="" if request.standing is None else hash_folder(request.standing),
    )
