"""All documents of a city as pages, and an index of them by class."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from jixiang.language.check.scope import Scope
from jixiang.language.city import City
from jixiang.language.parts import Document
from jixiang.language.typed import Policy, Rule, Rulebook
from jixiang.readings.explanation import Explanation
from jixiang.readings.render import texts
from jixiang.readings.render.page import Block, Cell, Grid, Heading, Inline, Link, Mark, Page, Pairs, cell
from jixiang.readings.render.plain import tidy
from jixiang.readings.render.said import Saying
from jixiang.readings.render.standing import standing
from jixiang.readings.render.versions import in_force, of_versions, window

INDEX = "index"
UP = Link("全部文件", INDEX)
SHOWN = "演示"
WORDS_OF = "事实词汇"  # behind the name of a city, as its vocabulary is called
MARK = "演示文件：为演示编写，不是正式发布的政策，不能据此办理。"
LATER = ("办法", "定义", "列表")
HEADINGS = ("名称", "编号", "文号", "施行", "执行期")
FRONT = ("文号", "类别", "性质", "依据")


@dataclass(frozen=True)
class Book:
    """A city that has been checked. `standings`: by policy code, how somebody stands under it."""

    city: City
    rulebook: Rulebook
    standings: Mapping[str, Sequence[Explanation]] = field(default_factory=dict)

    @cached_property
    def scopes(self) -> list[Scope]:
        return [scope for _, scope in sorted(self.city.scopes.items())]

    @cached_property
    def names(self) -> dict[str, str]:
        """File → the name of its page: the file's own, with its folder where two share it."""
        stems = {
            document.file: document.file.removesuffix(".md").rpartition("/")[2] for document in self.city.documents
        }
        times = Counter(stems.values())
        whole = {file: file.removesuffix(".md").replace("/", "-") for file in stems}
        return {file: stem if times[stem] == 1 and stem != INDEX else whole[file] for file, stem in stems.items()}

    @cached_property
    def pages(self) -> dict[str, str]:
        """名称, or 名称 with its version, → page; of several versions 名称 alone is the newest."""
        by_day = sorted(self.scopes, key=lambda scope: str(scope.front.in_force_from or ""))
        found = {scope.front.name: self.names[scope.document.file] for scope in by_day}
        return found | {scope.front.label: self.names[scope.document.file] for scope in by_day}

    def all_pages(self, codes: Collection[str] = ()) -> Iterator[Page]:
        """The index, then every document; with `codes` those of these policies only."""
        wanted = [scope for scope in self.scopes if not codes or scope.front.code in codes]
        yield self.index(wanted)
        for scope in wanted:
            yield self.page(scope)

    # The index ---------------------------------------------------------------------------------------------------

    def index(self, scopes: Sequence[Scope]) -> Page:
        """Policies by 类别, then what else there is, by 文种."""
        groups: dict[tuple[int, str], list[Scope]] = defaultdict(list)
        for scope in scopes:
            kind = scope.front.kind
            groups[(0, scope.front.category or "其他") if kind == "政策" else (1 + LATER.index(kind), kind)].append(
                scope
            )
        blocks: list[Block] = [Mark(MARK)] if any(_is_shown(scope.document) for scope in scopes) else []
        for (_, name), members in sorted(groups.items()):
            blocks += [
                Heading(name, 2),
                Grid(name, HEADINGS, tuple(map(self._row, _sorted(members))), titled=False),
            ]
        return Page(INDEX, f"{self.city.vocabulary.name.removesuffix(WORDS_OF)}政策文件", tuple(blocks))

    def _row(self, scope: Scope) -> tuple[Cell, ...]:
        link = Link(scope.front.label, self.names[scope.document.file])
        number = scope.document.front["文号"].text if "文号" in scope.document.front else ""
        spans = in_force(scope, self._follows(scope)), window(scope.front.execution)
        return (cell(link), cell(scope.front.code), cell(number), *map(cell, spans))

    # One document ------------------------------------------------------------------------------------------------

    def page(self, scope: Scope) -> Page:
        saying = Saying(scope, self.city.vocabulary, self.pages)
        policy = self.policy_of(scope)
        blocks = [Mark(MARK)] if _is_shown(scope.document) else []
        parts = texts.articles(
            scope, saying, self._explained(scope), [stage.name for stage in policy.stages] if policy else []
        )
        before: list[Block] = [*blocks, self._header(scope)]
        for found in self.standings.get(policy.code, ()) if policy else ():
            if policy is not None and found.version == policy.version:
                before += standing(found)
        if policy is not None:
            before += texts.summary(scope, saying, policy, self.rulebook.rules_of(policy.code))
        after = [
            *(self._rules_elsewhere(scope, policy) if policy else ()),
            *of_versions(saying, self._versions(scope)),
        ]
        title = scope.front.label
        return Page(self.names[scope.document.file], title, (*before, *parts.text, *after, *parts.cases), UP)

    def policy_of(self, scope: Scope) -> Policy | None:
        versions = self.rulebook.policies.get(scope.front.code, ()) if scope.front.kind == "政策" else ()
        return next((one for one in versions if one.file == scope.document.file), None)

    def _explained(self, scope: Scope) -> dict[str, list[tuple[str, str, str]]]:
        """释明 by article."""
        found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for one in self.rulebook.explained:
            if one.document == scope.front.label:
                found[one.article].append((one.kind, one.about, one.text))
        return found

    def _versions(self, scope: Scope) -> list[Scope]:
        return [other for other in self.scopes if other.front.name == scope.front.name]

    def _follows(self, scope: Scope) -> Scope | None:
        later = [one for one in self._versions(scope) if _day(one) > _day(scope)]
        return min(later, key=_day, default=None)

    def _header(self, scope: Scope) -> Pairs:
        front, written = scope.front, scope.document.front
        rows: list[tuple[str, Cell]] = [("文种", cell(front.kind))]
        if front.code:
            rows.append(("编号", cell(front.code)))
        rows += [(key, cell(written[key].text.strip("[]"))) for key in FRONT if key in written]
        if front.in_force_from is not None:
            rows.append(("施行", cell(in_force(scope, self._follows(scope)))))
        if front.execution is not None:
            rows.append(("执行期", cell(f"适用日在{window(front.execution)}{_reach(scope)}")))
        if front.acceptance is not None:
            rows.append(("受理期", cell(f"决定日在{window(front.acceptance)}")))
        rows += [(key, cell(written[key].text)) for key in ("追溯", "资金", "办理", "公示") if key in written]
        if scope.quotes:
            rows.append(("引用", self._links(quoted.front.label for quoted in scope.quotes)))
        return Pairs(tuple((name, tuple(tidy(p) if isinstance(p, str) else p for p in what)) for name, what in rows))

    def _links(self, labels: Iterator[str]) -> Cell:
        found: list[Inline] = []
        for label in labels:
            found += [*(["、"] if found else []), Link(f"《{label}》", self.pages[label])]
        return tuple(found)

    # Rules that stand in other documents -------------------------------------------------------------------------

    def _rules_elsewhere(self, scope: Scope, policy: Policy) -> Iterator[Block]:
        """Rules that bind this policy and are written in another document: each as it is said there."""
        rules = [rule for rule in self._binding(policy) if rule.place.file != policy.file]
        if not rules:
            return
        yield Heading("别的文件里对本项政策的规定", 2, "elsewhere")
        rows = []
        for rule in rules:
            there = self.city.scopes[rule.place.file]
            link = Link(f"《{there.front.label}》{rule.article}", self.names[rule.place.file])
            rows.append((cell(rule.name), cell(self._in_words(rule, there)), cell(link)))
        yield Grid(
            "别的文件里对本项政策的规定", ("名称", "规定（“本项”指写这一条的政策）", "写在"), tuple(rows), titled=False
        )

    def _binding(self, policy: Policy) -> list[Rule]:
        key = (policy.code, policy.version)
        return [rule for rule in self.rulebook.rules_of(policy.code) if key in rule.bindings]

    def _in_words(self, rule: Rule, there: Scope) -> str:
        saying = Saying(there, self.city.vocabulary, self.pages)
        for part in there.document.rules:
            if part.statement.place.line == rule.place.line:
                return saying.item(part).text
        return rule.text


def _reach(scope: Scope) -> str:
    front = scope.front
    if front.execution is None or front.in_force_from is None or front.execution.first >= front.in_force_from:
        return ""
    return "；施行以前的也按本文件办，但从施行的那天起才作决定"


def _is_shown(document: Document) -> bool:
    return "性质" in document.front and SHOWN in document.front["性质"].text


def _sorted(scopes: Sequence[Scope]) -> list[Scope]:
    return sorted(scopes, key=lambda one: (one.front.code, one.front.name, _day(one)))


def _day(scope: Scope) -> str:
    return str(scope.front.in_force_from or "")
