"""The memories of all rules that need one, found by the kind of the reading."""

from collections.abc import Mapping
from typing import Any

from domain.reading import Reading
from rules.alerts.book import RuleBook
from rules.alerts.condition import Rate, Stuck
from rules.alerts.memory import Memory, RateMemory, StuckMemory
from rules.alerts.rule import AlertRule


class Memories:
    """One memory for each rule about a rate or a value that stands still."""

    def __init__(self, book: RuleBook) -> None:
        """Start without any."""
        self._by_rule: dict[str, Memory] = {}
        self._by_kind: dict[str, tuple[Memory, ...]] = {}
        for rule in book.rules.values():
            memory = _memory(rule)
            if memory is not None:
                self._by_rule[rule.name] = memory
                self._by_kind[rule.kind] = (*self.of_kind(rule.kind), memory)

    def hear(self, reading: Reading) -> None:
        """Take in a reading that is the newest of its device."""
        for memory in self.of_kind(reading.kind):
            memory.hear(reading)

    def of_kind(self, kind: str) -> tuple[Memory, ...]:
        """Return the memories that take in readings of a kind."""
        return self._by_kind.get(kind, ())

    def of(self, rule: AlertRule) -> Memory | None:
        """Return the memory of a rule, if it has one."""
        return self._by_rule.get(rule.name)

    def dump(self) -> dict[str, Any]:
        """Return them as plain JSON."""
        return {name: memory.dump() for name, memory in self._by_rule.items()}

    def restore(self, dumped: Mapping[str, Any]) -> None:
        """Take back what `dump` gave, as far as there are such rules still."""
        for name, memory in self._by_rule.items():
            if name in dumped:
                memory.restore(dumped[name])


def _memory(rule: AlertRule) -> Memory | None:
    match rule.condition:
        case Rate() as condition:
            return RateMemory(condition)
        case Stuck() as condition:
            return StuckMemory(condition)
        case _:
            return None
