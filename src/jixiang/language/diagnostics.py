"""Problems as people and programs read them: on a terminal with the place marked, and as plain data for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jixiang.language.width import display_width
from jixiang.values.problem import Place, Problem

_WORDS = {"error": "错误", "warning": "提醒"}
_LABELS = {"case-differs": "原因"}  # a case or a rule is wrong: which of them, only its author can say
_COLOURS = {"error": "31", "warning": "33", "place": "1", "way-out": "36", "margin": "2"}
_LINE_LENGTH_MAX = 96
_BEFORE_MARK = 48


def render(problems: Iterable[Problem], *, color: bool = False) -> str:
    """All problems in the order of their places, and how many there are. Ends with a line feed."""
    found = in_order(problems)
    shown = [_one(problem, color) for problem in found]
    return "\n".join([*shown, summary(found)]) + "\n"


def summary(problems: Iterable[Problem]) -> str:
    severities = [problem.severity for problem in problems]
    if not severities:
        return "没有发现问题"
    return f"{severities.count('error')} 处错误, {severities.count('warning')} 处提醒"


def as_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The same, one object a problem. `line` and `column` count from 1, in characters; so does `length`."""
    return [
        {
            "code": problem.code,
            "severity": problem.severity,
            "file": problem.place.file,
            "line": problem.place.line,
            "column": problem.place.column,
            "length": problem.place.length,
            "article": problem.place.article,
            "message": problem.message,
            "suggestion": problem.suggestion,
            "source": problem.place.source,
        }
        for problem in in_order(problems)
    ]


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By place, each once; of one place what is wrong before what is only worth a look."""
    return sorted(set(problems), key=lambda p: (p.place, p.severity, p.code, p.message, p.suggestion))


def _one(problem: Problem, color: bool) -> str:
    place = problem.place
    head = f"{place.file}:{place.line}:{place.column}"
    lines = [_painted(head, "place", color) + (f"  {place.article}" if place.article else "")]
    lines.append(f"  {_painted(_WORDS[problem.severity], problem.severity, color)}: {_printable(problem.message)}")
    if place.source.strip():
        lines.extend(_marked(place, problem.severity, color))
    if problem.suggestion:
        label = _LABELS.get(problem.code, "改法")
        lines.append(f"  {_painted(label, 'way-out', color)}: {_printable(problem.suggestion)}")
    return "\n".join(lines) + "\n"


def _marked(place: Place, severity: str, color: bool) -> list[str]:
    """The source line and a mark under the place; of a long line what stands around it."""
    source = _printable(place.source)
    start = min(place.column - 1, len(source))
    end = min(max(start + place.length, start + 1), max(len(source), start + 1))
    first = max(0, start - _BEFORE_MARK) if len(source) > _LINE_LENGTH_MAX else 0
    last = first + _LINE_LENGTH_MAX
    before = ("…" if first else "") + source[first:start]
    marked = source[start : min(end, last)]
    after = source[min(end, last) : last] + ("…" if len(source) > last else "")
    number = str(place.line)
    mark = _painted("^" * max(1, display_width(marked)), severity, color)
    gutter = _painted(f"  {' ' * len(number)} |", "margin", color)
    return [
        f"{_painted(f'  {number} |', 'margin', color)} {before}{marked}{after}".rstrip(),
        f"{gutter} {' ' * display_width(before)}{mark}",
    ]


def _printable(text: str) -> str:
    """What a terminal would act on (tabs, escapes) does not reach it; one character for one."""
    return "".join(
        character if character.isprintable() or character == "\u3000" else " " if character.isspace() else "\ufffd"
        for character in text
    )


def _painted(text: str, what: str, color: bool) -> str:
    return f"\x1b[{_COLOURS[what]}m{text}\x1b[0m" if color else text
