"""RESULTS.md in three parts: what `make bench` measures of us, its peers, and what `make bench-import` measures. Each is written
alone and leaves the others' part."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
PEERS = "## Peers\n"
IMPORTS = "## Imports\n"


def write_decisions(path: Path, text: str) -> None:
    _, peers, imports = _parts(path)
    _write(path, text, peers, imports)


def write_peers(path: Path, text: str) -> None:
    """`text` begins with the heading `PEERS`."""
    decisions, _, imports = _parts(path)
    _write(path, decisions, text, imports)


def write_imports(path: Path, text: str) -> None:
    """`text` begins with the heading `IMPORTS`."""
    decisions, peers, _ = _parts(path)
    _write(path, decisions, peers, text)


def _parts(path: Path) -> tuple[str, str, str]:
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    rest, imports_heading, imports = known.partition(IMPORTS)
    decisions, peers_heading, peers = rest.partition(PEERS)
    return decisions, peers_heading + peers, imports_heading + imports


def _write(path: Path, *parts: str) -> None:
    path.write_text("\n\n".join(part.strip() for part in parts if part.strip()) + "\n", encoding="utf-8")
