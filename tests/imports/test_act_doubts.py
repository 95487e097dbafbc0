"""Whose a row is: two names of a number, two numbers of a person, and what becomes of their facts once the desk has spoken."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.imports.port import BIRTH, JULY, JUNE, Port, fisher, heard, number, sailor, vessel, voyage

from jixiang.imports.act import Imported

ANN, BEN, CAI = (number(n) for n in (1, 2, 3))
OLD = BIRTH.replace(year=1950)


@pytest.fixture
def port(tmp_path: Path) -> Port:
    return Port.new(tmp_path)


def crew(port: Port) -> set[tuple[str, int]]:
    """Who sails, by the last key of the vault's people, and where."""
    return {(row[1], row[3]) for row in port.known("crew")}


def short(number: str) -> str:
    """The same number as it was before there were eighteen digits."""
    return number[:6] + number[8:17]


def counts(imported: Imported) -> tuple[int, int, int, int]:
    report = imported.report
    return report.read, report.accepted, report.refused, report.ignored


# Two names of a number ----------------------------------------------------------------------------------------------


def test_c7_a_number_with_two_names_in_one_file_is_nobodys_until_somebody_decides(port: Port):
    done = port.bring(
        "crew", sailor(ANN, "安一", "甲", 1), sailor(ANN, "安二", "甲", 2), sailor(BEN, "本", "甲", 1, position=2)
    )
    assert heard(done) == {2: ("person-two-names",), 3: ("person-two-names",)}
    assert counts(done) == (3, 1, 2, 0) and len(port.known("crew")) == 1
    assert done.report.cases_opened == 2


def test_c7_the_name_in_the_register_stands_and_rows_with_another_go_back(port: Port):
    port.bring("fishers", fisher(ANN, "安"))
    done = port.bring("crew", sailor(ANN, "安", "甲", 1), sailor(ANN, "俺", "甲", 2))
    assert heard(done) == {3: ("person-two-names",)} and len(port.known("crew")) == 1


def test_c7_a_second_name_that_comes_later_withdraws_what_was_stated_before(port: Port):
    port.bring("crew", sailor(ANN, "安一", "甲", 1), sailor(BEN, "本", "甲", 1, position=2))
    port.bring("vessels", vessel("甲", ANN, "安二"))
    assert [row[1] for row in port.known("crew")] and len(port.known("crew")) == 1
    assert port.known("vessel") == set()


def test_c7_a_row_that_was_refused_is_taken_when_it_is_sent_again_after_the_decision(port: Port):
    port.bring("fishers", fisher(ANN, "安"))
    sent = port.file("crew", sailor(ANN, "安", "甲", 1), sailor(ANN, "俺", "甲", 2))
    port.bring("crew", sent)
    assert port.bring("crew", sent).act == 0  # nothing new
    assert port.decide(1, "former-name").sendable
    again = port.bring("crew", sent)
    assert counts(again) == (2, 2, 0, 0) and len(port.known("crew")) == 2


def test_c7_a_row_that_was_refused_is_taken_when_it_is_sent_again_after_the_register_has_spoken(port: Port):
    sent = port.file("crew", sailor(ANN, "安", "甲", 1), sailor(ANN, "俺", "甲", 2))
    assert counts(port.bring("crew", sent)) == (2, 0, 2, 0)
    port.bring("fishers", fisher(ANN, "安"))
    again = port.bring("crew", sent)
    assert heard(again) == {3: ("person-two-names",)} and len(port.known("crew")) == 1


def test_c7_rows_that_were_withdrawn_come_back_when_their_file_is_sent_again(port: Port):
    """The file was taken whole at first, so nothing in it had been refused."""
    first = port.file("crew", sailor(ANN, "安", "甲", 1))
    assert counts(port.bring("crew", first)) == (1, 1, 0, 0)
    before = port.facts()
    port.bring("vessels", vessel("乙", ANN, "俺"))
    assert port.known("crew") == set()
    port.bring("fishers", fisher(ANN, "安"))
    again = port.bring("crew", first)
    assert counts(again) == (1, 1, 0, 0) and port.known("crew") == before["crew"]
    assert port.bring("crew", first).act == 0


def test_c7_the_desk_withdraws_what_came_with_a_wrong_name_and_it_comes_back_with_the_undoing(port: Port):
    sent = port.file("crew", sailor(ANN, "安", "甲", 1))
    port.bring("fishers", fisher(ANN, "安"))
    port.bring("crew", sent)
    port.bring("crew", sailor(ANN, "俺", "甲", 2))
    before = port.facts()
    port.decide(1, "right-name")
    assert port.known("crew") == set() and port.known("fisher") == set()
    port.undo(1)
    port.bring("crew", sent)
    assert port.known("crew") == before["crew"]


# Two numbers of a person --------------------------------------------------------------------------------------------


def test_c5_fifteen_and_eighteen_digits_are_one_person(port: Port):
    born = BIRTH
    ann = number(1, born)
    port.bring("fishers", fisher(ann, "安"))
    done = port.bring("crew", sailor(short(ann), "安", "甲", 1))
    assert done.report.persons_new == 0 and done.report.cases_opened == 0
    (person,) = {row[0] for row in port.known("fisher")}
    assert crew(port) == {(person, 1)}


def test_c8_two_numbers_with_one_name_and_birth_date_are_taken_and_go_to_the_desk(port: Port):
    done = port.bring("fishers", fisher(ANN, "安"), fisher(BEN, "安"))
    assert counts(done) == (2, 2, 0, 0) and done.report.cases_opened == 1
    assert done.report.files[0].notes == {"person-two-numbers": 2}


def test_c8_the_desk_moves_the_facts_and_undoing_restores_exactly(port: Port):
    port.bring("fishers", fisher(ANN, "安"), fisher(BEN, "安", "", "1980.02.01", "外港", "初级", "2020.01.01"))
    port.bring("vessels", vessel("甲", BEN, "安"), vessel("乙", ANN, "安"))
    port.bring("voyages", voyage("甲", BEN, 1), voyage("乙", ANN, 1))
    port.bring("crew", sailor(BEN, "安", "甲", 1), sailor(ANN, "安", "乙", 1))
    before = port.state()
    decided = port.decide(1, "same-person")
    assert decided.rows == {"fisher": 1, "vessel": 1, "voyage": 1, "crew": 1} | (
        {"fisher_licence": 1} if "fisher_licence" in decided.rows else {}
    )
    (person,) = {row[0] for row in port.known("fisher")}
    assert {row[1] for row in port.known("vessel")} == {person} and {row[0] for row in crew(port)} == {person}
    assert {row[2] for row in port.known("voyage")} == {person}
    port.undo(1)
    assert port.state() == before


def test_c8_undoing_restores_what_came_in_between_too(tmp_path: Path):
    ports = [Port.new(tmp_path / name) for name in ("decided", "never")]
    for port in ports:
        port.bring("fishers", fisher(ANN, "安"), fisher(BEN, "安"))
        port.bring("crew", sailor(BEN, "安", "甲", 1), sailor(ANN, "安", "乙", 1))
        if port is ports[0]:
            port.decide(1, "same-person")
        port.bring("crew", sailor(BEN, "安", "丙", 2), day=JULY)
        port.bring("vessels", vessel("甲", BEN, "安"))
        port.bring("fishers", fisher(BEN, "安", "", "1980.02.01", "外港"), day=JULY)
        if port is ports[0]:
            assert len({row[0] for row in crew(port)}) == 1 and len(port.known("fisher")) == 1
            port.undo(1)
    assert ports[0].state() == ports[1].state()


def test_c8_an_extract_that_comes_late_is_judged_as_if_nothing_had_been_decided(tmp_path: Path):
    ports = [Port.new(tmp_path / name) for name in ("decided", "never")]
    late, early = date(2021, 5, 31), JUNE
    for port in ports:
        port.bring("fishers", fisher(ANN, "安"), fisher(BEN, "安", "", "1980.02.01", "外港"), day=early)
        if port is ports[0]:
            port.decide(1, "same-person")
        port.bring("fishers", fisher(BEN, "安"), fisher(CAI, "才"), day=late)
        if port is ports[0]:
            port.undo(1)
    assert ports[0].state()[0] == ports[1].state()[0]


def test_a_person_is_whom_the_desk_says_also_of_a_number_that_comes_first_after_the_decision(port: Port):
    port.bring("fishers", fisher(ANN, "安"), fisher(BEN, "安"))
    port.decide(1, "same-person")
    port.bring("crew", sailor(ANN, "安", "甲", 1), sailor(BEN, "安", "甲", 2))
    assert len({row[0] for row in crew(port)}) == 1
