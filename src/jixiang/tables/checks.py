"""Do the files in a fact folder hold what the vocabulary says? Answered from their footers, so it costs next to nothing.

`check_facts` finds every problem at once and throws none. Only with `rows` does it open the data, and then only the
columns of codes. What is wrong with a single fact (a person who left before he was hired) is not asked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jixiang.language.vocabulary import CodeList, Vocabulary
from jixiang.tables.schema import CUTOFF, META, FactTable, fact_tables
from jixiang.tables.store import FactStore
from jixiang.values.problem import Place, Problem

SPOKEN: dict[pa.DataType, str] = {
    pa.string(): "文本 (string)",
    pa.int64(): "64 位整数 (int64)",
    pa.int32(): "32 位整数 (int32;月份写作 yyyymm)",
    pa.date32(): "日期 (date32)",
    pa.bool_(): "是否 (bool)",
    pa.timestamp("us"): "不带时区的时刻 (timestamp[us])",
}

FORBIDDEN_FEATURES = {"deletionVectors", "columnMapping"}


def check_facts(store: FactStore, vocabulary: Vocabulary, *, rows: bool = False) -> list[Problem]:
    """All problems of the fact folder, in the order of its tables. `rows`: look for unknown codes in the data too."""
    known = fact_tables(vocabulary)
    problems: list[Problem] = []
    for name in store.tables():
        if name not in known:
            problems.append(_unknown_table(name, known))
            continue
        found = _table_problems(store, known[name])
        problems += found or (_unknown_entities(store, known) if name == CUTOFF else [])
        if rows and not problems:
            problems += _unknown_codes(store, known[name], vocabulary.codes)
    return problems


def _table_problems(store: FactStore, table: FactTable) -> list[Problem]:
    delta = store.delta(table.name)
    features = set(delta.protocol().reader_features or ()) if delta else set()
    if features & FORBIDDEN_FEATURES:
        return [
            _problem(
                "delta-feature",
                table.name,
                "",
                f"这张 Delta 表用了 {'、'.join(sorted(features & FORBIDDEN_FEATURES))},直接读它的 Parquet 文件会读错",
                "关闭这些功能后重写这张表",
            )
        ]
    return [problem for file in store.files(table.name) for problem in _file_problems(table, file)]


def _file_problems(table: FactTable, file: str) -> list[Problem]:
    try:
        footer = pq.ParquetFile(file)
    except (pa.ArrowInvalid, OSError):
        return [_problem("unreadable-file", table.name, "", f"文件 {file} 不是完好的 Parquet 文件", "重新导出这个文件")]
    with footer:
        schema, metadata = footer.schema_arrow, footer.metadata
        return [*_column_problems(table, schema), *_empty_problems(table, schema, metadata)]


def _column_problems(table: FactTable, schema: pa.Schema) -> Iterator[Problem]:
    """The columns of `META` may be missing all together: then the rows are known at all times."""
    there = set(schema.names)
    wanted = table.schema.names if there & set(META.names) else list(table.columns)
    for name in wanted:
        expected = table.schema.field(name).type
        if name not in there:
            near = get_close_matches(name, sorted(there - set(table.schema.names)), 1)
            hint = (
                f"是否把列 {near[0]} 改名为 {name}?" if near else f"补上这一列,类型为{SPOKEN[expected]};没有数据就留空"
            )
            yield _problem("missing-column", table.name, name, f"表 {table.name} 缺少列 {name}", hint)
        elif _plain(schema.field(name).type) != expected:
            found = schema.field(name).type
            yield _problem(
                "wrong-type",
                table.name,
                name,
                f"列 {name} 的类型是 {found},应为{SPOKEN[expected]}",
                f"导出时把这一列转换为{SPOKEN[expected]}",
            )


def _plain(type: pa.DataType) -> pa.DataType:
    """Text is text, however a writer has packed it."""
    if pa.types.is_dictionary(type):
        return _plain(type.value_type)
    return pa.string() if pa.types.is_large_string(type) or pa.types.is_string_view(type) else type


def _empty_problems(table: FactTable, schema: pa.Schema, metadata: pq.FileMetaData) -> Iterator[Problem]:
    """Empty cells in the key or in a column that must be filled, as far as the footer counts them."""
    leaves = {metadata.schema.column(n).path: n for n in range(metadata.num_columns)}
    for name in (*table.key, *table.required):
        if name not in leaves:
            continue
        empty = sum(_nulls(metadata.row_group(g).column(leaves[name])) for g in range(metadata.num_row_groups))
        if empty:
            role = "主键" if name in table.key else "必填列"
            code = "empty-key" if name in table.key else "empty-required"
            yield _problem(
                code, table.name, name, f"表 {table.name} 的{role} {name} 有 {empty} 行是空的", "补全或去掉这些行"
            )


def _nulls(column: pq.ColumnChunkMetaData) -> int:
    statistics = column.statistics
    return statistics.null_count if statistics is not None and statistics.has_null_count else 0


def _unknown_entities(store: FactStore, known: dict[str, FactTable]) -> Iterator[Problem]:
    """Tables that `cutoff` speaks of and nobody knows."""
    names = {value for file in store.files(CUTOFF) for value in _distinct(file, "entity")}
    for name in sorted(names - known.keys() - {None}):
        near = get_close_matches(name, list(known), 1)
        hint = f"是否为 {near[0]}?" if near else "写词汇里的英文表名"
        yield _problem("unknown-entity", CUTOFF, "entity", f"事实截止说的是“{name}”,词汇里没有这张表", hint)


def _unknown_codes(store: FactStore, table: FactTable, lists: dict[str, CodeList]) -> Iterator[Problem]:
    for name, type in table.columns.items():
        if type.kind != "code":
            continue
        codes = lists[type.of]
        found = {value for file in store.files(table.name) for value in _distinct(file, name)}
        for value in sorted(found - codes.rank.keys() - {None}):
            near = get_close_matches(value, list(codes.rank), 1) or list(codes.rank)[:3]
            yield _problem(
                "unknown-code",
                table.name,
                name,
                f"列 {name} 里有编码“{value}”,编码表“{codes.name}”没有它",
                f"改为编码表里的编码(如 {'、'.join(near)}),或在词汇里登记它",
            )


def _distinct(file: str, column: str) -> Iterable[str]:
    values: Iterable[str] = pc.unique(pq.read_table(file, columns=[column], partitioning=None)[column]).to_pylist()
    return values


def _unknown_table(name: str, known: dict[str, FactTable]) -> Problem:
    near = get_close_matches(name, list(known), 1)
    hint = f"是否为 {near[0]}?" if near else "在词汇里登记这张表,或把它移出事实文件夹"
    return _problem("unknown-table", name, "", f"词汇里没有名为 {name} 的事实表", hint)


def _problem(code: str, table: str, column: str, message: str, suggestion: str) -> Problem:
    return Problem(code, Place(f"{table}/{column}" if column else table, 1), message, suggestion)
