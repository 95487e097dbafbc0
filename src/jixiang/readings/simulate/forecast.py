"""What a fund will have spent by the end of the year, on both sides, and when its money is gone.

How much of a year's money is spent by the end of a month differs from year to year. Each earlier year that is known as a whole gives
one answer; the lowest, the median and the highest of them are the band. Without such a year the months so far go on as they are, and
there is no band. A forecast of what the past says, not of what people will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

MONTHS = 12
Spent = Mapping[str, int]  # '2021-03' → fen


@dataclass(frozen=True)
class Path:
    """Cumulated fen at the end of each month of the year. `known` months are counted; the others are `low`, `middle` and `high`, of which
    the first two and the last are the same where there is no band."""

    known: tuple[int, ...]
    low: tuple[int, ...]
    middle: tuple[int, ...]
    high: tuple[int, ...]

    def crosses(self, ceiling: int, way: str = "middle") -> int | None:
        """The first month (1 to 12) by whose end more than the ceiling is spent; None if none."""
        every = (*self.known, *getattr(self, way))
        return next((month for month, fen in enumerate(every, 1) if fen > ceiling), None)

    @property
    def spent(self) -> int:
        return self.known[-1] if self.known else 0

    def end(self, way: str = "middle") -> int:
        """By the end of the year."""
        rest: tuple[int, ...] = getattr(self, way)
        return rest[-1] if rest else self.spent


@dataclass(frozen=True)
class Forecast:
    """`after` is None where the reform has not begun: what it will do cannot be read off any month. `years`: those whose seasons made the
    band. `ceiling`: what the fund has for the year, on each side; None: nobody says."""

    fund: str
    year: int
    before: Path
    after: Path | None
    years: tuple[int, ...]
    ceiling_before: int | None
    ceiling_after: int | None


def forecast(
    fund: str,
    spent: Mapping[str, tuple[int, int]],
    as_of: date,
    since: date | None,
    ceilings: tuple[int | None, int | None],
    *,
    backlog: bool = False,
) -> Forecast:
    """`spent`: month → fen (in force, draft). `backlog`: the first month holds what had gathered before it."""
    year, known = as_of.year, _whole_months(as_of)
    was = {month: fen for month, (fen, _) in spent.items()}
    comes = {month: fen for month, (_, fen) in spent.items()}
    years = whole_years(was, year, backlog=backlog)
    growths = sorted(_growth(was, one, known) for one in years) if known else []
    before = _path(_sum_up(was, year, known), growths, Fraction(1), known)
    rate = _rate(spent, year, known, since)
    after = None if rate is None else _path(_sum_up(comes, year, known), growths, rate, known, base=before.spent)
    return Forecast(fund, year, before, after, years, *ceilings)


def _whole_months(as_of: date) -> int:
    """How many months of the year have ended."""
    return as_of.month if (as_of + timedelta(days=1)).day == 1 else as_of.month - 1


def whole_years(spent: Spent, before: int, *, backlog: bool = False) -> tuple[int, ...]:
    """The years of which every month is known: later ones than that in which spending begins, or that one if it begins in its
    January and that is a month like others; with anything spent in them."""
    first = min((month for month, fen in spent.items() if fen), default="")
    years = sorted({int(month[:4]) for month, fen in spent.items() if fen})
    januaries = {year: f"{year:04d}-01" for year in years}
    return tuple(
        year
        for year, january in januaries.items()
        if year < before and (january > first or (january == first and not backlog))
    )


Growth = tuple[
    Fraction, ...
]  # for each month to come: what is spent by its end, as a multiple of what was spent by now


def _growth(spent: Spent, year: int, known: int) -> Growth:
    sums = _sum_up(spent, year, MONTHS)
    now = sums[known - 1]
    if not now:
        return tuple(Fraction(month, known) for month in range(known + 1, MONTHS + 1))
    return tuple(Fraction(fen, now) for fen in sums[known:])


def _sum_up(spent: Spent, year: int, months: int) -> tuple[int, ...]:
    total, found = 0, []
    for month in range(1, months + 1):
        total += spent.get(f"{year:04d}-{month:02d}", 0)
        found.append(total)
    return tuple(found)


def _rate(spent: Mapping[str, tuple[int, int]], year: int, known: int, since: date | None) -> Fraction | None:
    """How many times as much the draft spends as the text in force, in the months of this year in which it holds."""
    first = max(f"{year:04d}-01", f"{since:%Y-%m}") if since else f"{year:04d}-01"
    last = f"{year:04d}-{known:02d}"
    pairs = [fen for month, fen in spent.items() if first <= month <= last]
    was, comes = sum(fen for fen, _ in pairs), sum(fen for _, fen in pairs)
    if not known or first > last:
        return None
    return Fraction(comes, was) if was else Fraction(1)


def _path(
    sums: tuple[int, ...], growths: Sequence[Growth], rate: Fraction, known: int, base: int | None = None
) -> Path:
    """`base`: what the text in force has spent by now, on which the growth is reckoned."""
    now = sums[-1] if sums else 0
    start = now if base is None else base
    if known == 0:
        return Path((), (), (), ())
    if not growths:
        flat = tuple(Fraction(month, known) for month in range(known + 1, MONTHS + 1))
        rest = _grown(now, start, flat, rate)
        return Path(sums, rest, rest, rest)
    columns = [sorted(column) for column in zip(*growths, strict=True)]
    low, high = tuple(c[0] for c in columns), tuple(c[-1] for c in columns)
    return Path(sums, *(_grown(now, start, way, rate) for way in (low, tuple(map(_median, columns)), high)))


def _grown(now: int, start: int, growth: Growth, rate: Fraction) -> tuple[int, ...]:
    return tuple(now + round(rate * start * (times - 1)) for times in growth)


def _median(values: Sequence[Fraction]) -> Fraction:
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
