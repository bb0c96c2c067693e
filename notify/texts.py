"""Messages from templates, in the language of who reads them, without phone numbers and plates."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from domain.citytime import Place
from domain.errors import ConfigError, Problem
from domain.notice import Message, Notice, NoticeKind

SHIPPED: Final = Path(__file__).parent / "templates"
LANGUAGES: Final = ("zh", "en")
_SHOWN = 8
"""How many of a digest's notices are named; the others are counted."""
_PHONE = re.compile(
    r"(?<![A-Za-z0-9._])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9._])0\d{2,3}-\d{7,8}(?![A-Za-z0-9])"
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·\s-]?[A-HJ-NP-Z0-9]{5,6}"
)
_HIDDEN = "***"
_SPOKEN: Final = ("title", "place", "text", "runbook", "nobody")
"""The facts that are words."""
Say = Mapping[str, Callable[[str], str]]
"""By language: how a text of the service reads in it."""


class Texts:
    """Renders notices. Thread-safe."""

    def __init__(self, place: Place, folder: Path | None = None, say: Say = MappingProxyType({})) -> None:
        """Use the templates that ship with Quanyan; files in `folder` come before them. `say` translates facts.

        Raises:
            ConfigError: a template of `folder` cannot be read or is none.
        """
        loaders = [FileSystemLoader(folder)] if folder else []
        loader = ChoiceLoader([*loaders, FileSystemLoader(SHIPPED)])
        self._templates: Environment = SandboxedEnvironment(loader=loader, trim_blocks=True, lstrip_blocks=True)
        self._tz, self._say = place.tz, say
        for language in LANGUAGES:
            for name in ("notice", "digest"):
                try:
                    self._templates.get_template(f"{language}/{name}.txt")
                except (TemplateError, OSError, UnicodeDecodeError) as error:
                    place_of = str((folder or SHIPPED) / language / f"{name}.txt")
                    raise ConfigError([Problem(place_of, getattr(error, "lineno", 0) or 0, "", str(error))]) from None

    def message(self, notices: Sequence[Notice], language: str, addresses: Sequence[str], link: str = "") -> Message:
        """Return one message that tells of one notice or of many, newest state of a group first, with its link."""
        language = language if language in LANGUAGES else LANGUAGES[0]
        worst = max(notices, key=lambda n: n.severity.rank)
        name = "notice" if len(notices) == 1 else "digest"
        shown = [self._facts(n, language) for n in sorted(notices, key=lambda n: -n.severity.rank)[:_SHOWN]]
        rendered = self._templates.get_template(f"{language}/{name}.txt").render(
            n=shown[0],
            link=link,
            notices=shown,
            count=len(notices),
            more=len(notices) - len(shown),
            kinds=len({n.kind for n in notices}),
        )
        title, _, text = clean(rendered.strip()).partition("\n")
        return Message(
            title=title.strip(),
            text=text.strip(),
            severity=worst.severity,
            group=worst.group,
            keys=tuple(n.key for n in notices),
            addresses=tuple(addresses),
            facts=_plain(
                {
                    **self._said(worst, language),
                    "link": link,
                    "count": len(notices),
                    "at": worst.at.isoformat(),
                    "kind": worst.kind.value,
                }
            ),
            resolved=all(n.kind is NoticeKind.RECOVERED for n in notices),
            about=tuple(notices),
        )

    def _said(self, notice: Notice, language: str) -> Mapping[str, Any]:
        say, facts = self._say.get(language, str), notice.facts
        return {**facts, **{key: say(facts[key]) for key in _SPOKEN if isinstance(facts.get(key), str)}}

    def _facts(self, notice: Notice, language: str) -> Mapping[str, Any]:
        return {
            **self._said(notice, language),
            "kind": notice.kind.value,
            "severity": notice.severity.value,
            "severity_word": notice.severity.word,
            "group": notice.group,
            "unit": notice.unit,
            "at": notice.at.astimezone(self._tz).strftime("%m-%d %H:%M:%S"),
        }


def clean(text: str) -> str:
    """Return a text with phone numbers and plates hidden."""
    return _PLATE.sub(_HIDDEN, _PHONE.sub(_HIDDEN, text))


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: clean(value) if isinstance(value, str) else value for key, value in facts.items()}


def fitted(text: str, most: int) -> str:
    """Return a text of at most `most` bytes of UTF-8, cut between characters and marked with an ellipsis."""
    data = text.encode()
    if len(data) <= most:
        return text
    end = "…"
    return data[: most - len(end.encode())].decode(errors="ignore") + end
