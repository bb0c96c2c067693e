"""What the board remembers: a course for each rule and subject of which anything is worth remembering."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from typing_extensions import override

from rules.alerts.course import Course, Finding
from rules.alerts.ledger import Key
from rules.alerts.rule import AlertRule


@dataclass(slots=True)
class Entry:
    """A course with what was found last. `timer` is the instant at which it is looked at again."""

    rule: AlertRule
    course: Course
    finding: Finding | None = None
    timer: datetime | None = None
    heard: datetime | None = None
    """Event time of the reading that was judged last; None for scopes."""


class Entries(Mapping[Key, Entry]):
    """Entries by rule and subject. Whether a subject has any at all is one look-up: most readings ask just that."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._by_key: dict[Key, Entry] = {}
        self.subjects: Counter[str] = Counter()
        """How many rules remember something of a subject; only subjects of which one does."""

    @override
    def __getitem__(self, key: Key) -> Entry:
        return self._by_key[key]

    @override
    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    @override
    def __iter__(self) -> Iterator[Key]:
        return iter(self._by_key)

    @override
    def __len__(self) -> int:
        return len(self._by_key)

    def keep(self, key: Key, entry: Entry) -> None:
        """Remember an entry, in the place of one by the same key."""
        if key not in self._by_key:
            self.subjects[key[1]] += 1
        self._by_key[key] = entry

    def drop(self, key: Key) -> None:
        """Forget an entry, if there is one."""
        if self._by_key.pop(key, None) is not None:
            self.subjects[key[1]] -= 1
            if not self.subjects[key[1]]:
                del self.subjects[key[1]]
