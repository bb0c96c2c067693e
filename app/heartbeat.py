"""The dead man's switch: calls an outside URL while everything essential is alive. When the calls stop, it tells."""

import logging
from collections.abc import Callable, Mapping

import httpx
from typing_extensions import override

from app.settings import Settings, secret
from domain.errors import ConfigError, Problem
from ingest.worker import Worker
from notify.channel import Result
from notify.egress import Egress, checked_url, hosts
from notify.http import Poster, by_status

logger = logging.getLogger(__name__)

_BODY = b'{"service":"quanyan","alive":true}'


class Heartbeat(Worker):
    """Thread `heartbeat`. A process that is dead, stopped or without the engine calls nobody."""

    def __init__(self, poster: Poster, failing: Callable[[], Mapping[str, str]], every_s: float) -> None:
        """Call by `poster` every so many seconds, unless `failing` names something essential."""
        super().__init__("heartbeat")
        self._poster, self._failing, self._every = poster, failing, every_s
        self.outcomes = dict.fromkeys(("sent", "failed", "withheld"), 0)
        self._why = ""

    @override
    def stop(self, timeout: float) -> None:
        """Stop; a call under way is waited for."""
        super().stop(timeout)
        self._poster.close()

    @override
    def _run(self) -> None:
        while not self._stop.is_set():
            self.beat()
            self._stop.wait(self._every)

    def beat(self) -> None:
        """Call once, or say why not."""
        failing = self._failing()
        why = "; ".join(f"{part}: {reason}" for part, reason in sorted(failing.items()))
        if why:
            self.outcomes["withheld"] += 1
        else:
            answer = self._poster.post(_BODY, {})
            result = answer if isinstance(answer, Result) else by_status(answer)
            self.outcomes["sent" if result is None else "failed"] += 1
            why = "" if result is None else f"{result.code} {result.detail}".strip()
        if why != self._why:
            logger.log(logging.WARNING if why else logging.INFO, "heartbeat", extra={"reason": why or "called again"})
        self._why = why


def open_heartbeat(settings: Settings, failing: Callable[[], Mapping[str, str]]) -> Heartbeat | None:
    """Return the heartbeat of the settings; None when no URL is set.

    Raises:
        ConfigError: the URL is none, or its host is not on the list of allowed hosts.
    """
    wanted = settings.heartbeat
    url = secret(wanted.url, wanted.url_file, "heartbeat.url")
    if url is None:
        return None
    egress = Egress(hosts(wanted.allowed_hosts), wanted.private)
    try:
        url = checked_url(url, egress, "url")
    except ConfigError as error:
        raise ConfigError([Problem("settings", 0, f"heartbeat.{p.field}", p.reason) for p in error.problems]) from None
    poster = Poster(url, egress, timeout=httpx.Timeout(wanted.timeout_s, connect=wanted.timeout_s))
    return Heartbeat(poster, failing, wanted.every_s)
