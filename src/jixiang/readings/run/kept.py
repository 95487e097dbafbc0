"""The verdicts that a run leaves beside its decisions, for each of its dates, so that the run after it need not judge
everybody anew.

They lie in a folder of their own, which no reader of decisions looks into: one file a date and version, and an index that says
by which texts, by which program and for which run they were judged. What does not fit, or is not as it was written, is not
taken. Never says whose verdicts still hold: that is `before`'s business.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
from sqlglot import exp

import jixiang
from jixiang.engines.engine import Engine
from jixiang.language.typed import Policy
from jixiang.readings.concern import expressions_of, tables_named
from jixiang.readings.query import sql
from jixiang.readings.query.sql import col
from jixiang.readings.run.request import Request
from jixiang.tables.parquet import write_parquet

FOLDER = "_verdicts"
INDEX = "index.json"
KEY = ("subject", "period", "title")


class Verdicts(Protocol):
    """One version's verdicts on one date, as a relation of the engine; `file`: where they lay before, if all of them did."""

    @property
    def policy(self) -> Policy: ...
    @property
    def day(self) -> date: ...
    @property
    def relation(self) -> str: ...
    @property
    def file(self) -> Path | None: ...


@dataclass(frozen=True)
class Kept:
    """`files`: (day, code, version) → the file's name, its hash and the mark of what it was judged by."""

    folder: Path
    files: Mapping[tuple[date, str, str], tuple[str, str, str]]

    def has(self, code: str, mark: str) -> bool:
        """Is there anything of a policy that was judged by these texts?"""
        return any(policy == code and said == mark for (_, policy, _), (_, _, said) in self.files.items())

    def file(self, day: date, policy: Policy, mark: str) -> Path | None:
        """Where a version's verdicts of a day lie; None if there are none by these texts, or they have been damaged."""
        name, digest, judged_by = self.files.get((day, policy.code, policy.version), ("", "", ""))
        path = self.folder / name
        return path if judged_by == mark and path.is_file() and _digest(path) == digest else None


def read_kept(run: Path, run_id: str) -> Kept | None:
    """What a run has left; None where there is nothing of it, or nothing that can be read."""
    try:
        content = json.loads((run / FOLDER / INDEX).read_text(encoding="utf-8"))
        files = {
            (date.fromisoformat(one["day"]), str(one["policy"]), str(one["version"])): (
                str(one["file"]),
                str(one["sha256"]),
                str(one["mark"]),
            )
            for one in content["verdicts"]
        }
        return Kept(run / FOLDER, files) if content["run"] == run_id else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_verdicts(engine: Engine, request: Request, verdicts: Sequence[Verdicts], run: Path, run_id: str) -> None:
    """Leaves the verdicts of a run in its folder, the index last."""
    folder = run / FOLDER
    marks = {code: mark_of(request, code) for code in request.codes}
    listed = []
    for one in verdicts:
        place = request.rulebook.policies[one.policy.code].index(one.policy)
        name = f"{one.day:%Y%m%d}/{one.policy.code}-{place}.parquet"
        _put(engine, request, one, folder / name)
        said = {"day": one.day.isoformat(), "policy": one.policy.code, "version": one.policy.version}
        listed.append(said | {"file": name, "sha256": _digest(folder / name), "mark": marks[one.policy.code]})
    folder.mkdir(parents=True, exist_ok=True)
    content: dict[str, Any] = {"run": run_id, "verdicts": listed}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / INDEX).write_text(text + "\n", encoding="utf-8")


def _put(engine: Engine, request: Request, verdicts: Verdicts, path: Path) -> None:
    """A file that is as it was is not written twice, but named twice."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if verdicts.file is not None:
        try:
            os.link(verdicts.file, path)
        except OSError:
            shutil.copyfile(verdicts.file, path)
        return
    schema = schema_of(request, verdicts.policy)
    rows = sql.select([col(name) for name in schema.names], sql.table(verdicts.relation, "r"))
    ordered = rows.order_by(*(exp.column(name, quoted=True) for name in KEY))
    write_parquet(path, schema, engine.batches(ordered), plain=["subject"])


def schema_of(request: Request, policy: Policy) -> pa.Schema:
    """The columns of a version's verdicts (see `query.judge`)."""
    rules = range(len(request.rulebook.rules_of(policy.code)))
    kinds = {
        **dict.fromkeys(KEY, pa.string()),
        "effective_date": pa.date32(),
        **dict.fromkeys(("beneficiary", "payee"), pa.string()),
        **dict.fromkeys(("failed", "unknown", "amount", "claimed_fen"), pa.int64()),
        **dict.fromkeys((f"rank_{number}" for number in range(len(policy.order))), pa.int64()),
    }
    for number in rules:
        kinds |= {f"place_{number}": pa.string(), f"most_{number}": pa.int64(), f"level_{number}": pa.int64()}
    return pa.schema(list(kinds.items()))


def mark_of(request: Request, code: str) -> str:
    """A hash over all that a policy's verdicts come from but the facts: its texts, the rules and tables that they speak of,
    the vocabulary, and the program that judges."""
    rulebook = request.rulebook
    versions, rules = rulebook.policies[code], rulebook.rules_of(code)
    named = {name for version in versions for expr in expressions_of(rulebook, version) for name in tables_named(expr)}
    tables = [rulebook.tables[name] for name in sorted(named)]
    return hashlib.sha256(repr((_program(), request.vocabulary, versions, rules, tables)).encode()).hexdigest()


@cache
def _program() -> str:
    """A hash over the program's own text: what another one has judged is judged again."""
    root = Path(jixiang.__file__).parent
    files = sorted(file for kind in ("*.py", "*.sql") for file in root.rglob(kind))
    lines = [f"{_digest(file)} {file.relative_to(root).as_posix()}" for file in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
