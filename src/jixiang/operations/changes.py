"""变动:某次运行以后,谁的事实变了。

Lists keys of facts only; who they are is in the vault.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from jixiang.language.vocabulary import Vocabulary
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.operations.decide import facts, had_run
from jixiang.operations.importing import moment
from jixiang.operations.terminal import Refused, columns, console, find_city, takes_city
from jixiang.tables.changes import Changes, Since, changed_subjects
from jixiang.tables.parquet import write_parquet
from jixiang.tables.snapshot import read_manifest

WIDEST = 44  # characters of an example
WHAT = {"new": "新增", "changed": "更正", "retracted": "撤回"}


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--facts", type=Path, default=Path("out/home/facts"), help="事实表的目录;默认 out/home/facts")
    since = parser.add_mutually_exclusive_group(required=True)
    since.add_argument("--since-run", type=Path, help="自哪次运行以来:jixiang decide 的 --out 目录")
    since.add_argument("--since", type=moment, help="自何时以来,如 2021-06-30")
    parser.add_argument("--out", type=Path, default=None, help="把全部名单写到这个目录,每种事实一个 Parquet 文件")


def run(given: Namespace) -> int:
    vocabulary, _ = read_vocabulary(find_city(given.city) / "vocabulary.md")
    changes = changed_subjects(facts(given.facts), vocabulary, _since(given))
    show(changes, vocabulary)
    if given.out is not None:
        write(given.out, changes.subjects)
    return 0


def _since(given: Namespace) -> Since:
    if given.since_run is None:
        found: datetime = given.since
        return found
    try:
        return read_manifest(had_run(given.since_run))
    except ValueError as error:
        raise Refused(f"{given.since_run} 的 manifest.json 读不出来", "指明一次完整运行的目录") from error


def show(changes: Changes, vocabulary: Vocabulary) -> None:
    """How many of each entity are concerned and by what, with the first of them."""
    names = {entity.table: entity.name for entity in vocabulary.entities.values()}
    table = columns("事实有变动的", "对象", "个数", *WHAT.values(), "例如", numbers=("个数", *WHAT.values()))
    for entity, rows in changes.subjects.items():
        count = {what: _distinct(rows.filter(pc.equal(rows["what"], what))) for what in WHAT}
        first = rows["subject"][0].as_py()
        shown = first if len(first) <= WIDEST else f"{first[: WIDEST - 1]}…"
        table.add_row(names[entity], f"{_distinct(rows):,}", *(f"{n:,}" for n in count.values()), shown)
    console.print(table if changes.subjects else "没有变动")
    for name, (before, after) in changes.cutoffs.items():
        console.print(f"事实截止: {names.get(name, name)} 由 {before or '未知'} 到 {after or '未知'}")


def write(folder: Path, subjects: Mapping[str, pa.Table]) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} 里已经有东西", "换一个目录")
    for entity, rows in subjects.items():
        write_parquet(folder / f"{entity}.parquet", rows.schema, [rows])
    console.print(f"全部名单写在 {folder}")


def _distinct(rows: pa.Table) -> int:
    return int(pc.count_distinct(rows["subject"]).as_py())
