"""The ports of the API over calls to the processes that hold what is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.apart.ports import EngineCalls, IngestCalls
from app.apart.shared import Shared
from app.past_view import PastView
from app.world import HeldWorld
from domain.arrivals import ArrivalTotals, DeviceLedger, FeedDay
from domain.explanation import Explanation
from domain.measure import Assessment, Measure, Target
from domain.ports import IndicatorInfo, Receipt, Signs
from domain.reading import Reading
from domain.register import Register
from domain.scope import Scope


class RemoteView:
    """Implements `domain.ports.LiveView`: the present from the engine, the past from the telemetry store here."""

    def __init__(self, engine: EngineCalls, world: HeldWorld, before: PastView, shared: Shared) -> None:
        """Answers of the engine are shared for a moment; what each of them is about is part of its key."""
        self._engine, self._world, self._before, self._shared = engine, world, before, shared

    def register(self) -> Register:
        """Return the register in use here."""
        return self._world.register

    def latest(self, device: str) -> Reading | None:
        """Return the newest reading of a device by event time."""
        return self._shared.get(("latest", device), lambda: self._engine.latest(device))

    def catalogue(self) -> Sequence[IndicatorInfo]:
        """Return every indicator."""
        return self._shared.get("catalogue", self._engine.catalogue)

    def scopes(self, indicator: str) -> Sequence[Scope]:
        """Return the scopes that the indicator has now."""
        return self._shared.get(("scopes", indicator), lambda: self._engine.scopes(indicator))

    def measure(self, indicator: str, scope: Scope, at: datetime | None = None) -> Measure:
        """Return a measure at the last tick, or at a past instant recomputed from the telemetry store."""
        if at is not None:
            return self._before.city(self.catalogue(), indicator, scope, at).measure(indicator, scope, at)
        return self._shared.get(("measure", indicator, scope), lambda: self._engine.measure(indicator, scope))

    def explain(self, indicator: str, scope: Scope, at: datetime | None = None) -> Explanation:
        """Return what made a measure at the last tick or at a past instant."""
        if at is not None:
            return self._before.city(self.catalogue(), indicator, scope, at).explain(indicator, scope, at)
        return self._shared.get(("explain", indicator, scope), lambda: self._engine.explain(indicator, scope))

    def signs(self, kind: str) -> Signs:
        """Return how every device of a kind stands now."""
        return self._shared.get(("signs", kind), lambda: self._engine.signs(kind))

    def targets(self) -> Sequence[Target]:
        """Return the targets of the plan."""
        return self._shared.get("targets", self._engine.targets)

    def assess(self, target: Target) -> Assessment:
        """Hold one target against its measure now."""
        return self._shared.get(("assess", target.id), lambda: self._engine.assess(target))

    def gateways(self) -> Mapping[str, bool]:
        """Return the gateways that said online (True) or offline (False)."""
        return self._shared.get("gateways", self._engine.gateways)

    def engine_status(self) -> Mapping[str, Any]:
        """Return how far the engine is."""
        return self._shared.get("status", self._engine.status)


@dataclass(frozen=True, slots=True)
class RemoteIntake:
    """Implements `IngestDoor`, `Accounting` and `ArrivalLedger` of `domain.ports` over the process that takes in."""

    ingest: IngestCalls
    shared: Shared

    def submit(self, topic: str, payload: bytes) -> Receipt:
        """Hand a delivery over; returns once it is durable there.

        Raises:
            JournalFull: it was refused.
            StoreUnavailable: no answer came. Offer it again: should it have been kept, its readings are duplicates.
        """
        return self.ingest.submit(topic, payload)

    def snapshot(self) -> Mapping[str, Any]:
        """Return the accounting of the process that takes in."""
        return self.shared.get("accounting", self.ingest.accounting)

    def device(self, device_id: str, now: datetime) -> DeviceLedger:
        """Return the books of a device. Raises `NotFound`."""
        return self.ingest.device_ledger(device_id, now)

    def feeds(self, day: date, now: datetime) -> Sequence[FeedDay]:
        """Return the completeness of every feed on a local day."""
        return self.shared.get(("feeds", day), lambda: self.ingest.feeds(day, now))

    def totals(self) -> ArrivalTotals:
        """Return sums over all devices."""
        return self.shared.get("totals", self.ingest.totals)


@dataclass(frozen=True, slots=True)
class RemoteRules:
    """Implements `domain.alert_ports.AlertRules` over the engine."""

    engine: EngineCalls

    def rules(self) -> Sequence[Mapping[str, Any]]:
        """Return the rules as plain JSON."""
        return self.engine.rules()

    def reload(self) -> Mapping[str, Any]:
        """Read the rule files again. Raises `ConfigError`."""
        return self.engine.reload_rules()

    def withheld(self, alert_id: str) -> Sequence[str]:
        """Return the subjects whose own alerts an open alert explains."""
        return self.engine.withheld(alert_id)
