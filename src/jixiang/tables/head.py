"""The head of a fact folder: which version of every table is current, so that all tables move on in one step.

A Delta log moves one table at a time; `_head.json` moves them together. Whoever writes a folder in acts changes it last;
whoever reads a folder that has one sees the tables in it, at the versions in it, and no others. Never says what a version
consists of: that is the Delta log's business.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

HEAD = "_head.json"


def read_head(folder: Path) -> dict[str, int] | None:
    """Table → its current version; None where the folder has no head. Raises ValueError where it is not one."""
    try:
        content = json.loads((folder / HEAD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ValueError(f"{folder / HEAD} is not a head") from error
    if not isinstance(content, dict) or not all(type(version) is int for version in content.values()):
        raise ValueError(f"{folder / HEAD} is not a head")
    return content


def write_head(folder: Path, versions: Mapping[str, int]) -> None:
    """Replaces the head at once: at every moment a reader finds the old one or the new one, also after a power cut."""
    draft = folder / f"{HEAD}.draft"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(dict(versions), file, sort_keys=True, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, folder / HEAD)
    sync(folder)


def sync(path: Path) -> None:
    """Waits until a file's content, or a folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
