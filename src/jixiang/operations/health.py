"""体检:规则里的漏洞和矛盾,每一处举一个例子,并数出现在的事实里涉及多少人。"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path

from rich.table import Table

from jixiang.engines.duckdb import DuckDB
from jixiang.language.city import City
from jixiang.language.typed import Rulebook
from jixiang.operations.decide import facts, named, refuse_faulty
from jixiang.operations.terminal import (
    Refused,
    checked_city,
    columns,
    console,
    day,
    moved,
    progress,
    takes_city,
)
from jixiang.readings.health import JUMP, Health, Known, check_health, count
from jixiang.readings.health.sheet import write_markdown, write_workbook
from jixiang.readings.kept_facts.offer import offer_kept
from jixiang.readings.offering import offer_facts
from jixiang.tables.cutoffs import read_cutoffs
from jixiang.tables.store import FactStore

NOTES = """查的是:
  无人能享  多余条件  表有缺口  名单过期  重复给付
  数额倒退  数额跳升  版本断档  版本重叠  释明落空
例子按案例的写法,可以贴进那份文件。本来就要这样的,在文件里写 ```释明。
还有没有释明的结果时,返回值是 1。每一种的意思: docs/health.md"""


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--facts", type=Path, help="事实表的目录;写了就数出每一处涉及多少个真实的对象")
    parser.add_argument("--as-of", type=day, help="体检的日期,例如 2021-06-30;不写就是今天")
    parser.add_argument(
        "--policy", action="append", default=[], help="只查这项政策(编号或名称)以及它与别的政策,可写多次"
    )
    parser.add_argument("--jump", type=share, default=JUMP, help="相差一级,金额差多少算跳升,例如 50%%(不写就是这样)")
    parser.add_argument("--out", type=Path, help="另写成文件: .xlsx 或 .md")


def share(text: str) -> Fraction:
    try:
        return Fraction(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except (ValueError, ZeroDivisionError) as error:
        raise ArgumentTypeError(f"'{text}' 不是比例,请写成 50%") from error


def run(given: Namespace) -> int:
    """1 while a finding is not explained."""
    if given.out is not None and given.out.suffix not in (".xlsx", ".md"):
        raise Refused(f"不会写 {given.out.name}", "文件名以 .xlsx 或 .md 结尾")
    city, rulebook = checked_city(given.city)
    codes = named(rulebook, given.policy) or None
    as_of = given.as_of or date.today()
    with progress("体检") as shown:
        health = check_health(
            city, rulebook, as_of, codes, jump=given.jump, progress=lambda what, done: moved(shown, what, done)
        )
    if given.facts is not None:
        health = with_counts(city, rulebook, health, facts(given.facts), as_of)
    show(health, counted=given.facts is not None)
    if given.out is not None:
        write = write_workbook if given.out.suffix == ".xlsx" else write_markdown
        write(given.out, health, as_of)
        console.print(f"结果写在 {given.out}")
    return 1 if health.alarms else 0


def with_counts(city: City, rulebook: Rulebook, health: Health, store: FactStore, as_of: date) -> Health:
    """The same with the number of real subjects whom each finding touches."""
    refuse_faulty(store, city)
    with progress("数涉及的对象") as shown, DuckDB() as engine:
        until = datetime.combine(as_of, time.max)
        offered = offer_kept(engine, city.vocabulary, store, until) or offer_facts(engine, city.vocabulary, store)
        by_table = read_cutoffs(store, as_of)
        cutoffs = {entity.name: by_table.get(entity.table) for entity in city.vocabulary.entities.values()}
        known = Known(as_of, cutoffs, offered)
        steps = lambda name, done, of: moved(shown, name, done / max(of, 1))  # noqa: E731
        found = count(engine, city.vocabulary, rulebook, health.findings, known, steps)
    return Health(tuple(found), health.undecided)


# What is shown -------------------------------------------------------------------------------------------------------


def show(health: Health, *, counted: bool) -> None:
    if health.findings:
        console.print(overview(health, counted=counted))
    for number, finding in enumerate(health.findings, 1):
        if finding.alarm:
            _detail(number, health)
    for one in health.undecided:
        console.print(f"未定: 《{one.document}》{one.question}:算到规定的步数还没有结论", markup=False)
    explained = len(health.findings) - len(health.alarms)
    console.print(
        f"查到 {len(health.findings)} 处,其中已有释明 {explained} 处,要处理 {len(health.alarms)} 处", markup=False
    )


def overview(health: Health, *, counted: bool) -> Table:
    heads = ("号", "体检", "文件", "关于", "结果", *(("涉及",) if counted else ()), "释明")
    table = columns("体检", *heads, numbers=("号", "涉及"))
    for name, wide in (("文件", 3), ("关于", 2), ("结果", 5), ("释明", 4)):
        column = table.columns[heads.index(name)]
        column.no_wrap, column.overflow, column.ratio = False, "fold", wide
    table.expand = True
    for number, one in enumerate(health.findings, 1):
        touched = (("" if one.touches is None else f"{one.touches:,}"),) if counted else ()
        said = one.explained.text if one.explained else ""
        table.add_row(str(number), one.kind, one.document, one.about, one.text, *touched, said)
    return table


def _detail(number: int, health: Health) -> None:
    one = health.findings[number - 1]
    at = f"{one.place.file}:{one.place.line}" + (f" {one.place.article}" if one.place.article else "")
    console.print(f"\n[bold]{number} {one.kind}[/] 《{one.document}》 {at}", soft_wrap=True)
    console.print(f"  {one.text}", markup=False)
    if one.standing == "未能确认":
        console.print("  未能确认: 解释器没有重现这个例子,请人工看", markup=False)
    if one.touches is not None:
        console.print(f"  现在的事实里涉及 {one.touches:,} 个", markup=False)
    console.print(f"  请: {one.way_out}", markup=False)
    for example in one.examples:
        console.print(f"  例子,可以贴进《{example.document}》:", markup=False)
        console.print(example.block, markup=False)
    if one.kind != "释明落空":
        console.print("  本来就要这样的,在文件里写:", markup=False)
        console.print(one.explanation, markup=False)
