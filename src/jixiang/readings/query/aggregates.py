"""Aggregates over related rows: how they are found, counted, and what is left open.

Two roads lead to an aggregate. What rests on the related rows alone is grouped once by the key for all policies together
(`Shared`). Where 其中 speaks of the row that asks, the two are joined, on every equality that 其中 states, and grouped by
the row that asks; rows with an empty cell in such an equality are unknown, not unequal, and are joined apart.

What may lie beyond the day that an extract covers is asked of a row that nobody has seen: its time is after that day, all
else is missing. Only if its 其中 is certainly false is the set complete.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from jixiang.language import typed as t
from jixiang.language.types import Type
from jixiang.language.vocabulary import Entity
from jixiang.readings.query import sql
from jixiang.readings.query import value as v
from jixiang.readings.query.frame import Frame, binders
from jixiang.readings.query.histories import Histories
from jixiang.readings.query.sql import Sql, col
from jixiang.readings.query.tally import concluded, not_false, tallied
from jixiang.readings.query.unseen import where_unseen
from jixiang.readings.query.value import MISSING, Bound, Value, certain

if TYPE_CHECKING:
    from jixiang.readings.query.expressions import Expressions

Over = t.Aggregate | t.Share
Asks = Callable[[Frame], tuple[Sql, dict[str, Sql]]]


@dataclass
class Shared:
    """Related rows grouped by the key, with one column for each thing that anybody asks of them. `askers`: relations and
    columns that name the keys asked for; None once somebody's keys are not known before the grouping."""

    frame: Frame
    keys: tuple[str, ...]
    columns: dict[str, Sql] = field(default_factory=dict)
    wheres: list[Sql] = field(default_factory=list)
    askers: dict[tuple[Frame, tuple[str, ...]], None] | None = field(default_factory=dict)


class Aggregates:
    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions
        self.sources = expressions.sources
        self.vocabulary = expressions.vocabulary
        self.frames: list[Frame] = []
        self.shared: dict[tuple[str, tuple[str, ...], int, str], Shared] = {}
        self.histories = Histories(self)
        self.grouped: list[tuple[str, Callable[[], exp.Query]]] = []

    def value(self, expr: Over, frame: Frame) -> Value:
        of = self.expressions.value(expr.of, frame).plain
        if isinstance(of, exp.Null):
            return MISSING
        if isinstance(expr, t.Share):
            return self._share(expr, frame)
        open_end = self._unseen(expr, frame)
        tally = self.histories.tally(expr, frame)
        if tally is None and self._alone(expr):
            tally = self._ask_shared(expr, frame)
        elif tally is None:
            tally = self._ask_joined(expr, frame, self._asks(expr))
        found = concluded(expr, tally, open_end, never_negative=self._never_negative(expr))
        present = sql.known(of)
        return found if present == sql.TRUE else v.choose([(present, found)])

    # What is counted ---------------------------------------------------------------------------------------------

    def _asks(self, expr: t.Aggregate) -> Asks:
        """For a frame of related rows: its 其中, and the columns to group them into."""

        def asks(rows: Frame) -> tuple[Sql, dict[str, Sql]]:
            where = rows.let(self.expressions.boolean(expr.where, rows))
            cell = rows.let(self.expressions.exact(expr.value, rows).lo.n) if expr.value else sql.NULL
            return where, tallied(expr, where, cell)

        return asks

    def _never_negative(self, expr: t.Aggregate) -> bool:
        if not isinstance(expr.value, t.Get):
            return False
        entity = self.vocabulary.entities[expr.value.of.type.of]
        return not entity.attributes[expr.value.attribute].signed

    # Grouped once for everybody -----------------------------------------------------------------------------------

    def _alone(self, expr: t.Aggregate) -> bool:
        """Does it rest on the related rows alone?"""
        speaks_of = binders(expr.where) | binders(expr.value)
        return speaks_of <= {expr.binder} and not expr.relation.with_self

    def _ask_shared(self, expr: t.Aggregate, frame: Frame) -> dict[str, Sql]:
        relation = expr.relation
        entity = self.vocabulary.entities[relation.target]
        names = tuple(target for _, target in relation.pairs)
        shared = self._shared(entity, names, expr.binder, self._rows_of)
        where, asked = self._asks(expr)(shared.frame)
        return self.ask(shared, where, asked, [self.asked_by(expr, s, frame) for s, _ in relation.pairs], frame)

    def _shared(
        self, entity: Entity, names: tuple[str, ...], binder: int, rows_of: Callable[[Entity, int, str], Frame]
    ) -> Shared:
        """What is grouped by these attributes: one for all policies, of the rows and of their history."""
        key = (entity.name, names, binder, rows_of.__name__)
        if key not in self.shared:
            rows = rows_of(entity, binder, f"s{len(self.shared)}_{entity.table}")
            columns = tuple(_name(self._target(entity, n, rows)) for n in names)
            self.shared[key] = Shared(rows, columns)
        return self.shared[key]

    def ask(
        self, shared: Shared, where: Sql, asked: dict[str, Sql], sources: list[Sql], frame: Frame
    ) -> dict[str, Sql]:
        """Columns of the group that a row asks for by `sources`, beside that row; NULL where there is none."""
        shared.wheres.append(where)
        named: dict[str, str] = {}
        for name, aggregate in asked.items():
            text = aggregate.sql()
            known = {a.sql(): n for n, a in shared.columns.items()}
            named[name] = known.get(text) or f"g{len(shared.columns)}"
            shared.columns[named[name]] = aggregate
        keys = [frame.let(source) for source in sources]
        self._wanted(shared, frame, keys)

        def fits(j: str) -> Sql:
            return sql.and_([sql.binary("=", col(k, j), key) for k, key in zip(shared.keys, keys, strict=True)])

        needs = sql.or_([sql.is_null(k) for k in keys])
        found = frame.join(f"{shared.frame.name}_by", fits, needs, tuple(dict.fromkeys(named.values())), pure=False)
        columns = dict(zip(dict.fromkeys(named.values()), found, strict=True))
        return {name: columns[column] for name, column in named.items()}

    def _wanted(self, shared: Shared, frame: Frame, keys: list[Sql]) -> None:
        named = all(isinstance(k, exp.Column) and k.name in frame.pure for k in keys)
        if not named:
            shared.askers = None
        elif shared.askers is not None:
            shared.askers[frame, tuple(_name(k) for k in keys)] = None

    def _rows_of(self, entity: Entity, binder: int, name: str) -> Frame:
        """All rows of an entity, on their own."""
        view = self.sources.fact(entity, ())

        def base(frame: Frame) -> exp.Query:
            return sql.select([sql.alias(x, n) for n, x in frame.base_columns.items()], sql.table(view, "e"))

        frame = Frame(name, binder, (f"k{binder}",), base, entity=entity.name, own_key=self._key_of(entity))
        self.frames.append(frame)
        return frame

    def history(self, entity: Entity, names: tuple[str, ...], binder: int) -> Shared:
        """The history of an entity, grouped by these attributes."""
        return self._shared(entity, names, binder, self._history_of)

    def history_column(self, shared: Shared, name: str) -> Sql:
        """A set of months, a sum or a number of rows that the history holds."""
        entity = self.vocabulary.entities[shared.frame.entity]
        self.sources.history(entity, (name,))
        return shared.frame.in_base(f"h_{name}", col(name, "e"))

    def _history_of(self, entity: Entity, binder: int, name: str) -> Frame:
        view = self.sources.history(entity, ())

        def base(frame: Frame) -> exp.Query:
            return sql.select([sql.alias(x, n) for n, x in frame.base_columns.items()], sql.table(view, "e"))

        frame = Frame(name, binder, (), base, entity=entity.name)
        self.frames.append(frame)
        return frame

    def _key_of(self, entity: Entity) -> Callable[[], Sql]:
        """The key of a related row, read once somebody asks for it."""

        def key() -> Sql:
            self.sources.fact(entity, (entity.key_column,))
            return col(entity.key_column, "e")

        return key

    def shared_steps(self, shared: Shared, wanted: exp.Query | None) -> list[tuple[str, exp.Query]]:
        """The grouping, narrowed to the keys that are wanted if they are known."""
        rows = shared.frame
        found: list[tuple[str, exp.Query]] = []
        joins = []
        if wanted is not None:
            found.append((f"{rows.name}_wanted", wanted))
            same = [sql.binary("=", col(k), col(f"w{n}", "w")) for n, k in enumerate(shared.keys)]
            joins = [sql.join(sql.table(f"{rows.name}_wanted", "w"), sql.and_(same), kind="INNER")]
        where = sql.or_([not_false(w) for w in shared.wheres])
        keys = [col(k) for k in shared.keys]
        columns = [*keys, *(sql.alias(a, n) for n, a in shared.columns.items())]
        grouped = sql.select(columns, sql.table(rows.top, "r"), joins=joins, where=where, group=keys)
        return [*found, (f"{rows.name}_by", grouped)]

    def wanted_keys(self, shared: Shared) -> exp.Query | None:
        """The keys that anybody asks for, each once; None if all are wanted."""
        if not shared.askers:
            return None
        parts: list[exp.Select] = []
        for frame, names in shared.askers:
            level = max(frame.level_of[n] for n in names)
            columns = [sql.alias(col(name), f"w{n}") for n, name in enumerate(names)]
            parts.append(sql.select(columns, sql.table(frame.relation(level), "r")))
        tree: exp.Query = parts[0].distinct() if len(parts) == 1 else parts[0]
        for part in parts[1:]:
            tree = exp.Union(this=tree, expression=part, distinct=True)
        return tree

    # Joined to the row that asks ---------------------------------------------------------------------------------

    def _ask_joined(self, expr: Over, frame: Frame, asks: Asks) -> dict[str, Sql]:
        """Columns of the asking frame: what its related rows amount to (NULL where it has none)."""
        rows, where, columns = self._joined_rows(expr, frame, asks)
        name = f"{rows.name}_by"
        ids = [col(i) for i in frame.identified()]

        def query() -> exp.Query:
            shown = [*ids, *(sql.alias(a, n) for n, a in columns.items())]
            return sql.select(shown, sql.table(rows.top, "r"), where=not_false(where), group=ids)

        self.grouped.append((name, query))

        def same(j: str) -> Sql:
            return sql.and_([_same(col(i, j), col(i)) for i in frame.ids])

        needs = self._needs(rows, frame)
        found = frame.join(name, same, needs, tuple(columns), pure=False)
        return dict(zip(columns, found, strict=True))

    def _needs(self, rows: Frame, frame: Frame) -> Sql:
        """Something that stands on the highest outer level that the joined rows use."""
        highest = max([*rows.imported, *frame.ids], key=lambda n: frame.level_of[n])
        return col(highest)

    def _joined_rows(self, expr: Over, frame: Frame, asks: Asks) -> tuple[Frame, Sql, dict[str, Sql]]:
        relation = expr.relation
        entity = self.vocabulary.entities[relation.target]
        fixed = [(self.asked_by(expr, s, frame), target) for s, target in relation.pairs]
        keys = [(_column(frame, source), self._column_of(entity, target)) for source, target in fixed]
        equal = [
            (_column(frame, self.expressions.exact(outer, frame).lo.n), column)
            for outer, column in self._equalities(expr, entity)
        ]
        view = self.sources.fact(entity, tuple(c for _, c in [*keys, *equal]))
        own = None
        if relation.with_self:
            own = self.expressions.value(expr.of, frame).plain
            self.sources.fact(entity, (entity.key_column,))

        def base(rows: Frame) -> exp.Query:
            return _joined_base(rows, frame, view, keys, equal, None if own is None else (own, entity.key_column))

        rows = Frame(
            f"{frame.name}b{len(self.frames)}",
            expr.binder,
            (*frame.identified(), f"k{expr.binder}"),
            base,
            outer=frame,
            entity=entity.name,
            own_key=self._key_of(entity),
        )
        for name in frame.ids:
            rows.take_over(name)
        for source, _ in [*keys, *equal]:
            if isinstance(source, exp.Column):
                rows.take_over(source.name)
        if isinstance(own, exp.Column):
            rows.take_over(own.name)
        self.frames.append(rows)
        where, columns = asks(rows)
        return rows, where, columns

    def _equalities(self, expr: Over, entity: Entity) -> list[tuple[t.Expr, str]]:
        """What 其中 says a cell of the related row must equal, where that is a matter of the row that asks."""
        parts = expr.where.items if isinstance(expr.where, t.And) else (expr.where,)
        found = []
        for part in parts:
            if isinstance(part, t.Compare) and part.op == "=":
                for mine, other in ((part.left, part.right), (part.right, part.left)):
                    if mine == t.Row(expr.binder, mine.type) and _outer(other, expr.binder):
                        found.append((other, entity.key_column))
                        break
                    if _plain_cell(mine, expr.binder, entity) and _outer(other, expr.binder):
                        assert isinstance(mine, t.Get)
                        found.append((other, entity.attributes[mine.attribute].column))
                        break
        return found

    def asked_by(self, expr: Over, attribute: str, frame: Frame) -> Sql:
        of = expr.of
        if not attribute:
            return self.expressions.value(of, frame).plain
        type_ = self.vocabulary.entities[of.type.of].attributes[attribute].type
        return self.expressions.value(t.Get(of, attribute, type_), frame).plain

    def _target(self, entity: Entity, attribute: str, rows: Frame) -> Sql:
        if not attribute:
            return rows.key()
        row = t.Row(rows.binder, Type("ref", of=entity.name))
        return self.expressions.value(t.Get(row, attribute, entity.attributes[attribute].type), rows).plain

    def _column_of(self, entity: Entity, attribute: str) -> str:
        return entity.attributes[attribute].column if attribute else entity.key_column

    # Shares ------------------------------------------------------------------------------------------------------

    def _share(self, expr: t.Share, frame: Frame) -> Value:
        """均分: the total to the fen, floor to each, what is left over to the first."""
        money = frame.let(v.round_half_up(self.expressions.exact(expr.money, frame).lo))
        own = self.expressions.value(expr.of, frame).plain

        def asks(rows: Frame) -> tuple[Sql, dict[str, Sql]]:
            where = rows.let(self.expressions.boolean(expr.where, rows))
            mine = rows.take_over(own.name) if isinstance(own, exp.Column) else own
            is_mine = sql.binary("=", rows.key(), mine)
            sort = [self._sorting(expr, a, rows) for a in expr.relation.order]
            number = exp.Window(
                this=exp.RowNumber(),
                partition_by=[*(col(i) for i in frame.ids), sql.case((where, sql.TRUE), otherwise=sql.FALSE)],
                order=exp.Order(expressions=[exp.Ordered(this=c, nulls_first=False) for c in [*sort, rows.key()]]),
            )
            place = rows.let(number)
            return where, {
                "sure": sql.count_rows(where),
                "doubt": sql.count_rows(sql.is_null(where)),
                "mine": sql.filtered(exp.Min(this=place.copy()), sql.and_([where, is_mine])),
            }

        tally = self._ask_joined(expr, frame, asks)
        relation = t.Aggregate("exists", expr.of, expr.relation, expr.binder, None, expr.where, Type("bool"))
        unseen = self._unseen(relation, frame)
        rows = tally["sure"]
        each = sql.case((sql.binary(">", rows, sql.number(0)), v.floor(Bound(money, rows))))
        each = frame.let(each)
        left = sql.binary("-", money, v.times(each, rows))
        first = sql.case((sql.binary("=", tally["mine"], sql.number(1)), left), otherwise=sql.number(0))
        sure = sql.and_([sql.binary("=", tally["doubt"], sql.number(0)), sql.known(tally["mine"]), sql.not_(unseen)])
        return certain(sql.case((sure, sql.binary("+", each, first))))

    def _sorting(self, expr: t.Share, attribute: str, rows: Frame) -> Sql:
        cell = self._target(self.vocabulary.entities[expr.relation.target], attribute, rows)
        type_ = self.vocabulary.entities[expr.relation.target].attributes[attribute].type
        return self.expressions.rank(cell, type_) if type_.kind == "code" else cell

    # What nobody has seen ----------------------------------------------------------------------------------------

    def _unseen(self, expr: t.Aggregate, frame: Frame) -> Sql:
        """May there be rows beyond the day that the extract covers?"""
        entity = self.vocabulary.entities[expr.relation.target]
        where = where_unseen(expr, entity, self.sources.cutoffs, self.sources.decision_date)
        return sql.FALSE if where is None else frame.let(not_false(self.expressions.boolean(where, frame)))


def _same(left: Sql, right: Sql) -> Sql:
    return sql.binary("=", left, right)


def _name(column: Sql) -> str:
    assert isinstance(column, exp.Column)
    return column.name


def _column(frame: Frame, value: Sql) -> Sql:
    return frame.let(value)


def _outer(expr: t.Expr, binder: int) -> bool:
    speaks_of = binders(expr)
    return all(b < binder for b in speaks_of)


def _plain_cell(expr: t.Expr, binder: int, entity: Entity) -> bool:
    """A stored cell of the related row itself that reads as it stands."""
    if not (isinstance(expr, t.Get) and isinstance(expr.of, t.Row) and expr.of.binder == binder):
        return False
    return not entity.attributes[expr.attribute].open_ended


def _joined_base(
    rows: Frame,
    frame: Frame,
    view: str,
    keys: list[tuple[Sql, str]],
    equal: list[tuple[Sql, str]],
    own: tuple[Sql, str] | None,
) -> exp.Query:
    """The asking rows beside their related ones: those whose equalities hold, and those where a cell is empty.

    The outer level that is read is the lowest on which all that is taken over exists.
    """
    level = max((frame.level_of[n] for n in rows.imported), default=0)
    outer = sql.table(frame.relation(level), "r")
    shown = [sql.alias(col(n), n) for n in rows.imported] + [sql.alias(x, n) for n, x in rows.base_columns.items()]
    related = sql.and_([sql.binary("=", source, col(c, "e")) for source, c in keys])
    if own is not None:
        related = sql.or_([related, sql.binary("=", own[0], col(own[1], "e"))])
    entity = sql.table(view, "e")
    if not equal:
        return sql.select(shown, outer, joins=[sql.join(entity, related, kind="INNER")])
    match = sql.and_([related, *(sql.binary("=", source, col(c, "e")) for source, c in equal)])
    asks_nothing = sql.or_([sql.is_null(source) for source, _ in equal])
    asked = sql.not_(asks_nothing)
    says_nothing = sql.or_([sql.is_null(col(c, "e")) for _, c in equal])
    parts = [sql.select(shown, outer, joins=[sql.join(entity, match, kind="INNER")])]
    if asks_nothing != sql.FALSE:
        parts.append(sql.select(shown, outer, joins=[sql.join(entity, related, kind="INNER")], where=asks_nothing))
    parts.append(
        sql.select(shown, outer, joins=[sql.join(entity, related, kind="INNER")], where=sql.and_([asked, says_nothing]))
    )
    return sql.union_all(parts)
