"""The samples of all sections of this year and the last, automatic and of the laboratory, and what they add up to.

One of these is shared by every state of the city that stands for sections. It is exact for the last `now` it was given.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from domain.device import AssetState
from domain.kinds import KINDS
from domain.local_day import LocalDays
from domain.period import Period, PeriodKind, periods
from domain.reading import Reading
from rules.expiry import Expiry
from rules.indicator import Latest, World
from rules.standards.gb3838 import AUTO5
from rules.water.month import SILENT, PeriodValue, StationMonth, month_value, months_together, station_month
from rules.water.samples import LABORATORY_ITEMS, Counts, Sample, Samples, valid_values

SECTION: Final = "river_section"
LABORATORY: Final = "section_sample"
_ITEMS: Final = {SECTION: AUTO5, LABORATORY: LABORATORY_ITEMS}


class WaterYears:
    """Samples since the first of January of last year; older ones come too late to count."""

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Start without samples, as of `now`; `latest` is the city's own view of the newest readings."""
        self.now = now
        self._latest = latest
        self._expiry = Expiry(KINDS[SECTION].freshness)
        self._world = world
        self._tz = world.place.tz
        self._begin(now.astimezone(self._tz).date())
        self._samples: dict[str, dict[date, Samples]] = {}
        self._hot: dict[Samples, date] = {}
        """Those that something was put into, and the first day of their month."""
        self._months: dict[str, dict[date, PeriodValue]] = {}
        self._values: dict[str, dict[Period, PeriodValue]] = {}
        self._touched: set[str] = set()
        self._listeners: list[Callable[[str], None]] = []
        self._local = LocalDays(self._tz, now)
        self._laboratories: dict[str, set[str]] = {}
        self._stations: Mapping[str, Mapping[date, StationMonth]] = {}
        self._look_up()

    def _begin(self, today: date) -> None:
        self.today = today
        """The running day, by the city's clock."""
        self._oldest = date(today.year - 1, 1, 1)
        """The first day that is kept."""

    def listen(self, listener: Callable[[str], None]) -> bool:
        """Have `tell` tell `listener` the sections with news. Returns whether it is the first to listen."""
        self._listeners.append(listener)
        return len(self._listeners) == 1

    def tell(self) -> None:
        """Tell every listener of which sections a reading was news since the last call."""
        for listener in self._listeners:
            for section in self._touched:
                listener(section)
        self._touched.clear()

    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Take in a reading of a section or a laboratory, not later than `now`."""
        sample = Sample(reading.revision, valid_values(reading, _ITEMS[reading.kind]))
        of_laboratory = reading.kind == LABORATORY
        self._put(reading.device, reading.at, sample, of_laboratory=of_laboratory)
        if newest and not of_laboratory:
            self._expiry.watch(reading)

    def fresh(self, section: str) -> Reading | None:
        """Return the newest reading of a section's station while it is fresh."""
        reading = self._latest.get(section)
        return reading if reading is not None and self._expiry.is_fresh(reading, self.now) else None

    def _put(self, device: str, at: datetime, sample: Sample, *, of_laboratory: bool) -> None:
        local = self._local.of(at)
        day, first = local.day, local.first_of_month
        if day < self._oldest:
            return
        months = self._samples.get(device)
        if months is None:
            months = self._samples[device] = {}
        samples = months.get(first)
        if samples is None:
            samples = months[first] = Samples()
        self._hot[samples] = first
        if samples.put(day, at, sample):
            for section in self._named_by(device) if of_laboratory else (device,):
                self._touched.add(section)
                if day < self.today:
                    self._months.get(section, {}).pop(first, None)
                    self._values.pop(section, None)

    def advance(self, now: datetime) -> None:
        """Let freshness end, days and months close and, with the new year, the year before the last go."""
        before, self.now = self.now, now
        self._touched.update(self._expiry.expired(now, self._latest))
        today = now.astimezone(self._tz).date()
        if today == self.today:
            return
        self._begin(today)
        for known in self._values.values():
            for period in [p for p in known if p.end > before or p.first_day < self._oldest]:
                del known[period]
        for device, months in self._samples.items():
            for first in [m for m in months if m < self._oldest]:
                del months[first]
                self._months.get(device, {}).pop(first, None)
        for samples in [samples for samples, first in self._hot.items() if first < today.replace(day=1)]:
            del self._hot[samples]
            samples.cool(self._tz)

    def take_over(self, stations: Mapping[str, Mapping[date, StationMonth]]) -> None:
        """Take over what stations said of closed months, by section and first day, so that no samples are needed.

        For a city that is taken through its past once: neither late samples nor another register change it.
        """
        self._stations = stations

    def set_world(self, world: World) -> None:
        """Take over another register."""
        changed = world.register is not self._world.register
        self._world = world
        if changed:
            self._look_up()

    def _look_up(self) -> None:
        """Look up which laboratory series name which sections; what counts is found anew."""
        self._laboratories = {}
        for timeline in self._world.register.timelines(LABORATORY):
            for version in timeline:
                named = self._laboratories.setdefault(version.device.text("section"), set())
                named.add(version.device.id)
        self._months.clear()
        self._values.clear()
        for months in self._samples.values():
            for samples in months.values():
                samples.forget_means()

    def _named_by(self, laboratory: str) -> Iterator[str]:
        return (section for section, series in self._laboratories.items() if laboratory in series)

    def value(self, section: str, period: Period) -> PeriodValue:
        """Return what the closed days of a month, or the closed months of a quarter or year, say of a section."""
        known = self._values.setdefault(section, {})
        if period not in known:
            known[period] = self._find(section, period)
        return known[period]

    def _find(self, section: str, period: Period) -> PeriodValue:
        closed = period.end <= self.now
        if period.kind in {PeriodKind.DAY, PeriodKind.MONTH}:
            return self._month(section, period, closed=closed and period.kind is PeriodKind.MONTH)
        months = periods(PeriodKind.MONTH, period.start, period.end, self._tz)
        over = [month for month in months if month.end <= self.now]
        return months_together([self.value(section, m) for m in over], period.kind, closed=closed)

    def _month(self, section: str, period: Period, *, closed: bool) -> PeriodValue:
        known = self._months.setdefault(section, {}) if closed else {}
        found = known.get(period.first_day)
        if found is None:
            days = [day for day in period.days() if day < self.today]
            said = [values for _, _, values in self.laboratory(section, period)]
            taken_over = self._stations.get(section, {}).get(period.first_day) if closed else None
            station = taken_over or self._station_month(section, period, days, closed=closed)
            found = known[period.first_day] = month_value(station, len(days), said)
        return found

    def _station_month(self, section: str, period: Period, days: Sequence[date], *, closed: bool) -> StationMonth:
        samples = self._samples.get(section, {}).get(period.first_day.replace(day=1))
        if samples is None:
            return SILENT
        found = station_month(samples, days, self._counts(section))
        if closed:
            samples.cool(self._tz)
        return found

    def laboratory(self, section: str, period: Period) -> list[tuple[datetime, str, Mapping[str, float]]]:
        """Return the valid laboratory samples of the closed days of a day or month: instant, series, values."""
        found, inside = [], frozenset(period.days())
        for series in sorted(self._laboratories.get(section, ())):
            samples = self._samples.get(series, {}).get(period.first_day.replace(day=1)) or Samples()
            counts = self._counts(series, names=section)
            days = [day for day in samples.days() if day < self.today and day in inside]
            found += [(at, series, values) for day in days for at, values in samples.valid(day, counts)]
        return sorted(found, key=lambda row: row[:2])

    def _counts(self, device: str, names: str = "") -> Counts:
        """Return what says whether a device was in service, so that its samples of an instant count."""
        register = self._world.register

        def counts(at: datetime) -> bool:
            known = register.at(device, at)
            return (
                known is not None
                and known.state is AssetState.IN_SERVICE
                and (not names or known.text("section") == names)
            )

        return counts

    def dump(self) -> Any:
        """Return the samples by device and month, packed."""
        return {
            device: {f"{first:%Y-%m}": samples.dump(self._tz) for first, samples in months.items()}
            for device, months in self._samples.items()
        }

    def restore(self, dumped: Any) -> None:
        """Take over the samples of a dump; the few that are there came with the latest readings, and are in it too."""
        for device, months in (dumped or {}).items():
            if isinstance(months, list):  # of a dump of 0.1: instant, revision, values
                for at, revision, values in months:
                    self._put(device, datetime.fromisoformat(at), Sample(revision, values), of_laboratory=False)
                continue
            kept = self._samples.setdefault(device, {})
            for text, packed in months.items():
                first = date.fromisoformat(f"{text}-01")
                if first >= self._oldest:
                    kept[first] = Samples(packed, self._tz)
        self._look_up()
