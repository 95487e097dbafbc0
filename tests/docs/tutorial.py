"""Replays docs/tutorial.md as a reader would: its commands, its edits, and every line of output that it quotes.

The page is the one place where the edits stand. ```diff FILE replaces the lines with a minus by those with a plus (`-…` is
all that lies between its neighbours), ```markdown FILE is put at the end of a file, ```console holds commands and what they
print, in which `…` stands for lines that are left out.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.example import ROOT

PAGE = ROOT / "docs" / "tutorial.md"
POLICIES = Path("draft") / "policies" / "技能人才评价"
FENCE = re.compile(r"^(`{3,4})(\w+) ?(\S*)\n(.*?)^\1\n", re.DOTALL | re.MULTILINE)
LEFT_OUT = "…"


@dataclass(frozen=True)
class Step:
    """A fence of the page: its kind, the file or nothing, its lines."""

    kind: str
    file: str
    lines: tuple[str, ...]


def steps() -> list[Step]:
    page = PAGE.read_text(encoding="utf-8")
    return [Step(kind, file, tuple(body.splitlines())) for _, kind, file, body in FENCE.findall(page)]


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
    text = path.read_text(encoding="utf-8")
    if step.kind == "markdown":
        text = f"{text.rstrip()}\n\n" + "\n".join(step.lines) + "\n"
    for old, new in edits(step) if step.kind == "diff" else ():
        pattern = re.escape(old).replace(re.escape(f"\n{LEFT_OUT}\n"), "\n.*?")
        text, count = re.subn(pattern, lambda _, new=new: new, text, flags=re.DOTALL)
        assert count == 1, (old, count)
    path.write_text(text, encoding="utf-8")


def by_hand(words: list[str]) -> None:
    """The commands that are not ours: `cp`, `cp -r`, and a folder to work in."""
    match words:
        case ["mkdir", "-p", folder, "&&", "cd", again]:
            assert folder == again
            Path(folder).mkdir()
            os.chdir(folder)
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


def replay(run: Callable[[list[str]], tuple[int, str]]) -> Iterator[tuple[str, list[str]]]:
    """Every command of the page with the lines that it should have printed and did not. Runs in the current folder."""
    for step in steps():
        if step.kind != "console":
            edit(step)
            continue
        for words, said in commands(step):
            if words[0] != "jixiang":
                by_hand(words)
                continue
            _, printed = run(words[1:])
            yield " ".join(words), quoted(said, printed)


def mistakes() -> list[tuple[str, str, list[str]]]:
    """The rows of the table of mistakes: what stands there, what is written instead, what is said of it."""
    table = PAGE.read_text(encoding="utf-8").partition("## 常见的写错")[2]
    rows = [re.findall("`([^`]+)`", line) for line in table.splitlines() if line.startswith("| `")]
    return [(old, new, said) for old, new, *said in rows]
