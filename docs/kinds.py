"""Writes docs/kinds.md from `domain/kinds/`: `python -m docs.kinds`. A test fails when the page is stale."""  # noqa: INP001 - pages live here, not a package

from datetime import timedelta
from pathlib import Path

from domain.kind import AttributeSpec, MetricSpec, SensorKind
from domain.kinds import KINDS

PAGE = Path(__file__).with_name("kinds.md")

_HEAD = """\
# Kinds of devices

Written by `make docs` from `domain/kinds/`; change it there. Units are UCUM codes; `1` has no unit. A value outside its
range is physically impossible and sends the reading to the quarantine (`out_of_range`). "Reports" is how often a
healthy device speaks; a device whose last reading is older than "fresh for" is unknown, neither good nor bad.
"""


def render() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *(_kind(kind) for kind in KINDS.values())])


def _kind(kind: SensorKind) -> str:
    lines = [
        f"## `{kind.name}` {kind.title}",
        "",
        f"Reports every {_span(kind.period)}; fresh for {_span(kind.freshness)}.",
        "",
        "| metric | title | type | unit | range |",
        "|---|---|---|---|---|",
        *(_metric(metric) for metric in kind.metrics),
        "",
        "| register column | title | type | required | values |",
        "|---|---|---|---|---|",
        *(_attribute(attribute) for attribute in kind.attributes),
        "",
        f"Faults: {_codes(kind.faults)}.",
        f"Events: {_codes(kind.events)}.",
        "",
    ]
    return "\n".join(lines)


def _metric(metric: MetricSpec) -> str:
    span = _range(metric.lowest, metric.highest)
    return f"| `{metric.name}` | {metric.title} | {metric.type} | {metric.unit} | {span} |"


def _attribute(attribute: AttributeSpec) -> str:
    choices = ", ".join(f"`{choice}`" for choice in attribute.choices)
    values = choices or _range(attribute.lowest, attribute.highest)
    required = "yes" if attribute.required else ""
    return f"| `{attribute.name}` | {attribute.title} | {attribute.type} | {required} | {values} |"


def _range(lowest: float | None, highest: float | None) -> str:
    return "" if lowest is None or highest is None else f"{lowest:g} … {highest:g}"


def _codes(codes: tuple[str, ...]) -> str:
    return ", ".join(f"`{code}`" for code in codes) or "none"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
