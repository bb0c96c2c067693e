"""The trial run: broker, stores, fleet, engine, API on embedded parts, bound to the loopback."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from app.broker import EmbeddedBroker
from app.clock import SimulatedClock, SystemClock, wall_now
from app.demo_place import LOOPBACK, DemoFolder, claim_folder, free_port
from app.leash import Leash
from app.lifecycle import Lifecycle, Part
from app.settings import ApiSettings, EngineSettings, MqttSettings, Settings
from app.stores import open_operational
from app.story import Story, say
from app.story_told import Told
from app.wiring import Extras, System, build
from domain.citytime import JINAN
from domain.ports import Clock
from domain.record import Role
from ingest.journal.sqlite import SqliteJournal
from rules.lighting.sun import sunset
from simulators.jinan.city import city_of
from simulators.jinan.duty import ROSTER
from simulators.jinan.timetable import TIMETABLE
from simulators.publisher import Broker
from simulators.run import FleetRunner, fleet_runner
from simulators.scenario import load as load_scenario

BEFORE_SUNSET = timedelta(minutes=2)
SCENARIO = Path(__file__).parents[1] / "config" / "scenarios" / "demo.toml"


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the command line of `quanyan demo` says."""

    devices: int
    speed: float
    live: bool
    port: int
    mqtt_port: int
    data_dir: Path
    keep: bool
    seed: int
    pause: float
    """Wall seconds that the clock stays at 1× after a target was missed, when nobody can press a key."""


def sunset_start(today: datetime) -> datetime:
    """Return the instant shortly before sunset in Jinan on the city's day of `today`, UTC."""
    return sunset(JINAN, today.astimezone(JINAN.tz).date()) - BEFORE_SUNSET


def prepare(options: DemoOptions) -> tuple[System, DemoFolder]:
    """Claim a folder and ports, fill the register, and wire everything; nothing runs yet."""
    folder = claim_folder(options.data_dir, keep=options.keep)
    settings = Settings(
        data_dir=folder.path,
        mqtt=MqttSettings(port=free_port(options.mqtt_port), protocol="3.1.1"),
        api=ApiSettings(port=free_port(options.port)),
        engine=EngineSettings(snapshot_every_s=10),
    )
    clock = SystemClock() if options.live else SimulatedClock(_start(settings, folder), 1)
    _found_city(settings, clock, options)
    return _wire(settings, clock, options), folder


def _start(settings: Settings, folder: DemoFolder) -> datetime:
    """A fresh city begins before sunset; one that is kept goes on after the last delivery it holds."""
    if folder.fresh:
        return sunset_start(wall_now())
    journal = SqliteJournal(
        settings.under_data(settings.journal.folder), (), settings.journal.cap_bytes, settings.journal.roll_bytes
    )
    try:
        last = journal.read(max(0, journal.end - 1), 1)
    finally:
        journal.close()
    return last[0].delivery.arrival if last else sunset_start(wall_now())


def _found_city(settings: Settings, clock: Clock, options: DemoOptions) -> None:
    operational = open_operational(settings)
    try:
        if operational.register.version() == 0:
            operational.register.record(list(city_of(options.devices, options.seed)), "demo", clock.now())
            operational.lighting.put_timetable(TIMETABLE, "demo", clock.now())
            operational.duty.put(ROSTER, "demo", wall_now())
    finally:
        operational.close()


def _wire(settings: Settings, clock: Clock, options: DemoOptions) -> System:
    """The service as `serve` wires it, with a broker before it, a fleet and the story after it."""
    simulated = clock if isinstance(clock, SimulatedClock) else None
    extras = Extras(anonymous=Role.ADMIN, pace=lambda: simulated.speed if simulated else 1.0, simulated=bool(simulated))
    system = build(settings, clock, wall_now, extras)
    port = settings.mqtt.port
    broker = EmbeddedBroker(LOOPBACK, port)
    fleet = _fleet(system, clock, options, port)
    told = Told(system.operational.outbox, system.operational.duty, JINAN.tz)
    story = Story(simulated, (options.speed, options.pause), system.view, (system.operational.events, told), JINAN.tz)
    parts = [
        Part("broker", f"amqtt (MQTT 3.1.1) on mqtt://{LOOPBACK}:{port}", broker.start, broker.stop),
        *system.lifecycle.parts,
        Part("fleet", f"{options.devices} simulated devices, seed {options.seed}", fleet.start, fleet.stop),
        Part("story", "tells what happens below", story.start, story.stop),
    ]
    return replace(system, lifecycle=Lifecycle(parts))


def _fleet(system: System, clock: Clock, options: DemoOptions, port: int) -> FleetRunner:
    devices = list(system.operational.register.load().devices(clock.now()))
    scenario = load_scenario(SCENARIO)
    broker = Broker(LOOPBACK, port)
    reached = Leash(clock, system.received).reached if isinstance(clock, SimulatedClock) else None
    return fleet_runner(
        devices, clock, broker, scenario=scenario, seed=options.seed, timetable=TIMETABLE, reached=reached
    )


def announce(system: System, folder: DemoFolder, options: DemoOptions) -> None:
    """Say in one line per part what runs where, and what to try."""
    clock = "wall clock" if options.live else f"SIMULATED city clock at {options.speed:g}x"
    say(f"泉眼 Quanyan, trial run with a {clock}; everything is bound to {LOOPBACK}, data in {folder.path}")
    for part in system.lifecycle.parts:
        say(f"  {part.name:<15} {part.what}")
    api = next(part.what for part in system.lifecycle.parts if part.name == "api").rstrip("/")
    say(f"\n  curl '{api}/api/v1/indicators/light_on_rate/measures?scope_kind=road_class'")
    say(f"  curl '{api}/api/v1/targets'")
    say(f"  QUANYAN_DATA_DIR={folder.path} quanyan duty now\n")
