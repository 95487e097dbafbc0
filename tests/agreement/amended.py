"""The same policies a while later: a limit lowered, an amount changed, a rule gone, a text under another label or withdrawn."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from tests.agreement.compiled import compiled
from tests.agreement.documents import Pack

from jixiang.language.typed import Rulebook

Files = dict[str, str]


def amended(pack: Pack, seed: int) -> Rulebook:
    """The rulebook of documents after one or two changes; of as many as still check."""
    dice = random.Random(seed)
    rulebook, _ = compiled(pack)
    assert rulebook is not None
    files = pack.files
    for change in dice.choices(CHANGES, k=dice.randint(1, 2)):
        changed = change(dict(files), dice)
        found, _ = compiled(Pack(changed, pack.codes))
        if found is not None and found.policies.keys() == rulebook.policies.keys():
            files, rulebook = changed, found
    return rulebook


def _policies(files: Files) -> list[str]:
    return [name for name in files if name.startswith("policies/")]


def relabelled(files: Files, dice: random.Random) -> Files:
    """Grants of the old label can no longer be judged."""
    name = dice.choice(_policies(files))
    text = files[name]
    labelled = "版本:" in text
    files[name] = text.replace("版本: 旧", "版本: 旧的") if labelled else text.replace("施行:", "版本: 新\n施行:", 1)
    return files


def withdrawn(files: Files, dice: random.Random) -> Files:
    """An older version, or nothing."""
    older = [name for name in files if name.endswith("-旧.md")]
    if older:
        name = dice.choice(older)
        del files[name]
        newer = name.replace("-旧", "")
        files[newer] = re.sub("过渡:.*\n", "", files[newer])
    return files


def _replaced(pattern: str, by: str) -> Callable[[Files, random.Random], Files]:
    def change(files: Files, dice: random.Random) -> Files:
        names = [name for name in _policies(files) if re.search(pattern, files[name])]
        if names:
            name = dice.choice(names)
            files[name] = re.sub(pattern, by, files[name], count=1)
        return files

    return change


CHANGES = (
    relabelled,
    relabelled,
    withdrawn,
    _replaced("最多 2 次", "最多 1 次"),
    _replaced("最多 1 次", "最多 2 次"),
    _replaced("最多 1 次", "最多 0 次"),
    _replaced("最多 [0-9.]+ 元", "最多 100 元"),
    _replaced("金额: [^\n]*", "金额: 150 元"),
    _replaced("(上限|互斥|先高后低)[^\n]*\n", ""),
    _replaced("条件 况一: [^\n]*", "条件 况一: 是"),
    _replaced("次序: [^\n]*\n", ""),
    _replaced("追溯: [^\n]*\n", ""),
)
