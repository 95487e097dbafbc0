"""A small kind with two layouts, and files of it, made where they are needed."""

import csv
import io

from jixiang.imports.kinds import Column, Layout
from jixiang.imports.reading.opening import open_file
from jixiang.imports.reading.refused import FileRefused
from jixiang.language.types import DATE, MONEY, TEXT

COLUMNS = {
    "号码": Column("号码", TEXT, role="number", required=True),
    "姓名": Column("姓名", TEXT, role="name"),
    "日期": Column("日期", DATE, required=True),
    "金额": Column("金额", MONEY),
}
CODES = Layout(
    name="系统导出",
    headings={"号码": "AAC002", "姓名": "AAC003", "日期": "AAE003", "金额": "AAE180"},
    ignored=("AAE013",),
)
NAMES = Layout(name="模板", headings={name: name for name in COLUMNS}, encoding="gb18030")
HEAD = ("AAC002", "AAC003", "AAE003", "AAE180")


def csv_bytes(rows, head=HEAD, encoding="utf-8", end="\r\n", delimiter=","):
    text = io.StringIO()
    csv.writer(text, lineterminator=end, delimiter=delimiter).writerows([head, *rows])
    return text.getvalue().encode(encoding, "replace")


def written(folder, content, name="a.csv"):
    path = folder / name
    path.write_bytes(content)
    return path


def opened(folder, content, *layouts, name="a.csv", **more):
    return open_file(written(folder, content, name), layouts or (CODES,), columns=COLUMNS, **more)


def read(source, rows_max=200_000):
    """Every row yielded as (line, cells in order), with the counts checked after every block."""
    rows = []
    refusals = []
    for block in source.blocks(rows_max):
        rows += zip(block.lines.tolist(), zip(*(c.to_pylist() for c in block.cells.columns), strict=True), strict=True)
        refusals += source.drain()
        assert source.read == len(rows) + len(refusals) + source.ignored.total()
    refusals += source.drain()
    assert source.read == len(rows) + len(refusals) + source.ignored.total()
    assert source.refused == len(refusals)
    return rows, refusals


def taken(folder, content, *layouts, **more):
    """Rows, refusals as (line, reasons), and what was ignored."""
    source = opened(folder, content, *layouts, **more)
    rows, refusals = read(source)
    return rows, [(r.line, r.reasons) for r in refusals], dict(source.ignored)


def refused(folder, content, *layouts, **more):
    """The codes for which a file is refused, on opening or while it is read; "" with the rows if it is not."""
    try:
        read(opened(folder, content, *layouts, **more))
    except FileRefused as error:
        assert error.problems
        return [problem.code for problem in error.problems]
    return []
