"""What one device says at one instant, before it becomes a payload."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.kind import Value


@dataclass(frozen=True, slots=True)
class Said:
    """Values by metric, fault codes, and what events are made of when two instants are compared.

    `conditions`: event types that last (begin, end). `switches`: event types for (becoming true, becoming false).
    """

    values: dict[str, Value]
    faults: tuple[str, ...] = ()
    conditions: frozenset[str] = frozenset()
    switches: Mapping[tuple[str, str], bool] = field(default_factory=dict)


def events_between(before: Said, after: Said) -> list[dict[str, str]]:
    """Return the events of a device that said `before` just now and says `after`, as the contract writes them."""
    events = [{"type": name, "phase": "begin"} for name in sorted(after.conditions - before.conditions)]
    events += ({"type": name, "phase": "end"} for name in sorted(before.conditions - after.conditions))
    for names, state in after.switches.items():
        if before.switches.get(names) is not state:
            events.append({"type": names[0] if state else names[1], "phase": "once"})
    return events
