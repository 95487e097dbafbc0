"""The two ways to write a page: nothing in a document is ever markup, and what is written is well formed."""

import re
from urllib.parse import unquote

import pytest
from tests.readings.harbour import GRANT
from tests.readings.render.pages import Read, pages_from, real_pages

from jixiang.readings.render import html, markdown
from jixiang.readings.render.page import Grid, Heading, Item, Link, Page, Prose, Said, cell

PAGES = sorted(real_pages())
NASTY = """<script>alert("1 & 2")</script> | *粗* [甲](乙) `码` # &lt;"""


def nasty() -> Page:
    grid = Grid(NASTY, (NASTY, "二"), ((cell(NASTY), cell(NASTY, Link(NASTY, 'a"b', "c"))),))
    said = Said((Item(NASTY, NASTY, NASTY, (cell(NASTY),)),))
    return Page("n", NASTY, (Heading(NASTY, 2), Prose((NASTY,)), grid, said), Link(NASTY, "index"))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_well_formed(name):
    page = Read.of(html.write(real_pages()[name]))
    assert page.all("html") == [{"lang": "zh-CN"}]
    assert page.headings[0] == 1 and page.headings.count(1) == 1
    assert all(later <= before + 1 for before, later in zip(page.headings, page.headings[1:], strict=False))
    named = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("name", PAGES)
def test_its_links_lead_to_pages_and_places_that_are_there(name):
    written = {f"{one}.html": html.write(page) for one, page in real_pages().items()}
    for attributes in Read.of(written[f"{name}.html"]).all("a"):
        file, _, place = (attributes["href"] or "").partition("#")
        there = written[unquote(file) or f"{name}.html"]
        assert not place or f'id="{place}"' in there


@pytest.mark.parametrize("name", PAGES)
def test_it_fetches_nothing_and_its_tables_say_what_heads_them(name):
    page = Read.of(html.write(real_pages()[name]))
    assert not any(page.all(tag) for tag in ("link", "script", "img", "iframe"))
    assert not re.search(r"https?:|url\(|@import", html.write(real_pages()[name]))
    assert {attributes.get("scope") for attributes in page.all("th")} <= {"col", "row"}
    assert len(page.all("caption")) <= len(page.all("table"))


def test_what_a_document_says_is_never_markup():
    read = Read.of(html.write(nasty()))
    assert (not read.all("script") and not read.all("b")) or "script" not in {tag for tag, _ in read.tags}
    assert "".join(read.words).count(NASTY) >= 9
    assert [attributes["href"] for attributes in read.all("a")] == ["index.html", "a%22b.html#c"]


def test_nor_is_it_in_markdown():
    written = markdown.write(nasty())
    assert "<script>" not in written
    assert not re.search(r"(?<!\\)\*粗", written) and not re.search(r"(?<!\\)`码", written)
    table = [line for line in written.splitlines() if line.startswith("| ")]
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in table] == [3, 3, 3]


@pytest.mark.parametrize(
    ("line", "escaped"), [("- 甲", "\\- 甲"), ("1. 甲", "1\\. 甲"), ("# 甲", "\\# 甲"), ("2021-01", "2021-01")]
)
def test_a_line_does_not_begin_a_list_or_a_heading(line, escaped):
    assert markdown.escape(line) == escaped


def test_a_document_with_markup_in_it_is_shown_as_it_is_written(tmp_path):
    text = GRANT.replace("## 第二条 标准\n", "## 第二条 标准\n\n<b>一半</b> & <i>不多</i>。\n")
    written = html.write(pages_from(tmp_path, text)["0"])
    assert "<p>&lt;b&gt;一半&lt;/b&gt; &amp; &lt;i&gt;不多&lt;/i&gt;。</p>" in written
