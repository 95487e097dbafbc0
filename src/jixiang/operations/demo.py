"""演示:检查政策文件,造一座小城的来源文件,导入,决定全部政策,算出公布过的数,再解释三个人。"""

from __future__ import annotations

import re
import shutil
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import date, datetime, time
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from jixiang.engines.duckdb import DuckDB
from jixiang.imports.contradictions import find_contradictions
from jixiang.imports.faults import FAULTS
from jixiang.imports.home import Home
from jixiang.language.city import City
from jixiang.language.diagnostics import summary as problem_count
from jixiang.language.typed import FIXED_BITS, Policy, Rulebook
from jixiang.operations import figures, synth, vault
from jixiang.operations.cases import run_cases, show
from jixiang.operations.decide import decide, decided_in, summary
from jixiang.operations.demo_files import Rehearsal
from jixiang.operations.explain import Desk
from jixiang.operations.home import CityImports, city_imports, opened, show_errors
from jixiang.operations.terminal import Refused, checked_city, columns, console, moved, progress, takes_city
from jixiang.readings.budget import read_budget
from jixiang.readings.explanation import Explanation, render
from jixiang.readings.figures.compute import compute
from jixiang.readings.figures.measures import read_measures
from jixiang.readings.run.decide_city import offer_facts
from jixiang.readings.run.request import Request
from jixiang.tables.store import FactStore
from jixiang.vault.desk import list_cases

AS_OF = date(2021, 6, 30)
PLANTED_EACH = 2  # of each fault, in each kind of file
SHOWN = 20  # differences
LOOKED_AT = 25  # near misses of a condition that are explained to find the nearest


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--scale", type=synth.scale, default=0.01, help="规模:1 是全市")
    parser.add_argument("--seed", type=int, default=1, help="种子")
    parser.add_argument("--out", type=Path, default=Path("out/demo"), help="写到哪个目录(会先清空)")


def run(given: Namespace) -> int:
    console.rule("检查政策文件")
    city, rulebook = checked_city(given.city)
    console.print(f"{len(city.documents)} 个文件,{len(rulebook.policies)} 项政策; {problem_count(city.problems)}")
    console.rule("运行案例")
    report = run_cases(city)
    show(report)
    if report.failed:
        raise Refused("有案例与文件写的不一样", "见上面的提示")
    shutil.rmtree(given.out, ignore_errors=True)
    store = bring_facts(given, city.folder)
    console.rule("决定全部政策")
    budget = read_budget(rulebook, city.vocabulary, AS_OF, Fraction(given.scale).limit_denominator(10**6))
    request = Request(
        city.vocabulary, rulebook, AS_OF, tuple(sorted(rulebook.policies)), ceilings=budget.ceilings, turns=budget.turns
    )
    manifest = decide(city, request, store, given.out / "decisions")
    console.print(summary(given.out / "decisions", rulebook, request.codes, AS_OF))
    console.print(f"快照 {manifest.id}")
    console.print(f"决定写在 {given.out / 'decisions'},每项政策一个目录,理由的含义在旁边的 bits.json")
    show_figures(given, city, store)
    for title, found in three_people(city, rulebook, request, store, given.out / "decisions"):
        console.rule(title)
        console.print(render(found), markup=False)
    return 0


def bring_facts(given: Namespace, folder: Path) -> FactStore:
    """The facts of an invented city, by the way that facts come in: as files of other systems, with faults in them."""
    console.rule(f"造演示城市的来源文件 (规模 {given.scale:g}, 种子 {given.seed}; 人和单位都是虚构的)")
    synth.make(given.out / "truth", given.scale, given.seed, folder)
    planted = synth.extracts(
        given.out / "truth", given.out / "extracts", folder, extracted=AS_OF, seed=given.seed, each=PLANTED_EACH
    )
    console.print(f"{len(planted.files)} 个文件写在 {given.out / 'extracts'},其中埋有 {len(planted.expected)} 处差错")
    console.rule("导入来源文件")
    home = Home(given.out / "home")
    vault.create(home)
    imports = city_imports(folder)
    received = datetime.combine(AS_OF, time(20))
    rehearsal = Rehearsal(city=imports, home=home, folder=given.out / "extracts", planted=planted, received=received)
    wrong = show_imports(rehearsal) + show_refused(rehearsal)
    for difference in wrong[:SHOWN]:
        console.print(f"  {difference}", markup=False)
    if wrong:
        raise Refused(f"导入报告的与埋下的有 {len(wrong)} 处不同", "这是程序的错误")
    console.print(f"埋下的 {len(planted.expected)} 处差错全部报告,没有多报;退回的行在 {home.folder / 'returned'}")
    show_doubts(home)
    show_contradictions(imports, home)
    return FactStore(home.facts)


def show_imports(rehearsal: Rehearsal) -> list[str]:
    numbers = ("文件", "读入", "接受", "退回", "略过", "事实", "埋差错")
    table = columns("导入", "种类", *numbers, "核对", numbers=numbers)
    wrong: list[str] = []
    with progress("导入") as shown:
        for checked in rehearsal.run(lambda what, done: moved(shown, what, done)):
            report = checked.report
            written = sum(counts.written for counts in report.tables)
            counts = (len(report.files), report.read, report.accepted, report.refused, report.ignored, written)
            numbered = [f"{count:,}" for count in (*counts, checked.planted)]
            table.add_row(
                checked.name, *numbered, f"{len(checked.differences)} 处不同" if checked.differences else "一致"
            )
            wrong += checked.differences
    console.print(table)
    return wrong


def show_refused(rehearsal: Rehearsal) -> list[str]:
    """Files that must not be taken at all."""
    table = columns("不能导入的文件", "文件", "系统说")
    wrong = []
    for file, said, difference in rehearsal.refuse():
        table.add_row(file.file, ";".join(FAULTS[code].message for code in said))
        wrong += [f"{file.file}: {difference}"] if difference else []
    console.print(table)
    return wrong


def show_doubts(home: Home) -> None:
    with opened(home) as people:
        waiting = sum(1 for _ in list_cases(people))
    console.print(f"{waiting} 件身份待人工核对: jixiang desk --home {home.folder}")


def show_contradictions(imports: CityImports, home: Home) -> None:
    """Facts that cannot all be true are not refused: somebody has to look."""
    city = imports.files
    found, problems = find_contradictions(FactStore(home.facts), city.vocabulary, city.folder, as_of=AS_OF)
    if problems:
        show_errors(problems)
    shown = "、".join(f"{one.name} {one.count} 处" for one in found if one.count) or "没有"
    console.print(f"按 {len(found)} 条规则查找矛盾: {shown} (不退回,供人核对;多半是晚到的登记)")


def show_figures(given: Namespace, city: City, store: FactStore) -> None:
    """What the city published, counted anew from the facts that came in and what was decided."""
    assert city.rulebook is not None
    measures, problems = read_measures(city.folder, city.vocabulary, city.rulebook.policies.keys())
    if not measures and not problems:
        return
    console.rule("公布过的数")
    decisions = given.out / "decisions"
    found, more = compute(
        city, measures, store, decisions,
        decided=decided_in(decisions), as_of=AS_OF, scale=Fraction(str(given.scale)), progress=lambda what, done: None,
    )  # fmt: skip
    if problems or more:
        show_errors([*problems, *more])
    console.print(figures.table(found, scaled=True))
    console.print("小城的数按规模折算,会差几个;怎么算的: jixiang figures")


def three_people(
    city: City, rulebook: Rulebook, request: Request, store: FactStore, decisions: Path
) -> Iterator[tuple[str, Explanation]]:
    """One who is granted, one who just misses, one who yields: each of another policy where that can be, and of policies
    that pay persons, if there are such."""
    with DuckDB() as engine:
        offer_facts(engine, request, store)
        desk = Desk(city, rulebook, request, store, engine, decisions)
        codes = [c for c in request.codes if _pays_people(city, rulebook, c)] or list(request.codes)
        for title, find in (
            ("差一点的一位", partial(_nearest, rulebook)),
            ("享受的一位", partial(_first, "granted")),
            ("让位的一位", partial(_first, "yielded")),
        ):
            found = find(desk, decisions, codes)
            if found is not None:
                yield title, found
                codes.sort(key=found.policy.__eq__)


def _pays_people(city: City, rulebook: Rulebook, code: str) -> bool:
    """The first entity of a vocabulary is the person."""
    policy = rulebook.policies[code][-1]
    return policy.beneficiary.type.of == next(iter(city.vocabulary.entities)) and not policy.honour


def _first(outcome: str, desk: Desk, decisions: Path, codes: list[str]) -> Explanation | None:
    for code in codes:
        rows = _some(decisions, code, outcome, 1)
        if rows:
            return desk.explain(code, rows[0]["subject"], rows[0]["period"] or None)
    return None


def _nearest(rulebook: Rulebook, desk: Desk, decisions: Path, codes: list[str]) -> Explanation | None:
    """Of those who fail by one condition only: the one whose shortfall is said in the fewest words, best by just one."""
    nearest: Explanation | None = None
    for code in codes:
        for found in _near(desk, decisions, code, rulebook.policies[code][-1]):
            if nearest is None or _how_near(found) < _how_near(nearest):
                nearest = found
            if _how_near(nearest) == (1, False, 1):
                return nearest
    return nearest


def _near(desk: Desk, decisions: Path, code: str, policy: Policy) -> Iterator[Explanation]:
    single = [1 << (len(FIXED_BITS) + n) for n, _ in enumerate(policy.conditions)]
    failing: dict[int, list[dict[str, Any]]] = {bit: [] for bit in single}
    for row in _some(decisions, code, "denied", None):
        if row["failed"] in failing and not row["unknown"]:
            failing[row["failed"]].append(row)
    for row in (row for rows in failing.values() for row in rows[:LOOKED_AT]):
        found = desk.explain(code, row["subject"], row["period"] or None)
        if found.near_miss:
            yield found


def _how_near(found: Explanation) -> tuple[int, bool, int]:
    """What can still be reached comes before what is too late; then the fewest months, hours or days."""
    short = [why for condition in found.conditions if condition.answer == "否" for why in condition.why]
    numbers = [int(n.replace(",", "")) for why in short for n in re.findall(r"还差 ([\d,]+) ", why)]
    return len(short), not numbers, min(numbers, default=0)


def _some(decisions: Path, code: str, outcome: str, most: int | None) -> list[dict[str, Any]]:
    columns = ["subject", "period", "outcome", "failed", "unknown"]
    table = pq.read_table(decisions / code / "decisions.parquet", columns=columns)
    found = table.filter(pc.equal(table["outcome"], outcome))
    rows: list[dict[str, Any]] = (found if most is None else found.slice(0, most)).to_pylist()
    return rows
