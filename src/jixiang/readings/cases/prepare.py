"""From a document to cases that can be run: the blocks read, the policy made fit, the facts put in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jixiang.language.nearness import perhaps
from jixiang.language.parts import CasePart, Document
from jixiang.language.source import fold
from jixiang.language.typed import EntityDefinition, Policy, Rulebook
from jixiang.readings.cases.case import Case, City
from jixiang.readings.cases.columns import Subject
from jixiang.readings.cases.fit import Fit, fit
from jixiang.readings.cases.scene import Scene
from jixiang.readings.cases.sheet import Sheet, read_sheets
from jixiang.values.problem import Problem


@dataclass(frozen=True)
class Prepared:
    """The cases of a document in the order written; problems of their blocks; and what no case tests. `unread`: cases
    that are not understood whole (sheet and name). What comes out of half a case says nothing."""

    cases: tuple[Case, ...]
    problems: tuple[Problem, ...]
    unread: frozenset[tuple[str, str]] = frozenset()


def prepare(city: City, document: Document) -> Prepared:
    """The cases of a document of a city that has been checked. A list has none."""
    policy = policy_of(city.rulebook, document)
    definitions = definitions_of(city.rulebook, document)
    if policy is None and not definitions:
        return Prepared((), ())
    subjects = {n: _subject(part, policy, definitions) for n, part in enumerate(document.cases)}
    cases: list[Case] = []
    problems: list[Problem] = []
    fits: list[Fit] = []
    sheets = read_sheets(document, subjects, city.vocabulary)
    for number, sheet in enumerate(sheets):
        sheet.problems += _looked_up(city.rulebook, policy, sheet)
        if "案例" in sheet.columns and sheet.lines:
            fits.append(fit(sheet, city.rulebook, policy))
            cases += _cases(sheet, fits[-1], document, f"{document.file}#{number + 1}")
        problems += sheet.problems
    if policy is not None:
        problems += untested(policy, sheets, fits)
    return Prepared(tuple(cases), tuple(dict.fromkeys(problems)), _unread(cases, sheets))


def _unread(cases: Sequence[Case], sheets: Sequence[Sheet]) -> frozenset[tuple[str, str]]:
    """The cases in whose lines something is wrong; all, where it is in a heading."""
    wrong = {p.place.line for sheet in sheets for p in sheet.problems if p.severity == "error"}
    case_of = {fact.place.line: fact.case for sheet in sheets for fact in sheet.facts}
    case_of |= {line.place.line: line.case for sheet in sheets for line in sheet.lines}
    if not wrong <= case_of.keys():
        return frozenset((case.sheet, case.name) for case in cases)
    names = {case_of[line] for line in wrong}
    return frozenset((case.sheet, case.name) for case in cases if case.name in names)


def policy_of(rulebook: Rulebook, document: Document) -> Policy | None:
    """The version that a document states."""
    versions = (version for versions in rulebook.policies.values() for version in versions)
    return next((version for version in versions if version.file == document.file), None)


def definitions_of(rulebook: Rulebook, document: Document) -> tuple[EntityDefinition, ...]:
    """What a definition document states."""
    every = (definition for group in rulebook.entity_definitions.values() for definition in group)
    return tuple(definition for definition in every if definition.place.file == document.file)


def _subject(part: CasePart, policy: Policy | None, definitions: tuple[EntityDefinition, ...]) -> Subject:
    """Whom a block of cases is about; in a definition document the entity whose names its headings are."""
    if policy is not None:
        return Subject.of(policy)
    headings = {fold(text.text).strip().removeprefix("应为 ") for text in part.grid.header}
    entities = dict.fromkeys(definition.entity for definition in definitions)
    named = {entity: {d.name: d.expr for d in definitions if d.entity == entity} for entity in entities}
    best = max(entities, key=lambda entity: len(headings & named[entity].keys()))
    return Subject(best, named[best], frozenset(), frozenset())


def _cases(sheet: Sheet, fitted: Fit, document: Document, name: str) -> list[Case]:
    cases = []
    for case, lines in sheet.cases.items():
        scene, rows = Scene.of(sheet, fitted, case, lines)
        made = Case(case, document.file, name, fitted.policy, fitted.checks, fitted.rulebook, scene.world, rows)
        cases.append(made)
    return cases


def _looked_up(rulebook: Rulebook, policy: Policy | None, sheet: Sheet) -> list[Problem]:
    """Whose the grants of 别处已享受 are, written into the lines; and those that no rule binds together with the policy."""
    named = {v.name: code for code, versions in rulebook.policies.items() for v in versions}
    shared: dict[str, set[str]] = {}
    for rule in rulebook.rules_of(policy.code) if policy else ():
        for code in {code for code, _ in rule.bindings} - {policy.code if policy else ""}:
            shared.setdefault(code, set()).add(rule.name)
    joined = {name for name, code in named.items() if code in shared}
    problems = []
    for n, line in enumerate(sheet.lines):
        known = [replace(e, code=named[e.name]) for e in line.elsewhere if e.name in joined]
        sheet.lines[n] = replace(line, elsewhere=tuple(replace(e, rules=frozenset(shared[e.code])) for e in known))
        for elsewhere in (e for e in line.elsewhere if e.name not in joined):
            way = perhaps(elsewhere.name, joined) or f"可以写 {'、'.join(f'《{name}》' for name in sorted(joined))}"
            message = f"没有一条上限、互斥把本政策和《{elsewhere.name}》合在一起"
            problems.append(Problem("case-cell", elsewhere.place, message, way if joined else "删去这一格"))
    return problems


def untested(policy: Policy, sheets: Sequence[Sheet], fits: Sequence[Fit]) -> list[Problem]:
    """未经案例检验: conditions that are taken as met in every case, and definitions that every case sets."""
    found = []
    for condition in policy.conditions:
        if all(condition.name in fitted.met for fitted in fits):
            message = f"条件 '{condition.name}' 未经案例检验: 没有一个案例给出它要的事实"
            way = f"加一列 '{condition.name}',或给出它所依据的事实"
            found.append(Problem("case-untested", condition.place, message, way, "warning"))
    for definition in policy.definitions:
        set_by = [sheet for sheet in sheets if definition.name in sheet.columns]
        if set_by and len(set_by) == len(sheets):
            message = f"'{definition.name}' 未经案例检验: 每个案例都直接给了它的值, 没有一个算过"
            way = f"加一个案例, 给出事实, 写一列 '应为 {definition.name}'"
            found.append(Problem("case-untested", definition.place, message, way, "warning"))
    return found
