"""The Markdown of a document: headings, fenced blocks, parameter tables. Finds the blocks and their lines; what the rules
inside say is read by `parser`, what cells and names mean by the checker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt

from jixiang.language.front import read_front
from jixiang.language.grids import has_pipe, is_row, is_ruler, read_cells, read_grid
from jixiang.language.parts import Article, CasePart, ExplainedPart, FactPart, Grid, TablePart, Text
from jixiang.language.source import Line, fold, split_lines
from jixiang.language.words import HEADS, NAMED_HEADS, nearest
from jixiang.values.problem import Place, Problem

_KINDS = ("规则", "案例", "事实", "释明")
_KINDS_SAID_OTHERWISE = {
    **dict.fromkeys(("规定", "条款", "语句", "rule", "rules"), "规则"),
    **dict.fromkeys(("例子", "用例", "样例", "测试", "case", "cases"), "案例"),
    **dict.fromkeys(("数据", "fact", "facts"), "事实"),
    **dict.fromkeys(("说明", "解释", "体检"), "释明"),
}
_HEADING = re.compile(r"\s*(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*([^`]*)")
_CROOKED_FENCE = re.compile(r"\s*[`'‘’´·~]{1,}\s*(规则|案例|事实|释明)")
_TABLE = re.compile(r"\s*表\s*:(.*)")
_TABLE_WITHOUT_COLON = re.compile(r"\s*表(?:[ ]*[;,.、][ ]*|[ ]+)([^\W\d]\w*)(?:[ ]+按[ ]+.*)?")
_STATEMENT = re.compile(rf"\s*(?:{'|'.join(HEADS)})(?:[ ]+\w+)?[ ]*:")
_NAMED_STATEMENT = re.compile(rf"\s*({'|'.join(NAMED_HEADS)})[ ]+\w+[ ]*:")
_WORD = re.compile(r"[^\W\d]\w*")
_FACT = re.compile(r"[^\W\d]\w*(?:[ ]+[^\W\d]\w*)?")

# Only what a policy document needs: no list, quotation or HTML may hide a block of rules.
_MARKDOWN = MarkdownIt("zero").enable(["table", "fence", "heading", "hr"])
_MARKDOWN.core.ruler.disable(["inline", "text_join"])


@dataclass
class Blocks:
    """What a document is made of. `rules` are the lines of each 规则 block; `grids` the lines of each policy table."""

    lines: list[Line]
    front: dict[str, Text] = field(default_factory=dict)
    articles: list[Article] = field(default_factory=list)
    tables: list[TablePart] = field(default_factory=list)
    rules: list[list[Line]] = field(default_factory=list)
    cases: list[CasePart] = field(default_factory=list)
    facts: list[FactPart] = field(default_factory=list)
    explained: list[ExplainedPart] = field(default_factory=list)
    grids: list[list[Line]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of Markdown: lines `start` up to `end` (from 0). Of a fence, `closed` says whether it has its last line."""

    kind: str
    start: int
    end: int
    closed: bool = True


def read_blocks(text: str, file: str, problems: list[Problem]) -> Blocks:
    lines = [Line(file, number, line) for number, line in enumerate(split_lines(text), 1)]
    front, body = read_front(lines, problems)
    reader = _Reader(Blocks(lines, front), problems)
    for block in _markdown(lines, body):
        reader.read(block)
    reader.end_article(len(lines))
    return reader.blocks


def _markdown(lines: Sequence[Line], first: int) -> Iterator[_Block]:
    """The blocks in order. A policy fence that runs into a heading or the next fence was not closed: it ends there."""
    start = first
    while start < len(lines):
        for block in _parse(lines, start):
            cut = _runs_into(lines, block)
            if cut is not None:
                yield replace(block, end=cut, closed=False)
                start = cut
                break
            yield block
        else:
            return


def _parse(lines: Sequence[Line], start: int) -> Iterator[_Block]:
    for token in _MARKDOWN.parse("\n".join(line.text for line in lines[start:])):
        if token.map is None or token.level or token.nesting < 0:
            continue
        begin, end = token.map[0] + start, token.map[1] + start
        kind = token.type.removesuffix("_open")
        closed = True
        if kind == "fence":
            last = lines[end - 1].text.strip() if end - 1 > begin else ""
            closed = len(last) >= len(token.markup) and set(last) == {token.markup[0]}
        yield _Block(kind, begin, end, closed)


def _runs_into(lines: Sequence[Line], block: _Block) -> int | None:
    if block.kind != "fence" or not _fence_kind(lines[block.start])[0]:
        return None
    for at in range(block.start + 1, block.end):
        opening = _FENCE.fullmatch(lines[at].text)
        if _HEADING.fullmatch(lines[at].text) or (opening and opening[2].strip()):
            return at
    return None


def _fence_kind(line: Line) -> tuple[str, str, str]:
    """The kind of a fence (规则, 案例, 事实, 释明, or ""), the word written for it, and the rest of its first line."""
    match = _FENCE.fullmatch(fold(line.text))
    info = match[2].strip() if match else ""
    word, _, rest = info.partition(" ")
    if word in _KINDS:
        return word, word, rest.strip()
    if word.startswith("事实"):
        return "事实", word, word[2:].lstrip(":") + rest
    kind = _KINDS_SAID_OTHERWISE.get(word.lower()) or nearest(word, _KINDS)
    return kind, word, rest.strip()


class _Reader:
    """Goes through the blocks of one document once. `taken` are the lines that are not prose; `crooked`: a block of this article was not
    opened rightly, and its rules are prose for now."""

    def __init__(self, blocks: Blocks, problems: list[Problem]) -> None:
        self.blocks, self.problems = blocks, problems
        self.taken: set[int] = set()
        self.article, self.crooked = "", False
        self.open: tuple[str, int, int, Place] = ("", 0, 0, blocks.lines[0].place())

    def read(self, block: _Block) -> None:
        if block.kind == "heading":
            self._heading(block)
        elif block.kind == "fence":
            self._fence(block)
        elif block.kind == "table" and block.start not in self.taken:
            self._loose_table(block)
        elif block.kind == "paragraph":
            for at in range(block.start, block.end):
                if at not in self.taken:
                    self._prose(at)

    def line(self, at: int) -> Line:
        return replace(self.blocks.lines[at], article=self.article)

    def report(self, code: str, place: Place, message: str, suggestion: str = "", *, warn: bool = False) -> None:
        self.problems.append(Problem(code, place, message, suggestion, "warning" if warn else "error"))

    # Headings and prose

    def _heading(self, block: _Block) -> None:
        self.end_article(block.start)
        match = _HEADING.fullmatch(self.blocks.lines[block.start].text)
        hashes, heading = (match[1], match[2].strip()) if match else ("#", "")
        self.article, self.crooked = heading, False
        start = match.start(2) if match and heading else 0
        self.open = (heading, len(hashes), block.end, self.line(block.start).place(start, start + len(heading)))

    def end_article(self, end: int) -> None:
        """Puts down the article that ends before a line; what stands before the first heading has none."""
        heading, level, start, place = self.open
        prose = "\n".join(self.blocks.lines[at].text for at in range(start, end) if at not in self.taken).strip()
        if level:
            self.blocks.articles.append(Article(heading, level, prose, place))

    def _prose(self, at: int) -> None:
        """One line of a paragraph: a parameter table's first line, or prose that was perhaps meant to be something."""
        line = self.line(at)
        text = fold(line.text)
        if match := _TABLE.fullmatch(text):
            self._table(at, match.start(1))
        elif fence := _CROOKED_FENCE.match(text):
            self.report("crooked-fence", line.place(line.indent), "块的第一行以三个反引号 ``` 开头", f"```{fence[1]}")
            self.crooked = True
        elif (match := re.match(r"\s*(#{1,6})\s*(\S)", text)) and not re.match(r"\s*#\d", text):
            suggestion = f"{match[1]} {line.text[match.start(2) :].strip()}"
            self.report("heading-space", line.place(line.indent), "标题的 # 后面要空一格", suggestion, warn=True)
        elif "<!--" in text:
            start = text.index("<!--")
            message = "<!-- --> 不起注释的作用,里面的规则仍然有效;不要的内容请删去,说明写成普通文字"
            self.report("html-comment", line.place(start, start + 4), message, warn=True)
        elif (match := _NAMED_STATEMENT.match(text)) and not self.crooked:
            message = f"这一行像是规则 ({match[1]}),但不在 ```规则 块里,不起作用"
            self.report("rule-outside", line.place(line.indent), message, "移到这一条的 ```规则 块里", warn=True)
        elif text.lstrip().startswith(">") and re.match(r"[>\s]*(```|~~~)\s*(规则|案例|事实|释明)", text):
            message = "引用 (>) 里的块不起作用;要起作用请去掉每行前面的 '>'"
            self.report("quoted-block", line.place(line.indent), message, text.lstrip("> "))

    # Parameter tables

    def _table(self, at: int, start: int) -> None:
        line = self.line(at)
        rows, after = self._rows_after(at + 1)
        self.taken.update(range(at, after))
        if not rows:
            self.report("table-missing", line.place(line.indent), "'表:' 下面没有表格", "")
            return
        grid = self._grid(rows)
        name, keys = self._table_head(line, start, grid)
        if grid and name:
            self.blocks.tables.append(TablePart(name, keys, grid, self.article))

    def _rows_after(self, at: int) -> tuple[list[Line], int]:
        """The rows of the table that begins after some blank lines, and the line behind them."""
        lines = self.blocks.lines
        begin = at
        while begin < len(lines) and lines[begin].blank:
            begin += 1
        end = begin
        while end < len(lines) and is_row(lines[end].text) and not _HEADING.fullmatch(lines[end].text):
            end += 1
        if end == begin:
            return [], at
        self._behind_table(self.line(begin), end)
        return [self.line(n) for n in range(begin, end)], end

    def _behind_table(self, header: Line, end: int) -> None:
        """What stands under a table may be meant as one more row."""
        lines = self.blocks.lines
        behind = next((n for n in range(end, len(lines)) if not lines[n].blank), len(lines))
        if behind == len(lines) or _begins_block(lines[behind].text):
            return
        line = self.line(behind)
        words = line.text.split()
        if has_pipe(line.text) and line.text.strip()[0] in "|｜":
            if not (behind + 1 < len(lines) and is_ruler(lines[behind + 1].text)):
                message = "这一行与上面的表格隔着空行,不算表里的一行"
                self.report("row-apart", line.place(line.indent), message, "删去中间的空行")
        elif behind == end and len(words) > 1 and len(words) == len(read_cells(header)):
            message = "这一行像是表里的一行,各格之间要用 '|' 隔开"
            self.report("not-a-row", line.place(line.indent), message, f"| {' | '.join(words)} |")
        elif behind == end:
            self.report("no-blank-line", line.place(line.indent), "表格后面要空一行再写别的")

    def _grid(self, rows: list[Line]) -> Grid | None:
        self.blocks.grids.append(rows)
        return read_grid(rows, self.problems)

    def _table_head(self, line: Line, start: int, grid: Grid | None) -> tuple[Text | None, tuple[Text, ...] | None]:
        """The name and the key columns of `表:名称 按 甲、乙`."""
        folded = re.sub(r"\s注\s*:.*", "", fold(line.text))
        words = [match.span() for match in re.compile(r"\S+").finditer(folded, start)]
        texts = [folded[a:b] for a, b in words]
        if not words:
            self.report("missing-name", line.place(line.indent), "'表:' 后面要写表的名称", "表:名称 按 关键列")
            return None, None
        name = Text(texts[0], line.place(*words[0]))
        if len(words) == 1:
            return self._unglue(line, name, grid)
        if not _WORD.fullmatch(texts[0]):
            self.report("bad-name", name.place, f"表的名称只能用文字和数字,以文字开头:'{texts[0]}'")
            return None, None
        if texts[1] != "按" or len(words) == 2:
            wanted = f"表:{texts[0]} 按 {'、'.join(texts[2:]) or '关键列'}"
            place = line.place(line.indent, words[-1][1])
            self.report("table-head", place, "这一行写成 '表:名称 按 甲、乙'", wanted)
        keys = re.compile(r"[^、,\s]+").finditer(folded, words[min(2, len(words) - 1)][0])
        return name, tuple(Text(key[0], line.place(*key.span())) for key in keys)

    def _unglue(self, line: Line, name: Text, grid: Grid | None) -> tuple[Text | None, tuple[Text, ...] | None]:
        """A table's name that stands alone; 补贴标准按等级 is taken apart if 等级 is a column."""
        if not _WORD.fullmatch(name.text) and "按" not in name.text:
            self.report("bad-name", name.place, f"表的名称只能用文字和数字,以文字开头:'{name.text}'")
            return None, None
        columns = {cell.text for cell in grid.header} if grid else set()
        for match in re.finditer("按", name.text):
            keys = re.split("[、,]", name.text[match.end() :])
            if match.start() and set(keys) <= columns:
                title = name.text[: match.start()]
                suggestion = f"表:{title} 按 {'、'.join(keys)}"
                place = line.place(line.indent, name.place.column - 1 + len(name.text))
                self.report("needs-spaces", place, "'按' 的两边要空一格", suggestion)
                return Text(title, name.place), tuple(Text(key, name.place) for key in keys)
        return name, None

    def _loose_table(self, block: _Block) -> None:
        """A table in the prose. One that looks like a parameter table probably lost its first line."""
        before = next((n for n in range(block.start - 1, -1, -1) if not self.blocks.lines[n].blank), None)
        if before is not None and before not in self.taken:
            line = self.line(before)
            if match := _TABLE_WITHOUT_COLON.fullmatch(fold(line.text).rstrip()):
                rest = fold(line.text)[match.start(1) :].strip()
                self.report("missing-colon", line.place(line.indent), "'表' 后面少了冒号", f"表:{rest}")
                self._table(before, match.start(1))
                return
        header = read_cells(self.line(block.start))
        if header and header[0].text == "自" and is_ruler(self.blocks.lines[block.start + 1].text):
            message = "这张表有 '自' 一列,像是参数表,但它前面没有 '表:名称' 一行,不起作用"
            keys = [cell.text for cell in header[1:-1] if cell.text and cell.text != "至"]
            way = f"表:名称 按 {'、'.join(keys) or '关键列'}"
            self.report("table-without-name", header[0].place, message, way, warn=True)

    # Fenced blocks

    def _fence(self, block: _Block) -> None:
        first = self.line(block.start)
        kind, written, rest = _fence_kind(first)
        inside = [self.line(at) for at in range(block.start + 1, block.end - (1 if block.closed else 0))]
        if not kind:
            if not written and any(_STATEMENT.match(fold(line.text)) for line in inside):
                message = "这个块里像是规则,但第一行没有写 '规则',不起作用"
                self.report("block-without-kind", first.place(first.indent), message, "```规则")
            if not (written and any(read_cells(line)[0].text == "案例" for line in inside[:1] if has_pipe(line.text))):
                return
            message = f"没有 '{written}' 这种块;给案例的事实写成 '事实 {written}'"
            self.report("unknown-block", first.place(first.indent), message, f"```事实 {written}")
            kind, rest, written = "事实", written, "事实"
        self.taken.update(range(block.start, block.end))
        if not block.closed:
            last = block.end >= len(self.blocks.lines)
            where = "文件末尾" if last else f"第 {block.end + 1} 行 '{self.blocks.lines[block.end].text.strip()}' 之前"
            self.report("unclosed-block", first.place(first.indent), f"'{kind}' 块没有收尾,{where}要有一行 ```", "```")
        begin = max(fold(first.text).find(written), 0)
        place = first.place(begin, begin + len(written))
        if written != kind and not written.startswith(kind):
            self.report("unknown-block", place, f"没有 '{written}' 这种块,是不是 '{kind}'?", f"```{kind}")
        self._content(kind, rest, first, place, inside)

    def _content(self, kind: str, rest: str, first: Line, place: Place, inside: list[Line]) -> None:
        if kind == "规则":
            if rest:
                self.report("extra-word", first.place(first.indent), f"'规则' 后面不写别的:'{rest}'", "```规则")
            self.blocks.rules.append(inside)
            return
        grid = self._grid(inside)
        if grid is None:
            self.report("empty-block", first.place(first.indent), f"'{kind}' 块里要有一张表格")
        if kind in ("案例", "释明"):
            if rest:
                self.report("extra-word", first.place(first.indent), f"'{kind}' 后面不写别的:'{rest}'", f"```{kind}")
            if grid and kind == "案例":
                self.blocks.cases.append(CasePart(grid, self.article))
            elif grid:
                self.blocks.explained.append(ExplainedPart(grid, self.article))
            return
        entity = self._entity(rest, first, place)
        if grid and entity:
            self.blocks.facts.append(FactPart(entity, grid, self.article))

    def _entity(self, rest: str, first: Line, place: Place) -> Text | None:
        """The name behind 事实; two words for the history of one attribute (事实 单位 参保人数)."""
        if not _FACT.fullmatch(rest):
            message = "'事实' 后面要写是哪一种事实,例如 '事实 缴费'" if not rest else f"'{rest}' 不是一种事实的名称"
            self.report("missing-name", place, message, "```事实 缴费")
            return None
        at = fold(first.text).rfind(rest)
        entity = Text(rest, first.place(at, at + len(rest)))
        if at and fold(first.text)[at - 1] not in " `~":
            self.report("needs-spaces", place, "'事实' 和名称之间要空一格", f"```事实 {rest}")
        return entity


def _begins_block(text: str) -> bool:
    return bool(_HEADING.fullmatch(text) or _FENCE.fullmatch(text) or _TABLE.fullmatch(fold(text)))
