"""One extract beside another: repeats, conflicts, files sent twice, periods that overlap, older and smaller extracts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.imports.port import JULY, JUNE, Port, fisher, heard, number, sailor, voyage

from jixiang.imports.act import Imported, Stopped

MAY = date(2021, 5, 31)
ANN, BEN = number(1), number(2)


@pytest.fixture
def port(tmp_path: Path) -> Port:
    return Port.new(tmp_path)


def counts(imported: Imported) -> list[tuple[int, int, int, int]]:
    return [(file.read, file.accepted, file.refused, file.ignored) for file in imported.report.files]


def trips(port: Port) -> set[tuple[int, int]]:
    return {(row[3], row[4]) for row in port.known("voyage")}


def test_c10_a_row_that_is_there_twice_counts_once_and_is_shown(port: Port):
    done = port.bring("voyages", voyage("甲", ANN, 1), voyage("甲", ANN, 2), voyage("甲", ANN, 1))
    assert counts(done) == [(3, 2, 0, 1)] and done.report.files[0].ignorings == {"row-duplicate": 1}
    assert trips(port) == {(202101, 4), (202102, 4)}


def test_c10_two_rows_that_differ_about_one_thing_go_back_both(port: Port):
    done = port.bring("voyages", voyage("甲", ANN, 1, 4), voyage("甲", ANN, 2), voyage("甲", ANN, 1, 5))
    assert heard(done) == {2: ("row-conflict",), 4: ("row-conflict",)} and trips(port) == {(202102, 4)}
    assert (port.folder / "returned").is_dir()


def test_c10_repeats_and_conflicts_are_found_across_the_files_of_an_act_and_across_acts(port: Port):
    one, other = (
        port.file("voyages", voyage("甲", ANN, 1)),
        port.file("voyages", voyage("甲", ANN, 1), voyage("甲", ANN, 2)),
    )
    assert counts(port.bring("voyages", one, other)) == [(1, 1, 0, 0), (2, 1, 0, 1)]
    assert counts(port.bring("voyages", voyage("甲", ANN, 2, 5))) == [(1, 0, 1, 0)]
    assert trips(port) == {(202101, 4)}


def test_c11_the_same_file_twice_is_known_and_changes_nothing(port: Port):
    sent = port.file("voyages", voyage("甲", ANN, 1))
    first = port.bring("voyages", sent)
    before, acts = port.state(), port.ledger()
    again = port.bring("voyages", sent, confirmed=False)
    assert first.act == 1 and again.act == 0 and again.report.files[0].fault == "file-known"
    assert port.state() == before and port.ledger() == acts


def test_c11_the_same_bytes_twice_in_one_act_and_under_another_name_are_known(port: Port):
    sent = [port.file("voyages", voyage("甲", ANN, 1)) for _ in range(3)]
    done = port.bring("voyages", *sent[:2])
    assert [file.fault for file in done.report.files] == ["", "file-known"]
    assert port.bring("voyages", sent[2]).act == 0


def test_c11_a_known_file_beside_a_new_one_is_passed_over(port: Port):
    sent = port.file("voyages", voyage("甲", ANN, 1))
    port.bring("voyages", sent)
    done = port.bring("voyages", sent, port.file("voyages", voyage("甲", ANN, 2)))
    assert {file.fault for file in done.report.files} == {"", "file-known"} and len(trips(port)) == 2


def test_c12_periods_that_overlap_are_counted_once_and_the_newer_extract_speaks(port: Port):
    port.bring("voyages", *(voyage("甲", ANN, m, 4) for m in (1, 2, 3)), day=JUNE)
    done = port.bring("voyages", *(voyage("甲", ANN, m, 5 if m == 3 else 4) for m in (2, 3, 4)), day=JULY)
    table = next(table for table in done.report.tables if table.table == "voyage")
    assert (table.new, table.changed, table.retracted) == (1, 1, 0)
    assert trips(port) == {(202101, 4), (202102, 4), (202103, 5), (202104, 4)}


def test_c12_a_month_that_is_sent_anew_takes_back_what_it_lacks_and_no_other_month(port: Port):
    port.bring("voyages", voyage("甲", ANN, 1), voyage("乙", ANN, 1), voyage("乙", ANN, 2), day=JUNE)
    done = port.bring("voyages", voyage("甲", ANN, 1), day=JULY)
    assert next(table.retracted for table in done.report.tables if table.table == "voyage") == 1
    assert {(row[1], row[3]) for row in port.known("voyage")} == {("甲", 202101), ("乙", 202102)}


def test_c24_a_smaller_extract_stops_and_goes_on_once_it_is_confirmed(port: Port):
    port.bring("crew", *(sailor(ANN, "安", "甲", m) for m in range(1, 7)), day=JUNE)
    before, smaller = port.state(), port.file("crew", *(sailor(ANN, "安", "甲", m) for m in range(1, 5)))
    with pytest.raises(Stopped) as stopped:
        port.bring(
            "crew", port.file("crew", *(sailor(ANN, "安", "甲", m) for m in range(1, 4))), day=JULY, confirmed=False
        )
    assert stopped.value.report.compared.stops == ("extract-smaller",) and stopped.value.report.stopped
    assert port.state() == before and not (port.home.staging).exists()
    port.bring("crew", smaller, day=JULY, confirmed=False)  # a third less is not yet much smaller
    assert len(port.ledger()) == 2


def test_c24_an_older_extract_stops_and_once_confirmed_speaks_only_where_nothing_newer_does(port: Port):
    port.bring("fishers", fisher(ANN, "安", "", "1980.02.01", "外港"), day=JUNE)
    older = port.file("fishers", fisher(ANN, "安"), fisher(BEN, "本"))
    with pytest.raises(Stopped) as stopped:
        port.bring("fishers", older, day=MAY, confirmed=False)
    assert stopped.value.report.compared.stops == ("extract-older",) and len(port.known("fisher")) == 1
    done = port.bring("fishers", older, day=MAY)
    assert counts(done) == [(2, 1, 0, 1)] and done.report.files[0].ignorings == {"row-older": 1}
    assert sorted(row[2] for row in port.known("fisher")) == [False, True]


def test_c24_rows_that_are_sent_again_do_not_make_the_next_extract_look_smaller(port: Port):
    """A file that is read once more, because names have been spoken of, is the same extract and no more of it."""
    sent = port.file("crew", *(sailor(ANN, "安", "甲", m) for m in range(1, 7)), sailor(BEN, "本", "甲", 1, 2))
    port.bring("fishers", fisher(ANN, "安"), fisher(BEN, "木"))
    port.bring("crew", sent)
    port.decide(1, "former-name")
    port.bring("crew", sent, confirmed=False)
    port.bring("crew", *(sailor(ANN, "安", "乙", m) for m in range(1, 7)), day=JULY, confirmed=False)
    assert len(port.ledger()) == 5
