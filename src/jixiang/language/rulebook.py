"""All documents of a city together: versions, 引用, rules that bind several policies, families.

Takes parsed documents and the vocabulary, gives a `Rulebook` (None while anything is wrong) and every problem, placed.
Never reads files and never sees facts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jixiang.language import typed
from jixiang.language.bindings import Bound
from jixiang.language.budget_names import check_turns
from jixiang.language.check.core import Desk
from jixiang.language.check.declarations import clashes, declare_tables, open_scope
from jixiang.language.check.explained import read_explained
from jixiang.language.check.lookups import table_key
from jixiang.language.check.scope import Scope
from jixiang.language.check.statements import check_entity_definition, check_policy, root_context
from jixiang.language.families import read_families
from jixiang.language.limits import read_limits
from jixiang.language.nearness import perhaps
from jixiang.language.parts import Document
from jixiang.language.vocabulary import Vocabulary
from jixiang.values.problem import Problem

BITS_MAX = 62  # of a signed 64-bit number, with one to spare


@dataclass(frozen=True)
class Assembled:
    """`scopes`: file → what its document declares, also when there are errors."""

    rulebook: typed.Rulebook | None
    scopes: dict[str, Scope]
    problems: tuple[Problem, ...]


def assemble(documents: Sequence[Document], vocabulary: Vocabulary) -> Assembled:
    """The rulebook of a city. The order of the documents has no influence."""
    desk = Desk(vocabulary)
    scopes = [open_scope(document, desk) for document in sorted(documents, key=lambda d: d.file)]
    _check_names(scopes, desk)
    for scope in scopes:
        _link(scope, scopes, desk)
        declare_tables(scope, desk)
        _note_given(scope, desk)
    _check_rings(scopes, desk)
    for scope in scopes:
        clashes(scope, desk)
    definitions = {s.front.label: _entity_definitions(s, desk) for s in scopes if s.front.kind in ("定义", "办法")}
    bound = _versions([b for scope in scopes if (b := _policy(scope, desk)) is not None], desk)
    rules = read_limits(bound, scopes, desk)
    families = read_families(bound, rules, desk)
    _check_bits(bound, families, desk)
    check_turns(scopes, desk)
    process = {s.front.label: _process(s, desk) for s in scopes if s.front.kind == "办法"}
    explained = tuple(one for s in scopes for one in read_explained(s.document.explained, s.front.label, desk))
    problems = settled(desk.problems)
    by_file = {scope.document.file: scope for scope in scopes}
    if any(problem.severity == "error" for problem in problems):
        return Assembled(None, by_file, problems)
    rulebook = typed.Rulebook(
        policies=_by_code(bound),
        families=families,
        tables={table_key(table): table for scope in scopes for table in scope.tables.values()},
        entity_definitions=definitions,
        documents={scope.front.label: scope.document.sha256 for scope in scopes},
        process=process,
        explained=explained,
    )
    return Assembled(rulebook, by_file, problems)


def settled(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By place, each once. While something is wrong, nothing is said of how the policies stand to each other: the one that
    is wrong is missing there."""
    found = sorted(set(problems), key=lambda p: (p.place, p.code, p.message))
    wrong = any(problem.severity == "error" for problem in found)
    return tuple(problem for problem in found if not (wrong and problem.code == "shared-key"))


def _by_code(bound: list[Bound]) -> dict[str, tuple[typed.Policy, ...]]:
    found: dict[str, tuple[typed.Policy, ...]] = {}
    for one in bound:
        found[one.policy.code] = (*found.get(one.policy.code, ()), one.policy)
    return dict(sorted(found.items()))


def _check_bits(bound: list[Bound], families: tuple[typed.Family, ...], desk: Desk) -> None:
    """A decision says which conditions and rules failed in the bits of one 64-bit number."""
    for one in bound:
        rules = [r for f in families for r in f.rules if any(code == one.policy.code for code, _ in r.bindings)]
        named, most = len(one.policy.conditions) + len(rules), BITS_MAX - len(typed.FIXED_BITS)
        if named > most:
            message = f"《{one.policy.name}》的条件和上限、互斥一共 {named} 条,最多 {most} 条"
            desk.note("too-many", one.scope.document.first_line, message, "用 定义 把几条合成一条")


# Names and 引用 --------------------------------------------------------------------------------------------------


def _check_names(scopes: list[Scope], desk: Desk) -> None:
    """One name, one 编号; of several versions each has its own 版本 and 施行."""
    for position, scope in enumerate(scopes):
        front, place = scope.front, scope.document.first_line
        name = scope.document.front["名称"].place if front.name else place
        for other in scopes[:position]:
            there, where = other.front, f"文件 {other.document.file}"
            if front.name and (front.name, front.version) == (there.name, there.version):
                way = "新的版本写上自己的 版本 和 施行;另一项政策写上自己的 名称 和 编号"
                desk.note("duplicate-document", name, f"《{front.label}》在{where} 里已经有了", way)
            elif front.code and front.code == there.code and front.name != there.name:
                message = f"编号 '{front.code}' 在{where} 里是《{there.name}》的"
                desk.note("duplicate-document", place, message, "一个编号只给一项政策")
            elif front.name == there.name and front.code != there.code:
                message = f"《{front.name}》在{where} 里的编号是 '{there.code}',这里是 '{front.code}'"
                desk.note("duplicate-document", place, message, "同一政策的各个版本用同一个编号")
            elif front.name == there.name and front.in_force_from == there.in_force_from:
                desk.note("duplicate-document", place, f"《{front.name}》的两个版本同一天施行", "改正 施行")


def _link(scope: Scope, scopes: list[Scope], desk: Desk) -> None:
    for quote in scope.front.quotes:
        called = [other for other in scopes if other.front.is_called(quote.text)]
        if not called:
            way = perhaps(quote.text, [other.front.name for other in scopes])
            desk.note("absent-document", quote.place, f"没有名为《{quote.text}》的文件", way, "warning")
        elif len(called) > 1:
            way = f"写明版本,如《{called[-1].front.label}》"
            desk.note("ambiguous-name", quote.place, f"《{quote.text}》有几个版本", way)
        elif called[0] is scope:
            desk.note("quote-ring", quote.place, "文件不能引用自己", "删去它的名称")
        elif called[0] not in scope.quotes:
            scope.quotes.append(called[0])


def _note_given(scope: Scope, desk: Desk) -> None:
    """What others could speak of if they 引用d this document: for the way out of who does not."""
    for name in (*scope.tables, *(name for _, name in scope.entity_definitions)):
        desk.given.setdefault(name, set()).add(scope.front.label)


def _closure(scope: Scope) -> set[Scope]:
    found: set[Scope] = set()
    ahead = list(scope.quotes)
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead.extend(one.quotes)
    return found


def _check_rings(scopes: list[Scope], desk: Desk) -> None:
    told: set[Scope] = set()
    for scope in scopes:
        if scope in _closure(scope) and scope not in told:
            ring = [other for other in _closure(scope) if scope in _closure(other)]
            told.update(ring)
            names = "、".join(sorted(f"《{other.front.label}》" for other in ring))
            place = scope.document.front["引用"].place
            desk.note("quote-ring", place, f"引用绕成了圈: {names}", "去掉其中一处引用,把共用的内容放进另一份文件")


def _hash(scope: Scope) -> str:
    """Over the document's bytes and those of all that it 引用s, by name."""
    closure = sorted((other.front.label, other.document.sha256) for other in _closure(scope) - {scope})
    return hashlib.sha256("\n".join([scope.document.sha256, *(sha for _, sha in closure)]).encode()).hexdigest()


# Documents by kind -----------------------------------------------------------------------------------------------


def _policy(scope: Scope, desk: Desk) -> Bound | None:
    if scope.front.kind != "政策":
        return None
    policy = check_policy(scope, desk, _hash(scope))
    return Bound(scope, policy) if policy is not None else None


def _entity_definitions(scope: Scope, desk: Desk) -> tuple[typed.EntityDefinition, ...]:
    context = root_context(scope, desk)
    found = []
    for (entity, name), definition in scope.entity_definitions.items():
        expr = check_entity_definition(scope, entity, name, context)
        if expr is not None:
            place = definition.statement.name.place
            found.append(typed.EntityDefinition(entity, name, expr, definition.article, place))
    return tuple(found)


def _process(scope: Scope, desk: Desk) -> dict[str, typed.Dated]:
    """The 参数 of a 办法, which like its tables are read by their names."""
    known = desk.vocabulary.process_names
    places = {name: parameter.place for name, parameter in scope.parameters.items()}
    places |= {part.name.text.strip(): part.name.place for part in scope.document.tables}
    for name, place in places.items():
        if known and name not in known:
            way = perhaps(name, known) or f"可以写 {'、'.join(known)};要用别的名称,先加进词汇表的 办法名称"
            desk.note("unknown-name", place, f"办法名称里没有 '{name}'", way)
    return {name: parameter.on(typed.EffectiveDate()) for name, parameter in scope.parameters.items()}


# Versions --------------------------------------------------------------------------------------------------------


def _versions(bound: list[Bound], desk: Desk) -> list[Bound]:
    """By code and 施行, each ending where the next begins, and 过渡 by the label of the older version."""
    ordered = sorted(bound, key=lambda b: (b.policy.code, b.policy.in_force_from))
    ended = []
    for position, one in enumerate(ordered):
        if position and ordered[position - 1].policy.code == one.policy.code:
            _check_reach(one, desk)
        ends = [one.policy.in_force_until]
        if position + 1 < len(ordered) and ordered[position + 1].policy.code == one.policy.code:
            ends.append(ordered[position + 1].policy.in_force_from)
        known: list[date] = [day for day in ends if day is not None]
        older = [b for b in ordered if b.policy.code == one.policy.code and b.key != one.key]
        policy = replace(
            one.policy,
            in_force_until=min(known, default=None),
            transitions=_labels(one, older, desk),
        )
        ended.append(Bound(one.scope, policy))
    return ended


def _check_reach(one: Bound, desk: Desk) -> None:
    """Before a newer version came, the older one spoke: only the oldest can reach back."""
    execution, begins = one.policy.execution, one.policy.in_force_from
    if execution is not None and execution.first < begins:
        place = one.scope.document.front["执行期"].place
        message = f"执行期 从 {execution.first} 起,早于 施行 {begins}: 只有最早的版本可以追到施行以前"
        way = f"写 '执行期: {begins} 至 …',以前的由更早的版本管"
        desk.note("execution-before", place, message, way)


def _labels(one: Bound, versions: list[Bound], desk: Desk) -> tuple[tuple[typed.Expr, str], ...]:
    found = []
    for test, name in one.policy.transitions:
        place = one.scope.transition_place(name)
        called = [v for v in versions if v.scope.front.is_called(name) and name != v.policy.name]
        older = [v for v in called if v.policy.in_force_from < one.policy.in_force_from]
        if older and (older[0].policy.entity, older[0].policy.each) != (one.policy.entity, one.policy.each):
            way = "不用 过渡,在两个版本的 条件 里分别写明"
            desk.note("bad-transition", place, f"《{name}》的 对象 与本文不同,不能仍按它办", way)
        elif older:
            found.append((test, older[0].policy.version))
        elif called:
            desk.note("bad-transition", place, f"《{name}》不比本文早施行", "仍按 后面写更早的版本")
        elif name == one.policy.name:
            desk.note("bad-transition", place, f"《{name}》没有写明是哪个版本", f"写成 《{name}（2020年版）》")
        else:
            message = f"没有《{name}》这个版本,过渡 暂不起作用"
            way = perhaps(name, [v.scope.front.label for v in versions])
            desk.note("absent-document", place, message, way, "warning")
    return tuple(found)
