"""运行案例:每个文件自己的案例,用解释器和引擎各算一遍。"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from typing import cast

from jixiang.language.city import City
from jixiang.operations.decide import named
from jixiang.operations.terminal import checked_city, columns, console, moved, progress, show_problems, takes_city
from jixiang.readings.cases import Report, run_city
from jixiang.readings.cases.engine import run_on_duckdb
from jixiang.readings.cases.report import CheckedCity


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--policy", action="append", default=[], help="只运行这项政策的案例(编号或名称),可写多次")


def run(given: Namespace) -> int:
    """1 when a case does not come out as its document says, or the two readings differ."""
    city, rulebook = checked_city(given.city)
    if given.policy:
        files = {version.file for code in named(rulebook, given.policy) for version in rulebook.policies[code]}
        city = replace(city, documents=tuple(document for document in city.documents if document.file in files))
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
    if report.unread:
        console.print(f"{report.unread} 个案例没有运行:先改好上面的格子和列名")
    if any(problem.code == "case-differs" for problem in report.problems):
        console.print("案例和规则不相符:政策本来要这样,就改案例;不是,就改规则。")
