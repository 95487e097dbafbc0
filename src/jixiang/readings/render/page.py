"""What a page holds, before it is written as Markdown or HTML. It knows no policy: only headings, prose, tables and words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """To another page, by its name, or (with `page` empty) to a place on this one."""

    text: str
    page: str = ""
    anchor: str = ""


Inline = str | Link
Cell = tuple[Inline, ...]


def cell(*parts: Inline) -> Cell:
    return parts


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 2 or more: a page has one heading of level 1, its title."""

    text: str
    level: int
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """What nobody may overlook."""

    text: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and what belongs to each."""

    rows: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the first cell of a row is its name. `folded`: what need not be seen at first; `titled`: whether the caption
    shows, as it need not right under a heading of the same words."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    folded: bool = False
    titled: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """One statement in plain words: what kind it is, its name, the sentence, and what to know about it."""

    kind: str
    name: str
    text: str
    details: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What the machine does, in plain words."""

    items: tuple[Item, ...]


Block = Heading | Prose | Mark | Pairs | Grid | Said


@dataclass(frozen=True, slots=True)
class Article:
    """An article: the official text, and beside it what it means. With nothing beside it, just text."""

    heading: Heading
    official: tuple[Block, ...]
    beside: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Page:
    """`name`: the file's, without its ending. `up`: the way back to the index."""

    name: str
    title: str
    blocks: tuple[Block | Article, ...]
    up: Link | None = None
