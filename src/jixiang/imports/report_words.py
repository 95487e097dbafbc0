"""The report in words, the same on every surface: what the terminal shows the workbook says too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jixiang.imports.faults import FAULTS
from jixiang.imports.report import FileCounts, Found, Missing, Report, by_code


@dataclass(frozen=True, slots=True)
class Said:
    """One fault or note of an act: `rows` that it concerns, and the first place, "file:line" (the file, where no line is known)."""

    code: str
    message: str
    way_out: str
    rows: int
    place: str


def headline(report: Report) -> str:
    """What became of the rows, in one sentence."""
    if not report.read:
        return "没有读入新的行"
    counts = f"读入 {report.read:,} 行:接受 {report.accepted:,},退回 {report.refused:,},略过 {report.ignored:,}"
    return f"等待确认,还没有写入。{counts}" if report.stopped else counts


def said(report: Report, what: str) -> list[Said]:
    """`what`: refusals, ignorings or notes; what concerns most rows first."""
    found = by_code(report.files, what).items()
    return [
        Said(code, FAULTS[code].message, FAULTS[code].suggestion, rows, f"{file}:{line}" if line else file)
        for code, (rows, file, line) in found
    ]


def to_do(report: Report) -> Iterator[str]:
    """What waits for a person, the most pressing first. Nothing, if all is well."""
    for file in report.files:
        if file.fault and FAULTS[file.fault].weight == "file":
            yield f"{file.name} 没有读: {FAULTS[file.fault].message}。{FAULTS[file.fault].suggestion}"
    if report.stopped and report.compared:
        yield from (f"{FAULTS[code].message}。{FAULTS[code].suggestion}" for code in report.compared.stops)
    if report.refused and not report.stopped:
        place = "、".join(report.returned) or "退回文件"
        yield f"退回 {report.refused:,} 行:改好 {place} 里标出的单元格,再导入这份文件"
    if report.cases_opened and not report.stopped:
        yield f"{report.cases_opened:,} 件身份要人工核对:jixiang desk"
    for one in report.missing:
        if one.jumped:
            risen = one.last_rate is not None and one.rate > one.last_rate
            yield f"{jump(one)}:请核对导出时{'是不是漏了这一列' if risen else '有没有填上默认的值'}"
    withheld = sum(table.withheld for table in report.tables)
    if withheld and not report.stopped:
        yield f"{withheld:,} 件事实因同一天说法不一而撤下:请发送较新的数据"
    for found in report.contradicting:
        yield f"{found.name} {found.count:,} 处:请与数据来源核对"


def change(report: Report) -> str:
    """Beside the last extract."""
    compared = report.compared
    if not report.read:
        return "事实没有变"
    if compared is None or (compared.last_extracted is None and not compared.stops):
        return "第一次导入,没有可比的"
    said = f"这一次接受 {compared.accepted:,} 行"
    if compared.last_extracted is not None:
        said += (
            f",上一次(截至 {compared.last_extracted})接受 {compared.last_accepted:,} 行,{difference(compared.change)}"
        )
    if "extract-older" in compared.stops:
        said += "。已有更新的数据"
    if compared.stops and not report.stopped:
        said += "。已由人确认"
    return said


def history_title(report: Report) -> str:
    """What the chart of the last acts shows, in one sentence."""
    compared = report.compared
    if compared is None or compared.change is None:
        return "历次导入的行数"
    return f"这一次接受的行与上一次相比:{difference(compared.change)}"


def difference(percent: float | None) -> str:
    if percent is None:
        return "—"
    if abs(percent) < 0.05:
        return "持平"
    return f"{'多' if percent > 0 else '少'} {abs(percent):.1f}%"


def jump(one: Missing) -> str:
    last = one.last_rate
    assert last is not None
    return f"{one.column}的缺失率由 {last:.1f}% {'升' if one.rate > last else '降'}到 {one.rate:.1f}%"


def missing_title(report: Report) -> str:
    """What the chart of empty cells shows, in one sentence."""
    jumps = [jump(one) for one in report.missing if one.jumped]
    if jumps:
        return jumps[0] + (f",另有 {len(jumps) - 1} 列变化明显" if len(jumps) > 1 else "")
    if all(one.last_rate is None for one in report.missing):
        return "各列的缺失率(第一次导入)"
    return "各列的缺失率与上一次相差都不到 5 个百分点"


def examples(found: Found) -> list[str]:
    """A few keys, each with what is said beside it."""
    pairs = zip(found.keys, found.remarks, strict=True)
    return [f"{key}  {remark}".rstrip() for key, remark in pairs]


def state(file: FileCounts) -> str:
    """A file as a whole: read or not, and whether every row is accounted for."""
    if file.fault:
        return "导入过" if FAULTS[file.fault].weight == "ignored" else "没有读"
    return "读完" if file.balanced else "行数对不上"
