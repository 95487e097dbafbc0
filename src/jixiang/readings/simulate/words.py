"""How a simulation speaks: money in the unit in which people say it, and its answers as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jixiang.readings.simulate.compared import Compared, Line
from jixiang.readings.simulate.forecast import Forecast
from jixiang.readings.simulate.scenario import Change

WAN, YI = 1_000_000, 10_000_000_000  # fen


@dataclass(frozen=True)
class Simulation:
    """All that a simulation has found. `names`: policy code → name. `changed`: the scenario's lines, or the draft's documents.
    `groups`: title of a breakdown → what must be known to read it. `taken`: the side in force was decided before, by that run."""

    title: str
    city: str
    as_of: date
    dates: tuple[date, ...]
    since: date | None
    changed: tuple[Change, ...]
    documents: tuple[str, ...]
    touched: tuple[str, ...]
    drafted: tuple[str, ...]
    names: Mapping[str, str]
    compared: Compared
    forecasts: tuple[Forecast, ...]
    groups: Mapping[str, str]
    taken: Path | None = None

    def called(self, code: str) -> str:
        return f"{code} {self.names.get(code, '')}".strip()


def money(fen: int) -> str:
    """1,234 元, 12.3 万元, 4.56 亿元: rounded half up, for sentences and charts. Tables have every fen."""
    sign, size = "-" if fen < 0 else "", abs(fen)
    if size >= YI:
        return f"{sign}{_decimal(size, YI, 2)} 亿元"
    if size >= WAN:
        return f"{sign}{_decimal(size, WAN, 1)} 万元"
    return f"{sign}{_decimal(size, 100, 0)} 元"


def _decimal(size: int, unit: int, digits: int) -> str:
    tens = 10**digits
    whole, rest = divmod((2 * size * tens + unit) // (2 * unit), tens)
    shown = f"{rest:0{digits}d}".rstrip("0") if digits else ""
    return f"{whole:,}" + (f".{shown}" if shown else "")


def more(fen: int) -> str:
    """多花 3 万元, 少花 3 万元, 花费不变"""
    return "花费不变" if fen == 0 else f"{'多' if fen > 0 else '少'}花 {money(abs(fen))}"


def headline(found: Simulation) -> str:
    """The answer in one sentence."""
    total = found.compared.total
    gaining, losing = (sum(getattr(one, name) for one in found.compared.people) for name in ("gaining", "losing"))
    if not gaining and not losing and not total.fen:
        return "草案与在用的办法相比,没有人多得或少得。"
    said = [f"{gaining:,} 个人和单位多得" if gaining else "", f"{losing:,} 个人和单位少得" if losing else ""]
    return f"草案比在用的办法{more(total.fen)}:{'、'.join(part for part in said if part) or '没有人多得或少得'}。"


def by_policy(found: Simulation) -> str:
    lines = sorted((line for line in found.compared.policies if line.fen), key=lambda line: (-abs(line.fen), line.name))
    if not lines:
        return "各项政策的花费都不变"
    said = "、".join(f"《{found.names.get(line.name[0], line.name[0])}》{more(line.fen)}" for line in lines[:2])
    return said + (f",另有 {len(lines) - 2} 项也变了" if len(lines) > 2 else "")


def by_month(lines: Iterable[Line]) -> str:
    changed = [line for line in lines if line.fen]
    if not changed:
        return "各月的花费都不变"
    most = max(changed, key=lambda line: abs(line.fen))
    when = f"{changed[0].name[0]} 起变化" if len(changed) > 1 else "只有一个月变化"
    return f"{when},变化最大的是 {most.name[0]}:{more(most.fen)}"


def by_group(title: str, lines: Iterable[Line]) -> str:
    changed = sorted((line for line in lines if line.fen), key=lambda line: (-abs(line.fen), line.name))
    if not changed:
        return f"按{title}看,各组所得都不变"
    first = changed[0]
    said = f"{'多' if first.fen > 0 else '少'}得 {money(abs(first.fen))}"
    against = next((line for line in changed if (line.fen > 0) != (first.fen > 0)), None)
    also = (
        "" if against is None else f";{against.name[0]}{'多' if against.fen > 0 else '少'}得 {money(abs(against.fen))}"
    )
    return f"按{title}看,变化最大的是{first.name[0]}:{said}{also}"


def group_note(entities: Sequence[str], *, several: bool) -> str:
    """Who is counted in a breakdown, and how often."""
    said = f"按适用日那一天的情况分组,只算受益人是{'、'.join(entities)}的。"
    return said + ("一个人可以同时算进几组,各组加起来多于全部。" if several else "")


def to_year_end(one: Forecast) -> str:
    """When the fund's money is gone, or what is left."""
    path, ceiling = (one.after, one.ceiling_after) if one.after is not None else (one.before, one.ceiling_before)
    side = _side(one)
    if not path.known:
        return f"{one.fund}今年还没有一个完整的月,没有预测"
    if ceiling is None:
        return (
            f"{side},{one.fund}到年底预计支出 {_range(path.end('low'), path.end(), path.end('high'))};没有年度额度可比"
        )
    middle, early = path.crosses(ceiling), path.crosses(ceiling, "high")
    if middle is None and early is None:
        return f"{side},{one.fund}到年底预计还剩 {_range(ceiling - path.end('high'), ceiling - path.end(), ceiling - path.end('low'))}"
    if middle is None:
        return f"{side},{one.fund}到年底预计还剩 {money(ceiling - path.end())},但最早 {early} 月可能用完"
    if middle <= len(path.known):
        return f"{side},{one.fund} {middle} 月已经超过年度额度 {money(ceiling)}"
    soonest = "" if early == middle or early is None else f",最早 {early} 月"
    return f"{side},{one.fund}的年度额度 {money(ceiling)} 预计 {middle} 月用完{soonest}"


def _side(one: Forecast) -> str:
    if one.ceiling_before != one.ceiling_after and None not in (one.ceiling_before, one.ceiling_after):
        return f"额度从 {money(one.ceiling_before or 0)} 改为 {money(one.ceiling_after or 0)},按草案"
    if one.after is None:
        return "按在用的办法"
    return "两边一样" if one.after == one.before and one.ceiling_before == one.ceiling_after else "按草案"


def _range(low: int, middle: int, high: int) -> str:
    return money(middle) if low == high else f"{money(middle)}({money(low)} 至 {money(high)})"


def how_forecast(one: Forecast) -> str:
    """On what the forecast rests."""
    if not one.before.known:
        return f"{one.year} 年还没有过完一个月,不作预测。"
    known = len(one.before.known)
    if one.years:
        years = "、".join(f"{year}" for year in one.years)
        said = (
            f"1 至 {known} 月是算出来的;以后各月按 {years} 年同期占全年的比例推算,带子是各年中最低到最高,线是中位数。"
        )
        said += "只有一年可比,所以带子与线重合。" if len(one.years) == 1 else ""
    else:
        said = f"1 至 {known} 月是算出来的;没有完整的往年可比,以后各月按今年已过各月的中位数推算,最少按最少的一个月,最多按平均。"
    if one.after is None:
        return said + "改动还没有开始,它以后多花多少看不出来,所以只推算在用的办法。"
    return said + "草案一边,以后每月比在用多(少)花的,按改动开始以来每月的平均。"


def reform(found: Simulation) -> str:
    """What the check of the past says."""
    if found.since is None:
        return "改动没有写从哪一天起(或是改了已经施行的文件),会追到从前,所以不核对生效以前的决定。"
    count = found.compared.early_count
    if count:
        return f"改动自 {found.since} 起,但有 {count:,} 件适用日和决定日都在这以前的决定变了:这份草案追溯了从前。"
    return f"改动自 {found.since} 起;适用日和决定日都在这以前的决定,两边逐件相同。"


def how_months(found: Simulation) -> str:
    if not found.compared.by_decision:
        return (
            f"只在 {found.as_of} 决定一次。各月的数按适用日归月,就是“为哪个月的事花的”,不是哪个月付的;"
            "要看哪个月花出去,用 --from 逐月运行。"
        )
    if len(found.dates) == 1:
        return f"两边都接着以前的运行,在 {found.as_of} 决定一次;各月的数按决定日归月,就是“哪个月花出去的”。"
    return (
        f"从 {found.dates[0]} 到 {found.as_of} 逐月运行 {len(found.dates)} 次,每次在上一次的基础上,用的都是今天知道的事实;"
        "各月的数按决定日归月,就是“哪个月花出去的”,第一个月含以前积下的。"
    )
