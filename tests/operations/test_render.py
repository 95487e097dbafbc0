"""`jixiang render`: a page for every document, and where somebody stands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.operations.harbour import CITY, facts, write

from jixiang.operations.main import main


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return write(tmp_path / "facts", facts())


def render(out: Path, *more: str) -> dict[str, str]:
    assert main(["render", "--city", str(CITY), "--out", str(out), *more]) == 0
    return {path.name: path.read_text("utf-8") for path in out.iterdir()}


def test_every_document_is_a_page_as_markdown_unless_said(tmp_path: Path) -> None:
    documents = {path.stem for path in CITY.rglob("*.md")} - {"vocabulary"}
    assert set(render(tmp_path / "md")) == {f"{name}.md" for name in (*documents, "index")}
    assert set(render(tmp_path / "html", "--format", "html")) == {f"{name}.html" for name in (*documents, "index")}


def test_the_pages_are_the_same_each_time(tmp_path: Path) -> None:
    assert render(tmp_path / "one", "--format", "html") == render(tmp_path / "two", "--format", "html")


def test_one_policy_by_its_code_or_name(tmp_path: Path) -> None:
    assert set(render(tmp_path / "out", "--policy", "H1")) == {"index.md", "燃油补贴.md"}
    assert set(render(tmp_path / "same", "--policy", "《渔船燃油补贴》")) == {"index.md", "燃油补贴.md"}


@pytest.mark.parametrize("called", ["M1", "《港口资金办法》"])
def test_what_decides_nothing_has_its_page_too(tmp_path: Path, called: str) -> None:
    city = tmp_path / "city"
    shutil.copytree(CITY, city)
    text = "---\n名称: 港口资金办法\n编号: M1\n文种: 办法\n施行: 2020-01-01\n---\n```规则\n参数 公示期: 5 天\n```\n"
    (city / "policies" / "资金办法.md").write_text(text, "utf-8")
    assert main(["render", "--city", str(city), "--out", str(tmp_path / "out"), "--policy", called]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"index.md", "资金办法.md"}


def test_where_somebody_stands_is_on_the_page(tmp_path: Path, port: Path) -> None:
    given = ("--policy", "H1", "--facts", str(port), "--as-of", "2021-06-30")
    plain = render(tmp_path / "plain", "--policy", "H1")["燃油补贴.md"]
    of_one = render(tmp_path / "one", *given, "--subject", subject(port))["燃油补贴.md"]
    assert "现在的情况" not in plain
    assert f"现在的情况：渔船 {subject(port)}" in of_one and "逐条对照" in of_one


def subject(port: Path) -> str:
    return str(sorted(facts()["vessel"], key=lambda row: row["vessel_id"])[0]["vessel_id"])


@pytest.mark.parametrize(
    ("words", "way"),
    [
        (("--person", "甲"), "--facts"),
        (("--subject", "甲", "--facts", "FACTS", "--as-of", "2021-06-30"), "--policy"),
        (("--person", "查无此人", "--facts", "FACTS", "--as-of", "2021-06-30"), "编号"),
        (("--policy", "没有的"), "H1"),
    ],
)
def test_what_is_missing_is_said(
    tmp_path: Path, port: Path, words: tuple[str, ...], way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(port) if word == "FACTS" else word for word in words]
    assert main(["render", "--city", str(CITY), "--out", str(tmp_path / "out"), *given]) == 1
    assert way in capsys.readouterr().err
