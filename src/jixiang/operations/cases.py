"""运行案例:每个文件自己的案例,用解释器和引擎各算一遍。"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import cast

from jixiang.language.city import City
from jixiang.operations.terminal import checked_city, columns, console, moved, progress, show_problems, takes_city
from jixiang.readings.cases import Report, run_city
from jixiang.readings.cases.engine import run_on_duckdb
from jixiang.readings.cases.report import CheckedCity


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)


def run(given: Namespace) -> int:
    """1 when a case does not come out as its document says, or the two readings differ."""
    city, _ = checked_city(given.city)
    report = run_cases(city)
    show(report)
    return 1 if report.failed else 0


def run_cases(city: City) -> Report:
    with progress("运行案例") as shown:
        return run_city(cast(CheckedCity, city), run_on_duckdb, progress=lambda what, done: moved(shown, what, done))


def show(report: Report) -> None:
    table = columns("案例", "文件", "案例", "相符", numbers=("案例", "相符"))
    for file, (passed, total) in report.files.items():
        table.add_row(file, str(total), str(passed))
    console.print(table)
    show_problems(report.problems)
