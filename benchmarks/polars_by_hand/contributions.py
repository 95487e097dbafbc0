"""Contributions: nine tenths of all rows, so they are read once, for all policies together, into sets of months."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from benchmarks.polars_by_hand.facts import newest
from benchmarks.polars_by_hand.words import bit, stored_month_no
from jixiang.tables.store import FactStore

CELLS = ("person_id", "employer_id", "insurance", "month", "paid", "settled")
FIRST_YEAR, SECOND_YEAR = 2**12 - 1, (2**12 - 1) << 12  # the months of 2019, of 2020


@dataclass(frozen=True)
class Histories:
    """`person_employer`: months insured against unemployment and months settled, what was paid for unemployment insurance in
    the two years that count for E3, and how many rows of those do not say how much; `person_months` is the same over all firms.
    """

    person_employer: pl.DataFrame
    person_months: pl.DataFrame

    def employer_years(self) -> pl.LazyFrame:
        """An employer's months are those in which anybody was insured there."""
        sums = ("paid_2019", "paid_2020", "unsaid_2019", "unsaid_2020")
        firms = (
            self.person_employer.lazy()
            .group_by("employer_id")
            .agg(pl.col("unemployment_months").bitwise_or().alias("months"), *(pl.col(name).sum() for name in sums))
        )
        years = ((2020, FIRST_YEAR, 2019), (2021, SECOND_YEAR, 2020))
        return pl.concat(
            firms.select(
                "employer_id",
                pl.lit(period, dtype=pl.Int64).alias("period"),
                pl.col("months") & within,
                pl.col(f"paid_{year}").alias("paid"),
                pl.col(f"unsaid_{year}").alias("unsaid"),
            )
            for period, within, year in years
        )


def read_histories(store: FactStore) -> Histories:
    insured, settled = pl.col("insurance") == "210", pl.col("settled")
    sets = {"unemployment_months": settled & insured, "settled_months": settled}
    month = pl.col("month")
    years = {2019: month.is_between(201901, 201912), 2020: month.is_between(202001, 202012)}
    person_employer = (
        newest(store, "contribution", ["contribution_id"], CELLS)
        .with_columns(bit=bit(stored_month_no(month)))
        .with_columns(pl.when(rows).then(pl.col("bit")).otherwise(0).alias(name) for name, rows in sets.items())
        .with_columns(
            *(pl.when(insured & rows).then(pl.col("paid")).alias(f"paid_{year}") for year, rows in years.items()),
            *((insured & rows & pl.col("paid").is_null()).alias(f"unsaid_{year}") for year, rows in years.items()),
        )
        .group_by("person_id", "employer_id")
        .agg(
            *(pl.col(name).bitwise_or() for name in sets),
            *(pl.col(f"{what}_{year}").sum() for what in ("paid", "unsaid") for year in years),
        )
        .collect(engine="streaming")
    )
    person_months = (
        person_employer.lazy()
        .group_by("person_id")
        .agg(pl.col(name).bitwise_or() for name in sets)
        .collect(engine="streaming")
    )
    return Histories(person_employer, person_months)
