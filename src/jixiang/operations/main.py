"""`jixiang …`: finds the verb and hands over. Exit codes: 0 well, 1 the input has errors, 2 the call itself is wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from jixiang.operations import (
    cases,
    changes,
    check,
    compare,
    coverage,
    decide,
    demo,
    desk,
    explain,
    figures,
    health,
    importing,
    keep,
    near,
    reformat,
    render,
    simulate,
    synth,
    template,
    vault,
)
from jixiang.operations.call import Call
from jixiang.operations.terminal import Refused, errors, refuse

NOTES = """改一项政策的一轮:
  改文件 → jixiang check → jixiang cases → jixiang decide → jixiang compare
每个命令的写法: jixiang 命令 --help。一步一步的例子: docs/tutorial.md"""
VERBS = {
    "demo": demo,
    "synth": synth,
    "check": check,
    "format": reformat,
    "cases": cases,
    "health": health,
    "decide": decide,
    "compare": compare,
    "simulate": simulate,
    "explain": explain,
    "vault": vault,
    "template": template,
    "import": importing,
    "keep": keep,
    "desk": desk,
    "changes": changes,
    "figures": figures,
    "near": near,
    "coverage": coverage,
    "render": render,
}


def parser() -> argparse.ArgumentParser:
    """All verbs and what each takes; the documents are held to it."""
    found = Call(prog="jixiang", description="即享:政策文件就是程序,符合即享受。", notes=NOTES)
    verbs = found.add_subparsers(dest="verb", required=True, metavar="命令")
    for name, module in VERBS.items():
        summary = (module.__doc__ or "").splitlines()[0]
        notes = getattr(module, "NOTES", "")
        module.arguments(verbs.add_parser(name, help=summary, description=summary, notes=notes))
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
