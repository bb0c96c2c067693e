"""docs/asyncapi.yaml: whole, in step with the topics and the wire schema, and its examples pass the real decoder."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml

from domain.kinds import KINDS
from domain.reading import Phase
from ingest.asker import RESEND
from ingest.codec import DecodeLimits
from ingest.topics import SUBSCRIPTIONS, Channel
from ingest.wire import MAX_LIST, MAX_NAME, WireReading
from tests.docs.examples import KIND_BY_PREFIX, decode
from tests.support.servers import ROOT

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8"))
MESSAGES = DOCUMENT["components"]["messages"]
SCHEMAS = DOCUMENT["components"]["schemas"]
EXAMPLES = {f"{name}-{e['name']}": (name, e["payload"]) for name, m in MESSAGES.items() for e in m["examples"]}

RECEIVED = {ident: example for ident, example in EXAMPLES.items() if example[0] != RESEND}


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for child in node.values():
            yield from _nodes(child)
    elif isinstance(node, list):
        for child in node:
            yield from _nodes(child)


def _resolve(reference: str) -> Any:
    node: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def _topic(message: str, payload: Any) -> str:
    if message == "status":
        return "city/v1/streetlight/370102/CAB-1/status"
    first = payload["readings"][0] if message == "batch" else payload
    kind = KIND_BY_PREFIX[first["device"].partition("-")[0]]
    sender, channel = ("CAB-1", "batch") if message == "batch" else (first["device"], "telemetry")
    return f"city/v1/{kind}/370102/{sender}/{channel}"


def test_every_reference_leads_somewhere() -> None:
    references = [node["$ref"] for node in _nodes(DOCUMENT) if "$ref" in node]
    assert references
    assert all(_resolve(reference) is not None for reference in references)


def test_every_channel_is_used_with_its_own_message() -> None:
    assert DOCUMENT["asyncapi"].startswith("3.")
    used = {o["channel"]["$ref"].rpartition("/")[2]: o["action"] for o in DOCUMENT["operations"].values()}
    assert used == {channel: "send" if channel == RESEND else "receive" for channel in DOCUMENT["channels"]}
    for operation in DOCUMENT["operations"].values():
        assert all(m["$ref"].startswith(operation["channel"]["$ref"] + "/messages/") for m in operation["messages"])


def test_the_channels_are_those_that_quanyan_subscribes_to() -> None:
    addresses = [channel["address"] for name, channel in DOCUMENT["channels"].items() if name != RESEND]
    assert {re.sub(r"\{\w+\}", "+", address) for address in addresses} == set(SUBSCRIPTIONS)
    assert set(DOCUMENT["channels"]) == {RESEND, *(channel.value for channel in Channel)}


def test_every_parameter_of_an_address_is_described() -> None:
    for channel in DOCUMENT["channels"].values():
        assert set(re.findall(r"\{(\w+)\}", channel["address"])) == set(channel["parameters"])


def test_the_document_knows_every_kind_and_phase() -> None:
    assert DOCUMENT["components"]["parameters"]["kind"]["enum"] == sorted(KINDS)
    assert SCHEMAS["event"]["properties"]["phase"]["enum"] == [phase.value for phase in Phase]


def test_the_document_has_the_decoders_fields_and_limits() -> None:
    reading = SCHEMAS["reading"]
    assert set(reading["properties"]) == set(WireReading.__annotations__)
    assert set(reading["required"]) == set(WireReading.__required_keys__)
    assert reading["properties"]["device"]["maxLength"] == MAX_NAME
    assert reading["properties"]["faults"]["maxItems"] == reading["properties"]["events"]["maxItems"] == MAX_LIST
    assert SCHEMAS["batch"]["properties"]["readings"]["maxItems"] == DecodeLimits().batch_readings


@pytest.mark.parametrize(("message", "payload"), EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_fits_its_schema(message: str, payload: Any) -> None:
    schema = {**_resolve(MESSAGES[message]["payload"]["$ref"]), "components": DOCUMENT["components"]}
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER).validate(payload)


@pytest.mark.parametrize(("message", "payload"), RECEIVED.values(), ids=RECEIVED)
def test_the_decoder_accepts_an_example(message: str, payload: Any) -> None:
    raw = payload if message == "status" else json.dumps(payload)
    decoded = decode(_topic(message, payload), raw.encode())
    assert decoded.undecodable is None
    assert decoded.rejects == ()
    assert decoded.statuses if message == "status" else decoded.readings


def test_every_kind_of_device_that_reports_alone_is_shown() -> None:
    shown = {_topic(message, payload).split("/")[2] for message, payload in RECEIVED.values()}
    assert shown == set(KIND_BY_PREFIX.values())
