"""What tells the rows of an entity apart (`imports/keys.toml`), the same whichever file a row comes from.

A natural key is a list of the entity's attributes, or of columns that are no attributes (a class number), which
`[parts]` types. Of a person it is the number, which no fact holds. Taken apart to the last column, so that a reference to
a row and that row's own key are the same text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jixiang.imports.kind_text import TomlText
from jixiang.language.types import TEXT, Type
from jixiang.language.vocabulary import Attribute, Entity, Vocabulary
from jixiang.language.vocabulary_types import TypeCell, read_type_cell

FILE = "keys.toml"
KEYS_KEYS = ("identity", "keys", "parts")
_PART_KINDS = ("text", "number", "date", "month", "year", "code")


@dataclass(frozen=True)
class Part:
    """One column that a key needs. `number`: it is the identity number of a person."""

    name: str
    type: Type = TEXT
    attribute: Attribute | None = None
    number: bool = False


@dataclass(frozen=True)
class Keys:
    """`identity` is the entity whose rows are persons. `names`: entity → its parts as written; `constants`: of an entity
    with one row, its key; `extra`: part that is no attribute → its type."""

    vocabulary: Vocabulary
    identity: str
    names: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str]
    extra: Mapping[str, Type]

    def knows(self, entity: str) -> bool:
        return entity == self.identity or entity in self.names or entity in self.constants

    def parts(self, entity: str) -> tuple[Part, ...]:
        """The columns that name one row of the entity, references to others taken apart."""
        if entity == self.identity:
            return (Part(self.vocabulary.entities[entity].key, number=True),)
        parts: list[Part] = []
        for name in self.names.get(entity, ()):
            parts += self.of_part(self.vocabulary.entities[entity], name)
        return tuple(parts)

    def of_part(self, entity: Entity, name: str) -> tuple[Part, ...]:
        attribute = entity.attributes.get(name)
        if attribute is None:
            return (Part(name, self.extra.get(name, TEXT)),)
        if attribute.type.kind != "ref":
            return (Part(name, attribute.type, attribute),)
        return self.parts(attribute.type.of)


def read_keys(folder: Path, vocabulary: Vocabulary) -> tuple[Keys, TomlText]:
    text = TomlText(folder / FILE)
    text.check_keys(text.content, (), KEYS_KEYS)
    identity = text.text(text.content, "identity", ())
    if not identity and not text.problems:
        text.wrong("no-identity", (), "没有写 identity:哪一种事实是人", '如 identity = "人员"')
    elif identity not in vocabulary.entities:
        text.unknown(("identity",), identity, "事实", vocabulary.entities)
        identity = ""
    extra = {name: _type(text, name, value, vocabulary) for name, value in text.table(text.content, "parts").items()}
    names: dict[str, tuple[str, ...]] = {}
    constants: dict[str, str] = {}
    for entity, value in text.table(text.content, "keys").items():
        if entity not in vocabulary.entities:
            text.unknown(("keys", entity), entity, "事实", vocabulary.entities)
        elif entity == identity:
            text.wrong("key-identity", ("keys", entity), f"'{entity}' 凭证件号码辨认,不用写键", "删去这一行")
        elif isinstance(value, dict):
            constants[entity] = _constant(text, vocabulary.entities[entity], value)
        else:
            names[entity] = _names(text, vocabulary.entities[entity], extra)
    _unused(text, names, extra)
    names = {entity: parts for entity, parts in names.items() if not _circular(text, entity, names, vocabulary)}
    return Keys(vocabulary, identity, names, constants, extra), text


def _type(text: TomlText, name: str, value: object, vocabulary: Vocabulary) -> Type:
    cell = read_type_cell(value) if isinstance(value, str) else "应当是一段文字,如 '文本'"
    if isinstance(cell, str):
        text.wrong("column-type", ("parts", name), f"'{name}':{cell}")
        return TEXT
    if cell.type.kind not in _PART_KINDS or cell != TypeCell(cell.type):
        text.wrong("column-type", ("parts", name), f"'{name}' 不能是 '{value}'", "可用 文本、整数、日期、月份、编码 …")
        return TEXT
    if cell.type.kind == "code" and cell.type.of not in vocabulary.codes:
        text.unknown(("parts", name), cell.type.of, "编码", vocabulary.codes)
        return TEXT
    return cell.type


def _constant(text: TomlText, entity: Entity, value: dict[str, object]) -> str:
    spot = ("keys", entity.name)
    text.check_keys(value, spot, ("constant",))
    if not entity.single:
        text.wrong("key-constant", spot, f"'{entity.name}' 不止一行,不能用固定的键", "写成一列属性")
    return text.text(value, "constant", spot)


def _names(text: TomlText, entity: Entity, extra: Mapping[str, Type]) -> tuple[str, ...]:
    spot = ("keys", entity.name)
    names = text.texts(text.table(text.content, "keys"), entity.name, ("keys",))
    if not names:
        text.wrong("key-empty", spot, f"'{entity.name}' 的键是空的", "写明凭哪几个属性辨认一行")
    for name in names:
        attribute = entity.attributes.get(name)
        if attribute is None and name not in extra:
            known = [*entity.attributes, *extra]
            text.unknown(spot, name, "属性,[parts] 里也没有它", known, "unknown-attribute", of=entity.name)
        elif attribute is not None and attribute.varies:
            text.wrong("key-varies", spot, f"'{name}' 随时间变化,不能用来辨认一行", "换一个不变的属性", text=name)
        elif attribute is not None and attribute.type.kind not in (*_PART_KINDS, "ref"):
            text.wrong("key-type", spot, f"'{name}' 的类型不能用来辨认一行", "换一个属性", text=name)
    return tuple(name for name in names if name in entity.attributes or name in extra)


def _unused(text: TomlText, names: Mapping[str, tuple[str, ...]], extra: Mapping[str, Type]) -> None:
    for name in extra:
        if not any(name in parts for parts in names.values()):
            text.wrong("unused", ("parts", name), f"没有哪个键用到 '{name}'", "删去,或写进 [keys]")


def _circular(text: TomlText, entity: str, names: Mapping[str, tuple[str, ...]], vocabulary: Vocabulary) -> bool:
    """Does the key of the entity need that same key?"""
    waiting, seen = [entity], set[str]()
    while waiting:
        one = waiting.pop()
        attributes = vocabulary.entities[one].attributes
        for name in names.get(one, ()):
            target = attributes[name].type.of if name in attributes and attributes[name].type.kind == "ref" else ""
            if target == entity:
                text.wrong("key-circular", ("keys", entity), f"'{entity}' 的键绕回到它自己", "换一个属性")
                return True
            if target and target not in seen:
                seen.add(target)
                waiting.append(target)
    return False
