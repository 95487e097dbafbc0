"""The example documents of the language tests, and how they are read.

`good/` holds documents without a mistake. `bad/` holds one document for each mistake, with what must be said about it
beside it; `python -m tests.language.record` writes those files anew, for a person to read before committing them.
"""

from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

from jixiang.language.city import names_of_vocabulary
from jixiang.language.diagnostics import render
from jixiang.language.document import read_document
from jixiang.language.rulebook import assemble
from jixiang.language.vocabulary_reader import read_vocabulary
from jixiang.values.problem import Place

HERE = Path(__file__).parent
CITY = HERE.parent.parent / "cities" / "wuxi"
GOOD = sorted((HERE / "good").glob("*.md"))
BAD = sorted((HERE / "bad").glob("*.md"))
REAL = sorted(path for path in CITY.rglob("*.md") if path.name != "vocabulary.md")


@cache
def vocabulary():
    found, problems = read_vocabulary(CITY / "vocabulary.md")
    assert problems == []
    return found


def known_names():
    """Every name of the city's vocabulary: entities, attributes, relations, codes."""
    return names_of_vocabulary(vocabulary())


def problems_of(path):
    """All that is wrong with a document that stands alone: what it says, then what that means."""
    document, problems = read_document(path, path.name, known_names())
    return [*problems, *assemble([document], vocabulary()).problems]


def said_about(path):
    return render(problems_of(path))


def without_places(node):
    """A tree with its places left out: what it means, wherever it stands."""
    if isinstance(node, Place):
        return None
    if is_dataclass(node):
        return (type(node).__name__, *(without_places(getattr(node, field.name)) for field in fields(node)))
    if isinstance(node, tuple):
        return tuple(without_places(item) for item in node)
    if isinstance(node, dict):
        return {key: without_places(value) for key, value in node.items()}
    return node


def meaning(document):
    """What a document says, without its places and its spelling."""
    return [
        without_places(part)
        for part in (
            document.front,
            tuple((rule.statement, rule.article) for rule in document.rules),
            document.tables,
            document.cases,
            document.facts,
            document.explained,
        )
    ]
