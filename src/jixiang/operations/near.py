"""差一点:只有一个条件不成立的,差多少,别的都不变时哪一天符合。"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from jixiang.engines.duckdb import DuckDB
from jixiang.language.city import City
from jixiang.language.typed import Rulebook
from jixiang.operations.decide import facts, had_run, named
from jixiang.operations.explain import Desk
from jixiang.operations.terminal import (
    Refused,
    checked_city,
    columns,
    console,
    day,
    progress,
    show_problems,
    takes_city,
)
from jixiang.readings.breakdowns import Breakdown, read_breakdowns
from jixiang.readings.coverage.near import World, near
from jixiang.readings.coverage.near_book import HEADINGS, cells, write
from jixiang.readings.coverage.near_report import Nearness, report
from jixiang.readings.coverage.same_run import OtherRun, decided_as_of, require_same
from jixiang.readings.run.decide_city import cutoffs_by_entity, offer_facts
from jixiang.readings.run.request import Request
from jixiang.tables.store import FactStore

NOTES = """怎样算符合的那一天,见 docs/coverage.md:
  到期      随日子过去就符合(年龄、期限、名单到期)
  续缴      以后每个月都缴费,缺的月数补上的那个月之后
  看事实    要有新的记录或登记才会变
  来不及    到那一天,别的条件已经不成立
  不会      已经发生的事,日子改变不了"""
MOST = 1000
SHOWN = 24  # conditions


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--facts", type=Path, required=True, help="事实表的目录")
    parser.add_argument("--decisions", type=Path, required=True, help="一次运行的决定:jixiang decide 的 --out")
    parser.add_argument("--policy", action="append", default=[], help="只看这项政策(编号或名称),可写多次")
    parser.add_argument("--as-of", type=day, help="从哪一天看起;就是运行的决定日,不写也可以")
    parser.add_argument("--out", type=Path, help="另存为 Excel,如 near.xlsx")
    parser.add_argument("--most", type=some, default=MOST, help=f"Excel 里每个条件最多列多少件,默认 {MOST}")
    parser.add_argument("--explain", type=some, default=0, help="成批量不出的,逐件说明差在哪里,每个条件最多这么多件")
    parser.add_argument("--memory-mb", type=int, help="内存上限")


def some(text: str) -> int:
    """An argument that is a number of rows."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"'{text}' 不是件数,写 1 以上的整数")
    return int(text)


def run(given: Namespace) -> int:
    city, rulebook = checked_city(given.city)
    breakdowns = breakdowns_of(city)
    store, decisions = facts(given.facts), had_run(given.decisions)
    request = request_of(given, city, rulebook, decisions)
    refuse_other(decisions, request, store)
    with progress("差一点"), DuckDB(memory_mb=given.memory_mb) as engine:
        offered, cutoffs = offer_facts(engine, request, store), cutoffs_by_entity(request, store)
        world = World(engine, city.vocabulary, rulebook, cutoffs, offered, request.as_of)
        found = report(world, near(world, decisions, request.codes), breakdowns, given.most)
        if given.explain:
            found = explained(found, Desk(city, rulebook, request, store, engine, decisions), given.explain)
    show(found)
    if given.out is not None:
        saved(given.out, lambda path: write(path, found))
    return 0


def explained(found: Nearness, desk: Desk, most: int) -> Nearness:
    """Of what the engine does not measure: the reasons as `explain` gives them, of so many of each condition."""
    told: Counter[tuple[str, str]] = Counter()
    details = []
    for one in found.details:
        condition = one.policy, one.condition
        if not one.said and told[condition] < most:
            told[condition] += 1
            answer = desk.explain(one.policy, one.subject, one.period or None)
            why = [reason for part in answer.conditions if part.name == one.condition for reason in part.why]
            one = replace(one, said="; ".join(why))
        details.append(one)
    return replace(found, details=tuple(details))


def breakdowns_of(city: City) -> tuple[Breakdown, ...]:
    """The breakdowns of a city, or a refusal that shows what is wrong with them."""
    found, problems = read_breakdowns(city)
    if problems:
        show_problems(problems)
        raise Refused("分组有错误", "按上面的提示改好,再运行")
    return found


def request_of(given: Namespace, city: City, rulebook: Rulebook, decisions: Path) -> Request:
    """The run that is read: its day, and the policies that are wanted of those it holds."""
    try:
        as_of = decided_as_of(decisions)
    except OtherRun as error:
        raise Refused(f"{decisions} 的 manifest.json 读不出来", "指明一次完整运行的目录") from error
    if given.as_of not in (None, as_of):
        raise Refused(f"{decisions} 是 {as_of} 的决定,不是 {given.as_of} 的", f"写 --as-of {as_of},或者换一次运行")
    there = [code for code in rulebook.policies if (decisions / code / "decisions.parquet").is_file()]
    wanted = named(rulebook, getattr(given, "policy", []) or [])
    if absent := [code for code in wanted if code not in there]:
        raise Refused(f"{decisions} 没有决定 {'、'.join(absent)}", f"它决定了 {'、'.join(there)}")
    return Request(city.vocabulary, rulebook, as_of, tuple(wanted or there))


def refuse_other(decisions: Path, request: Request, store: FactStore) -> None:
    """The run must be of these facts and these texts: what is said of its rows is asked of both."""
    try:
        require_same(decisions, request, store)
    except OtherRun as error:
        raise Refused(str(error), "用现在的事实和文件重新运行 jixiang decide,再看") from error


def saved(path: Path, written: Callable[[Path], object]) -> None:
    """Writes a file and says where; what stops it is said."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written(path)
    except OSError as error:
        raise Refused(f"写不了 {path}: {error}", "关掉打开着它的程序,或换一个地方") from error
    console.print(f"写在 {path}")


def show(found: Nearness) -> None:
    """The summary, shortened: what can still be reached first, then the most."""
    total, reached = sum(line.count for line in found.lines), sum(line.reached for line in found.lines)
    soon = sum(line.within[-1] for line in found.lines)
    console.print(f"{total:,} 件只差一个条件,其中 {reached:,} 件到日子或继续缴费就符合,6 个月内 {soon:,} 件。")
    first = [line for line in found.lines if line.reached]
    others = sorted((line for line in found.lines if not line.reached), key=lambda line: -line.count)
    kept = {id(line) for line in (*first, *others)[:SHOWN]}
    table = columns(f"差一点 (决定日 {found.as_of})", *HEADINGS[:-1], numbers=HEADINGS[2:])
    for line in (line for line in found.lines if id(line) in kept):
        row = cells(line)
        table.add_row(
            line.called,
            str(row[1]),
            f"{row[2]:,}",
            line.short,
            *(f"{n:,}" if isinstance(n, int) and n else "" for n in row[4:-1]),
        )
    console.print(table)
    if len(found.lines) > SHOWN:
        console.print(f"还有 {len(found.lines) - SHOWN} 个条件没有列出;全部在 Excel 里(--out)")
