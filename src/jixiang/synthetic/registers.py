"""What the registers say of firms: the register of firms with its histories, month-end head counts, black lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jixiang.synthetic.arrival import Later, Sure
from jixiang.synthetic.columns import Drawn, Text
from jixiang.synthetic.days import END, FIRST_MONTH, MONTHS, NONE, START, Column, Mask, day, last_day, month_of
from jixiang.synthetic.draws import Stream, between, chance
from jixiang.synthetic.firms import YEARS, Firms
from jixiang.synthetic.keys import credit_codes
from jixiang.synthetic.listings import Listings
from jixiang.synthetic.people import People
from jixiang.synthetic.town import Town
from jixiang.synthetic.work import Spells


def head_counts(firms: Firms, spells: Spells) -> Column:
    """Insured workers of each regular firm at the end of each month; column 0 is the month before the first."""
    width = MONTHS + 2
    counted = np.flatnonzero(~spells.flexible & (spells.last >= spells.first))
    firm = spells.firm[counted].astype(np.int64)
    before = spells.insured_from[counted] < START
    start = np.where(before, 0, spells.first[counted] - FIRST_MONTH + 1)
    end = spells.last[counted] - FIRST_MONTH + 2
    steps = np.bincount(firm * width + start, minlength=firms.regular * width)
    steps -= np.bincount(firm * width + end, minlength=firms.regular * width)
    return np.cumsum(steps.reshape(firms.regular, width), axis=1)[:, : MONTHS + 1].astype(np.int32)


@dataclass(frozen=True)
class Known:
    """What else is known of each firm when the register is written, one entry a firm.

    `first_filed`: the day it first filed for work-based training, or `NONE`. `founder`: who is known to have founded
    it, or `NONE`. `whole`: nothing of its industry is missing, nor does it change.
    """

    first_filed: Column
    founder: Column
    listings: Listings
    whole: Mask


def record_firms(town: Town, people: People, firms: Firms, spells: Spells, known: Known) -> None:
    rng = town.rng("registers")
    numbers = np.arange(len(firms), dtype=np.int32)
    kinds = town.figures["firms.credit_code_prefix"]
    prefixes = {town.code("employer", "employer_kind", kind): prefix for kind, prefix in kinds.items()}
    by_kind = [prefixes.get(kind, "91") for kind in range(int(firms.kind.max()) + 1)]
    listed = np.isin(firms.kind, list(prefixes))
    rows: dict[str, Drawn] = {
        "employer_id": numbers,
        "credit_code": Text(
            np.where(listed, numbers, NONE).astype(np.int32),
            lambda at: credit_codes(by_kind, firms.kind[np.maximum(at, 0)], at, at == NONE),
        ),
        "employer_kind": firms.kind,
        "founded_on": firms.founded,
        "district": firms.district,
        "legal_person_id": _owners(known.founder, _legal_persons(town, rng, people, firms, spells)),
        "first_filed_on": known.first_filed,
        "foreign_trade": known.listings.foreign_trade,
        "hazard_key": known.listings.hazard,
    }
    town.recorder.record("employer", rows, firms.founded, Later(known.first_filed, ("first_filed_on",)))
    _record_history(town, rng, firms, "industry", firms.industry, "firms.industry_changes", 1, known.whole)
    none = np.zeros(len(firms), dtype=bool)
    _record_history(town, rng, firms, "size", firms.size, "firms.size_changes_a_year", YEARS, none)


def _owners(founder: Column, drawn: Column) -> Column:
    owners: Column = np.where(founder == NONE, drawn, founder).astype(np.int32)
    return owners


def _legal_persons(town: Town, rng: Stream, people: People, firms: Firms, spells: Spells) -> Column:
    """Some are on the firm's own payroll; windows have none."""
    adults = np.flatnonzero((people.birth < START - 25 * 365) & (people.birth > START - 65 * 365))
    owner = adults[between(rng, 0, len(adults) - 1, len(firms))].astype(np.int32)
    firm, at = np.unique(spells.firm[~spells.flexible], return_index=True)
    on_payroll = chance(rng, town.figures.number("firms.owner_on_payroll"), len(firm))
    owner[firm[on_payroll]] = spells.person[~spells.flexible][at[on_payroll]]
    owner[firms.window_numbers] = NONE
    return owner


def _record_history(
    town: Town, rng: Stream, firms: Firms, column: str, values: Column, rate: str, years: int, whole: Mask
) -> None:
    """The value since the firm was founded; a few had the neighbouring one until the first of a year."""
    count = firms.regular
    changed = np.flatnonzero(chance(rng, town.figures.number(rate) * years, count)).astype(np.int32)
    new_years = np.array([day(2020, 1, 1), day(2021, 1, 1)], dtype=np.int32)
    since = new_years[between(rng, 0, 1, len(changed))]
    older = (since > firms.founded[changed]) & ~whole[changed]
    changed, since = changed[older], since[older]
    known = np.unique(values[:count])
    at = np.searchsorted(known, values[changed])
    before = np.array(values[:count])
    before[changed] = known[np.where(at == 0, min(1, len(known) - 1), at - 1)]
    ends = np.full(count, NONE, dtype=np.int32)
    ends[changed] = since - 1
    rows = {
        "employer_id": np.concatenate([np.arange(count, dtype=np.int32), changed]),
        column: np.concatenate([before, values[changed]]),
        "valid_from": np.concatenate([firms.founded[:count], since]),
        "valid_to": np.concatenate([ends, np.full(len(changed), NONE, dtype=np.int32)]),
    }
    until = Later(rows["valid_to"], ("valid_to",))
    sure = Sure(whole[rows["employer_id"]])
    town.recorder.record(f"employer_{column}", rows, rows["valid_from"], until, sure=sure)


def record_head_counts(town: Town, firms: Firms, counts: Column) -> None:
    """A report a month while the firm exists; and the history of changes, each valid from the last day of its month."""
    months = np.arange(FIRST_MONTH - 1, FIRST_MONTH + MONTHS, dtype=np.int32)
    opened = month_of(firms.founded[: firms.regular])[:, None]
    shut = np.where(firms.closed == NONE, END + 31, firms.closed)[: firms.regular]
    there = (months[None, :] >= opened) & (months[None, :] <= month_of(shut.astype(np.int32))[:, None])
    firm, at = np.nonzero(there[:, 1:])
    rows = {
        "headcount_id": np.arange(len(firm), dtype=np.int32),
        "employer_id": firm.astype(np.int32),
        "month": months[1:][at],
        "insured_count": counts[:, 1:][firm, at],
    }
    town.recorder.record("headcount", rows, last_day(rows["month"]), wrong="insured_count")
    changed = there.copy()
    changed[:, 1:] &= (counts[:, 1:] != counts[:, :-1]) | ~there[:, :-1]
    firm, at = np.nonzero(changed)
    since = last_day(months[at])
    ends = np.full(len(firm), NONE, dtype=np.int32)
    same = firm[1:] == firm[:-1]
    ends[:-1][same] = since[1:][same] - 1
    history = {
        "employer_id": firm.astype(np.int32),
        "insured_count": counts[firm, at],
        "valid_from": since,
        "valid_to": ends,
    }
    town.recorder.record("employer_insured_count", history, since, Later(ends, ("valid_to",)))


def record_blacklist(town: Town, firms: Firms) -> None:
    rng = town.rng("blacklist")
    listed = np.flatnonzero(chance(rng, town.figures.number("firms.blacklisted"), firms.regular)).astype(np.int32)
    low, high = town.figures["firms.blacklist_days"]
    since = between(rng, START, END, len(listed))
    removed = np.where(chance(rng, 0.8, len(listed)), since + between(rng, low, high, len(listed)), NONE)
    rows = {
        "blacklisting_id": np.arange(len(listed), dtype=np.int32),
        "employer_id": listed,
        "listed_on": since,
        "removed_on": removed.astype(np.int32),
    }
    town.recorder.record("blacklisting", rows, since, Later(rows["removed_on"], ("removed_on",)))
