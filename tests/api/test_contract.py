"""The application against its own OpenAPI document, judged by schemathesis with every check that it has."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from api.openapi import FILE, document
from api.server import close_streams
from domain.record import Role
from tests.support.api_services import small_city

SAID_BY_NO_SCHEMA = (
    "is none that this listing has given out",
    "must lie after `start`",
    "must lie before `to`",
    "must lie in the future",
    "lies in the future of the city clock",
    "is not defined for",
    "that begin with the day of issue",
    "is none of target.verdict, ",
    "holds no lamps",
    "must lie in the years",
    "Precondition failed",
    "is none of GET /api/v1/incidents/categories",
    "a place needs both",
    "is not over: a report",
    "no history of",
    "there is nothing by the",
    "periods lie between",
    "does not describe a valid record",
    "names no table",
    "there is no person",
    "there is no shift",
    "is the giver",
    "is no decision",
    "was used for another request",
    "can be asked for at once",
    "the roster has no shifts",
)
"""Why a request may be refused though every part of it is valid by itself. Nothing else may be."""

IDENTIFIERS = st.text("a1._:-路々", min_size=1, max_size=64)
"""Of few characters: the pattern's are 100,000, which to list takes seconds for each value."""


@pytest.fixture
def engine_events(tmp_path: Path) -> Iterator[Iterator[events.EngineEvent]]:
    with small_city(tmp_path) as city:
        close_streams(city.api)  # an event stream that never ends cannot be judged
        schemathesis.openapi.format("identifier", IDENTIFIERS)
        headers = {"Authorization": f"Bearer {city.secrets[Role.ADMIN]}"}
        generation = {"max-examples": 4, "deterministic": True, "database": "none"}
        settings = {"seed": 20261123, "workers": 1, "headers": headers, "generation": generation}
        # a refusal that no schema can foresee must not end the tests of its operation
        config = SchemathesisConfig.from_dict({**settings, "continue-on-failure": True})
        schema = schemathesis.openapi.from_asgi("/openapi.json", city.api, config=config)
        yield iter(from_schema(schema).execute())


def test_no_operation_breaks_its_contract(engine_events: Iterator[events.EngineEvent]) -> None:
    failures: list[str] = []
    cases = 0
    for event in engine_events:
        if isinstance(event, events.NonFatalError | events.FatalError):
            failures.append(repr(event))
        if isinstance(event, events.ScenarioFinished):
            cases += len(event.recorder.cases)
            failures += _failures(event)
    assert not failures, "\n\n".join(failures)
    assert cases > 1000, cases


def _failures(event: events.ScenarioFinished) -> Iterator[str]:
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            info = check.failure_info
            if check.status is not Status.FAILURE or info is None:
                continue
            response = event.recorder.interactions[case_id].response
            said = response.text if response is not None else ""
            if check.name == "positive_data_acceptance" and any(reason in said for reason in SAID_BY_NO_SCHEMA):
                continue
            yield f"{event.label}: {check.name}: {info.failure.message}\n{info.code_sample}\n{said}"


def test_the_document_in_the_repository_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "run `python -m api.openapi`"


def test_every_reference_of_the_document_leads_somewhere() -> None:
    schema = json.loads(document())
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', document()))
    assert names <= set(schema["components"]["schemas"])
    assert '"#/$defs/' not in document()
