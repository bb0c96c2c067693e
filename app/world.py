"""Changes to what the city is: recorded, taken over by who uses it, told as an event. Also notices others' changes."""

import logging
import threading
from collections.abc import Sequence
from typing import Protocol

from app.away import Away
from domain.errors import Starting, Unavailable
from domain.lighting import LightingPlan, Override, Timetable
from domain.ports import Clock, DeviceChange, EventLog, LightingStore, RegisterStore
from domain.record import EventType, NewEvent
from domain.register import Register

logger = logging.getLogger(__name__)


class WorldUser(Protocol):
    """Uses register and lighting plan: the engine, or a process without one."""

    @property
    def register(self) -> Register:
        """The register in use. Raises `Starting` while there is none."""
        ...

    @property
    def lighting(self) -> LightingPlan:
        """The lighting plan in use. Raises as `register` does."""
        ...

    def set_world(self, register: Register, lighting: LightingPlan) -> None:
        """Take over a changed register or lighting plan."""
        ...


class HeldWorld:
    """Register and lighting plan of a process without an engine."""

    def __init__(self, register: Register, lighting: LightingPlan) -> None:
        """Hold these."""
        self.register, self.lighting = register, lighting

    def set_world(self, register: Register, lighting: LightingPlan) -> None:
        """Hold others from now on."""
        self.register, self.lighting = register, lighting


class RunningWorld:
    """Implements `domain.ports.World` for the process that uses the world."""

    def __init__(
        self, registers: RegisterStore, lighting: LightingStore, events: EventLog, engine: WorldUser, clock: Clock
    ) -> None:
        """Record in the stores, hand over to the engine or to who stands for it."""
        self._registers, self._lighting, self._events = registers, lighting, events
        self._engine, self._clock = engine, clock
        self._lock, self._away = threading.Lock(), Away(logger, "world_not_refreshed")

    def change_devices(self, changes: Sequence[DeviceChange], author: str) -> Register:
        """Record changes of the register and take them over."""
        with self._lock:
            now, lighting = self._clock.now(), self._engine.lighting  # nothing is recorded that nobody takes over
            register = self._registers.record(changes, author, now)
            self._engine.set_world(register, lighting)
            devices = [c.device.id for c in changes[:20]]
            data = {"version": register.version, "author": author, "changes": len(changes), "devices": devices}
            self._events.commit([NewEvent(EventType.REGISTER_CHANGED, now, data)])
            return register

    def put_timetable(self, timetable: Timetable, author: str) -> LightingPlan:
        """Record a lighting timetable and take it over."""
        with self._lock:
            register = self._engine.register
            plan = self._lighting.put_timetable(timetable, author, self._clock.now())
            return self._take_over(register, plan, {"timetable": timetable.id, "author": author})

    def add_override(self, override: Override) -> LightingPlan:
        """Record a lighting override and take it over."""
        with self._lock:
            register = self._engine.register
            plan = self._lighting.add_override(override)
            return self._take_over(register, plan, {"override": override.id, "author": override.author})

    def withdraw_override(self, override_id: str, author: str) -> LightingPlan:
        """Withdraw a lighting override."""
        with self._lock:
            register = self._engine.register
            plan = self._lighting.withdraw_override(override_id, author, self._clock.now())
            return self._take_over(register, plan, {"withdrawn": override_id, "author": author})

    def _take_over(self, register: Register, plan: LightingPlan, data: dict[str, object]) -> LightingPlan:
        self._engine.set_world(register, plan)
        event = NewEvent(EventType.LIGHTING_CHANGED, self._clock.now(), {"version": plan.version, **data})
        self._events.commit([event])
        return plan

    def refresh(self) -> None:
        """Take over what another process (the command line) recorded. Called on a schedule; never raises."""
        try:
            with self._lock:
                plan = self._lighting.load()
                register = self._engine.register
                if self._registers.version() != register.version:
                    register = self._registers.load()
                if register is not self._engine.register or plan.version != self._engine.lighting.version:
                    self._engine.set_world(register, plan)
                    logger.info("world_refreshed", extra={"register": register.version, "lighting": plan.version})
            self._away.over()
        except Starting:
            pass  # the engine reads what is recorded
        except Unavailable as away:
            self._away.says(away)
