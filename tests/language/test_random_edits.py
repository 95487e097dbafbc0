"""A document that somebody's hand slipped in never crashes the compiler: it checks, or it is told where it is wrong."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiang.language.city import load_city, names_of_vocabulary
from jixiang.language.document import parse_document
from jixiang.language.rulebook import assemble

CITIES = {
    "tiny": Path(__file__).parent.parent / "cities" / "tiny",
    "wuxi": Path(__file__).parent.parent.parent / "cities" / "wuxi",
}


@cache
def city(name):
    found = load_city(CITIES[name])
    assert found.errors == ()
    return found


@st.composite
def slips(draw, text):
    """The text with one to four slips: something deleted, doubled, turned round, moved, or two lines swapped."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(0, len(text) - 1)))
        end = min(len(text), start + draw(st.integers(1, 12)))
        match draw(st.sampled_from(["delete", "double", "turn", "move", "swap"])):
            case "delete":
                text = text[:start] + text[end:]
            case "double":
                text = text[:end] + text[start:]
            case "turn":
                text = text[:start] + text[start:end][::-1] + text[end:]
            case "move":
                to = draw(st.integers(0, max(0, len(text) - 1)))
                text = text[:to] + text[start:end] + text[to:]
            case "swap":
                lines = text.split("\n")
                one, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
                lines[one], lines[other] = lines[other], lines[one]
                text = "\n".join(lines)
    return text


@pytest.mark.parametrize("name", CITIES)
@given(data=st.data())
def test_a_slip_is_told_or_does_no_harm(name, data):
    whole = city(name)
    chosen = data.draw(st.sampled_from(whole.documents), label="document")
    text = data.draw(slips(chosen.text), label="text")
    edited, problems = parse_document(text, chosen.file, names_of_vocabulary(whole.vocabulary))
    others = [document for document in whole.documents if document.file != chosen.file]
    found = assemble([edited, *others], whole.vocabulary)
    errors = [problem for problem in (*problems, *found.problems) if problem.severity == "error"]
    assert errors or found.rulebook is not None
    for problem in (*problems, *found.problems):
        assert problem.place.file in {document.file for document in whole.documents}
        assert problem.place.line >= 1
        assert problem.message
