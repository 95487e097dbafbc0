"""Pages as HTML: one file each, with nothing to fetch, for a screen, a phone and a sheet of paper."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import quote

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

ENDING = ".html"
COLUMNS_MAX, CELL_MAX = 4, 18  # columns, and characters in a cell, that fit a phone side by side


def write(page: Page) -> str:
    """The page as one HTML document."""
    body = "\n".join(_body(page))
    return (
        "<!doctype html>\n"
        '<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(page.title)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


@cache
def _style() -> str:
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")


def _body(page: Page) -> Iterator[str]:
    if page.up is not None:
        yield f'<nav aria-label="位置">{_inline(page.up)}</nav>'
    yield f"<main>\n<h1>{escape(page.title)}</h1>"
    for block in page.blocks:
        yield from _article(block) if isinstance(block, Article) else _block(block)
    yield "</main>"


def _article(article: Article) -> Iterator[str]:
    """The official text and what it means, side by side where there is room."""
    yield f'<section class="article" aria-labelledby="{escape(article.heading.anchor)}">'
    yield from _block(article.heading)
    yield '<div class="text">'
    for block in article.official:
        yield from _block(block)
    yield "</div>"
    if article.beside:
        yield '<aside class="said" aria-label="怎么算">'
        for block in article.beside:
            yield from _block(block)
        yield "</aside>"
    yield "</section>"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text, level=level, anchor=anchor):
            mark = f' id="{escape(anchor)}"' if anchor else ""
            yield f"<h{level}{mark}>{escape(text)}</h{level}>"
        case Prose(paragraphs=paragraphs):
            for paragraph in paragraphs:
                yield f"<p>{escape(paragraph)}</p>"
        case Mark(text=text):
            yield f'<p class="mark" role="note">{escape(text)}</p>'
        case Pairs(rows=rows):
            yield "<dl>"
            for name, what in rows:
                yield f"<div><dt>{escape(name)}</dt><dd>{_cell(what)}</dd></div>"
            yield "</dl>"
        case Grid():
            yield from _grid(block)
        case Said(items=items):
            yield "<ul>"
            for item in items:
                yield from _item(item)
            yield "</ul>"


def _grid(grid: Grid) -> Iterator[str]:
    """A table; one that is too wide for a phone turns there into a card a row, each cell under its heading. The roles keep
    it a table for who hears it read."""
    label = escape(grid.caption or "表")
    if grid.folded:
        yield f"<details><summary>{label}</summary>"
    kind = " cards" if _is_wide(grid) else ""
    yield f'<div class="table{kind}" role="region" aria-label="{label}" tabindex="0">\n<table role="table">'
    if grid.caption:
        unseen = "" if grid.titled else ' class="unseen"'
        yield f"<caption{unseen}>{label}</caption>"
    heads = "".join(f'<th scope="col" role="columnheader">{escape(heading)}</th>' for heading in grid.headings)
    yield f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>\n<tbody role="rowgroup">'
    for row in grid.rows:
        first, *others = (_labelled(one, heading) for one, heading in zip(row, grid.headings, strict=True))
        cells = "".join(f'<td role="cell"{one}</td>' for one in others)
        yield f'<tr role="row"><th scope="row" role="rowheader"{first}</th>{cells}</tr>'
    yield "</tbody></table></div>"
    if grid.folded:
        yield "</details>"


def _labelled(one: Cell, heading: str) -> str:
    return f' data-of="{escape(heading)}">{_cell(one)}'


def _is_wide(grid: Grid) -> bool:
    longest = max(
        (len("".join(p if isinstance(p, str) else p.text for p in one)) for row in grid.rows for one in row), default=0
    )
    return len(grid.headings) > COLUMNS_MAX or (len(grid.headings) > 1 and longest > CELL_MAX)


def _item(item: Item) -> Iterator[str]:
    name = f" <b>{escape(item.name)}</b>" if item.name else ""
    yield f'<li><span class="kind">{escape(item.kind)}</span>{name}<span class="words">{escape(item.text)}</span>'
    if item.details:
        yield "<ul>"
        for detail in item.details:
            yield f"<li>{_cell(detail)}</li>"
        yield "</ul>"
    yield "</li>"


def _cell(parts: Cell) -> str:
    return "".join(map(_inline, parts))


def _inline(part: Inline) -> str:
    if isinstance(part, str):
        return escape(part)
    place = f"#{part.anchor}" if part.anchor else ""
    return f'<a href="{escape((quote(part.page + ENDING) if part.page else "") + place)}">{escape(part.text)}</a>'
