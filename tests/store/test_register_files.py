import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.device import AssetState, Device
from domain.errors import ConfigError
from domain.kind import AttributeSpec, Value, ValueType
from domain.kinds import KINDS
from domain.ports import DeviceChange
from store.files.device_fields import COLUMNS
from store.operational import OperationalStore
from store.register_files import load_register, parse_device, write_register

NOW = datetime(2026, 5, 1, tzinfo=UTC)
LAMP: Mapping[str, object] = {
    "id": "SL-1",
    "kind": "streetlight",
    "name": "经十路 1 号",
    "district": "370102",
    "management_area": "gaoxin",
    "responsible_unit": "照明中心",
    "lon": 117.02,
    "lat": 36.65,
    "road": "经十路",
    "road_class": "arterial",
    "supply_point": "SP-1",
    "lighting_use": "functional",
}
MISSING = object()


def _csv(*rows: Mapping[str, object], columns: Sequence[str] | None = None) -> str:
    names = columns or list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(str(row.get(name, "")) for name in names) for row in rows]
    return "\n".join([",".join(names), *lines]) + "\n"


def _feature(row: Mapping[str, object]) -> dict[str, Any]:
    properties = {name: value for name, value in row.items() if name not in ("lon", "lat")}
    point = {"type": "Point", "coordinates": [row.get("lon"), row.get("lat")]}
    return {"type": "Feature", "geometry": point if "lon" in row else None, "properties": properties}


def _collection(*features: object, **members: object) -> str:
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    more = "".join(f"{json.dumps(name)}: {json.dumps(value)}, " for name, value in members.items())
    return f'{{"type": "FeatureCollection", {more}"features": [\n{lines}\n]}}'


def _load(path: Path, content: str | bytes) -> Sequence[DeviceChange]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_register(path, NOW)


def _problems(path: Path, content: str | bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(ConfigError) as caught:
        _load(path, content)
    assert all(problem.file == str(path) for problem in caught.value.problems)
    return [(problem.line, problem.field, problem.reason) for problem in caught.value.problems]


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    return tmp_path / "register.csv"


@pytest.fixture
def geojson_file(tmp_path: Path) -> Path:
    return tmp_path / "register.geojson"


# -- what is right ----------------------------------------------------------------------------------------------------


def test_a_row_becomes_a_device_valid_from_the_default_on(csv_file: Path) -> None:
    (change,) = _load(csv_file, _csv({**LAMP, "rated_power": 150, "underpass": "TRUE", "synthetic": "false"}))
    own = {"road": "经十路", "road_class": "arterial", "supply_point": "SP-1", "lighting_use": "functional"}
    assert change == DeviceChange(
        Device(
            "SL-1",
            "streetlight",
            "经十路 1 号",
            "370102",
            "gaoxin",
            "照明中心",
            lon=117.02,
            lat=36.65,
            attributes={**own, "underpass": True, "rated_power": 150.0},
        ),
        NOW,
    )
    assert isinstance(change.device.attributes["rated_power"], float)


def test_a_feature_says_the_same_as_a_row(csv_file: Path, geojson_file: Path) -> None:
    row = {**LAMP, "valid_from": "2020-01-01T00:00:00+08:00", "valid_to": "2020-02-01 00:00:00.000001z"}
    from_csv = _load(csv_file, _csv(row))
    assert from_csv == _load(geojson_file, _collection(_feature(row)))
    assert from_csv[0].valid_from == datetime(2019, 12, 31, 16, tzinfo=UTC)
    assert from_csv[0].valid_to == datetime(2020, 2, 1, 0, 0, 0, 1, tzinfo=UTC)


def test_blanks_around_cells_empty_lines_and_a_byte_order_mark_are_no_mistake(csv_file: Path) -> None:
    text = _csv({**LAMP, "road": " 经十路\u3000"}).replace("\n", "\r\n\r\n")
    (change,) = _load(csv_file, b"\xef\xbb\xbf" + text.encode())
    assert change.device.attributes["road"] == "经十路"


def test_a_device_that_was_not_surveyed_has_no_position(csv_file: Path, geojson_file: Path) -> None:
    row = {name: value for name, value in LAMP.items() if name not in ("lon", "lat")}
    for changes in (_load(csv_file, _csv(row)), _load(geojson_file, _collection(_feature(row)))):
        assert (changes[0].device.lon, changes[0].device.lat) == (None, None)


def test_one_device_may_stand_in_several_rows_one_after_the_other(csv_file: Path) -> None:
    later = {**LAMP, "state": "scrapped", "valid_from": "2026-02-01T00:00:00Z"}
    first = {**LAMP, "valid_from": "2026-01-01T00:00:00Z", "valid_to": "2026-02-01T00:00:00Z"}
    changes = _load(csv_file, _csv(later, first))
    assert [change.device.state for change in changes] == [AssetState.SCRAPPED, AssetState.IN_SERVICE]


def test_the_id_of_a_feature_stands_in_for_the_property(geojson_file: Path) -> None:
    feature = _feature({name: value for name, value in LAMP.items() if name != "id"})
    (change,) = _load(geojson_file, _collection({**feature, "id": "灯-1"}, crs="urn:ogc:def:crs:OGC:1.3:CRS84"))
    assert change.device.id == "灯-1"


# -- what is wrong with one field: the same in a row, a feature and a request -----------------------------------------

_FIELD_MISTAKES = [
    ("id", "a/b", "'a/b' is no id"),
    ("id", "a b", "'a b' is no id"),
    ("id", "..", "'..' is no id"),
    ("id", "a+#", "'a+#' is no id"),
    ("id", "x" * 65, "is 65 characters long, at most 64"),
    ("kind", "lamp", "'lamp' is none of air_forecast, air_station, "),
    ("name", "x" * 201, "is 201 characters long, at most 200"),
    ("name", MISSING, "is required"),
    ("name", " ", "is required"),
    ("district", "3701", "'3701' is no six-digit code"),
    ("management_area", "a/b", "'a/b' is no id"),
    ("responsible_unit", MISSING, "is required"),
    ("state", "broken", "'broken' is none of built_not_handed_over, in_service, maintenance, scrapped"),
    ("lon", "east", "'east' is not a number"),
    ("lon", 180.5, "180.5 is above 180"),
    ("lon", MISSING, "is missing: it comes together with lat"),
    ("lat", MISSING, "is missing: it comes together with lon"),
    ("lat", -91, "-91 is beyond 90 degrees; lon and lat seem to stand in each other's place"),
    ("lat", 36650000, "3.665e+07 is beyond 90 degrees"),
    ("synthetic", "maybe", "'maybe' is neither true nor false"),
    ("road", MISSING, "is required"),
    ("road_class", "motorway", "'motorway' is none of expressway, arterial, secondary, branch, alley"),
    ("underpass", "ja", "'ja' is neither true nor false"),
    ("rated_power", 3001, "3001 is above 3000"),
    ("rated_power", -0.5, "-0.5 is below 0"),
    ("rated_power", "1_000", "'1_000' is not a number"),
    ("rated_power", "nan", "'nan' is not a number"),
    ("rated_power", "１５０", "'１５０' is not a number"),
    ("river", "小清河", "is no attribute of a streetlight"),
]


def _with(field: str, value: object) -> dict[str, object]:
    row = {**LAMP, field: value}
    return {name: content for name, content in row.items() if content is not MISSING}


@pytest.mark.parametrize(("field", "value", "reason"), _FIELD_MISTAKES)
def test_a_mistake_in_a_row_is_named_with_line_and_field(
    csv_file: Path, field: str, value: object, reason: str
) -> None:
    columns = [*LAMP, *({field} - set(LAMP))]
    ((line, where, why),) = _problems(csv_file, _csv({**LAMP, "id": "SL-0"}, _with(field, value), columns=columns))
    assert (line, where) == (3, field)
    assert why.startswith(reason)


@pytest.mark.parametrize(("field", "value", "reason"), _FIELD_MISTAKES)
def test_a_mistake_in_a_feature_is_named_with_line_and_field(
    geojson_file: Path, field: str, value: object, reason: str
) -> None:
    feature = _feature({**LAMP, field: None if value is MISSING else value})
    ((line, where, why),) = _problems(geojson_file, _collection(_feature({**LAMP, "id": "SL-0"}), feature))
    assert (line, where) == (3, field)
    assert why.startswith(reason)


@pytest.mark.parametrize(("field", "value", "reason"), _FIELD_MISTAKES)
def test_a_mistake_in_a_request_is_named_with_its_field(field: str, value: object, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_device(_with(field, value))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.field) == ("device", 0, field)
    assert problem.reason.startswith(reason)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", 7, "7 is not a text"),
        ("name", ["a"], "['a'] is not a text"),
        ("name", "a\nb", "contains the character U+000A"),
        ("name", "a\x00", "contains the character U+0000"),
        ("name", "\ud800", "contains the character U+D800"),
        ("lon", "117.0", "'117.0' is not a number"),
        ("lon", True, "True is not a number"),
        ("lat", float("nan"), "nan is not a finite number"),
        ("lon", 10**400, "is not a finite number"),
        ("synthetic", 1, "1 is neither true nor false"),
        ("synthetic", "true", "'true' is neither true nor false"),
        ("rated_power", False, "False is not a number"),
        ("nonsense", 1, "is no field of a device"),
        ("valid_from", "2026-01-01T00:00:00Z", "is not part of a device"),
    ],
)
def test_a_request_is_not_forgiven_what_a_csv_file_cannot_say(field: str, value: object, reason: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_device(_with(field, value))
    (problem,) = caught.value.problems
    assert problem.field == field
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (2.0, "2.0 is not a whole number"),
        ("2", "'2' is not a whole number"),
        (0, "0 is below 1"),
        (6, "6 is above 5"),
        (10**30, "is above 5"),
    ],
)
def test_whole_numbers_are_strict_too(value: object, reason: str) -> None:
    section = {**_with("kind", "river_section"), "river": "小清河", "body_type": "river", "section_set": "2019"}
    for name in ("road", "road_class", "supply_point", "lighting_use"):
        del section[name]
    assert parse_device({**section, "target_class": 3}).attributes["target_class"] == 3
    with pytest.raises(ConfigError, match="target_class: ") as caught:
        parse_device({**section, "target_class": value})
    assert reason in caught.value.problems[0].reason


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("valid_from", "2026-01-01T00:00:00", "'2026-01-01T00:00:00' has no offset"),
        ("valid_from", "2026-01-01", "'2026-01-01' is not an instant of RFC 3339"),
        ("valid_to", "2026-02-30T00:00:00Z", "'2026-02-30T00:00:00Z' is not in the calendar"),
        ("valid_from", "0001-01-01T00:00:00+08:00", "'0001-01-01T00:00:00+08:00' is not in the calendar"),
        ("valid_to", "2026-05-01T00:00:00Z", "2026-05-01T00:00:00+00:00 is not after valid_from"),
    ],
)
def test_times_must_be_instants_and_in_order(csv_file: Path, field: str, value: str, reason: str) -> None:
    ((line, where, why),) = _problems(csv_file, _csv(_with(field, value)))
    assert (line, where) == (2, field)
    assert reason.replace("'", "") in why.replace("'", "") or "..." in why


def test_every_mistake_of_a_file_is_told_at_once(csv_file: Path) -> None:
    rows = [{**LAMP, "id": "a b", "lat": 117, "road": ""}, LAMP, {**LAMP, "kind": "lamp"}]
    assert [(line, field) for line, field, _ in _problems(csv_file, _csv(*rows))] == [
        (2, "id"),
        (2, "lat"),
        (2, "road"),
        (4, "kind"),
    ]


# -- what is wrong with the file --------------------------------------------------------------------------------------


def test_an_unknown_missing_or_doubled_column_is_told_once(csv_file: Path) -> None:
    columns = ["id", "kind", "name", "colour", "name", "", "responsible_unit", "management_area"]
    found = _problems(csv_file, _csv(LAMP, LAMP, columns=columns))
    assert [(line, field) for line, field, _ in found if line == 1] == [
        (1, "colour"),
        (1, "name"),
        (1, "column 6"),
        (1, "district"),
    ]
    assert found[0][2].startswith("is an unknown column; known are id, kind, name")
    assert found[3][2] == "is a required column and is missing"
    assert not [field for line, field, _ in found if line > 1 and field == "district"]


def test_a_ragged_row_is_told_and_the_lines_after_it_are_right(csv_file: Path) -> None:
    good, bad = _csv(LAMP), _csv({**LAMP, "id": "a b"}).splitlines()[1]
    quoted = good.splitlines()[1].replace("照明中心", '"照明\n中心"')
    found = _problems(csv_file, f"{good}only,three,cells\n\n{quoted}\n{bad}\n")
    assert [(line, field) for line, field, _ in found] == [(3, ""), (5, "responsible_unit"), (7, "id")]
    assert found[0][2] == f"has 3 cells, the header has {len(LAMP)}"


def test_a_broken_quote_is_told_where_it_begins(csv_file: Path) -> None:
    ((line, field, reason),) = _problems(csv_file, _csv(LAMP) + 'SL-2,"open\n')
    assert (line, field) == (3, "")
    assert reason.startswith("is not CSV from here on")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\n", b",,\n"])
def test_an_empty_file_is_told(csv_file: Path, content: bytes) -> None:
    assert _problems(csv_file, content) == [(0, "", "is empty")]


def test_a_file_without_devices_is_told(csv_file: Path, geojson_file: Path) -> None:
    assert _problems(csv_file, ",".join(LAMP)) == [(0, "", "has no row below its header")]
    assert _problems(geojson_file, _collection()) == [(0, "features", "has no feature")]


@pytest.mark.parametrize(("encoding", "line"), [("gbk", 2), ("utf-16", 1)])
def test_a_file_that_is_not_utf_8_is_told(csv_file: Path, encoding: str, line: int) -> None:
    ((found, _, reason),) = _problems(csv_file, _csv(LAMP).encode(encoding))
    assert found == line
    assert reason.startswith("is not UTF-8: byte 0x")


def test_one_device_in_two_places_at_a_time_is_told(csv_file: Path) -> None:
    long = {**LAMP, "valid_from": "2026-01-01T00:00:00Z"}
    inner = [{**LAMP, "valid_from": f"2026-0{n}-01T00:00:00Z", "valid_to": f"2026-0{n}-02T00:00:00Z"} for n in (2, 3)]
    found = _problems(csv_file, _csv(*inner, long))
    assert [(line, field) for line, field, _ in found] == [(4, "id"), (4, "id")]
    assert found[0][2] == "SL-1 stands in line 2 already, for an overlapping time"


def test_one_device_of_two_kinds_is_told(csv_file: Path) -> None:
    cabinet = {**LAMP, "kind": "air_station", "valid_from": "2025-01-01T00:00:00Z", "valid_to": "2025-01-02T00:00:00Z"}
    for name in ("road", "road_class", "supply_point", "lighting_use"):
        cabinet[name] = ""
    ((line, field, reason),) = _problems(csv_file, _csv(LAMP, cabinet))
    assert (line, field) == (3, "kind")
    assert reason.startswith("SL-1 is of another kind in line 2")


@pytest.mark.parametrize(
    ("content", "line", "field", "reason"),
    [
        ("{", 1, "", "is not JSON"),
        ('{"type": "FeatureCollection",\n "features": [1 2]}', 2, "", "is not JSON: Expecting ']' (column 17)"),
        ('{"type": "FeatureCollection", "features": []}\n]', 2, "", "is not JSON: Extra data"),
        ('{"features": [{"lon":\n NaN}]}', 1, "", "is not JSON: NaN is no JSON number"),
        ("[" * 100_000, 1, "", "is not JSON"),
        ('{"a": ' + "[" * 100_000, 1, "", "cannot be read as JSON"),
        ('{"a": ' + "1" * 5_000, 1, "", "cannot be read as JSON"),
        ("[]", 1, "", "is not JSON: Expecting '{'"),
        ("{}", 0, "type", "must be FeatureCollection"),
        ('{"type": "FeatureCollection", "features": 3}', 0, "features", "must be an array"),
        (_collection(_feature(LAMP), crs="EPSG:4490"), 0, "crs", "positions must be WGS-84"),
        (_collection(_feature(LAMP), 7), 3, "", "is no Feature"),
        (_collection({**_feature(LAMP), "properties": None}), 2, "properties", "must be an object"),
        (_collection({**_feature(LAMP), "geometry": {"type": "LineString"}}), 2, "geometry", "must be a Point or null"),
        (
            _collection({**_feature(LAMP), "geometry": {"type": "Point", "coordinates": [1, 2, 3]}}),
            2,
            "geometry",
            "coordinates must be [longitude, latitude]",
        ),
        (_collection({**_feature(LAMP), "id": "other"}), 2, "id", "is given twice, and not alike"),
        (_collection({**_feature(LAMP), "properties": {"lat": 3}}), 2, "lat", "belongs into the geometry"),
    ],
)
def test_what_is_wrong_with_a_geojson_file_is_told(
    geojson_file: Path, content: str, line: int, field: str, reason: str
) -> None:
    found = _problems(geojson_file, content)
    assert (line, field) in [(at, name) for at, name, _ in found]
    assert any(why.startswith(reason) for _, _, why in found)


def test_a_file_that_is_not_there_or_has_another_ending_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_register(tmp_path / "none.csv", NOW)
    with pytest.raises(ConfigError, match=r"named \.csv, \.geojson or \.json"):
        load_register(tmp_path / "register.xlsx", NOW)
    with pytest.raises(ConfigError, match=r"named \.csv, \.geojson or \.json"):
        write_register(tmp_path / "register", [])
    with pytest.raises(ConfigError, match="cannot be written"):
        write_register(tmp_path / "no" / "register.csv", [])


# -- there and back ---------------------------------------------------------------------------------------------------

_texts = st.text(st.characters(codec="utf-8", exclude_characters="\x7f", min_codepoint=32), min_size=1, max_size=40)
_words = _texts.map(str.strip).filter(bool)
_ids = st.from_regex(r"[A-Za-z0-9一-龥][A-Za-z0-9._:一-龥-]{0,20}", fullmatch=True)
_instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def _values(spec: AttributeSpec) -> st.SearchStrategy[Value]:
    lowest, highest = spec.lowest, spec.highest
    match spec.type:
        case ValueType.TEXT:
            return st.sampled_from(spec.choices) if spec.choices else _words
        case ValueType.BOOL:
            return st.booleans()
        case ValueType.INT:
            return st.integers(None if lowest is None else int(lowest), None if highest is None else int(highest))
        case ValueType.FLOAT:
            return st.floats(lowest, highest, allow_nan=False, allow_infinity=False)


@st.composite
def _devices(draw: st.DrawFn) -> Device:
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    own = {s.name: draw(_values(s)) for s in kind.attributes if s.required or draw(st.booleans())}
    lon, lat = draw(st.tuples(st.none(), st.none()) | st.tuples(st.floats(-180, 180), st.floats(-90, 90)))
    return Device(
        draw(_ids),
        kind.name,
        draw(_words),
        draw(st.from_regex("[0-9]{6}", fullmatch=True)),
        draw(_ids),
        draw(_words),
        draw(st.sampled_from(AssetState)),
        lon,
        lat,
        draw(st.booleans()),
        own,
    )


_changes = st.lists(
    st.builds(
        lambda device, start, length: DeviceChange(device, start, length and start + length),
        _devices(),
        _instants,
        st.none() | st.timedeltas(timedelta(microseconds=1), timedelta(days=3650)),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda change: change.device.id,
)


@pytest.mark.parametrize("suffix", [".csv", ".geojson"])
@given(changes=_changes)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_back_to_the_same(tmp_path: Path, suffix: str, changes: Sequence[DeviceChange]) -> None:
    path = tmp_path / f"register{suffix}"
    write_register(path, changes)
    assert list(load_register(path, NOW)) == list(changes)


@given(changes=_changes)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_goes_through_the_database_and_comes_out_the_same(
    tmp_path: Path, changes: Sequence[DeviceChange]
) -> None:
    folder = Path(mkdtemp(dir=tmp_path))
    store = OperationalStore(f"sqlite:///{folder / 'operational.db'}")
    write_register(folder / "in.csv", changes)
    store.register.record(load_register(folder / "in.csv", NOW), "a", NOW)
    believed = [version for timeline in store.register.load().timelines() for version in timeline]
    write_register(folder / "out.csv", (DeviceChange(v.device, v.valid_from, v.valid_to) for v in believed))
    store.close()
    assert sorted(load_register(folder / "out.csv", NOW), key=_id) == sorted(changes, key=_id)


def _id(change: DeviceChange) -> str:
    return change.device.id


def test_the_columns_of_every_kind_are_known() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)
    assert {spec.name for kind in KINDS.values() for spec in kind.attributes} < set(COLUMNS)
