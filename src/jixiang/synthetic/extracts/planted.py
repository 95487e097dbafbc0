"""What a set of extracts holds: its files with their good rows, and every fault that was planted in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from jixiang.values.problem import Problem

Weight = Literal["refused", "ignored", "note", "file", "stop"]
PLANTED = "planted.json"


@dataclass(frozen=True, slots=True)
class Expected:
    """What an import must say of one place. `line` is the physical line or the row of the sheet, 0 for the whole file.

    `codes`: every fault of the row, none besides. `note`: the row is taken all the same.
    """

    file: str
    line: int
    codes: tuple[str, ...]
    weight: Weight


@dataclass(frozen=True, slots=True)
class ExtractFile:
    """One file that is to be imported as it is. `rows`: good ones; those with a fault come on top."""

    kind: str
    layout: str
    file: str
    rows: int


@dataclass(frozen=True)
class Planted:
    """`files` go in together, one kind after the other; each of `bad_files` by itself and after them.

    `left_out`: kind → why → rows of the truth that its files cannot say: no natural key, a required cell that is empty, a
    second row under one key, a value that no layout can spell. `strangers`: numbers that only planted rows have; one that
    an accepted row has is a person whom the truth lacks.
    """

    extracted: date
    seed: int
    files: tuple[ExtractFile, ...] = ()
    bad_files: tuple[ExtractFile, ...] = ()
    expected: tuple[Expected, ...] = ()
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    strangers: frozenset[str] = field(default=frozenset(), repr=False)
    problems: tuple[Problem, ...] = ()

    def of(self, file: str) -> tuple[Expected, ...]:
        return tuple(one for one in self.expected if one.file == file)


def write_planted(planted: Planted, folder: Path) -> None:
    """As JSON beside the extracts, without any number of a person."""
    told: dict[str, Any] = {
        "extracted": planted.extracted.isoformat(),
        "seed": planted.seed,
        "files": [asdict(file) for file in planted.files],
        "bad_files": [asdict(file) for file in planted.bad_files],
        "planted": [asdict(one) for one in planted.expected],
        "left_out": {kind: dict(why) for kind, why in planted.left_out.items()},
    }
    (folder / PLANTED).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_planted(folder: Path) -> Planted:
    told = json.loads((folder / PLANTED).read_text(encoding="utf-8"))
    return Planted(
        date.fromisoformat(told["extracted"]),
        told["seed"],
        tuple(ExtractFile(**file) for file in told["files"]),
        tuple(ExtractFile(**file) for file in told["bad_files"]),
        tuple(Expected(**{**one, "codes": tuple(one["codes"])}) for one in told["planted"]),
        told["left_out"],
    )
