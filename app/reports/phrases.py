"""What a measure or a verdict gives as its reason, in Chinese: found as a whole, in parts, or by a template.

The catalogue is the page's too; `{}` in a phrase stands for a part, `{0}` … in its translation for where the part goes.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

_BEFORE: Final = re.compile(r"(assumed|not official): (.+)", re.DOTALL)
"""What stands before another text."""


class Translator:
    """Translates by one catalogue. `part` writes what is a figure, a name or a scope, and no phrase."""

    def __init__(self, phrases: Mapping[str, str], part: Callable[[str], str]) -> None:
        """Take the templates apart once, the longest first."""
        self._phrases, self._part = phrases, part
        templates = sorted((phrase for phrase in phrases if "{}" in phrase), key=len, reverse=True)
        self._templates = [
            (re.compile("(.+?)".join(map(re.escape, phrase.split("{}"))), re.DOTALL), phrases[phrase])
            for phrase in templates
        ]

    def __call__(self, text: str) -> str:
        """Return the text in Chinese, as it came where the catalogue does not know it."""
        found = self._known(text)
        return text if found is None else found

    def _known(self, text: str) -> str | None:
        return self._phrases.get(text) or self._prefixed(text) or self._listed(text) or self._templated(text)

    def _filled(self, raw: str) -> str:
        found = self._known(raw)
        return self._part(raw) if found is None else found

    def _prefixed(self, text: str) -> str | None:
        found = _BEFORE.fullmatch(text)
        to = self._phrases.get(f"{found[1]}: {{}}") if found else None
        return to.replace("{0}", self._filled(found[2])) if found and to else None

    def _listed(self, text: str) -> str | None:
        """Reasons are strung together by semicolons; some hold one themselves: the longest known beginning counts."""
        parts = text.split("; ")
        for end in range(len(parts) - 1, 0, -1):
            head = "; ".join(parts[:end])
            first = self._phrases.get(head) or ((self._templated(head) or self._prefixed(head)) if end == 1 else None)
            if first is not None:
                return f"{first}；{self._filled('; '.join(parts[end:]))}"
        return None

    def _templated(self, text: str) -> str | None:
        for pattern, to in self._templates:
            found = pattern.fullmatch(text)
            if found and not any("; " in each for each in found.groups()):
                parts = [self._filled(each) for each in found.groups()]
                return to.format(*parts)
        return None


@cache
def catalogue(name: str) -> Mapping[str, str]:
    """Return a catalogue of the page: `verdicts` (reasons, English to Chinese) or `counted` (UCUM units that count)."""
    phrases: Mapping[str, str] = json.loads((files("api") / "said" / f"{name}.json").read_text(encoding="utf-8"))
    return phrases
