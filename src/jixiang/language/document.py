"""A policy document: from the text of one file to its parts, each with its place. Nothing is resolved or typed here.

Every mistake found is a problem beside the document, never an exception, and all of them are found in one go.
"""

from __future__ import annotations

import hashlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from pathlib import Path

from jixiang.language.blocks import Blocks, read_blocks
from jixiang.language.parser import names_given, parse_rules
from jixiang.language.parts import Document, RulePart
from jixiang.language.source import fold
from jixiang.values.problem import Place, Problem


def read_document(path: Path, file: str = "", names: frozenset[str] = frozenset()) -> tuple[Document, list[Problem]]:
    """The document in a file. `file` is how places name it (the path unless said); `names` are the vocabulary's and those
    of the documents referred to, by which runs of words without spaces are taken apart."""
    content = path.read_bytes()
    called = file or str(path)
    problems: list[Problem] = []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("utf-16" if content[:2] in (BOM_UTF16_LE, BOM_UTF16_BE) else "gb18030", errors="replace")
        way = "在编辑器里另存为,编码选 UTF-8"
        problems.append(Problem("not-utf8", Place(called, 1), "文件不是 UTF-8 编码,中文会读错", way))
    return _assemble(text, hashlib.sha256(content).hexdigest(), called, names, problems)


def parse_document(text: str, file: str, names: frozenset[str] = frozenset()) -> tuple[Document, list[Problem]]:
    """The document that a text is; `sha256` is over its UTF-8 bytes."""
    digest = hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
    return _assemble(text.removeprefix("\ufeff"), digest, file, names, [])


def _assemble(
    text: str, sha256: str, file: str, names: frozenset[str], problems: list[Problem]
) -> tuple[Document, list[Problem]]:
    blocks = read_blocks(text, file, problems)
    in_force = names | own_names(blocks)
    rules = [
        RulePart(statement, lines[0].article, written)
        for lines in blocks.rules
        for statement, written in parse_rules(lines, in_force, problems)
    ]
    document = Document(
        file=file,
        text=text,
        sha256=sha256,
        front=blocks.front,
        articles=tuple(blocks.articles),
        tables=tuple(blocks.tables),
        rules=tuple(rules),
        cases=tuple(blocks.cases),
        facts=tuple(blocks.facts),
        first_line=blocks.lines[0].place(),
        explained=tuple(blocks.explained),
    )
    return document, sorted(problems, key=lambda problem: problem.place)


def own_names(blocks: Blocks) -> frozenset[str]:
    """The names that a document gives itself: of its statements, its tables, their columns, and what their cells say."""
    return frozenset(_table_words(blocks)).union(*(names_given(lines) for lines in blocks.rules))


def _table_words(blocks: Blocks) -> Iterator[str]:
    for table in blocks.tables:
        yield table.name.text
        for cells in (table.grid.header, *table.grid.rows):
            for cell in cells:
                yield from (word for word in fold(cell.text).split("、") if word.isidentifier())
