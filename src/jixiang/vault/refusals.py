"""Why the vault does nothing: one exception that carries a problem in Chinese with its way out.

Raised before anything is written. Its text never holds a number, a name, an account or a key.
"""

from __future__ import annotations

from pathlib import Path

from jixiang.values.problem import Place, Problem


class VaultRefused(Exception):
    """`problem.code` tells what it was."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.message}。{problem.suggestion}" if problem.suggestion else problem.message)
        self.problem = problem


def refused(code: str, message: str, suggestion: str, *, file: Path | str = "") -> VaultRefused:
    return VaultRefused(Problem(code, Place(str(file), 1), message, suggestion))
