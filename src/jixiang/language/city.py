"""A city pack as one value: its vocabulary, its documents, the rulebook they make, and everything wrong in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from jixiang.language import typed
from jixiang.language.blocks import read_blocks
from jixiang.language.check.scope import Scope
from jixiang.language.document import own_names, read_document
from jixiang.language.parts import Document
from jixiang.language.rulebook import assemble, settled
from jixiang.language.vocabulary import Vocabulary
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.values.problem import Place, Problem

FOLDERS = ("policies", "definitions", "lists")
EMPTY = Vocabulary("", {}, {})


@dataclass(frozen=True)
class City:
    """`documents` by path. `rulebook` is None while there is an error. Files are named relative to `folder`.

    `scopes`: file → what its document declares, for the readings that look names up in a document (cases).
    """

    folder: Path
    vocabulary: Vocabulary
    documents: tuple[Document, ...]
    rulebook: typed.Rulebook | None
    problems: tuple[Problem, ...]
    scopes: dict[str, Scope]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def load_city(folder: Path) -> City:
    """Read and check a city pack. Files may be absent; what is wrong is in `problems`, sorted by place."""
    vocabulary, problems = _vocabulary(folder)
    files = [(path, path.relative_to(folder).as_posix()) for path in _files(folder)]
    documents = []
    names = {file: _names(path, file) for path, file in files}
    spoken = names_of_vocabulary(vocabulary)
    for path, file in files:
        quoted = frozenset[str]().union(*(names[f][1] for f in _quoted(names[file][0], names)))
        document, found = read_document(path, file, spoken | quoted)
        documents.append(document)
        problems.extend(found)
    assembled = assemble(documents, vocabulary)
    every = settled((*problems, *assembled.problems))
    wrong = any(problem.severity == "error" for problem in every)
    rulebook = None if wrong else assembled.rulebook
    return City(folder, vocabulary, tuple(documents), rulebook, every, assembled.scopes)


def _vocabulary(folder: Path) -> tuple[Vocabulary, list[Problem]]:
    path = folder / "vocabulary.md"
    if not path.exists():
        place = Place("vocabulary.md", 1)
        return EMPTY, [Problem("no-vocabulary", place, "城市目录里没有 vocabulary.md", "先写事实词汇")]
    vocabulary, problems = read_vocabulary(path)
    return vocabulary, [replace(p, place=replace(p.place, file="vocabulary.md")) for p in problems]


def _files(folder: Path) -> Iterator[Path]:
    for name in FOLDERS:
        yield from sorted((folder / name).rglob("*.md"))


def names_of_vocabulary(vocabulary: Vocabulary) -> frozenset[str]:
    """Every word that the vocabulary knows: by them runs of words without spaces are taken apart."""
    names = {name for codes in vocabulary.codes.values() for name in codes.by_name}
    for entity in vocabulary.entities.values():
        names |= {entity.name, *entity.attributes, *entity.relations}
    return frozenset(name for name in names if name.isidentifier())


def _names(path: Path, file: str) -> tuple[str, frozenset[str], str]:
    """Of a document, before it is parsed: its 引用 as written, the names it gives, its own name."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    blocks = read_blocks(text, file, [])
    written = {key: value.text for key, value in blocks.front.items()}
    return written.get("引用", ""), own_names(blocks), written.get("名称", "")


def _quoted(quotes: str, names: dict[str, tuple[str, frozenset[str], str]]) -> list[str]:
    return [file for file, (_, _, name) in names.items() if name and f"《{name}" in quotes]
