"""Near misses as a workbook: the summary with its chart, the groups, and who they are."""

from __future__ import annotations

from pathlib import Path

from jixiang.readings.coverage.book import Chart, Sheet, write_book
from jixiang.readings.coverage.near import FACTS, LATE, MISSED, OTHER, STILL
from jixiang.readings.coverage.near_report import HOW, SPANS, Line, Nearness

HEADINGS = (
    "政策",
    "条件",
    "件数",
    "差多少(居中)",
    *(f"{n} 个月内" for n in SPANS),
    "更晚",
    "看事实",
    "晚了",
    "不会",
    "没推算",
)


def cells(line: Line) -> tuple[str | int, ...]:
    """A line of the summary, as the headings say."""
    short = f"{line.short}" + (f" ({line.measured:,} 件量得出)" if 0 < line.measured < line.count else "")
    states = line.states
    return (
        f"{line.called} {line.name}", line.condition, line.count, short, *line.within, line.later, states[FACTS],
        states[MISSED] + states[LATE], states[STILL], states[OTHER],
    )  # fmt: skip


def write(path: Path, found: Nearness) -> Path:
    """Writes the workbook; returns its path. Raises OSError."""
    reached = [line for line in found.lines if line.reached]
    summary = Sheet(
        "汇总",
        f"差一点:只有一个条件不成立(决定日 {found.as_of})",
        "几个月内:别的都不变,到那一天全部条件成立;续缴的,是说每个月都继续缴费。每个数包含前面的。晚了:已经过期,或到那一天别的条件已不成立;不会:日子改变不了。",
        HEADINGS,
        [cells(line) for line in found.lines],
        chart=Chart("6 个月内符合的", 1, (6,), len(reached)),
    )
    heads = ("分组", "差一点(件)", *(f"{n} 个月内" for n in SPANS), "看事实")
    groups = [
        Sheet(
            title, f"按{title}", "一个人可以同时属于几个群体,各算一次;按决定日当天的情形。", heads,
            [(g.called, g.count, *g.within, g.facts) for g in lines], chart=Chart(f"差一点(件),按{title}", 0, (1,), len(lines)),
        )
        for title, lines in found.groups.items()
        if lines
    ]  # fmt: skip
    titles = tuple(found.groups)
    details = Sheet(
        "明细",
        "差一点的各件",
        f"每个条件最多列 {found.most:,} 件,近的在先;全部都已计入汇总。只有编号,没有姓名。",
        ("政策", "条件", "对象", "当期", "受益人", "差多少", "怎样", "哪一天", "那时不成立的", *titles),
        [
            (d.policy, d.condition, d.subject, d.period, d.beneficiary, d.said, HOW[d.state], d.due, d.then, *d.groups)
            for d in found.details
        ],
    )
    return write_book(path, "差一点", [summary, details, *groups])
