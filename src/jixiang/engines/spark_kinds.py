"""Which parts of a query are dates, and which are 128 bits wide: all that the rewriting for Spark must know of types.

What is not known counts as neither: then a number that does not fit stops the run, it never comes out otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sqlglot import exp

Kind = Literal["date", "wide", ""]
Kinds = Mapping[str, Mapping[str, Kind]]  # relation → column → kind

_CHOICES = (exp.Coalesce, exp.Greatest, exp.Least, exp.Nullif)
_CALENDAR = {"MAKE_DATE", "LAST_DAY"}
_WIDE_TYPES = (exp.DataType.Type.INT128, exp.DataType.Type.DECIMAL)


def kind_of(node: exp.Expr | None, kinds: Kinds) -> Kind:
    """The kind of one expression in a query whose relations are known by name."""
    match node:
        case exp.Cast():
            return _named(node.to)
        case exp.Column():
            return kinds.get(_relation(node), {}).get(node.name, "")
        case exp.Sum() | exp.Avg():
            return "wide"
        case exp.Case():
            return _first(kinds, *(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default"))
        case exp.Anonymous():
            return "wide" if node.name.upper() == "GCD" else "date" if node.name.upper() in _CALENDAR else ""
        case exp.Add() | exp.Mul() | exp.IntDiv() | exp.Mod():
            return _first(kinds, node.left, node.right)
        case exp.Sub():
            sides = [kind_of(side, kinds) for side in (node.left, node.right)]
            return "" if sides == ["date", "date"] else _first(kinds, node.left, node.right)
        case _ if isinstance(node, _CHOICES):
            return _first(kinds, node.this, node.args.get("expression"), *node.expressions)
        case exp.Paren() | exp.Neg() | exp.Abs() | exp.Alias() | exp.Filter() | exp.Window() | exp.Max() | exp.Min():
            return kind_of(node.this, kinds)
        case exp.Lead() | exp.Lag():
            return kind_of(node.this, kinds)
        case exp.LastDay() | exp.DateFromParts() | exp.DateFromUnixDate():
            return "date"
    return ""


def _first(kinds: Kinds, *nodes: exp.Expr | None) -> Kind:
    found = {kind_of(node, kinds) for node in nodes}
    return "wide" if "wide" in found else "date" if "date" in found else ""


def _named(type_: exp.DataType) -> Kind:
    if type_.this == exp.DataType.Type.DATE:
        return "date"
    return "wide" if type_.this in _WIDE_TYPES else ""


def _relation(column: exp.Column) -> str:
    """The relation that a column is of, by the alias that stands before it."""
    select = column.find_ancestor(exp.Select)
    if select is None:
        return ""
    sources = [select.args.get("from_"), *select.args.get("joins", ())]
    tables = [source.this for source in sources if source is not None and isinstance(source.this, exp.Table)]
    named = [table.name for table in tables if table.alias_or_name == column.table or not column.table]
    return named[0] if len(named) == 1 else ""
