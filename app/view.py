"""What the API may ask of the live state: `LiveView` over the engine, with the past recomputed from the store.

Until the engine has begun, measures and targets are what was written down last; what needs the register or a device's
present raises `Starting`.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.engine import Engine
from app.evaluation import assessed
from app.last_kept import LastKept
from app.past_view import PastView, oldest_unstored
from domain.explanation import Explanation
from domain.measure import Assessment, Measure, Target
from domain.ports import Clock, IndicatorInfo, ReadableJournal, Signs, TelemetryStore
from domain.reading import Reading
from domain.register import Register
from domain.scope import Scope
from rules.indicators import INDICATORS
from rules.live import City
from rules.signs import SignBoard


class EngineView:
    """Implements `domain.ports.LiveView`."""

    def __init__(
        self, engine: Engine, store: TelemetryStore, journal: ReadableJournal, kept: LastKept, clock: Clock
    ) -> None:
        """Read from the engine under its lock, from the store for past instants, from `kept` until it has begun."""
        self._engine, self._kept = engine, kept
        self._boards: dict[str, SignBoard] = {}
        self._drawing = threading.Lock()
        self._before = PastView(engine.world, store, lambda: oldest_unstored(journal), clock)

    def register(self) -> Register:
        """Return the register in use."""
        return self._engine.register

    def latest(self, device: str) -> Reading | None:
        """Return the newest reading of a device by event time."""
        with self._engine.lock:
            return self._city().latest(device)

    def catalogue(self) -> Sequence[IndicatorInfo]:
        """Return every indicator."""
        return [indicator.info() for indicator in INDICATORS.values()]

    def scopes(self, indicator: str) -> Sequence[Scope]:
        """Return the scopes that the indicator has now."""
        with self._engine.lock:
            return self._city().scopes(indicator)

    def measure(self, indicator: str, scope: Scope, at: datetime | None = None) -> Measure:
        """Return a measure at the last tick, or at a past instant recomputed from the telemetry store."""
        if at is not None:
            return self._past(indicator, scope, at).measure(indicator, scope, at)
        if not self._engine.beginning.over:
            return self._kept.measure(indicator, scope)
        with self._engine.lock:
            return self._engine.city.measure(indicator, scope, self._engine.instant)

    def explain(self, indicator: str, scope: Scope, at: datetime | None = None) -> Explanation:
        """Return what made a measure at the last tick or at a past instant."""
        if at is not None:
            return self._past(indicator, scope, at).explain(indicator, scope, at)
        with self._engine.lock:
            return self._city().explain(indicator, scope, self._engine.instant)

    def _city(self) -> City:
        self._engine.beginning.check()
        return self._engine.city

    def _past(self, indicator: str, scope: Scope, at: datetime) -> City:
        return self._before.city(self.catalogue(), indicator, scope, at)

    def signs(self, kind: str) -> Signs:
        """Return how every device of a kind stands now.

        Without the engine's lock: a reading is an immutable value, and one that comes while the map is drawn may show.
        """
        engine = self._engine
        with self._drawing:
            board = self._boards.setdefault(kind, SignBoard(kind))
            return board.at(engine.world(), engine.city.readings, engine.instant)

    def targets(self) -> Sequence[Target]:
        """Return the targets of the plan."""
        return self._engine.evaluation.targets

    def assess(self, target: Target) -> Assessment:
        """Hold one target against its measure now."""
        if not self._engine.beginning.over:
            return self._kept.assess(target)
        with self._engine.lock:
            return assessed(self._engine.city, target, self._engine.instant)

    def gateways(self) -> Mapping[str, bool]:
        """Return the gateways that said online (True) or offline (False); none until the engine has begun."""
        with self._engine.lock:
            return dict(self._engine.news.gateways)

    def engine_status(self) -> Mapping[str, Any]:
        """Return how far the engine is."""
        return self._engine.status()
