"""AES-GCM and HMAC-SHA256 with the keys of a ring, for many values at once.

What is sealed is bound to its field and to the row that it belongs to, so that no row can be put in another's place. It
knows no table, and what it opens it gives to its caller only.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from jixiang.vault.keys import Key, KeyRing, Purpose
from jixiang.vault.refusals import refused

NONCE = 12
TAG = 16
OWN_LENGTH = 17  # "P" and sixteen characters
ALPHABET = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", dtype=np.uint8)  # RFC 4648
CHECK = b"jixiang key check/"


class Sealer:
    """Seals with the current key of a purpose, opens with any key of the ring."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self._ciphers = {key.id: AESGCM(key.secret) for key in ring.keys}

    def __repr__(self) -> str:
        return f"Sealer({self.ring.id})"

    def seal(self, purpose: Purpose, texts: Sequence[bytes], rows: Sequence[bytes]) -> list[bytes]:
        """Nonce, ciphertext and tag of each text; `rows` says which row each belongs to."""
        encrypt, prefix = self._ciphers[self.ring.current(purpose).id].encrypt, purpose.encode() + b"/"
        nonces = os.urandom(NONCE * len(texts))
        at = range(0, len(nonces), NONCE)
        return [
            (nonce := nonces[n : n + NONCE]) + encrypt(nonce, text, prefix + row)
            for n, text, row in zip(at, texts, rows, strict=True)
        ]

    def open(self, purpose: Purpose, key: int, sealed: bytes, row: bytes) -> str:
        """The text. Raises `VaultRefused` where anything was changed, or the row is another one."""
        known = self.ring.key(key)
        if known is None or known.purpose != purpose:
            raise refused("keys-lacking", f"密钥文件里没有第 {key} 号密钥", "请换用完整的密钥文件")
        try:
            return self._ciphers[key].decrypt(sealed[:NONCE], sealed[NONCE:], purpose.encode() + b"/" + row).decode()
        except (InvalidTag, ValueError):
            message = f"人员库里有一条记录被改动过({row.decode(errors='replace')})"
            raise refused("vault-tampered", message, "请停止使用并从备份恢复,查明是谁改动了文件") from None

    def own_keys(self, numbers: Sequence[bytes]) -> list[str]:
        """The own key of each canonical number."""
        digests = b"".join([digest[:10] for digest in hmac_each(self.ring.current("naming"), numbers)])
        if not digests:
            return []
        bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8).reshape(-1, 10), axis=1).reshape(-1, 16, 5)
        letters = ALPHABET[bits @ np.array([16, 8, 4, 2, 1], dtype=np.uint8)]
        text = letters.tobytes().decode()
        return ["P" + text[n : n + 16] for n in range(0, len(text), 16)]


def hmac_each(key: Key, messages: Iterable[bytes]) -> list[bytes]:
    """HMAC-SHA256 of each message: the two key pads are hashed once."""
    block = key.secret.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block)).copy
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block)).copy
    digests = []
    for message in messages:
        first = inner()
        first.update(message)
        second = outer()
        second.update(first.digest())
        digests.append(second.digest())
    return digests


def check_value(key: Key) -> bytes:
    """What a vault remembers of a key, to know it again; it tells nothing about the key."""
    return hmac_each(key, [CHECK + f"{key.purpose}/{key.id}".encode()])[0][:16]
