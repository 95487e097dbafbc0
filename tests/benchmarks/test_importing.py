"""The benchmark of imports runs, takes every row, and says what it measured beside what the page holds already."""

import pytest
from benchmarks.importing.extract import extracts_of
from benchmarks.importing.report import report
from benchmarks.importing.rounds import AGAIN, BARE, FIRST, measure
from benchmarks.page import write_decisions, write_imports

SCALE = 0.0005


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    kept = tmp_path_factory.mktemp("importing")
    extracts = extracts_of(SCALE, 1, kept)
    return extracts, measure(extracts, kept / "import", 1)


def test_both_sides_take_every_row_of_both_kinds(rounds):
    extracts, measured = rounds
    assert {extract.kind for extract in extracts} == {"contributions", "persons"}
    for extract in extracts:
        assert extract.rows > 300
        assert {side: run.rows for side, (run,) in measured.runs[extract.kind].items()} == dict.fromkeys(
            (BARE, FIRST, AGAIN), extract.rows
        )


def test_the_page_says_what_was_measured(rounds):
    extracts, measured = rounds
    text = report(measured, extracts, scale=SCALE, seed=1, load=0.0)
    assert "contributions: first import" in text and "persons: the same rows as a later extract" in text
    assert "facts written" in text


def test_each_benchmark_leaves_the_others_part_of_the_page(tmp_path):
    page = tmp_path / "RESULTS.md"
    write_decisions(page, "# Decisions\n")
    write_imports(page, "## Imports\n\nfast\n")
    write_decisions(page, "# Decisions\n\nfaster\n")
    write_imports(page, "## Imports\n\nfaster too\n")
    assert page.read_text() == "# Decisions\n\nfaster\n\n## Imports\n\nfaster too\n"
