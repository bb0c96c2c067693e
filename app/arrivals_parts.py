"""The ledger of arrivals in the running service, with its part, health and metrics."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from app.arrivals import ArrivalOptions, Arrivals
from app.health import PartsHealth
from app.lifecycle import Part
from app.settings import Settings
from app.stores import mqtt_options
from domain.ports import Clock, Journal
from domain.register import Register
from ingest.asker import Asker
from ingest.feed import DecodedFeed

STOP_S = 20


@dataclass(frozen=True, slots=True)
class ArrivalParts(Collector):
    """The ledger, and who asks gateways."""

    ledger: Arrivals
    asker: Asker | None

    def parts(self) -> list[Part]:
        """Return what starts after the journal and stops before it."""
        ledger, asker = self.ledger, self.asker
        parts = [Part("arrivals", "expected, received, missing", ledger.start, lambda: ledger.stop(STOP_S))]
        return parts if asker is None else [*parts, Part("asker", "asks gateways back", asker.start, asker.stop)]

    def watch(self, health: PartsHealth) -> None:
        """Have the thread looked after."""
        health.thread("arrivals", self.ledger.alive)

    @override
    def collect(self) -> Iterable[Metric]:
        totals = self.ledger.totals()
        yield GaugeMetricFamily("quanyan_arrivals_devices", "Devices that were ever heard.", totals.devices)
        missing = "Readings missing by sequence number that may still come."
        yield GaugeMetricFamily("quanyan_arrivals_missing", missing, totals.missing)
        texts = {
            "received": "Readings by the ledger of arrivals, each once.",
            "late": "Readings that came later than their kind's freshness.",
            "duplicates": "Readings that came again.",
            "given_up": "Missing readings that are no longer waited for.",
            "recovered": "Readings that came after they had been missing.",
            "restarts": "Devices that began to count anew.",
            "unnumbered": "Readings without sequence number.",
            "asked": "Questions sent to gateways for missing readings.",
        }
        for name, text in texts.items():
            yield CounterMetricFamily(f"quanyan_arrivals_{name}", text, getattr(totals, name))


def open_arrivals(
    settings: Settings, clock: Clock, source: tuple[Journal, DecodedFeed], register: Callable[[], Register]
) -> ArrivalParts:
    """Wire the ledger; nothing runs yet."""
    asker = Asker(mqtt_options(settings)) if settings.arrivals.ask_back else None
    file = settings.data_dir / "snapshots" / "arrivals.json.gz"
    ask = asker.ask if asker is not None else None
    options = ArrivalOptions(rest_s=settings.arrivals.rest_s)
    return ArrivalParts(Arrivals(source, register, clock, file, settings.city.place.tz, ask, options), asker)
