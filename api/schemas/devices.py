"""Devices of the register, as answers (JSON and GeoJSON) and as the body of a change."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StrictBool

from api.schemas.common import TEXT, Answer, Body, Ident, Instant, Text
from domain.device import AssetState, Device, DeviceVersion
from domain.kind import AttributeSpec, ValueType
from domain.kinds import KINDS


def _plain(value: object) -> object:
    if not isinstance(value, bool | int | float | str) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError("must be a finite number, a text, true or false")
    return value


Value = Annotated[bool | int | float | str, BeforeValidator(_plain)]
"""A value of a metric or attribute, of the type that it came with."""


def _whole(value: object) -> object:
    # JSON knows no whole numbers: 4.0 is one too. Kinds with a fractional attribute take an int as well
    return int(value) if isinstance(value, float) and value.is_integer() else value


AttributeIn = Annotated[bool | int | float | str, BeforeValidator(_whole), BeforeValidator(_plain)]


def _known_kind(name: str) -> str:
    if name not in KINDS:
        raise ValueError(f"must be one of {', '.join(sorted(KINDS))}")
    return name


KindName = Annotated[str, AfterValidator(_known_kind), Field(json_schema_extra={"enum": sorted(KINDS)})]
Longitude = Annotated[float, Field(strict=True, ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(strict=True, ge=-90, le=90, allow_inf_nan=False)]


class DeviceOut(Answer):
    """One version of a device. `lon`, `lat`: WGS-84 degrees, null while not surveyed."""

    id: str
    kind: KindName
    name: str
    district: str
    management_area: str
    responsible_unit: str
    state: AssetState
    lon: float | None
    lat: float | None
    synthetic: bool
    attributes: dict[str, Value]

    @classmethod
    def of(cls, device: Device) -> Self:
        """Make it from the domain's device."""
        return cls(**_fields(device))


def _fields(device: Device) -> dict[str, Any]:
    return {name: getattr(device, name) for name in DeviceOut.model_fields if name != "attributes"} | {
        "attributes": dict(device.attributes)
    }


class VersionOut(Answer):
    """A device from `valid_from` until `valid_to` (null = still), and since and until when that was believed."""

    device: DeviceOut
    valid_from: Instant
    valid_to: Instant | None
    recorded_at: Instant
    recorded_to: Instant | None
    author: str

    @classmethod
    def of(cls, version: DeviceVersion) -> Self:
        """Make it from the domain's version."""
        return cls(
            device=DeviceOut.of(version.device),
            valid_from=version.valid_from,
            valid_to=version.valid_to,
            recorded_at=version.recorded_at,
            recorded_to=version.recorded_to,
            author=version.author,
        )


class DeviceDetail(Answer):
    """A device at the instant asked for (null when it did not exist then) and all that is believed of it today."""

    device: DeviceOut | None
    timeline: list[VersionOut]

    @classmethod
    def of(cls, timeline: Sequence[DeviceVersion], instant: datetime) -> Self:
        """Make it from the believed timeline."""
        now = next((v.device for v in timeline if v.covers(instant)), None)
        return cls(device=DeviceOut.of(now) if now else None, timeline=[VersionOut.of(v) for v in timeline])


class DeviceList(Answer):
    """One page of devices, in the order of their ids."""

    items: list[DeviceOut]


class History(Answer):
    """Every version ever recorded, in the order of recording."""

    items: list[VersionOut]


class PointOut(Answer):
    """A GeoJSON point: longitude, then latitude."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]


class FeatureOut(Answer):
    """A device as a GeoJSON feature."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: PointOut | None
    properties: DeviceOut

    @classmethod
    def of(cls, device: Device) -> Self:
        """Make it from the domain's device."""
        placed = device.lon is not None and device.lat is not None
        point = PointOut(coordinates=(device.lon or 0.0, device.lat or 0.0)) if placed else None
        return cls(id=device.id, geometry=point, properties=DeviceOut.of(device))


class FeatureCollection(Answer):
    """One page of devices as GeoJSON (RFC 7946)."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[FeatureOut]


def _by_kind(schema: dict[str, Any]) -> None:
    """Say in the schema which attributes each kind has; the register's own rules judge them."""
    schema["oneOf"] = [_kind_schema(name, KINDS[name].attributes) for name in sorted(KINDS)]


def _kind_schema(kind: str, specs: Sequence[AttributeSpec]) -> dict[str, Any]:
    required = [spec.name for spec in specs if spec.required]
    attributes: dict[str, Any] = {
        "type": "object",
        "properties": {spec.name: _attribute_schema(spec) for spec in specs},
        "additionalProperties": False,
    }
    branch: dict[str, Any] = {"properties": {"kind": {"const": kind}, "attributes": attributes}, "required": ["kind"]}
    if required:
        attributes["required"] = required
        branch["required"].append("attributes")
    return branch


def _attribute_schema(spec: AttributeSpec) -> dict[str, Any]:
    json_type = {ValueType.FLOAT: "number", ValueType.INT: "integer", ValueType.BOOL: "boolean"}
    schema: dict[str, Any] = {"type": json_type.get(spec.type, "string"), "title": spec.title}
    if spec.choices:
        schema["enum"] = list(spec.choices)
    elif spec.type is ValueType.TEXT:
        schema |= {"minLength": 1, "maxLength": 200, "pattern": TEXT}
    bounds = {"minimum": spec.lowest, "maximum": spec.highest}
    return schema | {name: bound for name, bound in bounds.items() if bound is not None}


class DeviceBody(Body):
    """A device as it is from `valid_from` (default: now) until `valid_to` (default: until further notice)."""

    model_config = ConfigDict(json_schema_extra=_by_kind)

    kind: KindName
    name: Text
    district: Annotated[str, Field(pattern=r"^[0-9]{6}$", description="Code of GB/T 2260, e.g. 370102.")]
    management_area: Ident
    responsible_unit: Text
    state: AssetState = AssetState.IN_SERVICE
    lon: Longitude | None = None
    lat: Latitude | None = None
    synthetic: StrictBool = False
    attributes: dict[str, AttributeIn] = Field(default_factory=dict)
    valid_from: Instant | None = None
    valid_to: Instant | None = None

    def flat(self, device_id: str) -> dict[str, object]:
        """Return the device as one flat mapping, the way register files have it."""
        common = self.model_dump(exclude={"attributes", "valid_from", "valid_to"}, exclude_none=True)
        return {**self.attributes, **common, "id": device_id, "state": self.state.value}
