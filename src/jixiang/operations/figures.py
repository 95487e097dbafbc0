"""指标:公布过的数,从事实、决定和文件里重新算出来,与公布的并排。

Each figure is one query of the city pack; nothing is typed in.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from fractions import Fraction
from pathlib import Path

from rich.table import Table

from jixiang.operations import synth
from jixiang.operations.decide import decided_in, facts, had_run
from jixiang.operations.terminal import (
    Refused,
    checked_city,
    columns,
    console,
    day,
    moved,
    progress,
    show_problems,
    takes_city,
)  # fmt: skip
from jixiang.readings.figures.compute import Figure, compute
from jixiang.readings.figures.measures import FOLDER, read_measures
from jixiang.readings.figures.words import difference, how, number, published, share, where
from jixiang.readings.figures.workbook import write_workbook
from jixiang.tables.snapshot import read_manifest

NOTES = """每个指标是城市目录 measures/ 里的一个文件,写法见 docs/figures.md。
公布的是全市的数:演示城市是全市的百分之一时写 --scale 0.01,标“同比”的按规模折算。"""


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--facts", type=Path, required=True, help="事实表的目录")
    parser.add_argument("--decisions", type=Path, required=True, help="一次运行的决定:jixiang decide 的 --out")
    parser.add_argument("--as-of", type=day, required=True, help="按哪一天知道的算,与运行的决定日相同")
    parser.add_argument("--scale", type=scale, help="演示城市的规模,如 0.01")
    parser.add_argument("--out", type=Path, help="另存为 Excel,如 figures.xlsx")
    parser.add_argument("--memory-mb", type=int, help="内存上限")


def scale(text: str) -> Fraction:
    """As it is written, not as a float would have it."""
    synth.scale(text)
    try:
        return Fraction(text)
    except ValueError as error:
        raise ArgumentTypeError(f"'{text}' 不是数") from error


def run(given: Namespace) -> int:
    city, rulebook = checked_city(given.city)
    store, decisions = facts(given.facts), had_run(given.decisions)
    try:
        decided_on = read_manifest(decisions).as_of
    except ValueError as error:
        raise Refused(f"{decisions} 的 manifest.json 读不出来", "指明一次完整运行的目录") from error
    if decided_on != given.as_of:
        raise Refused(
            f"{decisions} 是 {decided_on} 的决定,不是 {given.as_of} 的", f"写 --as-of {decided_on},或者换一次运行"
        )
    measures, problems = read_measures(city.folder, city.vocabulary, rulebook.policies.keys())
    if not measures and not problems:
        raise Refused(f"{city.folder} 里没有指标", f"在 {FOLDER} 里一个指标写一个文件,见 docs/figures.md")
    with progress("计算") as shown:
        figures, more = compute(
            city, measures, store, decisions, decided=decided_in(decisions), as_of=given.as_of, scale=given.scale,
            memory_mb=given.memory_mb, progress=lambda what, done: moved(shown, what, done),
        )  # fmt: skip
    show(figures, scaled=given.scale is not None)
    if given.out is not None:
        save(given.out, figures, given)
    if problems + more:
        show_problems(problems + more)
    return 1 if problems or more else 0


def show(figures: list[Figure], *, scaled: bool) -> None:
    """The table, and below it how each is counted, and where the other number is from."""
    console.print(table(figures, scaled=scaled))
    console.print("怎么算:")
    for figure in figures:
        said = f" (公布于 {where(figure)})" if where(figure) else ""
        console.print(f"  {figure.measure.name}: {how(figure)}{said}", markup=False)


def table(figures: list[Figure], *, scaled: bool) -> Table:
    """One row a figure: what was computed, what was published, and how far apart they are."""
    heads = ("单位", "算出", "公布", "相差", "相差比")
    title = "公布的数与算出的数" + (" (公布的数按规模折算)" if scaled else "")
    shown = columns(title, "指标", *heads, numbers=("算出", "公布", "相差", "相差比"))
    for figure in figures:
        part = share(figure)
        shown.add_row(
            figure.measure.name, figure.measure.unit, number(figure, figure.value), published(figure), difference(figure),
            "" if part is None else f"{float(part):+.1%}",
        )  # fmt: skip
    return shown


def save(path: Path, figures: list[Figure], given: Namespace) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_workbook(path, figures, as_of=given.as_of, scale=given.scale)
    except OSError as error:
        raise Refused(f"{path} 写不了: {error.strerror or error}", "换一个目录,或者关掉正打开着它的程序") from error
    console.print(f"另存在 {path}")
