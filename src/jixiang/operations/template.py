"""填报模板:一类文件的 Excel 空表,带说明和下拉选项,填好可以直接导入。"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from jixiang.imports.template import write_template
from jixiang.operations.home import city_imports
from jixiang.operations.terminal import Refused, console, takes_city


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("kind", metavar="种类", help="哪一类文件,如 contributions 或 缴费明细")
    parser.add_argument("--out", type=Path, default=None, help="写成哪个文件;默认是 种类.xlsx")


def run(given: Namespace) -> int:
    city = city_imports(given.city)
    kind = city.kind(given.kind)
    path = given.out or Path(f"{kind.name}.xlsx")
    if path.exists():
        raise Refused(f"{path} 已经存在", "用 --out 换一个文件名")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_template(kind, city.files.vocabulary, path)
    console.print(f"{kind.name}的模板写在 {path}")
    return 0
