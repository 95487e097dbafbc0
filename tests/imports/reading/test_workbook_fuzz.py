"""Damaged workbooks: refused, or read as another reader of the same bytes reads them; no crash, no hang, no guess."""

import io
import zipfile

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.imports.reading.books import book, cell, parts, zipped
from tests.imports.reading.files import opened, read

from jixiang.imports.reading.refused import FileRefused
from jixiang.imports.reading.workbook import Limits

EXAMPLES = max(20, settings().max_examples // 5)  # each starts two processes
SHEET = "xl/worksheets/sheet1.xml"
ROWS = "".join(
    f'<row r="{n}">{cell(f"A{n}", f"甲{n}", "inlineStr")}{cell(f"B{n}", "3.5")}{cell(f"C{n}", "#N/A", "e")}'
    f"{cell(f'D{n}', None, '', 'A1')}</row>"
    for n in range(2, 7)
)
BOOK = book([(str(n), "张三", "2021-01-01", "x") for n in range(12)])
PIECES = (
    "<row>", "</row>", '<row r="4">', '<c r="A3"/>', "<v>1</v>", "</c>", "<c>", 't="s"', 't="e"', 't="b"', ' r="B9"', "<f/>",
    "&lt;", "&x;", "<!--", "-->", "<![CDATA[", "\0", "\ufffe", "9" * 400, "1e999", "合计", ' hidden="1"', '<mergeCell ref="A2:A3"/>',
    "</sheetData>", "<x:c/>", "_x0000_", "<is><t>", 's="7"', "ZZZ", "-",
)  # fmt: skip
EDITS = st.lists(st.tuples(st.floats(0, 1), st.sampled_from(PIECES), st.integers(0, 12)), min_size=1, max_size=4)


def outcome(folder, content):
    """The rows that were taken, None where the file is refused; never anything else."""
    try:
        return read(opened(folder, content, name="a.xlsx", limits=Limits(seconds=20)))
    except FileRefused as error:
        assert error.problems
        return None


def edited(text, edits):
    for where, what, over in edits:
        at = int(where * len(text))
        text = text[:at] + what + text[at + over :]
    return text


def as_another_reads(content):
    """Row → cells of the first sheet as openpyxl gives them, empty cells as None."""
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
    return {n: [c.value for c in row] for n, row in enumerate(sheet.iter_rows(), start=1)}


@settings(max_examples=EXAMPLES)
@given(edits=EDITS)
def test_c21_edited_sheets_are_refused_or_read_as_another_library_reads_them(tmp_path_factory, edits):
    content = parts(ROWS)
    content[SHEET] = edited(content[SHEET], edits)
    content = zipped({name: text.encode("utf-8", "replace") for name, text in content.items()})
    found = outcome(tmp_path_factory.getbasetemp(), content)
    if found and found[0]:
        try:
            other = as_another_reads(content)
        except Exception:
            return  # it need not read what we do
        if len(other) < 2:
            return  # it looks for rows under one name of the format only
        for line, cells in found[0]:
            said = [*other[line], *[None] * 4]
            texts = [c for c in said[:4] if isinstance(c, str)]
            assert all(text in cells or "_x" in text for text in texts), (cells, said)


@settings(max_examples=EXAMPLES)
@given(part=st.sampled_from(sorted(zipfile.ZipFile(io.BytesIO(BOOK)).namelist())), edits=EDITS)
def test_c21_edited_parts_of_a_workbook_never_crash(tmp_path_factory, part, edits):
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries[part] = edited(entries[part].decode(), edits).encode("utf-8", "replace")
    outcome(tmp_path_factory.getbasetemp(), zipped(entries))


@settings(max_examples=EXAMPLES)
@given(damage=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=3), st.integers(0, 3)), min_size=1, max_size=4))
def test_c21_damaged_bytes_of_a_workbook_are_refused_or_change_nothing(tmp_path_factory, damage):
    content = BOOK
    for where, what, over in damage:
        at = int(where * len(content))
        content = content[:at] + what + content[at + over :]
    found = outcome(tmp_path_factory.getbasetemp(), content)
    assert found is None or found == outcome(tmp_path_factory.getbasetemp(), BOOK)
