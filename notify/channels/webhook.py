"""A generic webhook: JSON, signed with HMAC-SHA256 over time and body, so that the other side can check both.

`Quanyan-Signature: t=<unix seconds>,v1=<hex>` where v1 = HMAC-SHA256(secret, "<t>." + body). The header
`Idempotency-Key` is the same whenever the same message is repeated. Success is a status of 2xx.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from typing_extensions import override

from domain.notice import Message
from notify.channel import SENT, Named, Result
from notify.http import Answer, Poster, by_status


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel(Named):
    """POSTs messages. `wall` is the wall clock, for the signature's time."""

    poster: Poster
    secret: str = field(repr=False)
    wall: Callable[[], datetime]

    def send(self, message: Message) -> Result:
        """Tell it."""
        body = json.dumps(_document(message), ensure_ascii=False).encode()
        stamp = str(int(self.wall().timestamp()))
        signature = sign(self.secret, stamp, body)
        key = hashlib.blake2b("\n".join(message.keys).encode(), digest_size=16).hexdigest()
        answer = self.poster.post(body, {"Quanyan-Signature": f"t={stamp},v1={signature}", "Idempotency-Key": key})
        if not isinstance(answer, Answer):
            return answer
        return by_status(answer) or SENT

    @override
    def close(self) -> None:
        """Let go of connections."""
        self.poster.close()


def sign(secret: str, stamp: str, body: bytes) -> str:
    """Return the signature of a body sent at `stamp`, hexadecimal."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def _document(message: Message) -> dict[str, object]:
    return {
        "title": message.title,
        "text": message.text,
        "severity": message.severity.value,
        "group": message.group,
        "resolved": message.resolved,
        "keys": list(message.keys),
        "notices": [
            {"key": n.key, "kind": n.kind.value, "severity": n.severity.value, "group": n.group, "at": n.at.isoformat()}
            for n in message.about
        ],
        "facts": dict(message.facts),
    }
