"""One city decided twice: by the engine and by the interpreter; and where the two differ."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from tests.agreement.histories import Life
from tests.agreement.storage import write_plain, write_recorded
from tests.agreement.town import VOCABULARY

from jixiang.engines.duckdb import DuckDB
from jixiang.language.typed import Rulebook
from jixiang.readings.cases.engine import judge_on_duckdb
from jixiang.readings.decide import NegativeAmount, Verdict, judge_all
from jixiang.readings.interpreted import decide_interpreted
from jixiang.readings.run import decide_city as engine_run
from jixiang.readings.run.request import Request
from jixiang.readings.select.funds import NO_TURNS
from jixiang.readings.world import World
from jixiang.tables.decisions import DECISIONS, KEY, read_decisions
from jixiang.tables.store import FactStore

Ceilings = dict[tuple[str, int], int] | None


@contextmanager
def somewhere() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="agreement-") as folder:
        yield Path(folder)


def codes_of(rulebook: Rulebook) -> tuple[str, ...]:
    return tuple(sorted(rulebook.policies))


# Verdicts --------------------------------------------------------------------------------------------------------


@cache
def _shared_engine() -> DuckDB:
    """One for all examples: starting costs more than judging."""
    return DuckDB(threads=1)


def verdict_differences(rulebook: Rulebook, world: World, day: date) -> list[str]:
    """Where the verdicts of one date differ. An amount below zero stops the interpreter; the engine then shows one."""
    mine = {v.key: v for v in judge_on_duckdb(_shared_engine(), rulebook, world, day)}
    below = any((v.claimed_fen or 0) < 0 for v in mine.values())
    try:
        theirs = {v.key: _compared(v) for v in judge_all(rulebook, world, day)}
    except NegativeAmount:
        return [] if below else ["only the interpreter finds an amount below zero"]
    if below:
        return ["only the engine finds an amount below zero"]
    return _told({key: _compared(v) for key, v in mine.items()}, theirs)


def _compared(verdict: Verdict) -> dict[str, Any]:
    """A verdict as far as both say it: what counts in selection is asked of candidates only."""
    if verdict.outcome != "candidate":
        verdict = replace(verdict, amount=None, rank=(), places=())
    return {name: getattr(verdict, name) for name in Verdict.__slots__}


# Runs ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ran:
    """What one run decided: by the engine as files, by the interpreter as a table. None: an amount below zero."""

    engine: pa.Table | None
    interpreted: pa.Table | None
    out: Path


def run_engine(
    rulebook: Rulebook,
    store: FactStore,
    as_of: date,
    out: Path,
    *,
    standing: Path | None = None,
    ceilings: Ceilings = None,
    turns: Mapping[str, int] = NO_TURNS,
    codes: tuple[str, ...] | None = None,
) -> pa.Table | None:
    """All policies (or whole families), decided and written; None where an amount is below zero."""
    request = Request(VOCABULARY, rulebook, as_of, codes or codes_of(rulebook), standing, ceilings, turns=turns)
    with DuckDB(threads=1) as engine:
        try:
            engine_run.decide_city(engine, request, store, out, documents={}, progress=lambda name, share: None)
        except engine_run.NegativeAmount:
            return None
    return read_decisions(out)


def run_interpreter(
    rulebook: Rulebook,
    world: World,
    as_of: date,
    *,
    run_dates: Sequence[date] = (),
    standing: pa.Table | None = None,
    ceilings: Ceilings = None,
    turns: Mapping[str, int] = NO_TURNS,
) -> pa.Table | None:
    try:
        return decide_interpreted(
            rulebook,
            world,
            as_of=as_of,
            codes=codes_of(rulebook),
            run_dates=run_dates,
            standing=standing,
            ceilings=ceilings,
            turns=turns,
        )
    except NegativeAmount:
        return None


def live(rulebooks: Sequence[Rulebook], life: Life, folder: Path, *, recorded: bool) -> Iterator[Ran]:
    """The runs of a life, one after the other, each standing on what the engine decided before. Where there are fewer
    rulebooks than runs, the last of them stays."""
    store = write_recorded(folder / "facts", life.dates, life.worlds) if recorded else None
    before: Path | None = None
    for number, (day, world) in enumerate(zip(life.dates, life.worlds, strict=True)):
        facts = store or write_plain(folder / f"facts{number}", world)
        rulebook, out = rulebooks[min(number, len(rulebooks) - 1)], folder / f"out{number}"
        standing = None if before is None else read_decisions(before)
        engine = run_engine(rulebook, facts, day, out, standing=before, ceilings=life.ceilings, turns=life.turns)
        interpreted = run_interpreter(
            rulebook,
            world,
            day,
            run_dates=life.dates[:number],
            standing=standing,
            ceilings=life.ceilings,
            turns=life.turns,
        )
        yield Ran(engine, interpreted, out)
        if engine is None:
            return
        before = out


def differences(ran: Ran) -> list[str]:
    """Every row and column in which the two differ, as text."""
    if ran.engine is None or ran.interpreted is None:
        one = "engine" if ran.engine is None else "interpreter"
        return [] if ran.engine is ran.interpreted else [f"only the {one} finds an amount below zero"]
    return _told(by_key(ran.engine), by_key(ran.interpreted))


def by_key(table: pa.Table) -> dict[tuple[str, ...], dict[str, Any]]:
    rows = table.to_pylist()
    found = {tuple(row[name] for name in KEY): row for row in rows}
    assert len(found) == len(rows), "two rows have one key"
    assert table.schema.equals(DECISIONS)
    return found


Rows = dict[tuple[str, str, str, str], dict[str, Any]] | dict[tuple[str, ...], dict[str, Any]]


def _told(mine: Rows, theirs: Rows) -> list[str]:
    found = [f"only the engine has {key}: {mine[key]}" for key in sorted(mine.keys() - theirs.keys())]
    found += [f"only the interpreter has {key}: {theirs[key]}" for key in sorted(theirs.keys() - mine.keys())]
    for key in sorted(mine.keys() & theirs.keys()):
        for name, value in theirs[key].items():
            if mine[key][name] != value:
                found.append(f"{key} {name}: engine {mine[key][name]!r}, interpreter {value!r}")
    return found
