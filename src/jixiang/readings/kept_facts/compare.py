"""Is what is kept what the facts say? Two kept files row by row."""

from __future__ import annotations

from pathlib import Path

import duckdb

from jixiang.readings.kept_facts.state import STATE


def differences(one: Path, other: Path) -> dict[str, int]:
    """Table → how many rows only one of the two files has; tables that only one of them has count whole."""
    with duckdb.connect() as con:
        for name, path in (("a", one), ("b", other)):
            quoted = str(path).replace("'", "''")
            con.execute(f"ATTACH '{quoted}' AS {name} (READ_ONLY)")
        tables = {name: _tables(con, name) for name in ("a", "b")}
        found = {}
        for table in sorted(tables["a"] | tables["b"]):
            sides = [f'SELECT * FROM {name}."{table}"' for name in ("a", "b") if table in tables[name]]
            found[table] = _count(con, *sides)
    return {table: rows for table, rows in found.items() if rows}


def _tables(con: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    listed = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = ?", [name]).fetchall()
    return {row[0] for row in listed} - {STATE}


def _count(con: duckdb.DuckDBPyConnection, *sides: str) -> int:
    if len(sides) == 1:
        texts = [sides[0]]
    else:
        texts = [f"{x} EXCEPT ALL {_named_like(con, x, y)}" for x, y in (sides, sides[::-1])]
    return sum(con.execute(f"SELECT count(*) FROM ({text})").fetchall()[0][0] for text in texts)


def _named_like(con: duckdb.DuckDBPyConnection, one: str, other: str) -> str:
    """The other side's columns in this side's order: a column that was added later stands last."""
    names = [row[0] for row in con.execute(f"DESCRIBE {one}").fetchall()]
    there = {row[0] for row in con.execute(f"DESCRIBE {other}").fetchall()}
    shown = ", ".join(f'"{n}"' if n in there else f'NULL AS "{n}"' for n in names)
    return f"SELECT {shown} FROM ({other})"


def counts(path: Path) -> dict[str, int]:
    """Table → its rows."""
    with duckdb.connect() as con:
        quoted = str(path).replace("'", "''")
        con.execute(f"ATTACH '{quoted}' AS a (READ_ONLY)")
        return {
            table: con.execute(f'SELECT count(*) FROM a."{table}"').fetchall()[0][0]
            for table in sorted(_tables(con, "a"))
        }
