"""A step that is kept holds the columns that somebody reads, and no others: what is computed on the way stays on the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlglot import exp

from jixiang.readings.query import sql

Needs = dict[str, set[str] | None]  # step → the columns that are read of it; None: all


def narrowed(queries: Mapping[str, exp.Query], order: Sequence[str], results: Collection[str]) -> dict[str, exp.Query]:
    """The same queries, where `r.*` shows the columns that later steps read. `results` show all they have."""
    needs: Needs = dict.fromkeys(results)
    for name in reversed(order):
        _add_needs(queries[name], needs.setdefault(name, set()), needs)
    return {name: _shown(query, needs[name]) for name, query in queries.items()}


def _add_needs(query: exp.Query, wanted: set[str] | None, needs: Needs) -> None:
    """What a query reads of the relations that it names."""
    if query.find(exp.Subquery):
        needs.update(dict.fromkeys(named.name for named in query.find_all(exp.Table)))
        return
    for select in query.find_all(exp.Select):
        sources = {named.alias: named.name for named in select.find_all(exp.Table)}
        below = None if wanted is None else wanted - {column.alias for column in select.expressions}
        for column in select.find_all(exp.Column):
            source = sources.get(column.table)
            if source is None or needs.setdefault(source, set()) is None:
                continue
            asked = {column.name} if not isinstance(column.this, exp.Star) else below
            needs[source] = None if asked is None else (needs[source] or set()) | asked


def _repeats(column: exp.Expr) -> bool:
    """Does it make several rows of one?"""
    return any(call.name == "UNNEST" for call in column.find_all(exp.Anonymous))


def _shown(query: exp.Query, wanted: set[str] | None) -> exp.Query:
    """A plain select of all columns of `r` and more, with those that are wanted."""
    if wanted is None or not isinstance(query, exp.Select) or query.expressions[:1] != [sql.star()]:
        return query
    computed = {column.alias: column for column in query.expressions[1:]}
    columns = [sql.col(name) for name in sorted(wanted - computed.keys())]
    found = query.copy()
    found.set("expressions", [*columns, *(c.copy() for name, c in computed.items() if name in wanted or _repeats(c))])
    return found if found.expressions else query
