"""身份库:新建,核对密钥,更换密钥。

Reads the clock. Never shows a key, a number or a name.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import date

from jixiang.imports.home import ForeignFacts, Home
from jixiang.operations.home import home_of, opened, takes_home
from jixiang.operations.terminal import Refused, console, moved, progress
from jixiang.vault.keys import ROTATED, create_ring
from jixiang.vault.refusals import VaultRefused
from jixiang.vault.rotation import Progress, Stage, forget_retired, renew_keys, rotate, unfinished
from jixiang.vault.store import Vault


def arguments(parser: ArgumentParser) -> None:
    takes_home(parser)
    said = "create 新建, check 核对密钥, rotate 更换密钥"
    parser.add_argument("act", metavar="动作", choices=("create", "check", "rotate"), help=said)


def run(given: Namespace) -> int:
    home = home_of(given)
    if given.act == "create":
        create(home)
        console.print(f"身份库建在 {home.vault}")
        console.print(f"密钥在 {home.ring}: 请与数据分开保管并备份,丢失后身份信息再也读不出来", style="yellow")
        return 0
    if given.act == "rotate":
        _rotate(home)
        return 0
    with opened(home) as vault:
        known = vault.registered()
        retired = sum(known.values())
        console.print(f"密钥与身份库相符: {len(known) - retired} 把在用, {retired} 把已停用")
    return 0


def create(home: Home) -> None:
    """An empty home: a vault with keys of its own, and no facts."""
    try:
        home.create()
        with Vault.create(home.vault, create_ring(home.ring, created=date.today())):
            pass
    except VaultRefused as refused:
        raise Refused(refused.problem.message, refused.problem.suggestion) from refused
    except ForeignFacts as foreign:
        raise Refused(f"{home.facts} 里有不是导入的事实", "换一个 --home 目录") from foreign


def renew(home: Home, progress: Progress) -> int:
    """All data under new keys and the old ones gone from the ring's file; how many numbers. Goes on with what was begun.

    The naming key stays: the facts are keyed by it. Nobody imports meanwhile.
    """
    with opened(home) as vault:
        with home.alone():
            begun, retired = unfinished(vault), _retired(vault)
            if not begun and not retired:
                renew_keys(home.ring, ROTATED, created=date.today())
    with opened(home) as vault, home.alone():
        done = rotate(vault, unfinished(vault), progress)
        forget_retired(vault, home.ring)
    return done.rows


def _retired(vault: Vault) -> bool:
    """Whether the ring still has keys that the vault no longer needs: a rotation that lacks its last step."""
    known = vault.registered()
    return any(known.get(key.id) for key in vault.ring.keys)


def _rotate(home: Home) -> None:
    said: dict[Stage, str] = {"sealing": "", "sealed": "换到新密钥", "retiring": "停用旧密钥", "retired": "停用旧密钥"}
    with progress("更换密钥") as shown:
        rows = renew(home, lambda stage, done, of: moved(shown, said[stage], done / of if of else 1.0))
    console.print(f"密钥已更换: {rows:,} 个号码换到新密钥,旧密钥已停用并从密钥文件里去掉")
    console.print(f"请重新备份 {home.ring}: 更换以前的备份,仍要用以前的密钥文件打开", style="yellow")
