"""检查城市目录里的全部文件:一次说出所有的错误和提醒。"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from jixiang.language.city import City, load_city
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
        _show(city)
        if city.rulebook is not None:
            console.print(f"{len(city.documents)} 个文件,{len(city.rulebook.policies)} 项政策,可以使用")
    return 1 if city.errors else 0


def _show(city: City) -> None:
    """All; but while there are errors, of other documents only how many warnings there are."""
    wrong = {problem.place.file for problem in city.errors}
    shown = [problem for problem in city.problems if not wrong or problem.place.file in wrong]
    show_problems(shown)
    if len(shown) < len(city.problems):
        console.print(f"别的文件另有 {len(city.problems) - len(shown)} 处提醒,改好错误以后再看")
