"""Random documents through the compiler, as they would come from files."""

from __future__ import annotations

from tests.agreement.documents import Pack
from tests.agreement.town import VOCABULARY

from jixiang.language.city import names_of_vocabulary
from jixiang.language.document import parse_document
from jixiang.language.rulebook import assemble
from jixiang.language.typed import Rulebook
from jixiang.values.problem import Problem

NAMES = names_of_vocabulary(VOCABULARY) | {"共用名单", "名单甲", "标准甲", "身份", "数额"}


def compiled(pack: Pack) -> tuple[Rulebook | None, list[Problem]]:
    """The rulebook, and every error."""
    read = [parse_document(text, file, NAMES) for file, text in sorted(pack.files.items())]
    problems = [problem for _, found in read for problem in found if problem.severity == "error"]
    made = assemble([document for document, _ in read], VOCABULARY)
    problems += [problem for problem in made.problems if problem.severity == "error"]
    return (None if problems else made.rulebook), problems
