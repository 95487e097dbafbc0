"""Pages of small harbours and of the real city, and what a browser would find in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from tests.readings.harbour import harbour

from jixiang.language.city import City, load_city
from jixiang.readings.render.book import Book
from jixiang.readings.render.page import Article, Block, Cell, Grid, Item, Link, Page, Pairs, Prose, Said

CITY = Path(__file__).parents[3] / "cities" / "wuxi"
VOID = {"meta", "br", "hr", "img", "link", "input"}


@cache
def real_city() -> City:
    found = load_city(CITY)
    assert found.rulebook is not None, found.errors
    return found


@cache
def real_pages() -> dict[str, Page]:
    return pages_of(real_city())


def pages_of(city: City) -> dict[str, Page]:
    assert city.rulebook is not None
    return {page.name: page for page in Book(city, city.rulebook).all_pages()}


def pages_from(folder: Path, *documents: str) -> dict[str, Page]:
    return pages_of(harbour(folder, *documents))


def blocks(page: Page) -> Iterator[Block]:
    for block in page.blocks:
        if isinstance(block, Article):
            yield from (block.heading, *block.official, *block.beside)
        else:
            yield block


def items(page: Page) -> list[Item]:
    return [item for block in blocks(page) if isinstance(block, Said) for item in block.items]


def item(page: Page, kind: str, name: str = "") -> Item:
    (found,) = [one for one in items(page) if (one.kind, one.name) == (kind, name)]
    return found


def grid(page: Page, caption: str) -> Grid:
    (found,) = [block for block in blocks(page) if isinstance(block, Grid) and block.caption == caption]
    return found


def pair(page: Page, name: str) -> str:
    (found,) = [text(what) for b in blocks(page) if isinstance(b, Pairs) for called, what in b.rows if called == name]
    return found


def prose(page: Page) -> list[str]:
    return [paragraph for block in blocks(page) if isinstance(block, Prose) for paragraph in block.paragraphs]


def text(what: Cell) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in what)


def rows(found: Grid) -> list[list[str]]:
    return [[text(one) for one in row] for row in found.rows]


def cells(page: Page) -> Iterator[Cell]:
    for block in blocks(page):
        match block:
            case Pairs():
                yield from (what for _, what in block.rows)
            case Grid():
                yield from (one for row in block.rows for one in row)
            case Said():
                yield from (detail for one in block.items for detail in one.details)


def links(page: Page) -> list[Link]:
    return [part for what in cells(page) for part in what if isinstance(part, Link)]


@dataclass
class Read(HTMLParser):
    """A page as a strict reader takes it: every tag closed in its order."""

    open: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def of(cls, written: str) -> Read:
        made = cls()
        made.feed(written)
        made.close()
        assert made.open == [], made.open
        return made

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for called, attributes in self.tags if called == tag]
