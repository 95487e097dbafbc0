"""Every bad document gets exactly the diagnostics that stand beside it."""

import pytest
from tests.language.corpus import BAD, HERE, problems_of, said_about


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_it_says_what_is_wrong_and_what_to_write_instead(path):
    expected = path.with_suffix(".expected")
    assert expected.exists(), "record it: python -m tests.language.record"
    assert said_about(path) == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_every_problem_has_a_place_in_the_document(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    found = problems_of(path)
    assert found
    for problem in found:
        assert problem.place.file == path.name
        assert problem.place.source == lines[problem.place.line - 1]


def test_no_expectation_is_left_without_its_document():
    assert [path.name for path in (HERE / "bad").glob("*.expected") if not path.with_suffix(".md").exists()] == []
