"""The charts of a simulation: what it costs by policy, month and group, and whether the money lasts the year."""

from __future__ import annotations

from collections.abc import Iterator

from jixiang.charts import Columns, Line, Row, Rows, Series
from jixiang.readings.simulate import compared, words
from jixiang.readings.simulate.forecast import Forecast, Path
from jixiang.readings.simulate.words import Simulation, money

MONTHS_SHOWN = 18  # the last ones
MONTHS_BEFORE = 6  # of those before anything changes
ROWS_SHOWN = 16  # of a breakdown those that change most


def figures(found: Simulation) -> Iterator[tuple[str, str]]:
    """(the file's name without its end, the SVG): of each table that the page shows beside it."""
    lines = [line for line in found.compared.policies if line.fen]
    if lines:
        rows = tuple(Row(found.called(line.name[0]), line.fen, _counts(line)) for line in lines)
        yield "政策", Rows(words.by_policy(found), "草案比在用多花(向右)或少花(向左)多少,按政策。", rows, money).svg()
    months = found.compared.decided if found.compared.by_decision else found.compared.effective
    if any(line.fen for line in months):
        yield "月份", _months(months)
    for title, groups in found.compared.breakdowns.items():
        changed = sorted((g for g in groups if g.fen), key=lambda g: (-abs(g.fen), g.name))[:ROWS_SHOWN]
        if changed:
            shown = tuple(Row(g.name[0], g.fen, _counts(g)) for g in groups if g in changed)
            describe = f"草案比在用多得(向右)或少得(向左)多少,按{title}。"
            yield title, Rows(words.by_group(title, groups), describe, shown, money).svg()
    for one in found.forecasts:
        if one.before.known:
            yield f"预测 {one.fund}", forecast_chart(one)


def _counts(line: compared.Line) -> str:
    said = ((line.gained, "新享受"), (line.lost, "不再享受"))
    return "、".join(f"{name} {count:,} 件" for count, name in said if count)


def _months(lines: tuple[compared.Line, ...]) -> str:
    changed = next(n for n, line in enumerate(lines) if line.fen)
    shown = lines[max(changed - MONTHS_BEFORE, len(lines) - MONTHS_SHOWN, 0) :]
    series = (
        Series("在用", tuple(line.fen_before for line in shown), "pale"),
        Series("草案", tuple(line.fen_after for line in shown)),
    )
    title = words.by_month(lines)
    return Columns(title, "各月的支出,在用与草案并列。", tuple(line.name[0] for line in shown), series, money).svg()


def forecast_chart(one: Forecast) -> str:
    """Cumulated over the year, the draft's band behind the lines."""
    labels = tuple(f"{month}月" for month in range(1, 13))
    main = one.after or one.before
    differs = one.after is not None and one.after != one.before
    name = "在用" if differs or one.after is None else "在用与草案"
    series = [Series(name, _whole(one.before), "pale" if differs else "accent")]
    series += [Series("草案", _whole(main))] if differs else []
    band = None
    if main.low != main.high:
        gap = (None,) * (len(main.known) - 1)
        band = ((*gap, main.spent, *main.low), (*gap, main.spent, *main.high))
    levels = [] if one.ceiling_before is None else [("年度额度", one.ceiling_before)]
    if one.ceiling_after is not None and one.ceiling_after != one.ceiling_before:
        levels = [*((f"在用{name}", fen) for name, fen in levels), ("草案年度额度", one.ceiling_after)]
    highest = max(main.end("high"), one.before.end())
    near = tuple((name, fen) for name, fen in levels if fen <= 4 * highest)
    return Line(
        words.to_year_end(one), words.how_forecast(one), labels, tuple(series), money, len(main.known), band, near
    ).svg()  # fmt: skip


def _whole(path: Path) -> tuple[int, ...]:
    return (*path.known, *path.middle)
