"""Identity numbers and accounts: C1 to C6 and C9 of the specification."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.imports.casts.columns import ACCOUNT, NUMBER, TODAY, cast, one

from jixiang.imports import rows
from jixiang.imports.faults import FAULTS
from jixiang.values import resident_id

GOOD = resident_id.synthetic(date(1990, 5, 17), 123).text
ENDS_IN_X = next(n.text for n in (resident_id.synthetic(date(1990, 1, 1), s) for s in range(99)) if n.text[17] == "X")
OLD = GOOD[:6] + GOOD[8:17]
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
NUMBERS = st.builds(
    lambda day, sequence: resident_id.synthetic(day, sequence).text,
    st.dates(date(1850, 1, 1), TODAY),
    st.integers(0, 999),
)


def test_c1_a_number_that_a_workbook_holds_as_a_number_is_refused_though_its_text_looks_whole():
    values, said = cast(NUMBER, ["3.2e+17", GOOD, GOOD], [rows.NUMBER, rows.NUMBER, rows.TEXT])
    assert values == [None, None, GOOD]
    assert said == [["number-cell"], ["number-cell"], []]


def test_c2_an_account_that_a_workbook_holds_as_a_number_is_refused_and_leading_zeros_of_a_text_stay():
    assert one(ACCOUNT, "622848", rows.NUMBER) == (None, ["number-cell"])
    assert one(ACCOUNT, "0062284801") == ("0062284801", [])


@pytest.mark.parametrize("text", ["1.10105E+17", "3.2e+17", "3.29999E17", "3E+17", " 3.2E+17 "])
def test_c3_scientific_notation_in_a_text_is_refused_by_its_name(text):
    assert one(NUMBER, text) == (None, ["number-scientific"])
    assert one(ACCOUNT, text) == (None, ["number-scientific"])


@pytest.mark.parametrize(
    "written",
    [
        ENDS_IN_X.lower(),
        ENDS_IN_X.translate(WIDE),
        f"\t{ENDS_IN_X}",
        f"'{ENDS_IN_X}",
        f"{ENDS_IN_X}\u00a0",
        f"{ENDS_IN_X[:6]}\u200b{ENDS_IN_X[6:]}",
        f"\ufeff{ENDS_IN_X}",
        " ".join((ENDS_IN_X[:6], ENDS_IN_X[6:14], ENDS_IN_X[14:])),
    ],
)
def test_c4_spaces_full_width_and_a_small_x_become_canonical_and_are_told(written):
    assert one(NUMBER, written) == (ENDS_IN_X, ["number-tidied"])


@pytest.mark.parametrize("letter", ["Х", "х", "Χ", "χ", "×", "Ж", "O"])
def test_c4_letters_of_other_scripts_are_refused_and_never_mapped(letter):
    assert one(NUMBER, ENDS_IN_X[:17] + letter) == (None, ["number-letters"])


def test_c4_a_latin_letter_inside_is_refused():
    assert one(NUMBER, GOOD[:8] + "O" + GOOD[9:])[1] == ["number-letters"]
    assert one(NUMBER, "X" + GOOD[1:])[1] == ["number-letters"]


def test_c5_fifteen_digits_and_eighteen_are_one_number():
    values, said = cast(NUMBER, [OLD, GOOD, f" {OLD}"])
    assert values == [GOOD] * 3
    assert said == [["number-old"], [], ["number-old", "number-tidied"]]


@pytest.mark.parametrize("length", [1, 14, 16, 17, 19])
def test_c5_any_other_length_is_refused(length):
    assert one(NUMBER, "1" * length) == (None, ["number-length"])


def test_c6_a_wrong_check_character_is_refused():
    wrong = GOOD[:17] + ("0" if GOOD[17] != "0" else "1")
    assert one(NUMBER, wrong) == (None, ["number-check"])


def of_birth(written):
    body = f"329999{written}123"
    return body + resident_id.check_digit(body)


@pytest.mark.parametrize("birth", ["20210230", "19000229", "20211301", "20210100", "18491231", "20210701", "20990101"])
def test_c6_a_day_of_birth_that_cannot_be_is_refused(birth):
    assert one(NUMBER, of_birth(birth)) == (None, ["number-birth"])


@pytest.mark.parametrize("birth", ["18500101", "20000229", "20210630"])
def test_c6_the_first_and_the_last_possible_day_of_birth_are_taken(birth):
    assert one(NUMBER, of_birth(birth)) == (of_birth(birth), [])


def test_c6_both_faults_of_a_number_are_told():
    number = of_birth("20210230")
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    assert sorted(one(NUMBER, wrong)[1]) == ["number-birth", "number-check"]


@pytest.mark.parametrize("area", ["810000", "820000", "830000", "330113", "329999", "000000", "999999"])
def test_c9_residence_permits_and_any_area_are_taken(area):
    number = resident_id.synthetic(date(1990, 5, 17), 7, area).text
    assert one(NUMBER, number) == (number, [])


def mutated(draw_text):
    return st.builds(
        lambda number, at, cut, new: number[:at] + new + number[at + cut :],
        NUMBERS,
        st.integers(0, 18),
        st.integers(0, 4),
        draw_text,
    )


ODD = st.text(st.sampled_from("0123456789Xx \u00a0\u200b\t'ХO０９Ｘ.E+²"), max_size=4)


@given(st.lists(st.one_of(NUMBERS, NUMBERS.map(str.lower), mutated(ODD), ODD, st.text(max_size=20)), max_size=8))
def test_the_column_agrees_with_the_one_reading_of_a_number(texts):
    values, said = cast(NUMBER, texts, empty=())
    for text, value, codes in zip(texts, values, said, strict=True):
        number, problems = resident_id.parse(text, today=TODAY)
        if not text.strip():
            assert (value, codes) == (None, [])
            continue
        assert value == (number.text if number else None)
        assert any(FAULTS[code].weight == "row" for code in codes) == bool(problems)
        if number:
            tidy = "".join(text.split()) == text.strip() == text
            assert ("number-old" in codes) == (len(resident_id.tidy(text)) == 15)
            assert "number-tidied" in codes or (tidy and text in (number.text, text[:15]))


@given(NUMBERS)
def test_no_detail_quotes_a_number(number):
    for text in (number[:17], number + "0", number[:5] + "Ж" + number[6:]):
        for column in (NUMBER, ACCOUNT):
            assert all(text not in repr(part) for part in cast(column, [text])[1])


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("1234567", ["account-length"]),
        ("1" * 33, ["account-length"]),
        ("6228480OO0000001", ["number-letters"]),
        ("6228-4801-0001", ["number-letters"]),
    ],
)
def test_an_account_that_cannot_be_is_refused(written, codes):
    assert one(ACCOUNT, written) == (None, codes)


@pytest.mark.parametrize("written", ["6228 4801 0000 0012", "６２２８４８０１００００００１２", "\t6228480100000012"])
def test_spaces_and_full_width_of_an_account_are_tidied_and_told(written):
    assert one(ACCOUNT, written) == ("6228480100000012", ["number-tidied"])
