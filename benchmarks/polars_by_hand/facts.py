"""The facts as known on the day of the run: of the versions of a row the newest recorded by then, unless it takes the row back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

import polars as pl

from benchmarks.by_hand.required import AS_OF
from benchmarks.polars_by_hand.words import any_of, open_end
from jixiang.tables.store import FactStore

KNOWN = pl.col("recorded_at") <= datetime.combine(AS_OF, time.max)
NEWER = ("recorded_at", "source_row", "source")  # which of two versions speaks
SPEAKS = pl.col("retracted").ne_missing(True)


@dataclass(frozen=True)
class Facts:
    """What several policies ask of, in memory; everything else is read where it is needed."""

    store: FactStore
    employment: pl.DataFrame
    employer: pl.DataFrame
    training: pl.DataFrame
    certificate: pl.DataFrame
    enrolment: pl.DataFrame

    def newest(self, table: str, columns: Sequence[str]) -> pl.LazyFrame:
        return newest(self.store, table, (f"{table}_id",), columns)

    def past(self, table: str, columns: Sequence[str], owner: str = "employer_id") -> pl.LazyFrame:
        """What changes with time, from a day to a day, for `on_the_day`."""
        rows = newest(self.store, table, (owner, "valid_from"), [*columns, "valid_to"])
        return rows.with_columns(open_end(pl.col("valid_to"))).drop_nulls("valid_from").sort("valid_from")


def read_facts(store: FactStore) -> Facts:
    wanted = (
        newest(store, "employment", ["employment_id"], ["person_id", "employer_id", "hired_on", "left_on", "insured_from"]),
        newest(store, "employer", ["employer_id"], ["employer_kind", "legal_person_id"]),
        newest(store, "training", ["training_id"], [
            "person_id", "employer_id", "provider_id", "mode", "course", "occupation", "level", "enrolled_on", "started_on",
            "ended_on", "free", "certificate_id",
        ]),
        newest(store, "certificate", ["certificate_id"], ["person_id", "occupation", "level", "issued_on", "obtained_by", "valid"]),
        newest(store, "enrolment", ["enrolment_id"], ["person_id", "level", "enrolled_on", "verification"]),
    )  # fmt: skip
    return Facts(store, *pl.collect_all(wanted, engine="streaming"))


def newest(store: FactStore, table: str, key: Sequence[str], columns: Sequence[str]) -> pl.LazyFrame:
    """Where the files say that no key occurs twice in the first load, only the keys that came again are put in order: they are
    few, and a set of them to look into costs less memory than a join of the whole table."""
    cells = [*key, *columns, *NEWER, "retracted"]
    groups = store.distinct_groups(table) if len(key) == 1 else None
    if groups is None:
        speaking = speaking_of(versions(store.files(table), cells), key)
    else:
        first, *later = groups
        speaking = versions(first, cells)
        if later:
            few = versions([file for group in later for file in group], cells).collect(engine="streaming")
            came_again = pl.col(*key).is_in(few.get_column(*key).unique().implode())
            again = pl.concat([speaking.filter(came_again), few.lazy()])
            speaking = pl.concat([speaking.filter(~came_again), speaking_of(again, key)])
    return speaking.filter(SPEAKS).select(*key, *columns)


def versions(files: Sequence[str], cells: Sequence[str]) -> pl.LazyFrame:
    rows = pl.scan_parquet(list(files), hive_partitioning=False, missing_columns="insert", extra_columns="ignore")
    return rows.select(cells).filter(KNOWN)


def speaking_of(rows: pl.LazyFrame, key: Sequence[str]) -> pl.LazyFrame:
    """Of the versions of each row the one that speaks, which may be one that takes the row back."""
    return rows.sort(NEWER, descending=True, nulls_last=True).unique(key, keep="first")


def on_the_day(asking: pl.LazyFrame, past: pl.LazyFrame, day: str, owner: str | None = "employer_id") -> pl.LazyFrame:
    """With the row of each owner that began last by the day; its columns hold nothing where it had ended by then.

    The rows of one owner do not overlap except by one that was closed late, so the last one begun is the one to ask.
    """
    names = [name for name in past.collect_schema().names() if name not in (owner, "valid_from", "valid_to")]
    joined = asking.sort(day).join_asof(
        past, left_on=day, right_on="valid_from", by=owner, strategy="backward", check_sortedness=False
    )
    in_force = pl.col(day) <= pl.col("valid_to")
    return joined.with_columns(pl.when(in_force).then(pl.col(name)).alias(name) for name in names).drop(
        "valid_from", "valid_to"
    )


def blacklisted(facts: Facts) -> pl.LazyFrame:
    """Employers that stand on the list on the day of the run, first and last day included: `listed`, marked `blacklist`."""
    rows = facts.newest("blacklisting", ["employer_id", "listed_on", "removed_on"])
    on_it = (pl.col("listed_on") <= AS_OF) & (open_end(pl.col("removed_on")) >= AS_OF)
    return rows.group_by("employer_id").agg(any_of(on_it).alias("listed")).with_columns(blacklist=pl.lit(True))
