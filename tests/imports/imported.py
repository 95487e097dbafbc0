"""Reports to look at: an act in which much went wrong, and one in which nothing did."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from tests.tables.small import CONTRIBUTION

from jixiang.imports.quality import FileTally, MissingTally, compare, freshness, missing_rates
from jixiang.imports.report import ActCounts, FileCounts, Found, Report, TableCounts
from jixiang.values.month import Month

RECEIVED = datetime(2021, 7, 2, 9, 30)


def act(month: int, accepted: int, late: int) -> ActCounts:
    missing = {"身份证号码": 0, "到账日期": late, "减免金额": accepted * 9 // 10}
    day = date(2021, month, 28)
    return ActCounts(
        "contributions", "nothing", day, RECEIVED, accepted + 40, 30, 10, {"金保": accepted}, missing, accepted
    )  # fmt: skip


EARLIER = tuple(act(month, 880_000 + month * 1000, 9000) for month in range(1, 6))
NOW = act(6, 540_000, 120_000)


def files() -> tuple[FileCounts, ...]:
    town = FileTally("缴费_江阴.csv", "金保")
    town.rows(accepted=300_000, refused=25, ignored=12)
    for code, count, line in (("number-check", 22, 1204), ("month-form", 5, 90_021), ("row-duplicate", 12, 4500)):
        town.says(code, count, line)
    town.says("number-tidied", 310, 8)
    other = FileTally("缴费[宜兴].xlsx", "金保")
    other.rows(accepted=240_000, refused=6, ignored=2)
    for code, count, line in (("number-check", 6, 12), ("row-totals", 1, 0), ("row-blank", 1, 240_007)):
        other.says(code, count, line)
    known, old = FileTally("缴费_五月.csv", "金保", fault="file-known"), FileTally("旧.xls", "", fault="file-old-excel")
    return tuple(tally.counts() for tally in (town, other, known, old))


KEY = "PABCDEFGHIJKLMNOP/91329999000000013K/210/202106"
FOUND = (
    Found(
        "after_death", "死亡后仍有缴费", "所属期在死亡当月之后", "缴费", 37, (KEY, KEY + "/2"), ("死亡 2021-02-11", "")
    ),
    Found("founding", "单位成立前的缴费", "所属期在成立当月之前", "缴费", 0),
)
MUCH = Report(
    kind="contributions",
    kind_name="缴费明细",
    shape="nothing",
    source="社保征缴",
    extracted=date(2021, 6, 28),
    received=RECEIVED,
    files=files(),
    returned=("退回_缴费明细_20210628.xlsx",),
    tables=(TableCounts("contribution", "缴费", 520_000, 1200, 18_800, 0, 40, 2),),
    persons_new=812,
    cases_opened=3,
    freshness=(freshness(CONTRIBUTION, Month.from_yyyymm(202106), date(2021, 5, 31), RECEIVED),),
    compared=compare(NOW, EARLIER),
    missing=missing_rates(MissingTally(540_000, dict(NOW.missing)), NOW, EARLIER),
    contradictions=FOUND,
    earlier=EARLIER,
)
STOPPED = replace(MUCH, stopped=True, returned=(), contradictions=())
CLEAN = Report(
    kind="persons",
    kind_name="人员",
    shape="register",
    source="公安人口库",
    extracted=date(2021, 6, 28),
    received=RECEIVED,
    files=(FileCounts("人员.csv", "中文", 1000, 1000),),
    tables=(TableCounts("person", "人员", 1000),),
    persons_new=1000,
)
