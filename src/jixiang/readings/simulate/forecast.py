"""What a fund will have spent by the end of the year, on both sides, and when its money is gone.

How much of a year's money is spent by the end of a month differs from year to year. Each earlier year that is known as a
whole gives one answer; the lowest, the median and the highest of them are the band. Without such a year each month to come is
like the median of the months so far, at least like the least of them, at most like their mean (which a payment once a year
draws up). The draft differs in each month to come by as much as it has differed a month since it began. A forecast of what
the past says, not of what people will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

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
    before = _path(was, year, known, years)
    extra = _extra(spent, year, known, since)
    after = None if extra is None else _raised(before, _sum_up(comes, year, known), extra)
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


Ways = tuple[Fraction, Fraction, Fraction]  # low, middle, high


def _ways(spent: Spent, year: int, known: int, years: Sequence[int]) -> list[Ways]:
    """How much more is spent by the end of each month to come."""
    sums = _sum_up(spent, year, known)
    if years:
        seasons = [_season(spent, one, known) for one in years]
        columns = [sorted(column) for column in zip(*seasons, strict=True)]
        return [(sums[-1] * c[0], sums[-1] * _median(c), sums[-1] * c[-1]) for c in columns]
    months = sorted(Fraction(after - before) for before, after in pairwise((0, *sums)))
    middle = _median(months)
    rates = months[0], middle, max(Fraction(sums[-1], known), middle)
    return [tuple(rate * more for rate in rates) for more in range(1, MONTHS - known + 1)]  # type: ignore[misc]


def _season(spent: Spent, year: int, known: int) -> list[Fraction]:
    """For each month after those, what an earlier year still spent by its end, as a multiple of what it had spent by then."""
    sums = _sum_up(spent, year, MONTHS)
    now = sums[known - 1]
    if not now:
        return [Fraction(month, known) - 1 for month in range(known + 1, MONTHS + 1)]
    return [Fraction(fen, now) - 1 for fen in sums[known:]]


def _sum_up(spent: Spent, year: int, months: int) -> tuple[int, ...]:
    total, found = 0, []
    for month in range(1, months + 1):
        total += spent.get(f"{year:04d}-{month:02d}", 0)
        found.append(total)
    return tuple(found)


def _extra(spent: Mapping[str, tuple[int, int]], year: int, known: int, since: date | None) -> Fraction | None:
    """How much more a month the draft spends than the text in force, in the months of this year in which it holds."""
    first = max(f"{year:04d}-01", f"{since:%Y-%m}") if since else f"{year:04d}-01"
    months = [month for n in range(1, known + 1) if (month := f"{year:04d}-{n:02d}") >= first]
    if not months:
        return None
    pairs = [spent.get(month, (0, 0)) for month in months]
    return Fraction(sum(comes - was for was, comes in pairs), len(months))


def _path(spent: Spent, year: int, known: int, years: Sequence[int]) -> Path:
    if known == 0:
        return Path((), (), (), ())
    sums = _sum_up(spent, year, known)
    low, middle, high = (tuple(sums[-1] + round(way[n]) for way in _ways(spent, year, known, years)) for n in range(3))
    return Path(sums, low, middle, high)


def _raised(path: Path, sums: tuple[int, ...], extra: Fraction) -> Path:
    """The draft's: from where it stands, what the text in force will still spend, and so much more a month."""
    if not path.known:
        return path
    shift = sums[-1] - path.spent
    low, middle, high = (
        tuple(fen + shift + round(extra * more) for more, fen in enumerate(way, 1))
        for way in (path.low, path.middle, path.high)
    )
    return Path(sums, low, middle, high)


def _median(values: Sequence[Fraction]) -> Fraction:
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
