"""RESULTS.md: what `make bench` writes, and behind it the section of `make bench-import`. Each leaves the other's part."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
IMPORTS = "## Imports\n"


def write_decisions(path: Path, text: str) -> None:
    _, imports = _parts(path)
    _write(path, text, imports)


def write_imports(path: Path, text: str) -> None:
    """`text` begins with the heading `IMPORTS`."""
    decisions, _ = _parts(path)
    _write(path, decisions, text)


def _parts(path: Path) -> tuple[str, str]:
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    decisions, heading, imports = known.partition(IMPORTS)
    return decisions, heading + imports


def _write(path: Path, *parts: str) -> None:
    path.write_text("\n\n".join(part.strip() for part in parts if part.strip()) + "\n", encoding="utf-8")
