"""A reading as it comes over the wire, validated strictly by pydantic: one validator per kind, built once.

Strict means: no numeric strings, no booleans as numbers, no fractions for whole numbers, no NaN or Infinity, no field
or metric that the contract does not know, no time without offset or finer than a microsecond (it would lose its
identity). The schemas are built from the kinds, so that the physical ranges are checked in the same pass.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, NotRequired, TypedDict

from pydantic_core import CoreSchema, SchemaValidator, core_schema

from domain.kind import MetricSpec, SensorKind, Value, ValueType
from domain.kinds import KINDS
from domain.native import COMPILED
from domain.reading import Reading

if TYPE_CHECKING:
    from quanyan_native import Wire

MAX_NAME = 64
"""Characters of a device id, fault code or event type."""
MAX_TEXT = 256
"""Characters of a text metric."""
MAX_LIST = 64
"""Faults or events in one reading."""
_RFC3339: Final = r"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$"
_MAX_TIME: Final = 48
_MAX_SEQ: Final = 2**63 - 1
_MAX_REVISION: Final = 2**31 - 1


class WireEvent(TypedDict):
    """An event inside a reading."""

    type: str
    phase: Literal["begin", "end", "once"]


class WireReading(TypedDict):
    """A validated reading; `at` is aware in any offset, `values` hold the types of the kind's metrics."""

    device: str
    at: datetime
    seq: NotRequired[int]
    values: NotRequired[dict[str, Value]]
    faults: NotRequired[list[str]]
    events: NotRequired[list[WireEvent]]
    revision: NotRequired[int]
    backfill: NotRequired[bool]


class Shape:
    """The validators of one kind."""

    def __init__(self, kind: SensorKind) -> None:
        """Build them from the kind's metrics."""
        one = _reading(kind)
        many = core_schema.typed_dict_schema(
            {"readings": core_schema.typed_dict_field(core_schema.list_schema(one, strict=True))},
            extra_behavior="forbid",
        )
        self._one, self._many = SchemaValidator(one), SchemaValidator(many)
        self.wire = _wire(kind) if COMPILED else None
        """Validates and grades at once what is plain, and leaves the rest to the others."""

    def one(self, payload: bytes) -> WireReading:
        """Validate the JSON of one reading. Raises `pydantic_core.ValidationError`."""
        valid: WireReading = self._one.validate_json(payload)
        return valid

    def lone(self, payload: bytes) -> list[WireReading]:
        """Validate the JSON of one reading as a list of one. Raises `pydantic_core.ValidationError`."""
        return [self._one.validate_json(payload)]

    def one_parsed(self, value: object) -> WireReading:
        """Validate one reading that was parsed already. Raises `pydantic_core.ValidationError`."""
        valid: WireReading = self._one.validate_python(value)
        return valid

    def many(self, payload: bytes) -> list[WireReading]:
        """Validate the JSON of a batch as a whole. Raises `pydantic_core.ValidationError`."""
        valid: list[WireReading] = self._many.validate_json(payload)["readings"]
        return valid


def _wire(kind: SensorKind) -> "Wire":
    from quanyan_native import Wire

    return Wire(Reading, kind.name, [(spec.name, spec.type.value, *_bounds(spec)) for spec in kind.metrics])


def _bounds(spec: MetricSpec) -> tuple[float | None, float | None]:
    if spec.type is ValueType.INT:
        return _whole(spec.lowest), _whole(spec.highest)
    return spec.lowest, spec.highest


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)


def _text(longest: int, pattern: str | None = None) -> CoreSchema:
    return core_schema.str_schema(strict=True, max_length=longest, pattern=pattern)


def _metric(spec: MetricSpec) -> CoreSchema:
    if spec.type is ValueType.FLOAT:
        return core_schema.float_schema(strict=True, allow_inf_nan=False, ge=spec.lowest, le=spec.highest)
    if spec.type is ValueType.INT:
        return core_schema.int_schema(strict=True, ge=_whole(spec.lowest), le=_whole(spec.highest))
    if spec.type is ValueType.BOOL:
        return core_schema.bool_schema(strict=True)
    return _text(MAX_TEXT)


def _instant() -> CoreSchema:
    # The pattern comes first: pydantic alone would take "1700000000" for an instant.
    return core_schema.chain_schema(
        [_text(_MAX_TIME, _RFC3339), core_schema.datetime_schema(tz_constraint="aware", microseconds_precision="error")]
    )


INSTANT: Final = SchemaValidator(_instant())
"""Validates the time of a reading alone."""


def _record(required: Mapping[str, CoreSchema], optional: Mapping[str, CoreSchema]) -> CoreSchema:
    fields = {name: core_schema.typed_dict_field(schema) for name, schema in required.items()}
    fields |= {name: core_schema.typed_dict_field(schema, required=False) for name, schema in optional.items()}
    return core_schema.typed_dict_schema(fields, extra_behavior="forbid")


def _reading(kind: SensorKind) -> CoreSchema:
    event = _record({"type": _text(MAX_NAME), "phase": core_schema.literal_schema(["begin", "end", "once"])}, {})
    optional: dict[str, Any] = {
        "seq": core_schema.int_schema(strict=True, ge=0, le=_MAX_SEQ),
        "values": _record({}, {spec.name: _metric(spec) for spec in kind.metrics}),
        "faults": core_schema.list_schema(_text(MAX_NAME), strict=True, max_length=MAX_LIST),
        "events": core_schema.list_schema(event, strict=True, max_length=MAX_LIST),
        "revision": core_schema.int_schema(strict=True, ge=0, le=_MAX_REVISION),
        "backfill": core_schema.bool_schema(strict=True),
    }
    return _record({"device": _text(MAX_NAME), "at": _instant()}, optional)


SHAPES: Final[Mapping[str, Shape]] = MappingProxyType({name: Shape(kind) for name, kind in KINDS.items()})
