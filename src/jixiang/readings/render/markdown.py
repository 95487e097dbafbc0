"""Pages as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jixiang.readings.render.page import (
    Article,
    Block,
    Cell,
    Grid,
    Heading,
    Inline,
    Item,
    Mark,
    Page,
    Pairs,
    Prose,
    Said,
)

ENDING = ".md"


def write(page: Page) -> str:
    """The page as one Markdown text."""
    return "\n\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    if page.up is not None:
        yield _inline(page.up)
    yield f"# {escape(page.title)}"
    for block in page.blocks:
        if isinstance(block, Article):
            yield from _block(block.heading)
            for one in (*block.official, *block.beside):
                yield from _block(one)
        else:
            yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text, level=level, anchor=anchor):
            if anchor:
                yield f'<a id="{anchor}"></a>'
            yield f"{'#' * level} {escape(text)}"
        case Prose(paragraphs=paragraphs):
            yield from map(escape, paragraphs)
        case Mark(text=text):
            yield f"> **{escape(text)}**"
        case Pairs(rows=rows):
            yield _table(("", ""), [(f"**{escape(name)}**", _cell(what)) for name, what in rows])
        case Grid(caption=caption, headings=headings, rows=rows, titled=titled):
            if caption and titled:
                yield f"**{escape(caption)}**"
            yield _table(tuple(map(escape, headings)), [tuple(map(_cell, row)) for row in rows])
        case Said(items=items):
            yield "\n".join(f"> {line}" for item in items for line in _item(item))


def _item(item: Item) -> Iterator[str]:
    name = f" {item.name}" if item.name else ""
    yield f"- **{escape(f'{item.kind}{name}')}**：{escape(item.text)}"
    for detail in item.details:
        yield f"  - {_cell(detail)}"


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [_row(headings), _row(("---",) * len(headings)), *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(parts: Cell) -> str:
    return "".join(map(_inline, parts))


def _inline(part: Inline) -> str:
    if isinstance(part, str):
        return escape(part)
    place = f"#{part.anchor}" if part.anchor else ""
    return f"[{escape(part.text)}](<{part.page + ENDING if part.page else ''}{place}>)"


def escape(text: str) -> str:
    """Text that means nothing to Markdown, on one line."""
    text = re.sub(r"([\\`*_\[\]|<>~#])", r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", re.sub(r"^([-+=])", r"\\\1", text))
