"""The example files of the tests of kinds, and how they are read.

`bad/` holds one file for each mistake, with what must be said about it beside it: `keys_*.toml` takes the place of a
city's keys, any other is one more kind of that city. `python -m tests.imports.kind_files` writes what is said anew, for a
person to read before committing it.
"""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from jixiang.imports.kind_reader import read_kinds
from jixiang.language.diagnostics import render
from jixiang.language.vocabulary_reader import read_vocabulary

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CITY = ROOT / "cities" / "wuxi"
TINY = HERE.parent / "cities" / "tiny"
BAD = sorted((HERE / "bad").glob("*.toml"))


@cache
def vocabulary(city=CITY):
    found, problems = read_vocabulary(city / "vocabulary.md")
    assert problems == []
    return found


@cache
def kinds(city=CITY):
    found, problems = read_kinds(city, vocabulary(city))
    assert problems == [], render(problems)
    return found


def read_beside_keys(path, folder):
    """The kinds of a city that has the example and the city's keys, or the example for its keys."""
    imports = folder / "imports"
    imports.mkdir()
    is_keys = path.stem.startswith("keys_")
    shutil.copy(path, imports / ("keys.toml" if is_keys else path.name))
    shutil.copy(CITY / "imports" / ("certificates.toml" if is_keys else "keys.toml"), imports)
    return read_kinds(folder, vocabulary())


def said_about(path):
    with tempfile.TemporaryDirectory() as folder:
        return render(read_beside_keys(path, Path(folder))[1])


if __name__ == "__main__":
    for path in BAD:
        path.with_suffix(".expected").write_text(said_about(path), encoding="utf-8")
    print(f"{len(BAD)} bad files recorded")
