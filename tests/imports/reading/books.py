"""Workbooks made in a test: by a library, or part by part where no library would write such a thing."""

import io
import zipfile

import xlsxwriter
from tests.imports.reading.files import HEAD

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def book(rows, head=HEAD, sheets=("Sheet1",), change=lambda book, sheet: None, **options):
    """A workbook of texts; `change` may do more to it."""
    content = io.BytesIO()
    made = xlsxwriter.Workbook(content, {"in_memory": True, **options})
    first = None
    for name in sheets:
        sheet = made.add_worksheet(name)
        first = first or sheet
    for n, row in enumerate([head, *rows]):
        for column, cell in enumerate(row):
            if cell != "":
                first.write_string(n, column, cell)
    change(made, first)
    made.close()
    return content.getvalue()


def cell(ref, value="", kind="", formula="", style=""):
    """One cell in XML; `value` None leaves the element out."""
    said = f' t="{kind}"' if kind else ""
    said += f' s="{style}"' if style else ""
    inner = f"<f>{formula}</f>" if formula else ""
    if kind == "inlineStr":
        inner += f"<is><t>{value}</t></is>"
    elif value is not None:
        inner += f"<v>{value}</v>"
    return f'<c r="{ref}"{said}>{inner}</c>'


def head_xml(head=HEAD):
    return '<row r="1">' + "".join(cell(f"{'ABCDEFGH'[n]}1", h, "inlineStr") for n, h in enumerate(head)) + "</row>"


def parts(data="", *, before="", after="", main="", styles="", head=None, **other):
    """The parts of a workbook whose only sheet holds the headings and `data` (XML of rows)."""
    rows = (head_xml() if head is None else head) + data
    relations = f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    if styles:
        relations += f'<Relationship Id="r2" Type="{OFFICE}/styles" Target="styles.xml"/>'
        other["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Override PartName="/xl/workbook.xml" '
        f'ContentType="{SHEETML}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{main}<sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="{MAIN}">'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>",
        **other,
    }


def zipped(entries, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return content.getvalue()


def xml(data="", **more):
    return zipped(parts(data, **more))
