"""释明: which findings of the health check are meant to be so, and why. What kinds of finding there are, the check knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jixiang.language import typed
from jixiang.language.check.core import Desk
from jixiang.language.nearness import perhaps
from jixiang.language.parts import ExplainedPart

COLUMNS = ("体检", "对象", "说明")


def read_explained(parts: Iterable[ExplainedPart], document: str, desk: Desk) -> Iterator[typed.Explained]:
    """The rows of a document's 释明 blocks. Without the right columns a block says nothing."""
    for part in parts:
        headings = [cell.text.strip() for cell in part.grid.header]
        if sorted(headings) != sorted(COLUMNS):
            _columns(part, headings, desk)
            continue
        kind, about, text = (headings.index(name) for name in COLUMNS)
        for row in part.grid.rows:
            empty = next((at for at in (kind, about, text) if not row[at].text.strip()), None)
            if empty is not None:
                message = f"释明 的 '{headings[empty]}' 不能空着"
                desk.note("explained", row[empty].place, message, "三格都写: 哪一种体检结果、关于什么、为什么")
                continue
            said = [cell.text.strip() for cell in row]
            yield typed.Explained(document, said[kind], said[about], said[text], part.article, row[kind].place)


def _columns(part: ExplainedPart, headings: list[str], desk: Desk) -> None:
    strange = next((cell for cell in part.grid.header if cell.text.strip() not in COLUMNS), None)
    way = f"表头写 | {' | '.join(COLUMNS)} |"
    if strange is None:
        desk.note("explained", part.grid.place, "释明 要有三列: 体检、对象、说明", way)
    else:
        missing = [name for name in COLUMNS if name not in headings]
        way = perhaps(strange.text.strip(), missing) or way
        desk.note("explained", strange.place, f"释明 没有名为 '{strange.text.strip()}' 的列", way)
