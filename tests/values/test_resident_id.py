"""Identity numbers: what arrives is read, what cannot be is refused with every reason, and none is ever shown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jixiang.values.resident_id import ResidentId, parse, synthetic

TODAY = date(2021, 6, 30)
AREAS = {"320205": "锡山区", "329999": "演示区"}
BIRTHS = st.dates(date(1900, 1, 1), TODAY)
SEQUENCES = st.integers(0, 999)
GOOD = "11010519491231002X"  # the standard's own example


def checks_out(number):
    """ISO 7064 MOD 11-2 done the other way: digit by digit, the whole number must come to 1."""
    total = 0
    for character in number:
        total = (total * 2 + (10 if character == "X" else int(character))) % 11
    return total == 1


def codes(problems):
    return [problem.code for problem in problems]


@given(BIRTHS, SEQUENCES)
def test_a_synthetic_number_is_read_back_with_its_birth_date_and_sex(birth, sequence):
    made = synthetic(birth, sequence)
    read, problems = parse(made.text, today=TODAY, areas=AREAS)
    assert (read, problems) == (made, [])
    assert read.birth_date == birth
    assert read.sex == ("1" if sequence % 2 else "2")
    assert read.area == "329999"
    assert checks_out(made.text)


@given(BIRTHS, SEQUENCES, st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_found(birth, sequence, at, digit):
    number = synthetic(birth, sequence).text
    changed = number[:at] + digit + number[at + 1 :]
    read, problems = parse(changed, today=TODAY)
    assert (read is None) == (changed != number)
    if changed != number:
        assert "resident-id-check-digit" in codes(problems)


@given(BIRTHS, SEQUENCES, st.integers(0, 16))
def test_two_neighbours_exchanged_are_always_found(birth, sequence, at):
    number = synthetic(birth, sequence).text
    changed = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    read, _ = parse(changed, today=TODAY)
    assert (read is None) == (changed != number)


@given(st.text(st.sampled_from("0123456789Xx 　OＯ1１."), max_size=22))
def test_whatever_is_typed_gives_a_good_number_or_a_reason(text):
    read, problems = parse(text, today=TODAY)
    assert (read is None) == any(problem.severity == "error" for problem in problems)
    if read:
        assert checks_out(read.text)


@given(st.text(max_size=20))
def test_any_text_at_all_never_fails_otherwise(text):
    parse(text, today=TODAY, areas=AREAS)


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        " 110105 19491231 002X ",
        "110105　19491231　002Ｘ",
        "'11010519491231002X",
        "\u200b11010519491231002X\ufeff",
        "110105491231002",
        "110105 491231 002",
    ],
)
def test_it_reads_full_width_small_x_spaces_and_fifteen_digits(typed):
    assert parse(typed, today=TODAY) == (ResidentId(GOOD), [])


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), SEQUENCES)
def test_an_old_number_becomes_the_new_one(birth, sequence):
    new = synthetic(birth, sequence).text
    assert parse(new[:6] + new[8:17], today=TODAY)[0] == ResidentId(new)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["resident-id-length"]),
        ("1101051949123100", ["resident-id-length"]),
        ("11010519491231002X0", ["resident-id-length"]),
        ("1101051949123100AB0", ["resident-id-length", "resident-id-characters"]),
        ("1101O519491231002X", ["resident-id-characters"]),
        ("1101X519491231002X", ["resident-id-characters"]),
        ("110105194912310020", ["resident-id-check-digit"]),
        ("110105194902310021", ["resident-id-birth-date", "resident-id-check-digit"]),
        ("110105194900000020", ["resident-id-birth-date", "resident-id-check-digit"]),
        ("1.10105E+17", ["resident-id-characters"]),
        ("无", ["resident-id-length", "resident-id-characters"]),
    ],
)
def test_it_gives_every_reason_at_once(text, expected):
    read, problems = parse(text, today=TODAY)
    assert read is None
    assert codes(problems) == expected


def test_nobody_is_born_after_today():
    tomorrow = synthetic(date(2021, 7, 1), 1).text
    assert codes(parse(tomorrow, today=TODAY)[1]) == ["resident-id-birth-date-future"]
    assert parse(tomorrow, today=date(2021, 7, 1))[1] == []


def test_nobody_is_born_before_there_were_numbers():
    with pytest.raises(ValueError):
        synthetic(date(1799, 1, 1), 1)


def test_an_unknown_area_is_a_warning_and_never_a_refusal():
    read, problems = parse(GOOD, today=TODAY, areas=AREAS)
    assert read == ResidentId(GOOD)
    assert [(p.code, p.severity) for p in problems] == [("resident-id-area", "warning")]


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("1101O519491231002X", "字母 O 是否应为数字 0?"),
        ("110105194912310000", "丢了后几位"),
        ("1.10105E+17", "科学记数"),
    ],
)
def test_it_says_what_to_look_for(text, advice):
    assert any(advice in problem.suggestion for problem in parse(text, today=TODAY)[1])


@given(BIRTHS, SEQUENCES)
def test_the_number_never_shows_by_accident(birth, sequence):
    number = synthetic(birth, sequence)
    assert number.text not in f"{number} {number!r} {number.masked}"
    assert f"{birth:%m%d}" not in number.masked[6:14]
    for problem in parse(number.text[:-1] + "A", today=TODAY)[1]:
        assert number.text[:17] not in problem.message + problem.suggestion


@pytest.mark.parametrize("text", ["", GOOD.lower(), GOOD[:-1] + "0", "110105194902310029", "110105491231002"])
def test_the_value_itself_is_never_wrong(text):
    with pytest.raises(ValueError):
        ResidentId(text)


@pytest.mark.parametrize("sequence", [-1, 1000])
def test_a_sequence_has_three_digits(sequence):
    with pytest.raises(ValueError):
        synthetic(TODAY, sequence)
