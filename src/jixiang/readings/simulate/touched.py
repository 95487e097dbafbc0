"""Which policies a draft concerns: those of which anything means something else than it does in force.

Meaning is compared, not text: who corrects a sentence of the prose, or a table that nobody reads, touches nothing.
"""

from __future__ import annotations

from dataclasses import replace

from jixiang.language.typed import Policy, Rulebook
from jixiang.readings.concern import expressions_of, tables_named
from jixiang.readings.run.request import whole_families


def touched(before: Rulebook, after: Rulebook) -> tuple[str, ...]:
    """The codes of policies that are changed, new or gone."""
    every = sorted({*before.policies, *after.policies})
    return tuple(code for code in every if _meaning(before, code) != _meaning(after, code))


def families(before: Rulebook, after: Rulebook, codes: tuple[str, ...]) -> tuple[str, ...]:
    """These and all that are decided in one line with any of them, before or after."""
    wanted = set(codes)
    while True:
        joined = {code for book in (before, after) for code in whole_families(book, tuple(sorted(wanted)))}
        if joined == wanted:
            return tuple(sorted(wanted))
        wanted = joined


def of_funds(before: Rulebook, after: Rulebook, codes: tuple[str, ...]) -> tuple[str, ...]:
    """All policies that the funds of these pay, and their families: what a fund spends."""
    books = (before, after)
    funds = {v.fund for book in books for code in codes for v in book.policies.get(code, ()) if v.fund}
    paid = {code for book in books for code, versions in book.policies.items() if funds & {v.fund for v in versions}}
    return families(before, after, tuple(sorted({*codes, *paid})))


def _meaning(book: Rulebook, code: str) -> object:
    """All that a policy's decisions come from but the facts. Trees compare by structure; places in the text do not count."""
    versions = book.policies.get(code)
    if versions is None:
        return None
    named = {name for version in versions for expr in expressions_of(book, version) for name in tables_named(expr)}
    tables = [book.tables[name] for name in sorted(named)]
    family = next((f for f in book.families if code in f.policies), None)
    line = None if family is None else (family.early, family.precedence.get(code))
    return [_bare(version) for version in versions], book.rules_of(code), tables, line


def _bare(policy: Policy) -> Policy:
    """Without what follows from the text alone: its hash, headings, wording, names of parts that are inlined anyway."""
    conditions = tuple(replace(condition, text="", article="") for condition in policy.conditions)
    stages = tuple(replace(stage, article="") for stage in policy.stages)
    return replace(
        policy, hash="", file="", category="", amount_article="", conditions=conditions, stages=stages, definitions=()
    )
