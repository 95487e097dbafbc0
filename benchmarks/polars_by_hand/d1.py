"""D1 市职工职业技能大赛荣誉授予: one row an entry and honour; one row without an honour for an entry that gets none."""

from __future__ import annotations

from datetime import date

import polars as pl

from benchmarks.by_hand.required import AS_OF
from benchmarks.polars_by_hand.sources import Sources, claims
from benchmarks.polars_by_hand.words import not_false, or_unknown, there

NONE, FIRST, NEXT = 0, 1, 2  # what an entry gets
HONOURS = (
    (NONE, ""),
    (FIRST, "无锡市五一劳动奖章"),
    (FIRST, "无锡市技术能手"),
    (FIRST, "无锡市五一创新能手"),
    (NEXT, "无锡市技术能手"),
    (NEXT, "无锡市五一创新能手"),
)


def judged(city: Sources) -> pl.LazyFrame:
    rank, published = pl.col("rank"), pl.col("published_on")
    considered = (pl.col("role") != "3") & (pl.col("class") == "6")
    entries = (
        city.facts.newest("contest_entry", ["contest_id", "role", "rank", "score", "disqualified"])
        .join(city.facts.newest("contest", ["class", "published_on"]), on="contest_id", how="left")
        .filter(not_false(considered), not_false(published.is_between(date(2008, 1, 1), AS_OF)))
    )
    holds = pl.all_horizontal(
        # considered, 适用日
        or_unknown(considered),
        there(published),
        # 前三名, 成绩合格, 资格有效
        rank.is_not_null(),
        rank.is_between(1, 3),
        pl.col("score") >= 60,
        ~pl.col("disqualified"),
    )
    gets = pl.when(holds).then(pl.when(rank == 1).then(FIRST).otherwise(NEXT)).otherwise(NONE).cast(pl.Int64)
    honours = pl.LazyFrame(HONOURS, schema=["gets", "honour"], orient="row")
    asked = entries.with_columns(holds=holds, gets=gets).join(honours, on="gets")
    return claims("D1", asked, pl.col("holds"), pl.lit(0), subject="contest_entry_id", title=pl.col("honour"))
