"""Whom a change concerns, one kind of change at a time; and that the run misses somebody if any of it is left out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from tests.agreement.building_faults import (
    conditions_are_not_read,
    extracts_never_reach_further,
    limits_are_not_read,
    one_column_is_enough,
    pasts_are_not_looked_at,
    texts_never_change,
    the_city_concerns_nobody,
    who_has_is_left_out,
    who_refers_is_left_out,
    whose_it_was_is_left_out,
)
from tests.agreement.compiled import compiled
from tests.agreement.documents import Pack
from tests.agreement.histories import Life
from tests.agreement.storage import append_recorded
from tests.agreement.town import VOCABULARY
from tests.agreement.twice import Twice, decided, live_twice

from jixiang.language.typed import Rulebook
from jixiang.readings.run import before
from jixiang.readings.run.request import Request
from jixiang.readings.run.verdicts import Again
from jixiang.readings.world import World
from jixiang.tables.snapshot import hash_folder
from jixiang.values.month import Month

JULY = Month.parse("2020-07")
FEBRUARY, JUNE = date(2021, 2, 28), date(2021, 6, 30)
ALL = None  # everybody is judged again

TEXT = """---
名称: 试验补贴
编号: P1
施行: 2020-01-01
---
# 试验补贴

## 第一条 规则

```规则
对象: 证书
适用日: 发证日期
受益人: 持证人
条件 年轻: 持证人.出生日期 晚于 1970-01-01
条件 东区: 持证人.区县 于 发证日期 为 东区
条件 缴费: 计数(持证人.缴费 其中 已到账) 不少于 1
条件 无欠: 计数(持证人.缴费 其中 非 已到账) 少于 1
条件 甲类: 存在(持证人.培训 其中 机构.类型 为 甲类)
金额: 较小(费用, 全市.封顶)
上限 一组一次: 每 受益人、编组 最多 1 次
```
"""


def town() -> World:
    """Four people, each with a training at a firm of their own, a contribution and a certificate; the fourth paid nothing."""
    world = World(VOCABULARY)
    world.put("全市", "无锡", 封顶=100000)
    for n in range(1, 5):
        world.put("人员", f"人{n}", 出生日期=date(1990, 1, n), 区县="01")
        world.put("单位", f"厂{n}", 类型="a")
        world.put("培训", f"训{n}", 学员=f"人{n}", 机构=f"厂{n}", 开课日期=date(2020, 3, 31))
        world.put("证书", f"证{n}", 持证人=f"人{n}", 发证日期=date(2020, 12, 31), 费用=20000, 编组="红", 有效=True)
        if n < 4:
            world.put("缴费", f"缴{n}", 参保人=f"人{n}", 所属期=Month.parse("2020-06"), 实缴=100, 已到账=True)
    world.put("证书", "证5", 持证人="人1", 发证日期=date(2020, 12, 31), 费用=100, 编组="蓝", 有效=True)
    world.cutoffs = {"缴费": date(2021, 2, 28), "培训": date(2021, 2, 28)}
    return world


@dataclass(frozen=True)
class Example:
    """`again`: how many certificates are judged again in February. `fault`: what leaves them out; none where leaving out more
    is no mistake."""

    name: str
    change: Callable[[World], None]
    again: int | None
    fault: Callable[[pytest.MonkeyPatch], None] | None = None


def put(entity: str, key: str, **attributes: object) -> Callable[[World], None]:
    return lambda world: world.put(entity, key, **attributes)  # type: ignore[arg-type]


def gone(entity: str, key: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        del world.rows[entity][key]

    return change


def extracted(entity: str, until: date) -> Callable[[World], None]:
    return lambda world: world.cutoffs.update({entity: until})


EXAMPLES = (
    Example("nothing", lambda world: None, 0),
    Example("a person's birthday concerns his certificates", put("人员", "人1", 出生日期=date(1960, 1, 1)), 2, who_refers_is_left_out),
    Example("what no text looks at concerns nobody", put("人员", "人1", 退役=True), 0),
    Example("where he lives does", put("人员", "人1", 区县="02"), 2, pasts_are_not_looked_at),
    Example("a firm's kind concerns its people", put("单位", "厂1", 类型="b"), 2, who_refers_is_left_out),
    Example("a firm that is gone does", gone("单位", "厂2"), 1, who_refers_is_left_out),
    Example("a contribution that comes late does", put("缴费", "缴4", 参保人="人4", 所属期=JULY, 已到账=True), 1, who_has_is_left_out),
    Example("one that is taken back does", gone("缴费", "缴3"), 1, whose_it_was_is_left_out),
    Example("one that was another's concerns both", put("缴费", "缴3", 参保人="人4"), 2, whose_it_was_is_left_out),
    Example("a certificate that changed hands is judged again", put("证书", "证2", 持证人="人4"), 1, one_column_is_enough),
    Example("a certificate that comes late is judged", put("证书", "证6", 持证人="人2", 发证日期=date(2020, 12, 31), 费用=5, 编组="蓝"), 1),
    Example("one that is taken back is judged no more", gone("证书", "证5"), 1),
    Example("its group matters to a limit alone", put("证书", "证5", 编组="红"), 1, limits_are_not_read),
    Example("one column is enough", put("证书", "证5", 费用=300), 1),
    Example("the city's ceiling concerns everybody", put("全市", "无锡", 封顶=5000), ALL, the_city_concerns_nobody),
    Example("an extract that reaches beyond the day does not matter", extracted("缴费", JUNE), 0),
    Example("one that reached less far does", extracted("缴费", date(2020, 6, 30)), ALL, extracts_never_reach_further),
    Example("so does what only a condition counts", gone("培训", "训2"), 1, conditions_are_not_read),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(before, "SHARE", 0)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.name)
def test_whom_a_change_concerns(example: Example, tmp_path: Path):
    twice = changed(example, tmp_path)
    assert twice.building == twice.whole
    assert [one.subjects for one in twice.again if one.day == FEBRUARY] == [example.again]


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.fault], ids=lambda one: one.name)
def test_the_run_misses_somebody_who_is_left_out(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert example.fault is not None
    with monkeypatch.context() as planted:
        example.fault(planted)
        twice = changed(example, tmp_path)
    assert twice.building != twice.whole


def test_other_texts_are_judged_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    texts = [rulebook(TEXT), rulebook(TEXT.replace("不少于 1\n", "不少于 0\n"))]
    twice = changed(EXAMPLES[0], tmp_path / "right", texts)
    assert twice.building == twice.whole and [one.subjects for one in twice.again] == [ALL]
    texts_never_change(monkeypatch)
    wrong = changed(EXAMPLES[0], tmp_path / "wrong", texts)
    assert wrong.building != wrong.whole


def damaged(kept: Path) -> None:
    file = next(kept.rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-1] + b"?")


def of_another_run(kept: Path) -> None:
    index = kept / "index.json"
    index.write_text(index.read_text().replace('"run": "', '"run": "0'))


@pytest.mark.parametrize("spoil", [damaged, of_another_run, shutil.rmtree])
def test_what_was_kept_and_does_not_fit_is_not_taken(spoil: Callable[[Path], None], tmp_path: Path):
    runs = live_twice([rulebook(TEXT)], Life((FEBRUARY, JUNE), (town(), town()), None), tmp_path, appended=True)
    next(runs)
    standing = hash_folder(tmp_path / "building0")
    spoil(tmp_path / "building0" / "_verdicts")
    assert hash_folder(tmp_path / "building0") == standing
    twice = next(runs)
    assert twice.building == twice.whole and {one.subjects for one in twice.again} == {ALL}


def test_a_run_of_the_same_day_builds_on_it(tmp_path: Path):
    facts = append_recorded(tmp_path / "facts", 0, JUNE, None, town())
    first = Request(VOCABULARY, rulebook(TEXT), JUNE, ("P1",))
    decided(first, facts, tmp_path / "first", whole=False, again=[])
    again: list[Again] = []
    second = replace(first, standing=tmp_path / "first")
    building = decided(second, facts, tmp_path / "second", whole=False, again=again)
    assert again == [Again(JUNE, "P1", 0)]
    assert building == decided(second, facts, tmp_path / "whole", whole=True, again=[])


def test_what_was_kept_is_handed_on_without_being_written_again(tmp_path: Path):
    list(live_twice([rulebook(TEXT)], Life((FEBRUARY, JUNE), (town(), town()), None), tmp_path, appended=True))
    first, second = (tmp_path / f"building{n}" / "_verdicts" / "20210228" / "P1-0.parquet" for n in (0, 1))
    assert first.samefile(second)


def changed(example: Example, folder: Path, rulebooks: list[Rulebook] | None = None) -> Twice:
    """The run of June, after a change, on top of that of February."""
    world = town()
    example.change(world)
    life = Life((FEBRUARY, JUNE), (town(), world), None)
    _, twice = live_twice(rulebooks or [rulebook(TEXT)], life, folder, appended=True)
    return twice


def rulebook(text: str) -> Rulebook:
    found, problems = compiled(Pack({"policies/P1.md": text}, ("P1",)))
    assert found is not None, problems
    return found
