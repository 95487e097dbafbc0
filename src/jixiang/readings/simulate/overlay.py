"""A draft laid over a city pack: a whole pack again, so that everything that reads packs reads it, and what differs."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from jixiang.language.check.front import Front, read_front
from jixiang.language.city import FOLDERS, City
from jixiang.language.document import read_document
from jixiang.readings.breakdowns import FILE as BREAKDOWNS

HOMES = {"定义": "definitions", "列表": "lists"}


def lay_over(city: City, texts: Mapping[str, str], target: Path) -> None:
    """Writes the pack with these texts in the place of its own, or beside them."""
    for path in sorted(city.folder.rglob("*.md")):
        _put(target / path.relative_to(city.folder), path)
    if (city.folder / BREAKDOWNS).exists():
        _put(target / BREAKDOWNS, city.folder / BREAKDOWNS)
    for file, text in sorted(texts.items()):
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        (target / file).write_text(text, encoding="utf-8")


def _put(target: Path, source: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def read_draft(city: City, folder: Path) -> tuple[dict[str, str], date | None]:
    """The documents of a draft folder by the path that they take in the pack, and the first day of the change.

    A document of the same 编号 (or 名称) and 版本 takes the place of the pack's; another 版本 stands beside it, and so does what is
    new. The day is the first 施行 among those that stand beside; None where one takes the place of another, for that reaches back.
    """
    fronts = {document.file: read_front(document, lambda *said: None) for document in city.documents}
    texts: dict[str, str] = {}
    days: list[date | None] = []
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        document, _ = read_document(path, name)
        front = read_front(document, lambda *said: None)
        same = next((file for file, other in fronts.items() if file == name or _same(front, other)), None)
        if same is not None and document.text == (city.folder / same).read_text(encoding="utf-8-sig"):
            continue
        texts[same or _home(name, front)] = document.text
        days.append(None if same is not None else front.in_force_from)
    known = [day for day in days if day is not None]
    return texts, min(known) if known and len(known) == len(days) else None


def _same(one: Front, other: Front) -> bool:
    named = one.code == other.code if one.code and other.code else one.name == other.name
    return named and one.kind == other.kind and one.version == other.version


def _home(name: str, front: Front) -> str:
    """Where a new document goes: where it lies in the draft, if that is a folder of a pack."""
    if name.split("/")[0] in FOLDERS:
        return name
    folder = HOMES.get(front.kind, f"policies/{front.category}" if front.category else "policies")
    return f"{folder}/{name.rsplit('/', 1)[-1]}"


def differences(city: City, texts: Mapping[str, str]) -> Iterator[str]:
    """The draft as a unified diff against the pack, line by line."""
    for file, text in sorted(texts.items()):
        path = city.folder / file
        before = path.read_text(encoding="utf-8-sig").splitlines() if path.exists() else []
        was = f"在用/{file}" if path.exists() else "/dev/null"
        yield from difflib.unified_diff(before, text.splitlines(), was, f"草案/{file}", lineterm="")
