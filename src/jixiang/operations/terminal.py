"""What all commands share in speaking to a person: problems, progress, tables, and refusals with a way out."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from jixiang.language.city import City, load_city
from jixiang.language.diagnostics import render, summary
from jixiang.language.typed import Rulebook
from jixiang.values.problem import Problem

WIDE = None if sys.stdout.isatty() else 120  # of a file or a pipe nobody knows the width

console = Console(highlight=False, soft_wrap=True, width=WIDE, emoji=False)  # B3.md:100:1 is a place
errors = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


class Refused(Exception):
    """The input cannot be worked with. Says what is wrong, and what to do."""

    def __init__(self, message: str, way_out: str = "") -> None:
        super().__init__(message)
        self.way_out = way_out


def refuse(refused: Refused) -> int:
    errors.print(f"[bold red]不能继续[/]: {escape(str(refused))}", markup=True)
    if refused.way_out:
        errors.print(f"  请: {refused.way_out}", markup=False)
    return 1


def day(text: str) -> date:
    """An argument that is a date."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"'{text}' 不是日期,请写成 2021-06-30") from error


def takes_city(parser: ArgumentParser) -> None:
    parser.add_argument("--city", type=Path, default=None, help="城市目录;默认 cities/ 下唯一的那个")


def find_city(given: Path | None) -> Path:
    """The city pack that is meant."""
    if given is not None:
        if not (given / "vocabulary.md").exists():
            raise Refused(f"{given} 不是城市目录:里面没有 vocabulary.md", "用 --city 指明城市目录")
        return given
    packs = sorted(path.parent for path in Path("cities").glob("*/vocabulary.md"))
    if len(packs) != 1:
        raise Refused(f"cities/ 下有 {len(packs)} 个城市目录", "用 --city 指明要用哪一个")
    return packs[0]


def checked_city(given: Path | None) -> tuple[City, Rulebook]:
    """The city and its rulebook, or a refusal that shows every error of its documents."""
    city = load_city(find_city(given))
    if city.rulebook is None:
        errors.print(render(city.errors, color=errors.is_terminal), markup=False)
        raise Refused("政策文件有错误", "按上面的提示改好,再运行 jixiang check")
    return city, city.rulebook


def show_problems(problems: Iterable[Problem]) -> None:
    found = list(problems)
    console.print(render(found, color=console.is_terminal) if found else summary(found), markup=False)


def show_json(data: object) -> None:
    """The same content for a program: nothing but JSON on standard output."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """A line that moves while long work is done; on a file or in CI nothing but its title."""
    shown = Progress(
        TextColumn("{task.description}"), BarColumn(bar_width=30), TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(), TextColumn("{task.fields[now]}"), console=errors, transient=True,
    )  # fmt: skip
    if not errors.is_terminal:
        errors.print(f"{title} …")
    with shown:
        shown.add_task(title, total=1.0, now="")
        yield shown


def moved(shown: Progress, what: str, done: float) -> None:
    shown.update(shown.task_ids[0], completed=min(done, 1.0), now=what)


def columns(title: str, *headings: str, numbers: Iterable[str] = ()) -> Table:
    """A table for the terminal; the columns in `numbers` are set to the right, and never cut short: where it gets narrow, words
    are."""
    table = Table(title=title, title_justify="left")
    for heading in headings:
        number = heading in numbers
        table.add_column(heading, justify="right" if number else "left", no_wrap=number, overflow="ellipsis")
    return table
