"""Contributions: one row a person, firm, insurance and month: by far the most rows, so written in pieces.

A piece is a stretch of jobs in order of person; each has its own stream, so the rows do not depend on how many are
drawn at a time. What an office later learns (arrears paid, rows taken back) comes in a second commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from jixiang.synthetic.columns import Rows, arrow_table
from jixiang.synthetic.days import FIRST_MONTH, NONE, Column, Mask, first_day, from_yyyymm, last_day
from jixiang.synthetic.draws import Stream, between, chance
from jixiang.synthetic.firms import Firms
from jixiang.synthetic.town import Town
from jixiang.synthetic.work import Spells

PIECE = 40_000  # jobs drawn at a time: about a million rows
PIECES_A_FILE = 12
TABLE = "contribution"


@dataclass(frozen=True)
class _Terms:
    """What a month costs and what of it is waived, by firm; money as fen per yuan of base."""

    unemployment: int  # position in the code list
    pension: int
    rates: dict[int, tuple[float, float]]  # insurance → firm's share, person's share
    small: Mask
    waivable: Mask
    whole: Mask
    limits: Column  # year, (low, high)


@dataclass
class _Arrears:
    """Rows that were unpaid at first, as they read once paid."""

    rows: list[tuple[dict[str, Column], Column]] = field(default_factory=list)


def record_contributions(
    town: Town, firms: Firms, spells: Spells, pension_too: Mask, progress: Callable[[float], None]
) -> int:
    """All contributions; how many rows. `pension_too`: jobs that have pension rows beside unemployment insurance."""
    if TABLE not in town.recorder.tables:
        return 0
    terms, arrears = _terms(town, firms), _Arrears()
    jobs = np.flatnonzero(spells.last >= spells.first).astype(np.int32)
    again = jobs[pension_too[jobs]]
    order = np.concatenate([jobs, again])
    pension = np.concatenate([spells.flexible[jobs], np.ones(len(again), dtype=bool)])
    by_person = np.lexsort((pension, order))
    order, pension = order[by_person], pension[by_person]
    spans = spells.last[order] - spells.first[order] + 1
    keys = np.concatenate([[0], np.cumsum(spans, dtype=np.int64)])
    written = [0]

    def pieces(start: int, stop: int) -> Iterator[pa.Table]:
        for at in range(start, min(stop, len(order)), PIECE):
            cut = slice(at, min(at + PIECE, stop, len(order)))
            rows, recorded = _piece(town, terms, arrears, spells, order[cut], pension[cut], keys[cut], at // PIECE)
            written[0] += len(recorded)
            progress(cut.stop / len(order))
            yield _arrow(town, rows, recorded, keys[at])

    step = PIECE * PIECES_A_FILE
    files = [pieces(start, start + step) for start in range(0, len(order), step)]
    town.recorder.append(TABLE, *files, rows=int(keys[-1]))
    _record_arrears(town, arrears)
    return written[0]


def _terms(town: Town, firms: Firms) -> _Terms:
    figures = town.figures
    names, rates = figures["contributions.insurance"], figures["contributions.rates"]
    codes = {name: town.code(TABLE, "insurance", code) for name, code in names.items()}

    def of_kinds(name: str) -> Mask:
        return np.isin(firms.kind, town.codes("employer", "employer_kind", figures[f"contributions.{name}"]))

    return _Terms(
        unemployment=codes["unemployment"],
        pension=codes["pension"],
        rates={codes[name]: (float(rate[0]), float(rate[1])) for name, rate in rates.items()},
        small=np.isin(firms.size, town.codes("employer", "size", figures["contributions.small_sizes"])),
        waivable=of_kinds("waiver_kinds"),
        whole=of_kinds("waived_whole_kinds"),
        limits=np.array(figures["contributions.base_limits"], dtype=np.float64),
    )


def _piece(
    town: Town, terms: _Terms, arrears: _Arrears, spells: Spells, jobs: Column, pension: Mask, keys: Column, n: int
) -> tuple[dict[str, Column], Column]:
    rng = town.rng(TABLE, n)
    spans = spells.last[jobs] - spells.first[jobs] + 1
    job = np.repeat(np.arange(len(jobs), dtype=np.int32), spans)
    nth = np.arange(len(job), dtype=np.int32) - np.repeat(np.cumsum(spans) - spans, spans).astype(np.int32)
    month = spells.first[jobs][job] + nth
    paid_in = _kept(town, rng, job, nth, spans)
    base = _bases(town, terms, rng, len(jobs))[(month - FIRST_MONTH) // 12, job]
    job, nth, month, base = job[paid_in], nth[paid_in], month[paid_in], base[paid_in]
    firm, insurance = spells.firm[jobs][job], np.where(pension, terms.pension, terms.unemployment)[job]
    due, waived = _due(town, terms, firm, month, base, pension[job])
    settled = ~chance(rng, town.figures.numbers("contributions.unpaid")[0], len(job)) | (due == waived)
    rows = {
        "contribution_id": keys[job] + nth,
        "person_id": spells.person[jobs][job],
        "employer_id": firm,
        "insurance": insurance.astype(np.int32),
        "month": month.astype(np.int32),
        "due": due,
        "waived": waived,
        "paid": due - waived,
        "settled_on": first_day(month) + between(rng, 7, 24, len(job)),
        "settled": settled,
    }
    recorded = town.recorder.arrived(rng, TABLE, last_day(month))
    return _unpaid(town, rng, rows, recorded, arrears), recorded


def _kept(town: Town, rng: Stream, job: Column, nth: Column, spans: Column) -> Mask:
    """Leaves out single months, and for some jobs a stretch of one to three."""
    single, stretch = town.figures.numbers("contributions.gaps")
    broken = chance(rng, stretch, len(spans))
    start = (rng.random(len(spans)) * spans).astype(np.int32)
    start = np.where(broken, start, 10_000)
    end = start + between(rng, 1, 3, len(spans))
    return ~chance(rng, single, len(job)) & ~((nth >= start[job]) & (nth < end[job]))


def _bases(town: Town, terms: _Terms, rng: Stream, count: int) -> Column:
    """Monthly base in yuan by year and job, between the year's limits."""
    median, spread, growth = town.figures.numbers("contributions.base")
    wage = median * np.exp(rng.standard_normal(count) * spread)
    years = np.arange(len(terms.limits))[:, None]
    return np.clip(np.round(wage * (1 + growth) ** years), terms.limits[:, :1], terms.limits[:, 1:])


def _due(town: Town, terms: _Terms, firm: Column, month: Column, base: Column, pension: Mask) -> tuple[Column, Column]:
    """Fen due and fen waived. Each share is rounded to the fen by itself."""
    by_firm, by_person = (
        np.where(pension, terms.rates[terms.pension][n], terms.rates[terms.unemployment][n]) for n in (0, 1)
    )
    firms_part = np.round(base * 100 * by_firm).astype(np.int64)
    persons_part = np.round(base * 100 * by_person).astype(np.int64)
    small_from, small_to = (from_yyyymm(m) for m in town.figures["contributions.waiver_small"])
    large_from, large_to = (from_yyyymm(m) for m in town.figures["contributions.waiver_large"])
    small = terms.small[firm] & (month >= small_from) & (month <= small_to)
    large = ~terms.small[firm] & (month >= large_from) & (month <= large_to)
    waived = np.where(small, firms_part, np.where(large, firms_part // 2, 0)) * terms.waivable[firm]
    return firms_part + persons_part, waived + persons_part * (small & terms.whole[firm])


def _unpaid(town: Town, rng: Stream, rows: dict[str, Column], recorded: Column, arrears: _Arrears) -> dict[str, Column]:
    """Takes the payment out of what is not settled, and keeps what will be paid after all."""
    owed = np.flatnonzero(~rows["settled"])
    cured = owed[chance(rng, town.figures.numbers("contributions.unpaid")[1], len(owed))]
    days = recorded[cured] + between(rng, 20, 150, len(cured))
    paid = {name: column[cured] for name, column in rows.items()}
    arrears.rows.append(({**paid, "settled": np.ones(len(cured), dtype=bool), "settled_on": days - 5}, days))
    paid_now = np.array(rows["paid"])
    paid_now[owed] = 0
    on = np.array(rows["settled_on"])
    on[owed] = NONE
    paid_now[chance(rng, town.figures.rate("holes.rates", f"{TABLE}.paid"), len(paid_now))] = NONE
    return {**rows, "paid": paid_now, "settled_on": on}


def _record_arrears(town: Town, arrears: _Arrears) -> None:
    if not arrears.rows:
        return
    names = list(arrears.rows[0][0])
    rows = {name: np.concatenate([piece[name] for piece, _ in arrears.rows]) for name in names}
    days = np.concatenate([days for _, days in arrears.rows])
    order = np.lexsort((rows["contribution_id"], rows["person_id"]))
    step = 500_000
    tables = (
        _arrow(
            town,
            {name: column[order[at : at + step]] for name, column in rows.items()},
            days[order[at : at + step]],
            at,
        )
        for at in range(0, len(order), step)
    )
    town.recorder.append(TABLE, tables, rows=len(order))


def _arrow(town: Town, rows: Rows, recorded: Column, first: object) -> pa.Table:
    table = town.recorder.tables[TABLE]
    start = int(str(first)) + 1
    return arrow_table(table, town.vocabulary, rows, recorded, source=town.recorder.source(table), first_row=start)
