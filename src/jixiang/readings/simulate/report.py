"""A simulation as a page in Markdown: the answer first, then who, how much, when, and how it was reckoned."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from jixiang.readings.simulate import words
from jixiang.readings.simulate.sheets import WAYS_SHOWN, Cell, Sheet, sheets
from jixiang.readings.simulate.words import Simulation
from jixiang.values.money import Money

SECTIONS = {
    "改了什么": "改了什么",
    "得失": "谁得谁失",
    "政策": "按政策",
    "怎样变的": "决定怎样变的",
    "生效以前": "生效以前",
    "月份": "按月份",
    "适用月份": "按适用月份",
    "资金": "按资金",
}


def page(found: Simulation, charts: Collection[str]) -> str:
    """The page; `charts`: the names of those that lie in the folder charts beside it."""
    return "\n".join(_lines(found, charts)) + "\n"


def _lines(found: Simulation, charts: Collection[str]) -> Iterator[str]:
    yield f"# 测算:{found.title}"
    yield ""
    yield f"**{words.headline(found)}**"
    yield ""
    for one in found.forecasts:
        yield f"- {words.to_year_end(one)}。"
    yield f"- {words.reform(found)}"
    yield f"- 决定日 {found.as_of},{found.city}。"
    for sheet in sheets(found):
        yield ""
        yield f"## {SECTIONS.get(sheet.name, _section(sheet))}"
        yield ""
        yield f"{sheet.title}。"
        if sheet.name in charts:
            yield ""
            yield f"![{sheet.title}]({_address(sheet.name)})"
        yield from _table(sheet)
        if sheet.note:
            yield ""
            yield sheet.note
    yield from _how(found)


def _section(sheet: Sheet) -> str:
    return f"到年底:{sheet.name.removeprefix('预测 ')}" if sheet.chart == "line" else f"按{sheet.name}"


def _address(name: str) -> str:
    return f"charts/{name.replace(' ', '-')}.svg"


def _table(sheet: Sheet) -> Iterator[str]:
    if not sheet.rows:
        return
    yield ""
    right = [n for n in range(len(sheet.heads)) if any(isinstance(row[n], int) for row in sheet.rows)]
    yield f"| {' | '.join(sheet.heads)} |"
    yield "|" + "".join("---:|" if n in right else "---|" for n in range(len(sheet.heads)))
    shown = list(_shown(sheet))
    for row in shown:
        yield f"| {' | '.join(cell(value, money=n in sheet.money) for n, value in enumerate(row))} |"
    if len(shown) < len(sheet.rows):
        yield ""
        yield f"另有 {len(sheet.rows) - len(shown)} 种,在工作簿里。"


def _shown(sheet: Sheet) -> Iterator[tuple[Cell, ...]]:
    """Of the ways in which decisions changed the most frequent of each policy."""
    seen: dict[Cell, int] = {}
    for row in sheet.rows:
        seen[row[0]] = seen.get(row[0], 0) + 1
        if sheet.name != "怎样变的" or seen[row[0]] <= WAYS_SHOWN:
            yield row


def cell(value: Cell, *, money: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return str(Money(value)).removesuffix(" 元") if money else f"{value:,}"
    return value.replace("|", "\\|")


def _how(found: Simulation) -> Iterator[str]:
    yield ""
    yield "## 怎样算的"
    yield ""
    if found.touched:
        touched = "、".join(f"《{found.names.get(code, code)}》" for code in found.touched)
        yield f"- 草案改动了{touched}的含义。"
    else:
        yield "- 草案没有改动任何政策的含义,只改了资金的额度。"
    others = [code for code in found.drafted if code not in found.touched]
    if others and found.touched:
        listed = "、".join(f"《{found.names.get(code, code)}》" for code in others)
        yield f"- 与它们共用上限或互斥的{listed}一起排队,判断沿用在用一边的。"
    other = "只为了算资金的支出,决定了一次,两边相同" if found.forecasts else "没有运行"
    yield f"- 其余政策不受影响,{other}。"
    if found.taken is not None:
        yield "- 在用一边取自一次以前的运行(事实、文件、决定日、已有的享受都相同),没有重算。"
    yield "- 两边用同一份事实、同样的已有享受,由决定全市的同一个引擎决定。"
    yield f"- {words.how_months(found)}"
    yield "- 两边都当作资金够用:候补的也算享受。额度只用来比较和预测。"
    yield "- 逐件的名单:用 jixiang compare 比较 before 和 after,加 --csv 写成表格。"
    yield "- 没有人因为政策改变而改变自己的行为:不会有人为了补贴多去考证。"
