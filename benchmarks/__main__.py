"""`make bench`: every benchmark on real servers, one after the other; figures printed and kept as JSON."""

import tempfile
from pathlib import Path

from benchmarks import chain, keeper, kinds, lamps, live, recompute
from benchmarks.report import Figure, report
from tests.support import servers
from tests.support.broker import Mosquitto
from tests.support.influx import InfluxServer
from tests.support.processes import Program
from tests.support.service import influx_settings


def program(found: servers.Found) -> Program:
    """Return how to run a server.

    Raises:
        SystemExit: it is not there.
    """
    if found.program is None:
        raise SystemExit(f"this benchmark needs a real server: {found.how}")
    return found.program


def main() -> None:
    """Run them all."""
    with tempfile.TemporaryDirectory(prefix="quanyan-bench-") as folder:
        home = Path(folder)
        broker = Mosquitto.create(program(servers.mosquitto()), home / "mosquitto")
        influx_home = home / "influx"
        influx_home.mkdir()
        influx = InfluxServer.create(program(servers.influxdb()), influx_home)
        broker.start()
        influx.start()
        figures: list[Figure] = []
        try:
            for name, batch in (("singles", False), ("batches of 92", True)):
                short = name.split(" ", maxsplit=1)[0]
                influx.make_bucket(short)
                figures += chain.measure(home, broker, influx_settings(influx, short), f"influx-{short}", batch=batch)
                figures += chain.measure(home, broker, {}, f"duckdb-{short}", batch=batch)
            figures += live.measure(home, broker)
            for number in lamps.SIZES:
                figures += lamps.measure(number)
            for fleet in kinds.LOADS:
                figures += kinds.measure(fleet)
            for past in recompute.LOADS:
                figures += recompute.measure(past)
            figures += keeper.measure()
        finally:
            influx.kill()
            broker.stop()
        path = report(figures)
        print(f"kept in {path}")


if __name__ == "__main__":
    main()
