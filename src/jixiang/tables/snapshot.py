"""The manifest of a run: everything that its decisions depend on, and one id for it.

Same id, and the same choice of policies and ceilings: the same decisions, byte for byte. Nothing in it depends on where
the files lie or when they were written: paths are relative to the fact folder, and files are known by their SHA-256. The
id is the SHA-256 of the manifest's canonical JSON: keys sorted, no spaces, UTF-8.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pyarrow.parquet as pq

from jixiang.tables.cutoffs import read_cutoffs
from jixiang.tables.decisions import decision_files
from jixiang.tables.store import FactStore

MANIFEST = "manifest.json"
SIGNED = re.compile(r"-([0-9a-f]{16})\.parquet$")  # the beginning of its hash, in a data file's name


@dataclass(frozen=True, slots=True)
class DataFile:
    path: str  # relative to the fact folder, with /
    sha256: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """`cutoffs`: per table the day up to which its rows are all there. `documents`: path in the city pack → SHA-256.
    `run_dates`: the runs up to and including this one. `standing`: SHA-256 over the decisions of the run before, empty
    if there was none.
    """

    as_of: date
    tables: Mapping[str, tuple[DataFile, ...]]
    cutoffs: Mapping[str, date]
    documents: Mapping[str, str]
    run_dates: tuple[date, ...]
    standing: str = ""

    @cached_property
    def canonical(self) -> str:
        content = {
            "as_of": self.as_of.isoformat(),
            "cutoffs": {table: day.isoformat() for table, day in self.cutoffs.items()},
            "documents": dict(self.documents),
            "run_dates": [day.isoformat() for day in self.run_dates],
            "standing": self.standing,
            "tables": {
                table: [{"path": file.path, "rows": file.rows, "sha256": file.sha256} for file in files]
                for table, files in self.tables.items()
            },
        }
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @cached_property
    def id(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()


def take_snapshot(
    store: FactStore,
    *,
    tables: Iterable[str],
    as_of: date,
    documents: Mapping[str, str],
    run_dates: Iterable[date],
    standing: str = "",
) -> Manifest:
    """The manifest of what a run over these tables would read now. Tables that are not there are left out."""
    root = store.folder.absolute()
    paths = {table: [Path(file) for file in store.files(table)] for table in sorted(tables)}
    flat = [path for files in paths.values() for path in files]
    digests = dict(zip(flat, _hash_files(flat), strict=True))
    return Manifest(
        as_of=as_of,
        tables={
            table: tuple(
                DataFile(path.relative_to(root).as_posix(), digests[path], pq.read_metadata(path).num_rows)
                for path in files
            )
            for table, files in paths.items()
            if files
        },
        cutoffs=read_cutoffs(store, as_of),
        documents=documents,
        run_dates=tuple(run_dates),
        standing=standing,
    )


def hash_documents(city_folder: Path) -> dict[str, str]:
    """SHA-256 of every Markdown document of a city pack, by its path in the pack."""
    files = sorted(city_folder.rglob("*.md"))
    names = [file.relative_to(city_folder).as_posix() for file in files]
    return dict(zip(names, _hash_files(files), strict=True))


def hash_folder(folder: Path) -> str:
    """One SHA-256 over the decision files of a folder, their names included: the standing decisions' hash."""
    files = decision_files(folder)
    lines = [
        f"{digest} {file.relative_to(folder).as_posix()}"
        for file, digest in zip(files, _hash_files(files), strict=True)
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> Path:
    """Writes `manifest.json`: the canonical JSON itself, so that its SHA-256 is the id."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MANIFEST
    path.write_text(manifest.canonical, encoding="utf-8")
    return path


def read_manifest(folder: Path) -> Manifest:
    """What `write_manifest` wrote. Raises FileNotFoundError, or ValueError if it is not a manifest."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(
            as_of=date.fromisoformat(content["as_of"]),
            tables={
                table: tuple(DataFile(file["path"], file["sha256"], file["rows"]) for file in files)
                for table, files in content["tables"].items()
            },
            cutoffs={table: date.fromisoformat(day) for table, day in content["cutoffs"].items()},
            documents=content["documents"],
            run_dates=tuple(date.fromisoformat(day) for day in content["run_dates"]),
            standing=content["standing"],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{folder / MANIFEST} is not a manifest") from error


def damaged_files(manifest: Manifest) -> list[str]:
    """Paths of data files whose content is not what their name says it was when they were written.

    A single bit that tipped over gives other facts without any error from whoever reads them, so a run asks this first.
    Files that others have put there carry no hash in their name and can not be asked.
    """
    files = [file for group in manifest.tables.values() for file in group]
    signed = [(file, match[1]) for file in files if (match := SIGNED.search(file.path))]
    return [file.path for file, digest in signed if not file.sha256.startswith(digest)]


def changed_files(store: FactStore, manifest: Manifest) -> list[str]:
    """Paths of the manifest whose file is gone or has other content now: empty if the run can be done again."""
    files = {file.path: file.sha256 for group in manifest.tables.values() for file in group}
    there = {path: store.folder / path for path in files if (store.folder / path).is_file()}
    digests = dict(zip(there, _hash_files(list(there.values())), strict=True))
    return [path for path, digest in files.items() if digests.get(path) != digest]


def _hash_files(files: list[Path]) -> list[str]:
    """Hashing leaves the interpreter lock, so threads help."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(_hash_file, files))


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
