"""`jixiang …`: finds the verb and hands over. Exit codes: 0 well, 1 the input has errors, 2 the call itself is wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from jixiang.operations import cases, check, decide, demo, explain, reformat, synth
from jixiang.operations.terminal import Refused, errors, refuse

VERBS = {
    "demo": demo,
    "synth": synth,
    "check": check,
    "format": reformat,
    "cases": cases,
    "decide": decide,
    "explain": explain,
}


def parser() -> argparse.ArgumentParser:
    """All verbs and what each takes; the documents are held to it."""
    found = argparse.ArgumentParser(prog="jixiang", description="即享:政策文件就是程序,符合即享受。")
    verbs = found.add_subparsers(dest="verb", required=True, metavar="命令")
    for name, module in VERBS.items():
        summary = (module.__doc__ or "").splitlines()[0]
        module.arguments(verbs.add_parser(name, help=summary, description=summary))
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    given = parser().parse_args(words)
    try:
        code: int = VERBS[given.verb].run(given)
        return code
    except Refused as refused:
        return refuse(refused)
    except KeyboardInterrupt:
        errors.print("已中断。")
        return 130


if __name__ == "__main__":
    sys.exit(main())
