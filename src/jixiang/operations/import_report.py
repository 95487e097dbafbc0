"""The report of an import act in the terminal: what became of the rows, why some go back, and what waits for a person."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from jixiang.imports.report import Report
from jixiang.imports.report_words import change, examples, headline, said, state, to_do
from jixiang.operations.terminal import columns, console

SHOWN = 3  # contradicting facts that the terminal gives; the workbook gives some more
KINDS = (("退回", "refusals", "red"), ("略过", "ignorings", "dim"), ("提示", "notes", "yellow"))


def show_report(report: Report, to: Console = console) -> None:
    """One act, to be read from the top: the result, what to do, and then what stands behind it."""
    to.print(rendered(report))


def rendered(report: Report) -> Group:
    parts: list[RenderableType] = [_head(report), *_duties(report)]
    if len(report.files) != 1 or any(file.fault for file in report.files):
        parts.append(_files(report))
    parts += _reasons(report)
    if report.tables:
        parts.append(_tables(report))
    parts += [*_people(report), *_freshness(report), *_contradictions(report)]
    return Group(*parts)


def _head(report: Report) -> Text:
    layouts = "、".join(report.layouts)
    about = [report.source, f"截至 {report.extracted}", *([f"写法 {layouts}"] if layouts else [])]
    if len(report.files) == 1:
        about.append(report.files[0].name)
    text = Text()
    text.append(report.kind_name, style="bold")
    text.append(" · " + " · ".join(about) + "\n")
    text.append(headline(report) + "\n", style="bold")
    text.append(change(report))
    return text


def _duties(report: Report) -> Iterable[Text]:
    duties = list(to_do(report))
    if not duties:
        yield Text("没有要处理的事", style="green")
        return
    yield Text(f"要处理的事 {len(duties)} 件", style="bold yellow")
    for number, duty in enumerate(duties, 1):
        yield Text(f"  {number}. {duty}")


def _files(report: Report) -> Table:
    numbers = ("读入", "接受", "退回", "略过")
    table = columns("文件", "文件", "写法", *numbers, "结果", numbers=numbers)
    for file in report.files:
        counts = [f"{count:,}" for count in (file.read, file.accepted, file.refused, file.ignored)]
        table.add_row(escape(file.name), file.layout, *counts, state(file))
    return table


def _reasons(report: Report) -> Iterable[Table]:
    """Every reason with the way out. A way out may be long, so it is the one column that wraps."""
    rows = [(kind, style, one) for kind, what, style in KINDS for one in said(report, what)]
    if not rows:
        return
    table = columns("原因(一行可能有几个)", "", "说明", "行数", "最先在", numbers=("行数",))
    table.add_column("怎么办", overflow="fold")
    for kind, style, one in rows:
        table.add_row(f"[{style}]{kind}[/]", one.message, f"{one.rows:,}", escape(one.place), one.way_out)
    yield table


def _tables(report: Report) -> Table:
    numbers = ("新增", "更正", "不变", "再次确认", "撤回", "撤下")
    title = "确认后要写入的事实" if report.stopped else "事实"
    table = columns(title, "事实", "表", *numbers, numbers=numbers)
    for one in report.tables:
        counts = (one.new, one.changed, one.unchanged, one.confirmed, one.retracted, one.withheld)
        table.add_row(one.entity, one.table, *(f"{count:,}" for count in counts))
    return table


def _people(report: Report) -> Iterable[Text]:
    if (report.persons_new or report.cases_opened) and not report.stopped:
        yield Text(f"人员: 新登记 {report.persons_new:,} 人,转人工核对 {report.cases_opened:,} 件")


def _freshness(report: Report) -> Iterable[Text]:
    for one in report.freshness:
        newest = f"最新 {one.newest}" if one.newest else "没有日期"
        covers = f",全到 {one.covers}" if one.covers else ""
        days = f",距今 {one.days:,} 天" if one.days is not None else ""
        yield Text(f"新鲜度: {one.entity}按{one.attribute},{newest}{covers}{days}")


def _contradictions(report: Report) -> Iterable[Text]:
    if not report.contradictions:
        return
    tried = f"查了 {len(report.contradictions)} 条规则"
    if not report.contradicting:
        yield Text(f"矛盾: {tried},没有发现")
        return
    yield Text(f"矛盾: {tried},{len(report.contradicting)} 条有发现", style="yellow")
    for found in report.contradicting:
        yield Text(f"  {found.name} {found.count:,} 处({found.entity})。{found.meaning}")
        shown = examples(found)[:SHOWN]
        for example in shown:
            yield Text(f"    {example}", style="dim")
        if found.count > len(shown):
            yield Text(f"    … 另有 {found.count - len(shown):,} 处", style="dim")
