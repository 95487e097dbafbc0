"""应培尽培、应补尽补:应当有的里多少已经有,还没有的是谁、为什么,按区县、群体、单位。"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from jixiang.engines.duckdb import DuckDB
from jixiang.language.city import City
from jixiang.language.typed import Rulebook
from jixiang.operations.decide import facts, had_run
from jixiang.operations.near import breakdowns_of, refuse_other, request_of, saved, some
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
from jixiang.readings.breakdowns import titles
from jixiang.readings.coverage.near import World
from jixiang.readings.coverage.needs import Needs, read_needs
from jixiang.readings.coverage.reached import Reached, entitled, lowest, reach
from jixiang.readings.coverage.reached_book import Coverage, percent, pictures, write
from jixiang.readings.run.decide_city import cutoffs_by_entity, offer_facts

NOTES = """应当有的是谁,写在城市目录的 coverage.toml 和它指明的定义文件里,写法见 docs/coverage.md。
应补尽补看一次运行的决定:享受的是已有,候补和暂停的是还没有,待核的是不清楚。"""
MOST = 5000
PICTURED = 2  # breakdowns that are drawn
SHOWN = 6  # doubts in the terminal


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--facts", type=Path, required=True, help="事实表的目录")
    parser.add_argument("--decisions", type=Path, required=True, help="一次运行的决定:jixiang decide 的 --out")
    parser.add_argument("--as-of", type=day, required=True, help="按哪一天算,与运行的决定日相同")
    parser.add_argument("--out", type=Path, help="另存为 Excel,如 coverage.xlsx")
    parser.add_argument("--svg", type=Path, help="按区县、群体的覆盖率画成图,写到这个目录")
    parser.add_argument("--most", type=some, default=MOST, help=f"每份名单最多列多少件,默认 {MOST}")
    parser.add_argument("--memory-mb", type=int, help="内存上限")


def run(given: Namespace) -> int:
    city, rulebook = checked_city(given.city)
    breakdowns, needs = breakdowns_of(city), _needs(city, rulebook)
    store, decisions = facts(given.facts), had_run(given.decisions)
    request = request_of(given, city, rulebook, decisions)
    refuse_other(decisions, request, store)
    with progress("覆盖"), DuckDB(memory_mb=given.memory_mb) as engine:
        offered, cutoffs = offer_facts(engine, request, store), cutoffs_by_entity(request, store)
        world = World(engine, city.vocabulary, rulebook, cutoffs, offered, request.as_of)
        reached = tuple(reach(world, needs, breakdowns, given.most))
        due, doubts, yielded = entitled(world, decisions, request.codes, needs.firm, breakdowns, given.most)
    found = Coverage(request.as_of, reached, due, doubts, yielded, given.most)
    show(found)
    if given.out is not None:
        saved(given.out, lambda path: write(path, found))
    if given.svg is not None:
        draw(given.svg, found, titles(breakdowns)[:PICTURED])
    return 0


def _needs(city: City, rulebook: Rulebook) -> Needs:
    found, problems = read_needs(city, rulebook)
    if problems:
        show_problems(problems)
        raise Refused("coverage.toml 有错误", "按上面的提示改好,再运行")
    return found


def draw(folder: Path, found: Coverage, shown: tuple[str, ...]) -> None:
    for name, svg in pictures(found, shown):
        saved(folder / f"{name}.svg", lambda path, svg=svg: path.write_text(svg, encoding="utf-8"))  # type: ignore[misc]


def show(found: Coverage) -> None:
    """The rates, then of each its lowest groups, then what is not known."""
    heads = ("应有", "已有", "还没有", "覆盖率", "不清楚", "最低的一组")
    table = columns(f"应培尽培、应补尽补 ({found.as_of})", "", *heads, numbers=heads[:-1])
    for one in found.every:
        total = one.total
        numbers = (f"{total.should:,}", f"{total.served:,}", f"{total.short:,}", percent(total), f"{total.unknown:,}")
        table.add_row(one.title, *numbers, _lowest(one))
    console.print(table)
    if found.yielded:
        console.print(f"另有 {found.yielded:,} 件让位:名额已由别的一件占着,不算应有。")
    most = sorted(found.doubts, key=lambda doubt: -doubt.count)[:SHOWN]
    if most:
        console.print("待核最多的:")
    for doubt in most:
        console.print(f"  {doubt.policy} {doubt.what} {doubt.count:,} 件: 要看 {'、'.join(doubt.facts)}", markup=False)


def _lowest(one: Reached) -> str:
    """The group of each of the first breakdowns that is reached least."""
    said = []
    for counts in list(one.groups.values())[:PICTURED]:
        least = lowest(counts)
        if least is not None and one.total.short:
            said.append(f"{least.called} {percent(least)}")
    return "、".join(said)
