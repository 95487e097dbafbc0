"""What the commands about facts and people share: the home they work in, the city it belongs to, and what they refuse.

Never shows a name or a number.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from sqlite3 import OperationalError

from jixiang.imports.act import CityFiles
from jixiang.imports.home import Busy, ForeignFacts, Home
from jixiang.imports.kind_keys import read_keys
from jixiang.imports.kind_reader import FOLDER, read_kinds
from jixiang.imports.kinds import Kind
from jixiang.imports.publish import Disagreement
from jixiang.imports.reading.refused import FileRefused
from jixiang.language.diagnostics import render
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.operations.terminal import Refused, errors, find_city, takes_city
from jixiang.values.problem import Problem
from jixiang.vault.keys import load_ring
from jixiang.vault.refusals import VaultRefused
from jixiang.vault.store import Vault


@dataclass(frozen=True)
class CityImports:
    """A city pack as imports need it: its files, and its kinds by code."""

    files: CityFiles
    kinds: dict[str, Kind]

    def kind(self, named: str) -> Kind:
        """By its code or its Chinese name."""
        found = self.kinds.get(named) or next((kind for kind in self.kinds.values() if kind.name == named), None)
        if found is None:
            known = "、".join(f"{code} {kind.name}" for code, kind in self.kinds.items())
            raise Refused(f"没有“{named}”这一类文件", f"可用的是: {known}")
        return found


def takes_home(parser: ArgumentParser) -> None:
    parser.add_argument("--home", type=Path, default=Path("out/home"), help="放事实、身份库和台账的目录;默认 out/home")
    parser.add_argument("--keys", type=Path, default=None, help="密钥文件;默认在 --home 里的 keys.json")


def takes_imports(parser: ArgumentParser) -> None:
    takes_city(parser)
    takes_home(parser)


def home_of(given: Namespace) -> Home:
    return Home(given.home, given.keys)


def city_imports(given: Path | None) -> CityImports:
    """The kinds of the city, or a refusal that shows every error of what describes them."""
    folder = find_city(given)
    vocabulary, problems = read_vocabulary(folder / "vocabulary.md")
    kinds: dict[str, Kind] = {}
    identity = ""
    if not _errors(problems):
        kinds, problems = read_kinds(folder, vocabulary)
        if not _errors(problems):
            identity = read_keys(folder / FOLDER, vocabulary)[0].identity
    if _errors(problems):
        show_errors(problems)
        raise Refused("导入约定有错误", f"按上面的提示改好 {folder / FOLDER} 里的文件,再试")
    return CityImports(CityFiles(folder, vocabulary, identity), kinds)


def _errors(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]


def show_errors(problems: list[Problem] | tuple[Problem, ...]) -> None:
    errors.print(render(problems, color=errors.is_terminal), markup=False)


@contextmanager
def opened(home: Home) -> Iterator[Vault]:
    """The vault of a home. What it, its keys or another act have against it is refused with a way out."""
    if not home.begun:
        raise Refused(f"{home.folder} 里还没有身份库", f"先建一个: jixiang vault create --home {home.folder}")
    try:
        with Vault.open(home.vault, load_ring(home.ring)) as vault:
            yield vault
    except VaultRefused as refused:
        raise Refused(refused.problem.message, refused.problem.suggestion) from refused
    except Busy as busy:
        raise Refused("另一次导入正在进行", "请等它结束后再试") from busy
    except ForeignFacts as foreign:
        raise Refused(f"{home.facts} 里有不是导入的事实", "换一个 --home 目录") from foreign
    except Disagreement as found:
        raise Refused(f"台账与事实表对不上: {found}", "其中一个不是最新的:从同一次备份里恢复两者") from found
    except (OSError, OperationalError) as failed:
        said = failed.strerror or "" if isinstance(failed, OSError) else str(failed)
        raise Refused(
            f"读写失败: {said}", "看磁盘有没有满、有没有权限,再运行一次: 做到一半的不算,已做成的不会重做"
        ) from failed
    except FileRefused as refused:
        show_errors([_placed(problem) for problem in refused.problems])
        raise Refused("文件不能导入,什么都没有写", "按上面的提示改好文件,再试") from refused


def _placed(problem: Problem) -> Problem:
    """A place in a workbook: its sheet belongs to the file, and no line of text is shown under it."""
    place = problem.place
    file = f"{place.file}[{place.source}]" if place.source else place.file
    return replace(problem, place=replace(place, file=file, source=""))


def now() -> datetime:
    """The moment at which something is received: local time, whole seconds."""
    return datetime.now().replace(microsecond=0)
