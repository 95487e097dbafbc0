"""Key cells of a table: what a range is, and which two rows speak of the same case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from jixiang.language import typed

CASES_MAX = 1_000


def pieces(content: str) -> list[str]:
    bounds = bounds_of(content.strip())
    return [bound for bound in bounds if bound] if bounds else [piece.strip() for piece in content.split("、")]


def bounds_of(content: str) -> tuple[str, str] | None:
    """The ends of a range as written; "" is open. None: not a range."""
    if content.endswith("以上"):
        return content[:-2].strip(), ""
    if content.endswith(("以下", "以内")):
        return "", content[:-2].strip()
    low, found, high = content.partition("至")
    if found and low.strip() and high.strip():
        return low.strip(), high.strip()
    return None


# Rows that speak of the same case --------------------------------------------------------------------------------


def clashing(rows: Sequence[typed.TableRow], *, crossed: bool) -> list[int]:
    """Of rows with one 自, those that say of some case what an earlier one says, neither more closely than the other.

    `crossed`: also where the one has 其他 in one column and the other in another. (In a list both say the same.)
    """
    pairs = [pair for pair in _near(rows) if crossed or _alike(rows[pair[0]], rows[pair[1]])]
    return sorted({max(a, b) for a, b in pairs if overlap(rows[a], rows[b], rows)})


def _alike(one: typed.TableRow, other: typed.TableRow) -> bool:
    """Have they 其他 in the same columns?"""
    pairs = zip(one.keys, other.keys, strict=True)
    return all(isinstance(a, typed.Otherwise) == isinstance(b, typed.Otherwise) for a, b in pairs)


def overlap(one: typed.TableRow, other: typed.TableRow, rows: Sequence[typed.TableRow]) -> bool:
    """Do two rows speak of one case, neither more closely than the other, and none of the others still more closely?"""
    if _others(one) != _others(other):
        return False
    shared = [_both(a, b) for a, b in zip(one.keys, other.keys, strict=True)]
    common = [cell for cell in shared if cell is not None]
    if len(common) < len(shared):
        return False
    closer = [row for row in rows if _others(row) < _others(one) and _lasts(row, one, other)]
    cases = _cases(common) if closer else [tuple(common)]
    return not all(any(_covers(row.keys, case) for row in closer) for case in cases)


def _others(row: typed.TableRow) -> int:
    return sum(isinstance(cell, typed.Otherwise) for cell in row.keys)


def _lasts(row: typed.TableRow, *others: typed.TableRow) -> bool:
    """Is it in force as long as two others are together?"""
    ends = [other.until for other in others if other.until is not None]
    return row.until is None or (bool(ends) and min(ends) <= row.until)


def _both(one: typed.Cell, other: typed.Cell) -> typed.Cell | None:
    """What two cells have in common; None where that is nothing."""
    match one, other:
        case (typed.Otherwise(), cell) | (cell, typed.Otherwise()):
            return cell
        case (typed.OneOf(values=values), cell) | (cell, typed.OneOf(values=values)):
            inside = tuple(value for value in values if _covers((cell,), (typed.OneOf((value,)),)))
            return typed.OneOf(inside) if inside else None
        case typed.Between() as left, typed.Between() as right:
            low = left.low if right.low is None or _before(right.low, left.low) else right.low
            high = left.high if right.high is None or _before(left.high, right.high) else right.high
            return None if _before(high, low) else typed.Between(low, high)
    return None


def _cases(cells: Sequence[typed.Cell]) -> list[tuple[typed.Cell, ...]]:
    """The cells with several values taken apart, if that does not make too many."""
    apart = [[typed.OneOf((v,)) for v in cell.values] if isinstance(cell, typed.OneOf) else [cell] for cell in cells]
    count = 1
    for choices in apart:
        count *= len(choices)
    return list(product(*apart)) if count <= CASES_MAX else [tuple(cells)]


def _covers(cells: Sequence[typed.Cell], case: Sequence[typed.Cell]) -> bool:
    return all(_holds(cell, part) for cell, part in zip(cells, case, strict=True))


def _holds(cell: typed.Cell, part: typed.Cell) -> bool:
    """Is every value of a part one of a cell?"""
    match cell, part:
        case typed.Otherwise(), _:
            return True
        case typed.OneOf(values=values), typed.OneOf(values=inside):
            return set(inside) <= set(values)
        case typed.Between(), typed.OneOf(values=inside):
            return not any(_before(value, cell.low) or _before(cell.high, value) for value in inside)
        case typed.Between(), typed.Between():
            low = cell.low is None or (part.low is not None and not _before(part.low, cell.low))
            return low and (cell.high is None or (part.high is not None and not _before(cell.high, part.high)))
    return False


def _before(one: typed.Value, other: typed.Value) -> bool:
    return one is not None and other is not None and one < other  # type: ignore[operator]


# Pairs worth looking at ------------------------------------------------------------------------------------------


def _near(rows: Sequence[typed.TableRow]) -> Iterator[tuple[int, int]]:
    """Pairs of rows that may overlap: those whose cells do in the column that tells most apart."""
    columns = [[_span(row.keys[n]) for row in rows] for n in range(len(rows[0].keys))] if rows else []
    if not columns:
        return
    spans = min(columns, key=lambda column: (sum(None in span for span in column), -len(set(column))))
    begun: list[int] = []
    for n in sorted(range(len(rows)), key=lambda n: _rank(spans[n][0])):
        begun = [m for m in begun if not _before(spans[m][1], spans[n][0])]
        yield from ((m, n) for m in begun)
        begun.append(n)


def _span(cell: typed.Cell) -> tuple[typed.Value, typed.Value]:
    """From the smallest to the largest value of a cell; None is open."""
    match cell:
        case typed.OneOf(values=values):
            return min(values), max(values)  # type: ignore[type-var]
        case typed.Between(low=low, high=high):
            return low, high
    return None, None


def _rank(low: typed.Value) -> tuple[object, ...]:
    return () if low is None else (low,)
