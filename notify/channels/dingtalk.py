r"""DingTalk group robot (钉钉群机器人), signed.

20 messages a minute for each robot; over that it is limited for 10 minutes (errcode 130101). Success is HTTP 2xx *and*
errcode 0 in the body: a rejected message comes with HTTP 200. The signature is HMAC-SHA256 over "<ms>\n<secret>" with
the secret as key, base64, URL-encoded once (apprise encodes it twice and is told "sign not match", errcode 310000);
the clock must be right within an hour (city_operations 5.2 and 5.3).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from typing_extensions import override

from domain.duty import ContactKind
from domain.notice import Message, Outcome
from notify.channel import SENT, Limits, Named, Result, Window
from notify.http import Answer, Poster, by_status
from notify.texts import fitted

LIMITS: Final = Limits(windows=(Window(20, 60),))
BYTES: Final = 18_000
"""The longest text (our choice; the source states no limit for the text robot)."""
MENTIONS: Final = ContactKind.DINGTALK
_PENALTY_S: Final = 600.0
_MOBILE: Final = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class DingTalkChannel(Named):
    """Sends text. Whoever has a DingTalk address in the roster is mentioned."""

    mentions: ContactKind | None = MENTIONS
    limits: Limits = LIMITS
    poster: Poster
    secret: str = field(repr=False)
    wall: Callable[[], datetime]

    def send(self, message: Message) -> Result:
        """Tell it."""
        stamp = str(int(self.wall().timestamp() * 1000))
        mobiles = [a for a in message.addresses if len(a) == _MOBILE and a.isdecimal()]
        body = {
            "msgtype": "text",
            "text": {"content": fitted(f"{message.title}\n{message.text}", BYTES)},
            "at": {
                "atMobiles": mobiles,
                "atUserIds": [a for a in message.addresses if a not in mobiles],
                "isAtAll": False,
            },
        }
        query = {"timestamp": stamp, "sign": signature(self.secret, stamp)}
        answer = self.poster.post(json.dumps(body, ensure_ascii=False).encode(), {}, query)
        return _judged(answer) if isinstance(answer, Answer) else answer

    @override
    def close(self) -> None:
        """Let go of connections."""
        self.poster.close()


def signature(secret: str, stamp: str) -> str:
    """Return the signature, base64; the query encodes it, once."""
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _judged(answer: Answer) -> Result:
    if (by := by_status(answer)) is not None:
        return by
    document = answer.json()
    code, words = document.get("errcode"), str(document.get("errmsg", ""))[:200]
    match code:
        case 0:
            return SENT
        case 130101:
            return Result(Outcome.LIMITED, str(code), words, _PENALTY_S)
        case -1:
            return Result(Outcome.AWAY, str(code), words)
        case None:
            return Result(Outcome.UNKNOWN, "no_errcode", "the answer has no errcode")
        case _:
            return Result(Outcome.REFUSED, str(code), words)
