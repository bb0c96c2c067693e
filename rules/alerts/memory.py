"""What a rule must remember of a device beyond its newest reading: how a metric moved, and since when it stands."""

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from domain.kind import Value
from domain.reading import Reading
from rules.alerts.condition import Rate, Stuck


class RateMemory:
    """For each device the readings of one metric within the window."""

    def __init__(self, condition: Rate) -> None:
        """Start without any."""
        self._condition = condition
        self._seen: dict[str, deque[tuple[datetime, float]]] = {}

    def hear(self, reading: Reading) -> None:
        """Take in a reading that is the newest of its device."""
        value = reading.values.get(self._condition.metric)
        if value is None or isinstance(value, str) or not all(g.holds(reading.values) for g in self._condition.given):
            return
        seen = self._seen.setdefault(reading.device, deque())
        if seen and seen[-1][0] == reading.at:
            seen.pop()  # a revision of the same instant
        seen.append((reading.at, float(value)))
        while seen[0][0] < reading.at - self._condition.window:
            seen.popleft()

    def moved(self, device: str) -> float | None:
        """Return how far the newest value is from the extreme of the window, in the direction that counts."""
        seen = self._seen.get(device)
        if not seen or len(seen) == 1:
            return None
        newest, before = seen[-1][1], [v for _, v in list(seen)[:-1]]
        start = max(before) if self._condition.falling else min(before)
        change = start - newest if self._condition.falling else newest - start
        if not self._condition.relative:
            return change
        return change / abs(start) if start else None

    def dump(self) -> Any:
        """Return it as plain JSON."""
        return {d: [[at.isoformat(), v] for at, v in seen] for d, seen in self._seen.items()}

    def restore(self, dumped: Any) -> None:
        """Take back what `dump` gave."""
        self._seen = {d: deque((datetime.fromisoformat(a), v) for a, v in rows) for d, rows in dumped.items()}


class StuckMemory:
    """For each device and metric the last value and since when it is the same."""

    def __init__(self, condition: Stuck) -> None:
        """Start without any."""
        self._condition = condition
        self._since: dict[str, dict[str, tuple[Value, datetime]]] = {}

    def hear(self, reading: Reading) -> None:
        """Take in a reading that is the newest of its device. A metric that is missing starts anew."""
        before = self._since.get(reading.device, {})
        said: dict[str, tuple[Value, datetime]] = {}
        for metric in self._condition.metrics:
            value = reading.values.get(metric)
            if value is not None:
                known = before.get(metric)
                said[metric] = known if known is not None and known[0] == value else (value, reading.at)
        self._since[reading.device] = said

    def longest(self, reading: Reading) -> tuple[str, timedelta] | None:
        """Return the metric that stands still the longest, and for how long; None without any."""
        stands = [(m, reading.at - since) for m, (_, since) in self._since.get(reading.device, {}).items()]
        return max(stands, key=lambda s: s[1], default=None)

    def dump(self) -> Any:
        """Return it as plain JSON."""
        return {d: {m: [v, at.isoformat()] for m, (v, at) in said.items()} for d, said in self._since.items()}

    def restore(self, dumped: Any) -> None:
        """Take back what `dump` gave."""
        self._since = {
            d: {m: (v, datetime.fromisoformat(at)) for m, (v, at) in said.items()} for d, said in dumped.items()
        }


Memory = RateMemory | StuckMemory
