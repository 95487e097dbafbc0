"""The extracts of a synthetic city: every kind of the city pack in all its layouts, as of a day.

The facts are read, never written. Same facts, kinds, days and seed give the same files. Memory is bounded: the largest
table passes through in stretches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zlib import crc32

import numpy as np

from jixiang.engines.duckdb import DuckDB
from jixiang.imports.kind_reader import read_kinds
from jixiang.imports.kinds import Kind
from jixiang.language.vocabulary import Vocabulary
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.synthetic.days import Mask
from jixiang.synthetic.extracts.backwards import Backwards, Route
from jixiang.synthetic.extracts.bad_files import write_bad_files
from jixiang.synthetic.extracts.files import UNSPELT, WORKBOOK_ROWS, Order, Sheet, is_workbook
from jixiang.synthetic.extracts.filled import Filled, fill
from jixiang.synthetic.extracts.identities import Identities, give_identities
from jixiang.synthetic.extracts.known import Known
from jixiang.synthetic.extracts.planted import Expected, Planted, write_planted
from jixiang.synthetic.extracts.spoil import CODES, ON_GOOD_ROWS, TEXT_ONLY, WORKBOOK_ONLY
from jixiang.synthetic.extracts.strangers import Strangers
from jixiang.tables.schema import fact_tables
from jixiang.tables.store import FactStore

Progress = Callable[[str, float], None]
MEMORY_MB = 3000
EACH = 3
STOPPED_DAYS = 91
SMALLER = 0.6
LEAST_TO_STOP = 1000  # rows of a kind of which a third is many


def write_extracts(
    facts: Path,
    folder: Path,
    city_folder: Path,
    *,
    extracted: date,
    since: date | None = None,
    seed: int,
    faults: bool,
    progress: Progress,
    each: int = EACH,
) -> Planted:
    """Writes the files into `folder`, and `planted.json` beside them. What is wrong with the city pack is in `problems`,
    and then nothing is written.

    `since`: only rows of which something became known after that day. `faults`: each fault `each` times a kind.
    """
    vocabulary, problems = read_vocabulary(city_folder / "vocabulary.md")
    kinds, more = read_kinds(city_folder, vocabulary)
    errors = [problem for problem in [*problems, *more] if problem.severity == "error"]
    if errors:
        return Planted(extracted, seed, problems=tuple(errors))
    progress("号码与姓名", 0.0)
    people = give_identities(facts, city_folder, seed)
    order = Order(folder, extracted, seed, each if faults else 0, Strangers(people))
    return write_kinds(facts, kinds, vocabulary, people, order, since=since, progress=progress)


def write_kinds(
    facts: Path,
    kinds: Mapping[str, Kind],
    vocabulary: Vocabulary,
    people: Identities,
    order: Order,
    *,
    since: date | None,
    progress: Progress,
) -> Planted:
    """The same for kinds and identities that are at hand already."""
    backwards = Backwards(tuple(kinds.values()), people.table)
    routes = {code: backwards.route(kind) for code, kind in kinds.items()}
    planted = Planted(order.extracted, order.seed, problems=tuple(backwards.problems))
    if planted.problems:
        return planted
    order.folder.mkdir(parents=True, exist_ok=True)
    store = FactStore(facts)
    whole = sum(store.rows(kind.main.table.name) for kind in kinds.values()) or 1
    done, sheets = 0, list[Sheet]()
    with DuckDB(memory_mb=MEMORY_MB) as engine:
        known = Known(engine, store, fact_tables(vocabulary), order.extracted, since)
        for code, route in routes.items():
            progress(route.kind.name, done / whole)
            planted, more = _write_kind(code, route, known, people, order, planted)
            sheets += more
            done += store.rows(route.kind.main.table.name)
        if order.each:
            planted = _with_bad_files(planted, sheets, _stopped(routes, sheets, known, people, order))
    planted = replace(planted, strangers=frozenset(order.strangers.accepted))
    write_planted(planted, order.folder)
    progress("完成", 1.0)
    return planted


def _with_bad_files(planted: Planted, sheets: list[Sheet], stopped: list[tuple[str, Sheet]]) -> Planted:
    """Files to be refused, known or stopped, each to be imported by itself after the good ones."""
    bad, expected = write_bad_files(sheets)
    bad += [sheet.written for _, sheet in stopped]
    expected += [Expected(sheet.name, 0, (code,), "stop") for code, sheet in stopped]
    return replace(planted, bad_files=tuple(bad), expected=(*planted.expected, *expected))


def _stopped(
    routes: Mapping[str, Route], sheets: list[Sheet], known: Known, people: Identities, order: Order
) -> list[tuple[str, Sheet]]:
    """Two good extracts of one kind that an import asks about first: one of an earlier day, and one of a later day that
    lacks more than a third of the rows that came in its layout."""
    counts = Counter[str]()
    for sheet in sheets:
        counts[sheet.kind.code] += sheet.rows
    enough = [code for code in counts if counts[code] >= LEAST_TO_STOP] or list(counts)
    route = routes[min(enough, key=lambda code: counts[code])]
    earlier, later = order.extracted - timedelta(days=STOPPED_DAYS), order.extracted + timedelta(days=STOPPED_DAYS)
    past = Known(known.engine, known.store, known.tables, earlier, None)
    found = []
    for code, day, source in (("extract-older", earlier, past), ("extract-smaller", later, known)):
        dated = replace(order, extracted=day, each=0)
        sheet = next(s for s in _sheets(route.kind, 0, dated) if set(s.layout.headings) >= set(route.fills))
        came = next(s.rows for s in sheets if s.kind is route.kind and s.layout is sheet.layout)
        share = 1.0 if source is past else SMALLER * came / counts[route.kind.code]
        for rows in fill(route, source, people, Counter()):
            sheet.write(rows.take(np.flatnonzero(rows.ordinals % 100 < share * 100)))
        sheet.close()
        found.append((code, sheet))
    return found


def _write_kind(
    code: str, route: Route, known: Known, people: Identities, order: Order, planted: Planted
) -> tuple[Planted, list[Sheet]]:
    left_out: Counter[str] = Counter()
    sheets = _sheets(route.kind, known.store.rows(route.kind.main.table.name), order)
    for rows in fill(route, known, people, left_out):
        for sheet, chosen in _dealt(sheets, rows, left_out):
            sheet.write(chosen)
    for sheet in sheets:
        sheet.close()
    planted = replace(
        planted,
        files=(*planted.files, *(sheet.written for sheet in sheets if sheet.rows)),
        expected=(*planted.expected, *(one for sheet in sheets for one in sheet.expected)),
        left_out={**planted.left_out, code: {why: n for why, n in left_out.items() if n}},
    )
    return planted, sheets


def _sheets(kind: Kind, rows: int, order: Order) -> list[Sheet]:
    """One a layout; a kind with nothing but workbooks and too many rows for them is written as text."""
    fits = rows <= WORKBOOK_ROWS * len(kind.layouts)
    workbooks = [is_workbook(kind, layout) for layout in kind.layouts]
    if all(workbooks) and not fits:
        workbooks[0] = False
    plantings = _plantings(kind, workbooks, order.each)
    return [
        Sheet(order, kind, layout, workbook, planting)
        for layout, workbook, planting in zip(kind.layouts, workbooks, plantings, strict=True)
    ]


def _plantings(kind: Kind, workbooks: list[bool], each: int) -> list[Counter[str]]:
    """How often each fault is planted in each layout: in turn, another one first for every fault."""
    plantings: list[Counter[str]] = [Counter() for _ in workbooks]
    for code in (*CODES, *ON_GOOD_ROWS):
        never = TEXT_ONLY if code in TEXT_ONLY else set()
        places = [n for n, workbook in enumerate(workbooks) if code not in (never if workbook else WORKBOOK_ONLY)]
        start = crc32(f"{kind.code}:{code}".encode())
        for n in range(each if places else 0):
            plantings[places[(start + n) % len(places)]][code] += 1
    return plantings


def _dealt(sheets: list[Sheet], rows: Filled, left_out: Counter[str]) -> list[tuple[Sheet, Filled]]:
    """Rows in turn to the layouts that can say them; full workbooks take no more."""
    able = np.array([_able(sheet, rows) for sheet in sheets])
    for number, sheet in enumerate(sheets):
        if sheet.workbook:
            able[number] &= np.cumsum(able[number]) <= (WORKBOOK_ROWS - sheet.rows) * len(sheets)
    left_out[UNSPELT] += int((~able.any(axis=0)).sum())
    chosen = np.full(len(rows), -1)
    for offset in range(len(sheets)):
        turn = (rows.ordinals + offset) % len(sheets)
        free = chosen < 0
        chosen[free] = np.where(able[turn, np.arange(len(rows))], turn, -1)[free]
    return [(sheet, part) for n, sheet in enumerate(sheets) if len(part := rows.take(np.flatnonzero(chosen == n)))]


def _able(sheet: Sheet, rows: Filled) -> Mask:
    able = np.ones(len(rows), dtype=bool)
    for name, values in rows.values.items():
        able &= sheet.speller.can(sheet.kind.columns[name], values)
    for names in rows.sums:
        if not any(name in sheet.layout.headings for name in names):
            able[:] = False
    return able
