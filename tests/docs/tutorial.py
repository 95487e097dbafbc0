"""Replays a tutorial as a reader would: its commands, its edits, and every line of output that it quotes.

The page is the one place where the edits stand. ```diff FILE replaces the lines with a minus by those with a plus (`-…` is
all that lies between its neighbours), ```markdown FILE is put at the end of a file, which it begins if there is none,
```console holds commands and what they print, in which `…` stands for lines that are left out. A FILE is one of draft/policies.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

POLICIES = Path("draft") / "policies"
FENCE = re.compile(r"^(`{3,4})(console|diff|markdown) ?(\S*)\n(.*?)^\1\n", re.DOTALL | re.MULTILINE)
LEFT_OUT = "…"


@dataclass(frozen=True)
class Step:
    """A fence of a page: its kind, the file or nothing, its lines."""

    kind: str
    file: str
    lines: tuple[str, ...]


def steps(page: Path) -> list[Step]:
    text = page.read_text(encoding="utf-8")
    return [Step(kind, file, tuple(body.splitlines())) for _, kind, file, body in FENCE.findall(text)]


def commands(step: Step) -> Iterator[tuple[list[str], list[str]]]:
    """Each command of a console and the lines that it is said to print."""
    starts = [n for n, line in enumerate(step.lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(step.lines)], strict=True):
        yield shlex.split(step.lines[start][2:]), list(step.lines[start + 1 : end])


def edits(step: Step) -> Iterator[tuple[str, str]]:
    """Pairs of what stands in the file and what is to stand there."""
    old: list[str] = []
    new: list[str] = []
    for line in [*step.lines, "-"]:
        if line.startswith("-") and new:
            yield "\n".join(old), "\n".join(new)
            old, new = [], []
        (old if line.startswith("-") else new).append(line[1:])


def edit(step: Step) -> None:
    path = POLICIES / step.file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if step.kind == "markdown":
        text = f"{text.rstrip()}\n\n".lstrip() + "\n".join(step.lines) + "\n"
    for old, new in edits(step) if step.kind == "diff" else ():
        pattern = re.escape(old).replace(re.escape(f"\n{LEFT_OUT}\n"), "\n.*?")
        text, count = re.subn(pattern, lambda _, new=new: new, text, flags=re.DOTALL)
        assert count == 1, (old, count)
    path.write_text(text, encoding="utf-8")


def by_hand(words: list[str]) -> None:
    """The commands that are not ours: `cp`, `cp -r`, and a folder to work in or to put files in."""
    match words:
        case ["mkdir", "-p", folder, *rest]:
            assert rest in ([], ["&&", "cd", folder])
            Path(folder).mkdir()
            os.chdir(folder if rest else ".")
        case ["cp", "-r", source, target]:
            shutil.copytree(source, target)
        case ["cp", source, target]:
            shutil.copy(source, target)
        case _:
            raise ValueError(f"not a command of ours: {words}")


def quoted(said: list[str], printed: str) -> list[str]:
    """The quoted lines that were not printed, or not where they stand: only where `…` stands may lines be missing."""
    lines, at, gap, missing = printed.splitlines(), 0, False, []
    for line in said:
        if line == LEFT_OUT:
            gap = True
            continue
        found = next((n for n in range(at, len(lines)) if lines[n].rstrip() == line.rstrip()), None)
        if found is None or (found > at and not gap):
            missing.append(line)
        else:
            at = found + 1
        gap = False
    return missing


def replay(page: Path, run: Callable[[list[str]], tuple[int, str]]) -> Iterator[tuple[str, list[str], str]]:
    """Every command of the page, the lines that it should have printed and did not, and what it did. In this folder."""
    for step in steps(page):
        if step.kind != "console":
            edit(step)
            continue
        for words, said in commands(step):
            if words[0] != "jixiang":
                by_hand(words)
                continue
            _, printed = run(words[1:])
            yield " ".join(words), quoted(said, printed), printed


def table_under(page: Path, heading: str) -> list[list[str]]:
    """What stands in backticks in each row of the tables under a heading, up to the next heading of its kind."""
    text = page.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [re.findall("`([^`]+)`", line) for line in text.splitlines() if line.startswith("|") and "`" in line]
