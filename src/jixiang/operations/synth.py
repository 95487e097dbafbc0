"""造一座演示城市:按种子生成人、单位和全部事实。

The people and firms are synthetic; no real person is in them.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from datetime import date
from pathlib import Path

from jixiang.operations.terminal import Refused, console, find_city, moved, progress, show_problems, takes_city
from jixiang.synthetic.city import make_city
from jixiang.synthetic.extracts.planted import Planted
from jixiang.synthetic.extracts.write import EACH, write_extracts

EXTRACTED = date(2021, 6, 30)


def arguments(parser: ArgumentParser) -> None:
    takes_city(parser)
    parser.add_argument("--scale", type=scale, default=0.01, help="规模:1 是全市,0.01 是百分之一")
    parser.add_argument("--seed", type=int, default=1, help="种子:相同的种子造出相同的城市")
    parser.add_argument("--out", type=Path, required=True, help="事实表写到哪个目录")
    parser.add_argument("--extracts", type=Path, help="另把事实写成各系统会送来的文件,放在这个目录")
    parser.add_argument("--extracted", type=date.fromisoformat, default=EXTRACTED, help="这些文件截至哪一天")
    parser.add_argument("--since", type=date.fromisoformat, help="只写这一天之后才知道的行")
    parser.add_argument("--faults", type=int, default=EACH, help="每类文件里每种差错各埋几处;0 为不埋")


def scale(text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise ArgumentTypeError(f"'{text}' 不是数") from error
    if not 0 < number <= 1:
        raise ArgumentTypeError(f"规模要大于 0,不超过 1,不能是 {text}")
    return number


def run(given: Namespace) -> int:
    make(given.out, given.scale, given.seed, find_city(given.city))
    console.print(f"演示城市写在 {given.out} (虚构的人和单位)")
    if given.extracts is not None:
        planted = extracts(
            given.out,
            given.extracts,
            find_city(given.city),
            extracted=given.extracted,
            since=given.since,
            seed=given.seed,
            each=given.faults,
        )
        count = len(planted.expected)
        console.print(f"来源文件写在 {given.extracts}:{len(planted.files)} 个,埋有差错 {count} 处 (见 planted.json)")
    return 0


def extracts(
    facts: Path, folder: Path, city: Path, *, extracted: date, since: date | None = None, seed: int, each: int
) -> Planted:
    """The files that other systems would send of the city in `facts`."""
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} 里已经有东西", "换一个目录,或者先清空它")
    with progress("写来源文件") as shown:
        planted = write_extracts(
            facts,
            folder,
            city,
            extracted=extracted,
            since=since,
            seed=seed,
            faults=each > 0,
            each=each,
            progress=lambda what, done: moved(shown, what, done),
        )
    if planted.problems:
        show_problems(planted.problems)
        raise Refused("导入约定有错误,写不出来源文件", "改好 imports 目录里的文件再试")
    return planted


def make(folder: Path, scale: float, seed: int, city: Path) -> None:
    """Makes the city where there is none yet."""
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} 里已经有东西", "换一个目录,或者先清空它")
    with progress("造演示城市") as shown:
        problems = make_city(folder, scale, seed, city, lambda what, done: moved(shown, what, done))
    if problems:
        show_problems(problems)
        raise Refused("城市的标定数据有错误", "改好 figures.toml 再试")
