"""One cell of a document's text, changed: a 参数, a table's cell, a row of a list, an entry of the front matter.

Works on the text as written and touches nothing else of it; what the new text means is the checker's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from jixiang.language.check.front import read_day
from jixiang.language.nearness import perhaps
from jixiang.language.parts import Document, TablePart, Text
from jixiang.language.source import fold

SINCE, UNTIL = "自", "至"
LISTED, UNLISTED = "在列", "不在列"
_STEP = re.compile(r"\s*(?:自\s*(\S+?)\s*起\s*)?([^;]+?)\s*(?:;|\Z)")
_ROW = re.compile(r"(.+?)\s*\[(.*)\]\s*(?:\.\s*(\S+))?")


class Wrong(Exception):
    """The cell cannot be changed so. `cell`: which column of the scenario is wrong, 位置 unless said."""

    def __init__(self, message: str, way_out: str = "", cell: str = "") -> None:
        super().__init__(message)
        self.way_out, self.cell = way_out, cell


@dataclass(frozen=True)
class Edit:
    """What must stand there now, what shall, and from which day."""

    before: str
    after: str
    since: date | None


def plain(text: str) -> str:
    """As it is compared: without blanks, in half width."""
    return re.sub(r"\s", "", fold(text))


def _require(stands: str, edit: Edit, where: str) -> None:
    if plain(stands) != plain(edit.before):
        day = f"在 {edit.since} " if edit.since else ""
        raise Wrong(f"的{where}{day}是 '{stands}',不是 '{edit.before}'", stands, "原值")
    if plain(edit.after) == plain(edit.before):
        raise Wrong(f"的{where}改为的与原值相同", "删去这一行,或改 '改为'", "改为")


# Front matter ----------------------------------------------------------------------------------------------------


def change_entry(document: Document, key: str, edit: Edit) -> str:
    """文件头 键. A day cannot go with it: one value stands for all time."""
    if edit.since is not None:
        raise Wrong(f"文件头的 {key} 没有起算的日子", "把 自 空着;要从某一天起改,用草案文件夹写一个新版本")
    entry = document.front.get(key)
    if entry is None:
        if edit.before:
            raise Wrong(f"文件头没有写 {key}", perhaps(key, document.front))
        return re.sub(r"\A(\s*-{2,}[^\n]*\n)", rf"\g<1>{key}: {edit.after}\n", document.text, count=1)
    _require(entry.text, edit, f"文件头 {key} ")
    return _replaced(document.text, entry, edit.after)


def _replaced(text: str, cell: Text, value: str) -> str:
    lines = text.split("\n")
    line, start = lines[cell.place.line - 1], cell.place.column - 1
    written = len(cell.text.replace("|", "\\|")) if "\\|" in line else len(cell.text)
    lines[cell.place.line - 1] = line[:start] + value + line[start + written :]
    return "\n".join(lines)


# 参数 ------------------------------------------------------------------------------------------------------------


def change_parameter(document: Document, name: str, edit: Edit) -> str:
    """参数 N. With a day one more step, or that day's own value; without one the step at which the old value stands."""
    start, end = _statement(document, name)
    shown = re.sub(r"(?<=\s)注\s*:[^\n]*", lambda m: " " * len(m[0]), fold(document.text[start:end]))
    steps = [
        (read_day(m[1]) if m[1] else None, m[2], start + m.start(2), start + m.end(2)) for m in _STEP.finditer(shown)
    ]
    where = f"参数 {name} "
    if edit.since is None:
        same = [step for step in steps if plain(step[1]) == plain(edit.before)]
        if len(same) != 1:
            listed = "、".join(step[1] for step in steps)
            message = f"的{where}有几步是 '{edit.before}'" if same else f"的{where}是 {listed},没有 '{edit.before}'"
            raise Wrong(message, "写明 自 哪一天" if same else listed, "原值")
        return document.text[: same[0][2]] + edit.after + document.text[same[0][3] :]
    spoken = [step for step in steps if step[0] is None or step[0] <= edit.since]
    if not spoken:
        raise Wrong(f"的{where}在 {edit.since} 还没有值", "写晚一些的日子", "自")
    day, value, first, last = spoken[-1]
    _require(value, edit, where)
    if day == edit.since:
        return document.text[:first] + edit.after + document.text[last:]
    return f"{document.text[:last]}; 自 {edit.since} 起 {edit.after}{document.text[last:]}"


def _statement(document: Document, name: str) -> tuple[int, int]:
    """From behind the colon to the end of the statement: its line and the indented ones after it."""
    folded = fold(document.text)
    form = re.compile(rf"^参数[ ]+{re.escape(name)}[ ]*:", re.MULTILINE)
    found = form.search(folded)
    if found is None:
        known = re.findall(r"^参数[ ]+(\w+)[ ]*:", folded, re.MULTILINE)
        raise Wrong(f"没有名为 '{name}' 的参数", perhaps(name, known) or f"参数有 {'、'.join(known) or '(没有)'}")
    end = re.compile(r"\n(?![ ]+\S)|\Z").search(folded, found.end())
    return found.end(), end.start() if end else len(folded)


# Tables and lists ------------------------------------------------------------------------------------------------


def change_table(document: Document, where: str, edit: Edit) -> str:
    """表 T[key, key].column, or 列表 L[key]: whether it is listed."""
    match = _ROW.fullmatch(where)
    if match is None:
        raise Wrong(f"看不懂 '{where}' 指哪一格", "写成 表 标准[四级].金额 或 列表 名单[焊工]")
    name, keys = match[1], [plain(key) for key in re.split("[,，]", match[2])]
    part = next((part for part in document.tables if part.name.text == name), None)
    if part is None:
        known = [part.name.text for part in document.tables]
        raise Wrong(f"没有名为 '{name}' 的表", perhaps(name, known) or f"表有 {'、'.join(known) or '(没有)'}")
    table = _Table(document, part)
    if len(keys) != len(table.keys):
        heads = "、".join(table.heads[at] for at in table.keys)
        raise Wrong(f"的表 {name} 要按 {heads} 查,写了 {len(keys)} 项", f"表 {name}[{heads.replace('、', ', ')}]")
    if part.keys is None:
        if match[3]:
            raise Wrong(f"的 {name} 是列表,没有 {match[3]} 这一列的值", f"列表 {name}[{match[2]}]")
        return table.listing(keys, match[2].split(","), edit)
    values = [head for at, head in enumerate(table.heads) if at not in table.keys and head not in (SINCE, UNTIL)]
    column = match[3] or (values[0] if len(values) == 1 else "")
    if column not in values:
        raise Wrong(f"的表 {name} 没有名为 '{column}' 的列", perhaps(column, values) or f"列有 {'、'.join(values)}")
    return table.cell(keys, column, edit)


@dataclass(frozen=True)
class _Row:
    cells: tuple[Text, ...]
    since: date | None
    until: date | None
    whole: bool  # its keys are just those that are asked for, and no others beside them


class _Table:
    def __init__(self, document: Document, part: TablePart) -> None:
        self.document, self.part = document, part
        self.name = part.name.text
        self.heads = [cell.text for cell in part.grid.header]
        named = {key.text for key in part.keys} if part.keys is not None else set(self.heads) - {SINCE, UNTIL}
        order = [key.text for key in part.keys] if part.keys is not None else [h for h in self.heads if h in named]
        self.keys = [self.heads.index(key) for key in order if key in self.heads]

    def _rows(self, keys: Sequence[str]) -> Iterator[_Row]:
        """Those whose key cells hold what is asked for, written out or among several."""
        for cells in self.part.grid.rows:
            written = [plain(cells[at].text) for at in self.keys]
            if all(key == cell or key in cell.split("、") for key, cell in zip(keys, written, strict=True)):
                yield _Row(cells, self._day(cells, SINCE), self._day(cells, UNTIL), list(keys) == written)

    def _day(self, cells: tuple[Text, ...], head: str) -> date | None:
        return read_day(cells[self.heads.index(head)].text) if head in self.heads else None

    def _speaking(self, keys: Sequence[str], day: date) -> _Row | None:
        in_force = [r for r in self._rows(keys) if (r.since or date.min) <= day <= (r.until or date.max)]
        return max(in_force, key=lambda row: row.since or date.min, default=None)

    def cell(self, keys: Sequence[str], column: str, edit: Edit) -> str:
        at, where = self.heads.index(column), f"表 {self.name}[{', '.join(keys)}].{column} "
        if not any(True for _ in self._rows(keys)):
            raise Wrong(f"的表 {self.name} 没有 {'、'.join(keys)} 这一行", "照表里的写法写;新增的行用草案文件夹")
        if edit.since is None:
            same = [row for row in self._rows(keys) if plain(row.cells[at].text) == plain(edit.before)]
            if len(same) != 1:
                listed = "、".join(row.cells[at].text for row in self._rows(keys))
                raise Wrong(f"的{where}是 {listed}" + (",有几行" if same else f",没有 '{edit.before}'"), listed, "原值")
            if not same[0].whole:
                raise Wrong(f"的{where}与别的合写在一行", "把这一行的各项写全,或写明 自 哪一天")
            _require(same[0].cells[at].text, edit, where)
            return _replaced(self.document.text, same[0].cells[at], edit.after)
        row = self._speaking(keys, edit.since)
        if row is None:
            raise Wrong(f"的{where}在 {edit.since} 没有值", "写有值的日子", "自")
        _require(row.cells[at].text, edit, where)
        if row.since == edit.since and row.whole:
            return _replaced(self.document.text, row.cells[at], edit.after)
        if SINCE not in self.heads:
            raise Wrong(f"的表 {self.name} 没有 {SINCE} 一列", "把 自 空着,或在草案里给表加上这一列", "自")
        return self._with_row(row, keys, edit.since, {at: edit.after})

    def listing(self, keys: Sequence[str], written: Sequence[str], edit: Edit) -> str:
        """A row of a list comes or goes."""
        day = edit.since or date.max
        row = self._speaking(keys, day) if edit.since else next(iter(self._rows(keys)), None)
        stands = UNLISTED if row is None else LISTED
        _require(stands, edit, f"列表 {self.name}[{', '.join(keys)}] ")
        if plain(edit.after) not in (LISTED, UNLISTED):
            raise Wrong(f"的列表 {self.name} 只能改为 {LISTED} 或 {UNLISTED}", UNLISTED if row else LISTED, "改为")
        if row is None:
            if edit.since and SINCE not in self.heads:
                raise Wrong(f"的列表 {self.name} 没有 {SINCE} 一列", "把 自 空着,或在草案里给表加上这一列", "自")
            values = dict(zip(self.keys, (key.strip() for key in written), strict=True))
            return self._with_row(None, [values[at] for at in self.keys], edit.since, {})
        if not row.whole:
            raise Wrong(f"的列表 {self.name} 里这一行还有别的", "用草案文件夹把它分成几行")
        lines = self.document.text.split("\n")
        number = row.cells[0].place.line - 1
        if edit.since is None:
            return "\n".join([*lines[:number], *lines[number + 1 :]])
        if UNTIL not in self.heads:
            raise Wrong(f"的列表 {self.name} 没有 {UNTIL} 一列", "把 自 空着,或在草案里给表加上这一列", "自")
        last = row.cells[self.heads.index(UNTIL)]
        return _replaced(self.document.text, last, f"{edit.since - timedelta(days=1)}")

    def _with_row(self, like: _Row | None, keys: Sequence[str], since: date | None, values: dict[int, str]) -> str:
        """One row more, behind the one that it takes over from, else behind the last."""
        cells = ["" for _ in self.heads] if like is None else [cell.text for cell in like.cells]
        for at, key in zip(self.keys, keys, strict=True):
            cells[at] = key if like is None or not like.whole else cells[at]
        if SINCE in self.heads:
            cells[self.heads.index(SINCE)] = str(since or "")
        for at, value in values.items():
            cells[at] = value
        grid = self.part.grid
        behind = like.cells if like is not None else grid.rows[-1] if grid.rows else grid.header
        number = behind[0].place.line + (0 if behind is not grid.header else 1)
        lines = self.document.text.split("\n")
        row = "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
        return "\n".join([*lines[:number], row, *lines[number:]])
