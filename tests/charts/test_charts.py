"""Charts are well-formed SVG that says its answer in words, shows each number where it stands, and is the same every time."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from jixiang.charts import Columns, Line, Row, Rows, Series
from jixiang.charts.picture import TONES, balanced, cut, spread, steps, wide, wrapped

SVG = "{http://www.w3.org/2000/svg}"


def say(value: int) -> str:
    return f"{value:,} 元"


def line() -> str:
    was, comes = Series("现行", (10, 20, 30, 40), "pale"), Series("草案", (10, 25, 50, 75))
    band = ((None, 25, 40, 60), (None, 25, 60, 90))
    levels = (("年度额度", 70),)
    return Line(
        "草案 12 月用完 <额度>", "说明 & 注", ("9月", "10月", "11月", "12月"), (comes, was), say, 2, band, levels
    ).svg()


def columns(*, stacked: bool = False) -> str:
    series = (Series("现行", (10, None), "pale"), Series("草案", (10, 40)))
    return Columns("二月多 30 元", "每月", ("一月", "二月"), series, say, stacked).svg()


def rows() -> str:
    return Rows("甲区最多", "各区", (Row("甲区", 300, "增 3 人"), Row("乙区", -100), Row("丙区", 0)), say).svg()


def bars(svg: str) -> dict[str, dict[str, float]]:
    """What each bar says, and where it is."""
    return {
        said.text or "": {name: float(box.get(name, "0")) for name in ("x", "y", "width", "height")}
        for box in ElementTree.fromstring(svg).iter(f"{SVG}rect")
        if (said := box.find(f"{SVG}title")) is not None
    }


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("chart", [line, columns, rows])
def test_it_is_an_image_that_says_its_title_and_what_it_shows(chart: Callable[[], str]) -> None:
    root = ElementTree.fromstring(chart())
    assert root.get("role") == "img"
    title, describe = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and describe is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {describe.get('id')}"
    assert title.text == "".join(texts(chart())[: len(balanced(title.text or "", 720, 17))])
    assert "Noto Sans CJK SC" in (root.get("font-family") or "")


@pytest.mark.parametrize("chart", [line, columns, rows])
def test_nothing_runs_and_nothing_is_fetched_and_the_bytes_are_the_same(chart: Callable[[], str]) -> None:
    svg = chart()
    assert svg == chart() and svg.endswith("</svg>\n")
    assert not re.search(r"<script|href|url\(|@import|on[a-z]+=|<text[^>]*\bNaN", svg)
    assert not re.search(r"\d\.\d\d", re.sub(r"<style>.*?</style>", "", svg)), "to a tenth of a pixel"


@pytest.mark.parametrize("chart", [line, columns, rows])
def test_every_colour_has_its_light_and_its_dark(chart: Callable[[], str]) -> None:
    svg = chart()
    style = svg[svg.index("<style>") : svg.index("</style>")]
    light, dark = style.split("@media (prefers-color-scheme:dark)")
    used = {name for shown in re.findall(r'class="([^"]+)"', svg) for name in shown.split()}
    assert used - {"jx-stroke", "jx-thick", "jx-faint"} <= {f"jx-{name}" for name in TONES}
    for name, (day, night) in TONES.items():
        assert f".jx-{name}{{fill:{day}}}" in light
        assert f".jx-{name}{{fill:{night}}}" in dark


def test_words_of_others_are_escaped() -> None:
    assert "<额度>" not in line() and "&lt;额度&gt;" in line() and "说明 &amp; 注" in line()


def test_lines_are_named_at_their_end_apart_from_each_other_and_levels_where_they_are() -> None:
    shown = texts(line())
    assert {"草案 75 元", "现行 40 元", "年度额度 70 元", "以后是预测"} <= set(shown)
    places = re.findall(r'y="([\d.]+)" font-size="13">(草案|现行)', line())
    assert abs(float(places[0][0]) - float(places[1][0])) >= 18


def test_a_band_begins_where_it_is_known_and_goes_round_the_forecast() -> None:
    root = ElementTree.fromstring(line())
    polygon = root.find(f"{SVG}polygon")
    assert polygon is not None and len((polygon.get("points") or "").split()) == 6
    dashed = [one for one in root.iter(f"{SVG}polyline") if one.get("stroke-dasharray")]
    assert [len((one.get("points") or "").split()) for one in dashed] == [3, 3]


def test_bars_are_as_high_as_their_values_and_one_that_is_not_known_is_not_there() -> None:
    found = bars(columns())
    assert set(found) == {"现行", "草案", "一月 现行 10 元", "一月 草案 10 元", "二月 草案 40 元"}
    assert found["二月 草案 40 元"]["height"] == pytest.approx(4 * found["一月 草案 10 元"]["height"], abs=0.5)


def test_stacked_bars_stand_on_each_other() -> None:
    found = bars(columns(stacked=True))
    below, above = found["一月 现行 10 元"], found["一月 草案 10 元"]
    assert above["x"] == below["x"]
    assert above["y"] + above["height"] == pytest.approx(below["y"], abs=0.2)


def test_rows_go_to_the_right_and_to_the_left_of_one_line() -> None:
    found = bars(rows())
    more, less = found["甲区 300 元 · 增 3 人"], found["乙区 -100 元"]
    assert less["x"] + less["width"] == pytest.approx(more["x"], abs=0.2)
    assert more["width"] == pytest.approx(3 * less["width"], abs=0.5)


def test_nothing_to_show_is_still_a_chart() -> None:
    assert ElementTree.fromstring(Rows("没有变化", "", (), say).svg()).tag == f"{SVG}svg"
    assert ElementTree.fromstring(Columns("没有变化", "", (), (), say).svg()).tag == f"{SVG}svg"
    assert ElementTree.fromstring(Line("没有变化", "", (), (), say, 0).svg()).tag == f"{SVG}svg"


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        (0, 97, (0, 20, 40, 60, 80, 100)),
        (0, 0, (0, 1)),
        (-30, 100, (-50, 0, 50, 100)),
        (0, 1000, (0, 200, 400, 600, 800, 1000)),
    ],
)
def test_steps_are_round_and_hold_all(low: int, high: int, found: tuple[int, ...]) -> None:
    assert steps(low, high) == found


def test_text_is_broken_and_cut_by_its_width() -> None:
    assert wide("中文", 20) == 40 and wide("ab", 20) == 24
    assert wrapped("一二三四五", 40, 20) == ["一二", "三四", "五"]
    assert wrapped("一二,三", 40, 20) == ["一二,", "三"]
    assert balanced("一" * 42, 400, 20) == ["一" * 16, "一" * 16, "一" * 10]
    assert cut("一二三四", 60, 20) == "一二…" and cut("一二", 60, 20) == "一二"
    assert spread(5, 0, 10, 100, 200) == 150
