"""Planted faults: every one of them is there to be found, reading finds every one and no other, and good rows stay good."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from pathlib import Path

from tests.synthetic.extracts.made import EXTRACTED, SEED, extracts, kinds, layout_of, people, rows_of, write

from jixiang.imports.casts import cast_block
from jixiang.imports.faults import FAULTS
from jixiang.imports.kinds import Person
from jixiang.imports.reading.opening import open_file
from jixiang.imports.reading.refused import FileRefused
from jixiang.synthetic.extracts.planted import PLANTED, ExtractFile, read_planted

BETWEEN_ROWS = {"row-duplicate", "row-conflict", "person-two-names", "person-two-numbers"}
WORKBOOKS = {"contests", "employers", "persons"}  # each is read by a process of its own, so not all are
COUNTED = {"row-blank", "row-totals"}  # reading counts them and does not say where they were


def found(file: ExtractFile) -> tuple[dict[int, set[str]], Counter[str], int]:
    """What reading and casting say of each line, what was passed over, and how many rows there were."""
    kind = kinds()[file.kind]
    source = open_file(extracts()[0] / file.file, kind.layouts, columns=kind.columns)
    assert source.layout.name == file.layout
    said: dict[int, set[str]] = defaultdict(set)
    for block in source.blocks():
        for cast in cast_block(kind, source.layout, block, today=EXTRACTED).values():
            for mark in cast.marks:
                for row in mark.rows.tolist():
                    said[int(block.lines[row])].add(mark.code)
        for refusal in source.drain():
            said[refusal.line] |= set(refusal.reasons)
    for refusal in source.drain():
        said[refusal.line] |= set(refusal.reasons)
    return said, source.ignored, source.read


def test_reading_finds_every_planted_fault_of_a_row_and_no_other():
    _, planted = extracts()
    for file in planted.files:
        if file.file.endswith(".xlsx") and file.kind not in WORKBOOKS:
            continue
        said, ignored, read = found(file)
        there = planted.of(file.file)
        expected = {one.line: set(one.codes) for one in there if not {*one.codes} & (BETWEEN_ROWS | COUNTED)}
        assert dict(said) == expected, file.file
        assert ignored == Counter(code for one in there for code in one.codes if code in COUNTED)
        assert read == file.rows + sum(one.weight != "note" or one.codes == ("person-two-numbers",) for one in there)


def test_every_fault_of_a_file_is_told_and_what_stops_can_be_read():
    folder, planted = extracts()
    codes = set()
    for file in planted.bad_files:
        kind = kinds()[file.kind]
        (expected,) = planted.of(file.file)
        codes |= {*expected.codes}
        try:
            open_file(folder / file.file, kind.layouts, columns=kind.columns)
            assert expected.weight in ("ignored", "stop")
        except FileRefused as refused:
            assert expected.weight == "file" and expected.codes[0] in {problem.code for problem in refused.problems}
    assert codes == {code for code, fault in FAULTS.items() if fault.weight in ("file", "stop")} - {
        "file-limits",
        "file-mostly-refused",
        "layout-unknown",
        "date-unknown",
    } | {"file-known"}


def test_every_fault_of_a_row_is_planted_somewhere_but_those_that_need_two_acts():
    planted = {code for one in extracts()[1].expected for code in one.codes}
    rows = {code for code, fault in FAULTS.items() if fault.weight in ("row", "ignored", "note")}
    assert rows - planted <= {"row-withheld", "row-older", "certificate-number", "key-partial"} | UNPLANTED


REGISTERS = {code for code, kind in kinds().items() if len(kind.main.key) == 1 and isinstance(kind.main.key[0], Person)}
UNPLANTED = {"cell-date", "account-length", "month-impossible"}


def test_repeats_repeat_a_good_row_and_conflicts_are_under_a_key_of_their_own():
    folder, planted = extracts()
    seen = Counter()
    for file in planted.files:
        layout, told = layout_of(file), {one.line: one.codes[0] for one in planted.of(file.file)}
        if not {"row-duplicate", "row-conflict"} & {*told.values()}:
            continue
        rows = dict(rows_of(folder / file.file, layout))
        good = {
            unnumbered(file, cells) for line, cells in rows.items() if told.get(line, "number-").startswith("number-")
        }
        repeats = [cells for line, cells in rows.items() if told.get(line) == "row-duplicate"]
        assert all(unnumbered(file, cells) in good for cells in repeats)
        pairs = [cells for line, cells in rows.items() if told.get(line) == "row-conflict"]
        keys = [key_of(file, cells) for cells in pairs]
        assert all(count == 2 for count in Counter(keys).values())
        assert not {*keys} & {key_of(file, cells) for line, cells in rows.items() if line not in told}
        seen += Counter(told.values())
    assert seen["row-duplicate"] > 10 and seen["row-conflict"] > 20


def unnumbered(file: ExtractFile, cells: dict[str, str]) -> tuple[str, ...]:
    """A row without numbers, which may be written untidily where the row is a good one."""
    kind, layout = kinds()[file.kind], layout_of(file)
    return tuple(cells.get(h, "") for name, h in layout.headings.items() if kind.columns[name].role != "number")


def key_of(file: ExtractFile, cells: dict[str, str]) -> tuple[str, ...]:
    kind, layout = kinds()[file.kind], layout_of(file)
    names = [
        part.number if isinstance(part, Person) else part.column
        for part in kind.main.key
        if hasattr(part, "number") or hasattr(part, "column")
    ]
    start = kind.main.cells.get("valid_from")
    names += [start.column] if hasattr(start, "column") else []
    return tuple(cells[layout.headings[name]] for name in names)


def test_whoever_seems_to_be_two_is_one_who_is_in_the_same_file():
    folder, planted = extracts()
    strangers, pairs = planted.strangers, Counter()
    numbers = set(people().numbers.to_pylist())
    assert strangers and not strangers & numbers
    for file in planted.files:
        told = {one.line: one.codes[0] for one in planted.of(file.file)}
        for line, cells in rows_of(folder / file.file, layout_of(file)):
            if told.get(line) == "person-two-numbers":
                pairs[line] += 1
                assert strangers & {*cells.values()}
            elif told.get(line) == "person-two-names":
                assert numbers & {*cells.values()} or file.kind in REGISTERS
            elif line not in told:
                assert not strangers & {*cells.values()}
    assert sum(pairs.values()) == len(strangers)


def test_the_list_of_what_was_planted_holds_no_number_of_a_person_and_reads_back():
    folder, planted = extracts()
    text = (folder / PLANTED).read_text()
    assert not re.search(r"[0-9]{15,}", text)
    read = read_planted(folder)
    assert (read.files, read.bad_files, read.expected) == (planted.files, planted.bad_files, planted.expected)
    assert all(number not in repr(planted) for number in planted.strangers)


def test_the_same_seed_gives_the_same_bytes_and_without_faults_nothing_is_planted(tmp_path: Path):
    folder, _ = extracts()
    write(tmp_path / "again", each=1)
    assert digests(tmp_path / "again") == digests(folder)
    plain = write(tmp_path / "plain", faults=False, seed=SEED + 1)
    assert not plain.expected and not plain.bad_files and not plain.strangers
    assert {file.file for file in plain.files} == {file.file for file in extracts()[1].files}


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
