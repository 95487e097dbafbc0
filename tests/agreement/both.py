"""One city decided twice: by the engine and by the interpreter; and where the two differ."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from jixiang.engines.duckdb import DuckDB
from jixiang.language.typed import Rulebook
from jixiang.readings import decide
from jixiang.readings.interpreted import decide_interpreted
from jixiang.readings.run.decide_city import NegativeAmount, decide_city
from jixiang.readings.run.request import Request
from jixiang.readings.world import World
from jixiang.tables.decisions import DECISIONS, KEY, read_decisions
from jixiang.tables.store import FactStore
from tests.agreement.histories import Life
from tests.agreement.storage import write_plain, write_recorded
from tests.agreement.town import VOCABULARY

NEGATIVE = "negative"
Ceilings = dict[tuple[str, int], int] | None


@dataclass(frozen=True)
class Ran:
    """What one run decided: by the engine as files, by the interpreter as a table. None: an amount below zero."""

    engine: pa.Table | None
    interpreted: pa.Table | None
    out: Path


@contextmanager
def somewhere() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="agreement-") as folder:
        yield Path(folder)


def codes_of(rulebook: Rulebook) -> tuple[str, ...]:
    return tuple(sorted(rulebook.policies))


def run_engine(
    rulebook: Rulebook, store: FactStore, as_of: date, out: Path, *, standing: Path | None = None, ceilings: Ceilings = None
) -> pa.Table | None:
    """All policies, decided and written; None where an amount is below zero."""
    request = Request(VOCABULARY, rulebook, as_of, codes_of(rulebook), standing, ceilings)
    with DuckDB(threads=1, small=True) as engine:
        try:
            decide_city(engine, request, store, out, documents={}, progress=lambda name, share: None)
        except NegativeAmount:
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
) -> pa.Table | None:
    try:
        return decide_interpreted(
            rulebook, world, as_of=as_of, codes=codes_of(rulebook), run_dates=run_dates, standing=standing, ceilings=ceilings
        )
    except decide.NegativeAmount:
        return None


def live(rulebook: Rulebook, life: Life, folder: Path, *, recorded: bool) -> Iterator[Ran]:
    """The runs of a life, one after the other, each standing on what the engine decided before."""
    store = write_recorded(folder / "facts", life.dates, life.worlds) if recorded else None
    before: Path | None = None
    for number, (day, world) in enumerate(zip(life.dates, life.worlds, strict=True)):
        facts = store or write_plain(folder / f"facts{number}", world)
        out = folder / f"out{number}"
        standing = None if before is None else read_decisions(before)
        engine = run_engine(rulebook, facts, day, out, standing=before, ceilings=life.ceilings)
        interpreted = run_interpreter(
            rulebook, world, day, run_dates=life.dates[:number], standing=standing, ceilings=life.ceilings
        )
        yield Ran(engine, interpreted, out)
        if engine is None:
            return
        before = out


def differences(ran: Ran) -> list[str]:
    """Every row and column in which the two differ, as text."""
    if ran.engine is None or ran.interpreted is None:
        return [] if ran.engine is ran.interpreted else [f"below zero: {ran.engine is None=}, {ran.interpreted is None=}"]
    mine, theirs = _by_key(ran.engine), _by_key(ran.interpreted)
    found = [f"only the engine has {key}: {mine[key]}" for key in mine.keys() - theirs.keys()]
    found += [f"only the interpreter has {key}: {theirs[key]}" for key in theirs.keys() - mine.keys()]
    for key in sorted(mine.keys() & theirs.keys()):
        for column in DECISIONS.names:
            if mine[key][column] != theirs[key][column]:
                found.append(f"{key} {column}: engine {mine[key][column]!r}, interpreter {theirs[key][column]!r}")
    return found


def _by_key(table: pa.Table) -> dict[tuple[str, ...], dict[str, Any]]:
    rows = table.to_pylist()
    found = {tuple(row[name] for name in KEY): row for row in rows}
    assert len(found) == len(rows), "two rows have one key"
    return found
