"""Whose a row is: what its file stated, and whom the desk takes that for.

A file names people by number, and every number has a key of its own. Where the desk has decided that a number speaks of
another one's person, the row must show that person, and must be found again should the decision be undone. So there are
two forms of a row:

stated     the columns of persons hold the own keys of the numbers that the file gave. In this form rows are compared, so
           that what becomes of them never depends on what was decided in between.
resolved   the columns hold the person, and `source` says whose the own key was wherever that is another:
           `name@day;person_id=P…`. In this form rows are stored. The rows of the number's own (the person, its
           histories) can hold nobody else; they are retracted, and marked in the same way.

Each form gives back the other exactly. Nobody's number or name is here, and nothing is read or written.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from jixiang.tables.schema import FactTable

SOURCE, RETRACTED = "source", "retracted"


def person_columns(table: FactTable, person: str) -> tuple[str, ...]:
    """The columns that hold a person's key. `person`: the entity whose rows are persons, in Chinese."""
    own = table.key[:1] if table.entity == person else ()
    refs = tuple(name for name, type_ in table.columns.items() if type_.kind == "ref" and type_.of == person)
    return tuple(dict.fromkeys([*own, *refs]))


def resolve(rows: pa.Table, table: FactTable, person: str, persons: Mapping[str, str]) -> pa.Table:
    """Stated rows as they are stored. `persons`: own key → person, of the numbers that speak of another one's person."""
    moved = pa.array([own for own, whose in persons.items() if own != whose], pa.string())
    for name in person_columns(table, person) if len(moved) else ():
        stated = rows[name]
        marked = pc.is_in(stated, value_set=moved)
        if name in table.key:
            marked = pc.and_not(marked, pc.fill_null(rows[RETRACTED], False))
        if not pc.any(marked).as_py():
            continue
        mark = pc.binary_join_element_wise(rows[SOURCE], ";", name, "=", stated, "")
        rows = _with(rows, SOURCE, pc.if_else(marked, mark, rows[SOURCE]))
        if name in table.key:
            rows = _with(rows, RETRACTED, pc.if_else(marked, True, rows[RETRACTED]))
        else:
            rows = _with(rows, name, pc.if_else(marked, _mapped(stated, persons), stated))
    return rows


def restate(rows: pa.Table, table: FactTable, person: str) -> pa.Table:
    """Stored rows as their files stated them, without marks."""
    if not pc.any(pc.match_substring(rows[SOURCE], ";")).as_py():
        return rows
    for name in person_columns(table, person):
        own = own_keys(rows, name)
        marked = pc.is_valid(own)
        if name in table.key:
            rows = _with(rows, RETRACTED, pc.if_else(marked, False, rows[RETRACTED]))
        else:
            rows = _with(rows, name, pc.coalesce(own, rows[name]))
    return _with(rows, SOURCE, pc.replace_substring_regex(rows[SOURCE], ";.*$", ""))


def restated(table: FactTable, person: str) -> dict[str, exp.Expr]:
    """The same for a query over stored rows: column → the expression that it is to be replaced by.

    `source` must be replaced last, or in the same SELECT: the others read its marks.
    """
    found: dict[str, exp.Expr] = {}
    for name in person_columns(table, person):
        mark = exp.RegexpExtract(
            this=_column(SOURCE), expression=_text(f";{name}=([^;]+)"), group=exp.Literal.number(1)
        )
        own = exp.func("NULLIF", mark, _text(""))
        if name in table.key:
            found[RETRACTED] = exp.and_(_column(RETRACTED), exp.Is(this=own, expression=exp.Null()))
        else:
            found[name] = exp.func("COALESCE", own, _column(name))
    if found:
        found[SOURCE] = exp.func("REGEXP_REPLACE", _column(SOURCE), _text(";.*$"), _text(""))
    return found


def own_keys(rows: pa.Table, column: str) -> pa.ChunkedArray:
    """Of stored rows: whose own key the file gave in a column of persons, where that is another's; else null."""
    return pc.struct_field(pc.extract_regex(rows[SOURCE], f";{column}=(?P<own>[^;]+)"), "own")


def _mapped(keys: pa.ChunkedArray, persons: Mapping[str, str]) -> pa.ChunkedArray:
    at = pc.index_in(keys, value_set=pa.array(persons.keys(), pa.string()))
    return pc.take(pa.array(persons.values(), pa.string()), at)


def _with(rows: pa.Table, column: str, values: pa.ChunkedArray) -> pa.Table:
    at = rows.schema.get_field_index(column)
    return rows.set_column(at, rows.schema.field(at), values)


def _column(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True))


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)
