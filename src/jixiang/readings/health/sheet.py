"""The result of a health check as a file: an Excel workbook or a Markdown page. The same findings, the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from jixiang.charts.workbooks import workbook
from jixiang.readings.health.finding import Finding, Health

HEADINGS = ("号", "体检", "文件", "条", "行", "关于", "结果", "涉及", "确认", "释明", "怎么办")
WIDTHS = (5, 10, 28, 20, 6, 18, 70, 8, 10, 40, 40)


def _row(number: int, one: Finding) -> tuple[object, ...]:
    said = one.explained.text if one.explained else ""
    touched = "" if one.touches is None else one.touches
    return (
        number, one.kind, one.document, one.place.article, one.place.line, one.about, one.text, touched, one.standing, said,
        "" if one.explained else one.way_out,
    )  # fmt: skip


def write_workbook(path: Path, health: Health, as_of: date) -> None:
    """A sheet of findings, and a sheet of examples, a block a cell."""
    with workbook(path, f"体检 {as_of}") as house:
        house.book.set_properties({"title": f"体检 {as_of}", "created": datetime.combine(as_of, time())})
        fixed = house.also(font_name="Consolas")
        sheet = house.book.add_worksheet("结果")
        sheet.freeze_panes(1, 0)
        for at, (heading, wide) in enumerate(zip(HEADINGS, WIDTHS, strict=True)):
            sheet.set_column(at, at, wide, house.text)
            sheet.write_string(0, at, heading, house.head)
        for number, one in enumerate(health.findings, 1):
            for at, value in enumerate(_row(number, one)):
                if isinstance(value, int):
                    sheet.write_number(number, at, value)
                else:
                    sheet.write_string(number, at, str(value))
        shown = house.book.add_worksheet("例子")
        shown.set_column(0, 0, 5)
        shown.set_column(1, 1, 120, fixed)
        for place, (finding, line) in enumerate(_lines(health)):
            shown.write_string(place, 0, finding)
            shown.write_string(place, 1, line)


def _lines(health: Health) -> Iterator[tuple[str, str]]:
    for number, one in enumerate(health.findings, 1):
        for example in one.examples:
            yield str(number), f"《{example.document}》"
            yield from (("", line) for line in example.block.splitlines())
            yield "", ""


def write_markdown(path: Path, health: Health, as_of: date) -> None:
    path.write_text(markdown(health, as_of), encoding="utf-8")


def markdown(health: Health, as_of: date) -> str:
    lines = [f"# 体检 {as_of}", "", f"查到 {len(health.findings)} 处,要处理 {len(health.alarms)} 处。", ""]
    for number, one in enumerate(health.findings, 1):
        lines += [f"## {number} {one.kind} · 《{one.document}》 · {one.about}", "", one.text + "。", ""]
        where = f"{one.place.file} 第 {one.place.line} 行" + (f"，{one.place.article}" if one.place.article else "")
        lines += [f"- 在: {where}", f"- {one.standing}"]
        lines += [] if one.touches is None else [f"- 现在的事实里涉及 {one.touches:,} 个"]
        lines += [f"- 释明: {one.explained.text}" if one.explained else f"- 怎么办: {one.way_out}", ""]
        for example in one.examples:
            lines += [f"例子，可以贴进《{example.document}》:", "", example.block, ""]
    lines += [f"- 未定: 《{one.document}》{one.question}" for one in health.undecided]
    return "\n".join(lines).rstrip() + "\n"
