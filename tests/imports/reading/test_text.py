"""CSV files: strictly, with the physical line of every row."""

import pytest
from tests.imports.reading.files import CODES, COLUMNS, HEAD, NAMES, csv_bytes, opened, read, refused, taken, written

from jixiang.imports.kinds import Column, Layout
from jixiang.imports.reading import coding, fast
from jixiang.imports.reading.opening import open_file
from jixiang.imports.reading.refused import FileRefused
from jixiang.language.types import TEXT

A = ("1", "甲", "2021-01-01", "5")
B = ("2", "乙", "2021-01-02", "6")
TOP = ",".join(HEAD).encode()


def test_c23_a_quoted_cell_may_hold_line_ends_quotes_and_delimiters(tmp_path):
    odd = ("3", '丙"丁\n戊,己', "x\r\ny", "")
    assert taken(tmp_path, csv_bytes([A, odd, B])) == ([(2, A), (3, odd), (6, B)], [], {})


def test_c23_a_delimiter_in_a_name_without_quotes_makes_the_row_ragged_and_no_other(tmp_path):
    content = TOP + "\n1,甲,乙,2021-01-01,5\n".encode() + ",".join(B).encode()
    assert taken(tmp_path, content) == ([(3, B)], [(2, ("row-ragged",))], {})


def test_c23_nul_and_other_control_characters_refuse_their_row(tmp_path):
    content = csv_bytes([A, ("\0", "", "", ""), ("\x1b", "", "", ""), ("\x85", "", "", ""), ("\x7f", "", "", ""), B])
    assert taken(tmp_path, content) == ([(2, A), (7, B)], [(n, ("row-control",)) for n in (3, 4, 5, 6)], {})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_c23_every_kind_of_line_end_counts_as_one_line(tmp_path, end):
    assert taken(tmp_path, csv_bytes([A, B], end=end)) == ([(2, A), (3, B)], [], {})
    assert taken(tmp_path, csv_bytes([A, B], end=end).rstrip()) == ([(2, A), (3, B)], [], {})


def test_c23_mixed_line_ends_keep_the_lines_right(tmp_path):
    row = ",".join(A).encode()
    content = TOP + b"\r" + row + b"\n" + row + b"\r\n" + row + b"\r" + row + b"\n\r" + row
    rows, refusals, ignored = taken(tmp_path, content)
    assert ([line for line, _ in rows], refusals, ignored) == ([2, 3, 4, 5, 7], [], {"row-blank": 1})


def test_c23_a_line_end_that_two_blocks_share_counts_once(tmp_path):
    content = csv_bytes([A, B] * 20)
    everything = taken(tmp_path, content)
    assert [line for line, _ in everything[0]] == list(range(2, 42))
    for block in range(1, 60):
        assert taken(tmp_path, content, block=block) == everything


def test_c23_text_behind_a_closing_quote_or_a_quote_within_a_cell_refuses_the_row(tmp_path):
    content = TOP + b'\n1,"a"b,c,d\n1,a"b,c,d\n1,"a""b",c,d\n1,"a" ,c,d\n1,"",c,d\n'
    assert taken(tmp_path, content) == (
        [(4, ("1", 'a"b', "c", "d")), (6, ("1", "", "c", "d"))],
        [(2, ("row-quotes",)), (3, ("row-quotes",)), (5, ("row-quotes",))],
        {},
    )


def test_c23_a_quote_that_is_never_closed_swallows_nothing_silently(tmp_path):
    content = csv_bytes([A, B]) + b'3,"open,x,y\r\n' + csv_bytes([A, B], head=A).replace(b'"', b"")
    rows, refusals, _ = taken(tmp_path, content)
    assert rows == [(2, A), (3, B)]
    assert refusals == [(n, ("row-quotes",)) for n in (4, 5, 6, 7)]


def test_c23_what_an_open_quote_swallowed_is_refused_up_to_where_it_shows(tmp_path):
    content = csv_bytes([A]) + b'3,"open,x,y\r\n4,b,c,d\r\n5,"b",c,d\r\n' + csv_bytes([B], head=A)
    rows, refusals, _ = taken(tmp_path, content)
    assert refusals == [(n, ("row-quotes",)) for n in (3, 4, 5)]
    assert [line for line, _ in rows] == [2, 6, 7]


def test_c23_a_refused_row_comes_back_as_it_stood(tmp_path):
    source = opened(tmp_path, TOP + b'\n1,2\n1,"a"b,c,d\n1,2,\x00,4\n')
    _, refusals = read(source)
    assert [dict(r.cells) for r in refusals] == [
        {"": "1,2"},
        {"": '1,"a"b,c,d'},
        {"AAC002": "1", "AAC003": "2", "AAE003": "\0", "AAE180": "4"},
    ]
    assert "1,2" not in repr(refusals)


def test_c23_a_row_that_does_not_decode_is_refused_with_its_line_and_no_other_row(tmp_path):
    good = ",".join(A).encode("gb18030")
    content = ",".join(COLUMNS).encode("gb18030") + b"\n" + b"\n".join([good, b"1,\xff,3,4", good, b"1,\x81", good])
    rows, refusals, _ = taken(tmp_path, content, NAMES)
    assert (rows, refusals) == (
        [(2, A), (4, A), (6, A)],
        [(3, ("row-undecodable",)), (5, ("row-undecodable", "row-ragged"))],
    )


def test_c23_nothing_is_replaced_when_bytes_are_of_another_encoding(tmp_path):
    content = csv_bytes([A], encoding="gb18030")
    assert taken(tmp_path, content, CODES) == ([], [(2, ("row-undecodable",))], {})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_c23_a_byte_order_mark_and_every_declared_encoding_read_the_same(tmp_path, encoding):
    layout = Layout("a", NAMES.headings, encoding=encoding)
    content = csv_bytes([A, B], head=tuple(COLUMNS), encoding=encoding)
    assert taken(tmp_path, content, layout) == ([(2, A), (3, B)], [], {})


def test_c23_headings_of_another_encoding_refuse_the_file(tmp_path):
    content = csv_bytes([A], head=tuple(COLUMNS), encoding="gb18030")
    assert refused(tmp_path, content, Layout("a", NAMES.headings)) == ["encoding-wrong"]
    assert refused(tmp_path, b"\xef\xbb\xbf" + csv_bytes([A], head=tuple(COLUMNS)), NAMES) == ["encoding-wrong"]
    assert refused(tmp_path, csv_bytes([A], encoding="utf-16-le"), Layout("a", CODES.headings, encoding="utf-16")) == [
        "encoding-wrong"
    ]


def test_c13_blank_lines_and_totals_are_counted_and_not_read(tmp_path):
    content = csv_bytes(
        [A, ("", "", "", ""), (" ", "\u3000", "", ""), B, ("合计", "", "", "11"), ("", "总计:", "", "11")]
    )
    content += "合计,11\r\n\r\n   \r\n".encode()
    assert taken(tmp_path, content) == ([(2, A), (5, B)], [], {"row-blank": 4, "row-totals": 3})


def test_c13_blank_lines_above_the_headings_are_counted_too(tmp_path):
    assert taken(tmp_path, b"\r\n\r\n" + csv_bytes([A])) == ([(4, A)], [], {"row-blank": 2})


def test_c13_no_word_means_an_empty_cell_and_nothing_is_trimmed(tmp_path):
    row = ("NULL", " NaN ", "#N/A", "0012")
    assert taken(tmp_path, csv_bytes([row])) == ([(2, row)], [], {})


def test_c18_no_type_is_ever_sniffed(tmp_path):
    rows = [(str(n), "1", "2021-01-01", "1") for n in range(30_000)] + [("110101199003070000", "1.75", "1e5", "007")]
    assert taken(tmp_path, csv_bytes(rows))[0][-1] == (30_002, rows[-1])


def test_c17_a_line_over_a_megabyte_is_refused_and_never_gathered(tmp_path):
    long = b"9" * (coding.LINE_MAX + 10)
    content = csv_bytes([A]) + b"3," + long + b",x,y\n" + csv_bytes([B], head=A) + b'4,"' + long + b'",x,y\r\n' + TOP
    for block in (0, 1 << 18, 1 << 22):
        rows, refusals, _ = taken(tmp_path, content, block=block)
        assert refusals == [(3, ("cell-long",)), (6, ("cell-long",))]
        assert [line for line, _ in rows] == [2, 4, 5, 7]


def test_c17_an_open_quote_over_a_megabyte_refuses_each_of_its_lines(tmp_path):
    many = b"1,2,3,4\n" * (coding.LINE_MAX // 8 + 1000)
    content = csv_bytes([A]) + b'1,"2,3,4\n' + many
    rows, refusals, _ = taken(tmp_path, content)
    assert [line for line, _ in rows] == [2]
    assert refusals == [(n, ("row-quotes",)) for n in range(3, 4 + many.count(b"\n"))]


def test_c1_a_row_may_be_asked_for_again_with_all_that_it_held(tmp_path):
    head = (*HEAD[:2], "AAE013", *HEAD[2:], "退回原因")
    rows = [(*A[:2], "备注", *A[2:], "旧"), (*B[:2], "", *B[2:], ""), ("x", "\0", "", "", "", "")]
    source = opened(tmp_path, csv_bytes([*rows, *[rows[0]] * 50], head=head), block=64)
    for _ in source.blocks():
        pass
    again = list(source.rows({2, 4, 40}))
    assert again[0].cells == {"AAC002": "1", "AAC003": "甲", "AAE013": "备注", "AAE003": "2021-01-01", "AAE180": "5"}
    assert [r.line for r in again] == [2, 4, 40]
    assert source.read == 53


def test_c1_a_file_that_has_changed_gives_no_row_again(tmp_path):
    source = opened(tmp_path, csv_bytes([A, B]))
    written(tmp_path, csv_bytes([B, A]))
    with pytest.raises(FileRefused):
        list(source.rows({2}))


def test_c13_blocks_are_as_small_as_was_asked_for(tmp_path):
    source = opened(tmp_path, csv_bytes([A] * 25))
    assert [len(block.lines) for block in source.blocks(10)] == [10, 10, 5]
    assert [len(block.lines) for block in source.blocks()] == [25]
    assert source.read == 25


def test_c23_the_fast_way_is_taken_for_plain_and_for_well_quoted_rows():
    text = b'1,"a,b","c\nd",""\n"""",2,3,4\n'
    stretch = fast.quoted(text, ",")
    assert stretch and stretch.starts.tolist() == [0, 2] and stretch.length == len(text)
    assert fast.quoted(b'1,a"b"c\n', ",") is None
    assert fast.unquoted(b"1,2\n3,4")[1].starts.tolist() == [0, 1]
    assert not fast.plain(b"a\x00b")


def test_c23_many_blocks_of_the_parser_keep_every_row_on_its_line(tmp_path):
    columns = {"a": Column("a", TEXT, required=True), "b": Column("b", TEXT)}
    lines = [f"{n},{'x' * (n % 90)}" if n % 50_000 else f"{n}" for n in range(120_000)]
    path = written(tmp_path, ("a,b\n" + "\n".join(lines)).encode())
    source = open_file(path, [Layout("l", {"a": "a", "b": "b"})], columns=columns)
    rows, refusals = read(source)
    assert all(line == int(cells[0]) + 2 for line, cells in rows)
    assert [r.line for r in refusals] == [2, 50_002, 100_002]


def test_c23_a_few_bad_rows_among_many_are_found_on_their_lines(tmp_path):
    rows = [(str(n), "甲", "2021-01-01", "5") for n in range(60_000)]
    content = csv_bytes(rows, end="\n").split(b"\n")
    content[30_000] = b"1,\x00,3,4"
    content[45_000] = b"1,\xff,3,4"
    content[50_000] = b"\xef\xbb\xbf1,2,3,4"
    found, refusals, _ = taken(tmp_path, b"\n".join(content))
    assert refusals == [(30_001, ("row-control",)), (45_001, ("row-undecodable",))]
    assert all(line == int(cells[0]) + 2 for line, cells in found if line != 50_001)
    assert len(found) == 59_998
