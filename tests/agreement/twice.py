"""The same runs twice: each building on what the run before has left, and each judging everybody on every date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.agreement.both import codes_of
from tests.agreement.histories import Life
from tests.agreement.storage import append_recorded, write_recorded
from tests.agreement.town import VOCABULARY

from jixiang.engines.duckdb import DuckDB
from jixiang.language.typed import Rulebook
from jixiang.readings.run.decide_city import NegativeAmount, decide_city
from jixiang.readings.run.request import Request
from jixiang.readings.run.verdicts import Again
from jixiang.tables.decisions import decision_files
from jixiang.tables.store import FactStore

Files = dict[str, bytes] | None


@dataclass(frozen=True)
class Twice:
    """What was decided either way, by file; None where an amount is below zero. `again`: who was judged again."""

    building: Files
    whole: Files
    again: list[Again]


def live_twice(rulebooks: Sequence[Rulebook], life: Life, folder: Path, *, appended: bool) -> Iterator[Twice]:
    """Every run of a life stands on the one before it that built on its own one before. `appended`: what is known comes in
    file by file; else all files lie there from the beginning, and rows speak from when they were recorded."""
    store = None if appended else write_recorded(folder / "facts", life.dates, life.worlds)
    before: Path | None = None
    for number, (day, world) in enumerate(zip(life.dates, life.worlds, strict=True)):
        was = life.worlds[number - 1] if number else None
        facts = store or append_recorded(folder / "facts", number, day, was, world)
        rulebook = rulebooks[min(number, len(rulebooks) - 1)]
        request = Request(VOCABULARY, rulebook, day, codes_of(rulebook), before, life.ceilings, turns=life.turns)
        again: list[Again] = []
        out = folder / f"building{number}"
        building = decided(request, facts, out, whole=False, again=again)
        whole = decided(request, facts, folder / f"whole{number}", whole=True, again=[]) if before else building
        yield Twice(building, whole, again)
        if building is None:
            return
        before = out


def decided(request: Request, facts: FactStore, out: Path, *, whole: bool, again: list[Again]) -> Files:
    with DuckDB(threads=1) as engine:
        try:
            decide_city(
                engine, request, FactStore(facts.folder), out,
                documents={}, progress=lambda name, share: None, whole=whole, told=again.extend,
            )  # fmt: skip
        except NegativeAmount:
            return None
    files = [*decision_files(out), *out.glob("*/bits.json"), out / "manifest.json"]
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in files}
