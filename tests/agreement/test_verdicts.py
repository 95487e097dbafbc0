"""What a policy says of a subject, by the interpreter and by the engine: every form of expression, every kind of hole."""

from __future__ import annotations

from hypothesis import given
from tests.agreement.both import verdict_differences
from tests.agreement.compiled import compiled
from tests.agreement.documents import Pack, Size, packs
from tests.agreement.examples import checked, examples
from tests.agreement.histories import Life, lives

REFUSED_MAX = 0.1


@examples(0.6)
@given(packs(Size(conditions=5, deep=2)), lives(1))
def test_it_says_of_every_subject_what_the_interpreter_says(pack: Pack, life: Life):
    rulebook = checked(pack)
    assert not verdict_differences(rulebook, life.worlds[0], life.dates[0])


@examples(0.15)
@given(packs(Size(policies=1, conditions=3, deep=4, shared=False)), lives(1))
def test_it_does_so_of_deep_expressions_too(pack: Pack, life: Life):
    rulebook = checked(pack)
    assert not verdict_differences(rulebook, life.worlds[0], life.dates[0])


def test_few_of_the_documents_drawn_are_refused():
    """What the compiler refuses tells nothing about the readings."""
    tried = []

    @examples(0.6)
    @given(packs(Size()))
    def draw(pack: Pack):
        tried.append(compiled(pack)[0] is not None)

    draw()
    assert tried.count(False) <= REFUSED_MAX * len(tried)
