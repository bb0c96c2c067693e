"""`quanyan simulate`: fleets and recorded files, against any broker."""

import csv
import json
import signal
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from app.clock import SimulatedClock, SystemClock
from app.commands.common import Config, instant, operational
from app.logs import configure
from app.settings import load
from app.stores import mqtt_options
from domain.device import Device
from domain.errors import ConfigError, Problem
from domain.lighting import Timetable
from domain.ports import Clock, DeviceChange
from rules.lighting.schedule import STANDARD
from simulators.jinan.city import SINCE
from simulators.jinan.hotline import COLUMNS, HOTLINE, daily_rows
from simulators.publisher import Broker, Publisher
from simulators.recording_format import ReplayOptions
from simulators.replay import read_recording, replay
from simulators.resend import RESEND
from simulators.run import fleet_runner
from simulators.scenario import NOTHING_WRONG
from simulators.scenario import load as load_scenario
from store.register_files import load_register, write_register

cli = typer.Typer(help="Simulated fleets, and replay of recorded files.", no_args_is_help=True)

_LOOK_S: Final = 0.1
_LOOKS: Final = 20
"""After so many it is said that there is no connection."""
Report = Annotated[Path | None, typer.Option(help="Write the account of what was sent here, as JSON.")]


@cli.command("fleet")
def fleet(
    register: Annotated[Path | None, typer.Option(help="Register file; default: the operational database.")] = None,
    scenario: Annotated[Path | None, typer.Option(help="TOML file with faults.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed sends the same.")] = 1,
    start: Annotated[str, typer.Option(help="First city instant, RFC 3339; default: now.")] = "",
    speed: Annotated[float, typer.Option(min=0.01, help="City seconds in one second.")] = 1,
    minutes: Annotated[float, typer.Option(min=0, help="City minutes to run; 0 = until Ctrl-C.")] = 0,
    connections: Annotated[int, typer.Option(min=1, max=100)] = 4,
    answers: Annotated[bool, typer.Option(help="Gateways send again what the backend misses and asks for.")] = True,
    report: Report = None,
    config: Config = None,
) -> None:
    """Let the devices of a register report to the broker of the settings."""
    clock: Clock = SystemClock()
    if start or speed != 1:
        clock = SimulatedClock(instant(start, "--start") if start else clock.now(), speed)
    began = clock.now()
    devices, timetable = _city(register, config, began)
    faults = load_scenario(scenario) if scenario else NOTHING_WRONG
    place = load(config).city.place
    broker = replace(_broker(config, "quanyan-fleet", connections), listens=RESEND if answers else None)
    runner = fleet_runner(devices, clock, broker, scenario=faults, seed=seed, place=place, timetable=timetable)
    stop = _stop_on_signal()
    _open(report)
    configure("WARNING", "text")
    runner.start()
    typer.echo(f"{len(devices)} devices report to mqtt://{broker.host}:{broker.port} from {began.isoformat()}")
    for look in count():
        if stop.wait(_LOOK_S) or (minutes and clock.now() - began >= timedelta(minutes=minutes)):
            break
        if look == _LOOKS and not runner.report(sequence=False)["connection"]["connected"]:
            typer.echo(f"mqtt://{broker.host}:{broker.port}: no connection yet, trying on", err=True)
    runner.stop(30)
    _tell(runner.report(sequence=report is not None), report)


@cli.command("replay")
def replay_file(
    file: Annotated[Path, typer.Argument(help="Recorded CSV; its format is recognised by the header.")],
    speed: Annotated[float, typer.Option(min=0, help="Recorded seconds in one second; 0 = as fast as it goes.")] = 0,
    values: Annotated[Literal["raw", "shown"], typer.Option(help="Water: measured or displayed values.")] = "raw",
    target_class: Annotated[int, typer.Option(min=0, max=5, help="Water: class of every section; 0 = none.")] = 0,
    start_date: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of minutes.")] = None,
    register: Annotated[Path | None, typer.Option(help="Write the devices of the file here and send nothing.")] = None,
    report: Report = None,
    config: Config = None,
) -> None:
    """Publish a recorded file. Its devices must be in the register first: write them with --register, load them."""
    options = ReplayOptions(
        values=values,
        target_class=target_class or None,
        start_date=start_date.date() if start_date else None,
    )
    recording = read_recording(file, options)
    if register is not None:
        write_register(register, recording.changes)
        typer.echo(f"{len(recording.changes)} devices written to {register}")
        return
    _open(report)
    configure("WARNING", "text")
    publisher = Publisher(_broker(config, "quanyan-replay", 4))
    _tell(replay(recording, publisher, speed=speed or None, stop=_stop_on_signal()), report)


@cli.command("hotline")
def hotline_file(
    file: Annotated[Path, typer.Argument(help="CSV to write, for `quanyan import`.")],
    first: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day of the table.")],
    days: Annotated[int, typer.Option(min=1, max=3660)] = 62,
    seed: Annotated[int, typer.Option(help="The same seed gives the same table.")] = 1,
    register: Annotated[Path | None, typer.Option(help="Write the table's own register row here.")] = None,
    config: Config = None,
) -> None:
    """Write a synthetic daily table of the citizens' hotline."""
    rows = daily_rows(first.date(), days, seed, load(config).city.place.tz)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    if register is not None:
        write_register(register, [DeviceChange(HOTLINE, SINCE)])
    typer.echo(f"{days} days written to {file}")


def _city(register: Path | None, config: Path | None, at: datetime) -> tuple[list[Device], Timetable]:
    """Return the devices that exist at an instant, and the timetable that the service judges them by."""
    if register is not None:
        changes = load_register(register, at)
        return [c.device for c in changes if c.valid_from <= at and (c.valid_to is None or at < c.valid_to)], STANDARD
    with operational(config) as (_, store):
        devices = list(store.register.load().devices(at))
        timetables = store.lighting.load().timetables
    if not devices:
        raise ConfigError([Problem("register", 0, "", "no device is registered; load a register or give --register")])
    return devices, timetables[0] if timetables else STANDARD


def _broker(config: Path | None, client_id: str, connections: int) -> Broker:
    options = mqtt_options(load(config))
    return Broker(
        host=options.host,
        port=options.port,
        client_id=client_id,
        protocol=options.protocol,
        username=options.username,
        password=options.password,
        tls=options.tls,
        ca_file=Path(options.ca_file) if options.ca_file else None,
        cert_file=Path(options.cert_file) if options.cert_file else None,
        key_file=Path(options.key_file) if options.key_file else None,
        connections=connections,
    )


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _open(report: Path | None) -> None:
    """Make the file before anything is sent: without its account nobody can reconcile a run."""
    if report is not None:
        report.touch()


def _tell(account: dict[str, Any], report: Path | None) -> None:
    text = json.dumps(account, ensure_ascii=False, indent=2)
    if report is None:
        typer.echo(text)
        return
    report.write_text(text, encoding="utf-8")
    typer.echo(f"account written to {report}")
