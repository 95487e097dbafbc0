"""Judges the city in Polars and writes every candidate's outcome."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from benchmarks.by_hand.required import require
from benchmarks.clock import Clock
from benchmarks.polars_by_hand import a1, a4, a7, a8, b3, d1, e3, f1
from benchmarks.polars_by_hand.contributions import read_histories
from benchmarks.polars_by_hand.facts import read_facts
from benchmarks.polars_by_hand.groups import read_groups
from benchmarks.polars_by_hand.sources import Sources
from benchmarks.polars_by_hand.words import month_number
from jixiang.tables.store import FactStore

POLICIES = (a1, a4, a7, a8, b3, d1, e3, f1)


def judge(store: FactStore, out: Path, clock: Clock) -> None:
    """Writes policy, subject, period, title, outcome and claimed_fen of every candidate to the Parquet file `out`.

    The laps are called as those of the SQL by hand, so that they belong to the same rooms.
    """
    covered = month_number(require(store))
    clock.lap("facts offered")
    facts = read_facts(store)
    clock.lap("2_facts")
    histories = read_histories(store)
    clock.lap("3_contributions")
    groups = read_groups(facts)
    clock.lap("4_groups")
    city = Sources(facts, histories, groups, covered)
    outcomes = pl.concat(pl.collect_all([policy.judged(city) for policy in POLICIES], engine="streaming"))
    clock.lap("5_policies")
    outcomes.write_parquet(out, compression="zstd")
    clock.lap("written")
