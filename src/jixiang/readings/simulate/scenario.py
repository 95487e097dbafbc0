"""A scenario: a Markdown table that names a few cells of a city's documents, what stands there and what would.

Each line is applied to the text of the document itself, so that what comes out is a document like any other and goes through
the whole checker. A cell that is not there, or where something else stands, is a problem with its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from jixiang.language.check.front import Front, read_day, read_front
from jixiang.language.city import City, names_of_vocabulary
from jixiang.language.document import parse_document
from jixiang.language.front import read_front as read_entries
from jixiang.language.grids import is_row, read_grid
from jixiang.language.nearness import perhaps
from jixiang.language.parts import Document, Grid, Text
from jixiang.language.source import Line, fold, split_lines
from jixiang.readings.simulate.cells import Edit, Wrong, change_entry, change_parameter, change_table
from jixiang.values.problem import Place, Problem

HEADINGS = ("文件", "位置", "原值", "改为", "自")
FORMS = "参数 最低月数 · 表 标准[四级].金额 · 列表 名单[焊工] · 文件头 资金"
_WHERE = re.compile(r"\s*(参数|表|列表|名单|文件头)\s*[:]?\s*(.+?)\s*")


@dataclass(frozen=True)
class Change:
    """One line: of which document, which cell, from what to what, from which day; without one from ever."""

    document: Text
    where: Text
    before: Text
    after: Text
    since: date | None


@dataclass(frozen=True)
class Scenario:
    """`texts`: path → the new text of each document that is changed. `since`: the first day of the change; None if a part of it
    reaches back to ever."""

    title: str
    changes: tuple[Change, ...]
    texts: Mapping[str, str]
    since: date | None
    problems: tuple[Problem, ...]

    @property
    def wrong(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


def read_scenario(text: str, file: str, city: City) -> Scenario:
    """The documents that a scenario makes of a city's, and all that is wrong with it."""
    return _Reader(text, file, city).read()


class _Reader:
    def __init__(self, text: str, file: str, city: City) -> None:
        self.lines = [Line(file, number, line) for number, line in enumerate(split_lines(text), 1)]
        self.city = city
        self.problems: list[Problem] = []
        self.fronts = {document.file: _front(document) for document in city.documents}
        self.documents = {document.file: document for document in city.documents}

    def read(self) -> Scenario:
        front, body = read_entries(self.lines, self.problems)
        heading = next((line.text.lstrip("# ") for line in self.lines[body:] if line.text.startswith("#")), "")
        title = front["名称"].text if "名称" in front else heading or "情景"
        grid = self._grid(body)
        changes = [] if grid is None else [one for row in grid.rows if (one := self._change(grid, row)) is not None]
        texts: dict[str, str] = {}
        for change in changes:
            self._apply(change, texts)
        days = [change.since for change in changes]
        known = [day for day in days if day is not None]
        since = min(known) if known and len(known) == len(days) else None
        return Scenario(title, tuple(changes), texts, since, tuple(self.problems))

    def wrong(self, place: Place, message: str, way: str = "") -> None:
        self.problems.append(Problem("scenario", place, message, way))

    def _grid(self, body: int) -> Grid | None:
        """The table with these headings; other tables of the page are prose."""
        rows: list[Line] = []
        for line in [*self.lines[body:], Line("", 0, "")]:
            if is_row(line.text):
                rows.append(line)
            elif rows:
                problems: list[Problem] = []
                grid = read_grid(rows, problems)
                if grid is not None and grid.header[0].text == HEADINGS[0]:
                    self.problems += problems
                    if tuple(cell.text for cell in grid.header) != HEADINGS:
                        self.wrong(grid.place, "情景的表头不对", f"| {' | '.join(HEADINGS)} |")
                        return None
                    return grid
                rows = []
        self.wrong(self.lines[0].place(), "没有找到情景的表", f"写一张表,表头是 | {' | '.join(HEADINGS)} |")
        return None

    def _change(self, grid: Grid, row: tuple[Text, ...]) -> Change | None:
        document, where, before, after, since = row
        day = read_day(since.text) if since.text else None
        if since.text and day is None:
            self.wrong(since.place, f"'{since.text}' 不是日期", "写成 2021-07-01;空着就是一直如此")
            return None
        if not document.text or not where.text:
            self.wrong(grid.place, "每一行都要写明文件和位置", f"位置写 {FORMS} 中的一种")
            return None
        return Change(document, where, before, after, day)

    def _apply(self, change: Change, texts: dict[str, str]) -> None:
        document = self._document(change.document)
        match = _WHERE.fullmatch(fold(change.where.text))
        if document is None:
            return
        if match is None:
            self.wrong(change.where.place, f"看不懂位置 '{change.where.text}'", f"写 {FORMS} 中的一种")
            return
        kind, name = match[1], match[2]
        apply: Callable[[Document, str, Edit], str] = (
            change_parameter if kind == "参数" else change_entry if kind == "文件头" else change_table
        )
        try:
            edit = Edit(change.before.text, change.after.text, change.since)
            text = apply(document, name, edit)
        except Wrong as wrong:
            where = {"原值": change.before, "改为": change.after}.get(wrong.cell, change.where)
            self.wrong(where.place, f"《{self.fronts[document.file].label}》{wrong}", wrong.way_out)
            return
        texts[document.file] = text
        names = names_of_vocabulary(self.city.vocabulary)
        self.documents[document.file], _ = parse_document(text, document.file, names)

    def _document(self, said: Text) -> Document | None:
        """By name (with its version where there are several), 编号 or path."""
        name = said.text.strip("《》 ")
        found = [
            file for file, front in self.fronts.items() if front.is_called(name) or name in (front.code, file, front.label)
        ]  # fmt: skip
        if len(found) == 1:
            return self.documents[found[0]]
        labels = [self.fronts[file].label for file in found]
        if found:
            listed = "、".join(f"《{label}》" for label in labels)
            self.wrong(said.place, f"'{said.text}' 有几个版本", f"写明是 {listed} 中的哪一个")
        else:
            every = [name for front in self.fronts.values() for name in (front.label, front.code) if name]
            self.wrong(said.place, f"没有名为 '{said.text}' 的文件", perhaps(name, every) or "写文件的名称或编号")
        return None


def _front(document: Document) -> Front:
    """Its problems are the checker's to tell."""
    return read_front(document, lambda *said: None)
