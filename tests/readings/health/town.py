"""A town of certificates and trainings, made anew for each test, and its facts as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jixiang.engines.duckdb import DuckDB
from jixiang.language.city import City, load_city
from jixiang.readings.cases import Report, run_city
from jixiang.readings.health import Finding, Health, Known, check_health, count
from jixiang.readings.offering import offer_facts
from jixiang.tables.schema import fact_tables
from jixiang.tables.store import FactStore

TODAY = date(2021, 6, 30)
VOCABULARY = """---
名称: 小镇词汇
文种: 词汇
---
# 小镇词汇

## 人员 person
主键: 人员编号 person_id

| 属性     | 列         | 类型                     | 说明 |
|----------|------------|--------------------------|------|
| 出生日期 | birth_date | 日期, 1900-01-01 至 今日 |      |
| 本地     | local      | 是否                     |      |

## 证书 certificate
主键: 证书编号 certificate_id

| 属性     | 列        | 类型                    | 说明 |
|----------|-----------|-------------------------|------|
| 持证人   | person_id | → 人员, 反向 证书, 必填 |      |
| 等级     | level     | 编码 等级               |      |
| 职业     | trade     | 编码 职业               |      |
| 发证日期 | issued_on | 日期                    |      |
| 成绩     | score     | 整数 分, 0 至 100       |      |
| 结余     | balance   | 金额, 可为负            |      |
| 有效     | valid     | 是否                    |      |

## 缴费 contribution
主键: 缴费编号 contribution_id

| 属性   | 列        | 类型                    | 说明 |
|--------|-----------|-------------------------|------|
| 参保人 | person_id | → 人员, 反向 缴费, 必填 |      |
| 所属期 | month     | 月份, 必填              |      |
| 已到账 | settled   | 是否                    |      |

## 培训 training
主键: 培训编号 training_id

| 属性     | 列             | 类型                    | 说明 |
|----------|----------------|-------------------------|------|
| 学员     | person_id      | → 人员, 反向 培训, 必填 |      |
| 课程     | course         | 文本                    |      |
| 职业     | trade          | 编码 职业               |      |
| 等级     | level          | 编码 等级               |      |
| 课时     | hours          | 整数 课时, 0 以上       |      |
| 结束日期 | ended_on       | 日期                    |      |
| 证书     | certificate_id | → 证书                  |      |

## 编码 等级 level, 由低到高

| 编码 | 名称 |
|------|------|
| 5    | 五级 |
| 4    | 四级 |
| 3    | 三级 |

## 编码 职业 trade

| 编码 | 名称 |
|------|------|
| 1    | 车工 |
| 2    | 焊工 |
"""
CONDITIONS = "条件 有本事: 成绩 不少于 60 分"
STANDARD = """表:标准 按 等级

| 自         | 等级 | 标准   |
|------------|------|--------|
| 2020-01-01 | 五级 | 1000元 |
| 2020-01-01 | 四级 | 1200元 |
| 2020-01-01 | 三级 | 1500元 |
"""


def document(
    code: str = "T1", name: str = "证书奖", conditions: str = CONDITIONS, amount: str = "标准[等级]",
    tables: str = STANDARD, subject: str = "证书", day: str = "发证日期", receives: str = "持证人", more: str = "",
    front: str = "施行: 2020-01-01", after: str = "",
) -> str:  # fmt: skip
    """A policy document that says just this."""
    return f"""---
名称: {name}
编号: {code}
性质: 演示
类别: 奖
{front}
---
# {name}

## 第一条 对象

```规则
对象: {subject}
适用日: {day}
受益人: {receives}
```

## 第二条 条件

```规则
{conditions}
```

## 第三条 标准

{tables}

```规则
金额: {amount}
{more}
```

{after}
"""


def explained(kind: str, about: str) -> str:
    return f"```释明\n| 体检 | 对象 | 说明 |\n|---|---|---|\n| {kind} | {about} | 本来如此 |\n```\n"


def town(folder: Path, *documents: str) -> City:
    """The town of these documents; none of them may be wrong."""
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "vocabulary.md").write_text(VOCABULARY, encoding="utf-8")
    for number, text in enumerate(documents):
        (folder / "policies" / f"{number}.md").write_text(text, encoding="utf-8")
    return loaded(folder)


def loaded(folder: Path) -> City:
    city = load_city(folder)
    assert not city.errors, city.errors
    return city


def checked(city: City, as_of: date = TODAY, codes: Sequence[str] | None = None) -> Health:
    assert city.rulebook is not None
    return check_health(city, city.rulebook, as_of, codes)


def found(city: City, as_of: date = TODAY, codes: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """What kind, and about what."""
    return [(one.kind, one.about) for one in checked(city, as_of, codes).findings]


def the_only(city: City, kind: str, codes: Sequence[str] | None = None) -> Finding:
    """The one finding that there is; of this kind, confirmed."""
    (one,) = checked(city, codes=codes).findings
    assert (one.kind, one.standing) == (kind, "确认")
    return one


def pasted(city: City, finding: Finding) -> Report:
    """What the cases say once each example is pasted into its document."""
    for example in finding.examples:
        file = next(file for file, scope in city.scopes.items() if scope.front.label == example.document)
        path = city.folder / file
        text = path.read_text(encoding="utf-8")
        path.write_text(f"{text}\n## 体检\n\n{example.block}\n", encoding="utf-8")
    return run_city(loaded(city.folder), None)  # type: ignore[arg-type]


def counted(city: City, folder: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Health:
    """The check with the number of subjects in these facts."""
    health = checked(city)
    store = written(folder, rows)
    assert city.rulebook is not None
    with DuckDB() as engine:
        offered = offer_facts(engine, city.vocabulary, store)
        cutoffs = dict.fromkeys(city.vocabulary.entities)
        known = Known(TODAY, cutoffs, offered)
        return Health(tuple(count(engine, city.vocabulary, city.rulebook, health.findings, known)))


def written(folder: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> FactStore:
    for name, table in fact_tables(loaded(folder.parent).vocabulary).items():
        path = folder / name / "0.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows.get(name, ())], schema=table.schema), path)
    return FactStore(folder)
