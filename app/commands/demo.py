"""`quanyan demo`."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands.running import run_until_signalled
from app.logs import configure


def demo(
    devices: Annotated[int, typer.Option(min=80, max=130_000, help="Size of the simulated city.")] = 2000,
    speed: Annotated[float, typer.Option(min=1, max=600, help="City seconds in one second.")] = 60,
    live: Annotated[bool, typer.Option("--live", help="Wall-clock time instead of a simulated evening.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="HTTP port; the next free one if taken.")] = 8080,
    mqtt_port: Annotated[int, typer.Option(min=1, max=65535, help="MQTT port; the next free one if taken.")] = 1883,
    data_dir: Annotated[Path, typer.Option(help="Folder of the demo.")] = Path("data/demo"),
    keep: Annotated[bool, typer.Option("--keep", help="Go on where the last demo ended, not afresh.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same city and weather.")] = 1,
    pause: Annotated[float, typer.Option(min=0, help="Seconds at 1x after a missed target, without a terminal.")] = 120,
) -> None:
    """Run everything on embedded parts with a simulated city; nothing to install, nothing leaves this machine."""
    from app.demo import DemoOptions, announce, prepare  # late: the other commands start without web and stores

    configure("WARNING", "text")
    options = DemoOptions(devices, speed, live, port, mqtt_port, data_dir, keep, seed, pause)
    system, folder = prepare(options)
    announce(system, folder, options)
    try:
        run_until_signalled(
            system.lifecycle, system.health.dead, system.reloading.on_signal, lambda: system.engine.beginning.over
        )
    finally:
        folder.release()
