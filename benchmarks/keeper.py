"""How long the engine's lock is held while measures of closed periods are taken, in a city of 130,000 devices.

Run: python -m benchmarks.keeper [number of devices]
"""

import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from app.fair_lock import FairLock
from app.keeper import Keeper
from benchmarks.kinds import LOADS, Load
from benchmarks.lamps import PLAN
from benchmarks.report import Figure
from domain.citytime import JINAN
from domain.device import DeviceVersion
from domain.reading import Reading
from domain.register import Register
from rules.indicators import INDICATORS
from rules.live import City
from simulators.jinan.city import city_of
from store.operational import OperationalStore

DEVICES: Final = 130_000
START: Final = datetime(2026, 11, 30, 10, tzinfo=UTC)
"""18:00 in Jinan, the last evening of a month."""
HOURS: Final = 9
HOUR: Final = timedelta(hours=1)


class StandingClock:
    """The city's clock, which nobody asks here."""

    def now(self) -> datetime:
        """Return the beginning."""
        return START


class Held(NamedTuple):
    """What one indicator cost over all instants."""

    longest_ms: float
    all_ms: float
    measures: int
    name: str


def _hour_of(load: Load, ids: list[str], turn: int) -> Iterator[Reading]:
    for n, device in enumerate(ids):
        values, events = load.says(n, turn)
        at = START + turn * HOUR + (timedelta() if load.every >= HOUR else n * HOUR / len(ids))
        yield Reading(device, load.kind, at, at, values, events=events)


def measure(devices: int = DEVICES) -> list[Figure]:
    """Return the longest hold of the lock and what one instant takes, from an evening through the end of a month."""
    changes = list(city_of(devices))
    register = Register.of([DeviceVersion(c.device, c.valid_from, c.valid_to, START) for c in changes], 1)
    city = City(register, PLAN, JINAN)
    city.advance(START)
    with_kind = {load.kind: [t[0].device.id for t in register.timelines(load.kind)] for load in LOADS}
    home = tempfile.TemporaryDirectory(prefix="quanyan-bench-")
    store = OperationalStore(f"sqlite:///{home.name}/operational.sqlite")
    keepers = {n: Keeper(store.measures, StandingClock(), JINAN.tz, {n: i}) for n, i in INDICATORS.items()}
    spent, counts, instants = dict.fromkeys(keepers, 0.0), dict.fromkeys(keepers, 0), dict[datetime, float]()
    lock = FairLock()
    for turn in range(HOURS):
        for load in LOADS:
            for reading in _hour_of(load, with_kind[load.kind], turn):
                city.apply(reading)
        now, until = START + turn * HOUR, START + (turn + 1) * HOUR
        while (now := min(keeper.next_after(now) for keeper in keepers.values())) <= until:
            city.advance(now)
            for name, keeper in keepers.items():
                keeper.last_s = 0.0
                keeper.take(city, now, lock)
                counts[name] += int(keeper.figures()["measures_pending"])
                spent[name] += keeper.last_s
                instants[now] = instants.get(now, 0.0) + keeper.last_s
                keeper.flush(now)
        city.advance(until)
    store.close()
    home.cleanup()
    held = sorted(
        (Held(1e3 * k.longest_hold_s, 1e3 * spent[n], counts[n], n) for n, k in keepers.items()), reverse=True
    )
    for row in held[:12]:
        print(f"  {row.name:<28} longest {row.longest_ms:8.1f} ms, all {row.all_ms:8.1f} ms, {row.measures} measures")
    longest, fullest = held[0], max(instants, key=lambda at: instants[at])
    size = f"{len(register):,} devices"
    return [
        Figure(f"longest hold of the lock ({longest.name}), {size}", longest.longest_ms, "ms"),
        Figure(f"all measures of the fullest instant ({fullest:%m-%dT%H:%MZ}), {size}", 1e3 * instants[fullest], "ms"),
        Figure(f"all measures of a plain hour, {size}", 1e3 * sorted(instants.values())[len(instants) // 2], "ms"),
    ]


def main() -> None:
    """Print the figures."""
    for figure in measure(*(int(text) for text in sys.argv[1:2])):
        print(f"{figure.name:<80} {figure.value:8.1f} {figure.unit}")


if __name__ == "__main__":
    main()
