"""Key cells of a table: what a range is, and which two rows speak of the same case."""

from __future__ import annotations

from jixiang.language import typed


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


def overlap(one: typed.TableRow, other: typed.TableRow) -> bool:
    """Do two rows with one 自 speak for one case on one day, and neither more closely than the other?"""
    if _others(one) != _others(other):
        return False
    return all(_meet(a, b) for a, b in zip(one.keys, other.keys, strict=True))


def _others(row: typed.TableRow) -> int:
    return sum(isinstance(cell, typed.Otherwise) for cell in row.keys)


def _meet(one: typed.Cell, other: typed.Cell) -> bool:
    match one, other:
        case typed.Otherwise(), typed.Otherwise():
            return True
        case (typed.Otherwise(), _) | (_, typed.Otherwise()):
            return False
        case typed.OneOf(values=left), typed.OneOf(values=right):
            return bool(set(left) & set(right))
        case typed.OneOf(values=values), typed.Between() as span:
            return any(_in(value, span) for value in values)
        case typed.Between() as span, typed.OneOf(values=values):
            return any(_in(value, span) for value in values)
        case typed.Between() as left_span, typed.Between() as right_span:
            return not (_before(left_span.high, right_span.low) or _before(right_span.high, left_span.low))
    return False


def _in(value: typed.Value, span: typed.Between) -> bool:
    return not _before(value, span.low) and not _before(span.high, value)


def _before(one: typed.Value, other: typed.Value) -> bool:
    return one is not None and other is not None and one < other  # type: ignore[operator]
