"""A fiftieth of the demonstration city, all policies: DuckDB and a cluster of Spark leave the same files, byte by byte."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jixiang.engines.duckdb import DuckDB
from jixiang.engines.engine import Engine
from jixiang.engines.spark import Spark
from jixiang.language.city import load_city
from jixiang.readings.run.decide_city import decide_city
from jixiang.readings.run.request import Ceilings, Request
from jixiang.synthetic.city import make_city
from jixiang.tables.store import FactStore

ROOT = Path(__file__).parent.parent.parent
PACK = ROOT / "cities" / "wuxi"
FIRST, SECOND = date(2021, 6, 30), date(2021, 9, 30)


@pytest.fixture(scope="module")
def city():
    found = load_city(PACK)
    assert found.rulebook is not None
    return found


def made(folder: Path, scale: float) -> FactStore:
    make_city(folder, scale, 1, PACK, lambda *said: None)
    return FactStore(folder)


def request(city, as_of: date, standing: Path | None = None, ceilings: Ceilings | None = None) -> Request:
    return Request(city.vocabulary, city.rulebook, as_of, tuple(sorted(city.rulebook.policies)), standing, ceilings)


def decided(engine: Engine, asked: Request, store: FactStore, out: Path) -> dict[str, bytes]:
    """Every file that a run leaves."""
    decide_city(engine, asked, store, out, documents={}, progress=lambda what, done: None)
    return {str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def differing(mine: dict[str, bytes], theirs: dict[str, bytes]) -> list[str]:
    return sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))


def test_a_fiftieth_of_the_city_is_decided_to_the_byte(city, session, tmp_path):
    store, asked = made(tmp_path / "facts", 0.02), request(city, FIRST)
    with DuckDB() as engine:
        duck = decided(engine, asked, store, tmp_path / "duck")
    with Spark(session, folder=tmp_path) as engine:
        spark = decided(engine, asked, store, tmp_path / "spark")
    assert {f"{code}/{file}" for code in asked.codes for file in ("decisions.parquet", "bits.json")} <= duck.keys()
    assert differing(duck, spark) == []
    rows = sum(pq.read_metadata(tmp_path / "duck" / code / "decisions.parquet").num_rows for code in asked.codes)
    assert rows > 50_000


def test_a_run_that_stands_on_another_is_so_too_and_with_ceilings(city, session, tmp_path):
    """Each engine goes on from its own run before; the funds cover half of what the first run granted."""
    store = made(tmp_path / "facts", 0.002)
    funds = {version.fund for versions in city.rulebook.policies.values() for version in versions}
    ceilings = {(fund, year): 100_000_00 for fund in funds for year in (2021, 2022)}
    found = {"duck": [], "spark": []}
    for name in found:
        before = None
        for as_of in (FIRST, SECOND):
            asked, out = request(city, as_of, before, ceilings), tmp_path / f"{name}-{as_of}"
            with DuckDB() if name == "duck" else Spark(session, folder=tmp_path) as engine:
                found[name].append(decided(engine, asked, store, out))
            before = out
    for duck, spark in zip(found["duck"], found["spark"], strict=True):
        assert differing(duck, spark) == []
    outcomes = {
        outcome
        for path in tmp_path.glob(f"duck-{SECOND}/*/decisions.parquet")
        for outcome in pq.read_table(path, columns=["outcome"])["outcome"].to_pylist()
    }
    assert {"granted", "denied", "unknown", "queued"} <= outcomes
