r"""Feishu group robot (飞书群机器人), signed in the body.

100 messages a minute and 5 a second, at most 20 KB; around full and half hours it is busy (code 11232). The signature
is HMAC-SHA256 over nothing, with "<seconds>\n<secret>" as key, base64. Success is HTTP 2xx *and* code 0 in the body;
"too many request" comes as code 9499 with HTTP 400; 19021 = signature, 19022 = address, 19024 = keyword
(city_operations 5.2).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Final

from typing_extensions import override

from domain.duty import ContactKind
from domain.notice import Message, Outcome
from notify.channel import SENT, Limits, Named, Result, Window
from notify.http import Answer, Poster, by_status
from notify.texts import fitted

LIMITS: Final = Limits(windows=(Window(100, 60), Window(5, 1)))
BYTES: Final = 20 * 1024
MENTIONS: Final = ContactKind.FEISHU
_ENVELOPE: Final = 2048
"""What of the 20 KB is kept for everything around the text (our choice)."""
_WAITS: Final = {9499: 60.0, 11232: 20.0}
"""Seconds to wait by code (our choice: a minute's window; beyond the full hour's crowd)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeishuChannel(Named):
    """Sends text. Whoever has a Feishu address in the roster is mentioned."""

    mentions: ContactKind | None = MENTIONS
    limits: Limits = LIMITS
    poster: Poster
    secret: str = field(repr=False)
    wall: Callable[[], datetime]

    def send(self, message: Message) -> Result:
        """Tell it."""
        stamp = str(int(self.wall().timestamp()))
        mentions = "".join(f'<at user_id="{escape(a, quote=True)}"></at>' for a in message.addresses)
        body = {
            "timestamp": stamp,
            "sign": signature(self.secret, stamp),
            "msg_type": "text",
            "content": {"text": mentions + fitted(f"{message.title}\n{message.text}", (BYTES - _ENVELOPE) // 2)},
        }
        answer = self.poster.post(json.dumps(body, ensure_ascii=False).encode(), {})
        return _judged(answer) if isinstance(answer, Answer) else answer

    @override
    def close(self) -> None:
        """Let go of connections."""
        self.poster.close()


def signature(secret: str, stamp: str) -> str:
    """Return the signature, base64: the key is the text, and the message is empty."""
    return base64.b64encode(hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def _judged(answer: Answer) -> Result:
    document = answer.json()
    code = document.get("code", document.get("StatusCode"))
    words = str(document.get("msg", document.get("StatusMessage", "")))[:200]
    if isinstance(code, int) and code in _WAITS:  # before the status: it comes with HTTP 400
        return Result(Outcome.LIMITED, str(code), words, _WAITS[code])
    if (by := by_status(answer)) is not None:
        return by if code is None else Result(by.outcome, str(code), words, by.wait)
    match code:
        case 0:
            return SENT
        case None:
            return Result(Outcome.UNKNOWN, "no_code", "the answer has no code")
        case _:
            return Result(Outcome.REFUSED, str(code), words)
