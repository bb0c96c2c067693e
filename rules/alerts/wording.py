"""What an alert says in one line, in Chinese."""

import re
from string import Formatter
from typing import Final

from domain.kinds import KINDS
from rules.alerts.course import Finding
from rules.alerts.judges import NOT_POSITIVE, SAME_FOR
from rules.alerts.places import Place
from rules.alerts.rule import AlertRule

FIELDS: Final = frozenset({"title", "name", "value", "limit", "label", "why"})
"""What a rule's text may name."""
_STUCK: Final = re.compile(rf"(\w+) {SAME_FOR} (\S+) h")
_DEAD: Final = re.compile(rf"(\w+) {NOT_POSITIVE}")


def text_of(rule: AlertRule, place: Place, finding: Finding | None, level: int) -> str:
    """Return the text of a rule with the figures of a finding filled in."""
    rung = rule.timing.rungs[max(level, 0)]
    said = {
        "title": rule.title,
        "name": place.name,
        "value": _figure(finding.value if finding else None),
        "limit": _figure(finding.limit if finding else None),
        "label": rung.label or rung.severity.word,
        "why": _why(rule, finding.why) if finding else "",
    }
    return (rule.text or "{title}：{name}").format_map(said)


def _why(rule: AlertRule, why: str) -> str:
    """Return why a rule found what it found: of a stuck value in the words of the text it becomes a part of."""
    if found := _STUCK.fullmatch(why):
        return f"{_metric(rule, found[1])}已 {found[2]} 小时未变"
    if found := _DEAD.fullmatch(why):
        return f"{_metric(rule, found[1])}不大于零"
    return why


def _metric(rule: AlertRule, name: str) -> str:
    spec = KINDS[rule.kind].metric(name)
    return name if spec is None else spec.title


def unknown_fields(text: str) -> list[str]:
    """Return the fields of a text that are none of `FIELDS`, or `{` when it is no template at all."""
    try:
        named = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return ["{"]
    return [name for name in named if name not in FIELDS]


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:.4g}" if abs(value) < 10_000 else f"{value:.0f}"  # noqa: PLR2004
