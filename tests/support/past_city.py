"""A city that has been: its register, its archive and what it published, as a service leaves them in a folder."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.recompute.run import Outcome, Wish, run
from app.settings import Settings
from domain.citytime import JINAN
from domain.device import Device
from domain.history import HistoryQuery
from domain.lighting import LightingPlan
from domain.ports import DeviceChange
from domain.reading import Reading
from rules.indicator import World
from rules.indicators import INDICATORS
from rules.kept import due
from rules.replay import replay
from store.archive import ParquetArchive
from store.operational import OperationalStore
from tests.support.air import air, station
from tests.support.rules import BEGINNING, lamp, local, power, section, water

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
START, END = local("2026-10-19T00:00"), local("2026-10-21T00:00")
NOW = END + 5 * DAY
NAMES = ("aqi", "light_on_rate", "section_compliance")
DEVICES: Sequence[Device] = (
    *(lamp(f"l{n}", rated_power=100.0, underpass=n == 0, road=f"路{n % 2}") for n in range(5)),
    *(station(f"a{n}", background=n == 3) for n in range(4)),
    *(section(f"s{n}", target_class=2 + n) for n in range(3)),
)


def readings(days: int) -> list[Reading]:
    """Some days and what is before them, with gaps, faults, corrections and repetitions; made up, none by chance."""
    found: list[Reading] = []
    for n in range(-3 * 24, 24 * days + 1):
        at = START + n * HOUR
        found += [
            air(f"a{k}", at, faults=("calibration",) if (n + k) % 11 == 0 else ()) for k in range(4) if (n * k) % 7
        ]
        found += [power(f"l{k}", at + k * 7 * MINUTE, 100.0 if (n + k) % 5 else 0.0) for k in range(5) if (n + k) % 9]
        if n % 4 == 0:
            found += [water(f"s{k}", at + MINUTE) for k in range(3) if (n + k) % 5]
    found += [replace(r, revision=1, values={**r.values, "power": 1.0}) for r in found[::31] if r.kind == "streetlight"]
    return found + found[::13]


class PastCity:
    """A folder as a service leaves it: register, archive, and what was published of two days, unless told not to."""

    def __init__(self, folder: Path, *, days: int = 2, publishes: bool = True) -> None:
        self.settings = Settings(data_dir=folder)
        self.operational = OperationalStore(self.settings.operational_url())
        register = self.operational.register.record([DeviceChange(d, BEGINNING) for d in DEVICES], "test", BEGINNING)
        archive = ParquetArchive(folder / "archive")
        archive.gather([(n, 0, r) for n, r in enumerate(readings(days))])
        archive.write()
        archive.complete(NOW)
        world = World(register, LightingPlan((), (), 0), JINAN)
        for name in NAMES if publishes else ():
            indicator = INDICATORS[name]
            dues = list(due(indicator, START + indicator.kept.settle, END + indicator.kept.settle, JINAN.tz))
            for replayed in replay(indicator, dues, archive.window, world):
                self.operational.measures.publish(replayed.found, END)

    def run(self, **changes: object) -> Outcome:
        wish = replace(Wish(START, END, NAMES), **changes)  # type: ignore[arg-type]
        return run(self.settings, wish, NOW, lambda _done, _whole: None)

    def falsify(self, name: str = "light_on_rate", scope: str = "city", **figures: object) -> None:
        """Publish something wrong of the first period."""
        asked = HistoryQuery(name, scope, INDICATORS[name].kept.every, START, END, 1)
        (first,) = self.operational.measures.history(asked)
        wrong = replace(first, measure=replace(first.measure, **figures))  # type: ignore[arg-type]
        self.operational.measures.revise([wrong], END, lambda _: ())
