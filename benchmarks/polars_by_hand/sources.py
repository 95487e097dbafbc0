"""What a policy is judged from, and the one form of its claims."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from benchmarks.polars_by_hand.contributions import Histories
from benchmarks.polars_by_hand.facts import Facts
from benchmarks.polars_by_hand.groups import Groups
from benchmarks.polars_by_hand.words import not_false

NOTHING = pl.lit("")


@dataclass(frozen=True)
class Sources:
    """`covered`: the month that contributions and headcounts are complete up to."""

    facts: Facts
    histories: Histories
    groups: Groups
    covered: int


def claims(
    policy: str,
    asked: pl.LazyFrame,
    holds: pl.Expr,
    amount: pl.Expr,
    *,
    subject: str,
    period: pl.Expr = NOTHING,
    title: pl.Expr = NOTHING,
) -> pl.LazyFrame:
    """Every candidate's outcome before the line: what a limit or an exclusion would take away is not asked here."""
    judged = asked.select(
        pl.col(subject).alias("subject"),
        period.alias("period"),
        title.alias("title"),
        holds.alias("holds"),
        amount.cast(pl.Int64).alias("amount"),
    )
    held = pl.col("holds")
    return judged.select(
        pl.lit(policy).alias("policy"),
        "subject",
        "period",
        "title",
        pl.when(held)
        .then(pl.lit("holds"))
        .when(~held)
        .then(pl.lit("denied"))
        .otherwise(pl.lit("unknown"))
        .alias("outcome"),
        pl.when(not_false(held)).then(pl.col("amount")).alias("claimed_fen"),
    )
