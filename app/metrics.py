"""The metrics of this process, read from its parts when Prometheus asks. Every counter exists from the start."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from api.crowd import Crowd
from domain.ports import Accounting, LiveView, ReadableJournal

_DELIVERIES = {
    "refused": "Deliveries given back to the sender because the journal could not take them.",
    "dropped": "QoS 0 deliveries that found no room.",
    "forgotten": "Deliveries in hand whose connection was lost; the broker repeats them.",
    "acknowledged": "Deliveries acknowledged after they were durable.",
    "stale_acknowledgements": "Durable deliveries whose connection was gone before the acknowledgement.",
}
_OUTCOMES = ("stored", "duplicate", "conflict", "quarantined", "not_kept")


class IntakeCollector(Collector):
    """What came in and what became of it; turns the snapshots of the parts into metric families, holds no state."""

    def __init__(
        self,
        accounting: Accounting,
        journal: ReadableJournal,
        consumers: Sequence[str],
        mqtt: Callable[[], Mapping[str, Any]],
        store_failure: Callable[[], str | None],
    ) -> None:
        """Read from these parts; `mqtt` is the `SourceStatus` as a mapping, `store_failure` why readings wait."""
        self._accounting, self._journal = accounting, journal
        self._consumers, self._mqtt, self._store_failure = tuple(consumers), mqtt, store_failure

    @override
    def collect(self) -> Iterable[Metric]:
        snapshot = self._accounting.snapshot()
        yield from _delivery_metrics(snapshot["deliveries"])
        yield from _reading_metrics(snapshot["readings"])
        yield from self._journal_metrics()
        waits = float(self._store_failure() is not None)
        yield GaugeMetricFamily("quanyan_store_waiting", "Whether readings wait because a store is away.", waits)
        mqtt = self._mqtt()
        yield GaugeMetricFamily("quanyan_mqtt_connected", "Whether the broker is connected.", float(mqtt["connected"]))
        yield CounterMetricFamily("quanyan_mqtt_reconnects", "Connections made after the first.", mqtt["reconnects"])
        text = "Reconnects to a broker that had lost the session, and with it what it had acknowledged."
        yield CounterMetricFamily("quanyan_mqtt_sessions_lost", text, mqtt["lost_sessions"])

    def _journal_metrics(self) -> Iterable[Metric]:
        end = self._journal.end
        yield GaugeMetricFamily("quanyan_journal_bytes", "Size of the journal on disk.", self._journal.bytes_kept)
        yield GaugeMetricFamily("quanyan_journal_cap_bytes", "Size at which it refuses.", self._journal.bytes_cap)
        yield CounterMetricFamily("quanyan_journal_deliveries", "Deliveries ever journaled (the next offset).", end)
        lag = GaugeMetricFamily("quanyan_journal_lag", "Deliveries a consumer has not passed.", labels=["consumer"])
        for consumer in self._consumers:
            lag.add_metric([consumer], end - self._journal.committed(consumer))
        yield lag


class CrowdCollector(Collector):
    """How many are connected over HTTP, and whom there was no room for."""

    def __init__(self, crowd: Crowd) -> None:
        """Read from these counts."""
        self._crowd = crowd

    @override
    def collect(self) -> Iterable[Metric]:
        crowd = self._crowd
        yield GaugeMetricFamily("quanyan_http_connections", "Connections open now.", crowd.connections)
        yield GaugeMetricFamily("quanyan_http_connections_most", "Connections that fit.", crowd.most_connections)
        text = "Requests answered with a 503, as their connection was one too many."
        yield CounterMetricFamily("quanyan_http_refused", text, crowd.refused)
        yield CounterMetricFamily("quanyan_http_closed", "Connections closed unanswered, far too many.", crowd.closed)
        yield GaugeMetricFamily("quanyan_event_streams", "Event streams open now.", crowd.streams.total())
        yield GaugeMetricFamily("quanyan_event_streams_most", "Event streams that fit.", crowd.most_streams)
        text = "Event streams refused: a 503 when no more fit, a 429 when one key has its share."
        yield CounterMetricFamily("quanyan_event_streams_refused", text, crowd.streams_refused)


class EngineCollector(Collector):
    """How far the engine is, and the register that it uses."""

    def __init__(self, live: LiveView) -> None:
        """Read from the live state."""
        self._live = live

    @override
    def collect(self) -> Iterable[Metric]:
        status = self._live.engine_status()
        yield GaugeMetricFamily("quanyan_engine_lag", "Deliveries not yet applied.", status["lag_deliveries"])
        yield GaugeMetricFamily("quanyan_engine_catching_up", "Whether a backlog drains.", float(status["catching_up"]))
        yield GaugeMetricFamily("quanyan_engine_tick_seconds", "Duration of the last tick.", status["tick_seconds"])
        text = "Events of senders not logged, as a newer one of the same sender took their place."
        yield CounterMetricFamily("quanyan_events_left_out", text, status["events_left_out"])
        if status["starting"]:
            return
        register = self._live.register()
        yield GaugeMetricFamily("quanyan_register_devices", "Devices ever registered.", len(register))
        yield GaugeMetricFamily("quanyan_register_version", "Version of the register in use.", register.version)


def _delivery_metrics(deliveries: Mapping[str, Any]) -> Iterable[Metric]:
    for name in ("received", "journaled"):
        counter = CounterMetricFamily(f"quanyan_deliveries_{name}", f"Deliveries {name}, by door.", labels=["source"])
        for source, count in deliveries[f"{name}_by_source"].items():
            counter.add_metric([source], count)
        yield counter
    for name, text in _DELIVERIES.items():
        yield CounterMetricFamily(f"quanyan_deliveries_{name}", text, deliveries[name])
    yield GaugeMetricFamily("quanyan_deliveries_in_hand", "Deliveries not yet durable.", deliveries["in_hand"])
    text = "Deliveries quarantined as a whole."
    yield _by_reason("quanyan_deliveries_undecodable", text, deliveries["undecodable_by_reason"])
    text = "Deliveries that could not be accepted, of senders beyond their budget: counted, not kept."
    yield _by_reason("quanyan_deliveries_not_kept", text, deliveries["not_kept_by_reason"])


def _reading_metrics(readings: Mapping[str, Any]) -> Iterable[Metric]:
    yield CounterMetricFamily("quanyan_readings", "Readings taken out of journaled deliveries.", readings["readings"])
    settled = CounterMetricFamily("quanyan_readings_settled", "Readings by what became of them.", labels=["outcome"])
    for outcome in _OUTCOMES:
        settled.add_metric([outcome], readings[outcome])
    yield settled
    yield CounterMetricFamily("quanyan_readings_replaced", "Stored readings that replaced one.", readings["replaced"])
    yield GaugeMetricFamily("quanyan_readings_in_hand", "Readings taken and not yet settled.", readings["in_hand"])
    yield _by_reason("quanyan_readings_quarantined", "Quarantined readings.", readings["quarantined_by_reason"])
    text = "Readings that could not be accepted, of senders beyond their budget: counted, not kept."
    yield _by_reason("quanyan_readings_not_kept", text, readings["not_kept_by_reason"])


def _by_reason(name: str, text: str, counts: Mapping[str, int]) -> CounterMetricFamily:
    counter = CounterMetricFamily(name, text, labels=["reason"])
    for reason, count in counts.items():
        counter.add_metric([reason], count)
    return counter


class ProcessNameCollector(Collector):
    """Which process of the service this is: `all`, or `ingest`, `engine` or `api` where they run apart."""

    def __init__(self, name: str) -> None:
        """Say this name."""
        self._name = name

    @override
    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily("quanyan_process", "The process these metrics are of.", {"process": self._name})


def exposition(process: str, *collectors: Collector) -> Callable[[], bytes]:
    """Return a function that renders the collectors and the process's own figures in the Prometheus text format."""
    registry = CollectorRegistry()
    registry.register(ProcessNameCollector(process))
    for collector in collectors:
        registry.register(collector)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    return lambda: generate_latest(registry)
