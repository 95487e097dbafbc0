"""What the files say is what the facts say: read back by an independent reader, they give exactly the rows known that day."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from tests.synthetic.extracts.made import EXTRACTED, extracts, kinds, layout_of, people, rows_of, store, write
from tests.synthetic.facts import PACK, vocabulary

from jixiang.imports.kinds import Cell, Column, Constant, Extracted, Fact, Key, Kind, Layout, Person, Sum
from jixiang.tables.schema import FactTable, fact_tables

IN_FEN = {"元": 100, "分": 1, "万元": 1_000_000}


def known(table: FactTable, on: date = EXTRACTED, since: date | None = None) -> pl.DataFrame:
    there = store().read(table.name)
    rows = pl.DataFrame(there if there is not None else table.schema.empty_table())
    rows = rows.filter(pl.col("recorded_at").dt.date() <= on).sort("recorded_at", "source_row")
    newest = rows.unique(list(table.key), keep="last", maintain_order=True).filter(~pl.col("retracted"))
    return newest if since is None else newest.filter(pl.col("recorded_at").dt.date() > since)


# What a file says ------------------------------------------------------------------------------------------------


def value(column: Column, text: str, layout: Layout) -> Any:
    """The stored value of a good cell, by plain means."""
    if text in layout.empty:
        return None
    if column.role != "value":
        return text
    if column.codes is not None:
        return layout.codes.get(column.name, {}).get(text, text)
    match column.type.kind:
        case "date":
            return day(text)
        case "month":
            year, month = re.match("([0-9]{4})[^0-9]*([0-9]+)", text).groups()
            return int(year) * 100 + int(month)
        case "money":
            return int(Decimal(text) * IN_FEN[layout.money])
        case "bool":
            assert text in (*layout.true, *layout.false)
            return text in layout.true
        case "text":
            return text
    return int(text)


def day(text: str) -> date:
    if text.startswith("serial "):
        return date(1899, 12, 30) + timedelta(days=int(text.split()[1]))
    if text.isdigit():
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    return date(*map(int, re.findall("[0-9]+", text)[:3]))


def canonical(number: str | None) -> str | None:
    """A number in its usual form. Old ones are told by the year, which is all that a test needs."""
    if number is None:
        return None
    plain = "".join(chr(ord(c) - 0xFEE0) if ord(c) > 0xFEE0 else c for c in number if not c.isspace()).upper()
    if len(plain) == 18:
        return plain
    body = f"{plain[:6]}19{plain[6:]}"
    return body + "10X98765432"[sum(int(c) * 2 ** (17 - n) for n, c in enumerate(body)) % 11]


def said(kind: Kind, folder, planted) -> Counter[tuple[Any, ...]]:
    """Every good row of the kind's files as what it says of the main fact."""
    keys = {number: key for key, number in people().by_key().items()}
    found: Counter[tuple[Any, ...]] = Counter()
    for file in planted.files:
        if file.kind != kind.code:
            continue
        bad = {one.line for one in planted.of(file.file) if one.weight != "note" or "number-" not in one.codes[0]}
        layout, rows = layout_of(file), 0
        for line, cells in rows_of(folder / file.file, layout):
            if line in bad:
                continue
            rows += 1
            told = {
                name: value(kind.columns[name], cells[heading], layout) for name, heading in layout.headings.items()
            }
            found[tuple(part(source, told, keys) for source in kind.main.cells.values())] += 1
        assert rows == file.rows
    return found


def part(source: Any, told: dict[str, Any], keys: dict[str, str]) -> Any:
    match source:
        case Cell():
            return told.get(source.column)
        case Sum():
            parts = [told[name] for name in source.columns if told.get(name) is not None]
            return sum(parts) if parts else None
        case Person():
            number = canonical(told.get(source.number))
            return None if number is None else keys[number]
        case Key():
            return tuple(told.get(name) for name in source.columns)
    return None


# What is true ----------------------------------------------------------------------------------------------------


def true(kind: Kind, since: date | None = None) -> Counter[tuple[Any, ...]]:
    main = kind.main
    rows = known(main.table, since=since)
    columns: list[list[Any]] = []
    for column, source in main.cells.items():
        cells = rows[column].to_list()
        if isinstance(source, Key):
            names = dict(natural(main.table.columns[column].of))
            width = len(source.columns)
            cells = [names.get(key, (None,) * width) for key in cells]
        elif isinstance(source, Constant | Extracted):
            cells = [None] * len(rows)
        columns.append(cells)
    return Counter(zip(*columns, strict=True))


def natural(entity: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Key in the facts and natural key of every row of an entity. A number that is no attribute is that of the row."""
    named = tomllib.loads((PACK / "imports" / "keys.toml").read_text())["keys"][entity]
    found = vocabulary().entities[entity]
    rows = known(fact_tables(vocabulary())[found.table])
    for row in rows.iter_rows(named=True):
        key = row[found.key_column]
        parts = (found.attributes[name].column if name in found.attributes else None for name in named)
        yield key, tuple(re.sub("^[^0-9]*", "", key) if column is None else row[column] for column in parts)


@pytest.mark.parametrize("code", sorted(kinds()))
def test_the_files_of_a_kind_say_exactly_what_is_known_on_the_day(code: str):
    kind = kinds()[code]
    folder, planted = extracts()
    told, truth = said(kind, folder, planted), true(kind)
    left_out = sum(planted.left_out[code].values())
    assert not told - truth
    assert (truth - told).total() == left_out
    assert left_out <= 0.02 * truth.total() + 3, planted.left_out[code]


def test_an_increment_says_only_of_what_something_became_known_since(tmp_path):
    since = date(2021, 3, 31)
    planted = write(tmp_path, since=since, faults=False)
    assert not planted.expected and not planted.bad_files
    for code in ("contributions", "persons", "trainings"):
        told, truth = said(kinds()[code], tmp_path, planted), true(kinds()[code], since)
        assert not told - truth and 0 < told.total() < true(kinds()[code]).total()
        assert (truth - told).total() == sum(planted.left_out[code].values())


def test_other_facts_of_a_row_are_those_of_its_main_fact():
    """A person's district is the stretch that began last and has no end, under the day it began."""
    kind = kinds()["persons"]
    folder, planted = extracts()
    history = next(fact for fact in kind.facts if not fact.main)
    place, start = (source.column for source in (history.cells["district"], history.cells["valid_from"]))
    number = kind.main.key[0].number
    told = {}
    for file in (file for file in planted.files if file.kind == kind.code):
        bad = {one.line for one in planted.of(file.file)}
        layout = layout_of(file)
        for line, cells in rows_of(folder / file.file, layout):
            if line not in bad:
                row = {name: value(kind.columns[name], cells[layout.headings[name]], layout) for name in kind.columns}
                told[row[number]] = (row[place], row[start])
    stretches = latest(history)
    numbers = people().by_key()
    assert all(told[numbers[key]] == stretch for key, stretch in stretches.items() if numbers[key] in told)
    assert len(told) > 2000


def latest(history: Fact) -> dict[str, tuple[Any, Any]]:
    rows = known(history.table).filter(pl.col("valid_from") <= EXTRACTED).sort("valid_from")
    newest = rows.unique("person_id", keep="last").filter(pl.col("valid_to").is_null())
    return {
        key: (place, start) for key, place, start in newest.select("person_id", "district", "valid_from").iter_rows()
    }


def test_every_style_encoding_and_format_occurs():
    _, planted = extracts()
    layouts = [layout_of(file) for file in planted.files]
    assert {"utf-8", "gb18030"} <= {layout.encoding for layout in layouts}
    assert {".csv", ".xlsx"} == {file.file[file.file.rindex(".") :] for file in planted.files}
    headings = [heading for layout in layouts for heading in layout.headings.values()]
    assert any(re.fullmatch("[A-Z]{3}[0-9]{3}", heading) for heading in headings)
    assert any(re.fullmatch("[a-z]{2,}", heading) for heading in headings)
    assert any(not heading.isascii() for heading in headings)
    sizes = Counter(file.kind for file in planted.files)
    assert all(sizes[kind] == len(kinds()[kind].layouts) for kind in ("persons", "contributions", "trainings"))
