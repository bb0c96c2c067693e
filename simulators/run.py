"""Runs a fleet against the city clock: plans in small steps, publishes, and keeps account of what was sent."""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from domain.citytime import JINAN, Place
from domain.device import Device
from domain.lighting import Timetable
from domain.ports import Clock
from rules.lighting.schedule import STANDARD
from simulators.account import Account
from simulators.fleet import Fleet
from simulators.outlet import Outlet
from simulators.publisher import Broker, Publisher
from simulators.resend import KEPT
from simulators.scenario import NOTHING_WRONG, Scenario
from simulators.wire import Message

logger = logging.getLogger(__name__)

_STEP: Final = timedelta(seconds=30)
"""Most city time that is planned at once, so that a fast clock does not turn dusk into one burst."""
_TICK_S: Final = 0.1
_DRAIN_S: Final = 0.2
_GRACE_S: Final = 5.0
_LATE: Final = timedelta(seconds=120)
"""More city time than this behind the clock counts as late."""


class FleetRunner:
    """One thread that keeps a fleet up with the city clock, however fast that runs."""

    def __init__(
        self, fleet: Fleet, outlet: Outlet, clock: Clock, reached: Callable[[datetime, int], None] | None = None
    ) -> None:
        """Take a fleet that has not planned anything yet.

        `reached` is told again and again up to when everything was handed over, and how many messages that were.
        """
        self._fleet, self._outlet, self._clock, self._reached = fleet, outlet, clock, reached
        self._planned = fleet.start
        self._lanes = {sender: n % outlet.lanes for n, sender in enumerate(fleet.senders)}
        self._stopping, self._giving_up = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)
        self._lock = threading.Lock()
        self._sent, self._acknowledged, self._abandoned = Account(), Account(), Account()
        self._max_lag, self._late = timedelta(0), 0

    def start(self) -> None:
        """Begin to connect and to send."""
        self._outlet.start()
        self._thread.start()
        logger.info("fleet_started", extra={"senders": len(self._lanes), "city_time": self._planned.isoformat()})

    def stop(self, timeout: float = 10) -> None:
        """Say goodbye for every gateway, wait at most `timeout` seconds for acknowledgements, disconnect."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout)
            self._giving_up.set()
            self._thread.join(_GRACE_S)
        self._outlet.stop()
        logger.info("fleet_stopped", extra={"report": self.report(sequence=False)})

    def alive(self) -> bool:
        """Return whether the fleet's thread and its connections are there."""
        return self._thread.is_alive() and self._outlet.alive()

    def report(self, *, sequence: bool = True) -> dict[str, Any]:
        """Return what was sent so far, plain JSON. `sequence`: with each device's last sequence number; first is 1.

        A reading that a device meant to send is `sent` as fresh, or `abandoned` (stopped while the broker was away), or
        `lost` to a fault (withheld by silence, spoilt to garbage), or still held back by reordering. Once it is
        `acknowledged` the broker has it.
        """
        with self._lock:
            lag = max(timedelta(0), self._clock.now() - self._planned)
            report: dict[str, Any] = {
                "started": self._fleet.start.isoformat(),
                "planned_through": self._planned.isoformat(),
                "sent": self._sent.as_json(),
                "acknowledged": self._acknowledged.as_json(),
                "abandoned": self._abandoned.as_json(),
                "lost": self._fleet.lost(),
                "lag_s": {"now": lag.total_seconds(), "max": self._max_lag.total_seconds()},
                "late_steps": self._late,
                "connection": self._outlet.state(),
            }
            return report | {"sequence": self._fleet.sequence()} if sequence else report

    def _run(self) -> None:
        while not self._stopping.is_set():
            now = self._clock.now()
            until = min(now, self._planned + _STEP)
            if until > self._planned:
                self._advance(until)
            if self._reached is not None:
                self._reached(until, self._sent.messages)
            if until == now:
                self._stopping.wait(_TICK_S)
        self._send(self._fleet.farewell(self._planned))
        while not self._giving_up.is_set() and not self._outlet.idle(_DRAIN_S):
            pass
        self._settle()

    def _advance(self, until: datetime) -> None:
        with self._lock:
            messages = self._fleet.plan(until)
        self._send(messages)
        for topic, question in self._outlet.heard():
            with self._lock:
                answers = self._fleet.again(topic, question, until)
            self._send(answers)
        self._settle()
        self._note_lag(until)

    def _send(self, messages: Iterable[Message]) -> None:
        for message in messages:
            taken = self._outlet.publish(message, self._lanes[message.sender], self._giving_up.is_set)
            with self._lock:
                (self._sent if taken else self._abandoned).add(message)

    def _settle(self) -> None:
        done = self._outlet.settle()
        with self._lock:
            for message in done:
                self._acknowledged.add(message)

    def _note_lag(self, until: datetime) -> None:
        with self._lock:
            self._planned = until
            lag = self._clock.now() - until
            self._max_lag = max(self._max_lag, lag)
            late = lag > _LATE
            self._late += late
            first = late and self._late == 1
        if first:
            logger.warning("fleet_late", extra={"lag_s": lag.total_seconds()})


def fleet_runner(
    devices: Iterable[Device],
    clock: Clock,
    broker: Broker,
    *,
    scenario: Scenario = NOTHING_WRONG,
    seed: int = 1,
    place: Place = JINAN,
    timetable: Timetable = STANDARD,
    reached: Callable[[datetime, int], None] | None = None,
) -> FleetRunner:
    """Return a runner, not yet started, for the devices as they are at the clock's present instant.

    `timetable` is what the lamps' controllers hold; the default is that of the rules while none was entered.
    `reached` is told again and again up to when everything was handed over, and how many messages that were.
    The first gateways have a connection with a last will each; the others share those connections.

    Raises:
        ConfigError: the scenario does not fit the devices, or a TLS file cannot be used.
    """
    kept = KEPT if broker.listens is not None else 0
    now = clock.now()
    fleet = Fleet(devices, now, seed=seed, scenario=scenario, place=place, timetable=timetable, remembered=kept)
    wills = list(fleet.wills().values())[: broker.connections]
    return FleetRunner(fleet, Publisher(broker, wills), clock, reached)
