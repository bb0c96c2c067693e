"""`quanyan serve --only ingest`: broker and door to journal, journal to the stores and to the quarantine."""

import os

from app.apart.answers import IngestAnswers
from app.apart.common import INGEST, REFRESH_S, Clocks, Process, answer_calls, check, hold_world, probes
from app.health import PartsHealth
from app.lifecycle import Lifecycle, Part
from app.schedule import Schedule
from app.settings import Settings
from app.stores import open_operational, open_telemetry
from app.tracing import open_traces
from app.wiring import store_parts
from app.wiring_intake import nothing, open_intake


def build_ingest(settings: Settings, clocks: Clocks) -> Process:
    """Open journal and stores and wire the parts. Nothing runs before `lifecycle.start()`.

    Raises:
        ConfigError: a setting is wrong, a port is taken, or another process appends to this journal.
        StoreUnavailable: the operational database is away.
    """
    check(settings, INGEST)
    traces = open_traces(INGEST, os.environ)
    clock, wall = clocks
    operational, telemetry = open_operational(settings), open_telemetry(settings)
    held, world = hold_world(operational, clock)
    intake = open_intake(settings, clock, lambda: held.register, (operational, telemetry))
    schedule = Schedule()
    schedule.every(REFRESH_S, "world-refresh", world.refresh)
    intake.books.schedule(schedule, settings.retention.every_s)
    health = PartsHealth()
    intake.watch(health)
    health.check("operational", lambda: None if operational.healthy() else "does not answer")
    calls = answer_calls(settings, INGEST, IngestAnswers(intake, world))
    health.thread("calls", calls.alive)
    http = probes(settings, INGEST, health, (intake.collector(), intake.books), (operational, wall))
    parts = [
        *traces,
        *store_parts(settings, operational, telemetry),
        Part("journal", f"{settings.under_data(settings.journal.folder)}", nothing, intake.journal.close),
        *intake.consuming(),
        *intake.taking(),
        Part("calls", "answers api and engine", calls.start, calls.stop),
        http,
        intake.listening(settings),
        Part("schedule", "register refresh", schedule.start, schedule.stop),
    ]
    return Process(Lifecycle(parts), health, nothing)
