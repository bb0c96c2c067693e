"""What each process answers when another one calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.alert_watch import RuleFiles
from app.notify import Office
from app.past_view import oldest_unstored
from app.reloading import Reloading
from app.view import EngineView
from app.wiring_intake import Intake, IntakeSigns
from app.world import RunningWorld
from domain.arrivals import ArrivalTotals, DeviceLedger, FeedDay
from domain.escalation import EscalationPlan
from domain.explanation import Explanation
from domain.measure import Assessment, Measure, Target
from domain.ports import IndicatorInfo, Receipt, Signs
from domain.reading import Reading
from domain.scope import Scope


@dataclass(frozen=True, slots=True)
class IngestAnswers:
    """Implements `IngestCalls`."""

    intake: Intake
    world: RunningWorld

    def ping(self) -> None:
        """Answer."""

    def take_over(self) -> None:
        """Look now whether the register has changed."""
        self.world.refresh()

    def submit(self, topic: str, payload: bytes) -> Receipt:
        """Journal a delivery and answer once it is durable."""
        return self.intake.door.submit(topic, payload)

    def accounting(self) -> Mapping[str, Any]:
        """Return the accounting, with the name of the process."""
        return {"process": "ingest", **self.intake.ledger.snapshot()}

    def oldest_unstored(self) -> datetime | None:
        """Return when the first delivery arrived whose readings are not stored yet."""
        return oldest_unstored(self.intake.journal)

    def signs(self) -> IntakeSigns:
        """Return how the way in is."""
        return self.intake.signs()

    def device_ledger(self, device_id: str, now: datetime) -> DeviceLedger:
        """Return the books of a device."""
        return self.intake.books.arrivals.ledger.device(device_id, now)

    def feeds(self, day: date, now: datetime) -> Sequence[FeedDay]:
        """Return the completeness of every feed."""
        return self.intake.books.arrivals.ledger.feeds(day, now)

    def totals(self) -> ArrivalTotals:
        """Return sums over all devices."""
        return self.intake.books.arrivals.ledger.totals()


@dataclass(frozen=True, slots=True)
class EngineAnswers:
    """Implements `EngineCalls`."""

    view: EngineView
    world: RunningWorld
    rule_files: RuleFiles
    office: Office
    reloading: Reloading

    def ping(self) -> None:
        """Answer."""

    def take_over(self) -> None:
        """Look now whether register, lighting plan or roster have changed."""
        self.world.refresh()
        self.office.roster.refresh()

    def latest(self, device: str) -> Reading | None:
        """Return the newest reading of a device."""
        return self.view.latest(device)

    def catalogue(self) -> Sequence[IndicatorInfo]:
        """Return every indicator."""
        return self.view.catalogue()

    def scopes(self, indicator: str) -> Sequence[Scope]:
        """Return the scopes of an indicator."""
        return self.view.scopes(indicator)

    def measure(self, indicator: str, scope: Scope) -> Measure:
        """Return a measure at the last tick."""
        return self.view.measure(indicator, scope)

    def explain(self, indicator: str, scope: Scope) -> Explanation:
        """Return what made a measure at the last tick."""
        return self.view.explain(indicator, scope)

    def signs(self, kind: str) -> Signs:
        """Return how every device of a kind stands."""
        return self.view.signs(kind)

    def targets(self) -> Sequence[Target]:
        """Return the targets of the plan."""
        return self.view.targets()

    def assess(self, target: Target) -> Assessment:
        """Hold one target against its measure."""
        return self.view.assess(target)

    def gateways(self) -> Mapping[str, bool]:
        """Return what the gateways said."""
        return self.view.gateways()

    def status(self) -> Mapping[str, Any]:
        """Return how far the engine is, with the name of the process."""
        return {"process": "engine", **self.view.engine_status()}

    def rules(self) -> Sequence[Mapping[str, Any]]:
        """Return the running rules."""
        return self.rule_files.rules()

    def reload_rules(self) -> Mapping[str, Any]:
        """Read the rule files again."""
        return self.rule_files.reload()

    def withheld(self, alert_id: str) -> Sequence[str]:
        """Return what an open alert explains."""
        return self.rule_files.withheld(alert_id)

    def chains(self) -> EscalationPlan:
        """Return the chains of escalation."""
        return self.office.plan

    def channels(self) -> Mapping[str, Mapping[str, Any]]:
        """Return how each channel is."""
        return self.office.status()

    def reload(self, author: str) -> Mapping[str, Any]:
        """Read rules, chains and channels again."""
        return self.reloading.reload(author)
