"""The fleet: which messages are due when, from register, seed and scenario. No clock, no network.

Equal arguments give equal messages, however the time is cut into steps.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import groupby
from typing import Final

from domain.citytime import JINAN, Place
from domain.device import AssetState, Device
from domain.kinds import KINDS
from domain.lighting import Timetable
from rules.lighting.schedule import STANDARD
from simulators.faults import FaultKind, Faults
from simulators.reporters import GatewayReporter, Member, Reporter, Surroundings, reporter_of
from simulators.resend import Memory
from simulators.scenario import NOTHING_WRONG, Scenario
from simulators.signals.city import CitySignals
from simulators.transport import Transport
from simulators.wire import Message

LAST_WILL_S: Final = 90.0
"""How long after its last sign of life the broker tells a gateway's last will (1.5 keep-alives of a minute)."""
_SPEAKING: Final = {AssetState.IN_SERVICE, AssetState.MAINTENANCE}


class Fleet:
    """All devices of a register that report, with what they will send."""

    def __init__(
        self,
        devices: Iterable[Device],
        start: datetime,
        *,
        seed: int = 1,
        scenario: Scenario = NOTHING_WRONG,
        place: Place = JINAN,
        timetable: Timetable = STANDARD,
        remembered: int = 0,
    ) -> None:
        """Take the devices as they are at `start` (aware); those not in service or under maintenance never report.

        `remembered`: so many messages are kept, to be sent again when somebody asks.

        What a bureau imports is no device that reports.

        Raises:
            ConfigError: the scenario names a device, supply point, gateway or metric that does not exist.
        """
        self.start = start
        speaking = [d for d in devices if d.state in _SPEAKING and not KINDS[d.kind].imported]
        signals = CitySignals(speaking, seed=seed, place=place, timetable=timetable)
        begin = round(start.timestamp(), 3)
        self._faults = scenario.resolve(speaking, begin, signals.nights, seed)
        around = Surroundings(signals, seed, begin, place.tz)
        self._reporters = list(_reporters(speaking, self._faults, around))
        self._transport = Transport(self._faults)
        self._due = [(r.next_due(begin), n) for n, r in enumerate(self._reporters)]
        heapify(self._due)
        self._leaving: list[tuple[float, int, Message]] = []
        self._count = 0
        self._memory = Memory(remembered)
        for gateway in self._gateways():
            self._leave(gateway.status(begin, online=True))
            for status in _silences(gateway, self._faults.get(gateway.sender, ())):
                self._leave(status)

    def plan(self, until: datetime) -> list[Message]:
        """Return what leaves after the last call and up to `until`, in order. The first call begins with the start."""
        end = until.timestamp()
        while self._due and self._due[0][0] <= end:
            due, number = heappop(self._due)
            reporter = self._reporters[number]
            for message in reporter.messages(due):
                self._memory.keep(message)
                for carried in self._transport.carry(message):
                    self._leave(carried)
            heappush(self._due, (reporter.next_due(due), number))
        leaving = []
        while self._leaving and self._leaving[0][0] <= end:
            leaving.append(heappop(self._leaving)[2])
        return leaving

    def again(self, topic: str, question: bytes, now: datetime) -> list[Message]:
        """Return what a gateway sends again when it is asked on `topic`; a silent one says nothing."""
        answers = self._memory.answers(topic, question, now.timestamp())
        return [carried for answer in answers for carried in self._transport.carry(answer)]

    def farewell(self, now: datetime) -> list[Message]:
        """Return the offline status of every gateway, for an end in good order."""
        return [gateway.status(now.timestamp(), online=False) for gateway in self._gateways()]

    @property
    def senders(self) -> Sequence[str]:
        """The ids of all gateways and of all devices that speak for themselves."""
        return [reporter.sender for reporter in self._reporters]

    def sequence(self) -> dict[str, int]:
        """Return the last sequence number of each device that has reported; the first is 1."""
        return {m.device.id: m.seq for r in self._reporters for m in r.members if m.seq}

    def lost(self) -> dict[str, dict[str, int]]:
        """Return how many readings faults have cost so far, by kind: withheld by silence, spoilt to garbage."""
        return {"withheld": dict(self._transport.withheld), "spoilt": dict(self._transport.spoilt)}

    def wills(self) -> dict[str, str]:
        """Return the status topic of each gateway, for the last will of the connection that it has to itself."""
        return {g.sender: g.status(0.0, online=False).topic for g in self._gateways()}

    def _gateways(self) -> Iterator[GatewayReporter]:
        return (r for r in self._reporters if isinstance(r, GatewayReporter))

    def _leave(self, message: Message) -> None:
        self._count += 1
        heappush(self._leaving, (message.due, self._count, message))


def _reporters(devices: Sequence[Device], faults: Mapping[str, Faults], around: Surroundings) -> Iterator[Reporter]:
    """Yield one reporter per gateway with lamps, and one per device that speaks for itself."""
    grouped = [d for d in devices if d.kind == "streetlight" and d.text("gateway")]
    grouped.sort(key=lambda d: (d.text("gateway"), d.id))
    for gateway, lamps in groupby(grouped, key=lambda d: d.text("gateway")):
        members = [Member(lamp, faults.get(lamp.id, ())) for lamp in lamps]
        yield GatewayReporter(gateway, members, faults.get(gateway, ()), around)
    for device in devices:
        if device.kind != "streetlight" or not device.text("gateway"):
            own = faults.get(device.id, ())
            yield reporter_of(Member(device, own), own, around)


def _silences(gateway: GatewayReporter, faults: Faults) -> Iterator[Message]:
    """Yield what the broker tells of a silent gateway: its last will, and its return."""
    for fault in faults:
        if fault.kind is FaultKind.SILENT_GATEWAY and fault.end > fault.start + LAST_WILL_S:
            yield gateway.status(round(fault.start + LAST_WILL_S, 3), online=False)
            if fault.end != float("inf"):
                yield gateway.status(fault.end, online=True)
