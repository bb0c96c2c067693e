"""A station-hour by HJ 633: cells in, cells out."""

import pytest

from rules.assess.air import COMPUTED, assess_air
from rules.standards.hj633_editions import Edition

ROW = {"pm25": "75", "pm10": "50", "so2": "3", "no2": "20", "co": "0.5", "o3_1h": "40"}
OLD = ROW | {"hour_ending": "2026-03-01T00:00+08:00"}
NEW = ROW | {"hour_ending": "2026-03-01T01:00+08:00"}


def _cells(row: dict[str, str], edition: Edition | None = None) -> tuple[str, ...]:
    found = assess_air(row, edition)
    assert tuple(found) == COMPUTED
    return tuple(found.values())


def test_the_edition_follows_the_label_of_the_hour() -> None:
    assert _cells(OLD) == ("100", "良", "PM2.5", "")
    assert _cells(NEW) == ("114", "轻度污染", "PM2.5", "")


def test_an_edition_named_must_cover_the_hour() -> None:
    assert _cells(NEW, Edition.Y2026) == _cells(NEW)
    with pytest.raises(ValueError, match="HJ 633-2012 does not cover 2026-03-01T01:00"):
        assess_air(NEW, Edition.Y2012)
    with pytest.raises(ValueError, match="HJ 633-2026 does not cover"):
        assess_air(OLD, Edition.Y2026)


def test_without_an_hour_the_edition_must_be_named() -> None:
    assert _cells(ROW, Edition.Y2012)[0] == "100"
    with pytest.raises(ValueError, match="the edition must be named"):
        assess_air(ROW, None)
    with pytest.raises(ValueError, match="hour_ending: '' is no instant"):
        assess_air(ROW | {"hour_ending": ""}, None)


def test_ties_are_joined_in_the_order_of_the_publication() -> None:
    assert _cells(OLD | {"pm25": "36", "pm10": "54"}) == ("52", "良", "PM10;PM2.5", "")


def test_a_missing_pollutant_is_noted_and_in_2026_keeps_an_aqi_up_to_100_back() -> None:
    assert _cells(OLD | {"pm10": ""}) == ("100", "良", "PM2.5", "HJ 633-2012: without PM10")
    assert _cells(NEW | {"pm10": "", "o3_1h": "—"})[3] == "HJ 633-2026: without O3, PM10"
    low = NEW | {"pm25": "10", "pm10": ""}
    assert _cells(low) == ("", "", "", "HJ 633-2026: no AQI up to 100 while PM10 missing")


def test_a_pollutant_not_monitored_is_not_missing() -> None:
    assert _cells(NEW | {"pm25": "10", "pm10": "/"}) == ("15", "优", "", "")


def test_without_any_value_there_is_no_aqi() -> None:
    assert _cells({**dict.fromkeys(NEW, ""), "hour_ending": "2020-01-01T01:00"}) == (
        *("", "", ""),
        "HJ 633-2012: no valid concentration",
    )


def test_a_value_beyond_the_scale_of_one_hour_is_not_called_missing() -> None:
    assert _cells(OLD | {"so2": "801"}) == ("100", "良", "PM2.5", "HJ 633-2012: SO2 801 is beyond the 1 h scale")
    assert (
        _cells({"hour_ending": OLD["hour_ending"], "so2": "801"})[3] == "HJ 633-2012: SO2 801 is beyond the 1 h scale"
    )
    assert _cells(OLD | {"so2": "801", "co": ""})[3] == "HJ 633-2012: SO2 801 is beyond the 1 h scale; without CO"
    assert _cells(NEW | {"so2": "801"}) == ("200", "中度污染", "SO2", "")


def test_ozone_may_stand_in_either_column() -> None:
    row = {"hour_ending": "2020-01-01T01:00", "o3": "200"}
    assert _cells(row)[:3] == ("100", "良", "O3")


@pytest.mark.parametrize(("column", "text"), [("pm25", "high"), ("co", "-1"), ("o3_1h", "1;2")])
def test_what_is_no_concentration_is_an_error(column: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"is no number|is negative"):
        assess_air(OLD | {column: text}, None)
