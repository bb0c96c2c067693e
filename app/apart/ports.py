"""What one process asks of another while it runs. Everything else they find in the stores and in the journal.

Arguments and answers are values that pydantic writes as JSON and reads back; the type hints are the contract.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from app.wiring_intake import IntakeSigns
from domain.arrivals import ArrivalTotals, DeviceLedger, FeedDay
from domain.escalation import EscalationPlan
from domain.explanation import Explanation
from domain.measure import Assessment, Measure, Target
from domain.ports import IndicatorInfo, Receipt, Signs
from domain.reading import Reading
from domain.scope import Scope


class IngestCalls(Protocol):
    """What the process that takes deliveries in answers."""

    def ping(self) -> None:
        """Answer."""
        ...

    def take_over(self) -> None:
        """Look now whether the register has changed."""
        ...

    def submit(self, topic: str, payload: bytes) -> Receipt:
        """Journal a delivery and answer once it is durable. Raises `JournalFull`."""
        ...

    def accounting(self) -> Mapping[str, Any]:
        """Return the accounting identity of the process."""
        ...

    def oldest_unstored(self) -> datetime | None:
        """Return when the first delivery arrived whose readings are not in the telemetry store; None = all are."""
        ...

    def signs(self) -> IntakeSigns:
        """Return how the way in is."""
        ...

    def device_ledger(self, device_id: str, now: datetime) -> DeviceLedger:
        """Return the books of a device. Raises `NotFound`."""
        ...

    def feeds(self, day: date, now: datetime) -> Sequence[FeedDay]:
        """Return the completeness of every feed on a local day."""
        ...

    def totals(self) -> ArrivalTotals:
        """Return sums over all devices."""
        ...


class EngineCalls(Protocol):
    """What the process with the live state answers. Errors are those of `domain.ports.LiveView`."""

    def ping(self) -> None:
        """Answer."""
        ...

    def take_over(self) -> None:
        """Look now whether the register or the lighting plan has changed."""
        ...

    def latest(self, device: str) -> Reading | None:
        """Return the newest reading of a device by event time."""
        ...

    def catalogue(self) -> Sequence[IndicatorInfo]:
        """Return every indicator."""
        ...

    def scopes(self, indicator: str) -> Sequence[Scope]:
        """Return the scopes that the indicator has now."""
        ...

    def measure(self, indicator: str, scope: Scope) -> Measure:
        """Return a measure at the last tick."""
        ...

    def explain(self, indicator: str, scope: Scope) -> Explanation:
        """Return what made a measure at the last tick."""
        ...

    def signs(self, kind: str) -> Signs:
        """Return how every device of a kind stands."""
        ...

    def targets(self) -> Sequence[Target]:
        """Return the targets of the plan."""
        ...

    def assess(self, target: Target) -> Assessment:
        """Hold one target against its measure."""
        ...

    def gateways(self) -> Mapping[str, bool]:
        """Return the gateways that said online or offline."""
        ...

    def status(self) -> Mapping[str, Any]:
        """Return how far the engine is."""
        ...

    def rules(self) -> Sequence[Mapping[str, Any]]:
        """Return the running rules as plain JSON."""
        ...

    def reload_rules(self) -> Mapping[str, Any]:
        """Read the rule files again. Raises `ConfigError`."""
        ...

    def withheld(self, alert_id: str) -> Sequence[str]:
        """Return the subjects whose own alerts an open alert explains."""
        ...

    def chains(self) -> EscalationPlan:
        """Return the chains of escalation as they are now."""
        ...

    def channels(self) -> Mapping[str, Mapping[str, Any]]:
        """Return how each channel is."""
        ...

    def reload(self, author: str) -> Mapping[str, Any]:
        """Read rules, chains and channels again. Raises `ConfigError`."""
        ...
