"""Traces reach a receiver of OTLP over HTTP: rounds, ticks, requests and tellings, and nothing that is secret."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from tests.support.processes import wait_until
from tests.support.service import Service
from tests.support.vendors import Said, Vendor, served

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


@pytest.fixture
def collector() -> Iterator[Vendor]:
    with served(lambda _: Said(body=b"")) as running:
        yield running


@pytest.fixture
def service(tmp_path: Path, collector: Vendor) -> Iterator[Service]:
    environment = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "QUANYAN_MQTT__PORT": "1",  # nobody is there, of which people are told
        "QUANYAN_WATCH__BROKER_S": "0.5",
        "QUANYAN_WATCH__EVERY_S": "0.2",
    }
    built = Service(tmp_path, environment)
    built.start(ready=False)
    yield built
    built.close()


def sent(collector: Vendor) -> list[ResourceSpans]:
    assert {asked.path for asked in collector.asked} <= {"/v1/traces"}
    return [found for a in collector.asked for found in ExportTraceServiceRequest.FromString(a.body).resource_spans]


def spans(collector: Vendor) -> list[Span]:
    return [span for found in sent(collector) for scope in found.scope_spans for span in scope.spans]


def said(pairs: "list[KeyValue]") -> dict[str, str | int | bool]:
    return {p.key: getattr(p.value, p.value.WhichOneof("value") or "string_value") for p in pairs}


def test_what_the_service_does_is_traced_and_no_secret_is(service: Service, collector: Vendor) -> None:
    headers = {"Authorization": f"Bearer {service.key}", "traceparent": f"00-{TRACE}-{PARENT}-01"}
    body = {"device": "nobody", "at": "2026-11-30T00:00:00Z", "values": {}}
    assert httpx.post(f"{service.url}/api/v1/readings", json=body, headers=headers, timeout=60).is_success
    assert httpx.get(f"{service.url}/a/the-token-of-a-link", timeout=60).status_code == 404
    wanted = {"process journal", "engine tick", "POST /api/v1/readings", "send log"}
    wait_until(lambda: wanted <= {span.name for span in spans(collector)}, "each sort of span has come")
    assert service.stop() == 0

    found = {span.name: span for span in spans(collector)}
    request = found["POST /api/v1/readings"]
    assert (request.kind, request.trace_id.hex(), request.parent_span_id.hex()) == (
        Span.SPAN_KIND_SERVER,
        TRACE,
        PARENT,
    )
    answered = said(list(request.attributes))
    assert (answered["http.route"], answered["http.response.status_code"]) == ("/api/v1/readings", 202)
    stored = said(list(found["process journal"].attributes))
    assert (stored["messaging.destination.name"], stored["messaging.batch.message_count"]) == ("journal", 1)
    assert said(list(found["send log"].attributes))["messaging.operation.name"] == "send"
    assert said(list(found["engine tick"].attributes))["quanyan.tick.live"] is True
    resource = said(list(sent(collector)[0].resource.attributes))
    assert (resource["service.name"], resource["quanyan.process"]) == ("quanyan", "all")

    names = {span.name for span in spans(collector)}
    assert not [name for name in names if "livez" in name or name.startswith(("GET /a", "GET /metrics"))]
    everything = b"".join(asked.body for asked in collector.asked)
    assert service.key.encode() not in everything
    assert b"the-token-of-a-link" not in everything
