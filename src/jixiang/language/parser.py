"""A block of rules: its lines, its statements, their trees.

A statement is a line and the indented lines after it, and each is read on its own, so that one bad statement hides no
other. Also reads the expressions that stand alone in a document (headings of case columns). Resolves no names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jixiang.language.cursor import Failure
from jixiang.language.expressions import Expressions
from jixiang.language.lexer import lex
from jixiang.language.literals import read_literal
from jixiang.language.parts import Text
from jixiang.language.source import Line, fold
from jixiang.language.statements import Statements
from jixiang.language.surface import Expr, Literal_, Statement
from jixiang.language.tokens import Token, spell
from jixiang.language.words import HEADS, KEYWORDS, NAMED_HEADS
from jixiang.values.problem import Place, Problem

_STATEMENT_LENGTH_MAX = 1500
_NAMING = re.compile(rf"\s*(?:{'|'.join(NAMED_HEADS)})\s*([^\W\d]\w*)(?:\s*(?:\.|\s的\s)\s*([^\W\d]\w*))?\s*[:;,=]")


@dataclass(frozen=True, slots=True)
class Written:
    """One statement as tokens, remarks included."""

    tokens: tuple[Token, ...]

    @property
    def text(self) -> str:
        """As the language spells it, on one line, without remarks."""
        return spell([token for token in self.tokens if token.kind != "remark"])


def parse_rules(lines: Sequence[Line], names: frozenset[str], problems: list[Problem]) -> list[tuple[Statement, str]]:
    """The statements of a block, each with its text on one line. `names` are all names in force, the block's included."""
    found = []
    for written in split_statements(lines, names, problems):
        statement = parse_statement(written, names, problems)
        if statement is not None:
            found.append((statement, written.text))
    return found


def parse_statement(written: Written, names: frozenset[str], problems: list[Problem]) -> Statement | None:
    tokens = [token for token in written.tokens if token.kind != "remark"]
    if len(tokens) > _STATEMENT_LENGTH_MAX:
        problems.append(Problem("too-long", tokens[0].place, "这一句太长,请用 '定义' 分成几句"))
        return None
    return Statements(tokens, names, problems).statement()


def parse_expression(text: Text, names: frozenset[str] = frozenset()) -> tuple[Expr | None, list[Problem]]:
    """The expression that a stretch of text is; None where it is none (and the problems say why)."""
    problems: list[Problem] = []
    tokens = [t for t in lex(Line.within(text.place, text.text), names, problems) if t.kind != "remark"]
    if not tokens:
        problems.append(Problem("value-expected", text.place, "这里要写名称或式子"))
        return None, problems
    reader = Expressions(tokens, names, problems)
    try:
        reader.check_brackets()
        expr = reader.expression()
        reader.finish()
    except Failure as failure:
        problems.append(failure.problem)
        return None, problems
    return expr, problems


def parse_literal(text: str, place: Place) -> Literal_ | None:
    """The literal that a table cell is (a date, a month, a quantity, 是/否, …), or None: a name, several, nothing."""
    return read_literal(text, place)


def names_given(lines: Iterable[Line]) -> frozenset[str]:
    """The names that the statements of a block give, read before anything is parsed."""
    found: set[str] = set()
    for line in lines:
        if match := _NAMING.match(fold(line.text)):
            found.update(name for name in match.groups() if name and name not in KEYWORDS)
    return frozenset(found)


def split_statements(lines: Sequence[Line], names: frozenset[str], problems: list[Problem]) -> list[Written]:
    """The statements of a block. Lines that hold only a remark belong to none; a wrong indent is reported and mended."""
    groups: list[list[Token]] = []
    indent = 0
    for line in lines:
        tokens = lex(line, names, problems)
        if not tokens or tokens[0].kind == "remark":
            continue
        indented = bool(groups) and line.indent > indent
        begins = _begins_statement(tokens)
        if indented and begins:
            place = line.place(tokens[0].start, tokens[0].end)
            problems.append(Problem("indented-statement", place, "新的一句要顶格写,前面不留空格", tokens[0].text))
        elif groups and not indented and _continues(tokens):
            place = line.place(tokens[0].start, tokens[0].end)
            message = "接着上一句的行,前面要空两格"
            problems.append(Problem("continuation-not-indented", place, message, f"  {tokens[0].text}"))
            groups[-1].extend(tokens)
            continue
        if indented and not begins:
            groups[-1].extend(tokens)
        else:
            groups.append(list(tokens))
            indent = line.indent
    return [Written(tuple(group)) for group in groups]


def _begins_statement(tokens: Sequence[Token]) -> bool:
    """A head, at most one name (定义 may have two), a colon."""
    if not tokens[0].says(*HEADS):
        return False
    for at, token in enumerate(tokens[1:5]):
        if token.says(":"):
            return True
        if token.kind != "name" and not (at > 0 and token.says(".", "的")):
            return False
    return False


def _continues(tokens: Sequence[Token]) -> bool:
    """Can these tokens only be the rest of a statement?"""
    first = tokens[0]
    if any(_begins_statement(tokens[at:]) for at in range(1, min(4, len(tokens)))):
        return False  # behind a number or a bullet a statement of its own begins
    if first.kind == "keyword":
        return first.text not in HEADS
    return first.kind == "symbol" and first.text not in ("-", "*", ":")
