"""The random documents and worlds by which the engine is held to the interpreter: on the cluster they decide the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from tests.agreement.both import codes_of, somewhere
from tests.agreement.documents import Pack, Size, packs
from tests.agreement.examples import checked
from tests.agreement.histories import Life, lives
from tests.agreement.storage import write_plain, write_recorded
from tests.agreement.town import VOCABULARY

from jixiang.engines.duckdb import DuckDB
from jixiang.engines.engine import Engine
from jixiang.engines.spark import Spark
from jixiang.language.typed import Rulebook
from jixiang.readings.cases.engine import judge_on_duckdb
from jixiang.readings.run.decide_city import NegativeAmount, decide_city
from jixiang.readings.run.request import Request
from jixiang.tables.store import FactStore


def few(number: int):
    """Always the same ones, and the first that differs as it was drawn: each costs a cluster's work."""
    return settings(max_examples=number, derandomize=True, phases=(Phase.explicit, Phase.generate))


@pytest.fixture(scope="module")
def engines(session, tmp_path_factory):
    with DuckDB(threads=1) as duck, Spark(session, folder=tmp_path_factory.mktemp("judging")) as spark:
        yield duck, spark


@few(12)
@given(pack=packs(Size(policies=2, conditions=4, deep=2)), life=lives(1))
def test_it_says_of_every_subject_the_same(engines, pack: Pack, life: Life) -> None:
    same_verdicts(engines, checked(pack), life)


@few(4)
@given(pack=packs(Size(policies=1, conditions=3, deep=4, shared=False)), life=lives(1))
def test_it_does_so_of_deep_expressions_too(engines, pack: Pack, life: Life) -> None:
    same_verdicts(engines, checked(pack), life)


def same_verdicts(engines: tuple[Engine, Engine], rulebook: Rulebook, life: Life) -> None:
    mine, theirs = (
        {verdict.key: verdict for verdict in judge_on_duckdb(engine, rulebook, life.worlds[0], life.dates[0])}
        for engine in engines
    )
    assert mine.keys() == theirs.keys()
    assert [(mine[key], theirs[key]) for key in mine if mine[key] != theirs[key]] == []


@few(2)
@given(
    pack=packs(Size(policies=2, conditions=1, deep=0, crowded=True)),
    life=lives(2, 7, crowded=True),
    recorded=st.booleans(),
)
def test_runs_one_after_the_other_leave_the_same_files(session, pack: Pack, life: Life, recorded: bool) -> None:
    rulebook = checked(pack)
    with somewhere() as folder:
        store = write_recorded(folder / "facts", life.dates, life.worlds) if recorded else None
        before: Path | None = None
        for number, (day, world) in enumerate(zip(life.dates, life.worlds, strict=True)):
            facts = store or write_plain(folder / f"facts{number}", world)
            request = Request(VOCABULARY, rulebook, day, codes_of(rulebook), before, life.ceilings, turns=life.turns)
            duck, spark = folder / f"duck{number}", folder / f"spark{number}"
            with DuckDB(threads=1) as engine:
                decided = ran(engine, request, facts, duck)
            with Spark(session, folder=folder) as engine:
                assert ran(engine, request, facts, spark) == decided
            if not decided:
                return
            note(f"in the run of {day}")
            assert files(spark) == files(duck)
            before = duck


def ran(engine: Engine, request: Request, store: FactStore, out: Path) -> bool:
    """Whether it came to decisions: an amount below zero stops it."""
    try:
        decide_city(engine, request, store, out, documents={}, progress=lambda name, share: None)
    except NegativeAmount:
        return False
    return True


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
