"""The city that is decided: made once for a scale, a seed, and the code and figures that draw it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from benchmarks.places import CITY, KEPT, ROOT
from jixiang.synthetic.city import make_city


def facts_of(scale: float, seed: int, kept: Path = KEPT) -> Path:
    """The folder of the facts; another call with the same arguments finds it."""
    folder = kept / f"facts-{scale:g}-{seed}-{_drawn_by()}"
    if not folder.exists():
        draft = folder.with_name(folder.name + ".part")
        shutil.rmtree(draft, ignore_errors=True)
        problems = make_city(draft, scale, seed, CITY, lambda what, done: None)
        if problems:
            raise SystemExit("\n".join(f"{p.place}: {p.message}" for p in problems))
        draft.rename(folder)
    return folder


def _drawn_by() -> str:
    """What a city depends on beside scale and seed: the figures, the vocabulary, and the code that draws and stores it."""
    code = [ROOT / "src" / "jixiang" / room for room in ("synthetic", "tables", "values")]
    files = [CITY / "figures.toml", CITY / "vocabulary.md", *(f for room in code for f in sorted(room.glob("*.py")))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
