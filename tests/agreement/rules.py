"""Random 上限, 互斥 and 先高后低 over several policies, each stated in one of them; and the documents with them in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.agreement.phrases import Phrases

MOST = {
    "次数": ("1 次", "1 次", "2 次", "0 次", "3"),
    "金额": ("200 元", "300.5 元", "0.5 元"),
    "月数": ("1 个月", "2 个月"),
}
Text = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Member:
    """A policy: its newest text, an older one perhaps, and the front matter of both."""

    code: str
    name: str
    kind: str
    entity: str
    each: str
    newest: Text
    older: Text | None
    fronts: tuple[dict[str, str], dict[str, str] | None]

    def texts(self, stated: Sequence[str]) -> Iterator[tuple[str, str]]:
        """File name and text of each version. Rules stand in the newest, and sometimes in the older one as well."""
        handed = ()
        if self.older is not None and self.fronts[1] is not None:
            yield f"{self.code}-旧", _document(self.fronts[1], self.name, self.older, [])
            handed = (f"过渡: 标志 仍按《{self.name}（旧）》",) if "定义 标志" in "\n".join(self.newest[0]) else ()
        yield self.code, _document(self.fronts[0], self.name, self.newest, [*stated, *handed])


def _document(front: dict[str, str], name: str, text: Text, more: Sequence[str]) -> str:
    lines, tables = text
    head = ["---", *(f"{key}: {value}" for key, value in front.items() if value), "---", f"# {name}", ""]
    return "\n".join([*head, *tables, "## 第一条 规则", "", "```规则", *lines, *more, "```", ""])


def rules_of(phrases: Phrases, members: Sequence[Member]) -> dict[str, list[str]]:
    """Policy code → the rules that its newest text states."""
    stated: dict[str, list[str]] = defaultdict(list)
    pick = phrases.one(("", "", ", 先到先得", ", 高额优先"))
    seen = set()
    for number in range(phrases.one((1, 2, 3, 0))):
        by = phrases.one(members)
        others = [m for m in members if m is not by and not phrases.chance(3)]
        rule = _rule(phrases, by, others, "甲乙丙丁"[number], pick)
        said = (
            frozenset({by.code, *(m.code for m in others)}),
            rule.partition(":")[0][:2],
            rule.partition("每 ")[2].partition(",")[0],
        )
        if (said[0], said[1], said[2].partition(" 最多")[0]) not in seen:
            seen.add((said[0], said[1], said[2].partition(" 最多")[0]))
            stated[by.code].append(rule)
    return stated


def _rule(phrases: Phrases, by: Member, others: Sequence[Member], letter: str, pick: str) -> str:
    names = "".join(f"《{m.name}》" for m in others)
    keys = "、".join(phrases.one((("受益人",), ("钥甲",), ("受益人", "钥甲"))))
    kinds = ["次数", "次数", "金额"]
    if all(m.each for m in (by, *others)):
        kinds.append("月数")
    if others:
        kinds += ["互斥"] * 3
    kinds.append("先高后低")
    kind = phrases.one(kinds)
    name = f" 限{letter}" if phrases.chance(2) else ""
    together = f"与{names}合计 " if names else ""
    if kind == "先高后低":
        return f"先高后低{name}: {together}每 {keys} 比 高低"
    per = phrases.one(("", " 每年", " 每月", " 2 年内", " 3 个月内", " 40 天内"))
    if kind == "互斥":
        top_up = ", 就高补差" if "受益人" in keys and phrases.chance(2) else pick
        return f"互斥{name}: 与{names} 每 {keys}{per if '内' not in per else ''} 只享其一{top_up}"
    most = phrases.one(MOST[kind])
    when = phrases.one(("", "", " 当 标志", " 当 适用日 早于 2020-12-31"))
    top_up = ", 就高补差" if kind == "次数" and most == "1 次" and "受益人" in keys and phrases.chance(2) else pick
    return f"上限{name}: {together}每 {keys}{per} 最多 {most}{when}{top_up}"
