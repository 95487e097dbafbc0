"""What is refused before any of it is parsed."""

import io
import zipfile

import pytest
from tests.imports.reading.books import book, cell, parts, xml, zipped
from tests.imports.reading.files import refused

from jixiang.imports.reading import container

ROW = f'<row r="2">{cell("A2", "1")}</row>'


def ole(*names):
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *names))
    return container.OLE + bytes(504) + directory


def test_c21_an_empty_file_is_refused(tmp_path):
    assert refused(tmp_path, b"") == ["file-empty"]
    assert refused(tmp_path, b"\xef\xbb\xbf") == ["file-empty"]
    assert refused(tmp_path, b"\n \n\n") == ["file-empty"]


def test_c21_a_password_an_old_workbook_and_something_else_are_told_apart(tmp_path):
    assert refused(tmp_path, ole("EncryptedPackage", "EncryptionInfo")) == ["file-password"]
    assert refused(tmp_path, ole("Workbook")) == ["file-old-excel"]
    assert refused(tmp_path, ole("WordDocument")) == ["file-not-table"]


@pytest.mark.parametrize(
    "content", [b"MZ\x90\0\x03", b"\x7fELF\x02", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\0\1\2\3", b"PAR1"]
)
def test_c21_a_renamed_program_or_picture_is_no_table(tmp_path, content):
    assert refused(tmp_path, content + bytes(range(256)), name="名单.xlsx") == ["file-not-table"]


def test_c21_a_web_page_that_calls_itself_a_workbook_is_no_table(tmp_path):
    assert refused(tmp_path, b"\r\n<html><table><tr><td>AAC002", name="a.xls") == ["file-not-table"]


def test_c21_another_archive_is_no_table(tmp_path):
    assert refused(tmp_path, zipped({"a.txt": "x"})) == ["file-not-table"]
    word = {"[Content_Types].xml": "wordprocessingml", "word/document.xml": "<a/>", "xl/x.xml": "<a/>"}
    assert refused(tmp_path, zipped(word)) == ["file-not-table"]


def test_c21_macros_are_refused_by_their_part_and_by_the_type(tmp_path):
    assert refused(tmp_path, zipped(parts(ROW) | {"xl/vbaProject.bin": "x"})) == ["file-macros"]
    entries = parts(ROW)
    types = "[Content_Types].xml"
    entries[types] = (
        entries[types]
        .replace("spreadsheetml.sheet", "spreadsheetml.x")
        .replace("vnd.", "vnd.ms-excel.sheet.macroEnabled.")
    )
    assert refused(tmp_path, zipped(entries)) == ["file-macros"]


def test_c21_a_bomb_is_refused_by_what_it_declares(tmp_path):
    big = {"xl/worksheets/sheet1.xml": b" " * (64 << 20)}
    assert refused(tmp_path, zipped(parts(ROW) | big)) == ["file-bomb"]


def test_c21_more_parts_than_any_workbook_has_are_refused(tmp_path):
    many = {f"xl/media/{'x' * 200}{n}": "" for n in range(9000)}
    assert refused(tmp_path, zipped(parts(ROW) | many, zipfile.ZIP_STORED)) == ["file-bomb"]


@pytest.mark.parametrize("name", ["../a.xml", "/a.xml", "xl/../../a", "C:/a.xml", "xl\\..\\..\\a", "XL/workbook.xml"])
def test_c21_entries_that_would_lie_elsewhere_or_twice_are_refused(tmp_path, name):
    assert refused(tmp_path, zipped(parts(ROW) | {name: "x"})) == ["file-damaged"]


ENTITIES = '<!DOCTYPE w [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'
OUTSIDE = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("declared", [ENTITIES, OUTSIDE, f"<!--{'x' * 10_000}-->{ENTITIES}"])
def test_c21_declared_entities_are_refused_wherever_they_stand(tmp_path, declared):
    assert refused(tmp_path, xml(ROW, before=declared)) == ["file-bomb"]


def test_c21_declared_entities_in_another_encoding_are_refused_too(tmp_path):
    sheet = "xl/worksheets/sheet1.xml"
    content = parts(ROW, before=ENTITIES)[sheet].replace("UTF-8", "UTF-16").encode("utf-16")
    assert refused(tmp_path, zipped(parts(ROW) | {sheet: content})) == ["file-bomb"]


def test_c21_a_truncated_or_flipped_workbook_is_refused(tmp_path):
    content = book([("1", "2", "3", "4")] * 50)
    for size in (4, 30, len(content) // 2, len(content) - 1):
        assert refused(tmp_path, content[:size]) == ["file-damaged"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        at = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 120
    assert refused(tmp_path, content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]) == ["file-damaged"]


def test_c21_an_entry_with_a_password_is_refused(tmp_path):
    content = bytearray(xml(ROW))
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    assert refused(tmp_path, bytes(content)) == ["file-password"]
