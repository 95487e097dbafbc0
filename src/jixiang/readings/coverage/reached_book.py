"""Coverage as a workbook and as pictures: the rates with their charts, and the lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jixiang.charts import Row, Rows
from jixiang.readings.coverage.book import Cell, Chart, Sheet, write_book
from jixiang.readings.coverage.reached import Count, Doubt, Reached, lowest

HEADS = ("应有", "已有", "还没有", "覆盖率", "不清楚")
RATES = frozenset({4})
FIRMS = 200  # on a sheet
SHEET_NAME = 31  # characters that a sheet's name can have


@dataclass(frozen=True)
class Coverage:
    """`reached`: what the city wants reached, then what is entitled. `most`: so many of each list are told."""

    as_of: date
    needs: tuple[Reached, ...]
    entitled: Reached
    doubts: tuple[Doubt, ...]
    yielded: int
    most: int

    @property
    def every(self) -> tuple[Reached, ...]:
        return (*self.needs, self.entitled)


def percent(count: Count) -> str:
    return "" if count.rate is None else f"{count.rate:.1%}"


def write(path: Path, found: Coverage) -> Path:
    """Writes the workbook; returns its path. Raises OSError."""
    first = Sheet(
        "汇总",
        f"应培尽培、应补尽补({found.as_of})",
        "应有:按定义或决定应当有的;已有:其中已经有的;不清楚:事实还不知道,不在应有里。"
        f"名额已由别的一件占着的(让位){found.yielded:,} 件,不算应有。",
        ("", *HEADS),
        [_cells(one.title, one.total) for one in found.every],
        RATES,
        Chart("覆盖率", 0, (4,), len(found.every), percent=True),
    )
    sheets = [first]
    for one in found.every:
        sheets += _sheets(one, found.most)
    sheets.append(
        Sheet(
            "待核的事实",
            "待核:哪个条件不明,要看哪些事实",
            "一件有几个条件不明的,各算一次;补齐事实以后再决定,才知道是不是应补。",
            ("政策", "条件", "件数", "要看的事实"),
            [(f"{d.policy} {d.name}", d.what, d.count, "、".join(d.facts)) for d in found.doubts],
        )
    )
    return write_book(path, "应培尽培、应补尽补", sheets)


def _cells(name: str, count: Count) -> tuple[Cell, ...]:
    return name, count.should, count.served, count.short, count.rate, count.unknown


def _sheets(one: Reached, most: int) -> Iterator[Sheet]:
    if one.policies:
        yield _counted(f"{one.title}按政策", "政策", one.policies)
    for title, counts in one.groups.items():
        if counts:
            yield _counted(f"{one.title}按{title}", title, counts)
    if one.firms:
        yield _counted(f"{one.title}按单位", "单位", one.firms[:FIRMS], chart=False)
    titles = tuple(one.groups)
    yield Sheet(
        f"{one.title}名单"[:SHEET_NAME],
        f"{one.title}:还没有的" + (f"({one.missing})" if one.missing else ""),
        f"最多列 {most:,} 件;确定的在先,不清楚的在后。只有编号,没有姓名。",
        ("对象", "是谁的", "单位", "理由", *titles),
        [(w.key, w.whose, w.firm, w.reason, *w.groups) for w in one.listed],
    )


def _counted(title: str, head: str, counts: Sequence[Count], *, chart: bool = True) -> Sheet:
    rows = [_cells(count.called, count) for count in counts]
    drawn = Chart(f"覆盖率:{title}", 0, (4,), len(rows), percent=True) if chart else None
    return Sheet(title[:SHEET_NAME], title, "覆盖率 = 已有 ÷ 应有", (head, *HEADS), rows, RATES, drawn)


# Pictures --------------------------------------------------------------------------------------------------------


def pictures(found: Coverage, titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Of each need, by some breakdowns, the rates: the name of a file and its SVG. What is lowest is said in the title."""
    for one in found.every:
        for title in titles:
            counts = [count for count in one.groups.get(title, ()) if count.rate is not None]
            if counts:
                yield f"{one.title}-{title}", _picture(one, title, counts, found.as_of)


def _picture(one: Reached, title: str, counts: Sequence[Count], as_of: date) -> str:
    least = lowest(counts)
    said = f"{one.title}:{percent(one.total)} 已经有"
    said += f",{title}里最低的是{least.called} {percent(least)}" if least else ""
    if not any(count.short for count in counts):
        said = f"{one.title}:全部已经有"
    rows = tuple(Row(c.called, round(1000 * (c.rate or 0)), f"还没有 {c.short:,} / {c.should:,}") for c in counts)
    describe = f"{as_of} {one.title}的覆盖率,按{title}。"
    return Rows(said, describe, rows, lambda value: f"{value / 10:.1f}%").svg()
