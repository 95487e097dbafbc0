"""No form that a plan emits is without a test of its own on both engines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlglot import exp
from tests.agreement.compiled import compiled
from tests.agreement.documents import Size, a_pack
from tests.agreement.town import VOCABULARY
from tests.cluster.forms import RELATIONS, longest_in_a_row
from tests.cluster.queries import ORDERED, QUERIES

from jixiang.engines.spark_sql import FUNCTIONS
from jixiang.language.city import load_city
from jixiang.language.vocabulary import Vocabulary
from jixiang.readings.query.bits import Span
from jixiang.readings.query.offered import Offered, monthly_columns
from jixiang.readings.run.request import Request
from jixiang.readings.run.settle import FOLDER, written
from jixiang.readings.run.verdicts import plan_of

PACK = Path(__file__).parent.parent.parent / "cities" / "wuxi"
DAY = date(2021, 6, 30)
NOT_FORMS = (exp.Identifier, exp.Column, exp.Table, exp.TableAlias, exp.Alias, exp.Paren, exp.DataType, exp.ColumnDef)


def covered() -> frozenset[str]:
    expressions = [form for _, forms in RELATIONS.values() for form in forms.values()]
    steps = [step.query for step in longest_in_a_row()]
    return frozenset(forms_of([*expressions, *QUERIES.values(), *ORDERED.values(), *steps]))


def forms_of(trees: Iterable[exp.Expr]) -> Iterator[str]:
    for tree in trees:
        for node in tree.walk():
            if not isinstance(node, NOT_FORMS):
                yield _form(node)


def _form(node: exp.Expr) -> str:
    name = type(node).__name__
    match node:
        case exp.Anonymous():
            return node.name.upper()
        case exp.Cast():
            return f"{name} to {node.to.sql('duckdb')}"
        case exp.Join():
            return f"{name} {node.side or node.kind or 'INNER'}"
        case exp.Filter() | exp.Window():
            return f"{name} of {type(node.this).__name__}"
        case exp.Union():
            return f"{name} {'distinct' if node.args.get('distinct') else 'all'}"
        case exp.Ordered():
            return f"{name} {'falling' if node.args.get('desc') else 'rising'}"
    return name


def planned(vocabulary: Vocabulary, rulebook, day: date) -> list[exp.Expr]:
    """With every row known at all times, and with loads; from the rows, and from months as bits."""
    tables = frozenset(e.table for e in vocabulary.entities.values())
    entities = [e for e in vocabulary.entities.values() if e.table in monthly_columns(vocabulary)]
    filled = frozenset((e.name, a) for e in vocabulary.entities.values() for a in e.attributes)
    offers = [
        Offered(),
        Offered(dict.fromkeys(tables, "several"), filled, {e.name: Span.of(24_000, 24_300) for e in entities}),
        Offered(dict.fromkeys(tables, "unknown")),
    ]
    asked = Request(vocabulary, rulebook, day, tuple(sorted(rulebook.policies)))
    cutoffs = dict.fromkeys(vocabulary.entities, date(2021, 5, 31))
    return [step.query for offer in offers for step in plan_of(asked, day, cutoffs, offer).steps]


def test_the_plans_of_the_city_hold_no_form_that_is_not_tested():
    city = load_city(PACK)
    assert sorted(set(forms_of(planned(city.vocabulary, city.rulebook, DAY))) - covered()) == []


def test_those_of_random_documents_hold_none_either():
    rulebooks = [compiled(a_pack(seed, Size(policies=3, conditions=4, deep=3)))[0] for seed in range(25)]
    drawn = [one for one in rulebooks if one is not None]
    assert len(drawn) > 15
    forms = {form for rulebook in drawn for form in forms_of(planned(VOCABULARY, rulebook, DAY))}
    assert len(forms) > 40
    assert sorted(forms - covered()) == []


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.sql")))
def test_a_written_query_holds_none(name):
    assert sorted(set(forms_of([written(name)])) - covered()) == []


def test_every_function_that_spark_has_a_form_for_is_tested():
    assert sorted(set(FUNCTIONS) - covered()) == []
