"""Writes a document as the language spells it: spaces between words, half-width punctuation, aligned tables.

What a document says stays the same, and so do its prose, its remarks and its line breaks. A statement or a table with
a mistake in it is left as it is, except that missing spaces, wrong indents and rows pasted from a spreadsheet, which have
one meaning, are put right.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from jixiang.language.blocks import Blocks, read_blocks
from jixiang.language.document import own_names
from jixiang.language.grids import cell_bounds, is_remark, is_row, is_ruler, read_grid
from jixiang.language.lexer import lex
from jixiang.language.parser import parse_statement, split_statements
from jixiang.language.parts import TablePart
from jixiang.language.source import Line
from jixiang.language.tokens import spell
from jixiang.language.width import display_width, padded
from jixiang.values.problem import Problem

_PUT_RIGHT = frozenset(("needs-spaces", "indented-statement", "continuation-not-indented", "needs-pipes"))


def format_document(text: str, names: frozenset[str] = frozenset()) -> str:
    """The document, formatted. `names` are the names in force beyond its own, as for `parse_document`."""
    problems: list[Problem] = []
    blocks = read_blocks(text.removeprefix("\ufeff"), "", problems)
    in_force = names | own_names(blocks)
    written = {line.number: line.text for line in blocks.lines}
    for lines in blocks.rules:
        written.update(_rules(lines, _fence_indent(blocks, lines), in_force))
    for lines in blocks.grids:
        written.update(_grid(lines))
    wrong = {problem.place.line for problem in problems if problem.code not in _PUT_RIGHT}
    for table in blocks.tables:
        line = blocks.lines[table.name.place.line - 1]
        if line.number not in wrong and "注" not in line.text:
            written[line.number] = _table_head(line, table)
    whole = "\n".join(written.values())
    return whole.replace("\n", "\r\n") if "\r\n" in text else whole


def _fence_indent(blocks: Blocks, lines: Sequence[Line]) -> str:
    if not lines:
        return ""
    opening = blocks.lines[lines[0].number - 2]
    return " " * opening.indent


def _table_head(line: Line, table: TablePart) -> str:
    keys = "" if table.keys is None else f" 按 {'、'.join(key.text for key in table.keys)}"
    return f"{' ' * line.indent}表:{table.name.text}{keys}"


# Rules


def _rules(lines: Sequence[Line], indent: str, names: frozenset[str]) -> dict[int, str]:
    """The lines of one block, by number. Every line gets its indent; only what is understood gets its spaces."""
    problems: list[Problem] = []
    statements = split_statements(lines, names, problems)
    wrong = {problem.place.line for problem in problems if problem.code not in _PUT_RIGHT}
    written = {line.number: _remark(line, indent, names) for line in lines}
    for statement in statements:
        found: list[Problem] = []
        parse_statement(statement, names, found)
        by_line = [list(tokens) for _, tokens in groupby(statement.tokens, key=lambda token: token.line.number)]
        numbers = {tokens[0].line.number for tokens in by_line}
        sound = not numbers & wrong and all(problem.code in _PUT_RIGHT for problem in found)
        for at, tokens in enumerate(by_line):
            line = tokens[0].line
            content = spell(tokens) if sound else line.text.strip()
            written[line.number] = indent + ("  " if at else "") + content
    return written


def _remark(line: Line, indent: str, names: frozenset[str]) -> str:
    """A line that belongs to no statement: a remark, a blank line, or what nobody can read."""
    if line.blank:
        return ""
    tokens = lex(line, names, [])
    if tokens and tokens[0].kind == "remark":
        return indent + ("  " if line.indent > len(indent) else "") + tokens[0].text
    return line.text


# Tables


def _grid(lines: Sequence[Line]) -> dict[int, str]:
    """The lines of one table, by number, its columns aligned. A table with a mistake in its shape is left alone."""
    problems: list[Problem] = []
    if read_grid(lines, problems) is None or any(problem.code not in _PUT_RIGHT for problem in problems):
        return {}
    rows = [line for line in lines if is_row(line.text) and not line.blank and not is_remark(line.text)]
    cells = {line.number: [line.text[start:end] for start, end in cell_bounds(line.text)] for line in rows}
    rulers = {line.number for line in rows if is_ruler(line.text)}
    indent = rows[0].text[: rows[0].indent]
    widths = [
        max(display_width(text) for text in column)
        for column in zip(*(texts for number, texts in cells.items() if number not in rulers), strict=True)
    ]
    written = {
        number: indent + (_ruler(texts, widths) if number in rulers else _row(texts, widths))
        for number, texts in cells.items()
    }
    if not rulers:  # pasted from a spreadsheet, which has none
        written[rows[0].number] += f"\n{indent}{_ruler([''] * len(widths), widths)}"
    return written


def _row(texts: Sequence[str], widths: Sequence[int]) -> str:
    return "|" + "|".join(f" {padded(text, width)} " for text, width in zip(texts, widths, strict=True)) + "|"


def _ruler(texts: Sequence[str], widths: Sequence[int]) -> str:
    """The line of dashes; colons (which align a rendered column) are kept."""
    dashes = []
    for text, width in zip(texts, widths, strict=True):
        left = ":" if text[:1] in (":", "：") else "-"
        right = ":" if text[-1:] in (":", "：") else "-"
        dashes.append(left + "-" * max(width, 1) + right)
    return "|" + "|".join(dashes) + "|"
