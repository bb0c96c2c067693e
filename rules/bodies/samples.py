"""The samples of one point over the last three weeks, as the ranges that each indicator fell into.

Three weeks (our choice) hold the three samples that the guide asks for at its longest interval of seven days. A sample
is kept as one small number, and a day's samples as one text in dumps.
"""

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from domain.reading import Reading
from rules.standards.black_odorous import ITEMS, Grade, ItemCounts, PointCounts, grades_of
from rules.watch.board import number

INVALIDATING: Final = frozenset({"maintenance", "stopped", "instrumentFault"})
"""With one of these faults a sample is not valid, whatever it says."""
DAYS: Final = 21
_ABSENT: Final = 3
"""What stands for an indicator that was not measured, in two bits."""


class Sample(NamedTuple):
    """What counts of one reading: its revision, and two bits per indicator."""

    revision: int
    code: int


NOTHING: Final = sum(_ABSENT << 2 * n for n in range(len(ITEMS)))
"""The code of a sample that says nothing."""


def sample_of(reading: Reading) -> Sample:
    """Return what counts of a reading; nothing of an invalid one."""
    if not INVALIDATING.isdisjoint(reading.faults):
        return Sample(reading.revision, NOTHING)
    values = {item: value for item in ITEMS if (value := number(reading, item)) is not None}
    return Sample(reading.revision, encode(grades_of(values, number(reading, "depth"))))


def encode(grades: dict[str, Grade]) -> int:
    """Return the ranges of a sample as one number."""
    return sum(int(grades.get(item, _ABSENT)) << 2 * n for n, item in enumerate(ITEMS))


def decode(code: int) -> dict[str, Grade]:
    """Return the ranges that a number stands for."""
    bits = {item: code >> 2 * n & _ABSENT for n, item in enumerate(ITEMS)}
    return {item: Grade(each) for item, each in bits.items() if each != _ABSENT}


def first_day(now: datetime, tz: ZoneInfo) -> date:
    """Return the first local day whose samples count at `now`; the running day is the last."""
    return now.astimezone(tz).date() - timedelta(days=DAYS - 1)


class PointSamples:
    """The samples of one point by local day and microsecond. Counts and texts of days are made once."""

    __slots__ = ("_counts", "_days", "_texts")

    def __init__(self) -> None:
        """Start without samples."""
        self._days: dict[date, dict[int, Sample]] = {}
        self._texts: dict[date, str] = {}
        self._counts: PointCounts | None = None

    def put(self, day: date, at: int, sample: Sample) -> bool:
        """Keep a sample (`at`: microseconds since 1970 UTC); return whether it is news."""
        known = self._days.setdefault(day, {})
        if at in known and known[at].revision >= sample.revision:
            return False
        known[at] = sample
        self._texts.pop(day, None)
        self._counts = None
        return True

    def drop_before(self, day: date) -> bool:
        """Let go of the days before `day`; return whether there were any."""
        old = [each for each in self._days if each < day]
        for each in old:
            del self._days[each]
            self._texts.pop(each, None)
        if old:
            self._counts = None
        return bool(old)

    def counts(self) -> PointCounts:
        """Return how many values each indicator has, and how many of them are light and heavy."""
        if self._counts is None:
            found = dict.fromkeys(ITEMS, ItemCounts())
            for samples in self._days.values():
                for sample in samples.values():
                    for item, grade in decode(sample.code).items():
                        had = found[item]
                        light, heavy = grade is Grade.LIGHT, grade is Grade.HEAVY
                        found[item] = ItemCounts(had.data + 1, had.light + light, had.heavy + heavy)
            self._counts = found
        return self._counts

    def dump(self) -> list[str]:
        """Return one text per day: `at.revision.code` of each sample, separated by blanks."""
        for day, samples in self._days.items():
            if day not in self._texts:
                self._texts[day] = " ".join(f"{at}.{s.revision}.{s.code}" for at, s in samples.items())
        return list(self._texts.values())


def dumped(texts: list[str]) -> list[tuple[int, Sample]]:
    """Return instant (microseconds) and sample of each entry of a dump."""
    rows = (tuple(int(part) for part in entry.split(".")) for text in texts for entry in text.split())
    return [(at, Sample(revision, code)) for at, revision, code in rows]
