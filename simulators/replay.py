"""Replay of recorded files: read as they are, then published in the order of their instants."""

import csv
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Final

from domain.errors import ConfigError, Problem
from domain.ports import DeviceChange
from simulators.account import Account
from simulators.noise import key_of
from simulators.outlet import Outlet
from simulators.recorded import FORMATS
from simulators.recording_format import Format, Observation, ReplayOptions, UnusableRow
from simulators.wire import Channel, Message, encode, reading_json, topic_of

_POLL_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded file, ready to be replayed. `messages` are in the order of their instants."""

    file: str
    format: str
    changes: tuple[DeviceChange, ...]
    """What the register must hold first: each device, also those without a usable row, valid from the first instant."""
    messages: tuple[Message, ...]
    """One for each usable row."""
    unusable: tuple[Problem, ...]
    """One for each row that cannot be used: line, column and reason."""
    repeated: int
    """Usable rows for an instant that the same device had another row for; they are sent like any other."""


def read_recording(path: Path, options: ReplayOptions | None = None) -> Recording:
    """Read a recorded file of a known format, recognised by its header.

    Raises:
        ConfigError: the file cannot be read, its header is not known, or an option is missing.
    """
    wanted = options or ReplayOptions()
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines)
            form = _format(str(path), next(reader, []))
            seen, unusable = _read(reader, form, wanted, str(path))
    except OSError as error:
        raise ConfigError([Problem(str(path), 0, "", error.strerror or "cannot be read")]) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ConfigError([Problem(str(path), 0, "", f"is no CSV in UTF-8: {error}")]) from None
    seen.sort(key=lambda o: o.at)  # stable: rows of one instant stay in the order of the file
    usable = [o for o in seen if _says_something(o)]
    repeated = len(usable) - len({(o.device.id, o.at) for o in usable})
    messages = tuple(_messages(usable, wanted))
    return Recording(str(path), form.name, _changes(seen), messages, tuple(unusable), repeated)


def replay(
    recording: Recording, outlet: Outlet, *, speed: float | None = None, stop: threading.Event | None = None
) -> dict[str, Any]:
    """Publish a recording and return the account of it, plain JSON. The outlet is started and stopped here.

    `speed`: recorded seconds per second; None = as fast as the broker takes them. Returns early when `stop` is set;
    what was not handed over then is `abandoned`.
    """
    halt = stop or threading.Event()
    sent, acknowledged, abandoned = Account(), Account(), Account()
    outlet.start()
    try:
        for message in _paced(recording.messages, speed, halt):
            taken = not halt.is_set() and outlet.publish(message, key_of(message.sender) % outlet.lanes, halt.is_set)
            (sent if taken else abandoned).add(message)
            _count(acknowledged, outlet)
        while not outlet.idle(_POLL_S) and not halt.is_set():
            pass
        _count(acknowledged, outlet)
    finally:
        outlet.stop()
    return {
        "file": recording.file,
        "format": recording.format,
        "rows": len(recording.messages) + len(recording.unusable),
        "unusable": [str(problem) for problem in recording.unusable],
        "repeated": recording.repeated,
        "devices": len(recording.changes),
        "sent": sent.as_json(),
        "acknowledged": acknowledged.as_json(),
        "abandoned": abandoned.as_json(),
        "connection": outlet.state(),
    }


def _format(file: str, header: Sequence[str]) -> Format:
    form = next((f for f in FORMATS if list(f.columns) == list(header)), None)
    if form is None:
        known = ", ".join(f.name for f in FORMATS)
        reason = f"the header {','.join(header)[:120]!r} is that of no known format ({known})"
        raise ConfigError([Problem(file, 1, "", reason)])
    return form


def _read(reader: Any, form: Format, options: ReplayOptions, file: str) -> tuple[list[Observation], list[Problem]]:
    """Return what every row tells, and a problem for each that makes no reading."""
    seen: list[Observation] = []
    unusable: list[Problem] = []
    for cells in reader:
        try:
            seen.append(_observe(form, cells, options))
        except UnusableRow as error:
            unusable.append(Problem(file, reader.line_num, error.column, error.reason))
        else:
            if not _says_something(seen[-1]):
                unusable.append(Problem(file, reader.line_num, "", "no valid value in the whole row"))
    return seen, unusable


def _says_something(seen: Observation) -> bool:
    return bool(seen.values or seen.faults)


def _observe(form: Format, cells: Sequence[str], options: ReplayOptions) -> Observation:
    if len(cells) != len(form.columns):
        raise UnusableRow("", f"{len(cells)} columns instead of {len(form.columns)}")
    return form.observe(dict(zip(form.columns, cells, strict=True)), options)


def _changes(seen: Sequence[Observation]) -> tuple[DeviceChange, ...]:
    devices = {o.device.id: o.device for o in reversed(seen)}  # the first row of a device says what it is
    return tuple(DeviceChange(device, seen[0].at.astimezone(UTC)) for _, device in sorted(devices.items()))


def _messages(seen: Sequence[Observation], options: ReplayOptions) -> Iterator[Message]:
    count: dict[str, int] = {}
    for o in seen:
        device = o.device
        seq = count[device.id] = count.get(device.id, 0) + 1
        reading = reading_json(device.id, o.at, o.values, seq=seq, faults=o.faults, backfill=options.backfill)
        topic = topic_of(device.kind, device.district, device.id, Channel.TELEMETRY)
        yield Message(o.at.timestamp(), topic, encode(reading), Channel.TELEMETRY, device.kind, device.id, 1)


def _paced(messages: Sequence[Message], speed: float | None, halt: threading.Event) -> Iterator[Message]:
    """Yield each message when it is due; the rest at once when `halt` is set, so that it is counted."""
    began = time.monotonic()
    for message in messages:
        if speed is not None:
            halt.wait(max(0.0, (message.due - messages[0].due) / speed - (time.monotonic() - began)))
        yield message


def _count(acknowledged: Account, outlet: Outlet) -> None:
    for message in outlet.settle():
        acknowledged.add(message)
