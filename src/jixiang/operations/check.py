"""检查城市目录里的全部文件:一次说出所有的错误和提醒。"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from jixiang.language.city import load_city
from jixiang.language.diagnostics import as_json
from jixiang.operations.terminal import console, find_city, show_json, show_problems, takes_city


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--json", action="store_true", help="用 JSON 输出同样的内容")


def run(given: Namespace) -> int:
    """0 when no document has an error; warnings do not count."""
    city = load_city(find_city(given.city))
    if given.json:
        show_json(as_json(city.problems))
    else:
        show_problems(city.problems)
        if city.rulebook is not None:
            console.print(f"{len(city.documents)} 个文件,{len(city.rulebook.policies)} 项政策,可以使用")
    return 1 if city.errors else 0
