"""Damaged text files: no crash, no loss, no guess. Python's own strict reader says what each row has to be."""

import csv
import re

from hypothesis import given
from hypothesis import strategies as st
from tests.imports.reading.files import CODES, HEAD, csv_bytes, opened, read

from jixiang.imports.kinds import Layout
from jixiang.imports.reading.refused import FileRefused

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16")
NASTY = (
    b'"', b'""', b"\n", b"\r", b"\r\n", b"\n\n", b",", b"\0", b"\x1a", b"\x7f", b"\xff", b"\x81", b"\xe5", b"\xc2\x85",
    b"\xef\xbb\xbf", b" ", "合计".encode(), b'",', b'"\n', b',"', "\u3000".encode(), b"\\", b"'", b"\xa0",
)  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(("", " ", "1", "张三", "合计", "NULL", "-1", '"', "a,b", "第一\n第二", "x\r\ny", "\ufeff", "1.50")),
    st.text(st.characters(codec="gbk", exclude_characters="\0"), max_size=6),
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), max_size=12)
DAMAGE = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(NASTY), st.integers(0, 3)), max_size=6
)  # where, what, over how many bytes


def damaged(content, damage):
    for where, what, over in damage:
        at = int(where * len(content))
        content = content[:at] + what + content[at + over :]
    return content


def physical(content, encoding):
    """Each line with its end, None where its bytes are not of the encoding."""
    mark = next((m for m in (b"\xef\xbb\xbf", b"\xff\xfe", b"\x84\x31\x95\x33") if content.startswith(m)), b"")
    content = content[len(mark) :]
    codec = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    if codec == "utf-16-le":
        units = [content[n : n + 2] for n in range(0, len(content), 2)]
        lines, line = [], b""
        for n, unit in enumerate(units):
            line += unit
            if unit == b"\n\0" or (unit == b"\r\0" and units[n + 1 : n + 2] != [b"\n\0"]):
                lines.append(line)
                line = b""
        lines += [line] if line else []
    else:
        lines = content.splitlines(keepends=True)
    for line in lines:
        try:
            yield line.decode(codec)
        except UnicodeDecodeError:
            yield None


def strictly(lines):
    """The next row as Python's reader says, and how many lines it takes."""
    taken = 0

    def each():
        nonlocal taken
        for line in lines:
            taken += 1
            if line is None:
                raise UnicodeError
            yield line

    return next(csv.reader(each(), strict=True)), taken


def blocks_of(folder, content, layout, block):
    try:
        source = opened(folder, content, layout, block=block)
    except FileRefused as error:
        return [p.code for p in error.problems], None, None
    rows, refusals = read(source)
    return rows, refusals, source.ignored


def check(folder, content, encoding):
    layout = Layout(CODES.name, CODES.headings, encoding=encoding, ignored=CODES.ignored)
    rows, refusals, ignored = blocks_of(folder, content, layout, 0)
    for block in (7, 64):
        assert blocks_of(folder, content, layout, block) == (rows, refusals, ignored)
    if refusals is None:
        return
    lines = list(physical(content, encoding))
    head, covered, ignored = 0, set(), ignored.total()
    while not (lines[head] or "").strip():
        head += 1
        ignored -= 1
    head += strictly(lines[head:])[1]
    covered.update(range(1, head + 1))
    for line, cells in rows:
        said, over = strictly(lines[line - 1 :])
        assert said == list(cells)
        assert covered.isdisjoint(range(line, line + over))
        covered.update(range(line, line + over))
    for refusal in refusals:
        over = 1 + len(re.findall("\r\n|\r|\n", "|".join(refusal.cells.values())))
        assert refusal.line not in covered
        covered.update(range(refusal.line, refusal.line + over))
    for n in range(1, len(lines) + 1):
        if n not in covered:  # then it was ignored, and has to be blank or totals
            cells, over = strictly(lines[n - 1 :])
            assert re.match("(合计|总计|$)", "".join(cells).strip())
            covered.update(range(n, n + over))
            ignored -= 1
    assert ignored == 0


@given(rows=ROWS, damage=DAMAGE, encoding=st.sampled_from(ENCODINGS), end=st.sampled_from(("\n", "\r\n", "\r")))
def test_c23_damaged_bytes_are_refused_row_by_row_and_what_is_taken_is_what_stands_there(
    tmp_path_factory, rows, damage, encoding, end
):
    content = csv_bytes(rows, encoding=encoding, end=end)
    check(tmp_path_factory.getbasetemp(), damaged(content, damage), encoding)


@given(rest=st.binary(max_size=300), encoding=st.sampled_from(ENCODINGS))
def test_c23_random_bytes_below_the_headings_are_never_a_crash(tmp_path_factory, rest, encoding):
    check(tmp_path_factory.getbasetemp(), ",".join(HEAD).encode(encoding) + "\n".encode(encoding)[-2:] + rest, encoding)


@given(content=st.binary(max_size=200))
def test_c21_random_bytes_are_no_table(tmp_path_factory, content):
    try:
        opened(tmp_path_factory.getbasetemp(), content)
    except FileRefused as error:
        assert error.problems
