"""Scenarios: faults as data, read from TOML and resolved against the devices and the start of a fleet."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from math import inf
from pathlib import Path
from typing import Final

from domain.device import Device
from domain.errors import ConfigError, Problem
from domain.kinds import KINDS
from simulators.faults import ActiveFault, FaultKind, Faults
from simulators.nights import Nights
from simulators.noise import key_of
from simulators.scenario_file import FaultEntry, parse
from simulators.selection import Selection, hit


@dataclass(frozen=True, slots=True)
class Scenario:
    """The faults of one file, in its order. `lines` tells where each begins."""

    title: str
    file: str
    faults: tuple[FaultEntry, ...]
    lines: tuple[int, ...]

    def resolve(self, devices: Sequence[Device], start: float, nights: Nights, seed: int) -> dict[str, Faults]:
        """Return the faults of each device and sender, for a fleet that starts at `start` (s since 1970 UTC).

        Raises:
            ConfigError: a fault fits no device, or names a metric that a device does not have; with file and line.
        """
        found: dict[str, list[ActiveFault]] = {}
        problems: list[Problem] = []
        kinds = {device.id: device.kind for device in devices}
        for number, (entry, line) in enumerate(zip(self.faults, self.lines, strict=True)):
            active = _active(entry, start, nights, key_of(seed, self.title, number))
            try:
                carriers = hit(entry.kind, _selection(entry), devices)
            except ValueError as error:
                problems.append(Problem(self.file, line, "select", str(error)))
                continue
            problems += self._wrong_metrics(entry, line, {kinds[c] for c in carriers if c in kinds})
            for carrier in carriers:
                found.setdefault(carrier, []).append(active)
        if problems:
            raise ConfigError(problems)
        return {carrier: tuple(faults) for carrier, faults in found.items()}

    def _wrong_metrics(self, entry: FaultEntry, line: int, kinds: set[str]) -> list[Problem]:
        return [
            Problem(self.file, line, "metric", f"a {kind} measures no {entry.metric!r}")
            for kind in sorted(kinds)
            if entry.metric and KINDS[kind].metric(entry.metric) is None
        ]


NOTHING_WRONG: Final = Scenario("nothing wrong", "", (), ())


def load(path: Path) -> Scenario:
    """Read a scenario from a TOML file.

    Raises:
        ConfigError: with every mistake: file, line, field and reason.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError([Problem(str(path), 0, "", error.strerror or "cannot be read")]) from None
    except UnicodeDecodeError as error:
        raise ConfigError([Problem(str(path), 0, "", f"is not UTF-8: {error.reason}")]) from None
    parsed, lines = parse(text, str(path))
    return Scenario(parsed.title, str(path), tuple(parsed.fault), lines)


def _selection(entry: FaultEntry) -> Selection:
    return Selection(**{f.name: getattr(entry.select, f.name) for f in fields(Selection)})


def _active(entry: FaultEntry, start: float, nights: Nights, key: int) -> ActiveFault:
    if entry.at is not None:
        begin = entry.at.timestamp()
    else:
        anchor = {"start": start, "switch_on": nights.of(start).on, "switch_off": nights.of(start).off}[entry.after]
        begin = anchor + entry.start.total_seconds()
    end = inf if entry.duration is None else begin + entry.duration.total_seconds()
    shift = entry.offset if entry.kind is FaultKind.WRONG_CLOCK else entry.delay
    return ActiveFault(
        entry.kind,
        round(begin, 3),
        round(end, 3),
        metric=entry.metric,
        per_hour=entry.per_hour,
        rate=entry.rate,
        seconds=shift.total_seconds() if shift is not None else 0.0,
        key=key,
    )
