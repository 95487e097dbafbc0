"""The files that are imported: one a kind, without faults, as a source that writes UTF-8 would send it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from benchmarks.facts import facts_of
from benchmarks.places import CITY, KEPT
from jixiang.imports.kind_reader import read_kinds
from jixiang.imports.kinds import Kind, Layout
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.synthetic.extracts.files import Order, is_workbook
from jixiang.synthetic.extracts.identities import give_identities
from jixiang.synthetic.extracts.strangers import Strangers
from jixiang.synthetic.extracts.write import write_kinds

EXTRACTED = date(2021, 6, 30)
KINDS = ("contributions", "persons")
BESIDE = ("employers",)  # whose credit codes the others name


@dataclass(frozen=True)
class Extract:
    kind: str
    layout: str
    path: Path
    rows: int

    @property
    def bytes(self) -> int:
        return self.path.stat().st_size


def extracts_of(scale: float, seed: int, kept: Path = KEPT) -> tuple[Extract, ...]:
    """The files by kind; another call with the same arguments finds them."""
    facts = facts_of(scale, seed, kept)
    folder = facts.with_name(f"extracts-{facts.name.removeprefix('facts-')}")
    if not folder.exists():
        draft = folder.with_name(folder.name + ".part")
        shutil.rmtree(draft, ignore_errors=True)
        _write(facts, draft, seed)
        draft.rename(folder)
    return tuple(_found(folder))


def _write(facts: Path, folder: Path, seed: int) -> None:
    vocabulary, _ = read_vocabulary(CITY / "vocabulary.md")
    kinds, _ = read_kinds(CITY, vocabulary)
    chosen = {code: replace(kinds[code], layouts=(_layout(kinds[code]),)) for code in (*KINDS, *BESIDE)}
    people = give_identities(facts, CITY, seed)
    order = Order(folder, EXTRACTED, seed, 0, Strangers(people))
    planted = write_kinds(facts, chosen, vocabulary, people, order, since=None, progress=lambda what, done: None)
    if planted.problems:
        raise SystemExit("\n".join(f"{p.place}: {p.message}" for p in planted.problems))
    for file in planted.files:
        (folder / file.file).rename(folder / f"{file.kind}~{file.layout}~{file.rows}.csv")


def _layout(kind: Kind) -> Layout:
    """A source that sends text which DuckDB reads too."""
    return next(one for one in kind.layouts if one.encoding == "utf-8" and not is_workbook(kind, one))


def _found(folder: Path) -> Iterator[Extract]:
    for kind in KINDS:
        for path in folder.glob(f"{kind}~*.csv"):
            _, layout, rows = path.stem.split("~")
            yield Extract(kind, layout, path, int(rows))
