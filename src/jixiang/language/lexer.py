"""Words and symbols: from a line of rules to its tokens.

A word is a whole run of letters; it is a keyword only when the whole run is one, so a name may contain keywords
(加班工资, 为民路). A run that nobody knows is taken apart by the names and keywords in force: the problem shows it with
spaces, and the pieces are handed on so that the rest of the statement is still checked. Says nothing about grammar.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jixiang.language import literals
from jixiang.language.literals import Scanned
from jixiang.language.source import Line, fold
from jixiang.language.tokens import Token, spell
from jixiang.language.words import BOUND_BEHIND, KEYWORDS, OWN_WORDS, SAID_OTHERWISE
from jixiang.values.problem import Problem

_SPACE = re.compile(r"\s+")
_REMARK = re.compile(r"注[ ]*:")
_DOCUMENT = re.compile("《([^《》]*)》")
_STRING = re.compile('"[^"]*"')
_UNCLOSED = re.compile('["《]([^"《》\\s,;:、)\\]}]*?)(?=合计|[\\s,;:、)\\]}"《》]|$)')
_HASH = re.compile("(?:#+|//+)[ ]*")
_REMARK_IN_BRACKETS = re.compile(r"\([ ]*注[ ]*:")
_WORD = re.compile(r"[^\W\d]\w*")
_RUN = re.compile(r"\w*")
_SYMBOL = re.compile(r">=|<=|!=|[><=≠≥≤+\-×*÷/()\[\]{},;:、.]")
_OTHER_SYMBOL = re.compile(r"==|<>|~|&&?|\|\|?|!(?!=)")
_KNOWN_TAILS = (*BOUND_BEHIND, "左右", "以后", "以前", "期间")
_WORD_LENGTH_MAX = 40
_RUN_LENGTH_MAX = 200


def lex(line: Line, names: frozenset[str], problems: list[Problem]) -> list[Token]:
    """The tokens of one line, remarks included. `names` are the names in force; what is wrong goes to `problems`."""
    scanner = _Scanner(line, fold(line.text), names, problems)
    tokens = list(scanner.tokens())
    _ask_for_spaces(tokens, names, problems)
    return tokens


class _Scanner:
    """One pass over one line."""

    def __init__(self, line: Line, text: str, names: frozenset[str], problems: list[Problem]) -> None:
        self.line, self.text, self.names, self.problems = line, text, names, problems

    def tokens(self) -> Iterator[Token]:
        at = 0
        while at < len(self.text):
            if space := _SPACE.match(self.text, at):
                at = space.end()
                continue
            for token in self._next(at):
                yield token
                at = token.end
            if at < len(self.text) and (skipped := self._skip_strange(at)):
                at = skipped

    def _next(self, at: int) -> list[Token]:
        """The token at a place, or the pieces of the run there; nothing where no token begins."""
        text = self.text
        if _REMARK.match(text, at):
            return [Token("remark", self.line.text[at:].rstrip(), self.line, at, len(text))]
        if match := _REMARK_IN_BRACKETS.match(text, at):
            return [self._remark_in_brackets(match)]
        if match := _DOCUMENT.match(text, at):
            return [self._document(match)]
        if match := _STRING.match(text, at):
            raw = self.line.text[at + 1 : match.end() - 1]
            return [Token("literal", f'"{raw}"', self.line, at, match.end(), raw)]
        if match := _UNCLOSED.match(text, at):
            return [self._unclosed(match)]
        if match := _HASH.match(text, at):
            return [self._hash_remark(match)]
        if text[at] in "0123456789":
            return [self._literal(at, self._choose(at))]
        if match := _WORD.match(text, at):
            return self._word(match[0], at)
        if match := _OTHER_SYMBOL.match(text, at):
            return [self._said_otherwise(match[0], at)]
        if match := _SYMBOL.match(text, at):
            return [Token("symbol", match[0], self.line, at, match.end())]
        return []

    def _document(self, match: re.Match[str]) -> Token:
        raw = self.line.text[match.start() + 1 : match.end() - 1]
        if not raw.strip():
            self._report("empty-name", match.start(), match.end(), "《》 里要写文件名", "《文件名》")
        return Token("document", f"《{raw}》", self.line, match.start(), match.end(), raw)

    def _unclosed(self, match: re.Match[str]) -> Token:
        """A name or text without its end is read up to the next space or sign."""
        start, end = match.span()
        raw = self.line.text[start + 1 : end]
        closed = f"《{raw}》" if match[0][0] == "《" else f'"{raw}"'
        message = f"'{self.line.text[start]}' 没有收尾,少了 '{closed[-1]}'"
        self._report("unclosed-quote", start, end, message, closed)
        return Token("document" if match[0][0] == "《" else "literal", closed, self.line, start, end, raw)

    def _hash_remark(self, match: re.Match[str]) -> Token:
        rest = self.line.text[match.end() :].rstrip()
        self._report("hash-remark", match.start(), len(self.line.text), "说明写在 '注:' 后面", f"注: {rest}".rstrip())
        return Token("remark", f"注: {rest}".rstrip(), self.line, match.start(), len(self.line.text))

    def _remark_in_brackets(self, match: re.Match[str]) -> Token:
        rest = self.line.text[match.end() :].rstrip(" )）")
        self._report("hash-remark", match.start(), len(self.line.text), "注 不写在括号里", f"注: {rest.lstrip()}")
        return Token("remark", f"注: {rest.lstrip()}", self.line, match.start(), len(self.line.text))

    def _word(self, run: str, at: int) -> list[Token]:
        if run in KEYWORDS:
            return [Token("keyword", run, self.line, at, at + len(run))]
        if run not in self.names and run not in OWN_WORDS:
            if pieces := self._take_apart(at, at + len(run)):
                return pieces
            spoken = literals.find_spoken(self.text, at)
            if spoken and spoken.end == at + len(run):
                return [self._literal(at, spoken)]
        return [Token("name", run, self.line, at, at + len(run))]

    def _choose(self, at: int) -> Scanned:
        """The longest literal at a digit whose unit is not the beginning of a longer, unknown word."""
        found = literals.scan(self.text, at)
        for one in found[:-1]:
            rest = _run_from(self.text, one.end)
            if not rest or rest in OWN_WORDS or rest in self.names or rest.startswith(_KNOWN_TAILS):
                return one
            if self._take_apart(one.end, one.end + len(rest)):
                return one
        return found[-1]

    def _literal(self, at: int, found: Scanned) -> Token:
        if found.flaw:
            self._report(found.flaw.code, at, found.end, found.flaw.message, found.flaw.suggestion)
        return Token(found.kind, found.text, self.line, at, found.end, found.value, found.unit)

    def _said_otherwise(self, symbol: str, at: int) -> Token:
        """A symbol of other notations: reported, and read as what it means here."""
        meant = SAID_OTHERWISE[symbol]
        self._report("other-notation", at, at + len(symbol), f"这里不用符号 '{symbol}'", meant)
        kind = "keyword" if meant in KEYWORDS else "symbol"
        return Token(kind, meant, self.line, at, at + len(symbol))  # type: ignore[arg-type]

    def _skip_strange(self, at: int) -> int:
        """Reports what is no token and returns where to go on; 0 where a token begins."""
        text = self.text
        if text[at].isspace() or self._begins(at):
            return 0
        end = at + 1
        while end < len(text) and not text[end].isspace() and not self._begins(end):
            end += 1
        self._report_strange(at, end)
        return end

    def _begins(self, at: int) -> bool:
        return self.text[at] in '0123456789#"《' or any(
            kind.match(self.text, at) for kind in (_WORD, _SYMBOL, _OTHER_SYMBOL)
        )

    def _report_strange(self, at: int, end: int) -> None:
        written = self.line.text[at:end]
        message = f"规则里不能有 '{written}'"
        if written.strip("。.") == "":
            message = "规则一行写一句,句末不写句号"
        elif set(written) <= set("'‘’`´"):
            message = "规则里不用单引号;名称直接写,文字用双引号"
            written = "单引号"
        self._report(
            "strange-character", at, end, message, f"删去 {written}" if written == "单引号" else f"删去 '{written}'"
        )

    def _report(self, code: str, start: int, end: int, message: str, suggestion: str) -> None:
        self.problems.append(Problem(code, self.line.place(start, end), message, suggestion))

    def _take_apart(self, start: int, end: int) -> list[Token]:
        """The run as names, keywords and numbers side by side, in as few pieces as possible; [] if it is not that.

        Two names never stand side by side, so at least one piece is a keyword or a number. A date may reach beyond
        the run (自2019-01-01).
        """
        if end - start > _RUN_LENGTH_MAX:
            return []
        # the fewest pieces from each place on, after a name and after another piece
        best: dict[tuple[int, bool], list[Token]] = {(end, False): [], (end, True): []}
        for at in range(end - 1, start - 1, -1):
            for after_name in (False, True):
                ways = []
                for piece in self._pieces(at, start, end):
                    tail = best.get((min(piece.end, end), piece.kind == "name"))
                    if tail is not None and not (after_name and piece.kind == "name"):
                        ways.append([piece, *tail])
                if ways:
                    best[at, after_name] = min(ways, key=len)
        pieces = best.get((start, False), [])
        return pieces if len(pieces) > 1 else []

    def _pieces(self, at: int, start: int, end: int) -> Iterator[Token]:
        """The words and numbers that begin at a place of a run, longest first."""
        if self.text[at] in "0123456789":
            if at == start or self.text[at - 1] not in "0123456789":
                for found in literals.scan(self.text, at):
                    yield Token(found.kind, found.text, self.line, at, found.end, found.value, found.unit)
            return
        if spoken := literals.find_spoken(self.text, at):
            yield Token("literal", spoken.text, self.line, at, spoken.end, spoken.value, spoken.unit)
        for stop in range(min(end, at + _WORD_LENGTH_MAX), at, -1):
            word = self.text[at:stop]
            if (at, stop) != (start, end) and (word in self.names or word in OWN_WORDS):
                kind = "keyword" if word in KEYWORDS else "name"
                yield Token(kind, word, self.line, at, stop)  # type: ignore[arg-type]


def _run_from(text: str, at: int) -> str:
    match = _RUN.match(text, at)
    return match[0] if match else ""


def _ask_for_spaces(tokens: list[Token], names: frozenset[str], problems: list[Problem]) -> None:
    """One problem for each stretch of words and numbers with nothing between them."""
    at = 0
    while at < len(tokens):
        end = at
        while end + 1 < len(tokens) and _glued(tokens[end], tokens[end + 1], names):
            end += 1
        if end > at:
            first, last = tokens[at], tokens[end]
            place = first.line.place(first.start, last.end)
            written = first.line.text[first.start : last.end]
            message = f"'{written}' 连在一起读不出来,词与词之间要空一格"
            problems.append(Problem("needs-spaces", place, message, spell(tokens[at : end + 1])))
        at = end + 1


def _glued(left: Token, right: Token, names: frozenset[str]) -> bool:
    if left.end != right.start or not (left.wordlike and right.wordlike):
        return False
    if left.kind == "literal" and right.text in BOUND_BEHIND:
        return False
    unknown_unit = left.kind == "literal" and not left.unit and right.kind == "name" and right.text not in names
    return not (unknown_unit or left.text.endswith('"') or right.text.startswith('"'))
