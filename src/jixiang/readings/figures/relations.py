"""What a measure may read besides facts: the decisions of a run, the documents of the city pack, and the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlglot import exp

from jixiang.engines.duckdb import DuckDB
from jixiang.language.check.front import read_front
from jixiang.language.parts import Document
from jixiang.tables.decisions import DECISIONS, decision_files

AS_OF, DECISION, DOCUMENT = "as_of", "decision", "document"

# A decision as a count of decisions sees it: its key, what came of it and when, never its places.
SEEN = (
    *("policy", "subject", "period", "title", "version", "decision_date", "effective_date", "beneficiary", "payee"),
    *("outcome", "on_hold", "claimed_fen", "amount_fen", "funded_fen"),
)

# One row a file of the city pack that has a 名称: its front matter. `kind` is 文种, `class` 类别, `fund` 资金; empty is NULL.
DOCUMENTS = pa.schema(
    [
        ("code", pa.string()),
        ("name", pa.string()),
        ("version", pa.string()),
        ("kind", pa.string()),
        ("class", pa.string()),
        ("fund", pa.string()),
        ("in_force_from", pa.date32()),
        ("in_force_until", pa.date32()),
    ]
)


def offer_day(engine: DuckDB, day: date) -> None:
    """One row, `day`."""
    engine.offer(AS_OF, pa.table({"day": pa.array([day], pa.date32())}))


def offer_decisions(engine: DuckDB, folder: Path) -> None:
    """Every decision of the run in `folder`, all policies together."""
    raw = f"raw_{DECISION}"
    engine.offer_files(raw, [str(file) for file in decision_files(folder)], DECISIONS)
    engine.keep(DECISION, exp.select(*(exp.column(name, quoted=True) for name in SEEN)).from_(exp.table_(raw)))


def offer_documents(engine: DuckDB, documents: Iterable[Document]) -> None:
    """The documents that the city pack holds, versions each by itself. `in_force_until` is the first day on which no longer."""
    engine.offer(DOCUMENT, pa.Table.from_pylist([_said(document) for document in documents], DOCUMENTS))


def _said(document: Document) -> dict[str, Any]:
    front = read_front(document, lambda *_, **__: None)
    return {
        "code": front.code or None,
        "name": front.name,
        "version": front.version or None,
        "kind": front.kind,
        "class": front.category or None,
        "fund": front.fund or None,
        "in_force_from": front.in_force_from,
        "in_force_until": front.repealed_from,
    }
