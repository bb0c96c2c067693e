"""Cutting a body into deliveries: every reading is in exactly one of them, as it was."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api.intake import parcels
from domain.device import DeviceVersion
from domain.kinds import KINDS
from domain.register import Register
from ingest.topics import Channel, parse
from tests.support.api_view import BUILT, SECTION, lamp

REGISTER = Register.of(DeviceVersion(d, BUILT, None, BUILT) for d in (SECTION, *(lamp(n) for n in range(4))))
KNOWN = [SECTION.id, *(lamp(n).id for n in range(4))]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
readings = json_values | st.fixed_dictionaries(
    {"device": st.sampled_from(KNOWN) | st.text()}, optional={"x": json_values}
)


@given(items=st.lists(readings, min_size=1, max_size=12), ascii_only=st.booleans())
def test_every_reading_of_a_body_is_in_exactly_one_delivery(*, items: list[Any], ascii_only: bool) -> None:
    body = json.dumps({"readings": items}, ensure_ascii=ascii_only).encode("utf-8", "backslashreplace")
    found: dict[int, Any] = {}
    for parcel in parcels(body, REGISTER):
        topic = parse(parcel.topic)
        assert topic.channel is Channel.BATCH
        carried = json.loads(parcel.payload)["readings"]
        assert sorted(parcel.places) == list(range(len(carried)))
        for index, place in parcel.places.items():
            assert place not in found
            found[place] = carried[index]
            device = carried[index].get("device") if isinstance(carried[index], dict) else None
            assert device not in KNOWN or topic.kind == REGISTER.kind_of(device)
    assert [found[n] for n in range(len(items))] == json.loads(body)["readings"]


@given(st.dictionaries(st.text().filter(lambda name: name != "readings"), json_values, max_size=4))
def test_one_reading_is_one_delivery_of_a_known_kind(reading: dict[str, Any]) -> None:
    body = json.dumps(reading).encode()
    (parcel,) = parcels(body, REGISTER)
    assert parse(parcel.topic).kind in KINDS
    assert body in parcel.payload
    assert parcel.places == {0: 0}
