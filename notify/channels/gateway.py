"""SMS and voice through a gateway that speaks HTTP, with approved templates: no free text (city_operations 5.2).

A template has fixed variables, each of a fixed length, and must be approved before go-live; the alarm's text has to
fit into them. Success is what the answer's body says, never the status alone. Voice: redial after 60 s at the earliest,
five calls an hour and 20 a day to one number; whoever has not answered by then is left, and the next person is called.
SMS: 50 a day to one number for each signature and template.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from typing_extensions import override

from domain.notice import Message, Outcome
from notify.channel import SENT, Limits, Named, Result, Window
from notify.http import Answer, Poster, by_status

HOUR: Final = 3600.0
DAY: Final = 86400.0
SMS_LIMITS: Final = Limits(per_person=(Window(50, DAY),))
VOICE_LIMITS: Final = Limits(per_person=(Window(1, 60), Window(5, HOUR), Window(20, DAY)), most_attempts=5)
_REDIAL_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the gateway's requests and answers are written. Values of `body` may hold `{…}` of the variables."""

    body: Mapping[str, Any]
    variables: Mapping[str, int]
    """Names of facts that the template has, and how many characters of each fit."""
    result: str
    """The field of the answer (dotted) that says how it went."""
    good: frozenset[str]
    limited: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()
    """For voice: not answered, busy: call again. For SMS: an error of the gateway that passes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayChannel(Named):
    """Sends a template's variables to one person."""

    poster: Poster
    token: str = field(repr=False)
    dialect: Dialect

    def send(self, message: Message) -> Result:
        """Tell it."""
        body = json.dumps(_filled(self.dialect.body, self._words(message)), ensure_ascii=False).encode()
        answer = self.poster.post(body, {"Authorization": f"Bearer {self.token}"})
        return self._judged(answer) if isinstance(answer, Answer) else answer

    def _words(self, message: Message) -> Mapping[str, str]:
        facts = {**message.facts, "title": message.title, "text": message.text, "severity": message.severity.word}
        words = {name: str(facts.get(name, ""))[:most] for name, most in self.dialect.variables.items()}
        return {**words, "address": message.addresses[0]}

    def _judged(self, answer: Answer) -> Result:
        found: Any = answer.json()
        for part in self.dialect.result.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        code = "" if found is None else str(found)[:100]
        if code in self.dialect.again:
            return Result(Outcome.LIMITED, code, wait=_REDIAL_S)
        if code in self.dialect.limited:
            return Result(Outcome.LIMITED, code, wait=answer.retry_after or _REDIAL_S)
        if (by := by_status(answer)) is not None:
            return Result(by.outcome, code or by.code, wait=by.wait)
        if code in self.dialect.good:
            return SENT
        return Result(Outcome.REFUSED if code else Outcome.UNKNOWN, code or "no_result")

    @override
    def close(self) -> None:
        """Let go of connections."""
        self.poster.close()


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    """Put the words in place of `{name}`, everywhere in the body; a text that is not a variable stays."""
    if isinstance(value, Mapping):
        return {key: _filled(inner, words) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, words) for inner in value]
    if isinstance(value, str):
        for name, word in words.items():
            value = value.replace(f"{{{name}}}", word)
    return value
