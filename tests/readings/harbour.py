"""A harbour of three documents, made anew for each test: what a case of a document needs to be run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jixiang.language.city import City, load_city
from jixiang.readings.cases import Report, Runner, run_city

VOCABULARY = Path(__file__).parents[1] / "cities" / "tiny" / "vocabulary.md"

GRANT = """---
名称: 出海补贴
编号: T1
性质: 演示
类别: 渔业
施行: 2020-01-01
资金: 渔港
---
# 出海补贴

## 第一条 条件

```规则
对象: 出海 其中 航次 不少于 1 次
适用日: 月份.末日
受益人: 船长
参数 最少航次: 3 次; 自 2021-01-01 起 5 次
定义 上船人数: 计数(船员)
条件 航次够: 航次 不少于 最少航次
条件 没有违规: 守规
条件 老船: 渔船.下水日期 早于 2010-01-01
条件 人手够: 上船人数 不少于 2
```

## 第二条 标准

```规则
金额: 油费 × 50 %
上限 每月一次: 每 渔民 每月 最多 1 次
上限 一年限额: 每 渔民 每年 最多 1000 元
```

"""

RULE = "|---"


def table(kind: str, heading: str, *rows: str) -> str:
    """A block: `table("案例", "案例, 决定日", "甲, 2021-06-30")`."""
    lines = [heading, *rows]
    cells = [[cell.strip() for cell in line.split(",")] for line in lines]
    marked = ["| " + " | ".join(row) + " |" for row in cells]
    return "\n".join([f"```{kind}", marked[0], RULE * len(cells[0]) + "|", *marked[1:], "```", ""]) + "\n"


def harbour(folder: Path, *documents: str) -> City:
    """The city of these documents; none of them may be wrong."""
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "vocabulary.md").write_text(VOCABULARY.read_text(encoding="utf-8"), encoding="utf-8")
    for number, text in enumerate(documents):
        (folder / "policies" / f"{number}.md").write_text(text, encoding="utf-8")
    city = load_city(folder)
    assert not city.errors, city.errors
    return city


def report(folder: Path, *documents: str, run_engine: Runner | None = None) -> Report:
    return run_city(harbour(folder, *documents), run_engine)


def said(found: Report, severity: str = "error") -> list[str]:
    return [problem.message for problem in found.problems if problem.severity == severity]


def counts(found: Report) -> Sequence[tuple[int, int]]:
    return list(found.files.values())
