"""Credit codes: what arrives is read, old numbers are refused by name, letters that look like digits are noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiang.values.credit_code import ALPHABET, CreditCode, parse, synthetic

GOOD = "91350100M000100Y43"  # the standard's own example
NUMBERS = st.integers(0, 99_999_999)


def checks_out(code):
    """Without a table of weights: the first seventeen by Horner's rule from the right, and the last, come to 0 modulo 31."""
    *body, last = ("0123456789ABCDEFGHJKLMNPQRTUWXY".index(character) for character in code)
    total = 0
    for number in reversed(body):
        total = (total * 3 + number) % 31
    return (total + last) % 31 == 0


def codes(problems):
    return [problem.code for problem in problems]


@given(NUMBERS)
def test_a_synthetic_code_is_read_back(number):
    made = synthetic(number)
    assert parse(made.text) == (made, [])
    assert made.area == "329999"
    assert made.organisation[:8] == f"{number:08d}"
    assert checks_out(made.text)


@given(NUMBERS, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(number, at, character):
    code = synthetic(number).text
    changed = code[:at] + character + code[at + 1 :]
    assert (parse(changed)[0] is None) == (changed != code)


@given(NUMBERS, st.integers(0, 16))
def test_two_neighbours_exchanged_are_always_found(number, at):
    code = synthetic(number).text
    changed = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert (parse(changed)[0] is None) == (changed != code)


@given(st.text(st.sampled_from(ALPHABET + "IOSVZiosvz -"), max_size=20))
def test_whatever_is_typed_gives_a_good_code_or_a_reason(text):
    code, problems = parse(text)
    assert (code is None) == bool(problems)
    if code:
        assert checks_out(code.text)


@given(st.text(max_size=20))
def test_any_text_at_all_never_fails_otherwise(text):
    parse(text)


@pytest.mark.parametrize(
    "typed",
    [
        "91350100m000100y43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        " 9135 0100 M000 100Y 43",
        "91-350100-M000100Y4-3",
        "'91350100M000100Y43",
    ],
)
def test_it_reads_full_width_small_letters_spaces_and_hyphens(typed):
    assert parse(typed) == (CreditCode(GOOD), [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["credit-code-length"]),
        (GOOD[:-1], ["credit-code-length"]),
        (GOOD[:-1] + "4", ["credit-code-check"]),
        ("91350I00M000100Y43", ["credit-code-characters"]),
        ("9135A100M000100Y43", ["credit-code-characters"]),
        ("91350100M000100Y4", ["credit-code-length"]),
        ("无锡", ["credit-code-length", "credit-code-characters"]),
        ("320211000012345", ["credit-code-old"]),
        ("M000100Y4", ["credit-code-old"]),
        ("70123456X", ["credit-code-old"]),
        ("70123456-X", ["credit-code-old"]),
    ],
)
def test_it_gives_every_reason_at_once(text, expected):
    code, problems = parse(text)
    assert code is None
    assert codes(problems) == expected


def test_an_old_number_is_refused_by_name():
    (problem,) = parse("320211000012345")[1]
    assert "15 位" in problem.message
    assert "18 位统一社会信用代码" in problem.suggestion


@pytest.mark.parametrize("typed", ["9135O1OOMOOO1OOY43", "9I350100M000I00Y43", "91350i00m000100y43"])
def test_letters_that_look_like_digits_are_taken_back_in_the_suggestion(typed):
    (problem,) = parse(typed)[1]
    assert problem.suggestion == f"是否为 {GOOD}?"


def test_no_guess_is_made_where_the_check_character_says_no():
    (problem,) = parse("9135O100M000100Y44")[1]
    assert "是否为" not in problem.suggestion


@pytest.mark.parametrize("text", ["", GOOD.lower(), GOOD[:-1] + "4", GOOD[:-1]])
def test_the_value_itself_is_never_wrong(text):
    with pytest.raises(ValueError):
        CreditCode(text)


@pytest.mark.parametrize("number", [-1, 100_000_000])
def test_a_synthetic_number_has_eight_digits(number):
    with pytest.raises(ValueError):
        synthetic(number)
