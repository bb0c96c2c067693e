"""Traces are off unless the environment says where they are sent; what cannot be done is said by name."""

import subprocess
import sys
from collections.abc import Mapping

import pytest

from app.tracing import destination, open_traces
from domain.errors import ConfigError
from tests.support.servers import ROOT

GENERAL, OWN = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, None),
        ({"OTEL_SERVICE_NAME": "x"}, None),
        ({GENERAL: ""}, None),
        ({GENERAL: "http://c:4318"}, GENERAL),
        ({GENERAL: "http://c:4318", OWN: "http://d/v1/traces"}, OWN),
        ({GENERAL: "http://c:4318", "OTEL_SDK_DISABLED": "TRUE"}, None),
        ({GENERAL: "http://c:4318", "OTEL_TRACES_EXPORTER": "none"}, None),
        ({GENERAL: "http://c:4318", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, GENERAL),
    ],
)
def test_the_environment_says_where_traces_are_sent(environ: Mapping[str, str], found: str | None) -> None:
    assert destination(environ) == found


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("OTEL_TRACES_EXPORTER", "zipkin", "must be otlp or none, not zipkin"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "must be http/protobuf, not grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json", "must be http/protobuf, not http/json"),
    ],
)
def test_what_is_not_spoken_is_an_error_that_names_the_variable(variable: str, value: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=f"{variable}: {reason}"):
        open_traces("all", {GENERAL: "http://c:4318", variable: value})


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_without_a_destination_nothing_of_the_sdk_is_loaded() -> None:
    program = "import sys, app.cli, app.wiring; from app.tracing import open_traces; print(open_traces('all', {}))\n"
    program += "print([m for m in sys.modules if m.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    assert run(program) == "[]\n[]\n"


def test_without_the_extra_the_error_says_what_to_install() -> None:
    program = "import sys; sys.modules['opentelemetry.sdk'] = None; from app.tracing import open_traces\n"
    program += f"open_traces('all', {{'{GENERAL}': 'http://c:4318'}})"
    assert f"environment: {GENERAL}: traces need the extra `otel`: pip install 'quanyan[otel]'" in run(program)
