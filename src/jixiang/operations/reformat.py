"""整理文件的写法:补上空格、对齐表格,意思一个字也不变。"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from jixiang.language.city import names_of_vocabulary
from jixiang.language.formatter import format_document
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.operations.terminal import Refused, console, find_city, takes_city


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--check", action="store_true", help="只看,不写")
    parser.add_argument("files", nargs="*", type=Path, help="哪些文件;不写就是全部政策、定义和列表文件")


def run(given: Namespace) -> int:
    """With --check 1 when a file would change."""
    city = find_city(given.city)
    vocabulary, _ = read_vocabulary(city / "vocabulary.md")
    names = names_of_vocabulary(vocabulary)
    files = given.files or [
        f for part in ("policies", "definitions", "lists") for f in sorted((city / part).rglob("*.md"))
    ]
    changed = 0
    for file in files:
        text = _read(file)
        better = format_document(text, names)
        if better != text:
            changed += 1
            console.print(f"{'可以整理' if given.check else '已整理'}: {file}")
            if not given.check:
                file.write_bytes(better.encode("utf-8"))
    console.print(f"{len(files)} 个文件,{changed} 个{'可以整理' if given.check else '已整理'}")
    return 1 if given.check and changed else 0


def _read(file: Path) -> str:
    if not file.is_file():
        raise Refused(f"没有文件 {file}", "写文件的路径;不写就是城市目录里的全部文件")
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"{file} 不是 UTF-8 编码", "在编辑器里另存为,编码选 UTF-8") from error
