"""The city's sections, live: the latest reading of each and its samples of this month and the last."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Final

from domain.device import AssetState, Device
from domain.kinds import KINDS
from domain.reading import Reading
from domain.scope import Scope
from rules.expiry import Expiry
from rules.indicator import Latest, World
from rules.standards.gb3838 import AUTO5, REQUIRED, Body, section_class
from rules.water.month import Month, closed_month, month_outcome, month_to_date
from rules.water.outcome import Outcome
from rules.water.roster import Roster, scopes_of
from rules.water.samples import INVALIDATING, Sample, Samples, valid_values

SILENT: Final = "silent"
"""Why a section without a fresh sample has no class."""
_KIND = KINDS["river_section"]


class SectionBoard:
    """Sections, their samples and their outcomes now, over the closed month and over the month to date.

    It is exact for the last `now` it was given. Outcomes are looked up again only after something touched them.
    """

    def __init__(self, world: World, latest: Latest, now: datetime) -> None:
        """Look the sections of a world up as of `now`; `latest` is the city's own view of the newest readings."""
        self.world = world
        self.now = now
        self._latest = latest
        self._tz = world.place.tz
        self._samples: dict[str, Samples] = {}
        self._months: dict[tuple[str, str], Outcome] = {}
        self._expiry = Expiry(_KIND.freshness)
        self._dirty: set[Scope] = set()
        self.closed: Month = closed_month(now, self._tz)
        self.to_date: Month = month_to_date(now, self._tz)
        self.roster = Roster(world.register, now)
        self._closed_roster = self.roster
        self._look_up()
        for reading in latest.values():
            if reading.kind == _KIND.name:
                self._expiry.watch(reading)

    def apply(self, reading: Reading, *, newest: bool) -> None:
        """Keep a sample of this month or the last; older ones come too late to count."""
        news = self._keep(reading.device, reading.at, Sample(reading.revision, valid_values(reading)))
        if newest:
            self._expiry.watch(reading)
        if news:
            self._touch(reading.device)

    def advance(self, now: datetime) -> None:
        """Let freshness end and days and months close until `now`."""
        self.now = now
        for device in self._expiry.expired(now, self._latest):
            self._touch(device)
        closed, to_date = closed_month(now, self._tz), month_to_date(now, self._tz)
        if to_date == self.to_date:
            return
        self.closed, self.to_date = closed, to_date
        for samples in self._samples.values():
            samples.drop_before(closed.days[0])
        self._look_up()

    def set_world(self, world: World) -> None:
        """Take over another register, as of `now`."""
        if world.register is not self.world.register:
            self.world = world
            for samples in self._samples.values():
                samples.forget_means()
            self._look_up()

    def moved(self, devices: Collection[str]) -> None:
        """Look the sections up again if one of these devices is one."""
        if any(self.world.register.kind_of(device) == _KIND.name for device in devices):
            self._look_up()

    def scopes(self) -> Sequence[Scope]:
        """Return the scopes that have a section now, in order."""
        return self.roster.scopes()

    def has(self, scope: Scope) -> bool:
        """Return whether a scope has a section now."""
        return bool(self.roster.of(scope))

    def now_tally(self, scope: Scope) -> dict[str, Outcome]:
        """Return how the sections of a scope stand by their latest fresh readings."""
        return {section.id: self._outcome_now(section) for section in self.roster.of(scope)}

    def closed_tally(self, scope: Scope) -> dict[str, Outcome]:
        """Return how the sections of a scope stood in the last closed month, as the register knew them at its end."""
        return {section.id: self._outcome_of(section, self.closed) for section in self._closed_roster.of(scope)}

    def to_date_tally(self, scope: Scope) -> dict[str, Outcome]:
        """Return how the sections of a scope stand over the complete days of the running month."""
        return {section.id: self._outcome_of(section, self.to_date) for section in self.roster.of(scope)}

    def take_dirty(self) -> set[Scope]:
        """Return the scopes that may have changed since the last call, and forget them."""
        taken, self._dirty = self._dirty, set()
        return taken

    def dump(self) -> Any:
        """Return the samples by section."""
        return {device: samples.dump() for device, samples in self._samples.items()}

    def restore(self, dumped: Any) -> None:
        """Take over samples of a dump."""
        for device, rows in dumped.items():
            for at, revision, values in rows:
                self._keep(device, datetime.fromisoformat(at), Sample(revision, values))

    def _keep(self, device: str, at: datetime, sample: Sample) -> bool:
        """Keep a sample of this month or the last; return whether that was news."""
        day = at.astimezone(self._tz).date()
        if day < self.closed.days[0] or not self._samples.setdefault(device, Samples()).put(day, at, sample):
            return False
        if at < self.to_date.end:
            self._months.pop((device, self.closed.name), None)
            self._months.pop((device, self.to_date.name), None)
        return True

    def _look_up(self) -> None:
        """Look up which sections there are; every scope of before and after may have changed."""
        self._dirty.update(self.roster.scopes())
        self.roster = Roster(self.world.register, self.now)
        self._closed_roster = Roster(self.world.register, self.closed.end - datetime.resolution)
        self._months.clear()
        self._dirty.update(self.roster.scopes())

    def _touch(self, device: str) -> None:
        section = self.roster.sections.get(device)
        if section is not None:
            self._dirty.update(scopes_of(section))

    def _outcome_now(self, section: Device) -> Outcome:
        reading = self._latest.get(section.id)
        if reading is None or not self._expiry.is_fresh(reading, self.now):
            return Outcome(section, None, SILENT)
        values = valid_values(reading)
        if values is None:
            return Outcome(section, None, min(INVALIDATING.intersection(reading.faults)), at=reading.at)
        found = section_class(values, Body(section.text("body_type", Body.RIVER.value)), AUTO5)
        missing = [item for item in REQUIRED if item not in values]
        return Outcome(section, found, f"not_measured: {', '.join(missing)}" if missing else "", values, reading.at)

    def _outcome_of(self, section: Device, month: Month) -> Outcome:
        key = (section.id, month.name)
        outcome = self._months.get(key)
        if outcome is None:
            samples = self._samples.get(section.id) or Samples()
            outcome = self._months[key] = month_outcome(section, samples, month, self._in_service(section.id))
        return outcome

    def _in_service(self, device: str) -> Callable[[datetime], bool]:
        """Return what says whether a section was in service, so that its samples of an instant count."""
        register = self.world.register

        def counts(at: datetime) -> bool:
            known = register.at(device, at)
            return known is not None and known.state is AssetState.IN_SERVICE

        return counts
