"""The tables of a simulation, the same for the page and the workbook: a title that answers, headings, rows, which columns are money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from jixiang.readings.simulate import words
from jixiang.readings.simulate.compared import Line
from jixiang.readings.simulate.forecast import Forecast, Path
from jixiang.readings.simulate.words import Simulation

Cell = str | int | None
HEADS = ("在用(件)", "草案(件)", "新享受", "不再享受", "金额增加", "金额减少", "在用(元)", "草案(元)", "增减(元)")
WAYS_SHOWN = 12  # of one policy on the page; the workbook has all


@dataclass(frozen=True)
class Sheet:
    """`name` is the workbook's tab. `money`: columns of fen. `chart`: how its chart shows the columns `bars`: grouped, rows or line."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    money: tuple[int, ...] = ()
    note: str = ""
    chart: str = ""
    bars: tuple[int, ...] = ()


def sheets(found: Simulation) -> Iterator[Sheet]:
    """All of them, in the order of the page."""
    compared = found.compared
    yield _changes(found)
    yield _people(found)
    yield _lines("政策", words.by_policy(found), ("政策",), [_named(found, line) for line in compared.policies], "rows")
    yield _ways(found)
    if found.since is not None:
        yield _early(found)
    months, how = (compared.decided, "决定日") if compared.by_decision else (compared.effective, "适用日")
    yield _lines("月份", words.by_month(months), (f"月份(按{how})",), months, "grouped", total=False)
    if compared.by_decision:
        yield _lines("适用月份", "同样的钱,按适用日归月", ("月份(按适用日)",), compared.effective, "", total=False)
    yield _lines("资金", _funds(compared.funds), ("资金",), compared.funds, "")
    for title, lines in compared.breakdowns.items():
        yield _lines(
            title, words.by_group(title, lines), (title,), lines, "rows", total=False, note=found.groups.get(title, "")
        )
    for one in found.forecasts:
        yield _forecast(one)


def _named(found: Simulation, line: Line) -> Line:
    return Line((found.called(line.name[0]), *line.name[1:]), *list(vars(line).values())[1:])


def _lines(
    name: str, title: str, heads: tuple[str, ...], lines: Sequence[Line], chart: str, *, total: bool = True, note: str = ""
) -> Sheet:  # fmt: skip
    rows = [_row(line) for line in lines]
    if total and len(rows) > 1:
        sums = [sum(int(row[n] or 0) for row in rows) for n in range(len(heads), len(rows[0]))]
        rows.append(("合计", *("" for _ in heads[1:]), *sums))
    first = len(heads)
    money = (first + 6, first + 7, first + 8)
    bars = (first + 8,) if chart == "rows" else (first + 6, first + 7)
    return Sheet(name, title, (*heads, *HEADS), tuple(rows), money, note, chart, bars)


def _row(line: Line) -> tuple[Cell, ...]:
    counts = (line.count_before, line.count_after, line.gained, line.lost, line.more, line.less)
    return (*line.name, *counts, line.fen_before, line.fen_after, line.fen)


def _changes(found: Simulation) -> Sheet:
    if not found.changed:
        rows = tuple((document,) for document in found.documents)
        return Sheet("改了什么", f"改了 {len(rows)} 份文件", ("文件",), rows, note="逐行的差别在 draft.diff。")
    rows_ = tuple(
        (c.document.text, c.where.text, c.before.text or "(没有)", c.after.text or "(没有)", str(c.since or "一直"))
        for c in found.changed
    )
    heads = ("文件", "位置", "原值", "改为", "自")
    return Sheet("改了什么", f"改了 {len(rows_)} 处", heads, rows_, note="改好的文件在 pack,逐行的差别在 draft.diff。")


def _people(found: Simulation) -> Sheet:
    rows = tuple(
        (
            one.entity,
            one.gaining,
            one.gaining_fen,
            one.losing,
            one.losing_fen,
            one.gaining_fen + one.losing_fen,
            one.same,
        )
        for one in found.compared.people
    )
    heads = ("受益人", "多得的", "多得(元)", "少得的", "少得(元)", "合计增减(元)", "不变的")
    note = "一个人或一家单位的各项政策合起来算;不发钱的按件数。"
    return Sheet("得失", words.headline(found).rstrip("。"), heads, rows, (2, 4, 5), note)


def _ways(found: Simulation) -> Sheet:
    ways = found.compared.ways
    rows = tuple((found.called(w.policy), w.before, w.after, w.count, w.fen) for w in ways)
    grants, others = (sum(way.count for way in ways if way.of_a_grant is of) for of in (True, False))
    title = f"{grants:,} 件享受变了" if grants else "没有一件享受变了"
    title += f",另有 {others:,} 件只是不享受的理由变了" if others else ""
    return Sheet("怎样变的", title, ("政策", "在用", "草案", "件数", "增减(元)"), rows, (4,))


def _early(found: Simulation) -> Sheet:
    heads = ("政策", "对象", "当期", "适用日", "在用", "草案", "在用(元)", "草案(元)")
    rows = tuple(
        (e.policy, e.subject, e.period, str(e.effective_date or "—"), e.before, e.after, e.fen_before, e.fen_after)
        for e in found.compared.early
    )
    note = f"只列出前 {len(rows)} 件。" if found.compared.early_count > len(rows) else ""
    return Sheet("生效以前", words.reform(found).rstrip("。"), heads, rows, (6, 7), note)


def _funds(lines: Iterable[Line]) -> str:
    changed = [line for line in lines if line.fen]
    said = "、".join(f"{line.name[0] or '(没有写资金)'}{words.more(line.fen)}" for line in changed)
    return said or "各项资金的支出都不变"


def _forecast(one: Forecast) -> Sheet:
    """Month by month, cumulated."""
    known = len(one.before.known)
    rows = []
    for month in range(1, 13):
        kind = "已算出" if month <= known else "预测"
        cells = [*_cells(one.before, month), *(_cells(one.after, month) if one.after else ())]
        rows.append((f"{one.year}-{month:02d}", kind, *cells, *_ceilings(one)))
    heads = ["月份", "", *(f"在用 {w}" for w in WAYS), *((f"草案 {w}" for w in WAYS) if one.after else ())]
    heads += ["年度额度(在用)"] if one.ceiling_before is not None else []
    heads += ["年度额度(草案)"] if one.ceiling_after is not None and one.ceiling_after != one.ceiling_before else []
    body = tuple(rows) if known else ()
    money = tuple(range(2, len(heads)))
    bars = (3, 6) if one.after else (3,)
    name = f"预测 {one.fund}"[:31]
    return Sheet(name, words.to_year_end(one), tuple(heads), body, money, words.how_forecast(one), "line", bars)


WAYS = ("最低", "中位", "最高")


def _cells(path: Path, month: int) -> tuple[int, int, int] | tuple[None, None, None]:
    known = len(path.known)
    if not known:
        return None, None, None
    if month <= known:
        return (path.known[month - 1],) * 3
    at = month - known - 1
    return path.low[at], path.middle[at], path.high[at]


def _ceilings(one: Forecast) -> list[int]:
    found = [] if one.ceiling_before is None else [one.ceiling_before]
    if one.ceiling_after is not None and one.ceiling_after != one.ceiling_before:
        found.append(one.ceiling_after)
    return found
