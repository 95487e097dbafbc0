"""The tables of 办法 documents that make up a budget, by the names that the language gives them, and the policies that they name."""

from __future__ import annotations

from collections.abc import Sequence

from jixiang.language.check.core import Desk
from jixiang.language.check.scope import Scope
from jixiang.language.nearness import perhaps

CEILINGS, TURNS = "年度额度", "拨付先后"
POLICY = "政策"  # the key column of TURNS


def check_turns(scopes: Sequence[Scope], desk: Desk) -> None:
    """A policy that nobody knows would silently have no turn. Names and codes are known."""
    fronts = [scope.front for scope in scopes if scope.front.kind == "政策"]
    known = sorted({name for front in fronts for name in (front.name, front.code) if name})
    for part in (t for scope in scopes if scope.front.kind == "办法" for t in scope.document.tables):
        headings = [heading.text.strip() for heading in part.grid.header]
        if part.name.text.strip() != TURNS or POLICY not in headings:
            continue
        for row in part.grid.rows:
            cell = row[headings.index(POLICY)]
            for name in cell.text.strip().split("、"):
                if name not in known:
                    way = perhaps(name, known) or "写政策的名称或编号,不加书名号"
                    desk.note(
                        "absent-document", cell.place, f"没有名为《{name}》的政策,这个顺位不起作用", way, "warning"
                    )
