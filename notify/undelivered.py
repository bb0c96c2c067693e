"""What follows from a dead letter: the next person by the same channel, else the fallback, which hears why."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from domain.notice import KEY_LENGTH, Notice, NoticeKind, Posted
from notify.channel import Result


class Undelivered:
    """Never silent: a notice that a channel could not carry is told to somebody else."""

    def __init__(self, fallback: Callable[[], tuple[str, ...]]) -> None:
        """`fallback` gives the channels of the fallback; they are told as groups."""
        self._fallback = fallback

    def follow(self, posted: Posted, result: Result) -> Sequence[Notice]:
        """Return what is posted in place of a dead letter. A fallback that fails ends here: visible, and counted."""
        notice = posted.notice
        if notice.then:
            return [_to_next(notice)]
        if notice.kind is NoticeKind.UNDELIVERED:
            return []
        why = f"{notice.channel}: {result.code or result.outcome.value}"
        return [
            replace(
                notice,
                key=_key(notice.key, f">{channel}"),
                kind=NoticeKind.UNDELIVERED,
                channel=channel,
                person=None,
                digest=False,
                facts={**notice.facts, "text": why, "failed": notice.channel},
            )
            for channel in self._fallback()
            if channel != notice.channel
        ]


def _to_next(notice: Notice) -> Notice:
    person, *others = notice.then
    return replace(notice, key=_key(notice.key, f">{person}"), person=person, then=tuple(others))


def _key(key: str, tail: str) -> str:
    if len(key) + len(tail) <= KEY_LENGTH:
        return key + tail
    return f"{key[: KEY_LENGTH - 33]}:{hashlib.blake2b((key + tail).encode(), digest_size=16).hexdigest()}"
