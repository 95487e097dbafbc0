"""身份库:新建,核对密钥,更换密钥。

Reads the clock. Never shows a key, a number or a name.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import date

from jixiang.imports.home import ForeignFacts, Home
from jixiang.operations.home import home_of, opened, takes_home
from jixiang.operations.terminal import Refused, console
from jixiang.vault.keys import create_ring
from jixiang.vault.refusals import VaultRefused
from jixiang.vault.store import Vault


def arguments(parser: ArgumentParser) -> None:
    takes_home(parser)
    parser.add_argument("act", metavar="动作", choices=("create", "check"), help="create 新建, check 核对密钥")


def run(given: Namespace) -> int:
    home = home_of(given)
    if given.act == "create":
        create(home)
        console.print(f"身份库建在 {home.vault}")
        console.print(f"密钥在 {home.ring}: 请与数据分开保管并备份,丢失后身份信息再也读不出来", style="yellow")
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
