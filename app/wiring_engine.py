"""The engine of a service with everything it needs, made from the settings."""

from collections.abc import Callable
from datetime import datetime, timedelta

from app.alert_watch import RuleFiles
from app.alerting_parts import committer, open_alerting
from app.engine import Engine
from app.engine_parts import Books, EngineOptions
from app.keeper import Keeper
from app.last_kept import LastKept
from app.notify import Office
from app.settings import Settings
from app.snapshot import SnapshotFile
from app.targets import load_targets
from app.view import EngineView
from domain.ports import Clock, ReadableJournal, TelemetryStore
from ingest.feed import DecodedFeed
from rules.indicator import World
from store.operational.facade import OperationalStore


def open_engine(
    settings: Settings,
    clocks: tuple[Clock, Callable[[], datetime]],
    source: tuple[ReadableJournal, DecodedFeed],
    operational: OperationalStore,
    rest: tuple[Office, Callable[[], float]],
) -> tuple[Engine, RuleFiles]:
    """Wire the engine with its alerts; started, it begins.

    `clocks`: city, wall; `rest`: who tells people, how fast the clock runs.

    Raises:
        ConfigError: a target or a rule file is wrong.
    """
    (clock, wall), (journal, feed), (office, pace) = clocks, source, rest
    place = settings.city.place
    targets = load_targets(settings.targets_file, place)
    alerting, rules_place = open_alerting(settings.rules_folder, operational, wall, targets, office)
    calm = timedelta(seconds=settings.history.calm_s)
    keeper = Keeper(operational.measures, clock, place.tz, calm=calm)
    engine = Engine(
        EngineOptions(tick=timedelta(seconds=settings.engine.tick_s), pace=pace),
        feed,
        journal,
        Books(operational.events, keeper, alerting, committer(operational, office.worker.wake)),
        clock,
        SnapshotFile(settings.data_dir / "snapshots" / "engine.json.gz"),
        targets,
        lambda: World(operational.register.load(), operational.lighting.load(), place),
    )
    return engine, RuleFiles(rules_place, alerting, engine.lock)


def open_view(
    settings: Settings,
    engine: Engine,
    stores: tuple[OperationalStore, TelemetryStore],
    journal: ReadableJournal,
    clock: Clock,
) -> EngineView:
    """Wire what the API may ask of the engine, and of the stores where that cannot say."""
    operational, telemetry = stores
    kept = LastKept(operational.measures, clock, settings.city.place.tz)
    return EngineView(engine, telemetry, journal, kept, clock)
