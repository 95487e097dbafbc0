"""演示:造一座小城,检查文件,运行案例,决定全部政策,再解释三个人。"""

from __future__ import annotations

import shutil
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from jixiang.engines.duckdb import DuckDB
from jixiang.language.city import City
from jixiang.language.typed import FIXED_BITS, Rulebook
from jixiang.operations import synth
from jixiang.operations.cases import run_cases, show
from jixiang.operations.decide import decide, summary
from jixiang.operations.explain import Desk
from jixiang.operations.terminal import Refused, checked_city, console, show_problems, takes_city
from jixiang.readings.explanation import Explanation, render
from jixiang.readings.run.decide_city import offer_facts
from jixiang.readings.run.request import Request
from jixiang.tables.store import FactStore

AS_OF = date(2021, 6, 30)
LOOKED_AT = 60  # near misses that are explained to find the nearest


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--scale", type=synth.scale, default=0.01, help="规模:1 是全市")
    parser.add_argument("--seed", type=int, default=1, help="种子")
    parser.add_argument("--out", type=Path, default=Path("out/demo"), help="写到哪个目录(会先清空)")


def run(given: Namespace) -> int:
    console.rule("检查政策文件")
    city, rulebook = checked_city(given.city)
    show_problems(city.problems)
    console.rule("运行案例")
    report = run_cases(city)
    show(report)
    if report.failed:
        raise Refused("有案例与文件写的不一样", "见上面的提示")
    console.rule(f"造演示城市 (规模 {given.scale:g}, 种子 {given.seed}; 人和单位都是虚构的)")
    shutil.rmtree(given.out, ignore_errors=True)
    synth.make(given.out / "facts", given.scale, given.seed, city.folder)
    store = FactStore(given.out / "facts")
    console.rule("决定全部政策")
    request = Request(city.vocabulary, rulebook, AS_OF, tuple(sorted(rulebook.policies)))
    manifest = decide(city, request, store, given.out / "decisions")
    console.print(summary(given.out / "decisions", rulebook, request.codes, AS_OF))
    console.print(f"快照 {manifest.id}")
    console.print(f"决定写在 {given.out / 'decisions'},每项政策一个目录,理由的含义在旁边的 bits.json")
    for title, found in three_people(city, rulebook, request, store, given.out / "decisions"):
        console.rule(title)
        console.print(render(found), markup=False)
    return 0


def three_people(
    city: City, rulebook: Rulebook, request: Request, store: FactStore, decisions: Path
) -> Iterator[tuple[str, Explanation]]:
    """One who is granted, one who just misses, one who yields: of the policies that pay persons, if there are such."""
    with DuckDB(small=True) as engine:
        offer_facts(engine, request, store)
        desk = Desk(city, rulebook, request, store, engine, decisions)
        codes = sorted(request.codes, key=lambda code: (not _pays_people(city, rulebook, code), code))
        for title, found in (
            ("享受的一位", _first(desk, decisions, codes, "granted")),
            ("差一点的一位", _nearest(desk, decisions, codes, rulebook)),
            ("让位的一位", _first(desk, decisions, codes, "yielded")),
        ):
            if found is not None:
                yield title, found


def _pays_people(city: City, rulebook: Rulebook, code: str) -> bool:
    """The first entity of a vocabulary is the person."""
    policy = rulebook.policies[code][-1]
    return policy.beneficiary.type.of == next(iter(city.vocabulary.entities)) and not policy.honour


def _first(desk: Desk, decisions: Path, codes: list[str], outcome: str) -> Explanation | None:
    for code in codes:
        rows = _some(decisions, code, outcome, 1)
        if rows:
            return desk.explain(code, rows[0]["subject"], rows[0]["period"] or None)
    return None


def _nearest(desk: Desk, decisions: Path, codes: list[str], rulebook: Rulebook) -> Explanation | None:
    """Of those who fail by one condition only, one whose shortfall can be measured; the smallest among those looked at."""
    best: tuple[int, Explanation] | None = None
    for code in codes:
        single = [1 << (len(FIXED_BITS) + n) for n, _ in enumerate(rulebook.policies[code][-1].conditions)]
        rows = [r for r in _some(decisions, code, "denied", None) if r["failed"] in single and not r["unknown"]]
        for row in rows[:LOOKED_AT]:
            found = desk.explain(code, row["subject"], row["period"] or None)
            short = [why for c in found.conditions if c.answer == "否" for why in c.why]
            if found.near_miss and any(" 1 " in why for why in short):
                return found
            if found.near_miss and short and (best is None or len(short) < best[0]):
                best = (len(short), found)
        if best is not None:
            return best[1]
    return None


def _some(decisions: Path, code: str, outcome: str, most: int | None) -> list[dict[str, Any]]:
    columns = ["subject", "period", "outcome", "failed", "unknown"]
    table = pq.read_table(decisions / code / "decisions.parquet", columns=columns)
    found = table.filter(pc.equal(table["outcome"], outcome))
    rows: list[dict[str, Any]] = (found if most is None else found.slice(0, most)).to_pylist()
    return rows
