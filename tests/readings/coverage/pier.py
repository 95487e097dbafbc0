"""A harbour with one more policy, of which five boats are each one condition short in another way."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tests.operations.harbour import CITY, known, voyage, write

from jixiang.values.month import Month

AS_OF = "2021-06-30"

POLICY = """---
名称: 老船补贴
编号: H3
性质: 演示
类别: 渔业
施行: 2019-01-01
资金: 渔业资金
---
# 老船补贴

## 第一条 谁可以享受

```规则
对象: 渔船
适用日: 下水日期
受益人: 船东
定义 出海月数: 去重计数(出海.月份 其中 守规 且 月份 不晚于 决定日.上月)
条件 满六十: 年龄(船东, 决定日) 不少于 60 周岁
条件 出海满月: 出海月数 不少于 5 个月
条件 满一年: 决定日 不早于 下水日期 加 12 个月
条件 不太旧: 决定日 不晚于 下水日期 加 24 个月
条件 拖网: 船型 为 拖网
金额: 100 元
```
"""

DEFINITION = """---
名称: 应查渔船
文种: 定义
性质: 演示
施行: 2019-01-01
---
```规则
定义 渔船.应查: 下水日期 不晚于 适用日 减 12 个月
定义 渔船.已查: 存在(出海 其中 守规 且 月份 在 适用日.上月 减 2 个月 至 适用日.上月)
定义 渔船.拖网船: 船型 为 拖网
定义 渔船.吨位: 功率 于 适用日
```
"""

NEEDS = """firm = "渔船"

[[need]]
title = "应查尽查"
entity = "渔船"
document = "应查渔船"
should = "应查"
served = "已查"
missing = "三个月没有守规出海"
reasons = ["拖网船"]
person = "船东"
"""

BREAKDOWNS = """[[breakdown]]
title = "本港"
entity = "渔民"
value = "本港户籍"

[[breakdown]]
title = "船型"
entity = "渔船"
value = "船型"
"""

# boat → owner's birth, launched on, months sailed up to May 2021, kind
BOATS: Mapping[str, tuple[date, date, Sequence[int], str]] = {
    "AGE": (date(1961, 9, 15), date(2020, 1, 10), range(1, 6), "1"),
    "CLASH": (date(1950, 1, 1), date(2019, 8, 20), range(4, 6), "1"),
    "KIND": (date(1950, 1, 1), date(2020, 1, 10), range(1, 6), "2"),
    "LATE": (date(1950, 1, 1), date(2019, 3, 1), range(1, 6), "1"),
    "MONTHS": (date(1950, 1, 1), date(2020, 1, 10), range(2, 5), "1"),
    "WELL": (date(1950, 1, 1), date(2020, 1, 10), range(1, 6), "1"),
    "YEAR": (date(1950, 1, 1), date(2020, 10, 31), range(1, 6), "1"),
}


def pack(folder: Path) -> Path:
    """The city pack, with what it wants reached."""
    city = folder / "city"
    shutil.copytree(CITY, city)
    (city / "policies" / "老船补贴.md").write_text(POLICY, encoding="utf-8")
    (city / "definitions" / "应查渔船.md").write_text(DEFINITION, encoding="utf-8")
    (city / "coverage.toml").write_text(NEEDS, encoding="utf-8")
    (city / "breakdowns.toml").write_text(BREAKDOWNS, encoding="utf-8")
    return city


def rows(months_more: int = 0) -> dict[str, list[dict[str, Any]]]:
    """What is known; with more months the boats sail on, one month after the other, and each is recorded the month after."""
    first = known("2020-01-05")
    found: dict[str, list[dict[str, Any]]] = {"fisher": [], "vessel": [], "voyage": []}
    for boat, (birth, launched, months, kind) in BOATS.items():
        owner = f"O-{boat}"
        found["fisher"].append({"fisher_id": owner, "birth_date": birth, "local": boat != "AGE", **first})
        vessel = {"vessel_id": boat, "owner_id": owner, "kind": kind, "launched_on": launched}
        found["vessel"].append({**vessel, **first})
        more = range(6, 6 + months_more)
        found["voyage"] += [voyage(boat, 202100 + month, 5, f"2021-{month + 1:02d}-01") for month in (*months, *more)]
    found["cutoff"] = [{"entity": "voyage", "covers_until": date(2021, 5, 31), **known("2021-06-01")}]
    if months_more:
        covered = Month.parse(f"2021-{5 + months_more:02d}").last_day
        found["cutoff"] += [{"entity": "voyage", "covers_until": covered, **known("2021-06-02", 2)}]
    return found


def facts(folder: Path, months_more: int = 0) -> Path:
    return write(folder, rows(months_more))
