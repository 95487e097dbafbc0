"""What every part of the checker shares: the desk, the context of an expression, and the one verb `check`.

`check(node, context, expected)` turns a surface expression into a typed one, or into None when something in it is wrong;
what is wrong has then been noted on the desk. `expected` is the type on the other side of a comparison, a set or a table
key: only there can a bare word be a code. Each module beside this one registers the nodes that it understands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import singledispatch

from jixiang.language import typed
from jixiang.language.check.scope import Scope
from jixiang.language.check.size import Measured
from jixiang.language.types import Type
from jixiang.language.vocabulary import Entity, Vocabulary
from jixiang.values.problem import Place, Problem, Severity

EFFECTIVE = typed.EffectiveDate()


@dataclass
class Desk:
    """One check of one city: what may be spoken of, what was found wrong, what was checked already."""

    vocabulary: Vocabulary
    titles: set[str] = field(default_factory=set)
    given: dict[str, set[str]] = field(default_factory=dict)  # name of a table or 定义 → documents that others may 引用
    problems: list[Problem] = field(default_factory=list)
    memo: dict[object, typed.Expr | None] = field(default_factory=dict)
    rings: set[frozenset[tuple[str, str, str]]] = field(default_factory=set)
    sound: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    sizes: dict[int, Measured] = field(default_factory=dict)
    muted: bool = False

    def note(self, code: str, place: Place, message: str, suggestion: str = "", severity: Severity = "error") -> None:
        problem = Problem(code, place, message, suggestion, severity)
        if problem not in self.problems:
            self.problems.append(problem)


@dataclass(frozen=True)
class Context:
    """Where an expression stands.

    `this` is 本, the row being decided (None in a document without one); `rows` the rows in sight after 其中, innermost
    last. Dated things are read on `on`, and the word 适用日 means `effective`; both are None while 适用日 itself is being
    said. `depth` is the number of rows bound so far. `words` are those that only some statements know (其余, 荣誉 …).
    `root` is the document being checked, `scope` the one whose words are being read (another, inside its 定义).
    `of_entity`: inside 定义 E.N, where the plain 定义 of the 对象 cannot be spoken of.
    """

    desk: Desk
    scope: Scope
    root: Scope
    this: typed.Expr | None
    rows: tuple[typed.Expr, ...] = ()
    on: typed.Expr | None = EFFECTIVE
    effective: typed.Expr | None = EFFECTIVE
    depth: int = 0
    period: Type | None = None
    words: Mapping[str, typed.Expr] = field(default_factory=dict)
    inlining: tuple[tuple[str, str, str], ...] = ()
    of_entity: bool = False

    @property
    def vocabulary(self) -> Vocabulary:
        return self.desk.vocabulary

    def wrong(self, code: str, place: Place, message: str, suggestion: str = "") -> None:
        self.desk.note(code, place, message, suggestion)

    def muted(self) -> Context:
        """The same, with a desk of its own: what is found wrong there concerns nobody."""
        return replace(self, desk=replace(self.desk, problems=[], memo={}, rings=set(self.desk.rings), muted=True))

    def entity_of(self, expr: typed.Expr) -> Entity | None:
        """The entity of a ref."""
        return self.vocabulary.entities.get(expr.type.of) if expr.type.kind == "ref" else None

    def elsewhere(self, name: str) -> str:
        """The way out where a name is given by a document that is not 引用d; "" where none gives it."""
        owners = sorted(self.desk.given.get(name, set()) - {self.scope.front.label})
        if not owners:
            return ""
        quotes = "、".join(f"《{owner}》" for owner in owners)
        return f"它在{quotes}里:文件头写 '引用: [《{owners[0]}》]',已有 引用 就加在里面"

    @property
    def without_subject(self) -> bool:
        """Is this a policy whose 对象 is not known? That was said; what names mean in it cannot be."""
        return self.this is None and self.root.front.kind == "政策"

    @property
    def standing(self) -> bool:
        """Is this read as the claim itself is, with no 于 around it?"""
        return self.on in (EFFECTIVE, None) and self.effective in (EFFECTIVE, None)

    @property
    def as_written(self) -> bool:
        """Do 本 and the days stand for themselves, with nothing put in their place by a use of the definition?"""
        return self.standing and (self.this is None or isinstance(self.this, typed.Row))


@singledispatch
def check(node: object, context: Context, expected: Type | None = None) -> typed.Expr | None:
    """The typed form of a surface expression; None (and a note on the desk) when it is wrong."""
    raise TypeError(f"not an expression: {node!r}")


def bare(expr: typed.Expr) -> typed.Expr:
    """Without the names of definitions around it."""
    while isinstance(expr, typed.Named):
        expr = expr.expr
    return expr
