"""Who reports when, and what: gateways with their lamps, and single devices. Instants are s since 1970 UTC, whole ms.

A reporter's `next_due` and `messages` are functions of time, but for the sequence numbers and the last sample sent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final, Protocol

from typing_extensions import override

from domain.device import Device
from domain.kinds import KINDS
from simulators.faults import Faults, clock_error, edges, says, trouble_of
from simulators.nights import Nights
from simulators.noise import key_of, spread
from simulators.signals.city import CitySignals
from simulators.signals.lighting import EPSILON_S, Lamp, gateway_delay
from simulators.signals.said import Said, events_between
from simulators.wire import Channel, Message, encode, instant, reading_json, topic_of

FIRST_REPORTS_S: Final = 20.0
"""Everybody reports once within so many city seconds after the start."""
DAY_HEARTBEAT: Final = 16
"""By day lamps that are off report at every 16th period only (four hours): their circuits are mostly dead."""
_SAMPLED: Final = {
    *("air_station", "river_section", "section_sample"),
    *("black_odorous_point", "rain_gauge", "dust_monitor", "air_forecast"),
}
"""Kinds whose readings belong to fixed instants (hours, four-hour samples, months of 30 days) and arrive later."""
_LAG_S: Final = (20.0, 240.0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all reporters of a fleet share."""

    signals: CitySignals
    seed: int
    start: float
    tz: tzinfo

    @property
    def nights(self) -> Nights:
        """The nights that the controllers know."""
        return self.signals.nights


class Member:
    """One device with its faults and its sequence number."""

    __slots__ = ("device", "faults", "seq")

    def __init__(self, device: Device, faults: Faults) -> None:
        """A device that has not said anything yet."""
        self.device = device
        self.faults = faults
        self.seq = 0

    def reading(self, around: Surroundings, t: float, *, sampled: float | None = None) -> dict[str, Any]:
        """Return the reading of `t`; its values and its instant are those of `sampled`, if given."""
        moment = t if sampled is None else sampled
        return self._tell(around, moment, says(around.signals, self.device, self.faults, moment), ())

    def news(self, around: Surroundings, t: float) -> dict[str, Any] | None:
        """Return the reading of `t` with its events, or None if the device says nothing new: no event, same level."""
        before = says(around.signals, self.device, self.faults, t - EPSILON_S)
        after = says(around.signals, self.device, self.faults, t)
        events = events_between(before, after)
        if not events and before.values.get("dim") == after.values.get("dim"):
            return None
        return self._tell(around, t, after, events)

    def _tell(
        self, around: Surroundings, moment: float, said: Said, events: Sequence[Mapping[str, str]]
    ) -> dict[str, Any]:
        self.seq += 1
        at = instant(moment + clock_error(self.faults, moment), around.tz)
        return reading_json(self.device.id, at, said.values, seq=self.seq, faults=said.faults, events=events)


class Reporter(Protocol):
    """A sender of messages."""

    @property
    def sender(self) -> str:
        """The id of the gateway or device."""
        ...

    @property
    def members(self) -> Sequence[Member]:
        """The devices that it reports."""
        ...

    def next_due(self, t: float) -> float:
        """Return the first instant after `t` at which something is to be reported."""
        ...

    def messages(self, t: float) -> Iterator[Message]:
        """Yield what is reported at `t`, one of the instants that `next_due` returned."""
        ...


Edges = Callable[[float], float | None]
"""The next instant after the given one at which something changes; None = nothing near."""


class Rhythm:
    """When a reporter is due: once soon after the start, then at every period, and at edges."""

    __slots__ = ("_edges", "_period", "_phase", "_resumes", "first")

    def __init__(self, key: int, around: Surroundings, period: float, edges: Iterable[Edges], faults: Faults) -> None:
        """`key` spreads the phases of all reporters evenly over first report and period."""
        self.first = round(around.start + spread(key, 0, 0.001, FIRST_REPORTS_S), 3)
        self._period = period
        self._phase = round(spread(key, 1, 0, period), 3)
        self._resumes = {fault.end for fault in faults if fault.kind == "silent_gateway"}
        self._edges = [*edges, _among(self._resumes)]

    def next_due(self, t: float) -> float:
        """Return the first due instant after `t`."""
        if t < self.first:
            return self.first
        regular = self._phase + ((t - self._phase) // self._period + 1) * self._period
        near = [edge for edges in self._edges if (edge := edges(t)) is not None]
        return min([round(regular, 3), *near])

    def number(self, t: float) -> int | None:
        """Return the number of the period that begins at `t`, or None if none does."""
        number = round((t - self._phase) / self._period)
        return number if abs(self._phase + number * self._period - t) < EPSILON_S else None

    def sudden(self, t: float) -> bool:
        """Return whether `t` is an edge: neither a period, nor the first report, nor the first after a silence."""
        return t != self.first and t not in self._resumes and self.number(t) is None


class GatewayReporter:
    """A gateway with the lamps of one supply point: batches by period, and at once when lamps change."""

    def __init__(self, gateway: str, members: Sequence[Member], faults: Faults, around: Surroundings) -> None:
        """`faults` are the gateway's own (silence); each member brings its own."""
        self.sender = gateway
        self.members = members
        self._around = around
        self._delay = gateway_delay(around.seed, gateway)
        self._district = members[0].device.district
        sudden = edges(fault for member in members for fault in member.faults)
        period = KINDS["streetlight"].period.total_seconds()
        shifted = _night_edges(around.nights, self._delay)
        self._rhythm = Rhythm(key_of(around.seed, gateway), around, period, (shifted, _among(sudden)), faults)

    def next_due(self, t: float) -> float:
        """Return the first instant after `t` at which something is to be reported."""
        return self._rhythm.next_due(t)

    def messages(self, t: float) -> Iterator[Message]:
        """Yield the batch of `t`, unless no lamp has anything to say."""
        if self._rhythm.sudden(t):
            readings = [news for m in self.members if (news := m.news(self._around, t)) is not None]
        else:
            readings = [m.reading(self._around, t) for m in self._speaking(t)]
        if readings:
            topic = topic_of("streetlight", self._district, self.sender, Channel.BATCH)
            payload = encode({"readings": readings})
            yield Message(t, topic, payload, Channel.BATCH, "streetlight", self.sender, len(readings))

    def status(self, t: float, *, online: bool) -> Message:
        """Return the retained status of the gateway."""
        topic = topic_of("streetlight", self._district, self.sender, Channel.STATUS)
        payload = b"online" if online else b"offline"
        return Message(t, topic, payload, Channel.STATUS, "streetlight", self.sender, retain=True)

    def _speaking(self, t: float) -> Sequence[Member]:
        number = self._rhythm.number(t)
        if number is None:  # the first report, or the first after a silence
            return self.members
        night = self._around.nights.of(t - self._delay)
        powered = night.on <= t - self._delay < night.off
        if powered or number % DAY_HEARTBEAT == 0:
            return self.members
        return [m for m in self.members if self._burns(m, t)]

    def _burns(self, member: Member, t: float) -> bool:
        lamp: Lamp = self._around.signals.lamp(member.device)
        return lamp.pattern is None or trouble_of(member.faults, t).burning


class SingleReporter:
    """A device that speaks for itself: cabinet, station, section, bay, lot, or a lamp without gateway."""

    def __init__(self, member: Member, faults: Faults, around: Surroundings) -> None:
        """`faults` are those of the gateway that the device needs (silence), beside the member's own."""
        device = member.device
        self.sender = device.id
        self.members = (member,)
        self._around = around
        self._topic = topic_of(device.kind, device.district, device.id, Channel.TELEMETRY)
        period = KINDS[device.kind].period.total_seconds()
        edges_of = [_among(edges(member.faults)), lambda t: around.signals.next_change(device, t)]
        if device.kind in {"lighting_cabinet", "streetlight"}:
            delay = gateway_delay(around.seed, device.text("gateway") or device.id)
            edges_of.append(_night_edges(around.nights, delay))
        self._rhythm = Rhythm(key_of(around.seed, device.id), around, period, edges_of, faults)

    def next_due(self, t: float) -> float:
        """Return the first instant after `t` at which the device reports."""
        return self._rhythm.next_due(t)

    def messages(self, t: float) -> Iterator[Message]:
        """Yield the device's reading of `t`."""
        member = self.members[0]
        news = member.news(self._around, t) if self._rhythm.sudden(t) else None
        yield self._message(t, news or member.reading(self._around, t))

    def _message(self, t: float, reading: Any) -> Message:
        kind = self.members[0].device.kind
        return Message(t, self._topic, encode(reading), Channel.TELEMETRY, kind, self.sender, 1)


class SampledReporter(SingleReporter):
    """A station whose readings belong to fixed instants of UTC (hours, four-hour samples) and arrive a little later."""

    def __init__(self, member: Member, faults: Faults, around: Surroundings) -> None:
        """The first report tells the last sample before the start, so that there is something to see at once."""
        super().__init__(member, faults, around)
        self._period = KINDS[member.device.kind].period.total_seconds()
        self._lag = round(spread(key_of(around.seed, self.sender), 2, *_LAG_S), 3)
        self._next = int(around.start // self._period)

    @override
    def next_due(self, t: float) -> float:
        if t < self._rhythm.first:
            return self._rhythm.first
        number = max(self._next, int((t - self._lag) // self._period) + 1)
        return round(number * self._period + self._lag, 3)

    @override
    def messages(self, t: float) -> Iterator[Message]:
        number = self._next if t == self._rhythm.first else round((t - self._lag) / self._period)
        self._next = number + 1
        reading = self.members[0].reading(self._around, t, sampled=number * self._period)
        yield self._message(t, reading)


def reporter_of(member: Member, faults: Faults, around: Surroundings) -> Reporter:
    """Return the reporter of a device that speaks for itself."""
    made = SampledReporter if member.device.kind in _SAMPLED else SingleReporter
    return made(member, faults, around)


def _among(instants: Iterable[float]) -> Edges:
    ordered = sorted(instants)
    return lambda t: next((edge for edge in ordered if edge > t), None)


def _night_edges(nights: Nights, delay: float) -> Edges:
    return lambda t: round(nights.next_edge(t - delay) + delay, 3)
