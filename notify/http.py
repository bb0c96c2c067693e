"""One POST and what became of it: connected or not, answered or not. Redirects are never followed."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import httpx

from domain.notice import Outcome
from notify.channel import Result
from notify.egress import Egress, Forbidden

TIMEOUT: Final = httpx.Timeout(5.0, connect=3.0)
_HEADERS: Final = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "quanyan", "Accept": "*/*"}
_ANSWER: Final = 64 * 1024
"""So much of an answer is read."""
_OK, _REDIRECT, _CLIENT, _SERVER = 200, 300, 400, 500
_BUSY: Final = {429, 503}
_NOT_STARTED: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of the other side."""

    status: int
    body: bytes
    retry_after: float | None

    def json(self) -> Mapping[str, Any]:
        """Return the body as a JSON object; empty when it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Poster:
    """POSTs to one URL. The address is judged for every request, and no request goes anywhere else."""

    def __init__(self, url: str, egress: Egress, ca_file: str | None = None, timeout: httpx.Timeout = TIMEOUT) -> None:
        """Prepare; nothing is contacted yet."""
        self._url, self._egress = url, egress
        verify: Any = True
        if ca_file is not None:
            import ssl

            verify = ssl.create_default_context(cafile=ca_file)
        # the transport alone: a client would write every URL, and with it a robot's token, to the log
        self._transport = httpx.HTTPTransport(verify=verify, trust_env=False)
        self._timeout = timeout.as_dict()

    def post(
        self, content: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> Answer | Result:
        """Return the answer, or what the network did. The URL is in no text: it may hold a secret."""
        try:
            address = self._egress.resolve(self._url)
        except Forbidden as forbidden:
            return Result(Outcome.REFUSED, "egress", str(forbidden))
        except OSError as error:
            return Result(Outcome.AWAY, "dns", error.__class__.__name__)
        parts = urlsplit(self._url)
        target = f"[{address}]" if ":" in address else address
        url = httpx.URL(urlunsplit(parts._replace(netloc=f"{target}:{parts.port}" if parts.port else target)))
        request = httpx.Request(
            "POST",
            url.copy_merge_params(query) if query else url,
            content=content,
            headers={**_HEADERS, **headers, "Host": parts.netloc},
            extensions={"sni_hostname": parts.hostname, "timeout": self._timeout},
        )
        return self._send(request)

    def _send(self, request: httpx.Request) -> Answer | Result:
        try:
            response = self._transport.handle_request(request)
            try:
                body = b""
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > _ANSWER:
                        break
            finally:
                response.close()
        except _NOT_STARTED as error:
            return Result(Outcome.AWAY, "connect", error.__class__.__name__)
        except httpx.HTTPError as error:  # it may have arrived: the request was on its way
            return Result(Outcome.UNKNOWN, "no_answer", error.__class__.__name__)
        return Answer(response.status_code, body[:_ANSWER], _retry_after(response))

    def close(self) -> None:
        """Let go of connections."""
        self._transport.close()


def by_status(answer: Answer) -> Result | None:
    """Return what a status other than success says; None = success, look into the body."""
    code = f"http_{answer.status}"
    if answer.status in _BUSY:
        outcome = Outcome.LIMITED if answer.status == 429 else Outcome.AWAY  # noqa: PLR2004
        return Result(outcome, code, wait=answer.retry_after)
    if answer.status >= _SERVER:
        return Result(Outcome.UNKNOWN, code)  # it failed after it had taken the request: nobody knows how far it came
    if answer.status >= _CLIENT:
        return Result(Outcome.REFUSED, code)
    if answer.status >= _REDIRECT:
        return Result(Outcome.REFUSED, code, "redirects are not followed")
    return None if answer.status >= _OK else Result(Outcome.UNKNOWN, code)


def _retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("retry-after", "")
    if text.isdecimal():
        return float(min(int(text[:6]), 3600))
    with contextlib.suppress(ValueError, TypeError):
        date = response.headers.get("date")
        if text and date:
            return max(0.0, (parsedate_to_datetime(text) - parsedate_to_datetime(date)).total_seconds())
    return None
