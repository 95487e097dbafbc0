"""The report of an act as a workbook, to be kept and sent on: sheets of counts, two charts. No sender's cell is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from xlsxwriter.worksheet import Worksheet

from jixiang.charts.workbooks import FONT, House, workbook
from jixiang.imports.report import ActCounts, Report
from jixiang.imports.report_words import (
    change,
    examples,
    headline,
    history_title,
    missing_title,
    said,
    state,
    to_do,
)
from jixiang.language.width import display_width

ACCEPTED, REFUSED, IGNORED, NOW, LAST = "#1F7A4D", "#A33B2E", "#B9C0C8", "#0B5C7A", "#B9C0C8"
WIDEST = 74
ROW = 18  # points
ACTS_SHOWN = 12

Row = Sequence[Any]


def write_report(path: Path, report: Report) -> Path:
    """Writes the workbook; returns its path."""
    with workbook(path, f"{report.kind_name} 导入报告") as made:
        _overview(made, report)
        _reasons(made, report)
        _missing(made, report)
        _contradictions(made, report)
        _history(made, report)
    return path


def _overview(made: House, report: Report) -> None:
    sheet = made.book.add_worksheet("总表")
    sheet.write(0, 0, f"{report.kind_name} 导入报告", made.title)
    about = f"来源 {report.source} · 数据截至 {report.extracted} · 收到 {report.received:%Y-%m-%d %H:%M}"
    sheet.write(1, 0, about, made.quiet)
    sheet.write(2, 0, headline(report), made.section)
    sheet.write(3, 0, change(report), made.quiet)
    sheet.set_row(0, 28)
    line = 5
    duties = list(to_do(report)) or ["没有要处理的事"]
    line = _table(made, sheet, line, "要处理的事", [], [[duty] for duty in duties], merged=7)
    files = [[f.name, f.layout, f.read, f.accepted, f.refused, f.ignored, state(f)] for f in report.files]
    line = _table(made, sheet, line, "文件", ["文件", "写法", "读入", "接受", "退回", "略过", "结果"], files)
    heads = ["事实", "表", "新增", "更正", "不变", "再次确认", "撤回", "因说法不一撤下"]
    tables = [
        [t.entity, t.table, t.new, t.changed, t.unchanged, t.confirmed, t.retracted, t.withheld] for t in report.tables
    ]
    line = _table(made, sheet, line, "确认后要写入的事实" if report.stopped else "事实", heads, tables)
    people = [[report.persons_new, report.cases_opened]]
    line = _table(made, sheet, line, "人员", ["新登记的人", "转人工核对"], people)
    fresh = [
        [f.entity, f.attribute, f.newest or "—", str(f.covers or "—"), "—" if f.days is None else f.days]
        for f in report.freshness
    ]
    _table(made, sheet, line, "新鲜度", ["事实", "按", "最新的一行", "全到哪一天", "距今(天)"], fresh)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 7, 13)
    sheet.fit_to_pages(1, 0)
    sheet.set_landscape()


def _reasons(made: House, report: Report) -> None:
    sheet = made.book.add_worksheet("退回原因")
    heads = ["", "代码", "说明", "行数", "最先在", "怎么办"]
    kinds = (("退回", "refusals"), ("略过", "ignorings"), ("提示", "notes"))
    rows = [
        [name, one.code, one.message, one.rows, one.place, one.way_out]
        for name, what in kinds
        for one in said(report, what)
    ]
    note = "一行可能有几个原因,各原因的行数加起来可能多于退回的行数"
    _table(made, sheet, 0, note, heads, rows)
    _finish(sheet, heads, rows, frozen=2)


def _missing(made: House, report: Report) -> None:
    sheet = made.book.add_worksheet("缺失率")
    heads = ["列", "空的行", "看过的行", "缺失率", "上一次", "变化"]
    rows = [
        [
            one.column, one.empty, one.rows, one.rate / 100,
            "—" if one.last_rate is None else one.last_rate / 100,
            "变化明显" if one.jumped else "",
        ]
        for one in report.missing
    ]  # fmt: skip
    _table(made, sheet, 0, missing_title(report), heads, rows, rates=(3, 4), flagged=5)
    _finish(sheet, heads, rows, frozen=2)
    if not rows:
        return
    chart = made.book.add_chart({"type": "bar"})
    for column, name, colour in ((3, "这一次", NOW), (4, "上一次", LAST)):
        chart.add_series(_series("缺失率", name, colour, 2, len(rows), 0, column))
    chart.set_title(
        {"name": missing_title(report), "name_font": {"size": 12, "bold": True, "name": FONT}, "overlay": False}
    )
    chart.set_y_axis({"reverse": True, "num_font": {"name": FONT}})
    chart.set_x_axis({"num_format": "0%", "min": 0, "major_gridlines": {"visible": True, "line": {"color": "#DFE3E8"}}})
    chart.set_legend({"position": "bottom", "font": {"name": FONT}})
    chart.set_size({"width": 640, "height": 120 + 34 * len(rows)})
    sheet.insert_chart(1, len(heads) + 1, chart)


def _contradictions(made: House, report: Report) -> None:
    sheet = made.book.add_worksheet("矛盾")
    heads = ["规则", "实体", "处", "说明", "例(事实的编号)"]
    rows = [[f.name, f.entity, f.count, f.meaning, "\n".join(examples(f))] for f in report.contradictions]
    title = f"查了 {len(rows)} 条规则,{len(report.contradicting)} 条有发现"
    _table(made, sheet, 0, title, heads, sorted(rows, key=lambda row: (-row[2], row[0])))
    _finish(sheet, heads, rows, frozen=2)


def _history(made: House, report: Report) -> None:
    sheet = made.book.add_worksheet("历次")
    acts = [*report.earlier, report.counts][-ACTS_SHOWN:]
    heads = ["数据截至", "收到", "写法", "读入", "接受", "退回", "略过"]
    rows = [_act(act) for act in acts]
    _table(made, sheet, 0, change(report), heads, rows)
    _finish(sheet, heads, rows, frozen=2)
    chart = made.book.add_chart({"type": "column", "subtype": "stacked"})
    for column, name, colour in ((4, "接受", ACCEPTED), (5, "退回", REFUSED), (6, "略过", IGNORED)):
        chart.add_series(_series("历次", name, colour, 2, len(rows), 0, column))
    chart.set_title(
        {"name": history_title(report), "name_font": {"size": 12, "bold": True, "name": FONT}, "overlay": False}
    )
    chart.set_x_axis({"text_axis": True, "num_font": {"name": FONT}})
    chart.set_y_axis(
        {"num_format": "#,##0", "min": 0, "major_gridlines": {"visible": True, "line": {"color": "#DFE3E8"}}}
    )
    chart.set_legend({"position": "bottom", "font": {"name": FONT}})
    chart.set_size({"width": 720, "height": 360})
    sheet.insert_chart(len(rows) + 3, 0, chart)


def _act(act: ActCounts) -> Row:
    layouts = "、".join(act.accepted)
    when = f"{act.received:%Y-%m-%d %H:%M}"
    return [str(act.extracted), when, layouts, act.read, act.accepted_rows, act.refused, act.ignored]


# Parts -----------------------------------------------------------------------------------------------------------


def _series(sheet: str, name: str, colour: str, first: int, count: int, by: int, column: int) -> dict[str, Any]:
    last = first + count - 1
    return {
        "name": name,
        "categories": [sheet, first, by, last, by],
        "values": [sheet, first, column, last, column],
        "fill": {"color": colour},
        "gap": 60,
    }


def _table(
    made: House,
    sheet: Worksheet,
    line: int,
    title: str,
    heads: Sequence[str],
    rows: Iterable[Row],
    *,
    rates: Sequence[int] = (),
    flagged: int = -1,
    merged: int = 0,
) -> int:
    """A title, heads and rows; returns the line below, with one left free. Says so where there are no rows."""
    listed = list(rows)
    sheet.write(line, 0, title, made.section)
    line += 1
    for column, head in enumerate(heads):
        counted = any(isinstance(row[column], int | float) for row in listed)
        sheet.write_string(line, column, head, made.head_right if counted else made.head)
    line += 1 if heads else 0
    for row in listed or [["没有"]]:
        for column, value in enumerate(row):
            format = made.rate if column in rates else made.wrong if column == flagged else made.text
            if isinstance(value, int | float):
                sheet.write_number(line, column, value, made.rate if column in rates else made.number)
            elif merged:
                sheet.merge_range(line, column, line, merged, value, format)
            else:
                sheet.write_string(line, column, value, format)
        sheet.set_row(line, ROW * (1 if merged else max(_lines(value) for value in row)))
        line += 1
    return line + 1


def _finish(sheet: Worksheet, heads: Sequence[str], rows: Sequence[Row], *, frozen: int) -> None:
    for column, head in enumerate(heads):
        shown = [head, *(line for row in rows for line in _shown(row[column]).splitlines())]
        sheet.set_column(column, column, min(max(display_width(one) for one in shown) + 4, WIDEST + 4))
    sheet.freeze_panes(frozen, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _shown(value: object) -> str:
    return f"{value:.1%}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


def _lines(value: object) -> int:
    """How many lines a cell needs in the widest column."""
    return sum(1 + display_width(line) // WIDEST for line in _shown(value).splitlines()) or 1
