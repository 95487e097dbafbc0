"""The call itself, spoken in Chinese like all the rest: its help, and what is said when it is wrong."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

WRONG = (
    (r"the following arguments are required: (.*)", r"还要写 \1"),
    (r"unrecognized arguments: (.*)", r"不认识 \1"),
    (r"argument (\S+): expected (?:one argument|at least one argument)", r"\1 后面要写一个值"),
    (r"argument (\S+): invalid choice: (\S+) \(choose from (.*)\)", r"\1 没有 \2,可以写 \3"),
    (r"argument (\S+): invalid \w+ value: (.*)", r"\1 不能是 \2"),
    (r"argument (\S+): not allowed with argument (\S+)", r"\1 不能与 \2 一起写"),
    (r"argument (\S+): (.*)", r"\1: \2"),
)


class Call(argparse.ArgumentParser):
    """A parser of words that says in Chinese what it takes. `notes` stand below its options, line by line."""

    def __init__(self, *, notes: str = "", **more: Any) -> None:
        super().__init__(add_help=False, formatter_class=_Help, epilog=notes, **more)
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这些说明")

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {in_chinese(message)}\n  请: 用 {self.prog} --help 看写法\n")


def in_chinese(message: str) -> str:
    for pattern, said in WRONG:
        if re.fullmatch(pattern, message, re.DOTALL):
            return re.sub(pattern, said, message, flags=re.DOTALL)
    return message


class _Help(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法: " if prefix is None else prefix)
