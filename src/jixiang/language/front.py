"""Front matter: the lines `键: 值` between two `---` at the head of a document. What a key means is not known here."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jixiang.language.parts import Text
from jixiang.language.source import Line, fold
from jixiang.values.problem import Problem

_RULE = re.compile(r"[-—]{2,}")
_ENTRY = re.compile(r"\s*([^\s:#>|`]+)\s*:(.*)")


def read_front(lines: Sequence[Line], problems: list[Problem]) -> tuple[dict[str, Text], int]:
    """The entries, and at which line (from 0) the body begins."""
    start = next((n for n, line in enumerate(lines) if not line.blank), len(lines))
    if start == len(lines):
        return {}, start
    if not _is_rule(lines[start]):
        if not _looks_like_entry(lines[start]):
            return {}, 0
        message = "文件开头的各项要写在两行 --- 之间,第一行是 ---"
        problems.append(Problem("front-not-opened", lines[start].place(), message, "---"))
        start -= 1
    front: dict[str, Text] = {}
    for at in range(start + 1, len(lines)):
        line = lines[at]
        if _is_rule(line):
            return front, at + 1
        if _is_body(line):
            break
        _read_entry(line, front, problems)
    else:
        at = len(lines)
    opening = lines[max(start, 0)]
    problems.append(
        Problem("front-not-closed", opening.place(), "文件开头的 --- 没有收尾,各项后面还要有一行 ---", "---")
    )
    return front, at


def _read_entry(line: Line, front: dict[str, Text], problems: list[Problem]) -> None:
    if line.blank or fold(line.text).lstrip().startswith("注:"):
        return
    match = _ENTRY.fullmatch(fold(line.text))
    if match is None:
        written = line.text.strip()
        word = re.match(r"[^\W\d]+", written)
        message = f"文件开头每行写一项 '名称: 内容',这一行不是:'{written}'"
        suggestion = f"{word[0]}: {written[word.end() :].strip() or '…'}" if word else ""
        problems.append(Problem("front-line", line.place(line.indent), message, suggestion))
        return
    key = line.text[match.start(1) : match.end(1)]
    if key in front:
        earlier = front[key].place.line
        message = f"'{key}' 写了两次,第 {earlier} 行已经写过"
        problems.append(Problem("front-duplicate", line.place(match.start(1), match.end(1)), message))
        return
    value = line.text[match.start(2) :]
    start = match.start(2) + len(value) - len(value.lstrip())
    text = value.strip()
    front[key] = Text(text, line.place(start, start + len(text)))


def _is_rule(line: Line) -> bool:
    return _RULE.fullmatch(fold(line.text).strip()) is not None


def _looks_like_entry(line: Line) -> bool:
    match = _ENTRY.fullmatch(fold(line.text))
    return match is not None and match[1] in ("名称", "编号", "文号", "文种", "版本", "性质", "类别", "施行")


def _is_body(line: Line) -> bool:
    """A heading, a block or a parameter table: the front matter cannot still be going on."""
    text = fold(line.text).lstrip()
    return bool(re.match(r"#{1,6}\s|```|~~~|表\s*:|\|", text))
