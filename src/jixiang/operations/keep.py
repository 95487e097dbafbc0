"""备好事实:在事实旁边备好当前有效的行和月份史,决定全市时不必从头读起;决定相同。"""

from __future__ import annotations

import shutil
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from time import monotonic

import duckdb
from rich.progress import Progress as Shown

from jixiang.language.diagnostics import render
from jixiang.language.typed import Rulebook
from jixiang.language.vocabulary import Vocabulary
from jixiang.operations.decide import facts
from jixiang.operations.terminal import (
    Refused,
    checked_city,
    columns,
    console,
    day,
    errors,
    moved,
    progress,
    takes_city,
)
from jixiang.readings.kept_facts.advance import advance
from jixiang.readings.kept_facts.alone import Busy, alone
from jixiang.readings.kept_facts.build import AT_ANY_TIME, Progress, write
from jixiang.readings.kept_facts.compare import counts, differences
from jixiang.readings.kept_facts.one_subject_pages import PAGES, write_pages
from jixiang.readings.kept_facts.state import State, files_of, path_of, read_state
from jixiang.tables.checks import check_facts
from jixiang.tables.snapshot import damaged_files, take_snapshot
from jixiang.tables.store import FactStore

NOTES = """备好的事实放在 --facts 的 _kept 里,只是事实的另一种摆法,随时可以去掉重来。
事实有了变动再运行一次,只补上变动的部分;jixiang import 会自己补上。"""
ASIDE = "facts.check.draft"


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--facts", type=Path, required=True, help="事实表的目录")
    parser.add_argument("--as-of", type=day, help="只备到这一天为止知道的;不写就是全部")
    parser.add_argument("--check", action="store_true", help="不改动,只核对:从头另算一份,与备好的逐行比较")
    parser.add_argument("--remove", action="store_true", help="去掉备好的事实;事实本身不动")
    parser.add_argument("--memory", "--memory-mb", dest="memory_mb", type=int, metavar="MB", help="内存上限")


def run(given: Namespace) -> int:
    store = facts(given.facts)
    with faults_told(given.facts):
        if given.remove:
            return remove(store)
        city, rulebook = checked_city(given.city)
        with alone(store):
            if given.check:
                return check(store, city.vocabulary, given.memory_mb)
            refuse_unreadable(store, city.vocabulary)
            return keep(store, city.vocabulary, rulebook, given.as_of, given.memory_mb)


def keep(
    store: FactStore, vocabulary: Vocabulary, rulebook: Rulebook, as_of: date | None, memory_mb: int | None
) -> int:
    before, path = read_state(store), path_of(store)
    were, begun = counts(path) if before else {}, monotonic()
    until = None if as_of is None else datetime.combine(as_of, time.max)
    with progress("备好事实") as shown:
        state = advance(store, vocabulary, until, memory_mb=memory_mb, progress=part(shown, vocabulary, 0.0, 0.8))
        write_pages(store, vocabulary, rulebook, memory_mb=memory_mb, progress=part(shown, vocabulary, 0.8, 1.0))
    console.print(summary(vocabulary, were, counts(path)))
    done = "新建" if before is None else "已是最新" if state == before else "补上了变动"
    console.print(f"备好的事实: {done},用时 {monotonic() - begun:.1f} 秒,文件 {megabytes(path)},在 {path}")
    console.print(reaching(state))
    return 0


def check(store: FactStore, vocabulary: Vocabulary, memory_mb: int | None) -> int:
    """Builds the same aside and compares; 1 if anything differs."""
    kept = read_state(store)
    if kept is None:
        raise Refused("还没有备好的事实,或者它读不出来", f"先备好: jixiang keep --facts {store.folder}")
    if kept.files != files_of(store, vocabulary):
        raise Refused(
            "备好以后事实又有变动,决定时不会用它,没有核对", f"先补上变动: jixiang keep --facts {store.folder}"
        )
    refuse_unreadable(store, vocabulary)
    aside = path_of(store).with_name(ASIDE)
    with progress("从头另算一份") as shown:
        anew = write(
            aside, store, vocabulary, kept.until,
            memory_mb=memory_mb, progress=part(shown, vocabulary, 0.0, 0.9),
        )  # fmt: skip
        found = differences(path_of(store), aside)
    if not found and anew == kept:
        console.print(f"备好的事实与从头算出的逐行相同。{reaching(kept)}")
        return 0
    table = columns("与从头算出的不同", "表", "只有一边有的行", numbers=("只有一边有的行",))
    for name, rows in found.items():
        table.add_row(name, f"{rows:,}")
    console.print(table if found else "各表的行相同,对它们的说明不同")
    raise Refused(
        "备好的事实与事实对不上",
        f"去掉再备一次: jixiang keep --facts {store.folder} --remove,然后 jixiang keep --facts {store.folder};"
        "用它作过的决定,加 --no-kept 再运行一次核对",
    )


def remove(store: FactStore) -> int:
    path = path_of(store)
    if not path.is_file():
        console.print("没有备好的事实")
        return 0
    with alone(store):
        path.unlink()
        shutil.rmtree(path.parent / PAGES, ignore_errors=True)
    console.print(f"已去掉 {path};事实没有动")
    return 0


def refuse_unreadable(store: FactStore, vocabulary: Vocabulary) -> None:
    """Facts are kept only of files that are as they were written; the kept file would outlive the fault."""
    problems = check_facts(store, vocabulary)
    if any(problem.severity == "error" for problem in problems):
        errors.print(render(problems, color=errors.is_terminal), markup=False)
        raise Refused("事实表有错误", "按上面的提示改好,再运行")
    tables = [table for table, files in files_of(store, vocabulary).items() if files]
    manifest = take_snapshot(store, tables=tables, as_of=date.max, documents={}, run_dates=[])
    if damaged := damaged_files(manifest):
        raise Refused(f"事实文件与写下时不同,不能再用: {'、'.join(damaged)}", "从备份恢复这些文件,或重新导入")


@contextmanager
def faults_told(folder: Path) -> Iterator[None]:
    """What stands in the way of writing, with a way out. What was kept before is as it was."""
    try:
        yield
    except (OSError, Busy, duckdb.Error) as failed:
        message, way_out = told(failed, folder)
        raise Refused(message, way_out) from failed


def told(failed: BaseException, folder: Path) -> tuple[str, str]:
    """What is wrong, and what to do."""
    again = f"再运行 jixiang keep --facts {folder}"
    if isinstance(failed, Busy):
        return "另一个 jixiang 正在备好这些事实", f"等它结束,{again}"
    if isinstance(failed, duckdb.OutOfMemoryException):
        return "内存或临时空间不够", f"加大 --memory 或腾出磁盘,{again}"
    if isinstance(failed, (OSError, duckdb.IOException)):
        said = (failed.strerror or "") if isinstance(failed, OSError) else str(failed).splitlines()[0]
        return f"读写失败: {said}", f"看磁盘有没有满、有没有权限,{again}: 做到一半的不算"
    return f"备好事实没有做成: {str(failed).splitlines()[0]}", f"{again} --remove,再备一次"


def keeps(store: FactStore) -> bool:
    return path_of(store).is_file()


def after_import(store: FactStore, vocabulary: Vocabulary, heard: Progress) -> str:
    """Advances what is kept of facts that have just changed; what is then said of it. The facts stand whatever becomes of
    it, and a kept file that does not fit them is not read."""
    begun = monotonic()
    try:
        with alone(store):
            state = advance(store, vocabulary, progress=heard)
    except (OSError, Busy, duckdb.Error) as failed:
        message, way_out = told(failed, store.folder)
        return f"备好的事实没有补上这次的变动({message}),事实已经导入,决定时改读原始行。请: {way_out}"
    return f"备好的事实也补上了变动,用时 {monotonic() - begun:.1f} 秒。{reaching(state)}"


def reaching(state: State) -> str:
    until = state.until
    return "备到全部事实" if until == AT_ANY_TIME else f"备到 {until:%Y-%m-%d %H:%M:%S} 为止记下的事实"


def summary(vocabulary: Vocabulary, were: dict[str, int], are: dict[str, int]) -> object:
    table = columns("备好的事实", "事实", "表", "原有行", "现有行", numbers=("原有行", "现有行"))
    for name, rows in are.items():
        table.add_row(shown_as(vocabulary, name), name, f"{were[name]:,}" if name in were else "", f"{rows:,}")
    return table


def shown_as(vocabulary: Vocabulary, table: str) -> str:
    """What a table is about: 缴费, 缴费·月份史, 单位·规模."""
    for entity in vocabulary.entities.values():
        named = {entity.table: entity.name, f"months_{entity.table}": f"{entity.name}·月份史"}
        named |= {f"{entity.table}_{a.column}": f"{entity.name}·{a.name}" for a in entity.attributes.values()}
        if table in named:
            return named[table]
    return table


def part(shown: Shown, vocabulary: Vocabulary, since: float, until: float) -> Callable[[str, float], None]:
    """Progress of a part of the work, table by table."""
    return lambda table, done: moved(shown, shown_as(vocabulary, table), since + (until - since) * done)


def megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:,.1f} MB"
