"""WeCom group robot (企业微信群机器人). The key in its URL is its only secret.

20 messages a minute for each robot (errcode 45009 beyond); a text has at most 2,048 bytes. Success is HTTP 2xx *and*
errcode 0 in the body (city_operations 5.2).
"""

import json
from dataclasses import dataclass
from typing import Final

from typing_extensions import override

from domain.duty import ContactKind
from domain.notice import Message, Outcome
from notify.channel import SENT, Limits, Named, Result, Window
from notify.http import Answer, Poster, by_status
from notify.texts import fitted

LIMITS: Final = Limits(windows=(Window(20, 60),))
BYTES: Final = 2048
MENTIONS: Final = ContactKind.WECOM
_MOBILE: Final = 11
_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WeComChannel(Named):
    """Sends text. Whoever has a WeCom address in the roster is mentioned."""

    mentions: ContactKind | None = MENTIONS
    limits: Limits = LIMITS
    poster: Poster

    def send(self, message: Message) -> Result:
        """Tell it."""
        mobiles = [a for a in message.addresses if len(a) == _MOBILE and a.isdecimal()]
        text = {
            "content": fitted(f"{message.title}\n{message.text}", BYTES),
            "mentioned_list": [a for a in message.addresses if a not in mobiles],
            "mentioned_mobile_list": mobiles,
        }
        answer = self.poster.post(json.dumps({"msgtype": "text", "text": text}, ensure_ascii=False).encode(), {})
        return _judged(answer) if isinstance(answer, Answer) else answer

    @override
    def close(self) -> None:
        """Let go of connections."""
        self.poster.close()


def _judged(answer: Answer) -> Result:
    if (by := by_status(answer)) is not None:
        return by
    document = answer.json()
    code, words = document.get("errcode"), str(document.get("errmsg", ""))[:200]
    match code:
        case 0:
            return SENT
        case 45009:
            return Result(Outcome.LIMITED, str(code), words, _MINUTE)
        case -1:
            return Result(Outcome.AWAY, str(code), words)
        case None:
            return Result(Outcome.UNKNOWN, "no_errcode", "the answer has no errcode")
        case _:
            return Result(Outcome.REFUSED, str(code), words)
