"""Reads the [[fact]] tables of one kind: which fact each row states, and from which columns.

What a fact lacks (a required attribute, a part of its key) is a problem; nothing is filled in by likeness of names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from jixiang.imports.kind_columns import Columns
from jixiang.imports.kind_keys import Keys, Part
from jixiang.imports.kind_text import Spot, TomlText
from jixiang.imports.kinds import Cell, Constant, Extracted, Fact, Key, Person, Source, Sum
from jixiang.language.nearness import perhaps
from jixiang.language.types import Type
from jixiang.language.vocabulary import Attribute, Entity
from jixiang.tables.schema import FactTable
from jixiang.values.money import Money
from jixiang.values.month import Month

FACT_KEYS = ("entity", "main", "when", "history", "from", "to", "attributes", "fields")
_WRITTEN = {"date": "日期,如 2021-06-30", "month": "月份,如 2021-06", "money": "金额,如 1500.00", "bool": "“是”或“否”"}
FIELD_FORMS = ("number", "name", "account", "key", "sum", "constant", "extracted")


class FactReader:
    """Reads the facts of one file; the columns gather in `columns`."""

    def __init__(self, text: TomlText, keys: Keys, tables: Mapping[str, FactTable], columns: Columns) -> None:
        self._text = text
        self._keys = keys
        self._tables = tables
        self._columns = columns
        self._entities = keys.vocabulary.entities
        self._keyed: dict[str, tuple[Source, ...]] = {}  # entity → the key that a fact above has

    def facts(self) -> tuple[Fact, ...]:
        tables = self._text.tables("fact")
        found = [self._fact(table, ("fact", n), only=len(tables) == 1) for n, table in enumerate(tables)]
        facts = [fact for fact in found if fact is not None]
        if "fact" not in self._text.content:
            self._text.wrong("no-fact", (), "没有写一行说的是什么事实", "加一段 [[fact]]")
        elif facts and len(facts) == len(tables):
            self._check_main(facts)
        for n, fact in enumerate(found):
            if fact is not None and fact.when:
                self._columns.look(fact.when, ("fact", n, "when"))
        return tuple(facts)

    def _check_main(self, facts: list[Fact]) -> None:
        mains = [n for n, fact in enumerate(facts) if fact.main]
        if len(mains) != 1:
            spot: Spot = ("fact", mains[1], "main") if mains else ("fact", 0)
            self._text.wrong("main-one", spot, "主要的事实应当正好一个", "给一行必说的那个事实写 main = true")
        elif facts[mains[0]].when:
            spot = ("fact", mains[0], "when")
            self._text.wrong("main-when", spot, "主要的事实每行都说,不能有 when", "删去 when,或换一个主要的事实")
        said = [(fact.table.name, _columns_of(fact.key), fact.cells.get("valid_from")) for fact in facts]
        for n, one in enumerate(said):
            if one in said[:n]:
                self._text.wrong("fact-twice", ("fact", n, "entity"), "同一行把同一件事说了两次", "合成一段 [[fact]]")

    def _fact(self, table: dict[str, Any], spot: Spot, *, only: bool) -> Fact | None:
        self._text.check_keys(table, spot, FACT_KEYS)
        name = self._text.text(table, "entity", spot)
        if name not in self._entities:
            self._text.unknown((*spot, "entity"), name, "事实", self._entities)
            return None
        if not self._keys.knows(name):
            self._text.wrong(
                "no-key", (*spot, "entity"), f"keys.toml 里没有写 '{name}' 凭什么辨认", "在 [keys] 里加一行"
            )
            return None
        entity = self._entities[name]
        history = self._history(table, spot, entity)
        if history is None and "history" in table:
            return None
        when = self._text.text(table, "when", spot)
        sources = self._sources(table, spot, entity, history, needed=not when)
        key = self._key(spot, entity, sources, needed=not when)
        cells = {a.column: sources[a.name] for a in entity.attributes.values() if a.name in sources}
        if history is None:
            self._check_required(spot, entity, sources)
            fact_table = self._tables[entity.table]
        else:
            cells |= self._stretch(table, spot, needed=not when)
            fact_table = self._tables[f"{entity.table}_{history.column}"]
            cells = {column: cell for column, cell in cells.items() if column in fact_table.columns}
        main = self._text.flag(table, "main", spot) or only
        return Fact(entity, fact_table, cells, key, when, main)

    # Histories ---------------------------------------------------------------------------------------------------

    def _history(self, table: dict[str, Any], spot: Spot, entity: Entity) -> Attribute | None:
        name = self._text.text(table, "history", spot)
        varying = [a.name for a in entity.attributes.values() if a.varies]
        if name and name not in varying:
            self._text.unknown((*spot, "history"), name, "随时间变化的属性", varying, of=entity.name)
        if not name:
            for key in {"from", "to"} & table.keys():
                self._text.wrong(
                    "not-history", (*spot, key), f"'{key}' 只用于随时间变化的属性", "写明 history 是哪个属性"
                )
        return entity.attributes.get(name) if name in varying else None

    def _stretch(self, table: dict[str, Any], spot: Spot, *, needed: bool) -> dict[str, Source]:
        """`from`: a column or the day of the extract; `to`: a column, or nothing."""
        if "from" not in table:
            self._text.wrong("no-from", (*spot, "history"), "没有写从哪一天起", '加 from = "日期所在的列"')
        cells: dict[str, Source] = {}
        for key, column in (("from", "valid_from"), ("to", "valid_to")):
            at = (*spot, key)
            if table.get(key) == {"extracted": True} and key == "from":
                cells[column] = Extracted()
            elif name := self._text.text(table, key, spot):
                self._columns.day(name, at, required=needed and key == "from")
                cells[column] = Cell(name)
        return cells

    # What fills an attribute -------------------------------------------------------------------------------------

    def _sources(
        self, table: dict[str, Any], spot: Spot, entity: Entity, history: Attribute | None, *, needed: bool
    ) -> dict[str, Source]:
        """Attribute, key of a person or part of a key → where its value comes from."""
        fields: dict[str, object] = dict(self._text.table(table, "fields", spot))
        for name in self._text.texts(table, "attributes", spot):
            if name in fields:
                self._text.wrong("twice", (*spot, "attributes"), f"'{name}' 又写在 fields 里", "留一处", text=name)
            fields.setdefault(name, name)
        if history is not None:
            fields.setdefault(history.name, history.name)
        found: dict[str, Source] = {}
        for name in self._in_order(entity, fields):
            at = (*spot, "fields", name) if name in table.get("fields", ()) else (*spot, "attributes")
            source = self._source(name, fields[name], at, entity, history, needed=needed)
            if source is not None:
                found[name] = source
        return found

    def _in_order(self, entity: Entity, fields: Mapping[str, object]) -> list[str]:
        """What the key needs first, then as in the vocabulary."""
        order = [entity.key, *self._keys.names.get(entity.name, ()), *entity.attributes]
        return sorted(fields, key=lambda name: order.index(name) if name in order else len(order))

    def _source(
        self, name: str, written: object, at: Spot, entity: Entity, history: Attribute | None, *, needed: bool
    ) -> Source | None:
        key_names = self._keys.names.get(entity.name, ())
        if name == entity.key and entity.name == self._keys.identity:
            return self._person(written, at, required=needed)
        if name in self._keys.extra and name in key_names:
            return self._part(name, written, at, required=needed)
        attribute = entity.attributes.get(name)
        if attribute is None:
            self._text.unknown(at, name, "属性", entity.attributes, "unknown-attribute", of=entity.name)
            return None
        if attribute.varies and attribute != history:
            self._text.wrong("varies", at, f"'{name}' 随时间变化", f'另写一段 [[fact]],history = "{name}"', text=name)
            return None
        if history is not None and attribute != history and name not in key_names:
            self._text.wrong("varies", at, f"这一段只说 '{history.name}' 的变化", f"把 '{name}' 移到另一段", text=name)
            return None
        required = needed and (attribute.required or name in key_names)
        if attribute.type.kind == "ref":
            return self._reference(attribute, written, at, required=required)
        return self._value(attribute, written, at, required=required)

    def _value(self, attribute: Attribute, written: object, at: Spot, *, required: bool) -> Source | None:
        match written:
            case str() if written:
                self._columns.fill(written, attribute, at, required=required)
                return Cell(written)
            case {"sum": [str(), *_] as columns, **rest} if not rest and all(isinstance(c, str) for c in columns):
                if attribute.type.kind not in ("money", "number", "months", "days"):
                    self._text.wrong("sum-type", at, f"'{attribute.name}' 不是可以相加的数", "只写一列")
                    return None
                for column in columns:
                    self._columns.add_up(column, attribute.type, at)
                return Sum(tuple(columns))
            case {"constant": str() as value, **rest} if not rest:
                return self._constant(attribute, value, at)
            case {"extracted": True, **rest} if not rest:
                if attribute.type.kind != "date":
                    self._text.wrong("extracted-type", at, f"'{attribute.name}' 不是日期", "换成一列")
                return Extracted()
        self._form(written, at, '"列名"、{ sum = ["列", "列"] }、{ constant = "值" } 或 { extracted = true }')
        return None

    def _constant(self, attribute: Attribute, value: str, at: Spot) -> Source:
        """As it is stored; a code may be written by its name."""
        if attribute.type.kind == "code":
            codes = self._keys.vocabulary.codes[attribute.type.of]
            if value not in codes.names and value not in codes.by_name:
                self._text.unknown(at, value, "编码", codes.by_name, "unknown-code", of=codes.name)
            return Constant(codes.by_name.get(value, value))
        try:
            return Constant(_stored(value, attribute.type))
        except ValueError:
            wanted = _WRITTEN.get(attribute.type.kind, "整数")
            self._text.wrong(
                "constant-form", at, f"'{value}' 不是{wanted}", f"'{attribute.name}' 要写成{wanted}", text=value
            )
            return Constant(value)

    def _reference(self, attribute: Attribute, written: object, at: Spot, *, required: bool) -> Source | None:
        target = attribute.type.of
        if target == self._keys.identity:
            return self._person(written, at, required=required)
        if not self._keys.knows(target):
            self._text.wrong("no-key", at, f"keys.toml 里没有写 '{target}' 凭什么辨认", "在 [keys] 里加一行")
            return None
        if target in self._keys.constants:
            return Constant(self._keys.constants[target])
        parts = self._keys.parts(target)
        columns: list[Any]
        match written:
            case str() if written:
                columns = [written]
            case {"key": [str(), *_] as columns, **rest} if not rest and all(isinstance(c, str) for c in columns):
                pass
            case _:
                self._form(written, at, f'"列名" 或 {{ key = ["列", …] }}:{"、".join(part.name for part in parts)}')
                return None
        if len(columns) != len(parts):
            needs = "、".join(part.name for part in parts)
            self._text.wrong(
                "key-parts", at, f"'{target}' 凭 {len(parts)} 列辨认,这里写了 {len(columns)} 列", f"依次写:{needs}"
            )
            return None
        for column, part in zip(columns, parts, strict=True):
            self._columns.part(column, part, at, required=required)
        return Key(tuple(columns))

    def _person(self, written: object, at: Spot, *, required: bool) -> Source | None:
        table = {"number": written} if isinstance(written, str) else written
        if not isinstance(table, dict) or not table.get("number"):
            self._form(written, at, '{ number = "证件号码的列", name = "姓名的列", account = "账号的列" }')
            return None
        self._text.check_keys(table, at, ("number", "name", "account"))
        number, name, account = (self._text.text(table, key, at) for key in ("number", "name", "account"))
        self._columns.identity(number, "number", at, required=required)
        if name:
            self._columns.identity(name, "name", at, required=False)
        if account:
            self._columns.identity(account, "account", at, required=False)
        return Person(number, name, account)

    def _part(self, name: str, written: object, at: Spot, *, required: bool) -> Source | None:
        """A part of the key that is no attribute."""
        if not isinstance(written, str) or not written:
            self._form(written, at, '"列名"')
            return None
        self._columns.part(written, Part(name, self._keys.extra[name]), at, required=required)
        return Cell(written)

    def _form(self, written: object, at: Spot, wanted: str) -> None:
        hint = ""
        if isinstance(written, dict):
            hint = next((perhaps(key, FIELD_FORMS) for key in written if key not in FIELD_FORMS), "")
        self._text.wrong("field-form", at, f"'{at[-1]}' 的写法不对", hint or f"写成 {wanted}")

    # What must be there ------------------------------------------------------------------------------------------

    def _key(self, spot: Spot, entity: Entity, sources: dict[str, Source], *, needed: bool) -> tuple[Source, ...]:
        """The parts of the fact's own key, references taken apart, so that each is the text of one column."""
        if entity.name in self._keys.constants:
            return (Constant(self._keys.constants[entity.name]),)
        names = (entity.key,) if entity.name == self._keys.identity else self._keys.names[entity.name]
        key: list[Source] = []
        for name in names:
            source = sources.get(name)
            if source is None:
                if entity.name in self._keyed:
                    return self._as_above(entity.name, needed=needed)
                if not self._tried(spot, name):
                    hint = f"在 fields 里写明 '{name}' 取自哪一列"
                    self._text.wrong("key-part", (*spot, "entity"), f"'{entity.name}' 的键缺少 '{name}'", hint)
                return ()
            key += self._taken_apart(source)
        self._keyed.setdefault(entity.name, tuple(key))
        return tuple(key)

    def _as_above(self, entity: str, *, needed: bool) -> tuple[Source, ...]:
        """The key of a fact above about the same row."""
        for source in self._keyed[entity] if needed else ():
            match source:
                case Cell(column) | Person(column):
                    self._columns.need(column)
        return self._keyed[entity]

    def _tried(self, spot: Spot, name: str) -> bool:
        """Is it written, though wrongly? Then that has been said."""
        table = self._text.tables("fact")[int(spot[1])]
        fields = table.get("fields", {})
        return isinstance(fields, dict) and name in fields

    def _taken_apart(self, source: Source) -> list[Source]:
        if not isinstance(source, Key):
            return [source]
        roles = {name: column.role for name, column in self._columns.found.items()}
        return [Person(name) if roles.get(name) == "number" else Cell(name) for name in source.columns]

    def _check_required(self, spot: Spot, entity: Entity, sources: dict[str, Source]) -> None:
        for attribute in entity.attributes.values():
            if attribute.required and attribute.name not in sources and not self._tried(spot, attribute.name):
                named = attribute.name in self._keys.names.get(entity.name, ())
                if not named:  # a lacking part of the key is told as such
                    message = f"'{entity.name}' 必填的 '{attribute.name}' 没有列"
                    self._text.wrong("required-field", (*spot, "entity"), message, "写进 attributes 或 fields")


def _columns_of(key: tuple[Source, ...]) -> tuple[str, ...]:
    return tuple(part.number if isinstance(part, Person) else repr(part) for part in key)


def _stored(value: str, type: Type) -> str:
    """A constant as it is stored. Raises ValueError for what is no value of the type."""
    match type.kind:
        case "text":
            return value
        case "date":
            return date.fromisoformat(value).isoformat()
        case "month":
            return str(Month.parse(value).yyyymm)
        case "money":
            return str(Money.parse(value).fen)
        case "bool":
            if value not in ("是", "否"):
                raise ValueError(value)
            return "true" if value == "是" else "false"
    return str(int(value))
