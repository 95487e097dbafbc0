"""导入文件:读入、核对、归人,变成事实;退回的行另存为 Excel。

Reads the clock; everything else is `imports.act`.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import date, datetime, time
from pathlib import Path

from jixiang.imports.act import Imported, Order, Stopped, import_files
from jixiang.imports.report_workbook import write_report
from jixiang.operations.home import CityImports, city_imports, home_of, now, opened, show_errors, takes_imports
from jixiang.operations.import_report import show_report
from jixiang.operations.keep import after_import, keeps, shown_as
from jixiang.operations.terminal import Refused, console, day, moved, progress
from jixiang.tables.store import FactStore

DATED = re.compile(r"_(\d{4})(\d{2})(\d{2})$")
NOTES = """文件名以 _20210630 结尾时,不必写 --extracted。几个文件合起来是一份数据时,一起写在一行里。
退回的行:在 Excel 里改好,用同样的命令再导入那个文件。"""


def arguments(parser: ArgumentParser) -> None:
    takes_imports(parser)
    parser.add_argument("kind", metavar="种类", help="哪一类文件,如 contributions 或 缴费明细")
    parser.add_argument("files", metavar="文件", nargs="+", type=Path, help="CSV 或 Excel,一个或几个")
    parser.add_argument("--extracted", type=day, default=None, help="数据截至哪一天")
    parser.add_argument("--received", type=moment, default=None, help="何时收到,如 2021-07-01T09:00;默认是现在")
    parser.add_argument("--layout", default="", help="按哪一种写法读;默认是表头相符的那一种")
    parser.add_argument("--confirm", action="store_true", help="已核对:数据比上次旧,或少了三分之一,仍要导入")
    parser.add_argument("--returned", type=Path, default=None, help="退回的行放到哪个目录;默认在 --home 里的 returned")
    parser.add_argument("--report", type=Path, default=None, help="把报告另存为这个 Excel 文件")
    parser.add_argument("--no-check", dest="check", action="store_false", help="不查找矛盾")


def moment(text: str) -> datetime:
    """An argument that is a moment, or a day, which then means its end."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"'{text}' 不是时刻,请写成 2021-07-01T09:00") from error
    if found.tzinfo is not None:
        raise ArgumentTypeError("请写当地时间,不要带时区")
    return datetime.combine(found.date(), time(20)) if len(text) <= 10 else found


def run(given: Namespace) -> int:
    city = city_imports(given.city)
    missing = [str(path) for path in given.files if not path.is_file()]
    if missing:
        raise Refused(f"没有文件 {'、'.join(missing)}", "核对文件名")
    order = Order(
        kind=city.kind(given.kind),
        files=tuple(given.files),
        extracted=given.extracted or extracted_of(given.files),
        received=given.received or now(),
        returned=given.returned or given.home / "returned",
        layout=given.layout,
        confirmed=given.confirm,
        check=given.check,
    )
    imported = bring(given, city, order)
    show_report(imported.report)
    if imported.problems:
        show_errors(imported.problems)
    for path in imported.returned:
        console.print(f"退回的行: {path}")
    if imported.act and (said := follow(given, city)):
        console.print(said, markup=False)
    if given.report is not None:
        console.print(f"报告: {write_report(given.report, imported.report)}")
    return 0


def bring(given: Namespace, city: CityImports, order: Order) -> Imported:
    """One import, with progress; what stops it is shown and refused."""
    home = home_of(given)
    with opened(home) as vault, progress(f"导入{order.kind.name}") as shown:
        try:
            return import_files(home, vault, city.files, order, progress=lambda what, done: moved(shown, what, done))
        except Stopped as stopped:
            show_report(stopped.report)
            raise Refused("要先核对,什么都没有写", "核对无误,加 --confirm 再导入一次") from stopped


def follow(given: Namespace, city: CityImports) -> str | None:
    """What is kept beside the facts takes in what has come, if anything is kept; what is said of it."""
    store, vocabulary = FactStore(home_of(given).facts), city.files.vocabulary
    if not keeps(store):
        return None
    with progress("备好的事实补上变动") as shown:
        return after_import(store, vocabulary, lambda table, done: moved(shown, shown_as(vocabulary, table), done))


def extracted_of(files: list[Path]) -> date:
    """The day that every file's name ends with."""
    days = {_day_of(path) for path in files}
    found = days.pop() if len(days) == 1 else None
    if found is None:
        raise Refused("不知道这份数据截至哪一天", "用 --extracted 2021-06-30 写明,或让每个文件名都以 _20210630 结尾")
    return found


def _day_of(path: Path) -> date | None:
    match = DATED.search(path.stem)
    if match is None:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None
