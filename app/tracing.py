"""Traces by OpenTelemetry: off unless the standard OTEL_… variables of the environment say where they are sent.

A round of the store writer, a tick of the engine, a telling of a channel and an HTTP request are a span each; a message
is none. Without a destination nothing of the SDK is loaded, and spans come to nothing.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Final
from uuid import uuid4

from opentelemetry import trace

from app.lifecycle import Part
from domain.errors import ConfigError, Problem

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_SPOKEN: Final = "http/protobuf"


def destination(environ: Mapping[str, str]) -> str | None:
    """Return the variable that says where traces are sent; None when they are off.

    Raises:
        ConfigError: an exporter or a protocol is asked for that is not ours.
    """
    exporter = environ.get("OTEL_TRACES_EXPORTER") or "otlp"
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or exporter == "none":
        return None
    found = next((name for name in ENDPOINTS if environ.get(name)), None)
    if found is not None and exporter != "otlp":
        raise _wrong("OTEL_TRACES_EXPORTER", f"must be otlp or none, not {exporter}")
    protocol = next((name for name in _PROTOCOLS if environ.get(name)), None)
    if found is not None and protocol is not None and environ[protocol] != _SPOKEN:
        raise _wrong(protocol, f"must be {_SPOKEN}, not {environ[protocol]}")
    return found


def open_traces(process: str, environ: Mapping[str, str]) -> list[Part]:
    """Have the spans of this process sent, if that is asked for; the part sends the last ones when it stops.

    Raises:
        ConfigError: it is asked for, and cannot be done.
    """
    variable = destination(environ)
    if variable is None:
        return []
    try:
        # Late imports: nothing of the SDK is loaded where traces are off.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise _wrong(variable, "traces need the extra `otel`: pip install 'quanyan[otel]'") from None
    found = Resource.create()
    ours = {"service.version": version("quanyan"), "service.instance.id": uuid4().hex, "quanyan.process": process}
    if str(found.attributes[SERVICE_NAME]).startswith("unknown_service"):  # nobody gave it another name
        ours[SERVICE_NAME] = "quanyan"
    provider = TracerProvider(resource=found.merge(Resource(ours)), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return [Part("traces", f"spans to the address in {variable}", _nothing, provider.shutdown)]


def _wrong(variable: str, reason: str) -> ConfigError:
    return ConfigError([Problem("environment", 0, variable, reason)])


def _nothing() -> None:
    """Spans are sent from the start."""
