"""Tokens of links by which one person acknowledges what one notice told: signed, with an end, nothing secret in them.

A token names a notice of the outbox, a mark of the notice's key (so that it fits no other notice that may once bear the
same number), and when it ends. It is written in letters and digits alone: no channel breaks it up, no filter takes
it for a telephone number (base32 has neither 0 nor 1).
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

PATH: Final = "/a/"
"""Where on the public address the tokens are."""
_NOTICE, _END, _MARK, _SEAL = 6, 4, 4, 16
_SIZE: Final = _NOTICE + _END + _MARK + _SEAL
LENGTH: Final = _SIZE * 8 // 5
"""How many characters a token has."""
_PURPOSE: Final = b"quanyan acknowledge 1\0"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a genuine token says. `ends` is wall time, aware, UTC."""

    notice: int
    ends: datetime
    mark: bytes

    def fits(self, key: str) -> bool:
        """Whether it was made for the notice with this key."""
        return self.mark == _mark(key)


def token(secret: bytes, notice: int, key: str, ends: datetime) -> str:
    """Return the token for a notice of the outbox, valid until `ends` (whole seconds)."""
    plain = notice.to_bytes(_NOTICE) + int(ends.timestamp()).to_bytes(_END) + _mark(key)
    return base64.b32encode(plain + _seal(secret, plain)).decode().lower()


def read(secret: bytes, text: str) -> Claim | None:
    """Return what a token says, or None when it was not made with this secret. Its end is not looked at."""
    try:
        found = base64.b32decode(text.encode("ascii").upper())
    except (UnicodeEncodeError, binascii.Error):
        return None
    plain, seal = found[:-_SEAL], found[-_SEAL:]
    if len(found) != _SIZE or not hmac.compare_digest(seal, _seal(secret, plain)):
        return None
    notice, rest = plain[:_NOTICE], plain[_NOTICE:]
    return Claim(int.from_bytes(notice), datetime.fromtimestamp(int.from_bytes(rest[:_END]), UTC), rest[_END:])


def _mark(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()[:_MARK]


def _seal(secret: bytes, plain: bytes) -> bytes:
    return hmac.new(secret, _PURPOSE + plain, hashlib.sha256).digest()[:_SEAL]
