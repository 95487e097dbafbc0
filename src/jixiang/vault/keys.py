"""The keys of the vault: one for each field and each index, kept in a file of their own that only its owner may read.

Of the keys of a purpose the newest writes; older ones only read, until a rotation has left no row to them. The naming key
makes the person ids in the fact files and is never rotated. Keys never appear in a repr, a message or the database.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import stat
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from jixiang.vault.refusals import VaultRefused, refused

Purpose: TypeAlias = Literal["number", "name", "account", "number-index", "name-index", "account-index", "naming"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
ROTATED: tuple[Purpose, ...] = PURPOSES[:-1]
FORMAT = 1
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Key:
    """Ids are unique in a ring, whatever the purpose, and never used again."""

    id: int
    purpose: Purpose
    created: date
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class KeyRing:
    """`id` says which ring it is: a vault opens with the ring that it was made with, and no other."""

    id: str
    keys: tuple[Key, ...]

    def current(self, purpose: Purpose) -> Key:
        """The one that writes."""
        return self.of(purpose)[0]

    def of(self, purpose: Purpose) -> tuple[Key, ...]:
        """All of a purpose, the newest first."""
        return tuple(sorted((key for key in self.keys if key.purpose == purpose), key=lambda key: -key.id))

    def key(self, number: int) -> Key | None:
        return next((key for key in self.keys if key.id == number), None)

    def renewed(self, purposes: Collection[Purpose], *, created: date) -> KeyRing:
        """The ring with a new key for each of these purposes; the old ones stay until nothing needs them."""
        for purpose in purposes:
            if purpose not in ROTATED:
                raise refused(
                    "keys-naming",
                    "人员代号的密钥不能更换",
                    "事实表里的人员代号由它算出;只更换号码、姓名、账号及其索引的密钥",
                )
        first = max(key.id for key in self.keys) + 1
        return replace(self, keys=(*self.keys, *_new_keys(sorted(set(purposes)), first, created)))

    def without(self, numbers: Collection[int]) -> KeyRing:
        """The ring less keys that the vault has retired. A current key stays."""
        for purpose in PURPOSES:
            if self.current(purpose).id in numbers:
                raise ValueError(f"the key for {purpose} is in use")
        return replace(self, keys=tuple(key for key in self.keys if key.id not in numbers))

    def save(self, path: Path) -> None:
        """Written beside and renamed, so that a crash leaves the old file or the new one."""
        draft = path.with_name(path.name + ".draft")
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(_as_json(self), file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync_folder(path.parent)


def new_ring(*, created: date) -> KeyRing:
    """A ring with one key for each purpose, in memory only."""
    return KeyRing(secrets.token_hex(8), tuple(_new_keys(PURPOSES, 1, created)))


def create_ring(path: Path, *, created: date) -> KeyRing:
    """A new ring in a new file."""
    if path.exists():
        raise refused("keys-exist", "密钥文件已经存在", "沿用它,或换一个位置;不要覆盖,否则原有数据无法解密", file=path)
    ring = new_ring(created=created)
    ring.save(path)
    return ring


def load_ring(path: Path) -> KeyRing:
    """Raises `VaultRefused` where the file is missing, damaged, or open to others."""
    try:
        with path.open(encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read()
    except FileNotFoundError:
        raise refused("keys-missing", "找不到密钥文件", "请指明密钥文件的位置,或从备份恢复", file=path) from None
    except (OSError, UnicodeDecodeError):
        raise _damaged(path, "读不出来") from None
    if mode & 0o077:
        raise refused("keys-open", "密钥文件对其他用户开放", f"请执行 chmod 600 {path.name},并考虑更换密钥", file=path)
    return _from_text(text, path)


def _new_keys(purposes: Iterable[Purpose], first: int, created: date) -> Iterable[Key]:
    return [Key(n, purpose, created, secrets.token_bytes(KEY_BYTES)) for n, purpose in enumerate(purposes, first)]


def _as_json(ring: KeyRing) -> dict[str, Any]:
    keys = [
        {
            "id": key.id,
            "purpose": key.purpose,
            "created": key.created.isoformat(),
            "key": base64.b64encode(key.secret).decode(),
        }
        for key in ring.keys
    ]
    return {"format": FORMAT, "ring": ring.id, "keys": keys}


def _from_text(text: str, path: Path) -> KeyRing:
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise _damaged(path, "不是这个版本的格式")
        ring = KeyRing(str(data["ring"]), tuple(_key(row) for row in data["keys"]))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, binascii.Error):
        raise _damaged(path, "内容不完整") from None
    if len({key.id for key in ring.keys}) != len(ring.keys):
        raise _damaged(path, "同一编号有两把密钥")
    if any(not ring.of(purpose) for purpose in PURPOSES) or len(ring.of("naming")) != 1:
        raise _damaged(path, "缺少某种用途的密钥")
    return ring


def _key(row: dict[str, Any]) -> Key:
    secret = base64.b64decode(row["key"], validate=True)
    if row["purpose"] not in PURPOSES or len(secret) != KEY_BYTES or type(row["id"]) is not int or row["id"] < 1:
        raise ValueError
    return Key(row["id"], row["purpose"], date.fromisoformat(row["created"]), secret)


def _damaged(path: Path, what: str) -> VaultRefused:
    return refused("keys-damaged", f"密钥文件损坏:{what}", "请从备份恢复,不要手工修改", file=path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
