"""The part of the rulebook that is also written by hand: the same documents, without the policies that nobody wrote a second time."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.places import CITY
from jixiang.language.city import City, load_city

BY_HAND = frozenset({"A1", "A4", "A7", "A8", "B3", "D1", "E3", "F1"})


@contextmanager
def by_hand_pack() -> Iterator[Path]:
    """A city pack with the vocabulary, definitions, lists, 办法 documents, and the policies that are written by hand too."""
    with tempfile.TemporaryDirectory(prefix="jixiang-pack-") as folder:
        pack = Path(folder) / "city"
        shutil.copytree(CITY, pack)
        for document in sorted((pack / "policies").rglob("*.md")):
            front = document.read_text(encoding="utf-8").split("---", 2)[1]
            code = re.search(r"^编号: *(\S+)", front, re.MULTILINE)
            if "文种: 办法" not in front and (code is None or code[1] not in BY_HAND):
                document.unlink()
        yield pack


def by_hand_city() -> City:
    """Those documents, compiled. Ends the program with what is wrong in them."""
    with by_hand_pack() as folder:
        city = load_city(folder)
    if city.rulebook is None:
        raise SystemExit("\n".join(f"{p.place}: {p.message}" for p in city.errors))
    return city
