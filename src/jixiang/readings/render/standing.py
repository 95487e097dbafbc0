"""Where somebody stands under a policy: an explanation as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator

from jixiang.readings.explanation import ExplainedPlace, Explanation
from jixiang.readings.render.page import Block, Cell, Grid, Heading, Pairs, cell

ANSWERS = {"是": "✓ 符合", "否": "✗ 不符合", "不明": "? 还不清楚"}


def standing(found: Explanation) -> Iterator[Block]:
    """The result first, then each condition with what is missing, then the amount and what limits it."""
    period = f"，{found.period} 这一期" if found.period else ""
    yield Heading(f"现在的情况：{found.entity} {found.subject}{period}", 2)
    rows: list[tuple[str, Cell]] = [("结果", cell(found.line + ("，只差这一条" if found.near_miss else "")))]
    rows.append(("按哪一天", cell(f"决定日 {found.decision_date}，适用日 {found.effective_date or '不明'}")))
    if found.amount is not None:
        what = "要是符合" if found.outcome == "denied" else "金额"
        rows.append((what, cell("；".join((found.amount.text, *found.amount.steps)))))
    rows += [("还有", cell(doubt)) for doubt in found.doubts]
    yield Pairs(tuple(rows))
    if found.conditions:
        told = [(c.name, ANSWERS.get(c.answer, c.answer), "；".join(c.why), c.article) for c in found.conditions]
        yield Grid("逐条对照", ("条件", "符合吗", "差在哪里", "依据"), tuple(tuple(map(cell, row)) for row in told))
    if found.values:
        told_values = [(value.name, value.value, "；".join(value.missing)) for value in found.values]
        yield Grid(
            "算出来的数",
            ("名称", "是多少", "还缺什么"),
            tuple(tuple(map(cell, row)) for row in told_values),
            folded=True,
        )
    if found.places:
        held = [(p.rule, p.limit, _holders(p), p.article) for p in found.places]
        yield Grid("次数和择一", ("规定", "最多", "已经占了", "依据"), tuple(tuple(map(cell, row)) for row in held))


def _holders(place: ExplainedPlace) -> str:
    others = [f"别的受益人 {place.others} 项"] if place.others else []
    return "、".join([*place.holders, *others])
