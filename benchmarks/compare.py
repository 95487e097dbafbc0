"""Row by row: has every candidate the same outcome and the same claimed amount in both readings?

Ours is read from the decision files themselves, before what the line took away: nothing failed and nothing unknown is `holds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

DIFFERENCES = """
WITH ours AS (
    SELECT policy, subject, period, title, claimed_fen,
        CASE WHEN failed <> 0 THEN 'denied' WHEN unknown <> 0 THEN 'unknown' ELSE 'holds' END AS outcome
    FROM read_parquet(?)
),
by_hand AS (
    FROM read_parquet(?)
)
SELECT coalesce(o.policy, h.policy) AS policy, coalesce(o.subject, h.subject) AS subject,
    coalesce(o.period, h.period) AS period, coalesce(o.title, h.title) AS title,
    o.outcome, o.claimed_fen, h.outcome, h.claimed_fen
FROM ours AS o
FULL JOIN by_hand AS h ON o.policy = h.policy AND o.subject = h.subject AND o.period = h.period AND o.title = h.title
WHERE o.outcome IS DISTINCT FROM h.outcome OR o.claimed_fen IS DISTINCT FROM h.claimed_fen
ORDER BY ALL
"""


@dataclass(frozen=True)
class Difference:
    """One candidate of which the readings say different things; (None, None) where one of them does not know it."""

    key: tuple[str, str, str, str]  # policy, subject, period, title
    ours: tuple[str | None, int | None]
    by_hand: tuple[str | None, int | None]

    def __str__(self) -> str:
        key = " ".join(part for part in self.key if part)
        return f"{key}: ours {_said(self.ours)}, by hand {_said(self.by_hand)}"


def differences(decisions: Path, by_hand: Path) -> list[Difference]:
    """`decisions`: the folder of the run; `by_hand`: the file of outcomes."""
    with duckdb.connect() as con:
        rows = con.execute(DIFFERENCES, [str(decisions / "*" / "decisions.parquet"), str(by_hand)]).fetchall()
    return [Difference((row[0], row[1], row[2], row[3]), (row[4], row[5]), (row[6], row[7])) for row in rows]


def unlike_outcomes(ours: Path, by_hand: Path) -> list[str]:
    """The rows that only one of two files of outcomes has."""
    columns = "policy, subject, period, title, outcome, claimed_fen"
    sides = [f"SELECT {columns} FROM read_parquet('{path}')" for path in (ours, by_hand)]
    with duckdb.connect() as con:
        found = []
        for who, (one, other) in (("only ours", sides), ("only by hand", sides[::-1])):
            rows = con.execute(f"{one} EXCEPT ALL {other} ORDER BY ALL").fetchall()
            found += [f"{who}: {row}" for row in rows]
    return found


def counted(by_hand: Path) -> dict[str, dict[str, int]]:
    """Policy → outcome → how many."""
    with duckdb.connect() as con:
        rows = con.execute(
            "SELECT policy, outcome, count(*) FROM read_parquet(?) GROUP BY ALL ORDER BY ALL", [str(by_hand)]
        ).fetchall()
    found: dict[str, dict[str, int]] = {}
    for policy, outcome, count in rows:
        found.setdefault(policy, {})[outcome] = count
    return found


def _said(answer: tuple[str | None, int | None]) -> str:
    outcome, fen = answer
    return "nothing" if outcome is None else outcome if fen is None else f"{outcome} {fen} fen"
