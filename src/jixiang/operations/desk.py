"""核对台:同名不同号、同号不同名,由人决定,可以撤销。

Reads the clock. Lists are masked; a full number or name is shown only with who and why, which is written down.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from jixiang.imports.desk_act import Decided, Desk
from jixiang.operations.home import city_imports, home_of, now, opened, takes_imports
from jixiang.operations.terminal import Refused, columns, console
from jixiang.vault.desk import VERDICTS, DeskCase, journal, list_cases, show_case
from jixiang.vault.refusals import VaultRefused
from jixiang.vault.store import Vault

KINDS = {"two-names": "同一号码,不同姓名", "two-numbers": "同名同生日,不同号码"}
SPOKEN = {
    "same-person": "同一人",
    "different-persons": "两个人",
    "right-name": "正确姓名",
    "new-name": "改名后的姓名",
    "former-name": "曾用名",
    "wrong-name": "写错的姓名",
    "undo": "撤销",
}
CODES = {spoken: code for code, spoken in SPOKEN.items() if code != "undo"}
ACTS = ("list", "show", "decide", "undo", "journal")
NOTES = (
    """list 待核对的; show 编号 --by 谁 --note 用途 看全部内容(记录在案);
decide 编号 结论 --by 谁 --note 理由; undo 编号 --by 谁 --note 理由; journal [编号] 做过的决定。
结论: 同一号码的两个姓名 """
    + "、".join(SPOKEN[v] for v in VERDICTS["two-names"])
    + "; 两个号码 同一人、两个人。"
)


def arguments(parser: ArgumentParser) -> None:
    takes_imports(parser)
    parser.add_argument(
        "act", metavar="动作", nargs="?", default="list", choices=ACTS, help="list、show、decide、undo、journal"
    )
    parser.add_argument("case", metavar="编号", nargs="?", type=int, default=None, help="哪一件")
    parser.add_argument("verdict", metavar="结论", nargs="?", default=None, help="如 同一人")
    parser.add_argument("--by", default="", help="经办人")
    parser.add_argument("--note", default="", help="理由或用途")
    parser.add_argument("--decided", action="store_true", help="list 时列已有结论的")


def run(given: Namespace) -> int:
    if given.act in ("show", "decide", "undo") and (given.case is None or not given.by or not given.note):
        raise Refused(
            f"{given.act} 要写明哪一件、谁、为什么", f"jixiang desk {given.act} 编号 … --by 经办人 --note 理由"
        )
    with opened(home_of(given)) as vault:
        match given.act:
            case "list":
                _list(vault, given.decided)
            case "journal":
                _journal(vault, given.case)
            case "show":
                with vault.act():
                    shown = show_case(vault, given.case, purpose=given.note, by=given.by, at=now())
                _show(shown)
            case "decide" | "undo":
                _say(given, _decide(given, vault))
    return 0


def _decide(given: Namespace, vault: Vault) -> Decided:
    city = city_imports(given.city).files
    desk = Desk(home=home_of(given), vault=vault, vocabulary=city.vocabulary, identity=city.identity)
    if given.act == "undo":
        return desk.undo(given.case, by=given.by, at=now(), note=given.note)
    verdict = CODES.get(given.verdict, given.verdict)
    if verdict not in SPOKEN or verdict == "undo":
        raise Refused(f"没有结论“{given.verdict}”", f"可写: {'、'.join(CODES)}")
    try:
        return desk.decide(given.case, verdict, by=given.by, at=now(), note=given.note)
    except VaultRefused as refused:
        way_out = refused.problem.suggestion
        for code, spoken in SPOKEN.items():
            way_out = way_out.replace(code, spoken)
        raise Refused(refused.problem.message, way_out) from refused


def _list(vault: Vault, decided: bool) -> None:
    table = columns(
        "已有结论的" if decided else "待核对的", "编号", "什么", "号码", "姓名", "从何时起", "结论", numbers=("编号",)
    )
    found = list(list_cases(vault, decided=decided))
    for case in found:
        verdict = SPOKEN[case.verdict] if case.verdict else ""
        numbers, names = ("\n".join(dict.fromkeys(shown)) for shown in (case.numbers, case.names))
        table.add_row(str(case.id), KINDS[case.kind], numbers, names, case.opened_at[:16], verdict)
    if found:
        console.print(table)
    console.print(
        f"{len(found)} 件" + ("" if decided or not found else ": 看全部内容 jixiang desk show 编号 --by 谁 --note 用途")
    )


def _show(case: DeskCase) -> None:
    console.print(f"第 {case.id} 件: {KINDS[case.kind]}")
    for number in case.numbers:
        console.print(f"  号码 {number}", markup=False)
    for n, name in enumerate(case.names):
        console.print(f"  姓名 {name}" + (" (要核对的)" if n == 0 and case.kind == "two-names" else ""), markup=False)
    console.print(f"可写的结论: {'、'.join(SPOKEN[verdict] for verdict in VERDICTS[case.kind])}")


def _journal(vault: Vault, case: int | None) -> None:
    table = columns("做过的决定", "序号", "编号", "结论", "经办人", "时间", "理由", numbers=("序号", "编号"))
    for entry in journal(vault, case):
        said = SPOKEN[entry.verdict] + (f"第 {entry.undoes} 号决定" if entry.undoes else "")
        table.add_row(str(entry.id), str(entry.case), said, entry.by, entry.at[:16], entry.note)
    console.print(table)


def _say(given: Namespace, decided: Decided) -> None:
    console.print(f"第 {given.case} 件: 已{'撤销' if given.act == 'undo' else '记下结论'},台账第 {decided.act} 号")
    for table, rows in decided.rows.items():
        console.print(f"  {table}: {rows:,} 件事实随之更新")
    for overlap in decided.overlaps:
        console.print(f"  两个号码都说过同一件事,请核对 {overlap.table}: {'、'.join(overlap.keys)}", markup=False)
    if decided.sendable:
        console.print("  以前退回的行可以再发送了")
