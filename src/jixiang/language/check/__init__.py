"""From surface tree to typed tree: names resolved, definitions put in place, types and units held to.

`core` holds the one verb `check`; `logic`, `comparisons`, `arithmetic`, `functions`, `aggregates`, `lookups`, `names` and
`literals` each know some of the expressions. `front`, `declarations`, `tables` and `statements` know the rest of a
document. Never reads another document's file and never sees a fact.
"""

from jixiang.language.check import (  # noqa: F401  (each registers the expressions that it understands)
    aggregates,
    arithmetic,
    comparisons,
    functions,
    literals,
    logic,
    lookups,
    names,
)
