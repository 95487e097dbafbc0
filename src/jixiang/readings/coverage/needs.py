"""What a city wants reached: `coverage.toml` of its pack names definitions that its officials have written, and nothing else.

Whom a definition means is said in the policy language and tried by cases there; here names are looked up.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jixiang.language.city import City
from jixiang.language.nearness import perhaps
from jixiang.language.typed import EntityDefinition, Expr, Rulebook
from jixiang.language.vocabulary import Entity
from jixiang.values.problem import Place, Problem

FILE = "coverage.toml"
KEYS = ("title", "entity", "document", "should", "served", "missing", "reasons", "person", "firm")
NEEDED = ("title", "entity", "document", "should", "served")


@dataclass(frozen=True)
class Need:
    """Of rows of an entity: which should be reached, and which of them are. `reasons`: why they should, the first that holds is
    told. `person`, `firm`: attributes of the entity that say whose row it is, and by which firm; empty where there is none."""

    title: str
    entity: str
    should: Expr
    served: Expr
    missing: str = ""
    reasons: tuple[tuple[str, Expr], ...] = ()
    person: str = ""
    firm: str = ""


@dataclass(frozen=True)
class Needs:
    """`firm`: the entity by whose rows decisions are listed too; empty: by none."""

    needs: tuple[Need, ...] = ()
    firm: str = ""


def read_needs(city: City, rulebook: Rulebook) -> tuple[Needs, tuple[Problem, ...]]:
    """What a city pack wants reached, and all that is wrong with it; nothing where it has no such file."""
    path = city.folder / FILE
    if not path.exists():
        return Needs(), ()
    text = path.read_text(encoding="utf-8")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Needs(), (Problem("coverage", Place(FILE, 1), f"不是 TOML: {error}", "名称都写在引号里"),)
    return _Reader(city, rulebook, text).read(content)


class _Reader:
    def __init__(self, city: City, rulebook: Rulebook, text: str) -> None:
        self.entities = city.vocabulary.entities
        self.definitions = rulebook.entity_definitions
        self.lines = text.split("\n")
        self.problems: list[Problem] = []

    def read(self, content: Mapping[str, Any]) -> tuple[Needs, tuple[Problem, ...]]:
        entries = content.get("need", [])
        if set(content) - {"need", "firm"} or not isinstance(entries, list) or not entries:
            self.wrong("", "文件里只写 firm 和 [[need]]", "每一种应当有的一个 [[need]]")
            return Needs(), tuple(self.problems)
        firm = str(content.get("firm", ""))
        if firm and firm not in self.entities:
            self.wrong(firm, f"没有名为 '{firm}' 的事实", perhaps(firm, self.entities) or "写词汇里的一种事实")
        needs = [need for entry in entries if (need := self._one(entry)) is not None]
        titles = [need.title for need in needs]
        for title in dict.fromkeys(one for one in titles if titles.count(one) > 1):
            self.wrong(title, f"'{title}' 写了两次", "换一个名称")
        return (Needs(tuple(needs), firm) if not self.problems else Needs()), tuple(self.problems)

    def wrong(self, said: str, message: str, way: str) -> None:
        """A note on the line on which something is said, in quotes; on the first if it is nowhere."""
        at = next((n for n, line in enumerate(self.lines, 1) if said and f'"{said}"' in line), 1)
        source = self.lines[at - 1]
        column = source.find(f'"{said}"') + 2 if said and said in source else 1
        self.problems.append(Problem("coverage", Place(FILE, at, column, max(len(said), 1), "", source), message, way))

    def _one(self, entry: Mapping[str, Any]) -> Need | None:
        title = str(entry.get("title", ""))
        if unknown := set(entry) - set(KEYS):
            self.wrong(title, f"不认识 {'、'.join(sorted(unknown))}", f"可以写 {'、'.join(KEYS)}")
            return None
        if absent := [key for key in NEEDED if not entry.get(key)]:
            self.wrong(title, f"没有写 {'、'.join(absent)}", f"每个 [[need]] 都要有 {'、'.join(NEEDED)}")
            return None
        entity = self.entities.get(str(entry["entity"]))
        if entity is None:
            self.wrong(str(entry["entity"]), f"没有名为 '{entry['entity']}' 的事实", "写词汇里的一种事实")
            return None
        document = str(entry["document"])
        should, served = (self._definition(entity, document, str(entry[key])) for key in ("should", "served"))
        reasons = [
            (str(r).rpartition(".")[2], self._reason(entity, document, str(r))) for r in entry.get("reasons", [])
        ]
        refs = [self._reference(entity, str(entry.get(key, ""))) for key in ("person", "firm")]
        if should is None or served is None or None in refs or any(expr is None for _, expr in reasons):
            return None
        return Need(
            title, entity.name, should, served, str(entry.get("missing", "")),
            tuple((name, expr) for name, expr in reasons if expr is not None), refs[0] or "", refs[1] or "",
        )  # fmt: skip

    def _reason(self, entity: Entity, document: str, said: str) -> Expr | None:
        """Of the need's own document, or of the one that stands before the dot."""
        other, _, name = said.rpartition(".")
        return self._definition(entity, other or document, name, said)

    def _definition(self, entity: Entity, document: str, name: str, said: str = "") -> Expr | None:
        if document not in self.definitions:
            self.wrong(
                said or document,
                f"没有名为《{document}》的定义文件",
                perhaps(document, self.definitions) or "写文件的名称",
            )
            return None
        mine: Sequence[EntityDefinition] = [d for d in self.definitions[document] if d.entity == entity.name]
        found = next((one for one in mine if one.name == name), None)
        if found is None:
            known = [one.name for one in mine]
            way = perhaps(name, known) or f"有 {'、'.join(known) or '(没有)'}"
            self.wrong(said or name, f"《{document}》里没有 定义 {entity.name}.{name}", way)
            return None
        if found.expr.type.kind != "bool":
            self.wrong(said or name, f"{entity.name}.{name} 不是是或否", "写一个是或否的定义")
            return None
        return found.expr

    def _reference(self, entity: Entity, name: str) -> str | None:
        if not name or (name in entity.attributes and entity.attributes[name].type.kind == "ref"):
            return name
        known = [one for one, attribute in entity.attributes.items() if attribute.type.kind == "ref"]
        self.wrong(name, f"{entity.name}没有指向别处的属性 '{name}'", f"可以写 {'、'.join(known) or '(没有)'}")
        return None
