"""`quanyan register`: load, export, generate and ask the register of devices."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from app.clock import wall_now
from app.commands.common import Config, author, instant, operational
from domain.device import AssetState
from domain.errors import NotFound
from domain.ports import DeviceChange
from simulators.jinan.city import SINCE, city_of, generate
from simulators.jinan.components import CITY_COMPONENTS, PLACED, components
from store.register_files import load_register, write_register

cli = typer.Typer(help="The register of devices: the denominator of everything.", no_args_is_help=True)


@cli.command("load")
def load_file(
    file: Annotated[Path, typer.Argument(help="CSV or GeoJSON.")],
    config: Config = None,
) -> None:
    """Record the devices of a file. One mistake refuses the whole file, and each is named with its line."""
    changes = load_register(file, wall_now())
    with operational(config) as (_, store):
        register = store.register.record(changes, author(), wall_now())
    typer.echo(f"{len(changes)} device versions recorded; the register holds {len(register)} devices")


@cli.command("export")
def export_file(
    file: Annotated[Path, typer.Argument(help="CSV or GeoJSON, by its ending.")],
    kind: Annotated[str, typer.Option(help="Only this kind.")] = "",
    known_at: Annotated[str, typer.Option(help="As it was believed at this instant (RFC 3339).")] = "",
    config: Config = None,
) -> None:
    """Write the register to a file that `load` takes."""
    with operational(config) as (_, store):
        register = store.register.load(instant(known_at, "--known-at") if known_at else None)
    changes = [
        DeviceChange(v.device, v.valid_from, v.valid_to)
        for timeline in register.timelines(kind or None)
        for v in timeline
    ]
    write_register(file, changes)
    typer.echo(f"{len(changes)} device versions written to {file}")


@cli.command("generate")
def generate_file(
    file: Annotated[Path, typer.Argument(help="CSV or GeoJSON to write.")],
    devices: Annotated[int, typer.Option(min=0, help="A city of so many devices; 0 = the real size of Jinan.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same city.")] = 1,
) -> None:
    """Write a synthetic Jinan: districts, road classes, supply points, stations, sections, bays."""
    changes = list(city_of(devices, seed) if devices else generate(seed=seed))
    write_register(file, changes)
    typer.echo(f"{len(changes)} device versions written to {file}; what was made up is marked synthetic")


@cli.command("components")
def components_file(
    file: Annotated[Path, typer.Argument(help="CSV or GeoJSON to write.")],
    count: Annotated[int, typer.Option(min=1, help="How many components.")] = CITY_COMPONENTS,
    placed: Annotated[float, typer.Option(min=0, max=1, help="The share with a position.")] = PLACED,
    seed: Annotated[int, typer.Option(help="The same seed gives the same components.")] = 1,
) -> None:
    """Write a synthetic component database of the unified grid (manhole covers …): the denominator of one map."""
    write_register(file, (DeviceChange(device, SINCE) for device in components(count, seed, placed=placed)))
    typer.echo(f"{count} components written to {file}, all marked synthetic")


@cli.command("show")
def show(
    device: Annotated[str, typer.Argument(help="Device id.")],
    config: Config = None,
) -> None:
    """Show every version ever recorded for a device: when it was valid, when we believed it, who recorded it."""
    with operational(config) as (_, store):
        history = store.register.history(device)
    if not history:
        raise NotFound(f"device {device!r} was never registered")
    for v in history:
        until = v.valid_to.isoformat() if v.valid_to else "…"
        believed = f"until {v.recorded_to.isoformat()}" if v.recorded_to else "still"
        typer.echo(f"{v.valid_from.isoformat()} – {until}  {v.device.state}  {v.device.name}  {v.device.district}")
        typer.echo(f"    recorded {v.recorded_at.isoformat()} by {v.author}, believed {believed}")


@cli.command("set-state")
def set_state(
    device: Annotated[str, typer.Argument(help="Device id.")],
    state: Annotated[AssetState, typer.Argument(help="What it is from then on.")],
    since: Annotated[str, typer.Option(help="RFC 3339 with offset; default: now.")] = "",
    config: Config = None,
) -> None:
    """Record that a device is in service, under maintenance, not handed over, or scrapped."""
    at = instant(since, "--since") if since else wall_now()
    with operational(config) as (_, store):
        known = store.register.load().at(device, at)
        if known is None:
            raise NotFound(f"device {device!r} is not registered at {at.isoformat()}")
        store.register.record([DeviceChange(replace(known, state=state), at)], author(), wall_now())
    typer.echo(f"{device} is {state} from {at.isoformat()}")
