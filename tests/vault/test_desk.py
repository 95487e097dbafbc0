"""What a person decides holds, can be taken back, and leaves no trace but the journal."""

import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vault.cast import JULY, NOON, bring, fresh, number, refused_rows

from jixiang.vault.desk import decide, journal, list_cases, show_case, undo
from jixiang.vault.refusals import VaultRefused
from jixiang.vault.reveal import reveal

ONE, TWO, THREE = (number(n) for n in (1, 2, 3))
WHO = {"by": "核对员", "at": NOON, "note": "已查户籍"}


@pytest.fixture
def vault(tmp_path):
    with fresh(tmp_path) as vault:
        yield vault


def act(vault, verb, *arguments):
    with vault.act():
        return verb(vault, *arguments, **WHO)


def refusal(vault, verb, *arguments):
    with pytest.raises(VaultRefused) as caught:
        act(vault, verb, *arguments)
    assert caught.value.problem.suggestion
    return caught.value.problem.code


def waiting(vault):
    return [case.id for case in list_cases(vault)]


def persons(vault, *numbers):
    """Whom these numbers speak of, as groups of positions."""
    person = bring(vault, [(n,) for n in numbers])[0][0].person.to_pylist()
    return [person.index(p) for p in person]


def case_of(vault, one, other):
    owns = bring(vault, [(one,), (other,)])[0][0].own.to_pylist()
    return next(c.id for d in (False, True) for c in list_cases(vault, decided=d) if set(c.own) == set(owns))


# Names -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def renamed(vault):
    """The register says 张三, a later file 李四."""
    bring(vault, [(ONE, "张三")], register=True)
    bring(vault, [(ONE, "李四")], day=JULY)
    return vault


def refused_names(vault):
    matched, settled = bring(vault, [(ONE, "张三"), (ONE, "李四")], day=JULY)
    return refused_rows(matched, settled)[0]


def test_a_list_is_masked(renamed):
    (case,) = list_cases(renamed)
    assert (case.numbers, case.names) == ((f"329999********{ONE[14:]}",), ("李*", "张*"))


def test_a_case_is_shown_in_full_with_a_purpose_that_is_written_down(renamed):
    with renamed.act():
        case = show_case(renamed, 1, purpose="核对", by="核对员", at=NOON)
    assert (case.numbers, case.names) == ((ONE,), ("李四", "张三"))
    assert renamed.connection.execute("SELECT count(*) FROM revealed").fetchone() == (2,)


@pytest.mark.parametrize(
    ("verdict", "refused", "current"),
    [("new-name", [], "李四"), ("right-name", [0], "李四"), ("former-name", [], "张三"), ("wrong-name", [1], "张三")],
)
def test_a_verdict_on_a_name_says_which_rows_are_taken(renamed, verdict, refused, current):
    assert refused_names(renamed) == [1]
    moves = act(renamed, decide, 1, verdict)
    (case,) = [c for c in list_cases(renamed, decided=True) if c.id == 1]
    assert case.verdict == verdict
    assert moves.sendable == (case.own if verdict != "wrong-name" else ())
    assert moves.withdrawn == (case.own if verdict == "right-name" else ())
    assert refused_names(renamed) == refused
    assert reveal(renamed, case.own[0], "name", purpose="信函", by="甲", at=NOON) == current
    act(renamed, undo, 1)
    assert refused_names(renamed) == [1]
    assert waiting(renamed) == [1]


def test_each_of_two_unconfirmed_names_is_a_question_until_one_is_answered(vault):
    bring(vault, [(ONE, "张三"), (ONE, "李四")])
    assert len(waiting(vault)) == 2
    moves = act(vault, decide, 2, "wrong-name")
    assert len(moves.sendable) == 1
    assert waiting(vault) == []
    moves = act(vault, undo, 2)
    assert (len(moves.withdrawn), len(waiting(vault))) == (1, 2)


def test_a_question_that_the_register_answers_waits_no_more(vault):
    bring(vault, [(ONE, "张三"), (ONE, "李四")])
    bring(vault, [(ONE, "李四")], register=True)
    assert [case.names for case in list_cases(vault)] == [("张*", "李*")]


# Persons ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def triplets(vault):
    bring(vault, [(n, "张三") for n in (ONE, TWO, THREE)])
    return vault


def test_two_numbers_become_one_person_and_two_again(triplets):
    case = case_of(triplets, ONE, TWO)
    (move,) = act(triplets, decide, case, "same-person").persons
    own, before, after = move
    assert own == before != after == min(own, before, after)
    assert persons(triplets, ONE, TWO, THREE) == [0, 0, 2]
    assert act(triplets, undo, case).persons == ((own, after, before),)
    assert persons(triplets, ONE, TWO, THREE) == [0, 1, 2]
    assert [entry.verdict for entry in journal(triplets)] == ["same-person", "undo"]


def test_a_person_who_was_joined_to_another_is_read_under_the_others_id(triplets):
    ((own, _, person),) = act(triplets, decide, case_of(triplets, ONE, TWO), "same-person").persons
    why = {"purpose": "信函", "by": "甲", "at": NOON}
    assert reveal(triplets, person, "name", **why) == "张三"
    with pytest.raises(VaultRefused) as caught:
        reveal(triplets, own, "name", **why)
    assert caught.value.problem.code == "person-moved"


def test_the_desk_does_not_contradict_itself(triplets):
    first, second, third = (case_of(triplets, *pair) for pair in ((ONE, TWO), (TWO, THREE), (ONE, THREE)))
    act(triplets, decide, first, "same-person")
    act(triplets, decide, third, "different-persons")
    assert refusal(triplets, decide, second, "same-person") == "desk-contradiction"
    act(triplets, undo, third)
    act(triplets, decide, second, "same-person")
    assert refusal(triplets, decide, third, "different-persons") == "desk-contradiction"
    assert persons(triplets, ONE, TWO, THREE) == [0, 0, 0]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["same-person", "different-persons", "undo"])), max_size=14)
)
def test_what_holds_follows_from_the_decisions_that_stand_and_moves_tell_every_change(steps):
    with tempfile.TemporaryDirectory() as folder, fresh(Path(folder)) as vault:
        numbers = [number(n) for n in range(4)]
        (matched,), _ = bring(vault, [(n, "张三") for n in numbers])
        owns = matched.own.to_pylist()
        ends = {case.id: case.own for case in list_cases(vault)}
        person, standing = {own: own for own in owns}, {}
        for n, verdict in steps:
            case = sorted(ends)[n]
            try:
                moves = act(vault, undo, case) if verdict == "undo" else act(vault, decide, case, verdict)
            except VaultRefused:
                continue
            standing.pop(case, None)
            if verdict != "undo":
                standing[case] = verdict
            for own, before, after in moves.persons:
                assert person[own] == before
                person[own] = after
        (matched,), _ = bring(vault, [(n,) for n in numbers])
        assert dict(zip(owns, matched.person.to_pylist(), strict=True)) == person == groups(owns, ends, standing)


def groups(owns, ends, standing):
    """Who is one with whom, by joining until nothing changes."""
    person = {own: own for own in owns}
    for _ in owns:
        for case, verdict in standing.items():
            one, other = ends[case]
            if verdict == "same-person":
                person[one] = person[other] = min(person[one], person[other])
    return person


# Refused ---------------------------------------------------------------------------------------------------------


def test_what_cannot_be_decided_is_refused_with_a_reason(triplets):
    case = waiting(triplets)[0]
    assert refusal(triplets, decide, case, "right-name") == "desk-verdict"
    assert refusal(triplets, decide, 99, "same-person") == "desk-unknown"
    assert refusal(triplets, undo, case) == "desk-undecided"
    act(triplets, decide, case, "same-person")
    assert refusal(triplets, decide, case, "different-persons") == "desk-decided"
    with pytest.raises(VaultRefused) as caught, triplets.act():
        undo(triplets, case, by="甲", at=NOON, note=" ")
    assert caught.value.problem.code == "desk-why"


def test_the_journal_is_only_added_to(triplets):
    act(triplets, decide, waiting(triplets)[0], "same-person")
    for statement in ("DELETE FROM decision", "UPDATE decision SET by = 'x'"):
        with pytest.raises(sqlite3.IntegrityError):
            triplets.connection.execute(statement)


def test_the_desk_needs_an_act(triplets):
    with pytest.raises(ValueError, match="act"):
        decide(triplets, 1, "same-person", **WHO)
