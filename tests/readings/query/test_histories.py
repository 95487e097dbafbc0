"""Months as bits, over more years than one block holds: the plan says of everybody what the interpreter says from the rows.

Contributions over twelve years, twice in a month, of firms and kinds that are not known, not known to be settled; asked for by
trainings, whose firm and day may be missing too.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.agreement.both import verdict_differences
from tests.agreement.compiled import compiled
from tests.agreement.documents import Pack
from tests.agreement.town import VOCABULARY

from jixiang.engines.duckdb import DuckDB
from jixiang.language.typed import Rulebook
from jixiang.readings.run.request import Request
from jixiang.readings.run.small_world import offer_world
from jixiang.readings.run.verdicts import plan_of
from jixiang.readings.world import World
from jixiang.values.month import Month

FIRST, LAST, EDGE = Month.parse("2011-01"), Month.parse("2022-12"), Month.parse("2016-01")
TODAY = date(2022, 12, 31)
PERSONS, FIRMS, TRAININGS = 8, 3, 40
CONDITIONS = 20  # of one policy
LEAST = (1, 2, 7, 59, 60, 61, 100, 121)  # months; around the edges of blocks

DOCUMENT = """---
名称: 试验补贴
编号: P1
施行: 2010-01-01
---
# 试验补贴

## 第一条 规则

```规则
对象: 培训
适用日: 决定日
受益人: 学员
{conditions}
金额: 1 元
```
"""
ROWS = {
    "全部": "",
    "到账": "已到账",
    "未到账": "非 已到账",
    "甲类": "险种 为 甲类",
    "不是乙": "险种 不为 乙类 或 已到账",
    "此单位": "单位 为 机构",
    "此单位到账": "单位 为 机构 且 已到账",
}
SUMS = ("求和(学员.缴费.实缴 其中 {})", "求和(学员.缴费.差额 其中 {})", "平均(机构.账目.实缴 其中 {})")
YEARS = ("所属期.当年 为 {} 年度", "所属期.当年 为 {} 年度 且 已到账", "所属期.当年 为 {} 年度 且 险种 为 甲类")


def asked(low: Month, high: Month, year: int) -> list[str]:
    """Every kind of question, of every choice of rows, in every kind of window; each with what it must come to."""
    windows = (
        "", f"所属期 不早于 {low}", f"所属期 在 {low} 至 {high}", f"所属期 早于 {high}", "所属期 不晚于 开课日期.当月",
        "所属期 晚于 开课日期.上月", f"所属期 为 {EDGE}", f"所属期.当年 为 {year} 年度", "所属期.当年 为 开课日期.当年",
    )  # fmt: skip
    found = []
    for rows in ROWS.values():
        for window in windows:
            where = " 且 ".join(f"({part})" if "或" in part else part for part in (rows, window) if part)
            where = f" 其中 {where}" if where else ""
            found.append(f"存在(学员.缴费{where})")
            for name in ("去重计数", "最长连续"):
                found += [f"{name}(学员.缴费.所属期{where}) 不少于 {least} 个月" for least in LEAST]
    for where in YEARS:
        found += [f"{s.format(where.format(year))} 不低于 {yuan} 元" for s in SUMS for yuan in (0, 50, 100, 500)]
        found += [f"计数(学员.缴费 其中 {where.format(year)}) 不少于 {n}" for n in (1, 2, 12)]
    return found


def rulebook(texts: list[str]) -> Rulebook:
    listed = "\n".join(f"条件 问{n}: {text}" for n, text in enumerate(texts))
    made, problems = compiled(Pack({"p1.md": DOCUMENT.format(conditions=listed)}, ("P1",)))
    assert made is not None, [problem.message for problem in problems]
    return made


def world(dice: random.Random, *, full: bool = False) -> World:
    """`full`: somebody has every month but one at the edge of a block, and nothing is unknown."""
    made = World(VOCABULARY, cutoffs={"缴费": TODAY, "培训": TODAY})
    holes = 0.0 if full else dice.choice((0.0, 0.1, 0.3))

    def maybe(*values: object) -> object:
        return None if dice.random() < holes else dice.choice(values)

    firms = [f"单位{n}" for n in range(FIRMS)]
    for n, firm in enumerate(firms):
        made.put("单位", firm, 类型="abc"[n % 3])
    for n in range(PERSONS):
        made.put("人员", f"人{n}")
        for number, month in enumerate(_months(dice, n, full)):
            made.put(
                "缴费", f"缴{n}-{number}", 参保人=f"人{n}", 单位=maybe(*firms), 险种=maybe("a", "b", "c"), 所属期=month,
                已到账=maybe(True, True, True, False), 实缴=maybe(0, 5000, 10000), 差额=maybe(-5000, 0, 10000),
            )  # fmt: skip
    for n in range(TRAININGS):
        began = None if dice.random() < holes else date(2010, 6, 1) + timedelta(days=dice.randrange(13 * 365))
        made.put("培训", f"训{n:02d}", 学员=f"人{n % PERSONS}", 机构=maybe(*firms), 开课日期=began)
    return made


def _months(dice: random.Random, person: int, full: bool) -> list[Month]:
    """Stretches with gaps; some months twice, and for two people those at the edges."""
    every = [FIRST + n for n in range(144)]
    if person == 0:
        return [FIRST, LAST, EDGE, EDGE - 1, FIRST + 119, FIRST + 120, EDGE]
    if full:
        return [month for month in every if month != (FIRST, EDGE, EDGE - 1, FIRST + 120, LAST)[person % 5]]
    start, length = dice.randrange(144), dice.randrange(144)
    kept = [month for month in every[start : start + length] if dice.random() < 0.97]
    return [*kept, *dice.sample(kept, len(kept) // 8), *dice.sample(every, 3)]


WINDOWS = st.tuples(st.integers(-3, 150), st.integers(-3, 150), st.sampled_from((2011, 2015, 2016, 2020, 2021, 2022)))


@settings(max_examples=max(4, settings().max_examples // 25))
@given(seed=st.integers(0, 2**48), windows=WINDOWS, full=st.booleans())
def test_of_twelve_years_the_plan_says_what_the_interpreter_says(
    seed: int, windows: tuple[int, int, int], full: bool
) -> None:
    dice = random.Random(seed)
    low, high, year = windows
    texts = dice.sample(asked(FIRST + min(low, high), FIRST + max(low, high), year), CONDITIONS)
    assert not verdict_differences(rulebook(texts), world(dice, full=full), TODAY)


def test_of_the_edges_of_blocks() -> None:
    """Somebody with every month, and with all but one at an edge; asked for runs and numbers that reach across."""
    texts = [text for text in asked(EDGE - 1, FIRST + 120, 2016) if "最长连续" in text or "去重计数" in text]
    made, dice = world(random.Random(7), full=True), random.Random(8)
    assert not verdict_differences(rulebook(dice.sample(texts, CONDITIONS)), made, TODAY)


def test_such_questions_are_answered_from_months_and_from_three_blocks_of_them() -> None:
    made = world(random.Random(1))
    with DuckDB(threads=1) as engine:
        known = offer_world(engine, made)
    assert known.months["缴费"].blocks == 3
    cutoffs = {name: made.cutoff(name) for name in VOCABULARY.entities}
    for text in random.Random(2).sample(asked(EDGE, LAST, 2020), 60):
        plan = plan_of(Request(VOCABULARY, rulebook([text]), TODAY, ("P1",)), TODAY, cutoffs, known)
        names = {step.name for step in plan.steps}
        assert "months_contribution" in names, text
        assert not any("contributionb" in name or name.startswith("p0_x1_nb") for name in names), text
