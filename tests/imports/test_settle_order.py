"""What is known depends on what the extracts say, not on the order, the pieces or the number of times they came in."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.imports.settling import City, Line, kind

FEW = settings.default.max_examples // 12  # an example is half a dozen imports, and runs once for each shape

LINES = st.builds(
    Line,
    number=st.sampled_from(["PA", "PB"]),
    firm=st.sampled_from(["F1", "F2"]),
    month=st.sampled_from([202101, 202102]),
    paid=st.sampled_from([100, 200, None]),
    title=st.sampled_from([None, "甲", "乙"]),
    grade=st.sampled_from([None, "A", "B"]),
    since=st.sampled_from([1, 2]),
)
EXTRACTS = st.dictionaries(st.integers(1, 4), st.lists(LINES, max_size=5), min_size=1, max_size=3)


@st.composite
def histories(draw):
    """Extracts by day, and the same in some order of imports: shuffled, in pieces, some of them twice."""
    extracts = draw(EXTRACTS)
    imports = []
    for day, lines in extracts.items():
        shuffled = draw(st.permutations(lines))
        cut = draw(st.integers(0, len(lines)))
        pieces = [shuffled[:cut], shuffled[cut:]] if cut < len(lines) else [shuffled]
        again = draw(st.lists(st.sampled_from(pieces), max_size=1))
        imports += [(day, piece) for piece in [*pieces, *again]]
    return extracts, draw(st.permutations(imports))


def statements(lines):
    """What the lines say, by table: pairs of a key and all that is said of it."""
    said = {"payment": [], "employer": [], "employer_grade": []}
    for line in lines:
        key = f"{line.number}/{line.firm}/{line.month}"
        said["payment"].append((key, (key, line.number, line.firm, line.month, line.paid)))
        if line.title is not None:
            said["employer"].append((line.firm, (line.firm, line.title)))
        if line.grade is not None:
            since = line.cell("起")
            said["employer_grade"].append(((line.firm, since), (line.firm, line.grade, since, None)))
    return said


def model(shape, extracts):
    """Table → what is known after all extracts: the oracle."""
    known = {}
    for table in ("payment", "employer", "employer_grade"):
        by_day = {day: statements(lines)[table] for day, lines in sorted(extracts.items())}
        newest = {}  # key → what its newest extract says of it
        for day, said in by_day.items():
            for key in {key for key, _ in said}:
                newest[key] = (day, {content for other, content in said if other == key})
        if table == "payment" and shape == "everything":
            newest = {key: (day, found) for key, (day, found) in newest.items() if day == max(extracts)}
        if table == "payment" and shape == "scope":
            spoke = {line.month: day for day, lines in sorted(extracts.items()) for line in lines}
            newest = {key: (day, found) for key, (day, found) in newest.items() if day == spoke[int(key[-6:])]}
        known[table] = {content for _, found in newest.values() if len(found) == 1 for content in found}
    return known


@pytest.mark.parametrize("shape", ["nothing", "register", "everything", "scope"])
@given(history=histories())
@settings(max_examples=FEW)
def test_it_knows_the_same_whatever_order_pieces_and_repetitions_the_extracts_came_in(shape, history):
    extracts, imports = history
    with tempfile.TemporaryDirectory() as folder:
        city = City(Path(folder), kind(shape))
        for day, lines in imports:
            city.bring(day, lines)
        assert city.all_known() == model(shape, extracts)
