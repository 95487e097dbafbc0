"""Every case of wrong data that the specification lists (C1 to C24) has tests by its name."""

import re
from pathlib import Path

HERE = Path(__file__).parent
CASES = range(1, 25)


def test_every_case_of_wrong_data_has_a_test_by_its_name():
    named = {
        int(number)
        for path in HERE.rglob("test_*.py")
        for number in re.findall(r"^def test_c(\d+)_", path.read_text("utf-8"), re.MULTILINE)
    }
    assert [f"C{number}" for number in CASES if number not in named] == [] and named <= set(CASES)
