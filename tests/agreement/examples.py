"""What a test of agreement draws: documents that check, and facts. Few in `make check`, thousands at night."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import Phase, assume, event, note, settings
from tests.agreement.compiled import compiled
from tests.agreement.documents import Pack

from jixiang.language.typed import Rulebook


def examples(share: float) -> Callable[[Any], Any]:
    """A share of the profile's examples: a whole run costs a hundred times what a formula does."""
    phases = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
    return settings(max_examples=max(1, round(settings().max_examples * share)), phases=phases)


def checked(pack: Pack) -> Rulebook:
    """The rulebook of documents that are right, as nearly all are."""
    rulebook, problems = compiled(pack)
    event("documents that check" if rulebook is not None else f"refused: {problems[0].code}")
    assume(rulebook is not None)
    assert rulebook is not None
    note(pack.text)
    return rulebook
